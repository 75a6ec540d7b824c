// Filing: decides how a transition changes the incident files. Writes nothing itself.
import { parseIncident } from '../incidents/file/parse.ts';
import { type Addition, printIncident, updated } from '../incidents/file/print.ts';
import { groupedComponents, statusOfSource } from '../incidents/grouped-members.ts';
import { type Incident, sourcesOf } from '../model/incident.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import { FLAP_WINDOW, type StoredTransition, type Transition } from '../model/transition.ts';

/** What to do for a transition. `done`: already written, or nothing to write. */
export type FilingDecision =
  | { readonly kind: 'create' | 'replace'; readonly id: string; readonly text: string }
  | { readonly kind: 'done'; readonly id: string | null }
  /** The file is shared with other checks: changed together with their transitions (grouping.ts). */
  | { readonly kind: 'grouped'; readonly id: string }
  /** Filed later: it may end with a maintenance or a parent's outage, or the file cannot be parsed now. */
  | { readonly kind: 'waiting' }
  /** A recovery whose incident file is missing: it may come back, still open. */
  | { readonly kind: 'missing'; readonly id: string }
  /** The file is written in an unusual way: a person must edit it. */
  | { readonly kind: 'unwritable'; readonly id: string };

/** How long a recovery waits for a missing file. */
export const MISSING_FOR: Millis = DAY;

/** The text of an incident file by id; undefined when there is none. */
type ReadText = (id: string) => string | undefined;

/**
 * Decides what to do with a transition. Safe to repeat after a crash: recognises what is already written.
 * @param previous the incident that its source was last filed in.
 * @param isOver its source has recovered since, and that is to be filed too.
 */
export function decideFiling(
  transition: StoredTransition,
  previous: string | null,
  read: ReadText,
  isDeferred: boolean,
  isOver = false,
): FilingDecision {
  const last = previous === null ? null : parsed(previous, read);
  // An operator is editing the file: wait until it parses again.
  if (previous !== null && last === null && read(previous) !== undefined) return { kind: 'waiting' };
  if (transition.kind === 'down') {
    if (isOver && last && covers(last, transition)) return { kind: 'done', id: last.id };
    return decideDown(transition, last, read, isDeferred);
  }
  if (previous !== null && last === null) return { kind: 'missing', id: previous };
  return decideUp(transition, last, read);
}

/** Whether a file already has this outage with its end: both were written, but not recorded. */
function covers(last: Incident, { source, at }: StoredTransition): boolean {
  if (!sourcesOf(last).includes(source)) return false;
  const { down, until } = statusOfSource(last, source);
  const second = iso(at);
  const isBegun =
    groupedComponents(last) !== null ||
    iso(last.begins ?? last.started) === second ||
    last.updates.some(update => update.status === 'investigating' && iso(update.at) === second);
  return isBegun && !down && until !== null && iso(until) >= second;
}

function decideDown(
  transition: StoredTransition,
  last: Incident | null,
  read: ReadText,
  isDeferred: boolean,
): FilingDecision {
  const own = last !== null && sourcesOf(last).includes(transition.source);
  const grouped = own && groupedComponents(last) !== null;
  // An open file of this source, or one that a person took over. Another source's file does not count.
  if (last && last.status !== 'resolved' && (own || last.openedBy === null)) {
    const known = !grouped || statusOfSource(last, transition.source).down;
    return { kind: known ? 'done' : 'grouped', id: last.id };
  }
  if (isDeferred) return { kind: 'waiting' };
  const { source, at, message } = transition;
  // An end far in the future was written before the clock was set back: its true time is unknown.
  if (own && last.resolved !== null && Math.abs(at - last.resolved) <= FLAP_WINDOW) {
    if (grouped) return { kind: 'grouped', id: last.id };
    const addition = { status: 'investigating' as const, at: Math.max(at, last.resolved), message };
    return change(last.id, addition, read);
  }
  const day = iso(at).slice(0, 10).replaceAll('-', '');
  for (let number = 1; ; number++) {
    const id = `${day}_${transition.slug}${number === 1 ? '' : `-${number}`}`;
    if (read(id) === undefined) return { kind: 'create', id, text: printOutage(transition) };
    const there = parsed(id, read);
    if (there?.openedBy === source && iso(there.started) === iso(at)) return { kind: 'done', id };
  }
}

function decideUp(transition: StoredTransition, last: Incident | null, read: ReadText): FilingDecision {
  if (!last || !sourcesOf(last).includes(transition.source) || last.status === 'resolved') {
    return { kind: 'done', id: last?.id ?? null };
  }
  if (groupedComponents(last) !== null) {
    // A person may have written this recovery already; the last recovery still resolves.
    const isDown = (source: string) => statusOfSource(last, source).down;
    const isWritten = !isDown(transition.source) && sourcesOf(last).some(isDown);
    return { kind: isWritten ? 'done' : 'grouped', id: last.id };
  }
  // Filed by a clock that was ahead: do not move the recovery into the future too.
  const isAhead = (last.begins ?? last.started) > transition.recordedAt;
  const at = isAhead ? transition.at : Math.max(transition.at, last.started);
  const addition = { status: 'resolved' as const, at, message: transition.message };
  return change(last.id, addition, read);
}

function change(id: string, addition: Addition, read: ReadText): FilingDecision {
  const text = updated(read(id) as string, addition);
  return text === null ? { kind: 'unwritable', id } : { kind: 'replace', id, text };
}

export function printOutage(transition: Transition): string {
  return printIncident({
    title: transition.title,
    status: 'investigating',
    severity: transition.severity,
    started: transition.at,
    components: transition.components,
    openedBy: transition.source,
    message: transition.message,
  });
}

function parsed(id: string, read: ReadText): Incident | null {
  const text = read(id);
  return text === undefined ? null : parseIncident(`${id}.md`, id, text).value;
}
