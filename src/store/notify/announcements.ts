// Announcements: which updates were announced, and how far their deliveries are enqueued.
import { type Selectable, sql } from 'kysely';
import { type Edge, edgeKey } from '../../core/incidents/first-seen.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import { refOf } from '../../core/model/incident.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { type Announcement, findUpdate } from '../../core/notify/news.ts';
import { undrawn } from '../../core/page/rendered-texts.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../db/database.ts';
import { readMeta, writeMeta } from '../db/meta.ts';
import type { Tables } from '../db/tables.ts';
import { choiceIn, lastPlace, type Row } from './subscribers.ts';

/** An incident and one of its updates, as they stood when first seen. */
export interface Frozen {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

/** An update whose deliveries are not all enqueued yet; `frozenUpdate` knows what it is about. */
export interface Owed {
  readonly ref: string;
  /** Nothing of it is enqueued yet. */
  readonly untouched: boolean;
}

/** The references of every update that was announced or noted as seen. */
export async function seenUpdates(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('announcements').select('ref').execute();
  return new Set(rows.map(row => row.ref));
}

/** An announcement as it was noted; undefined when nothing was. */
async function noted(db: Db, ref: string) {
  const query = db.selectFrom('announcements').select(['seen_at', 'due_at']).where('ref', '=', ref);
  return query.executeTakeFirst();
}

/**
 * Never later than `now`: what a clock noted that was ahead is noted anew, so that it stays the moment
 * when the clock was first right.
 */
async function seenNoLaterThan(
  db: Db,
  ref: string,
  now: Millis,
  at: Millis | undefined,
): Promise<Millis | null> {
  if (at === undefined || at <= now) return at ?? null;
  const set = db.updateTable('announcements').set({ seen_at: now }).where('ref', '=', ref).execute();
  // What cannot be written just now is noted after the next start.
  await set.catch(() => undefined);
  return now;
}

/** The names of the beginnings, ends and updates that lay ahead when they were first seen. */
async function seenAhead(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('announcements')
    .select('ref')
    .where(eb => eb.or(['started', 'resolved', 'ahead'].map(edge => eb('key', 'like', `%#${edge}`))))
    .execute();
  return rows.map(({ ref }) => ref);
}

/**
 * Notes that an incident's beginning, its end or an update lies ahead; resolves to false where it was known before: then it is the
 * clock that went back.
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

/** When things were first seen, for the program that announces; null for what was not, or is owed to nobody. */
export const firstSeenRecords = (db: Db) => ({
  seenAt: async (ref: string, now: Millis) => seenNoLaterThan(db, ref, now, (await noted(db, ref))?.seen_at),
  async announcedAt(ref: string, now: Millis) {
    const one = await noted(db, ref);
    return one?.due_at == null ? null : seenNoLaterThan(db, ref, now, one.seen_at);
  },
  keysOf: (incidentId: string) => keysOf(db, incidentId),
  seenAhead: () => seenAhead(db),
  foretell: (incident: Incident, edge: Edge, now: Millis) => noteAhead(db, incident, edge, now),
});

/** The same for a program that only reads the database, or has none. */
export const readFirstSeen = (db: Db | null) => ({
  seenAt: async (ref: string) => (db ? ((await noted(db, ref))?.seen_at ?? null) : null),
  async announcedAt(ref: string) {
    const one = db ? await noted(db, ref) : undefined;
    return one?.due_at == null ? null : one.seen_at;
  },
  keysOf: async (incidentId: string) => (db ? keysOf(db, incidentId) : new Set<string>()),
  seenAhead: async () => (db ? seenAhead(db) : []),
});

/** Whether this database has never been through a round of announcing. */
export async function isFirstRound(db: Db): Promise<boolean> {
  return (await readMeta(db, 'announced')) === null;
}

/**
 * Notes updates as seen and, unless quiet, promises them to everyone confirmed by now, from `dueAt`
 * on: one small transaction, however many subscribers there are. `enqueueSome` keeps the promise.
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
 * Updates whose deliveries are to be enqueued by `now`, oldest first. One that would wait longer than
 * `grace` was promised before the clock went back: it is owed now.
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
 * Takes an announcement back, as if it had never been seen: should it return, it is news. Resolves to
 * whether it did; one whose deliveries are begun stays.
 */
export async function withdraw(db: Db, ref: string): Promise<boolean> {
  const query = db.deleteFrom('announcements').where('ref', '=', ref).where('cursor', '=', '');
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/**
 * Enqueues an update's deliveries for the next `most` subscribers and moves the cursor past them, in one
 * transaction; `chosen` says who of them wants it, `types` which channels visitors may subscribe now. They are due
 * when it was seen, and by `now` when the clock went back since. Returns how many, and whether that was all.
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
    // One statement with the ids as one JSON value: a thousand rows in a few milliseconds. What an operator's dead
    // channel misses waits until it takes messages again.
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

/** The incident and update a delivery is about, as they stood when first seen. */
export async function frozenUpdate(db: Db, ref: string): Promise<Frozen | null> {
  const row = await db.selectFrom('announcements').select('frozen').where('ref', '=', ref).executeTakeFirst();
  return row?.frozen ? (JSON.parse(row.frozen) as Frozen) : null;
}

/** An update as it reads now, an edited typo mended, or as it was announced; null when it is gone. */
export async function currentUpdate(
  db: Db,
  { incidents, maintenances }: Pick<Snapshot, 'incidents' | 'maintenances'>,
  ref: string,
): Promise<Frozen | null> {
  return findUpdate([...incidents, ...maintenances], ref) ?? (await frozenUpdate(db, ref));
}

/** The first update of an incident that was promised to anybody; null when none was. */
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

/** An incident of more text than this is stored with the words of the one update. */
const LONG_TEXT = 20_000;

/** What an email needs of an incident: with all the words of hundreds of updates, each would be stored hundreds of times. */
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
