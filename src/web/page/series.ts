// Series: what a chart is drawn from.
import type { MetricStretch, RollupSpan } from '../../core/model/metric.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Point, Range } from '../../core/monitoring/rollup.ts';

/** A component's response times over a range. */
export interface Series {
  readonly range: Range;
  readonly span: RollupSpan;
  readonly from: Millis;
  readonly to: Millis;
  /** Oldest first; where nothing was measured there is none. */
  readonly points: readonly Point[];
}

/** Reads a component's points from `from` (epoch ms) on. */
export type ReadSeries = (id: string, span: RollupSpan, from: Millis) => Promise<Point[]>;

/** A metric's values over a range. */
export interface MetricSeries {
  readonly range: Range;
  readonly span: RollupSpan;
  readonly from: Millis;
  readonly to: Millis;
  /** Oldest first; where no value came there is none. */
  readonly stretches: readonly MetricStretch[];
}
