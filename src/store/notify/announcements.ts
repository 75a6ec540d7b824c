// Announcements: which updates were announced, and how many of their deliveries are enqueued.
import { type Selectable, sql } from 'kysely';
import { withdrawnWith } from '../../core/incidents/ending.ts';
import { updatesBehind } from '../../core/incidents/impact.ts';
import {
  type Incident,
  type IncidentUpdate,
  keyOf,
  refOf,
  type UpdateRef,
} from '../../core/model/incident.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import type { Choice, Concern } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { asAnnounced, findUpdate } from '../../core/notify/announced.ts';
import { joinKey } from '../../core/notify/calm.ts';
import { concernAfter, concernOf } from '../../core/notify/concern.ts';
import { broughtBy } from '../../core/notify/filed-words.ts';
import type { Announcement } from '../../core/notify/news.ts';
import { undrawn } from '../../core/page/rendered-texts.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../db/database.ts';
import { rowsOf } from '../db/dialect.ts';
import { readMeta, writeMeta } from '../db/meta.ts';
import type { Tables } from '../db/tables.ts';
import { choiceIn, lastPlace, type Row } from './subscribers.ts';
import { isRecordOf, keysOfFiledWords } from './told.ts';

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

export async function isFirstRound(db: Db): Promise<boolean> {
  return (await readMeta(db, 'announced')) === null;
}

/** From here on, what is new is news. */
export async function endFirstRound(db: Db, now: Millis): Promise<void> {
  await writeMeta(db, 'announced', String(now));
}

/**
 * Marks updates as seen and, unless quiet, promises them from `dueAt` on to everyone confirmed by now. One small
 * transaction, however many subscribers there are; `enqueueSome` keeps the promise.
 * @param announced not empty, and few: all are stored at once.
 */
export async function announceUpdates(
  db: Db,
  announced: readonly Announcement[],
  now: Millis,
  dueAt: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const upto = await lastPlace(trx);
    const promised = ({ incident, update, quiet }: Announcement) =>
      quiet ? OWED_TO_NOBODY : { frozen: freeze(incident, update), due_at: dueAt, cursor: '', upto };
    await note(
      trx,
      announced.map(one => ({ ...seen(one, now), ...promised(one) })),
    );
  });
}

const OWED_TO_NOBODY = { frozen: null, due_at: null, cursor: null, upto: null };

/** Records moments of an incident as seen, to tell nobody. `keys`: not empty, and few. */
export async function noteQuietly(
  db: Db,
  incidentId: string,
  keys: readonly string[],
  now: Millis,
): Promise<void> {
  await note(
    db,
    keys.map(key => ({ ...seen({ incidentId, key }, now), ...OWED_TO_NOBODY })),
  );
}

function seen({ incidentId, key }: UpdateRef, now: Millis) {
  return { ref: refOf({ incidentId, key }), incident_id: incidentId, key, seen_at: now };
}

/** One statement: many would hold the process for long. */
async function note(db: Db, rows: readonly Selectable<Tables['announcements']>[]): Promise<void> {
  await db
    .insertInto('announcements')
    .values(rows)
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
  return db.transaction().execute(async trx => {
    const query = trx.deleteFrom('announcements').where('ref', '=', ref).where('cursor', '=', '');
    if ((await query.executeTakeFirst()).numDeletedRows === 0n) return false;
    await trx.deleteFrom('announcements').where('ref', 'in', withdrawnWith(ref)).execute();
    return true;
  });
}

/** Takes the promise of an announcement back; it stays seen. None of its deliveries may be enqueued yet. */
export async function dropOwed(db: Db, ref: string): Promise<void> {
  await db.updateTable('announcements').set(OWED_TO_NOBODY).where('ref', '=', ref).execute();
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
        CASE s.state WHEN 'dead' THEN 'its channel is disabled' END,
        ${Math.min(update.seen_at, now)}, ${update.seen_at}
      FROM ${rowsOf(trx, ids)} CROSS JOIN subscribers s WHERE s.id = value
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
  const frozen = await frozenUpdate(db, ref);
  const current = findUpdate([...incidents, ...maintenances], ref, frozen?.update);
  return current ? asAnnounced(current, frozen) : frozen;
}

/** The first announced update of an incident; null if there is none. */
export async function firstAnnounced(db: Db, incidentId: string): Promise<string | null> {
  const row = await db
    .selectFrom('announcements')
    .select('ref')
    .where(isRecordOf(incidentId))
    .where('frozen', 'is not', null)
    .orderBy('seen_at')
    .orderBy('ref')
    .executeTakeFirst();
  return row?.ref ?? null;
}

/**
 * Returns what an announcement is about, and to whom it is a beginning, by what was announced of its incident before.
 */
export async function concernIn(
  db: Db,
  ref: string,
  { incident, update }: Frozen,
  components: Site['components'],
): Promise<Concern> {
  const before = await announcedBefore(db, keyOf(incident), ref);
  const told = before.map(one => concernOf(one.incident, one.update, components));
  const start = before.at(-1)?.incident.scheduled?.start;
  // Who chose start and end is told that the start is another one.
  const isMoved = start !== undefined && start !== incident.scheduled?.start;
  const own = concernOf(incident, update, components);
  const concern = { ...own, edge: own.edge || isMoved };
  const isMachineEnd = concern.isEnd && incident.openedBy !== null;
  const filed = isMachineEnd ? await keysOfFiledWords(db, keyOf(incident)) : [];
  return concernAfter(concern, update, told, broughtBy(filed, incident));
}

/** What an update was about when it was told to those to whom it is the beginning, before all others; null: it was not. */
export async function toldAsBeginning(
  db: Db,
  ref: string,
  { incident, update }: Frozen,
  components: Site['components'],
): Promise<Concern | null> {
  const incidentId = keyOf(incident);
  if (ref !== refOf({ incidentId, key: update.key })) return null;
  const joined = refOf({ incidentId, key: joinKey(update.key) });
  const frozen = await frozenUpdate(db, joined);
  return frozen && concernIn(db, joined, frozen, components);
}

/** All that was announced of an incident before `ref`, as it was then, oldest first; by now, if that is not announced. */
export async function announcedBefore(db: Db, incidentId: string, ref: string): Promise<Frozen[]> {
  const all = db.selectFrom('announcements').select('frozen').where(isRecordOf(incidentId));
  const named = db.selectFrom('announcements').select('seen_at').where('ref', '=', ref);
  const own = await named.executeTakeFirst();
  const before = own ? all.where('seen_at', '<', own.seen_at) : all;
  const rows = await before.where('frozen', 'is not', null).orderBy('seen_at').orderBy('ref').execute();
  return rows.map(({ frozen }) => JSON.parse(frozen!) as Frozen);
}

/** An incident with more text (characters) or more updates is stored with only what this update needs. */
const LONG_TEXT = 20_000;
const MANY = 30;

function freeze(incident: Incident, update: IncidentUpdate): string {
  return JSON.stringify({ incident: lean(incident, update), update });
}

/** Reduces an incident to what an email needs: hundreds of updates would be stored hundreds of times. */
function lean(incident: Incident, update: IncidentUpdate): Incident {
  const { updates, postmortem } = incident;
  const plain = undrawn(incident);
  const length = updates.reduce((sum, { body }) => sum + body.length, postmortem?.length ?? 0);
  if (length < LONG_TEXT && updates.length <= MANY) return plain;
  const behind = updates.length <= MANY ? updates : updatesBehind(incident, update);
  const kept = behind.map(one => (one.key === update.key ? one : { ...one, body: '' }));
  return { ...plain, postmortem: null, updates: kept };
}

type ChoosingSubscriber = Pick<Row, 'id' | 'channel' | 'owner' | 'components' | 'kinds' | 'detail'>;
