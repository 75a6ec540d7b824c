// Announcements: which updates were announced, and how many of their deliveries are enqueued.
import { type Selectable, sql } from 'kysely';
import { type Edge, edgeKey } from '../../core/incidents/first-seen.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import { refOf } from '../../core/model/incident.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { type Announcement, asTold, findUpdate } from '../../core/notify/news.ts';
import { undrawn } from '../../core/page/rendered-texts.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../db/database.ts';
import { readMeta, writeMeta } from '../db/meta.ts';
import type { Tables } from '../db/tables.ts';
import { choiceIn, lastPlace, type Row } from './subscribers.ts';

/** An incident and one of its updates, as first seen. */
export interface Frozen {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

/** An update whose deliveries are not all enqueued; `frozenUpdate` reads its content. */
export interface Owed {
  readonly ref: string;
  /** No delivery of it is enqueued yet. */
  readonly untouched: boolean;
}

/** The references of all updates that were announced or marked as seen. */
export async function seenUpdates(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('announcements').select('ref').execute();
  return new Set(rows.map(row => row.ref));
}

async function noted(db: Db, ref: string) {
  const query = db.selectFrom('announcements').select(['seen_at', 'due_at']).where('ref', '=', ref);
  return query.executeTakeFirst();
}

/**
 * Returns when an update was seen, at most `now`. A later time came from a clock that was ahead: it is replaced by
 * `now` and stored, so that it stays the same from then on.
 */
async function seenNoLaterThan(
  db: Db,
  ref: string,
  now: Millis,
  at: Millis | undefined,
): Promise<Millis | null> {
  if (at === undefined || at <= now) return at ?? null;
  const set = db.updateTable('announcements').set({ seen_at: now }).where('ref', '=', ref).execute();
  // If the write fails, it is repeated after the next start.
  await set.catch(() => undefined);
  return now;
}

/** The names of the starts, ends and updates that were in the future when first seen. */
async function seenAhead(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('announcements')
    .select('ref')
    .where(eb => eb.or(['started', 'resolved', 'ahead'].map(edge => eb('key', 'like', `%#${edge}`))))
    .execute();
  return rows.map(({ ref }) => ref);
}

/**
 * Records that an incident's start, its end or an update is in the future. Returns false if it was known before: then
 * the clock went back.
 */
async function noteAhead(db: Db, incident: Incident, edge: Edge, now: Millis): Promise<boolean> {
  const { id, begins, started, resolved, updates } = incident;
  const at = edge === 'started' ? (begins ?? started) : resolved;
  const dated = (typeof edge === 'string' ? updates.filter(update => update.at === at) : [edge]).map(
    ({ key }) => key,
  );
  const query = db.selectFrom('announcements').select(['key', 'seen_at']);
  const rows = await query.where('incident_id', '=', id).execute();
  const wasAhead = edge === 'started' && rows.some(({ seen_at }) => seen_at > now);
  if (wasAhead || rows.some(({ key }) => dated.includes(key))) return false;
  await note(db, id, edgeKey(incident, edge), now, OWED_TO_NOBODY);
  return true;
}

async function keysOf(db: Db, incidentId: string): Promise<ReadonlySet<string>> {
  const query = db.selectFrom('announcements').select('key').where('incident_id', '=', incidentId);
  return new Set((await query.execute()).map(({ key }) => key));
}

/** First-seen times for the server. `announcedAt` is null for updates that nobody is notified of. */
export const firstSeenRecords = (db: Db) => ({
  seenAt: async (ref: string, now: Millis) => seenNoLaterThan(db, ref, now, (await noted(db, ref))?.seen_at),
  async announcedAt(ref: string, now: Millis) {
    const one = await noted(db, ref);
    return one?.due_at == null ? null : seenNoLaterThan(db, ref, now, one.seen_at);
  },
  keysOf: (incidentId: string) => keysOf(db, incidentId),
  seenAhead: () => seenAhead(db),
  noteAhead: (incident: Incident, edge: Edge, now: Millis) => noteAhead(db, incident, edge, now),
});

/** First-seen times for a program that only reads the database, or has none. */
export const readFirstSeen = (db: Db | null) => ({
  seenAt: async (ref: string) => (db ? ((await noted(db, ref))?.seen_at ?? null) : null),
  async announcedAt(ref: string) {
    const one = db ? await noted(db, ref) : undefined;
    return one?.due_at == null ? null : one.seen_at;
  },
  keysOf: async (incidentId: string) => (db ? keysOf(db, incidentId) : new Set<string>()),
  seenAhead: async () => (db ? seenAhead(db) : []),
});

export async function isFirstRound(db: Db): Promise<boolean> {
  return (await readMeta(db, 'announced')) === null;
}

/**
 * Marks updates as seen and, unless quiet, promises them from `dueAt` on to everyone confirmed by now. One small
 * transaction, however many subscribers there are; `enqueueSome` keeps the promise.
 */
export async function announceUpdates(
  db: Db,
  announced: readonly Announcement[],
  now: Millis,
  dueAt: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const upto = await lastPlace(trx);
    for (const { incidentId, key, incident, update, quiet } of announced) {
      const frozen = () => JSON.stringify({ incident: lean(incident, update), update });
      const owed = quiet ? OWED_TO_NOBODY : { frozen: frozen(), due_at: dueAt, cursor: '', upto };
      await note(trx, incidentId, key, now, owed);
    }
    await writeMeta(trx, 'announced', String(now));
  });
}

const OWED_TO_NOBODY = { frozen: null, due_at: null, cursor: null, upto: null };

async function note(
  db: Db,
  incidentId: string,
  key: string,
  now: Millis,
  owed: Pick<Selectable<Tables['announcements']>, 'frozen' | 'due_at' | 'cursor' | 'upto'>,
): Promise<void> {
  await db
    .insertInto('announcements')
    .values({ ref: refOf({ incidentId, key }), incident_id: incidentId, key, seen_at: now, ...owed })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/**
 * Updates whose deliveries are due by `now`, oldest first. If one would wait longer than `grace`, the clock went back
 * since: it is due now.
 */
export async function owedUpdates(db: Db, now: Millis, grace: Millis): Promise<Owed[]> {
  const rows = await db
    .selectFrom('announcements')
    .select(['ref', 'cursor'])
    .where('cursor', 'is not', null)
    .where(eb => eb.or([eb('due_at', '<=', now), eb('due_at', '>', now + grace)]))
    .orderBy('seen_at')
    .orderBy('ref')
    .execute();
  return rows.map(row => ({ ref: row.ref, untouched: row.cursor === '' }));
}

/**
 * Withdraws an announcement as if the update had never been seen, so that it is news if it comes back. Returns false if
 * deliveries are already enqueued.
 */
export async function withdraw(db: Db, ref: string): Promise<boolean> {
  const query = db.deleteFrom('announcements').where('ref', '=', ref).where('cursor', '=', '');
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/**
 * Enqueues an update's deliveries for the next `most` subscribers and moves the cursor, in one transaction. They are
 * due when the update was seen, and by `now` if the clock went back since.
 * @param chosen selects the subscribers who want it
 * @param types channels that visitors may subscribe now
 * @returns how many were enqueued, and whether that was all
 */
export async function enqueueSome(
  db: Db,
  ref: string,
  most: number,
  chosen: (readers: readonly { readonly id: string; readonly choice: Choice }[]) => readonly string[],
  types: readonly ChannelType[],
  now: Millis,
): Promise<{ deliveries: number; done: boolean }> {
  return db.transaction().execute(async trx => {
    const update = await trx
      .selectFrom('announcements')
      .select(['incident_id', 'seen_at', 'cursor', 'upto'])
      .where('ref', '=', ref)
      .executeTakeFirst();
    if (!update || update.cursor === null) return { deliveries: 0, done: true };
    const { rows } = await sql<ChoosingSubscriber>`
      SELECT id, channel, owner, components, kinds, detail FROM subscribers
      WHERE id > ${update.cursor} AND confirmed_seq <= ${update.upto} AND (state <> 'dead' OR owner = 'operator')
      ORDER BY id LIMIT ${most}`.execute(trx);
    const readers = rows.filter(
      ({ owner, channel }) => owner === 'operator' || channel === 'email' || types.includes(channel),
    );
    const ids = chosen(readers.map(row => ({ id: row.id, choice: choiceIn(row) })));
    // One statement with all ids in one JSON value: a thousand rows in a few milliseconds. Messages to an operator's dead
    // channel are stored as given up, for `outbox retry`.
    await sql`
      INSERT INTO deliveries (channel, kind, ref, incident_id, subscriber_id, state, error, due_at, created_at)
      SELECT s.channel, 'update', ${ref}, ${update.incident_id}, s.id,
        CASE s.state WHEN 'dead' THEN 'given_up' ELSE 'pending' END,
        CASE s.state WHEN 'dead' THEN 'its channel is dead' END,
        ${Math.min(update.seen_at, now)}, ${update.seen_at}
      FROM json_each(${JSON.stringify(ids)}) CROSS JOIN subscribers s ON s.id = value WHERE true
      ON CONFLICT DO NOTHING`.execute(trx);
    const done = rows.length < most;
    const cursor = done ? null : (rows.at(-1)?.id ?? null);
    await trx.updateTable('announcements').set({ cursor }).where('ref', '=', ref).execute();
    return { deliveries: ids.length, done };
  });
}

export async function frozenUpdate(db: Db, ref: string): Promise<Frozen | null> {
  const row = await db.selectFrom('announcements').select('frozen').where('ref', '=', ref).executeTakeFirst();
  return row?.frozen ? (JSON.parse(row.frozen) as Frozen) : null;
}

/** The update as it reads now (a typo may be fixed), else as announced; null if it is gone. */
export async function currentUpdate(
  db: Db,
  { incidents, maintenances }: Pick<Snapshot, 'incidents' | 'maintenances'>,
  ref: string,
): Promise<Frozen | null> {
  const current = findUpdate([...incidents, ...maintenances], ref);
  if (current && !current.incident.updates.some(({ preface }) => preface)) return current;
  const frozen = await frozenUpdate(db, ref);
  return current ? asTold(current, frozen) : frozen;
}

/** The first announced update of an incident; null if there is none. */
export async function firstAnnounced(db: Db, incidentId: string): Promise<string | null> {
  const row = await db
    .selectFrom('announcements')
    .select('ref')
    .where('incident_id', '=', incidentId)
    .where('frozen', 'is not', null)
    .orderBy('seen_at')
    .orderBy('ref')
    .executeTakeFirst();
  return row?.ref ?? null;
}

/** An incident with more text than this is stored with the text of this update only. */
const LONG_TEXT = 20_000;

/** Reduces an incident to what an email needs: the text of hundreds of updates would be stored hundreds of times. */
function lean(incident: Incident, update: IncidentUpdate): Incident {
  const plain = undrawn(incident);
  const length = incident.updates.reduce(
    (sum, { body }) => sum + body.length,
    incident.postmortem?.length ?? 0,
  );
  if (length < LONG_TEXT) return plain;
  const updates = incident.updates.map(one => (one.key === update.key ? one : { ...one, body: '' }));
  return { ...plain, postmortem: null, updates };
}

type ChoosingSubscriber = Pick<Row, 'id' | 'channel' | 'owner' | 'components' | 'kinds' | 'detail'>;
