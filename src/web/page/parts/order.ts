// Order: the entries of one Snapshot in time, put in order once for the thousands of permalinks drawn of it.
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import { beginning } from './incidents.ts';

interface Row {
  readonly all: readonly IncidentView[];
  readonly places: ReadonlyMap<string, number>;
}

const rows = new WeakMap<Snapshot, Row>();

/** The incident or maintenance of that id. */
export function entryOf(snapshot: Snapshot, id: string): IncidentView | undefined {
  const { all, places } = rowOf(snapshot);
  const place = places.get(id);
  return place === undefined ? undefined : all[place];
}

/** The entries before and after one in time, incidents and maintenance alike. */
export function neighboursOf(
  incident: IncidentView,
  snapshot: Snapshot,
): readonly [IncidentView | undefined, IncidentView | undefined] {
  const { all, places } = rowOf(snapshot);
  const at = places.get(incident.id) ?? -1;
  return [all[at - 1], all[at + 1]];
}

function rowOf(snapshot: Snapshot): Row {
  const known = rows.get(snapshot);
  if (known) return known;
  const all = [...snapshot.incidents, ...snapshot.maintenances].sort(
    (a, b) => beginning(a) - beginning(b) || (a.id < b.id ? -1 : 1),
  );
  const row = { all, places: new Map(all.map(({ id }, at) => [id, at])) };
  rows.set(snapshot, row);
  return row;
}
