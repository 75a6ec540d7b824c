// First-seen times: when each update was announced or noted, and what was in the future then.
import { endKey, endsTold } from '../../core/incidents/ending.ts';
import { EDGE_ENDINGS, type Edge, edgeKey } from '../../core/incidents/first-seen.ts';
import { type Incident, keyOf, refOf, timeInKey, type UpdateRef } from '../../core/model/incident.ts';
import { MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { frozenUpdate, noteQuietly } from './announcements.ts';
import { isRecordOf } from './told.ts';

/**
 * The records of an incident's updates, by key: when each was first seen, epoch ms, and whether people are notified.
 */
export type SeenRecords = ReadonlyMap<string, { readonly seenAt: Millis; readonly isAnnounced: boolean }>;

/** Without a database nothing is known. */
export async function recordsOf(db: Db | null, incidentId: string): Promise<SeenRecords> {
  if (!db) return new Map();
  const query = db.selectFrom('announcements').select(['key', 'seen_at', 'due_at']);
  const rows = await query.where(isRecordOf(incidentId)).orderBy('ref').execute();
  return new Map(
    rows.map(({ key, seen_at, due_at }) => [key, { seenAt: seen_at, isAnnounced: due_at !== null }]),
  );
}

/** The names of the starts, ends and updates that were in the future when first seen. */
export async function seenAhead(db: Db | null): Promise<UpdateRef[]> {
  if (!db) return [];
  const query = db.selectFrom('announcements').select(['incident_id as incidentId', 'key']);
  const ahead = query.where(eb => eb.or(EDGE_ENDINGS.map(ending => eb('key', 'like', `%${ending}`))));
  return ahead.orderBy('ref').execute();
}

/**
 * Records that parts of an incident are in the future. Returns those that were not known before: otherwise the clock
 * went back.
 */
export async function noteAhead(
  db: Db,
  incident: Incident,
  edges: readonly Edge[],
  now: Millis,
): Promise<readonly Edge[]> {
  const { begins, started, resolved, updates } = incident;
  const known = await recordsOf(db, keyOf(incident));
  const wasAhead = [...known.values()].some(({ seenAt }) => seenAt > now);
  const corrected = await correctedEnd(db, incident, known);
  const news = edges.filter(edge => {
    if (typeof edge !== 'string') return !known.has(edge.key);
    const at = edge === 'started' ? (begins ?? started) : resolved;
    if (edge === 'started' && wasAhead) return false;
    return !updates.some(update => update.at === at && known.has(update.key) && update.key !== corrected);
  });
  const keys = news.map(edge => edgeKey(incident, edge));
  if (keys.length > 0) await noteQuietly(db, keyOf(incident), keys, now);
  return news;
}

/** The key of the end if it was told with another time than it has now: a person moved it, and no clock. */
async function correctedEnd(db: Db, incident: Incident, known: SeenRecords): Promise<string | null> {
  const { resolved, updates, openedBy } = incident;
  const end = updates.find(({ at, status }) => at === resolved && status === 'resolved');
  const { count } = endsTold(key => known.has(key));
  // What a machine measured has come.
  if (!end || resolved === null || count === 0 || openedBy !== null) return null;
  // An end without a section has no time in its key.
  const first = Date.parse(timeInKey(end.key));
  if (!Number.isNaN(first)) return resolved - first >= MINUTE ? end.key : null;
  const told = await frozenUpdate(db, refOf({ incidentId: keyOf(incident), key: endKey(count - 1) }));
  return told && told.incident.resolved !== resolved ? end.key : null;
}

/** For these updates: a clock that was ahead recorded them, and from now on they were seen now. */
export async function seenNow(
  db: Db,
  incidentId: string,
  keys: readonly string[],
  now: Millis,
): Promise<void> {
  const set = db.updateTable('announcements').set({ seen_at: now }).where(isRecordOf(incidentId));
  // If the write fails, it is repeated after the next start.
  await set
    .where('key', 'in', keys)
    .execute()
    .catch(() => undefined);
}
