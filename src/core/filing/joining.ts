// Joining: which open incident an outage is part of.
import { listsOf } from '../incidents/grouped-members.ts';
import { severityOfStatus } from '../model/component.ts';
import { type Incident, isOpen, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import { FLAP_WINDOW, type StoredTransition } from '../model/transition.ts';
import { parentChecksOf } from './dependencies.ts';

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
  const found = nearest(components, incidents.filter(isOpen), one => affectedIn(one, site));
  return found.sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** A monitor that looks every five minutes, and gives no time, says so late that a component failed. */
const LATE: Millis = 5 * MINUTE;
/** Nobody is told of an end before that. */
const UNTOLD: Millis = MINUTE;

/**
 * The machine's incident, over by its sources, that an outage is part of, because it is heard of late: the last to end of
 * those whose components it has. It failed, by its own time, before that end or soon after it. What outlasts the outage of
 * a component that it depends on is no part of that.
 */
export function incidentToReopen(
  { source, components, at, recordedAt }: StoredTransition,
  incidents: readonly Incident[],
  site: Site,
): Incident | null {
  const slack = componentOf(source) === null ? LATE : UNTOLD;
  const parents = parentChecksOf(source, site);
  const ended = incidents.filter(
    incident =>
      incident.openedBy !== null &&
      incident.resolved !== null &&
      at <= incident.resolved + slack &&
      Math.abs(recordedAt - incident.resolved) <= FLAP_WINDOW &&
      !sourcesOf(incident).some(one => parents.has(one)),
  );
  const found = nearest(components, ended, one => affectedIn(one, site, one.resolved!));
  return found.sort((a, b) => b.resolved! - a.resolved! || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** Of the incidents, those that have all the components, else those that have some. */
function nearest(
  components: readonly string[],
  incidents: readonly Incident[],
  affectedOf: (incident: Incident) => ReadonlySet<string>,
): Incident[] {
  const near = incidents
    .map(incident => ({ incident, affected: affectedOf(incident) }))
    .map(({ incident, affected }) => ({ incident, shared: components.filter(id => affected.has(id)).length }))
    .filter(({ shared }) => shared > 0);
  const whole = near.filter(({ shared }) => shared === components.length);
  return (whole.length > 0 ? whole : near).map(({ incident }) => incident);
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
