// The outbox: every email owed, sent, retried or given up.
import { sql } from 'kysely';
import type { Subscriber } from '../../core/model/subscriber.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import { MAX_REFUSALS } from '../../core/notify/retry.ts';
import { type Db, withoutFsync } from '../db/database.ts';
import type { SubscriberRow } from '../db/tables.ts';
import { subscriber } from './subscribers.ts';

/** An email that is due. */
export interface Delivery {
  readonly id: number;
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly ref: string;
  readonly attempts: number;
  /** Permanent refusals of its address in a row so far. */
  readonly refusals: number;
  readonly subscriber: Subscriber;
}

/** Owes a subscriber an email asked for; asked twice for the same `ref` it stays one. */
export async function enqueue(
  db: Db,
  kind: 'confirm' | 'leave',
  ref: string,
  subscriberId: string,
  now: Millis,
): Promise<void> {
  await sql`
    INSERT INTO deliveries (kind, ref, subscriber_id, state, due_at, created_at)
    VALUES (${kind}, ${ref}, ${subscriberId}, 'pending', ${now}, ${now})
    ON CONFLICT DO NOTHING`.execute(db);
}

/**
 * Emails due by `now`, at most `limit`: those asked for at a form first, then the oldest. Of incident
 * emails only those enqueued until `heldAfter` (null: all), and none before an earlier one of its incident has
 * left, or was given up: nobody reads of an end first. Conditions stand as literals, so that the
 * partial indexes serve them; `+d.kind` keeps SQLite from sorting all emails of a kind instead.
 */
export async function dueDeliveries(
  db: Db,
  now: Millis,
  limit: number,
  heldAfter: Millis | null,
): Promise<Delivery[]> {
  const asked = await due(db, sql`d.kind <> 'update'`, now, limit);
  if (asked.length >= limit) return asked;
  const free = heldAfter === null ? sql`` : sql` AND d.created_at <= ${heldAfter}`;
  return [
    ...asked,
    ...(await due(db, sql`+d.kind = 'update'${free} AND ${FIRST}`, now, limit - asked.length)),
  ];
}

/** One look into an index, however many wait: it is asked of every one that is passed over. */
const FIRST = sql`NOT EXISTS (
  SELECT 1 FROM deliveries e
  WHERE e.subscriber_id = d.subscriber_id AND e.incident_id = d.incident_id AND e.id < d.id AND e.state = 'pending')`;

async function due(db: Db, which: ReturnType<typeof sql>, now: Millis, limit: number): Promise<Delivery[]> {
  const { rows } = await sql<DueRow>`
    SELECT s.*, d.id AS delivery, d.kind, d.ref, d.attempts
    FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.state = 'pending' AND d.due_at <= ${now} AND ${which}
    ORDER BY d.due_at, d.id LIMIT ${limit}`.execute(db);
  return rows.map(({ delivery, kind, ref, attempts, ...row }) => ({
    id: delivery,
    kind,
    ref,
    attempts,
    refusals: row.refusals as number,
    subscriber: subscriber(row as Parameters<typeof subscriber>[0]),
  }));
}

type DueRow = { [Column in keyof SubscriberRow]: unknown } & Pick<Delivery, 'kind' | 'ref' | 'attempts'> & {
    delivery: number;
  };

/**
 * Marks emails sent and forgets earlier refusals of their addresses. Without waiting for the disk: no
 * crash of ours undoes it, and a power cut at most repeats the last emails, recognisably.
 */
export async function markSent(db: Db, deliveries: readonly Delivery[], now: Millis): Promise<void> {
  const ids = JSON.stringify(deliveries.map(({ id }) => id));
  const refused = deliveries.filter(({ refusals }) => refusals > 0).map(({ subscriber: { id } }) => id);
  await withoutFsync(db)
    .transaction()
    .execute(async trx => {
      await sql`
      UPDATE deliveries SET state = 'sent', sent_at = ${now}, error = NULL, attempts = attempts + 1
      WHERE id IN (SELECT value FROM json_each(${ids}))`.execute(trx);
    });
  if (refused.length === 0) return;
  await db.updateTable('subscribers').set({ refusals: 0 }).where('id', 'in', refused).execute();
}

/**
 * Puts an email off until `dueAt`, or gives it up when that is null. Those that wait behind it, of its incident to
 * the same subscriber, are put off with it: else each round would pass over all of them to find what is due.
 */
export async function markFailed(
  db: Db,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  error: string,
  dueAt: Millis | null,
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ attempts, error, ...(dueAt === null ? { state: 'given_up' } : { due_at: dueAt }) })
    .where('id', '=', id)
    .execute();
  if (dueAt === null) return;
  await sql`
    UPDATE deliveries AS d SET due_at = ${dueAt} FROM deliveries AS first
    WHERE first.id = ${id} AND d.subscriber_id = first.subscriber_id AND d.incident_id = first.incident_id
      AND d.id > first.id AND d.state = 'pending' AND d.due_at < ${dueAt}`.execute(db);
}

/** Counts a permanent refusal of an address; true when there were MAX_REFUSALS in a row. */
export async function countRefusal(db: Db, subscriberId: string): Promise<boolean> {
  const row = await db
    .updateTable('subscribers')
    .set(eb => ({ refusals: eb('refusals', '+', 1) }))
    .where('id', '=', subscriberId)
    .returning('refusals')
    .executeTakeFirst();
  return row !== undefined && row.refusals >= MAX_REFUSALS;
}

/** At start: everything unfinished is due again, whatever it was waiting for. */
export async function makeAllDue(db: Db, now: Millis): Promise<void> {
  await sql`UPDATE deliveries SET due_at = ${now} WHERE state = 'pending' AND due_at > ${now}`.execute(db);
}

/** The latest emails with an error, those given up included. */
export async function troubled(db: Db, most: number) {
  return db
    .selectFrom('deliveries')
    .select(['id', 'kind', 'state', 'attempts', 'due_at', 'error'])
    .where('state', 'in', ['pending', 'given_up'])
    .where('error', 'is not', null)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
}

/** Makes what waits due now, and what was given up once more; returns how many emails. */
export async function retryAll(db: Db, now: Millis): Promise<number> {
  const done = await db
    .updateTable('deliveries')
    .set({ state: 'pending', due_at: now, attempts: 0 })
    .where('state', 'in', ['pending', 'given_up'])
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/**
 * How many incident emails enqueued after `from` were sent in the hour before `now`. Those of a later time were
 * sent before the clock was set back: they hold nothing up until it comes.
 */
export async function sentLately(db: Db, now: Millis, from: Millis): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT COUNT(*) AS count FROM deliveries
    WHERE state = 'sent' AND sent_at > ${now - HOUR} AND sent_at <= ${now + MINUTE}
      AND kind = 'update' AND created_at > ${from}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Lets every email enqueued by `now` go, storm or no storm. */
export async function release(db: Db, now: Millis): Promise<void> {
  const value = String(now);
  await db
    .insertInto('meta')
    .values({ name: 'released_until', value })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Until when emails enqueued are released, epoch ms; 0 for never. */
export async function releasedUntil(db: Db): Promise<Millis> {
  const query = db.selectFrom('meta').select('value').where('name', '=', 'released_until');
  return Number((await query.executeTakeFirst())?.value ?? 0);
}

/** Emails that were sent or given up are forgotten after this long. */
const KEPT_FOR: Millis = 30 * DAY;

/** Forgets emails long finished, some thousand at a time. */
export async function pruneOutbox(db: Db, now: Millis): Promise<void> {
  const before = now - KEPT_FOR;
  await sql`
    DELETE FROM deliveries WHERE id IN (
      SELECT id FROM deliveries WHERE state = 'sent' AND sent_at < ${before} LIMIT 5000
    )`.execute(db);
  await sql`DELETE FROM deliveries WHERE state = 'given_up' AND created_at < ${before}`.execute(db);
}

/** How many emails wait, how many were given up: for /readyz and the log. */
export async function outboxDepth(db: Db): Promise<{ pending: number; givenUp: number }> {
  const count = async (state: string) => {
    const { rows } = await sql<{ count: number }>`
      SELECT COUNT(*) AS count FROM deliveries WHERE state = ${sql.lit(state)}`.execute(db);
    return rows[0]?.count ?? 0;
  };
  return { pending: await count('pending'), givenUp: await count('given_up') };
}
