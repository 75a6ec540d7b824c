// Subscribers in the database, and the books of who asked for a letter how often.
import type { Selectable } from 'kysely';
import { addressKey, type Subscriber } from '../core/subscriber.ts';
import { DAY, MINUTE, type Millis } from '../core/time.ts';
import type { Db } from './database.ts';
import type { SubscriberRow } from './tables.ts';

export async function subscriberByAddress(db: Db, address: string): Promise<Subscriber | null> {
  const row = await db
    .selectFrom('subscribers')
    .selectAll()
    .where('address_key', '=', addressKey(address))
    .executeTakeFirst();
  return row ? subscriber(row) : null;
}

export async function subscriberById(db: Db, id: string): Promise<Subscriber | null> {
  const row = await db.selectFrom('subscribers').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? subscriber(row) : null;
}

/** Everyone who confirmed. */
export async function confirmedSubscribers(db: Db): Promise<Subscriber[]> {
  const rows = await db.selectFrom('subscribers').selectAll().where('state', '=', 'confirmed').execute();
  return rows.map(subscriber);
}

/** Every subscriber, pending ones included, in order of their address. */
export async function allSubscribers(db: Db): Promise<Subscriber[]> {
  const rows = await db.selectFrom('subscribers').selectAll().orderBy('address_key').execute();
  return rows.map(subscriber);
}

/** Adds a subscriber, or replaces what is kept under its id. */
export async function saveSubscriber(db: Db, kept: Subscriber): Promise<void> {
  const row = {
    address: kept.address,
    address_key: addressKey(kept.address),
    state: kept.state,
    components: kept.components === null ? null : JSON.stringify(kept.components),
    nonce: kept.nonce,
    created_at: kept.createdAt,
    confirmed_at: kept.confirmedAt,
  };
  await db
    .insertInto('subscribers')
    .values({ id: kept.id, ...row })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** Removes a subscriber and, by the foreign key, every letter not yet sent. Nothing of the address stays. */
export async function removeSubscriber(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('subscribers').where('id', '=', id).executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Pending subscribers who never answered are forgotten after this long. */
const PENDING_FOR: Millis = 7 * DAY;

/** Forgets pending subscribers who never confirmed, and old entries of the letter books. */
export async function pruneSubscribers(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('subscribers')
    .where('state', '=', 'pending')
    .where('created_at', '<', now - PENDING_FOR)
    .execute();
  await db
    .deleteFrom('letters_asked')
    .where('at', '<', now - DAY)
    .execute();
}

/**
 * Whether one more letter may go to an address at a stranger's request, and if so notes it: one in
 * 15 minutes, three a day (contract §6). Addresses are kept as keyed hashes only.
 */
export async function mayAskLetter(db: Db, addressHash: string, now: Millis): Promise<boolean> {
  const asked = await db
    .selectFrom('letters_asked')
    .select('at')
    .where('address_hash', '=', addressHash)
    .where('at', '>', now - DAY)
    .execute();
  if (asked.length >= 3 || asked.some(({ at }) => at > now - 15 * MINUTE)) return false;
  await db.insertInto('letters_asked').values({ address_hash: addressHash, at: now }).execute();
  return true;
}

function subscriber(row: Selectable<SubscriberRow>): Subscriber {
  return {
    id: row.id,
    address: row.address,
    state: row.state,
    components: row.components === null ? null : (JSON.parse(row.components) as string[]),
    nonce: row.nonce,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
  };
}
