// Generated history, for the demo: days on which everything was looked at and well.
import { DAY, type Millis, startOfUtcDay } from '../core/time.ts';
import type { Db } from './database.ts';

/** Makes the components known for `days` days before `now`, each fully observed and answering. */
export async function seedDays(db: Db, ids: readonly string[], days: number, now: Millis): Promise<void> {
  const first = startOfUtcDay(now) - days * DAY;
  for (const id of ids) {
    const row = { id, first_seen: first, first_check: first, last_check: null, seen: null };
    await db
      .insertInto('components')
      .values({ ...row, detector: null, health_since: null })
      .execute();
    const rows = Array.from({ length: days + 1 }, (_, index) => ({
      component_id: id,
      span: 'day' as const,
      start: first + index * DAY,
      checks: 1440,
      ok: 1440,
      observed: Math.min(DAY, now - (first + index * DAY)),
      latency_count: 1440,
      latency_sum: 1440 * 90,
      latency_min: 20,
      latency_max: 400,
    }));
    await db.insertInto('rollups').values(rows).execute();
  }
}
