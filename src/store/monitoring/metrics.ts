// The operator's own metrics: each value is stored once and added to its ten minutes, hour and day.
import type { Selectable } from 'kysely';
import type { RollupSpan } from '../../core/model/metric.ts';
import {
  joinRollups,
  type MetricPoint,
  type MetricRollup,
  type MetricStretch,
  rollupOfPoint,
} from '../../core/model/metric.ts';
import type { Millis } from '../../core/model/time.ts';
import { KEPT_FOR, startOfSpan } from '../../core/monitoring/rollup.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';
import type { MetricRollupRow } from '../db/tables.ts';

/** The stored value of a metric at a moment; `isNew` if this request stored it. */
export interface KeptPoint extends MetricPoint {
  readonly isNew: boolean;
}

/**
 * Stores a value, all or nothing; an existing value at the same moment stays. With `mayMove` (no time was given) it
 * takes the next free millisecond instead.
 */
export async function recordPoint(
  db: Db,
  id: string,
  point: MetricPoint,
  now: Millis,
  mayMove = false,
): Promise<KeptPoint> {
  return db.transaction().execute(async trx => {
    let { at } = point;
    let there = await valueAt(trx, id, at);
    while (there !== null && mayMove) there = await valueAt(trx, id, ++at);
    if (there !== null) return { at, value: there, isNew: false };
    const { value } = point;
    await trx.insertInto('metric_points').values({ metric_id: id, at, value }).execute();
    await addUp(trx, id, { at, value }, now);
    return { at, value, isNew: true };
  });
}

async function valueAt(db: Db, id: string, at: Millis): Promise<number | null> {
  const row = await db
    .selectFrom('metric_points')
    .select('value')
    .where('metric_id', '=', id)
    .where('at', '=', at)
    .executeTakeFirst();
  return row?.value ?? null;
}

async function addUp(db: Db, id: string, point: MetricPoint, now: Millis): Promise<void> {
  for (const span of ['slot', 'hour', 'day'] as const) {
    const start = startOfSpan(span, point.at);
    // Skip rollups that pruning would remove at once.
    if (span !== 'day' && start < now - KEPT_FOR[span]) continue;
    const before = await db
      .selectFrom('metric_rollups')
      .selectAll()
      .where('metric_id', '=', id)
      .where('span', '=', span)
      .where('start', '=', start)
      .executeTakeFirst();
    const one = rollupOfPoint(point);
    const { lastAt, ...figures } = before ? joinRollups(rollupOf(before), one) : one;
    const row = { metric_id: id, span, start, ...figures, last_at: lastAt };
    await upsert(db, 'metric_rollups', [row]);
  }
}

/** A metric's rollups from `from` (epoch ms), oldest first; empty ones are left out. */
export async function readMetric(
  db: Db,
  id: string,
  span: RollupSpan,
  from: Millis,
): Promise<MetricStretch[]> {
  const rows = await db
    .selectFrom('metric_rollups')
    .selectAll()
    .where('metric_id', '=', id)
    .where('span', '=', span)
    .where('start', '>=', startOfSpan(span, from))
    .orderBy('start')
    .execute();
  return rows.map(row => ({ start: row.start, rollup: rollupOf(row) }));
}

function rollupOf(row: Selectable<MetricRollupRow>): MetricRollup {
  const { count, sum, min, max, last, last_at: lastAt } = row;
  return { count, sum, min, max, last, lastAt };
}
