// Quotas for subscription requests: per address, per host and for all visitors together.
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { writeMeta } from '../db/meta.ts';

/** At most `most` requests `within` a time, at least `apart` from one another (ms). */
const QUOTAS = {
  address: { most: 3, within: DAY, apart: 15 * MINUTE },
  // Webhooks of one host.
  host: { most: 10, within: HOUR, apart: 0 },
} as const;

/**
 * Requests later than this are from before the clock was set back and do not count; otherwise emails would be blocked
 * until the old time comes. One minute is allowed, because requests may read the clock in another order.
 */
const latest = (now: Millis): Millis => now + MINUTE;

/** Whether all visitors together have used up the quota of the last hour. */
export async function isExhausted(db: Db, now: Millis, most: number): Promise<boolean> {
  const query = db
    .selectFrom('subscribe_requests')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('at', '>', now - HOUR)
    .where('at', '<=', latest(now))
    .where('counted', '=', 'address');
  return (await query.executeTakeFirstOrThrow()).count >= most;
}

/**
 * Whether one more delivery may go to this address or host; if so, counts it. `hash` is keyed, and removed after a day.
 */
export async function mayRequest(
  db: Db,
  counted: keyof typeof QUOTAS,
  hash: string,
  now: Millis,
): Promise<boolean> {
  const { most, within, apart } = QUOTAS[counted];
  const requests = await db
    .selectFrom('subscribe_requests')
    .select('at')
    .where('counted', '=', counted)
    .where('hash', '=', hash)
    .where('at', '>', now - within)
    .where('at', '<=', latest(now))
    .execute();
  if (requests.length >= most || (apart > 0 && requests.some(({ at }) => at > now - apart))) return false;
  await db.insertInto('subscribe_requests').values({ counted, hash, at: now }).execute();
  return true;
}

/** A write for every address alike: a request about an unknown address then takes as long as any other. */
export async function noteRequest(db: Db, now: Millis): Promise<void> {
  await writeMeta(db, 'last_request', String(now));
}

/** Removes requests older than a day, and those in the future. */
export async function pruneSubscribeRequests(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('subscribe_requests')
    .where(eb => eb.or([eb('at', '<', now - DAY), eb('at', '>', latest(now))]))
    .execute();
}
