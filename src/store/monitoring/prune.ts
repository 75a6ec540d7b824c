// Removes measurements older than their retention; daily rollups are kept for ever.
import { sql } from 'kysely';
import { POINTS_KEPT_FOR } from '../../core/model/metric.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { KEPT_FOR } from '../../core/monitoring/rollup.ts';
import type { Db } from '../db/database.ts';

/** Prunes one component or metric at a time, so that nothing else waits long. */
export async function pruneMeasurements(db: Db, now: Millis): Promise<void> {
  const components = await db.selectFrom('components').select('id').execute();
  for (const { id } of components)
    await pruneOne(db, ['results', 'rollups', 'component_id'], id, KEPT_FOR.raw, now);
  const metrics = await db.selectFrom('metric_rollups').select('metric_id as id').distinct().execute();
  for (const { id } of metrics)
    await pruneOne(db, ['metric_points', 'metric_rollups', 'metric_id'], id, POINTS_KEPT_FOR, now);
  // Each pod of a cluster is an alert of its own.
  const before = now - 30 * DAY;
  await db.deleteFrom('alerts').where('is_firing', '=', 0).where('noted_at', '<', before).execute();
  await db.deleteFrom('held_alerts').where('last_at', '<', before).execute();
}

async function pruneOne(
  db: Db,
  [points, rollups, owner]: readonly [string, string, string],
  id: string,
  keptFor: Millis,
  now: Millis,
): Promise<void> {
  const own = sql`${sql.ref(owner)} = ${id}`;
  await sql`DELETE FROM ${sql.table(points)} WHERE ${own} AND at < ${now - keptFor}`.execute(db);
  for (const span of ['slot', 'hour'] as const) {
    const before = now - KEPT_FOR[span];
    await sql`DELETE FROM ${sql.table(rollups)} WHERE ${own} AND span = ${span} AND start < ${before}`.execute(
      db,
    );
  }
  // Let requests and checks run between two.
  await new Promise(resolve => setImmediate(resolve));
}
