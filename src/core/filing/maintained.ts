// Outages that begin in a maintenance: covered until its end, they count from then on.
import { coveredBy, stateAt } from '../incidents/maintenance.ts';
import { affectedBy, type Incident } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';

/** A transition as it counts: an outage whose beginning was under maintenance begins where that ends, if it is over. */
export function countedFrom(
  transition: StoredTransition,
  incidents: readonly Incident[],
  { components }: Site,
  now: Millis,
): StoredTransition {
  if (transition.kind === 'up' || transition.components.length === 0) return transition;
  const works = incidents
    .filter(({ scheduled }) => scheduled !== null)
    .map(one => ({
      ...coveredBy(one, stateAt(one, now)),
      ids: affectedBy(one, components).map(({ id }) => id),
    }));
  const coveredUntil = (component: string, from: Millis) => {
    const all = works.filter(({ ids, start, end }) => ids.includes(component) && start <= from && from < end);
    return Math.max(from, ...all.map(({ end }) => end));
  };
  let { at } = transition;
  for (let from = -1; from !== at; ) {
    from = at;
    at = Math.min(...transition.components.map(id => coveredUntil(id, from)));
  }
  return at <= now ? { ...transition, at } : transition;
}

/** The outages (by seq) that were over before they counted. Both lists have the same transitions, in order of arrival. */
export function neverCounted(
  stored: readonly StoredTransition[],
  counted: readonly StoredTransition[],
): ReadonlySet<number> {
  const isOver = ({ source, seq, at }: StoredTransition) =>
    stored.some(next => next.kind === 'up' && next.source === source && next.seq > seq && next.at <= at);
  return new Set(
    counted.filter((one, index) => one.at > stored[index]!.at && isOver(one)).map(({ seq }) => seq),
  );
}
