// Dependencies between components: a parent's incident covers its children.
import { statusOfSource } from '../incidents/grouped-members.ts';
import type { Component, Measured } from '../model/component.ts';
import { type Incident, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy, probeSource } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { machineText } from '../text/machine-texts.ts';

/** All components that depend on this one, directly or not, in the site's order. */
export function dependentsOf(id: string, components: readonly Component[]): Component[] {
  return components.filter(component => component.id !== id && parentsOf(component.id, components).has(id));
}

/** All components that this one depends on, directly or not; itself only in a circle. */
function parentsOf(id: string, components: readonly Pick<Component, 'id' | 'dependsOn'>[]): Set<string> {
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

/** The checks of the components that a check's component depends on; empty for other sources. */
export function parentChecksOf(source: string, { components }: Site): ReadonlySet<string> {
  const id = componentOf(source);
  if (id === null) return new Set();
  return new Set([...parentsOf(id, components)].filter(one => one !== id).map(probeSource));
}

/** Adds the dependents of a component to its check's outage. Returns other transitions unchanged. */
export function withDependents<T extends Transition>(transition: T, { components }: Site): T {
  const id = componentOf(transition.source);
  if (id === null || transition.kind !== 'down' || probedBy(transition.source) === null) return transition;
  const children = dependentsOf(id, components);
  if (children.length === 0) return transition;
  const names = children.map(child => child.name).join(', ');
  return {
    ...transition,
    components: [...transition.components, ...children.map(child => child.id)],
    message: `${transition.message}\n\n${machineText('machine.dependents', { list: names })}`,
  };
}

/** Since when (epoch ms) each component has been well, by id; only those that are. */
export type WellSince = ReadonlyMap<string, Millis>;

/** The same, from the measurements; cached by their map. */
export function wellSinceOf(measured: ReadonlyMap<string, Pick<Measured, 'health' | 'since'>>): WellSince {
  const before = answered.get(measured);
  if (before) return before;
  // Degraded may be a minor outage, so it does not count.
  const well = [...measured].filter(([, { health }]) => health === 'operational');
  const wellSince = new Map(well.map(([id, { since }]) => [id, since ?? 0]));
  answered.set(measured, wellSince);
  return wellSince;
}

const answered = new WeakMap<ReadonlyMap<string, Pick<Measured, 'health' | 'since'>>, WellSince>();

/** The components whose newest look failed though no outage is confirmed, by id. */
export function unsureOf(measured: ReadonlyMap<string, Pick<Measured, 'isUnsure'>>): ReadonlySet<string> {
  return new Set([...measured].filter(([, { isUnsure }]) => isUnsure).map(([id]) => id));
}

/** How long a child may take to recover after its parent, before it gets its own incident. */
const SETTLING: Millis = 3 * MINUTE;

/**
 * Whether a check's outage is covered by one of a component it depends on: a parent is down (by an incident of its
 * check, or a transition to be filed), or was down when this began and has just recovered. A parent in `wellSince` is
 * not down: its incident was only left open.
 */
export function isCovered(
  transition: Transition,
  incidents: readonly Incident[],
  waiting: readonly Transition[],
  site: Site,
  now: Millis,
  wellSince: WellSince,
): boolean {
  const sources = parentChecksOf(transition.source, site);
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
