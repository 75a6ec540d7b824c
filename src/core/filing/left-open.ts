// Outages left over: the incident that held a source does so no more, by an operator's hand, and the source still fails.
import { type Incident, isOpen, keyOf, sourcesOf } from '../model/incident.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { componentOf } from '../model/source.ts';
import { iso, MINUTE, type Millis } from '../model/time.ts';
import type { StoredTransition, Transition } from '../model/transition.ts';
import { machineText } from '../text/machine-texts.ts';
import { nameOf, second } from './grouped-file.ts';
import { affectedIn, incidentToJoin } from './joining.ts';
import type { Members } from './members.ts';
import type { Outages, RecordedOutage } from './reported-vs-measured.ts';

/** How long a source may take to recover after that. */
export const SETTLING: Millis = 3 * MINUTE;

interface LeftOpen {
  readonly source: string;
  /** The incident (its lasting name) that it is filed in, and since when none holds it, epoch ms. */
  readonly incident: string;
  readonly ended: Millis;
  /** The sources of that incident, if it is open. */
  readonly sources: readonly string[];
  /** The id of the open incident that it joins then; null: it opens its own. */
  readonly next: string | null;
}

/**
 * The sources that still fail although an operator ended the incident they are filed in, took their components off it, or
 * deleted the file they had joined. They count from the last end of any incident that held them.
 * @param noticed the result of the last round: no file tells when one was deleted or edited.
 */
export function outagesLeftOpen(
  incidents: readonly Incident[],
  outages: Outages,
  site: Site,
  noticed: readonly LeftOpen[],
  now: Millis,
): readonly LeftOpen[] {
  return Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    if (last?.end !== null || last.incidentId === null) return [];
    const incident = last.incidentId;
    const found = incidents.find(one => keyOf(one) === incident);
    if (found ? isHeldBy(found, source, last, site) : !last.isJoined) return [];
    const known = noticed.find(one => one.source === source && one.incident === incident);
    const since = found?.resolved ?? Math.min(known?.ended ?? now, now);
    const ended = Math.max(since, ...endsOf(incidents, last, site));
    const sources = found && isOpen(found) ? sourcesOf(found) : [];
    const again = { source, components: last.components, key: keyAfter('', incident) };
    const next = incidentToJoin(again, incidents, site)?.id ?? null;
    return [{ source, incident, ended, sources, next }];
  });
}

/** Whether an incident still holds a source. */
function isHeldBy(incident: Incident, source: string, outage: RecordedOutage, site: Site): boolean {
  // It began after the end of the others, and their relapse opened the file again without it.
  const isListed = incident.openedBy === null || sourcesOf(incident).includes(source);
  if (incident.status !== 'resolved') return isListed && holds(incident, outage, site);
  if (incident.openedBy === null) return false;
  // An operator ended the machine's incident, and what is heard of after that is left over.
  const end = incident.resolved ?? incident.started;
  if (outage.recordedAt !== null && outage.recordedAt > end) return false;
  // What is not checked may never report that it recovered; what affected nothing was a mistake.
  const affected = affectedIn(incident, site, end);
  return componentOf(source) === null || !outage.components.some(id => affected.has(id));
}

/** Whether an open incident names a component of an outage; one without a known component stays where it is. */
function holds(incident: Incident, { components }: RecordedOutage, site: Site): boolean {
  const known = components.filter(id => site.components.some(one => one.id === id));
  const affected = affectedIn(incident, site);
  return known.length === 0 || known.some(id => affected.has(id));
}

/** The ends, during an outage, of the incidents that named a component of it until then. */
function endsOf(incidents: readonly Incident[], { start, components }: RecordedOutage, site: Site): Millis[] {
  return incidents.flatMap(one => {
    const { resolved, scheduled } = one;
    if (scheduled !== null || resolved === null || resolved < start) return [];
    const affected = affectedIn(one, site, resolved);
    return components.some(id => affected.has(id)) ? [resolved] : [];
  });
}

/** Whether it is time for an incident of its own. */
export function isSettled({ ended }: LeftOpen, now: Millis): boolean {
  return now - ended >= SETTLING;
}

/**
 * What a report, that may be late, does about an incident that is `over`: it continues what has `ended`, but not what an
 * operator ended while sources of it failed, nor an operator's own. While a check of that may fail on, another monitor's
 * report waits: both continue in one incident.
 * @param members those of `over`
 */
export function lateReport(
  { source, at }: Pick<Transition, 'source' | 'at'>,
  over: Incident | null,
  members: Members | null,
  now: Millis,
): { readonly ended: Incident | null; readonly isEndedByHand: boolean; readonly waits: boolean } {
  if (over?.resolved == null || members === null) return { ended: over, isEndedByHand: false, waits: false };
  const { resolved, openedBy } = over;
  const states = [...members];
  const isEndedByHand =
    openedBy === null ||
    // A recovery of the future was told by a clock that was ahead.
    states.some(([, { until }]) => until === null || (until <= now && second(until) > resolved));
  const isLeft = at > resolved && (openedBy === null || states.some(([, { isDown }]) => isDown));
  const isCheck = (one: string) => componentOf(one) !== null;
  const waits =
    isLeft &&
    now - resolved < 2 * SETTLING &&
    !isCheck(source) &&
    states.some(([one, { isDown }]) => isDown && isCheck(one));
  return { ended: isLeft ? null : over, isEndedByHand, waits };
}

/** What a source does that does not recover. */
export function nextOf({ next }: LeftOpen): string {
  return next === null ? 'it opens an incident of its own' : `it joins ${next}`;
}

/** The problem to show until then. */
export function leftOpenProblem(left: LeftOpen): Problem {
  const { source, incident, ended } = left;
  const what = `${source} still fails, and since ${iso(ended)} no incident holds it`;
  const fix = `no action is needed: if it does not recover, ${nextOf(left)} at ${iso(ended + SETTLING)}`;
  return warningAt(`incidents/${incident}.md`, what, fix);
}

interface WithoutFile {
  readonly source: string;
  /** The incident (its lasting name) that it was filed in. */
  readonly incident: string;
  /** When the outage began, epoch ms. */
  readonly from: Millis;
  /** When that counts as recorded, epoch ms. */
  readonly recordedAt: Millis;
}

/**
 * The checks that fail while their own incident has no file. Those of one incident were recorded at once, in their
 * order: they are one incident again, under the same name.
 */
export function outagesWithoutFile(incidents: readonly Incident[], outages: Outages): readonly WithoutFile[] {
  const there = new Set(incidents.map(keyOf));
  // Their file may have got another name, and other words.
  const open = new Set(incidents.filter(isOpen).flatMap(sourcesOf));
  const found = Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    // What is not checked may never report that it recovered.
    if (last?.end !== null || last.incidentId === null || last.isJoined || componentOf(source) === null)
      return [];
    if (there.has(last.incidentId) || open.has(source)) return [];
    const { incidentId: incident, start: from, recordedAt } = last;
    return [{ source, incident, from, recordedAt: recordedAt ?? from }];
  });
  found.sort((a, b) => a.recordedAt - b.recordedAt);
  const first = (incident: string) => found.find(one => one.incident === incident)!.recordedAt;
  return found.map((one, index) => ({ ...one, recordedAt: first(one.incident) + index }));
}

/** What an operator should know until it is filed again. `since`: when its file was first seen to be gone. */
export function deletedProblem({ incident }: WithoutFile, title: string, since: Millis): Problem {
  const what = `${title} was deleted while its check still fails: it is filed again at ${iso(since + SETTLING)}`;
  const fix = 'restore the file; if there is no outage, resolve the incident instead of deleting it';
  return warningAt(`incidents/${incident}.md`, what, fix);
}

/** The same outage again, to be filed as before. */
export function filedAgain(down: StoredTransition, { incident, from }: WithoutFile) {
  return { ...unfiled(down), key: `${down.key}~${incident}`, at: from };
}

/**
 * The same outage again, from then on, to be filed on its own; before it, in an open incident of several sources, its end
 * there, so that the others end that. An incident of which all sources are `left` is its operator's to end.
 */
export function onItsOwn(
  down: StoredTransition,
  { incident, ended, sources }: LeftOpen,
  left: readonly LeftOpen[],
): readonly Transition[] {
  const same = { ...unfiled(down), at: Math.max(down.at, ended) };
  const again = { ...same, key: keyAfter(down.key, incident) };
  const isLeft = (source: string) => left.some(one => one.source === source && one.incident === incident);
  if (sources.every(isLeft)) return [again];
  const { facts: _, ...plain } = same;
  const message = machineText('machine.left', { name: nameOf(down) });
  return [{ ...plain, kind: 'up', key: `${down.key}<${incident}`, message }, again];
}

/** The key of an outage that is filed again, because an incident does not hold it any more. */
function keyAfter(key: string, incident: string): string {
  return `${key}>${incident}`;
}

function unfiled({
  seq: _,
  recordedAt: _known,
  filedAt: _filed,
  incidentId: _incident,
  isJoined: _joined,
  ...down
}: StoredTransition) {
  return down;
}
