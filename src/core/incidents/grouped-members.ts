// What an incident says of its sources and components over time, by its updates.
import { type Affected, amongst, type Incident, meansAll, reachedBy, sourcesOf } from '../model/incident.ts';
import { componentOf, probedBy, probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';

/** The affected components, and since when. `named`: those affected again when it is reopened after an end. */
export interface Listed {
  readonly at: Millis;
  readonly list: readonly Affected[];
  readonly named: readonly Affected[];
}

/** Every list of affected components that the incident had, oldest first; after an end, nothing is affected. */
export function listsOf(
  incident: Incident,
  components: readonly { readonly id: string; readonly name: string }[],
): readonly Listed[] {
  const known = new Set(components.map(({ id }) => id));
  const whole = (ids: readonly Affected[]) =>
    ids.some(({ id }) => meansAll(id, known)) ? amongst(ids, components) : ids;
  let list = incident.components ? whole(incident.components) : reachedBy(incident, components);
  let isOver = false;
  const lists: Listed[] = [{ at: incident.started, list, named: list }];
  for (const { at, change, status } of incident.updates) {
    const isEnd = status === 'resolved';
    // Words after an end do not end it again.
    if (isEnd === isOver && !change?.components) continue;
    isOver = isEnd;
    if (change?.components) list = whole(change.components);
    lists.push({ at, list: isEnd ? [] : list, named: list });
  }
  return lists;
}

/**
 * Whether a source is still down, as far as the file tells; if not, `until` is when it recovered (null: it was never
 * down). A check is down while its component is listed, a latency rule only without a check beside it. Another monitor
 * is down while the incident is open.
 */
export function statusOfSource(incident: Incident, source: string): { down: boolean; until: Millis | null } {
  const whole = { down: incident.status !== 'resolved', until: incident.resolved };
  const sources = sourcesOf(incident);
  const id = componentOf(source);
  if (sources.length < 2 || id === null) return whole;
  if (probedBy(source) === null && sources.includes(probeSource(id))) {
    return { down: false, until: incident.resolved };
  }
  const lists = listsOf(incident, []);
  const last = lists.findLastIndex(({ list }) => list.some(one => one.id === id));
  if (last < 0) return { down: false, until: null };
  const next = lists[last + 1];
  return next ? { down: false, until: next.at } : whole;
}
