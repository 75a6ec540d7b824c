// The outages of every source, kept in memory by the only process that writes them: only new transitions are read.
import { type Outages, outagesIn, type RecordedTransition } from '../../core/filing/reported-vs-measured.ts';
import type { Db } from '../db/database.ts';

/** Reads the outages of all sources. Returns the same object if no transition was added or filed. */
export function makeReadOutages(db: Db): () => Promise<Outages> {
  /** Transitions by source, in order of arrival. */
  const known = new Map<string, Map<number, RecordedTransition>>();
  /** A transition changes only by being filed, so it is read again until then. */
  let filedTo = 0;
  let outages: Outages = {};
  return async () => {
    const rows = await transitionsAfter(db, filedTo);
    const changed = new Set<string>();
    for (const { seq, ...row } of rows) {
      const there = known.get(row.source) ?? new Map<number, RecordedTransition>();
      const before = there.get(seq);
      if (before && before.filedAt === row.filedAt) continue;
      known.set(row.source, there.set(seq, row));
      changed.add(row.source);
    }
    const unfiled = rows.find(({ filedAt }) => filedAt === null);
    filedTo = unfiled ? unfiled.seq - 1 : (rows.at(-1)?.seq ?? filedTo);
    // A recovery without an outage, such as each check's first transition, is no outage.
    const news = [...changed]
      .map(source => [source, outagesIn([...known.get(source)!.values()])] as const)
      .filter(([source, found]) => found.length > 0 || outages[source]);
    if (news.length > 0) outages = { ...outages, ...Object.fromEntries(news) };
    return outages;
  };
}

async function transitionsAfter(
  db: Db,
  seq: number,
): Promise<(RecordedTransition & { readonly seq: number })[]> {
  const rows = await db
    .selectFrom('transitions')
    .select(['seq', 'source', 'kind', 'at', 'severity', 'components', 'joined'])
    .select(['recorded_at as recordedAt', 'filed_at as filedAt', 'incident_id as incidentId'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .execute();
  return rows.map(({ joined, components, ...row }) => ({
    ...row,
    components: JSON.parse(components) as string[],
    ...(joined ? { isJoined: true as const } : {}),
  }));
}
