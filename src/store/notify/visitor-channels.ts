// Visitors' channels: pending until they answer or somebody confirms, gone without a trace when they leave.
import { CHANNEL_LABELS, hostOf } from '../../core/model/notification-channel.ts';
import type { Choice, Subscriber } from '../../core/model/subscriber.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { allChannels, channelById, type KnownChannel } from './channels.ts';
import { columns, nextPlace } from './subscribers.ts';

/** A visitor's channel as a subscriber, named by type and host; null when they have left. */
export async function memberById(db: Db, id: string): Promise<Subscriber | null> {
  const known = await channelById(db, id);
  return known?.owner === 'visitor' ? member(known) : null;
}

/** What tells a channel's address from another's; null when it is gone. */
export async function urlKeyById(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('channels').select('url_key').where('id', '=', id).executeTakeFirst();
  return row?.url_key ?? null;
}

/** Every visitor's channel, in order of their ids. */
export async function allMembers(db: Db): Promise<KnownChannel[]> {
  return (await allChannels(db)).filter(({ owner }) => owner === 'visitor');
}

/** A visitor's channel as a subscriber. */
export function member({ id, type, url, state, choice, lang, nonce, ...rest }: KnownChannel): Subscriber {
  const { createdAt, confirmedAt, error } = rest;
  const address = `${CHANNEL_LABELS[type]} (${hostOf(url ?? '')})`;
  const known = { id, address, choice, lang, nonce, createdAt, confirmedAt };
  return { ...known, state: state === 'pending' ? 'pending' : 'confirmed', channel: { type, state, error } };
}

/** Keeps a visitor's channel that has to confirm yet. */
export async function savePendingChannel(
  db: Db,
  channel: Pick<
    KnownChannel,
    'id' | 'type' | 'url' | 'secret' | 'choice' | 'lang' | 'nonce' | 'createdAt'
  > & {
    readonly urlKey: string;
  },
): Promise<void> {
  const { id, type, url, urlKey, secret, choice, lang, nonce, createdAt } = channel;
  await db
    .insertInto('channels')
    .values({
      id,
      owner: 'visitor',
      type,
      url,
      url_key: urlKey,
      secret,
      state: 'pending',
      ...columns(choice),
      lang,
      nonce,
      created_at: createdAt,
    })
    .execute();
}

/**
 * Confirms a visitor's channel; false when there is none by that id (any more). An address that is subscribed
 * already stays so, with the secret its owner knows: a stranger cannot change it by asking anew.
 */
export async function confirmChannel(db: Db, id: string, now: Millis): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const row = await trx.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
    if (row?.owner !== 'visitor' || row.state === 'dead') return false;
    if (row.state === 'confirmed') return true;
    const other = await trx
      .selectFrom('channels')
      .select('id')
      .where('url_key', '=', row.url_key)
      .where('owner', '=', 'visitor')
      .where('state', '=', 'confirmed')
      .executeTakeFirst();
    if (other && row.type !== 'webhook') {
      await trx.deleteFrom('channels').where('id', '=', id).execute();
      return true;
    }
    const set = other
      ? {
          error: 'this address is subscribed already: leave by the link in its messages, then subscribe anew',
        }
      : { state: 'confirmed' as const, confirmed_at: now, confirmed_seq: await nextPlace(trx), error: null };
    await trx.updateTable('channels').set(set).where('id', '=', id).execute();
    return true;
  });
}

/** Changes what a visitor's channel hears of; null when they have left. */
export async function chooseForChannel(db: Db, id: string, choice: Choice): Promise<Subscriber | null> {
  await db
    .updateTable('channels')
    .set(columns(choice))
    .where('id', '=', id)
    .where('owner', '=', 'visitor')
    .execute();
  return memberById(db, id);
}

/** Removes a visitor's channel and, by the foreign key, every message to it. Nothing of it stays. */
export async function removeChannel(db: Db, id: string): Promise<boolean> {
  const done = await db
    .deleteFrom('channels')
    .where('id', '=', id)
    .where('owner', '=', 'visitor')
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Visitors' channels that never answered, and dead ones, are forgotten after this long. */
const PENDING_FOR: Millis = 7 * DAY;
const DEAD_FOR: Millis = 30 * DAY;

/** Forgets visitors' channels nobody confirmed, and those long dead. */
export async function pruneChannels(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('channels')
    .where('owner', '=', 'visitor')
    .where(eb =>
      eb.or([
        eb.and([eb('state', '=', 'pending'), eb('created_at', '<', now - PENDING_FOR)]),
        eb.and([eb('state', '=', 'dead'), eb('failing_since', '<', now - DEAD_FOR)]),
      ]),
    )
    .execute();
}
