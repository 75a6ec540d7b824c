// The outbox: every delivery, waiting, sent or given up, by email and to notification channels.
import { type RawBuilder, sql } from 'kysely';
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import { type Depth, UNCOMPOSED, type Uncomposed } from '../../core/notify/channel-health.ts';
import type { ChannelDelivery, Delivery, EmailDelivery } from '../../core/notify/delivery.ts';
import { type Db, withoutFsync } from '../db/database.ts';
import { indexedBy, isAmong, unindexed } from '../db/dialect.ts';
import { readMeta, writeMeta } from '../db/meta.ts';
import { notificationChannel } from './channels.ts';
import { type Row, subscriber } from './subscribers.ts';

// States are written into the SQL, not bound, so that SQLite can use the partial indexes;
// `unindexed` keeps it from choosing a column's index.

/** Enqueues an email requested with a form. Two requests at the same moment are one. */
export async function enqueue(
  db: Db,
  kind: 'confirm' | 'leave',
  subscriberId: string,
  now: Millis,
): Promise<void> {
  await sql`
    INSERT INTO deliveries (channel, kind, ref, subscriber_id, state, due_at, created_at)
    SELECT channel, ${kind}, ${String(now)}, id, 'pending', ${now}, ${now} FROM subscribers WHERE id = ${subscriberId}
    ON CONFLICT DO NOTHING`.execute(db);
}

/**
 * At most `limit` emails due by `now`: those requested with a form first, then the oldest.
 * Of incident emails, only those enqueued until `until` (null: all), and none while an earlier one of the same incident
 * is waiting: nobody should read of an end first.
 */
export async function dueEmails(
  db: Db,
  now: Millis,
  limit: number,
  until: Millis | null,
): Promise<EmailDelivery[]> {
  const requested = await emailsWhere(db, sql`d.kind <> 'update'`, now, limit);
  if (requested.length >= limit) return requested;
  const released = until === null ? sql`` : sql` AND d.created_at <= ${until}`;
  const which = sql`${unindexed(db, 'd.kind')} = 'update'${released} AND ${FIRST}`;
  return [...requested, ...(await emailsWhere(db, which, now, limit - requested.length))];
}

/** One index lookup, however many wait; it runs for each email that is passed over. */
const FIRST = sql`NOT EXISTS (
  SELECT 1 FROM deliveries e
  WHERE e.subscriber_id = d.subscriber_id AND e.incident_id = d.incident_id AND e.id < d.id AND e.state = 'pending')`;

/** Columns of a delivery, named so that they do not hide the subscriber's columns. */
const DELIVERY = sql`d.id AS delivery, d.kind, d.ref, d.attempts, d.created_at AS enqueued_at`;
type DueRow = Row & Pick<Delivery, 'kind' | 'ref' | 'attempts'> & { delivery: number; enqueued_at: Millis };

async function emailsWhere(db: Db, which: RawBuilder<unknown>, now: Millis, limit: number) {
  const { rows } = await sql<DueRow>`
    SELECT s.*, ${DELIVERY} FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.state = 'pending' AND d.channel = 'email' AND d.due_at <= ${now} AND ${which}
    ORDER BY d.due_at, d.id LIMIT ${limit}`.execute(db);
  return rows.map(row => ({ ...delivery(row), refusals: row.strikes, subscriber: subscriber(row) }));
}

/** The channels with a message due by `now`, without paused ones. */
export async function dueChannels(
  db: Db,
  now: Millis,
): Promise<{ readonly id: string; readonly owner: 'operator' | 'visitor' }[]> {
  const { rows } = await sql<{ id: string; owner: 'operator' | 'visitor' }>`
    SELECT id, owner FROM subscribers s WHERE channel <> 'email' AND COALESCE(paused_until, 0) <= ${now}
      AND EXISTS (SELECT 1 FROM deliveries d WHERE d.subscriber_id = s.id
        AND d.state = 'pending' AND d.channel <> 'email' AND d.due_at <= ${now})`.execute(db);
  return rows;
}

/** The oldest message to a channel that is due by `now`; news keeps its order. */
export async function nextMessage(db: Db, channelId: string, now: Millis): Promise<ChannelDelivery | null> {
  const { rows } = await sql<DueRow>`
    SELECT s.*, ${DELIVERY}
    FROM deliveries d ${indexedBy(db, 'deliveries_to_channels')} JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.state = 'pending' AND d.channel <> 'email' AND d.subscriber_id = ${channelId} AND d.due_at <= ${now}
    ORDER BY d.id LIMIT 1`.execute(db);
  const [row] = rows;
  return row ? { ...delivery(row), channel: notificationChannel(row) } : null;
}

function delivery({ delivery: id, kind, ref, attempts, enqueued_at: createdAt }: DueRow): Delivery {
  return { id, kind, ref, attempts, createdAt };
}

/**
 * Marks deliveries as sent and resets the refusals of their addresses. For emails it does not wait for the disk: a
 * crash undoes nothing, and a power cut repeats at most the last ones, with the same Message-ID.
 */
export async function markSent(
  db: Db,
  deliveries: readonly (EmailDelivery | ChannelDelivery)[],
  now: Millis,
): Promise<void> {
  const ids = deliveries.map(({ id }) => id);
  const emails = deliveries.filter(one => 'refusals' in one);
  const quick = emails.length === deliveries.length ? withoutFsync(db) : db;
  await quick.transaction().execute(async trx => {
    await sql`
      UPDATE deliveries SET state = 'sent', sent_at = ${now}, error = NULL, attempts = attempts + 1
      WHERE ${isAmong(trx, 'id', ids)}`.execute(trx);
  });
  const refused = emails.filter(({ refusals }) => refusals > 0).map(({ subscriber }) => subscriber.id);
  if (refused.length === 0) return;
  await db.updateTable('subscribers').set({ strikes: 0 }).where('id', 'in', refused).execute();
}

/**
 * Delays a delivery until `dueAt`, or gives it up if that is null. Emails waiting behind it (same incident and
 * subscriber) are delayed with it; otherwise each round would pass over all of them.
 */
export async function markFailed(
  db: Db,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  error: string,
  dueAt: Millis | null,
): Promise<void> {
  const set = { attempts, error, ...(dueAt === null ? { state: 'given_up' as const } : { due_at: dueAt }) };
  await db.updateTable('deliveries').set(set).where('id', '=', id).execute();
  if (dueAt === null) return;
  await sql`
    UPDATE deliveries AS d SET due_at = ${dueAt} FROM deliveries AS first
    WHERE first.id = ${id} AND first.channel = 'email' AND d.subscriber_id = first.subscriber_id
      AND d.incident_id = first.incident_id AND d.id > first.id AND d.state = 'pending'
      AND d.due_at < ${dueAt}`.execute(db);
}

/** Makes everything unfinished due, at start and after the clock went back. */
export async function makeAllDue(db: Db, now: Millis): Promise<void> {
  await sql`UPDATE subscribers SET paused_until = NULL
    WHERE channel <> 'email' AND paused_until IS NOT NULL`.execute(db);
  await sql`UPDATE deliveries SET due_at = ${now} WHERE state = 'pending' AND due_at > ${now}`.execute(db);
}

/** Makes waiting and given-up deliveries due now, except those of dead channels; returns how many. */
export async function retryAll(db: Db, now: Millis): Promise<{ emails: number; messages: number }> {
  await makeAllDue(db, now);
  const retry = async (more: RawBuilder<unknown>) => {
    const done =
      await sql`UPDATE deliveries SET state = 'pending', due_at = ${now}, attempts = 0${more}`.execute(db);
    return Number(done.numAffectedRows ?? 0);
  };
  return {
    emails: await retry(sql` WHERE state IN ('pending', 'given_up') AND channel = 'email'`),
    // A new created_at, so that STALE_AFTER starts again.
    messages:
      await retry(sql`, created_at = ${now} WHERE state IN ('pending', 'given_up') AND channel <> 'email'
      AND subscriber_id IN (SELECT id FROM subscribers WHERE state <> 'dead')`),
  };
}

/** The latest deliveries with an error, given-up ones included: `most` emails and `most` messages to channels. */
export async function troubled(db: Db, most: number) {
  const of = (comparison: '=' | '<>') =>
    db
      .selectFrom('deliveries')
      .select(['id', 'subscriber_id', 'channel', 'kind', 'state', 'attempts', 'due_at', 'error'])
      .where(sql<boolean>`error IS NOT NULL`)
      .where('channel', comparison, 'email')
      .orderBy('id', 'desc')
      .limit(most)
      .execute();
  return [...(await of('=')), ...(await of('<>'))];
}

/** How many updates that cannot be composed are named; the others have the same cause. */
const MAX_UNCOMPOSED = 20;

/** Updates that could not be composed because of a fault of ours, with their receivers, newest first. */
export async function uncomposed(db: Db): Promise<Uncomposed[]> {
  const { rows } = await sql<{ ref: string; to: string; error: string; state: string }>`
    SELECT ref, CASE channel WHEN 'email' THEN 'mail' ELSE subscriber_id END AS "to", MAX(error) AS error,
      MIN(state) AS state
    FROM deliveries WHERE error IS NOT NULL AND error LIKE ${`${UNCOMPOSED}%`}
    GROUP BY 1, 2 ORDER BY MAX(id) DESC LIMIT ${MAX_UNCOMPOSED}`.execute(db);
  return rows.map(({ ref, to, error, state }) => ({ ref, to, error, givenUp: state === 'given_up' }));
}

/** How many deliveries are waiting and given up: all emails, and messages by channel. */
export async function outboxDepth(
  db: Db,
): Promise<{ readonly email: Depth; readonly channels: ReadonlyMap<string, Depth> }> {
  const count = async (state: 'pending' | 'given_up') => {
    const { rows } = await sql<{ id: string | null; count: number }>`
      SELECT NULL AS id, COUNT(*) AS count FROM deliveries WHERE state = ${sql.lit(state)} AND channel = 'email'
      UNION ALL SELECT subscriber_id, COUNT(*) FROM deliveries
        WHERE state = ${sql.lit(state)} AND channel <> 'email' GROUP BY channel, subscriber_id`.execute(db);
    return new Map(rows.map(row => [row.id, row.count]));
  };
  const [pending, givenUp] = [await count('pending'), await count('given_up')];
  const of = (id: string | null) => ({ pending: pending.get(id) ?? 0, givenUp: givenUp.get(id) ?? 0 });
  const ids = [...pending.keys(), ...givenUp.keys()].filter(id => id !== null).sort();
  return { email: of(null), channels: new Map(ids.map(id => [id, of(id)])) };
}

/**
 * How many incident emails enqueued after `from` were sent in the hour before `now`. Emails sent after `now` were sent
 * before the clock was set back and do not count.
 */
export async function sentLately(db: Db, now: Millis, from: Millis): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT COUNT(*) AS count FROM deliveries
    WHERE state = 'sent' AND sent_at > ${now - HOUR} AND sent_at <= ${now + MINUTE}
      AND channel = 'email' AND ${unindexed(db, 'kind')} = 'update' AND created_at > ${from}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Releases every incident email enqueued by `now` from the storm guard; returns how many wait that were not released. */
export async function release(db: Db, now: Millis): Promise<number> {
  const before = await releasedUntil(db);
  const { rows } = await sql<{ count: number }>`
    SELECT COUNT(*) AS count FROM deliveries
    WHERE state = 'pending' AND channel = 'email' AND ${unindexed(db, 'kind')} = 'update' AND attempts = 0
      AND created_at > ${before} AND created_at <= ${now}`.execute(db);
  await writeMeta(db, 'released_until', String(now));
  return rows[0]?.count ?? 0;
}

/** Emails enqueued until this time are released, epoch ms; 0 for never. */
export async function releasedUntil(db: Db): Promise<Millis> {
  return Number((await readMeta(db, 'released_until')) ?? 0);
}

const KEPT_FOR: Millis = 30 * DAY;

/** Removes old finished deliveries, some thousand at a time. */
export async function pruneOutbox(db: Db, now: Millis): Promise<void> {
  const before = now - KEPT_FOR;
  await sql`
    DELETE FROM deliveries WHERE id IN (
      SELECT id FROM deliveries WHERE state = 'sent' AND sent_at < ${before} LIMIT 5000
    )`.execute(db);
  await sql`DELETE FROM deliveries WHERE state = 'given_up' AND created_at < ${before}`.execute(db);
}
