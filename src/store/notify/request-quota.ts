// Emails asked for at a form: how often an address, and all addresses together, may ask.
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

/**
 * What was noted later than this lies in the future of a clock set back: it is not counted, or nobody would get a
 * email until the old time comes. A request may have read the clock just before one that was quicker.
 */
const latest = (now: Millis): Millis => now + MINUTE;

/** Whether visitors together asked for as many emails in the last hour as are allowed. */
export async function asksExhausted(db: Db, now: Millis, most: number): Promise<boolean> {
  const query = db
    .selectFrom('letters_asked')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('at', '>', now - HOUR)
    .where('at', '<=', latest(now))
    .where('address_hash', 'not like', `${HOST}%`);
  return (await query.executeTakeFirstOrThrow()).count >= most;
}

/**
 * Whether one more email may go to an address at a stranger's request, and if so notes it: one in
 * 15 minutes, three a day (contract §6). Addresses are kept as keyed hashes only, for a day.
 */
export async function mayAskEmail(db: Db, addressHash: string, now: Millis): Promise<boolean> {
  const asked = await db
    .selectFrom('letters_asked')
    .select('at')
    .where('address_hash', '=', addressHash)
    .where('at', '>', now - DAY)
    .where('at', '<=', latest(now))
    .execute();
  if (asked.length >= 3 || asked.some(({ at }) => at > now - 15 * MINUTE)) return false;
  await db.insertInto('letters_asked').values({ address_hash: addressHash, at: now }).execute();
  return true;
}

/** Marks what is counted by host, and so twice. */
const HOST = 'host ';
/** Webhooks of one host that may be asked within an hour. */
const PER_HOST = 10;

/** Whether one more challenge may go to a host, and if so notes it: ten an hour. */
export async function mayAskHost(db: Db, hostHash: string, now: Millis): Promise<boolean> {
  const address_hash = `${HOST}${hostHash}`;
  const asked = await db
    .selectFrom('letters_asked')
    .select('at')
    .where('address_hash', '=', address_hash)
    .where('at', '>', now - HOUR)
    .where('at', '<=', latest(now))
    .execute();
  if (asked.length >= PER_HOST) return false;
  await db.insertInto('letters_asked').values({ address_hash, at: now }).execute();
  return true;
}

/**
 * A write that changes nothing but a moment, done for every address alike: a request about an unknown
 * address costs a commit to disk like any other, and takes as long.
 */
export async function noteAsk(db: Db, now: Millis): Promise<void> {
  const row = { name: 'last_asked', value: String(now) };
  await db
    .insertInto('meta')
    .values(row)
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: row.value }))
    .execute();
}

/** Forgets who asked more than a day ago, and in the future. */
export async function pruneAsked(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('letters_asked')
    .where(eb => eb.or([eb('at', '<', now - DAY), eb('at', '>', latest(now))]))
    .execute();
}
