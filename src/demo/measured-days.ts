// Generated history for the demo and the benchmarks: days with complete checks and no outage.

import type { RollupSpan } from '../core/model/metric.ts';
import { DAY, MINUTE, type Millis, startOfUtcDay } from '../core/model/time.ts';
import {
  EMPTY_ROLLUP,
  KEPT_FOR,
  type Rollup,
  SPAN_LENGTH,
  startOfSpan,
  withResult,
} from '../core/monitoring/rollup.ts';
import type { Db } from '../store/db/database.ts';
import { rowOf } from '../store/monitoring/rollups.ts';

/**
 * Makes components known for `days` days before `now`, each fully observed, with response times of some tens of
 * milliseconds, slower by day than by night. The same call makes the same history.
 */
export async function seedDays(db: Db, ids: readonly string[], days: number, now: Millis): Promise<void> {
  const first = startOfUtcDay(now) - days * DAY;
  // Components with the same speed share their history, because making it takes longer than writing it.
  const made = new Map<Millis, ReturnType<typeof stretch>>();
  for (const [index, id] of ids.entries()) {
    const row = { id, first_seen: first, first_check: first, last_check: null, seen: null };
    const base = 40 + 17 * (index % 8);
    const spans = [
      ['slot', now - KEPT_FOR.slot],
      ['hour', now - KEPT_FOR.hour],
      ['day', first],
    ] as const;
    const history =
      made.get(base) ?? spans.flatMap(([span, from]) => stretch(span, Math.max(first, from), now, base));
    made.set(base, history);
    const rows = history.map(row => ({ ...row, component_id: id }));
    await db.transaction().execute(async trx => {
      await trx
        .insertInto('components')
        .values({ ...row, detector: null, health_since: null })
        .execute();
      for (let at = 0; at < rows.length; at += 500) {
        await trx
          .insertInto('rollups')
          .values(rows.slice(at, at + 500))
          .execute();
      }
    });
  }
}

function stretch(span: RollupSpan, from: Millis, now: Millis, base: Millis) {
  const rows = [];
  for (let start = startOfSpan(span, from); start < now; start += SPAN_LENGTH[span]) {
    const length = Math.min(SPAN_LENGTH[span], now - start);
    const minutes = Math.max(1, Math.floor(length / MINUTE));
    // Two hundred results are enough for a day.
    const results = Math.min(minutes, 200);
    let rollup: Rollup = EMPTY_ROLLUP;
    for (let i = 0; i < results; i++) {
      const at = start + (i / results) * length;
      rollup = withResult(rollup, true, latencyAt(base, at), length / results);
    }
    const observed = Math.round(rollup.observed);
    rows.push(rowOf('', span, start, { ...rollup, checks: minutes, ok: minutes, observed }));
  }
  return rows;
}

/** A daily wave, some noise, and a slow response now and then. */
function latencyAt(base: Millis, at: Millis): Millis {
  const wave = 1 + 0.35 * Math.sin(((at % DAY) / DAY) * 2 * Math.PI - 2);
  const noise = ((Math.imul(Math.round(at / 1000) ^ base, 2_654_435_761) >>> 8) % 1000) / 1000;
  return Math.round(base * wave * (0.8 + 0.4 * noise + (noise > 0.96 ? 1.5 : 0)));
}
