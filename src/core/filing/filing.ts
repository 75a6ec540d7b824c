// Filing: decides which incident a transition belongs to. Writes nothing itself.
import type { ReadIncidentText } from '../incidents/api/edits.ts';
import { parseIncident } from '../incidents/file/parse.ts';
import { printIncident } from '../incidents/file/print.ts';
import { listsOf } from '../incidents/grouped-members.ts';
import { formerIdsOf, withFreeId } from '../incidents/ids.ts';
import { type Incident, openedByOf, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import { FLAP_WINDOW, type StoredTransition, type Transition } from '../model/transition.ts';
import { everAffectedIn, isLeftBy, standsIn } from './joining.ts';

/** The decision for a transition. `done`: already written, or nothing to write. */
export type FilingDecision =
  | { readonly kind: 'create'; readonly id: string; readonly text: string }
  /** Added to an incident; `isJoined`: one that was open before its source failed. */
  | { readonly kind: 'change'; readonly id: string; readonly isJoined: boolean }
  | { readonly kind: 'done'; readonly id: string | null; readonly isJoined?: boolean }
  /** Filed later, or never: it may end with a maintenance or a parent's outage. */
  | { readonly kind: 'waiting' }
  /** Filed when its file can be read again, with all that its source reports meanwhile: an operator is editing it. */
  | { readonly kind: 'unreadable' }
  /** A recovery whose incident file is missing: it may come back, still open. */
  | { readonly kind: 'missing'; readonly id: string };

/** How long a recovery waits for a missing file. */
export const MISSING_FOR: Millis = DAY;

export interface Circumstances {
  /** All incidents as last read. */
  readonly incidents: readonly Incident[];
  /** The id of the one that its source was last filed in. */
  readonly previous: string | null;
  readonly read: ReadIncidentText;
  readonly site: Site;
  /** A maintenance, or a parent's outage, may explain it. */
  readonly isDeferred: boolean;
  /** The open incident that has its components, or began with it (joining.ts). */
  readonly open: Incident | null;
  /** The incident that is over, of which it is a late report (joining.ts); and whether an operator ended it. */
  readonly ended: Incident | null;
  readonly isEndedByHand: boolean;
  /** When its source recovered since, if that is to be filed too. */
  readonly until?: Millis | undefined;
}

/** Decides what to do with a transition. Safe to repeat after a crash: recognises what is already written. */
export function decideFiling(transition: StoredTransition, about: Circumstances): FilingDecision {
  const { previous, read, incidents, isDeferred } = about;
  const lastGood = incidents.find(({ id }) => id === previous);
  const last = previous === null ? null : parsed(previous, read);
  if (previous !== null && last === null && read(previous) !== undefined) {
    // An incident that is over for so long does not go on.
    const isPast = transition.kind === 'down' && lastGood && !continues(lastGood, transition);
    if (!isPast) return { kind: transition.kind === 'down' && isDeferred ? 'waiting' : 'unreadable' };
  }
  if (transition.kind === 'down') return decideDown(transition, last, lastGood, about);
  if (previous !== null && last === null) return { kind: 'missing', id: previous };
  const isOver = last?.status === 'resolved' || last?.scheduled;
  const isItsOwn = last && (last.openedBy === null || sourcesOf(last).includes(transition.source));
  if (!isItsOwn || isOver) return { kind: 'done', id: last?.id ?? null };
  return { kind: 'change', id: last.id, isJoined: false };
}

/** Whether a file already has this outage with its end: both were written, but not recorded. */
function covers(
  last: Incident,
  { source, at, components }: StoredTransition,
  until: Millis,
  site: Site,
): boolean {
  const sources = sourcesOf(last);
  if (!sources.includes(source) || last.resolved === null || iso(last.resolved) < iso(until)) return false;
  const second = iso(at);
  const isBegun =
    sources.length > 1 ||
    iso(last.begins ?? last.started) === second ||
    last.updates.some(update => update.status === 'investigating' && iso(update.at) === second);
  const then = listsOf(last, site.components).findLast(one => iso(one.at) <= second)?.list ?? [];
  return isBegun && components.every(id => then.some(one => one.id === id));
}

function decideDown(
  transition: StoredTransition,
  last: Incident | null,
  lastGood: Incident | undefined,
  { read, incidents, site, isDeferred, open, ended, isEndedByHand, until }: Circumstances,
): FilingDecision {
  const { source, at, components } = transition;
  const own = last !== null && sourcesOf(last).includes(source);
  const isLeft = lastGood !== undefined && isLeftBy(transition, lastGood);
  const isOpen = last !== null && last.status !== 'resolved' && last.scheduled === null;
  // Its own, or one that a person took over. Another source's file does not count.
  const isListed = last !== null && standsIn(components, last, site);
  // Since it recovered, its components may have got an incident of their own.
  const isElsewhere = !isListed && open !== null && standsIn(components, open, site);
  if (isOpen && !isLeft && (own ? !isElsewhere : last.openedBy === null && isListed))
    return { kind: 'change', id: last.id, isJoined: !own };
  if (last && !isOpen && until !== undefined && covers(last, transition, until, site))
    return { kind: 'done', id: last.id };
  if (isDeferred) return { kind: 'waiting' };
  if (open) return { kind: 'change', id: open.id, isJoined: true };
  // One that was retracted, or that these were taken off, is another story.
  const isOfAnother =
    last !== null && components.length > 0 && !components.some(id => everAffectedIn(last, site).has(id));
  if (own && !isOpen && !isLeft && !isOfAnother && continues(last, transition))
    return { kind: 'change', id: last.id, isJoined: false };
  if (ended?.resolved != null) {
    // Its operator's end counts: what fails on for a while opens its own (left-open.ts).
    if (isEndedByHand) return { kind: 'done', id: ended.id, isJoined: true };
    const affected = everAffectedIn(ended, site);
    const isWithin =
      until !== undefined && until <= ended.resolved && components.every(id => affected.has(id));
    if (isWithin) return { kind: 'done', id: ended.id };
    return { kind: 'change', id: ended.id, isJoined: at <= ended.resolved };
  }
  const day = iso(at).slice(0, 10).replaceAll('-', '');
  return withFreeId<FilingDecision>(`${day}_${transition.slug}`, formerIdsOf(incidents), id => {
    if (read(id) === undefined) return { kind: 'create', id, text: printOutage(transition) };
    const there = parsed(id, read);
    const isIt = there && sourcesOf(there)[0] === source && iso(there.started) === iso(at);
    return isIt ? { kind: 'done', id } : null;
  });
}

/** Whether an outage goes on with an incident: with one that is open, and with one that is over for a short time. */
function continues({ scheduled, resolved }: Incident, { at }: StoredTransition): boolean {
  if (scheduled) return false;
  // An end far in the future was written before the clock was set back: its true time is unknown.
  return resolved === null || Math.abs(at - resolved) <= FLAP_WINDOW;
}

export function printOutage(transition: Transition): string {
  return printIncident({
    title: transition.title,
    status: 'investigating',
    severity: transition.severity,
    started: transition.at,
    components: transition.components,
    openedBy: openedByOf([transition.source]),
    message: transition.message,
  });
}

function parsed(id: string, read: ReadIncidentText): Incident | null {
  const text = read(id);
  return text === undefined ? null : parseIncident(`${id}.md`, id, text).value;
}
