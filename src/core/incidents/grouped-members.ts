// Grouped incidents: which of the failed checks are still down, by the updates.
import { type Affected, type Incident, sourcesOf } from '../model/incident.ts';
import { probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';

export function groupedComponents(incident: Pick<Incident, 'openedBy'>): readonly string[] | null {
  const sources = sourcesOf(incident);
  return sources.length < 2 ? null : sources.map(source => probedBy(source) ?? source);
}

/** The affected components, and since when. */
export type Listed = { readonly at: Millis; readonly list: readonly Affected[] };

/** Every list of affected components that the incident had, oldest first. */
export function listsOf({ started, components, updates }: Incident): readonly Listed[] {
  const later = updates.flatMap(({ at, change }) =>
    change?.components ? [{ at, list: change.components }] : [],
  );
  return [{ at: started, list: components ?? [] }, ...later];
}

/** Whether a source is still down in the incident; if not, `until` is when it recovered (null: it was never down). */
export function statusOfSource(incident: Incident, source: string): { down: boolean; until: Millis | null } {
  const whole = { down: incident.status !== 'resolved', until: incident.resolved };
  if (groupedComponents(incident) === null) return whole;
  const lists = listsOf(incident);
  const id = probedBy(source);
  const last = lists.findLastIndex(({ list }) => list.some(one => one.id === id));
  if (last < 0) return { down: false, until: null };
  const next = lists[last + 1];
  return next ? { down: false, until: next.at } : whole;
}
