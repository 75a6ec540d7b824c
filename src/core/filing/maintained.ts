// Outages that begin in a maintenance: covered until its end, they count from then on.
import { coveredBy, stateAt } from '../incidents/maintenance.ts';
import { affectedBy, type Incident } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import type { Millis, Span } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';

interface Work extends Span {
  readonly ids: readonly string[];
}

/**
 * Transitions as they count: an outage whose beginning was under maintenance begins where that ended. One that still is
 * stays as it is.
 */
export function countingFrom(
  incidents: readonly Incident[],
  { components }: Site,
  now: Millis,
): (transition: StoredTransition) => StoredTransition {
  // Most rounds have no outage to file.
  let works: readonly Work[] | null = null;
  return transition => {
    if (transition.kind === 'up' || transition.components.length === 0) return transition;
    works ??= incidents
      .filter(({ scheduled }) => scheduled !== null)
      .map(one => ({
        ...coveredBy(one, stateAt(one, now)),
        ids: affectedBy(one, components).map(({ id }) => id),
      }));
    const at = afterAll(works, transition);
    return at <= now ? { ...transition, at } : transition;
  };
}

/** The first moment from its beginning, epoch ms, at which not all its components were under maintenance. */
function afterAll(
  works: readonly Work[],
  { at, components }: Pick<StoredTransition, 'at' | 'components'>,
): Millis {
  const until = (id: string) =>
    Math.max(
      at,
      ...works.filter(one => one.ids.includes(id) && one.start <= at && at < one.end).map(({ end }) => end),
    );
  const next = Math.min(...components.map(until));
  return next === at ? at : afterAll(works, { at: next, components });
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
