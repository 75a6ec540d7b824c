// Rollups: adds each result to its ten minutes, hour and day, and reads series.
import type { Insertable, Selectable } from 'kysely';
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { RollupSpan } from '../../core/model/metric.ts';
import type { Millis } from '../../core/model/time.ts';
import { mergeSketches, parseSketch, percentileOf, printSketch } from '../../core/monitoring/ddsketch.ts';
import {
  EMPTY_ROLLUP,
  type Point,
  pointOf,
  type Rollup,
  startOfSpan,
  withResult,
} from '../../core/monitoring/rollup.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';
import type { RollupRow } from '../db/tables.ts';

const SPANS: readonly RollupSpan[] = ['slot', 'hour', 'day'];

/** Adds one result; `observed` is the time it covers, ms. Call it in a transaction. */
export async function rollUp(db: Db, id: string, result: CheckResult, observed: Millis): Promise<void> {
  const latency = result.latency === null ? null : Math.round(result.latency);
  const keys = SPANS.map(span => ({ span, start: startOfSpan(span, result.at) }));
  const there = await db
    .selectFrom('rollups')
    .selectAll()
    .where('component_id', '=', id)
    .where(eb => eb.or(keys.map(key => eb.and(key))))
    .execute();
  const rows = keys.map(({ span, start }) => {
    const row = there.find(row => row.span === span);
    const before = row ? rollupOf(row) : EMPTY_ROLLUP;
    const rollup = withResult(before, result.outcome !== 'down', latency, observed);
    return { ...rowOf(id, span, start, rollup), imported: 0 };
  });
  await upsert(db, 'rollups', rows);
}

export function rowOf(id: string, span: RollupSpan, start: Millis, rollup: Rollup): Insertable<RollupRow> {
  const { sum: latency_sum, min: latency_min, max: latency_max, sketch, ...same } = rollup;
  const row = { ...same, latency_sum, latency_min, latency_max, sketch: printSketch(sketch) };
  return { component_id: id, span, start, ...row };
}

/** The points of a component's chart from `from` (epoch ms), oldest first; empty ones are left out. */
export async function readSeries(db: Db, id: string, span: RollupSpan, from: Millis): Promise<Point[]> {
  const rows = await db
    .selectFrom('rollups')
    .selectAll()
    .where('component_id', '=', id)
    .where('span', '=', span)
    .where('start', '>=', startOfSpan(span, from))
    .orderBy('start')
    .execute();
  return rows.map(row => ({
    ...pointOf(row.start, rollupOf(row)),
    ...(row.imported === 1 ? { imported: true as const } : {}),
  }));
}

/** The median response time since the hour of `from` (epoch ms), ms; null without data. */
export async function readMedian(db: Db, id: string, from: Millis): Promise<number | null> {
  const rows = await db
    .selectFrom('rollups')
    .select('sketch')
    .where('component_id', '=', id)
    .where('span', '=', 'hour')
    .where('start', '>=', startOfSpan('hour', from))
    .execute();
  return percentileOf(mergeSketches(rows.map(({ sketch }) => parseSketch(sketch))), 50);
}

function rollupOf(row: Selectable<RollupRow>): Rollup {
  const { checks, ok, observed, latency_sum: sum, latency_min: min, latency_max: max, sketch } = row;
  return { checks, ok, observed, sum, min, max, sketch: parseSketch(sketch) };
}
