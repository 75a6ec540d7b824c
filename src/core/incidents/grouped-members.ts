// Grouped incidents: who is still down in one that several checks opened, by its updates.
import { type Affected, type Incident, sourcesOf } from '../model/incident.ts';
import { probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';

/** The component ids of the checks that opened a grouped incident; null for any other. */
export function groupedComponents(incident: Pick<Incident, 'openedBy'>): readonly string[] | null {
  const sources = sourcesOf(incident);
  return sources.length < 2 ? null : sources.map(source => probedBy(source) ?? source);
}

/** A list of those affected, and from when on it holds. */
export type Listed = { readonly at: Millis; readonly list: readonly Affected[] };

/** Every list an incident's updates gave, oldest first, after that of its beginning. */
export function listsOf({ started, components, updates }: Incident): readonly Listed[] {
  const later = updates.flatMap(({ at, change }) =>
    change?.components ? [{ at, list: change.components }] : [],
  );
  return [{ at: started, list: components ?? [] }, ...later];
}

/** Whether a source of an incident is down in it; if not, until when it was (null: it never was). */
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
