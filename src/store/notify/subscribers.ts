// Subscribers in the database, by email and by notification channel, and suppressed addresses.
import { type Selectable, sql } from 'kysely';
import { LANGS } from '../../core/model/lang.ts';
import { CHANNEL_LABELS, hostOf } from '../../core/model/notification-channel.ts';
import { type Choice, emailAddressKey, type Subscriber } from '../../core/model/subscriber.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import type { NotificationChannel } from '../../core/notify/channel-health.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';
import { readMeta } from '../db/meta.ts';
import type { SubscriberRow } from '../db/tables.ts';

export type Row = Selectable<SubscriberRow>;

export type Suppression = 'refused' | 'bounced' | 'complained';

// Literals, so that SQLite uses the partial index.
const BY_EMAIL = sql<boolean>`owner = 'visitor' AND channel = 'email'`;
const CONFIRMED = sql<boolean>`owner = 'visitor' AND state = 'confirmed'`;

export async function subscriberByAddress(db: Db, address: string): Promise<Subscriber | null> {
  const query = db.selectFrom('subscribers').selectAll().where(BY_EMAIL);
  const row = await query.where('address_key', '=', emailAddressKey(address)).executeTakeFirst();
  return row ? subscriber(row) : null;
}

/** A visitor's subscription, by email or channel. */
export async function subscriberById(db: Db, id: string): Promise<Subscriber | null> {
  const query = db.selectFrom('subscribers').selectAll().where('owner', '=', 'visitor');
  const row = await query.where('id', '=', id).executeTakeFirst();
  return row ? subscriber(row) : null;
}

/** The key that identifies a subscriber's address; null if they have left. */
export async function addressKeyById(db: Db, id: string): Promise<string | null> {
  const query = db.selectFrom('subscribers').select('address_key').where('id', '=', id);
  return (await query.executeTakeFirst())?.address_key ?? null;
}

export async function confirmedSubscribers(db: Db): Promise<Subscriber[]> {
  const query = db.selectFrom('subscribers').selectAll().where(BY_EMAIL);
  return (await query.where('state', '=', 'confirmed').execute()).map(subscriber);
}

/** All email subscribers, pending ones included, ordered by address. */
export async function allSubscribers(db: Db): Promise<Subscriber[]> {
  const query = db.selectFrom('subscribers').selectAll().where(BY_EMAIL);
  return (await query.orderBy('address_key').execute()).map(subscriber);
}

/** How many email subscribers have not confirmed yet. */
export async function countPending(db: Db): Promise<number> {
  const query = db.selectFrom('subscribers').select(({ fn }) => fn.countAll<number>().as('pending'));
  return (await query.where(BY_EMAIL).where('state', '=', 'pending').executeTakeFirstOrThrow()).pending;
}

/** Adds an email subscriber, or replaces a pending one; a confirmed one stays unchanged. */
export async function savePending(db: Db, known: Subscriber): Promise<void> {
  const row = {
    address: known.address,
    address_key: emailAddressKey(known.address),
    state: 'pending' as const,
    ...columns(known.choice),
    lang: known.lang,
    nonce: known.nonce,
    created_at: known.createdAt,
  };
  await db
    .insertInto('subscribers')
    .values({ id: known.id, ...row })
    .onConflict(conflict =>
      conflict
        .column('address_key')
        .where(sql<boolean>`owner = 'visitor' AND (channel = 'email' OR state = 'confirmed')`)
        .doUpdateSet(row)
        .where('subscribers.state', '=', 'pending'),
    )
    .execute();
}

/** A visitor's channel that is not confirmed yet. */
export type PendingChannel = Pick<
  NotificationChannel,
  'id' | 'type' | 'secret' | 'choice' | 'lang' | 'nonce' | 'createdAt'
> & { readonly url: string; readonly urlKey: string };

export async function savePendingChannel(db: Db, channel: PendingChannel): Promise<void> {
  const { id, type, url, urlKey, secret, choice, lang, nonce, createdAt } = channel;
  const address = { channel: type, address: url, address_key: urlKey, secret };
  await db
    .insertInto('subscribers')
    .values({ id, ...address, state: 'pending', ...columns(choice), lang, nonce, created_at: createdAt })
    .execute();
}

/**
 * Confirms a pending subscriber; false if there is none with that id. If a channel's address is already subscribed, the
 * old subscription stays, with its secret: a stranger cannot replace it.
 */
export async function confirmSubscriber(db: Db, id: string, now: Millis): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const query = trx.selectFrom('subscribers').selectAll().where('owner', '=', 'visitor');
    const row = await query.where('id', '=', id).executeTakeFirst();
    if (row?.state !== 'pending') return row?.state === 'confirmed';
    const others = trx.selectFrom('subscribers').select('id').where(CONFIRMED);
    const other = await others.where('address_key', '=', row.address_key).executeTakeFirst();
    if (other && row.channel !== 'webhook') {
      await removeSubscriber(trx, id);
      return true;
    }
    const set = other
      ? {
          error:
            'this address is already subscribed: unsubscribe with the link in its messages, then subscribe again',
        }
      : { state: 'confirmed' as const, confirmed_at: now, confirmed_seq: await nextPlace(trx), error: null };
    await trx.updateTable('subscribers').set(set).where('id', '=', id).execute();
    return true;
  });
}

/** Returns null if the subscriber has left. */
export async function chooseFor(db: Db, id: string, choice: Choice): Promise<Subscriber | null> {
  const query = db.updateTable('subscribers').set(columns(choice)).where('owner', '=', 'visitor');
  const row = await query.where('id', '=', id).returningAll().executeTakeFirst();
  return row ? subscriber(row) : null;
}

/** Removes a subscriber and, by the foreign key, every delivery. Nothing of the address is kept. */
export async function removeSubscriber(db: Db, id: string): Promise<boolean> {
  const query = db.deleteFrom('subscribers').where('owner', '=', 'visitor').where('id', '=', id);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/** Counts a permanent refusal of an address; returns how many there were in a row. */
export async function countRefusal(db: Db, id: string): Promise<number> {
  const row = await db
    .updateTable('subscribers')
    .set(eb => ({ strikes: eb('strikes', '+', 1) }))
    .where('id', '=', id)
    .returning('strikes')
    .executeTakeFirst();
  return row?.strikes ?? 0;
}

/** Removes the subscriber with this address and keeps only its hash, so that nothing is sent there again. */
export async function suppress(
  db: Db,
  address: string,
  hash: string,
  reason: Suppression,
  now: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    await trx
      .deleteFrom('subscribers')
      .where(BY_EMAIL)
      .where('address_key', '=', emailAddressKey(address))
      .execute();
    await upsert(trx, 'suppressed', [{ address_hash: hash, reason, at: now }]);
  });
}

export async function isSuppressed(db: Db, hash: string): Promise<boolean> {
  const query = db.selectFrom('suppressed').select('at').where('address_hash', '=', hash);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Suppressed addresses, newest first: hash, reason and time. */
export async function suppressions(
  db: Db,
): Promise<{ address_hash: string; reason: Suppression; at: Millis }[]> {
  return db.selectFrom('suppressed').selectAll().orderBy('at', 'desc').execute();
}

/** Removes an address from the suppression list; false if it was not on it. */
export async function unsuppress(db: Db, hash: string): Promise<boolean> {
  const done = await db.deleteFrom('suppressed').where('address_hash', '=', hash).executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** How long unconfirmed subscribers and visitors' dead channels are kept. */
const PENDING_FOR: Millis = 7 * DAY;
const DEAD_FOR: Millis = 30 * DAY;

export async function pruneSubscribers(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('subscribers')
    .where('owner', '=', 'visitor')
    .where(eb =>
      eb.or([
        eb.and([eb('state', '=', 'pending'), eb('created_at', '<', now - PENDING_FOR)]),
        eb.and([eb('state', '=', 'dead'), eb('failing_since', '<', now - DEAD_FOR)]),
      ]),
    )
    .execute();
}

/** The next position in the order of confirmation. Counted separately, so that none is used twice. */
export async function nextPlace(db: Db): Promise<number> {
  const row = await db
    .updateTable('meta')
    .set({ value: sql<string>`CAST(CAST(value AS BIGINT) + 1 AS TEXT)` })
    .where('name', '=', 'confirmed_seq')
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

export async function lastPlace(db: Db): Promise<number> {
  return Number(await readMeta(db, 'confirmed_seq'));
}

/** Converts a row; a channel's address is shown as type and host. */
export function subscriber(row: Row): Subscriber {
  const { id, channel, state, nonce, error } = row;
  const address = row.address ?? '';
  const isEmail = channel === 'email';
  return {
    id,
    address: isEmail ? address : `${CHANNEL_LABELS[channel]} (${hostOf(address)})`,
    state: state === 'pending' ? state : 'confirmed',
    choice: choiceIn(row),
    lang: LANGS.find(one => one === row.lang) ?? 'en',
    nonce,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    ...(isEmail ? {} : { channel: { type: channel, state, error } }),
  };
}

export function columns({ components, kinds, detail }: Choice) {
  return { components: components === null ? null : JSON.stringify(components), kinds, detail };
}

export function choiceIn({
  components,
  kinds,
  detail,
}: Pick<Row, 'components' | 'kinds' | 'detail'>): Choice {
  return { components: components === null ? null : (JSON.parse(components) as string[]), kinds, detail };
}
