// First-seen times: when each update was announced or noted, and what was in the future then.
import { type Edge, edgeKey } from '../../core/incidents/first-seen.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { isOf, noteQuietly } from './announcements.ts';

/** By key; `isAnnounced` is false for updates that nobody is notified of. */
async function recordsOf(db: Db, incidentId: string) {
  const query = db.selectFrom('announcements').select(['key', 'seen_at', 'due_at']);
  const rows = await query.where(isOf(incidentId)).execute();
  return new Map(
    rows.map(({ key, seen_at, due_at }) => [key, { seenAt: seen_at, isAnnounced: due_at !== null }]),
  );
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
 * Records that parts of an incident are in the future. Returns those that were not known before: otherwise the clock
 * went back.
 */
async function noteAhead(
  db: Db,
  incident: Incident,
  edges: readonly Edge[],
  now: Millis,
): Promise<readonly Edge[]> {
  const { id, begins, started, resolved, updates } = incident;
  const known = await recordsOf(db, id);
  const wasAhead = [...known.values()].some(({ seenAt }) => seenAt > now);
  const news = edges.filter(edge => {
    if (typeof edge !== 'string') return !known.has(edge.key);
    const at = edge === 'started' ? (begins ?? started) : resolved;
    if (edge === 'started' && wasAhead) return false;
    return !updates.some(update => update.at === at && known.has(update.key));
  });
  const keys = news.map(edge => edgeKey(incident, edge));
  if (keys.length > 0) await noteQuietly(db, id, keys, now);
  return news;
}

/** For these updates: a clock that was ahead recorded them, and from now on they were seen now. */
async function seenNow(db: Db, incidentId: string, keys: readonly string[], now: Millis): Promise<void> {
  const set = db.updateTable('announcements').set({ seen_at: now }).where(isOf(incidentId));
  // If the write fails, it is repeated after the next start.
  await set
    .where('key', 'in', keys)
    .execute()
    .catch(() => undefined);
}

/** First-seen times for the server. */
export const firstSeenRecords = (db: Db) => ({
  recordsOf: (incidentId: string) => recordsOf(db, incidentId),
  seenAhead: () => seenAhead(db),
  noteAhead: (incident: Incident, edges: readonly Edge[], now: Millis) => noteAhead(db, incident, edges, now),
  seenNow: (incidentId: string, keys: readonly string[], now: Millis) => seenNow(db, incidentId, keys, now),
});

/** First-seen times for a program that only reads the database, or has none. */
export const readFirstSeen = (db: Db | null) => ({
  recordsOf: async (incidentId: string) => (db ? recordsOf(db, incidentId) : new Map()),
  seenAhead: async () => (db ? seenAhead(db) : []),
});
