// What every source saw, kept in memory by the one process that writes it: only what is new is read.
import { type Sighting, type Sightings, sightedIn } from '../../core/filing/reported-vs-measured.ts';
import type { Db } from '../db/database.ts';

/** Reads the outages of all sources; the same object comes back when no transition came or was filed. */
export type ReadSightings = () => Promise<Sightings>;

/** The database is the truth; a transition changes only by being filed, and is read again until it is. */
export function makeSightings(db: Db): ReadSightings {
  /** Transitions by source, in the order they came. */
  const known = new Map<string, Map<number, Sighting>>();
  let settled = 0;
  let sightings: Sightings = {};
  return async () => {
    const rows = await transitionsAfter(db, settled);
    const changed = new Set<string>();
    for (const { seq, ...row } of rows) {
      const there = known.get(row.source) ?? new Map<number, Sighting>();
      const before = there.get(seq);
      if (before && before.filedAt === row.filedAt) continue;
      known.set(row.source, there.set(seq, row));
      changed.add(row.source);
    }
    const owed = rows.find(({ filedAt }) => filedAt === null);
    settled = owed ? owed.seq - 1 : (rows.at(-1)?.seq ?? settled);
    // A recovery of nothing, as each check's first one is, tells no outage.
    const news = [...changed]
      .map(source => [source, sightedIn([...known.get(source)!.values()])] as const)
      .filter(([source, outages]) => outages.length > 0 || sightings[source]);
    if (news.length > 0) sightings = { ...sightings, ...Object.fromEntries(news) };
    return sightings;
  };
}

/** The transitions after `seq`, in the order they came. */
async function transitionsAfter(db: Db, seq: number): Promise<(Sighting & { readonly seq: number })[]> {
  const rows = await db
    .selectFrom('transitions')
    .select(['seq', 'source', 'kind', 'at', 'recorded_at', 'filed_at', 'incident_id'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .execute();
  return rows.map(({ recorded_at, filed_at, incident_id, ...row }) => {
    return { ...row, recordedAt: recorded_at, filedAt: filed_at, incidentId: incident_id };
  });
}
