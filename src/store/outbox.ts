// The outbox: what was announced, and every letter owed, sent, retried or given up.
import type { Incident, IncidentUpdate } from '../core/incident.ts';
import { type Announcement, MAX_REFUSALS, refOf } from '../core/notification.ts';
import type { Subscriber } from '../core/subscriber.ts';
import type { Millis } from '../core/time.ts';
import type { Db } from './database.ts';
import { subscriberById } from './subscribers.ts';

/** A letter that is due. */
export interface Delivery {
  readonly id: number;
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly ref: string;
  readonly attempts: number;
  readonly subscriber: Subscriber;
}

/** The references of every update already in the books. */
export async function seenUpdates(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('updates').select('ref').execute();
  return new Set(rows.map(row => row.ref));
}

/** Whether this database has never been through a round of announcing. */
export async function isFirstRound(db: Db): Promise<boolean> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'announced').executeTakeFirst();
  return row === undefined;
}

/** Notes updates as seen and enqueues their letters, in one transaction. Returns the letters enqueued. */
export async function bookAnnouncements(
  db: Db,
  announced: readonly Announcement[],
  now: Millis,
): Promise<number> {
  return db.transaction().execute(async trx => {
    let letters = 0;
    for (const { incidentId, key, incident, update, owedTo } of announced) {
      const ref = refOf({ incidentId, key });
      const frozen = owedTo.length > 0 ? JSON.stringify({ incident, update }) : null;
      const noted = await trx
        .insertInto('updates')
        .values({ ref, incident_id: incidentId, key, seen_at: now, frozen })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst();
      if ((noted.numInsertedOrUpdatedRows ?? 0n) === 0n) continue;
      for (const subscriberId of owedTo) await enqueue(trx, 'update', ref, subscriberId, now);
      letters += owedTo.length;
    }
    await trx
      .insertInto('meta')
      .values({ name: 'announced', value: String(now) })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value: String(now) }))
      .execute();
    return letters;
  });
}

/** Owes a subscriber one letter; asked twice for the same `ref` it stays one. */
export async function enqueue(
  db: Db,
  kind: Delivery['kind'],
  ref: string,
  subscriberId: string,
  now: Millis,
): Promise<void> {
  await db
    .insertInto('deliveries')
    .values({
      kind,
      ref,
      subscriber_id: subscriberId,
      state: 'pending',
      due_at: now,
      error: null,
      created_at: now,
      sent_at: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/** The incident and update a letter is about, as they stood when it was owed. */
export async function frozenUpdate(
  db: Db,
  ref: string,
): Promise<{ incident: Incident; update: IncidentUpdate } | null> {
  const row = await db.selectFrom('updates').select('frozen').where('ref', '=', ref).executeTakeFirst();
  return row?.frozen ? JSON.parse(row.frozen) : null;
}

/** Letters due by `now`, oldest first, at most `limit`. */
export async function dueDeliveries(db: Db, now: Millis, limit: number): Promise<Delivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'kind', 'ref', 'attempts', 'subscriber_id'])
    .where('state', '=', 'pending')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  const found: Delivery[] = [];
  for (const { subscriber_id, ...row } of rows) {
    const subscriber = await subscriberById(db, subscriber_id);
    if (subscriber) found.push({ ...row, subscriber });
  }
  return found;
}

/** Whether a letter is still owed: its subscriber may have left while it waited. */
export async function isStillOwed(db: Db, id: number): Promise<boolean> {
  const row = await db.selectFrom('deliveries').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state === 'pending';
}

/** Marks a letter sent and forgets earlier refusals of its address. */
export async function markSent(db: Db, delivery: Delivery, now: Millis): Promise<void> {
  await db.transaction().execute(async trx => {
    await trx
      .updateTable('deliveries')
      .set({ state: 'sent', sent_at: now, error: null, attempts: delivery.attempts + 1 })
      .where('id', '=', delivery.id)
      .execute();
    await trx
      .updateTable('subscribers')
      .set({ refusals: 0 })
      .where('id', '=', delivery.subscriber.id)
      .execute();
  });
}

/** Puts a letter off until `dueAt`, or gives it up when that is null. */
export async function markFailed(
  db: Db,
  delivery: Delivery,
  error: string,
  dueAt: Millis | null,
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      attempts: delivery.attempts + 1,
      error,
      ...(dueAt === null ? { state: 'given_up' } : { due_at: dueAt }),
    })
    .where('id', '=', delivery.id)
    .execute();
}

/**
 * Counts a permanent refusal of an address; after MAX_REFUSALS in a row the subscriber is removed.
 * Returns whether it was.
 */
export async function countRefusal(db: Db, subscriberId: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const row = await trx
      .updateTable('subscribers')
      .set(eb => ({ refusals: eb('refusals', '+', 1) }))
      .where('id', '=', subscriberId)
      .returning('refusals')
      .executeTakeFirst();
    if (!row || row.refusals < MAX_REFUSALS) return false;
    await trx.deleteFrom('subscribers').where('id', '=', subscriberId).execute();
    return true;
  });
}

/** At start: everything unfinished is due again, whatever it was waiting for. */
export async function makeAllDue(db: Db, now: Millis): Promise<void> {
  await db.updateTable('deliveries').set({ due_at: now }).where('state', '=', 'pending').execute();
}

/** How many letters wait, how many were given up: for /readyz and the log. */
export async function outboxDepth(db: Db): Promise<{ pending: number; givenUp: number }> {
  const rows = await db
    .selectFrom('deliveries')
    .select(eb => ['state', eb.fn.countAll<number>().as('count')])
    .where('state', 'in', ['pending', 'given_up'])
    .groupBy('state')
    .execute();
  const count = (state: string) => rows.find(row => row.state === state)?.count ?? 0;
  return { pending: count('pending'), givenUp: count('given_up') };
}
