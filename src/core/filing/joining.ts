// Joining: which open incident an outage is part of.
import { listsOf } from '../incidents/grouped-members.ts';
import { type Affected, type Incident, isOpen, isUnwell, keyOf, sourcesOf } from '../model/incident.ts';
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
 * The open incident that an outage joins: one in which all its components are affected, else one in which some are, else
 * one of the machine that had them, the oldest first; else null. Its own component counts before those that depend on it.
 * One without components joins none.
 */
export function incidentToJoin(
  outage: Pick<StoredTransition, 'source' | 'components' | 'key'>,
  incidents: readonly Incident[],
  site: Site,
): Incident | null {
  const open = incidents.filter(isOpen);
  const now = nearest(outage, open, one => affectedIn(one, site));
  const had = open.filter(one => one.openedBy !== null && mayContinue(one, outage, site));
  const found = now.length > 0 ? now : nearest(outage, had, one => everAffectedIn(one, site));
  return found.sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/**
 * Whether an outage may be part of an incident by what that had: not after it was left over by it, nor if that was of a
 * component that it depends on, because what outlasts that is no part of it.
 */
function mayContinue(
  incident: Incident,
  { source, key }: Pick<StoredTransition, 'source' | 'key'>,
  site: Site,
): boolean {
  const parents = parentChecksOf(source, site);
  return !wasLeftBy(key, incident) && !sourcesOf(incident).some(one => parents.has(one));
}

function wasLeftBy(key: string, incident: Incident): boolean {
  return key.endsWith(`>${keyOf(incident)}`);
}

/** Whether it is an outage left over by this incident, which must not take it back. */
export function isLeftBy({ key }: Pick<StoredTransition, 'key'>, incident: Incident): boolean {
  return isOpen(incident) && wasLeftBy(key, incident);
}

/** A monitor that looks every five minutes, and gives no time, says so late that a component failed. */
const LATE: Millis = 5 * MINUTE;
/** Nobody is told of an end before that. */
const UNTOLD: Millis = MINUTE;

/**
 * The incident that is over, of which an outage is part, because it is heard of late: the last to end of those that had its
 * components. It failed, by its own time, before that end or, if that is the machine's, soon after it.
 */
export function incidentToReopen(
  outage: StoredTransition,
  incidents: readonly Incident[],
  site: Site,
): Incident | null {
  const { source, at, recordedAt } = outage;
  const slack = componentOf(source) === null ? LATE : UNTOLD;
  const ended = incidents.filter(
    incident =>
      incident.scheduled === null &&
      incident.resolved !== null &&
      // What goes on from an operator's end is no part of what he ended then.
      (incident.openedBy === null ? at < incident.resolved : at <= incident.resolved + slack) &&
      Math.abs(recordedAt - incident.resolved) <= FLAP_WINDOW &&
      mayContinue(incident, outage, site),
  );
  const found = nearest(outage, ended, one => everAffectedIn(one, site));
  return found.sort((a, b) => b.resolved! - a.resolved! || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** Of the incidents, those that have all the components of an outage, else that of its check, else some. */
function nearest(
  { source, components }: Pick<StoredTransition, 'source' | 'components'>,
  incidents: readonly Incident[],
  affectedOf: (incident: Incident) => ReadonlySet<string>,
): Incident[] {
  const own = componentOf(source);
  const near = incidents.flatMap(incident => {
    const affected = affectedOf(incident);
    const shared = components.filter(id => affected.has(id)).length;
    if (shared === 0) return [];
    return [{ incident, isWhole: shared === components.length, isOwn: own !== null && affected.has(own) }];
  });
  const found = [near.filter(one => one.isWhole), near.filter(one => one.isOwn), near];
  return (found.find(some => some.length > 0) ?? []).map(({ incident }) => incident);
}

/** The components that an incident affects now, or just before a time. */
export function affectedIn(
  incident: Incident,
  { components }: Site,
  before: Millis = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
  const lists = listsOf(incident, components);
  return idsOfAffected((lists.findLast(({ at }) => at < before) ?? lists[0]!).list);
}

/** The components that an incident affected at any time. */
export function everAffectedIn(incident: Incident, { components }: Site): ReadonlySet<string> {
  return idsOfAffected(listsOf(incident, components).flatMap(({ list }) => list));
}

function idsOfAffected(list: readonly Affected[]): ReadonlySet<string> {
  return new Set(list.filter(isUnwell).map(({ id }) => id));
}

/**
 * The outage of the first check that is behind an incident: others that began with it belong to it. Null for one that no
 * check reported, and once it has enough of them.
 * @param filed the transitions filed in it, in order of arrival.
 */
export function beganWith(filed: readonly StoredTransition[]): StoredTransition | null {
  const down = new Map<string, StoredTransition>();
  let first: StoredTransition | null = null;
  for (const one of filed) {
    if (one.kind === 'up') down.delete(one.source);
    else down.set(one.source, one);
    if (down.size === 0) first = null;
    else if (one.kind === 'down' && probedBy(one.source) !== null) first ??= one;
  }
  return down.size < MAX_GROUPED ? first : null;
}
