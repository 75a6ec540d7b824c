// Series for charts, read from rollups.
import type { MetricStretch, RollupSpan } from '../../core/model/metric.ts';
import type { Millis } from '../../core/model/time.ts';
import { DRAWN_FROM, type Point, type Range, startOfSpan } from '../../core/monitoring/rollup.ts';
import type { Db } from '../../store/db/database.ts';
import { readMetric } from '../../store/monitoring/metrics.ts';
import { readSeries } from '../../store/monitoring/rollups.ts';

interface Over {
  readonly range: Range;
  readonly span: RollupSpan;
  readonly from: Millis;
  readonly to: Millis;
}

/** A component's response times, oldest first; intervals without measurements have no point. */
export interface ResponseTimes extends Over {
  readonly points: readonly Point[];
}

/** A metric's values, oldest first; intervals without values are missing. */
export interface MetricSeries extends Over {
  readonly stretches: readonly MetricStretch[];
}

/** Reads a component's series up to `to`; empty without a database. */
export async function readLatency(
  db: Db | null,
  id: string,
  range: Range,
  to: Millis,
): Promise<ResponseTimes> {
  const over = overOf(range, to);
  return { ...over, points: db ? await readSeries(db, id, over.span, over.from) : [] };
}

export async function readMetricSeries(
  db: Db | null,
  id: string,
  range: Range,
  to: Millis,
): Promise<MetricSeries> {
  const over = overOf(range, to);
  const stretches = db ? await readMetric(db, id, over.span, over.from) : [];
  // A value from a clock that is ahead would be outside the chart.
  return { ...over, stretches: stretches.filter(({ start }) => start <= to) };
}

function overOf(range: Range, to: Millis): Over {
  const { span, length } = DRAWN_FROM[range];
  return { range, span, from: startOfSpan(span, to - length), to };
}
