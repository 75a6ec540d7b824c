// Grouping: which outages at about the same time become one incident (`group_within:`).
import { type Incident, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { probedBy, probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { StoredTransition, Transition } from '../model/transition.ts';
import { MAX_GROUPED } from './joining.ts';
import { isUnwatched } from './removed-checks.ts';

type OutageTimes = Pick<StoredTransition, 'at' | 'recordedAt'>;

/** Batches of outages, in the order in which they were confirmed: each has those that began together with its first one. */
export function batchesOf<T extends OutageTimes>(outages: readonly T[], within: Millis): T[][] {
  const batches: T[][] = [];
  for (const one of [...outages].sort((a, b) => a.recordedAt - b.recordedAt)) {
    const near = batches.find(all => all.length < MAX_GROUPED && beganTogether(one, all[0]!, within));
    if (near) near.push(one);
    else batches.push([one]);
  }
  return batches;
}

/**
 * Whether two outages began, or were confirmed, within `within` ms of one another. A check that needs more failures is
 * confirmed later; one that looks more rarely sees later that it began.
 */
export function beganTogether(one: OutageTimes, other: OutageTimes, within: Millis): boolean {
  return Math.min(Math.abs(one.at - other.at), Math.abs(one.recordedAt - other.recordedAt)) <= within;
}

/** Sorts transitions as status.yaml lists their components, so that texts do not depend on when checks end. */
export function inOrderOf<T extends Pick<Transition, 'source'>>(
  { components }: Site,
  all: readonly T[],
): T[] {
  const place = ({ source }: T) => components.findIndex(({ id }) => source === probeSource(id));
  return [...all].sort((a, b) => place(a) - place(b));
}

/** Whether a batch that began at `first` is complete; a clock that was set back completes it. */
export function isGroupComplete(first: Millis, within: Millis, now: Millis): boolean {
  return now < first || now - first >= within;
}

/** Whether only one source fails, and no component of another is in doubt (`unsure`). */
export function isAlone(outages: readonly StoredTransition[], unsure: ReadonlySet<string>): boolean {
  const isNotAmongOutages = (id: string) => !outages.some(({ components }) => components.includes(id));
  return new Set(outages.map(({ source }) => source)).size === 1 && ![...unsure].some(isNotAmongOutages);
}

/**
 * Whether a change of an incident is written now: recoveries and failures of several checks within `within` ms are one
 * update. An end, a lone relapse after one, what another monitor reports, and a source that joins (the followers of its
 * component know of nothing yet) is written at once; but one that takes the place of a removed check waits for that end.
 * @param before as it is in its file; `incident`: as it will be.
 */
export function isComplete(
  before: Incident,
  incident: Incident,
  events: readonly StoredTransition[],
  unsure: ReadonlySet<string>,
  site: Site,
  now: Millis,
): boolean {
  const checks = sourcesOf(incident).filter(one => probedBy(one) !== null);
  if (incident.status === 'resolved' || checks.length < 2) return true;
  const known = sourcesOf(before);
  const mayJoin = !known.some(source => isUnwatched(source, site));
  if (events.some(({ source }) => probedBy(source) === null || (mayJoin && !known.includes(source))))
    return true;
  if (before.status === 'resolved' && isAlone(events, unsure)) return true;
  return isGroupComplete(Math.min(...events.map(({ recordedAt }) => recordedAt)), site.groupWithin, now);
}
