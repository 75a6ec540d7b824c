// Joining: which open incident an outage is part of.
import { listsOf } from '../incidents/grouped-members.ts';
import { severityOfStatus } from '../model/component.ts';
import { type Incident, isOpen } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';

/** The most sources in one incident that began together, so that its file stays readable; others go to the next one. */
export const MAX_GROUPED = 50;

/** Whether all the components are affected by an incident now. An outage without components stands everywhere. */
export function standsIn(components: readonly string[], incident: Incident, site: Site): boolean {
  const affected = affectedIn(incident, site);
  return components.every(id => affected.has(id));
}

/**
 * The open incident that an outage joins: one in which all its components are affected, else one in which some are, the
 * oldest first; else null. One without components joins none.
 */
export function incidentToJoin(
  { components }: Pick<StoredTransition, 'components'>,
  incidents: readonly Incident[],
  site: Site,
): Incident | null {
  const near = incidents
    .filter(isOpen)
    .map(incident => ({ incident, affected: affectedIn(incident, site) }))
    .map(({ incident, affected }) => ({ incident, shared: components.filter(id => affected.has(id)).length }))
    .filter(({ shared }) => shared > 0);
  const whole = near.filter(({ shared }) => shared === components.length);
  const found = (whole.length > 0 ? whole : near).map(({ incident }) => incident);
  return found.sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** The components that an incident affects now, or just before a time. */
export function affectedIn(
  incident: Incident,
  { components }: Site,
  before: Millis = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
  const lists = listsOf(incident, components);
  const now = (lists.findLast(({ at }) => at < before) ?? lists[0]!).list;
  return new Set(
    now.filter(({ status }) => status === null || severityOfStatus(status) !== null).map(({ id }) => id),
  );
}

/**
 * When the first check that is behind an incident confirmed its outage, epoch ms: others that do so soon after belong to
 * it. Null for one that no check reported, and once it has enough of them.
 * @param filed the transitions filed in it, in order of arrival.
 */
export function beganAt(filed: readonly StoredTransition[]): Millis | null {
  const down = new Map<string, StoredTransition>();
  let first: Millis | null = null;
  for (const one of filed) {
    if (one.kind === 'up') down.delete(one.source);
    else down.set(one.source, one);
    if (down.size === 0) first = null;
    else if (one.kind === 'down' && probedBy(one.source) !== null) first ??= one.recordedAt;
  }
  return down.size < MAX_GROUPED ? first : null;
}
