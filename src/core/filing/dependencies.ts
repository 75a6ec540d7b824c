// Dependencies: what cannot work without what. A parent's incident covers its children.
import { statusOfSource } from '../incidents/grouped-members.ts';
import type { Component, Measured } from '../model/component.ts';
import { type Incident, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy, probeSource } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** Everything that depends on a component, directly or not, in the site's order. */
export function dependentsOf(id: string, components: readonly Component[]): Component[] {
  return components.filter(component => component.id !== id && parentsOf(component.id, components).has(id));
}

/** Everything a component depends on, directly or not; itself only where the site runs in a circle. */
export function parentsOf(
  id: string,
  components: readonly Pick<Component, 'id' | 'dependsOn'>[],
): Set<string> {
  const parents = (of: string) => components.find(component => component.id === of)?.dependsOn ?? [];
  const found = new Set<string>();
  const open = [...parents(id)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...parents(next));
  }
  return found;
}

/**
 * A check's outage with everything that depends on the component: affected as much, and named.
 * Any other transition comes back as it is.
 */
export function withDependents<T extends Transition>(transition: T, { components }: Site): T {
  const id = componentOf(transition.source);
  if (id === null || transition.kind !== 'down' || probedBy(transition.source) === null) return transition;
  const children = dependentsOf(id, components);
  if (children.length === 0) return transition;
  const names = children.map(child => child.name).join(', ');
  return {
    ...transition,
    components: [...transition.components, ...children.map(child => child.id)],
    message: `${transition.message}\n\nDepending on it, and affected too: ${names}.`,
  };
}

/** Since when (epoch ms) the checks that are well have been, by component id. */
export type WellSince = ReadonlyMap<string, Millis>;

/** The same of what was measured; a map that comes again is answered from memory. */
export function wellSinceOf(measured: ReadonlyMap<string, Pick<Measured, 'health' | 'since'>>): WellSince {
  const before = answered.get(measured);
  if (before) return before;
  // Degraded may be a minor outage: such a check says nothing here.
  const well = [...measured].filter(([, { health }]) => health === 'operational');
  const wellSince = new Map(well.map(([id, { since }]) => [id, since ?? 0]));
  answered.set(measured, wellSince);
  return wellSince;
}

const answered = new WeakMap<ReadonlyMap<string, Pick<Measured, 'health' | 'since'>>, WellSince>();

/** A child has this long after its parent recovered to recover too, before it speaks for itself. */
export const SETTLING: Millis = 3 * MINUTE;

/**
 * Whether a check's transition is covered by an outage of something the component depends on: that is down (by
 * an incident its check opened, or a transition that waits to be filed), or was when this began and
 * has recovered just now. `wellSince` are the components whose checks are well, and since when (epoch ms): an
 * incident that was left open, by the machine or by a person, covers nobody.
 */
export function isCovered(
  transition: Transition,
  incidents: readonly Incident[],
  waiting: readonly Transition[],
  { components }: Site,
  now: Millis,
  wellSince: WellSince,
): boolean {
  const id = componentOf(transition.source);
  if (id === null) return false;
  const sources = new Set([...parentsOf(id, components)].filter(one => one !== id).map(probeSource));
  if (sources.size === 0) return false;
  const newest = new Map(waiting.map(({ source, kind }) => [source, kind]));
  if ([...sources].some(source => newest.get(source) === 'down')) return true;
  return incidents.some(incident => {
    const parents = sourcesOf(incident).filter(source => sources.has(source));
    return parents.some(parent => {
      const status = statusOfSource(incident, parent);
      const well = wellSince.get(probedBy(parent)!);
      if (status.down && well === undefined) return true;
      const until = status.down ? well! : status.until;
      return until !== null && transition.at <= until && now - until < SETTLING;
    });
  });
}
