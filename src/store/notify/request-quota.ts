// Requests to subscribe: how many are allowed for an address, for a host and for all visitors together.
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { writeMeta } from '../db/meta.ts';

/** So many requests `within` that time, and so long `apart`. */
const QUOTAS = {
  address: { most: 3, within: DAY, apart: 15 * MINUTE },
  // Webhooks of one host.
  host: { most: 10, within: HOUR, apart: 0 },
} as const;

/**
 * What was noted later than this lies in the future of a clock set back: it is not counted, or nobody would get an
 * email until the old time comes. A request may have read the clock just before one that was quicker.
 */
const latest = (now: Millis): Millis => now + MINUTE;

/** Whether visitors together made as many requests in the last hour as are allowed. */
export async function isExhausted(db: Db, now: Millis, most: number): Promise<boolean> {
  const query = db
    .selectFrom('subscribe_requests')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('at', '>', now - HOUR)
    .where('at', '<=', latest(now))
    .where('counted', '=', 'address');
  return (await query.executeTakeFirstOrThrow()).count >= most;
}

/** Whether one more delivery may go there at a stranger's request, and if so notes it. `hash` is keyed, and forgotten after a day. */
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

/**
 * A write that changes nothing but a moment, done for every address alike: a request about an unknown
 * address costs a commit to disk like any other, and takes as long.
 */
export async function noteRequest(db: Db, now: Millis): Promise<void> {
  await writeMeta(db, 'last_request', String(now));
}

/** Forgets requests of more than a day ago, and of the future. */
export async function pruneRequests(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('subscribe_requests')
    .where(eb => eb.or([eb('at', '<', now - DAY), eb('at', '>', latest(now))]))
    .execute();
}
