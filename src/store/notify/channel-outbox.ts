// The outbox of channels besides mail: every message owed, sent, tried again or given up.
import { sql } from 'kysely';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { idsIn } from './subscribers.ts';

/** A message that is due. */
export interface DueMessage {
  readonly id: number;
  readonly kind: 'update' | 'confirm';
  readonly ref: string;
  readonly channelId: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly createdAt: Millis;
}

/**
 * Enqueues an update's messages for the next `most` channels after the id `after`, in one transaction;
 * `chosen` says which of them want it. The promise is the books' (`updates.cursor`), so that a repeat
 * after a crash enqueues what is missing and nothing twice. Returns the last id looked at; null: no more.
 */
export async function enqueueMessages(
  db: Db,
  ref: string,
  after: string,
  most: number,
  chosen: (channels: readonly { readonly id: string; readonly choice: Choice }[]) => readonly string[],
  /** What visitors may subscribe now; channels of theirs of another type hear of nothing. */
  types: readonly ChannelType[],
  now: Millis,
): Promise<string | null> {
  return db.transaction().execute(async trx => {
    const update = await trx
      .selectFrom('updates')
      .select(['seen_at', 'upto'])
      .where('ref', '=', ref)
      .where('cursor', 'is not', null)
      .executeTakeFirst();
    if (!update) return null;
    const next = await trx
      .selectFrom('channels')
      .select(['id', 'owner', 'type', 'components', 'kinds', 'detail'])
      .where('id', '>', after)
      .where(eb =>
        // What an operator's dead channel misses is kept, for when it takes messages again.
        eb.or([
          eb('state', '=', 'confirmed'),
          eb.and([eb('state', '=', 'dead'), eb('owner', '=', 'operator')]),
        ]),
      )
      .where('confirmed_seq', '<=', update.upto ?? 0)
      .orderBy('id')
      .limit(most)
      .execute();
    const ids = chosen(
      next
        .filter(({ owner, type }) => owner === 'operator' || types.includes(type))
        .map(({ id, components, kinds, detail }) => ({
          id,
          choice: { components: idsIn(components), kinds, detail },
        })),
    );
    await sql`
      INSERT INTO messages (kind, ref, channel_id, state, error, due_at, created_at)
      SELECT 'update', ${ref}, c.id, CASE c.state WHEN 'dead' THEN 'given_up' ELSE 'pending' END,
        CASE c.state WHEN 'dead' THEN 'its channel is dead' END, ${Math.min(update.seen_at, now)}, ${update.seen_at}
      FROM json_each(${JSON.stringify(ids)}) JOIN channels c ON c.id = value WHERE true
      ON CONFLICT DO NOTHING`.execute(trx);
    return next.length < most ? null : (next.at(-1)?.id ?? null);
  });
}

/** Owes a channel the message that asks it to confirm; asked twice in a moment it stays one. */
export async function enqueueConfirmation(db: Db, channelId: string, now: Millis): Promise<void> {
  const row = { kind: 'confirm', ref: String(now), channel_id: channelId, state: 'pending' } as const;
  await db
    .insertInto('messages')
    .values({ ...row, due_at: now, created_at: now })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/** The channels with a message due by `now`, but for those that rest. */
export async function channelsDue(db: Db, now: Millis): Promise<string[]> {
  const { rows } = await sql<{ channel_id: string }>`
    SELECT DISTINCT m.channel_id FROM messages m JOIN channels c ON c.id = m.channel_id
    WHERE m.state = 'pending' AND m.due_at <= ${now} AND COALESCE(c.resting_until, 0) <= ${now}`.execute(db);
  return rows.map(row => row.channel_id);
}

/** The oldest message to a channel that is due by `now`; news keep their order. */
export async function nextMessage(db: Db, channelId: string, now: Millis): Promise<DueMessage | null> {
  const { rows } = await sql<DueMessage>`
    SELECT id, kind, ref, channel_id AS channelId, attempts, created_at AS createdAt FROM messages
    WHERE state = 'pending' AND channel_id = ${channelId} AND due_at <= ${now}
    ORDER BY id LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

/** Marks a message sent, to disk: a crash after this never repeats it. */
export async function markMessageSent(db: Db, id: number, now: Millis): Promise<void> {
  await sql`
    UPDATE messages SET state = 'sent', sent_at = ${now}, error = NULL, attempts = attempts + 1
    WHERE id = ${id}`.execute(db);
}

/** Puts a message off until `dueAt`, or gives it up when that is null. */
export async function markMessageFailed(
  db: Db,
  { id, attempts }: { readonly id: number; readonly attempts: number },
  error: string,
  dueAt: Millis | null,
): Promise<void> {
  await db
    .updateTable('messages')
    .set({ attempts, error, ...(dueAt === null ? { state: 'given_up' as const } : { due_at: dueAt }) })
    .where('id', '=', id)
    .execute();
}

/** At start: everything unfinished is due again, whatever it was waiting for. */
export async function makeMessagesDue(db: Db, now: Millis): Promise<void> {
  await sql`UPDATE channels SET resting_until = NULL WHERE resting_until IS NOT NULL`.execute(db);
  await sql`UPDATE messages SET due_at = ${now} WHERE state = 'pending' AND due_at > ${now}`.execute(db);
}

/** Makes what waits due now, and what was given up once more; returns how many messages. */
export async function retryMessages(db: Db, now: Millis): Promise<number> {
  await makeMessagesDue(db, now);
  const done = await sql`
    UPDATE messages SET state = 'pending', due_at = ${now}, created_at = ${now}, attempts = 0
    WHERE state IN ('pending', 'given_up')
      AND channel_id IN (SELECT id FROM channels WHERE state <> 'dead')`.execute(db);
  return Number(done.numAffectedRows ?? 0);
}

/** The latest messages with an error, those given up included. */
export async function troubledMessages(db: Db, most: number) {
  return db
    .selectFrom('messages')
    .select(['id', 'kind', 'channel_id', 'state', 'attempts', 'due_at', 'error'])
    .where('state', 'in', ['pending', 'given_up'])
    .where('error', 'is not', null)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
}

/** How many messages wait and were given up, by channel. */
export async function messageDepth(db: Db): Promise<Map<string, { pending: number; givenUp: number }>> {
  const { rows } = await sql<{ id: string; pending: number; givenUp: number }>`
    SELECT channel_id AS id, SUM(state = 'pending') AS pending, SUM(state = 'given_up') AS givenUp
    FROM messages WHERE state <> 'sent' GROUP BY channel_id`.execute(db);
  return new Map(rows.map(({ id, pending, givenUp }) => [id, { pending, givenUp }]));
}

/** Messages that were sent or given up are forgotten after this long. */
const KEPT_FOR: Millis = 30 * DAY;

/** Forgets messages long finished. */
export async function pruneMessages(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('messages')
    .where('state', '<>', 'pending')
    .where('created_at', '<', now - KEPT_FOR)
    .execute();
}
