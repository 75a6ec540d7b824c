// The entries of a Snapshot sorted by time, once for the thousands of permalinks made from it.

import { memoized } from '../../../core/model/memo.ts';
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import { beginning } from './incidents.ts';

const orderOf = memoized(({ incidents, maintenances }: Snapshot) => {
  const all = [...incidents, ...maintenances].sort(
    (a, b) => beginning(a) - beginning(b) || (a.id < b.id ? -1 : 1),
  );
  return { all, places: new Map(all.map(({ id }, at) => [id, at])) };
});

export function entryOf(snapshot: Snapshot, id: string): IncidentView | undefined {
  const { all, places } = orderOf(snapshot);
  const place = places.get(id);
  return place === undefined ? undefined : all[place];
}

/** The entries before and after one in time, incidents and maintenance together. */
export function neighboursOf(
  incident: IncidentView,
  snapshot: Snapshot,
): readonly [IncidentView | undefined, IncidentView | undefined] {
  const { all, places } = orderOf(snapshot);
  const at = places.get(incident.id) ?? -1;
  return [all[at - 1], all[at + 1]];
}
