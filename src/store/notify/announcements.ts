// Announcements: which updates were announced, and how far their emails are enqueued.
import { type Selectable, sql } from 'kysely';
import { type Edge, edgeKey } from '../../core/incidents/first-seen.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import { refOf } from '../../core/model/incident.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Announcement } from '../../core/notify/news.ts';
import { undrawn } from '../../core/page/rendered-texts.ts';
import type { Db } from '../db/database.ts';
import type { SubscriberRow } from '../db/tables.ts';
import { idsIn, lastPlace } from './subscribers.ts';

/** An incident and one of its updates, as they stood when first seen. */
export interface Frozen {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

/** An update whose emails are not all enqueued yet; `frozenUpdate` knows what it is about. */
export interface Owed {
  readonly ref: string;
  /** No email of it is enqueued yet. */
  readonly untouched: boolean;
}

/** The references of every update already in the books. */
export async function seenUpdates(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('updates').select('ref').execute();
  return new Set(rows.map(row => row.ref));
}

/** When an update was first seen, epoch ms; null when it is not in the books. */
async function seenAt(db: Db, ref: string): Promise<Millis | null> {
  const row = await db.selectFrom('updates').select('seen_at').where('ref', '=', ref).executeTakeFirst();
  return row?.seen_at ?? null;
}

/**
 * The same, and never later than `now`: what a clock noted that was ahead is noted anew, so that it stays the moment
 * when the clock was first right.
 */
async function seenBy(db: Db, ref: string, now: Millis): Promise<Millis | null> {
  const at = await seenAt(db, ref);
  if (at === null || at <= now) return at;
  const noted = db.updateTable('updates').set({ seen_at: now }).where('ref', '=', ref).execute();
  // What cannot be written just now is noted after the next start.
  await noted.catch(() => undefined);
  return now;
}

/** When what was promised to readers was first seen; null for what was noted and told to nobody. */
async function toldAt(db: Db, ref: string): Promise<Millis | null> {
  const row = await db
    .selectFrom('updates')
    .select(['seen_at', 'due_at'])
    .where('ref', '=', ref)
    .executeTakeFirst();
  return row?.due_at == null ? null : row.seen_at;
}

/** The same, and never later than `now`, as `seenBy`. */
async function toldBy(db: Db, ref: string, now: Millis): Promise<Millis | null> {
  return (await toldAt(db, ref)) === null ? null : seenBy(db, ref, now);
}

/** The names of the beginnings, ends and updates that lay ahead when they were first seen. */
async function foretold(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('updates')
    .select('ref')
    .where(eb => eb.or(['started', 'resolved', 'ahead'].map(edge => eb('key', 'like', `%#${edge}`))))
    .execute();
  return rows.map(({ ref }) => ref);
}

/**
 * Notes that an incident's beginning, its end or an update lies ahead; resolves to false where it was known before: then it is the
 * clock that went back.
 */
async function foretell(db: Db, incident: Incident, edge: Edge, now: Millis): Promise<boolean> {
  const { id, begins, started, resolved, updates } = incident;
  const at = edge === 'started' ? (begins ?? started) : resolved;
  const told = (typeof edge === 'string' ? updates.filter(update => update.at === at) : [edge]).map(
    ({ key }) => key,
  );
  const rows = await db
    .selectFrom('updates')
    .select(['key', 'seen_at'])
    .where('incident_id', '=', id)
    .execute();
  const wasAhead = edge === 'started' && rows.some(({ seen_at }) => seen_at > now);
  if (wasAhead || rows.some(({ key }) => told.includes(key))) return false;
  const one = { incidentId: id, key: edgeKey(incident, edge) };
  const promise = { frozen: null, due_at: null, cursor: null, upto: null };
  await db
    .insertInto('updates')
    .values({ ref: refOf(one), incident_id: id, key: one.key, seen_at: now, ...promise })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  return true;
}

/** When things were first seen, as the program that keeps the books asks for it. */
export const keptSights = (db: Db) => ({
  seenAt: (ref: string, now: Millis) => seenBy(db, ref, now),
  toldAt: (ref: string, now: Millis) => toldBy(db, ref, now),
  foretold: () => foretold(db),
  foretell: (incident: Incident, edge: Edge, now: Millis) => foretell(db, incident, edge, now),
});

/** The same for a program that only reads them, or has none. */
export const readSights = (db: Db | null) => ({
  seenAt: async (ref: string) => (db ? seenAt(db, ref) : null),
  toldAt: async (ref: string) => (db ? toldAt(db, ref) : null),
  foretold: async () => (db ? foretold(db) : []),
});

/** Whether this database has never been through a round of announcing. */
export async function isFirstRound(db: Db): Promise<boolean> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'announced').executeTakeFirst();
  return row === undefined;
}

/**
 * Notes updates as seen and, unless quiet, promises them to everyone confirmed by now, from `dueAt`
 * on: one small transaction, however many subscribers there are. `enqueueSome` keeps the promise.
 */
export async function bookAnnouncements(
  db: Db,
  announced: readonly Announcement[],
  now: Millis,
  dueAt: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const upto = await lastPlace(trx);
    for (const { incidentId, key, incident, update, quiet } of announced) {
      const promise = quiet
        ? { frozen: null, due_at: null, cursor: null, upto: null }
        : {
            frozen: JSON.stringify({ incident: lean(incident, update), update }),
            due_at: dueAt,
            cursor: '',
            upto,
          };
      await trx
        .insertInto('updates')
        .values({ ref: refOf({ incidentId, key }), incident_id: incidentId, key, seen_at: now, ...promise })
        .onConflict(conflict => conflict.doNothing())
        .execute();
    }
    await trx
      .insertInto('meta')
      .values({ name: 'announced', value: String(now) })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value: String(now) }))
      .execute();
  });
}

/**
 * Updates whose emails are to be enqueued by `now`, oldest first. One that would wait longer than
 * `grace` was promised before the clock went back: it is owed now.
 */
export async function owedUpdates(db: Db, now: Millis, grace: Millis): Promise<Owed[]> {
  const rows = await db
    .selectFrom('updates')
    .select(['ref', 'cursor'])
    .where('cursor', 'is not', null)
    .where(eb => eb.or([eb('due_at', '<=', now), eb('due_at', '>', now + grace)]))
    .orderBy('seen_at')
    .orderBy('ref')
    .execute();
  return rows.map(row => ({ ref: row.ref, untouched: row.cursor === '' }));
}

/**
 * Takes an update out of the books, as if it had never been seen: should it come back, it is news. Resolves to
 * whether it did; one whose emails or messages are begun stands, and what was promised is kept.
 */
export async function withdraw(db: Db, ref: string): Promise<boolean> {
  const { rows } = await sql<{ ref: string }>`
    DELETE FROM updates WHERE ref = ${ref} AND cursor = ''
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.kind = 'update' AND d.ref = ${ref})
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.kind = 'update' AND m.ref = ${ref})
    RETURNING ref`.execute(db);
  return rows.length > 0;
}

/**
 * Enqueues an update's emails for the next `most` subscribers and moves the cursor past them, in one
 * transaction; `chosen` says who of them wants it. They are due when it was seen, and by `now` when the clock went
 * back since. Returns how many emails, and whether that was all.
 */
export async function enqueueSome(
  db: Db,
  ref: string,
  most: number,
  chosen: (subscribers: readonly { readonly id: string; readonly choice: Choice }[]) => readonly string[],
  now: Millis,
): Promise<{ emails: number; done: boolean }> {
  return db.transaction().execute(async trx => {
    const update = await trx
      .selectFrom('updates')
      .select(['incident_id', 'seen_at', 'cursor', 'upto'])
      .where('ref', '=', ref)
      .executeTakeFirst();
    if (!update || update.cursor === null) return { emails: 0, done: true };
    const next = await sql<Reader>`
      SELECT id, components, kinds, detail FROM subscribers
      WHERE id > ${update.cursor} AND confirmed_seq <= ${update.upto}
      ORDER BY id LIMIT ${most}`.execute(trx);
    const ids = chosen(next.rows.map(readerOf));
    // One statement with the ids as one JSON value: a thousand rows in a few milliseconds.
    await sql`
      INSERT INTO deliveries (kind, ref, incident_id, subscriber_id, state, due_at, created_at)
      SELECT 'update', ${ref}, ${update.incident_id}, value, 'pending', ${Math.min(update.seen_at, now)}, ${update.seen_at}
      FROM json_each(${JSON.stringify(ids)}) WHERE true
      ON CONFLICT DO NOTHING`.execute(trx);
    const done = next.rows.length < most;
    const cursor = done ? null : (next.rows.at(-1)?.id ?? null);
    await trx.updateTable('updates').set({ cursor }).where('ref', '=', ref).execute();
    return { emails: ids.length, done };
  });
}

/** The incident and update an email is about, as they stood when first seen. */
export async function frozenUpdate(db: Db, ref: string): Promise<Frozen | null> {
  const row = await db.selectFrom('updates').select('frozen').where('ref', '=', ref).executeTakeFirst();
  return row?.frozen ? (JSON.parse(row.frozen) as Frozen) : null;
}

/** The first update of an incident that was promised to anybody; null when none was. */
export async function firstAnnounced(db: Db, incidentId: string): Promise<string | null> {
  const row = await db
    .selectFrom('updates')
    .select('ref')
    .where('incident_id', '=', incidentId)
    .where('frozen', 'is not', null)
    .orderBy('seen_at')
    .orderBy('ref')
    .executeTakeFirst();
  return row?.ref ?? null;
}

/** An incident of more text than this is kept with the words of the one update. */
const MUCH = 20_000;

/** What an email needs of an incident: with all the words of hundreds of updates, each would be kept hundreds of times. */
function lean(incident: Incident, update: IncidentUpdate): Incident {
  const kept = undrawn(incident);
  const length = incident.updates.reduce(
    (sum, { body }) => sum + body.length,
    incident.postmortem?.length ?? 0,
  );
  if (length < MUCH) return kept;
  const updates = incident.updates.map(one => (one.key === update.key ? one : { ...one, body: '' }));
  return { ...kept, postmortem: null, updates };
}

type Reader = Pick<Selectable<SubscriberRow>, 'id' | 'components' | 'kinds' | 'detail'>;

function readerOf({ id, components, kinds, detail }: Reader) {
  return { id, choice: { components: idsIn(components), kinds, detail } };
}
