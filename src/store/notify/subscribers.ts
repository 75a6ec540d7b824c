// Subscribers in the database, and the addresses that must not be written to.
import { type Selectable, sql } from 'kysely';
import { LANGS } from '../../core/model/lang.ts';
import { addressKey, type Choice, type Subscriber } from '../../core/model/subscriber.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import type { SubscriberRow } from '../db/tables.ts';

/** Why an address must not be written to. */
export type Suppression = 'refused' | 'bounced' | 'complained';

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

/** Adds a subscriber, or replaces what is kept of a pending one; a confirmed one stays as it is. */
export async function savePending(db: Db, kept: Subscriber): Promise<void> {
  const row = {
    address: kept.address,
    address_key: addressKey(kept.address),
    state: 'pending' as const,
    ...columns(kept.choice),
    lang: kept.lang,
    nonce: kept.nonce,
    created_at: kept.createdAt,
    confirmed_at: null,
    confirmed_seq: null,
  };
  await db
    .insertInto('subscribers')
    .values({ id: kept.id, ...row })
    .onConflict(conflict =>
      conflict.column('address_key').doUpdateSet(row).where('subscribers.state', '=', 'pending'),
    )
    .execute();
}

/** Confirms a pending subscriber; false when there is none by that id (any more). */
export async function confirmSubscriber(db: Db, id: string, now: Millis): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const row = await trx.selectFrom('subscribers').select('state').where('id', '=', id).executeTakeFirst();
    if (!row || row.state === 'confirmed') return row !== undefined;
    await trx
      .updateTable('subscribers')
      .set({ state: 'confirmed', confirmed_at: now, confirmed_seq: await nextPlace(trx) })
      .where('id', '=', id)
      .execute();
    return true;
  });
}

/** Changes what a subscriber asked for; null when they have left. */
export async function chooseFor(db: Db, id: string, choice: Choice): Promise<Subscriber | null> {
  const row = await db
    .updateTable('subscribers')
    .set(columns(choice))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? subscriber(row) : null;
}

/** Removes a subscriber and, by the foreign key, every email not yet sent. Nothing of the address stays. */
export async function removeSubscriber(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('subscribers').where('id', '=', id).executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Removes whoever has this address and keeps only its hash, so that nothing is sent there again. */
export async function suppress(
  db: Db,
  address: string,
  hash: string,
  reason: Suppression,
  now: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    await trx.deleteFrom('subscribers').where('address_key', '=', addressKey(address)).execute();
    await trx
      .insertInto('suppressed')
      .values({ address_hash: hash, reason, at: now })
      .onConflict(conflict => conflict.column('address_hash').doUpdateSet({ reason, at: now }))
      .execute();
  });
}

export async function isSuppressed(db: Db, hash: string): Promise<boolean> {
  const query = db.selectFrom('suppressed').select('at').where('address_hash', '=', hash);
  return (await query.executeTakeFirst()) !== undefined;
}

/** What is suppressed, newest first: hashes only, with why and since when. */
export async function suppressions(
  db: Db,
): Promise<{ address_hash: string; reason: Suppression; at: Millis }[]> {
  return db.selectFrom('suppressed').selectAll().orderBy('at', 'desc').execute();
}

/** Lets an address be written to again; false when it was not suppressed. */
export async function unsuppress(db: Db, hash: string): Promise<boolean> {
  const done = await db.deleteFrom('suppressed').where('address_hash', '=', hash).executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Pending subscribers who never answered are forgotten after this long. */
const PENDING_FOR: Millis = 7 * DAY;

/** Forgets pending subscribers who never confirmed. */
export async function pruneSubscribers(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('subscribers')
    .where('state', '=', 'pending')
    .where('created_at', '<', now - PENDING_FOR)
    .execute();
}

/** The next place in the order of confirming. Counted apart, so that a place is never used twice. */
export async function nextPlace(db: Db): Promise<number> {
  const row = await db
    .updateTable('meta')
    .set({ value: sql<string>`CAST(CAST(value AS INTEGER) + 1 AS TEXT)` })
    .where('name', '=', 'confirmed_seq')
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

/** The place of the latest confirmation. */
export async function lastPlace(db: Db): Promise<number> {
  const query = db.selectFrom('meta').select('value').where('name', '=', 'confirmed_seq');
  return Number((await query.executeTakeFirstOrThrow()).value);
}

/** A subscriber's row as the rest of the program sees it. */
export function subscriber(row: Selectable<SubscriberRow>): Subscriber {
  return {
    id: row.id,
    address: row.address,
    state: row.state,
    choice: { components: idsIn(row.components), kinds: row.kinds, detail: row.detail },
    lang: LANGS.find(lang => lang === row.lang) ?? 'en',
    nonce: row.nonce,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
  };
}

/** A choice as it stands in the table. */
export function columns({ components, kinds, detail }: Choice) {
  return { components: components === null ? null : JSON.stringify(components), kinds, detail };
}

export function idsIn(json: string | null): string[] | null {
  return json === null ? null : (JSON.parse(json) as string[]);
}
