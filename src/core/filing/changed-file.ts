// Changes the file of an incident, with one or several sources, by what they report.
import { asOf, isAhead } from '../incidents/as-of.ts';
import { parseIncident } from '../incidents/file/parse.ts';
import { type Addition, updated } from '../incidents/file/print.ts';
import { type Listed, listsOf } from '../incidents/grouped-members.ts';
import { openStatusAt } from '../incidents/standing-status.ts';
import {
  type ComponentStatus,
  type Severity,
  severityOfStatus,
  statusOf,
  worst,
} from '../model/component.ts';
import { type Affected, type Incident, SEVERITIES } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { MINUTE, type Millis, SECOND } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';
import { relapseWords } from '../text/machine-texts.ts';
import { type InWords, joinAffected, listing, messagesOf, second, shortly } from './grouped-file.ts';
import { inOrderOf } from './grouping.ts';
import {
  claimOf,
  easedBy,
  lastWords,
  type Members,
  memberAfter,
  reportedBeside,
  sameAffected,
  severityAt,
  withStatus,
  withUsual,
  worded,
} from './members.ts';
import { isRemoval } from './removed-checks.ts';

/** The change of an incident's file: its text, and whether that says anything new to a reader. */
export interface Change {
  readonly text: string;
  readonly isNews: boolean;
}

/** The circumstances in which events are filed. */
interface FiledWith {
  /** The incident's, without these events. */
  readonly members: Members;
  readonly site: Site;
  readonly inWords: InWords;
  /** When it is filed, epoch ms: what is dated later is by a clock that was ahead. */
  readonly now: Millis;
}

/** A write to a file now: the text, of how many of its events, and the text with all of them. */
interface Step {
  readonly text: string;
  readonly count: number;
  readonly whole: string;
}

/**
 * The next step of a file. A relapse that is over before it was written is a step of its own, so that it is told like
 * one that lasts; its end is the next step. Null for a file that is written in an unusual way.
 * @param events in order of arrival.
 */
export function nextStep(
  text: string,
  id: string,
  events: readonly StoredTransition[],
  to: FiledWith,
): Step | null {
  const { members: before, site } = to;
  const count = events.findLastIndex(({ kind }) => kind === 'down') + 1;
  const whole = changeFile(text, id, events, to);
  if (whole === null || count === 0 || !isResolved(text) || !isResolved(whole))
    return whole === null ? null : { text: whole, count: events.length, whole };
  const first = events.slice(0, count);
  const relapse = changeFile(text, id, first, to);
  const members = new Map(before);
  for (const one of first) members.set(one.source, memberAfter(one, members.get(one.source), site));
  const after = relapse && changeFile(relapse, id, events.slice(count), { ...to, members });
  return after === null || isResolved(relapse!)
    ? { text: whole, count: events.length, whole }
    : { text: relapse!, count, whole: after };
}

const isResolved = (text: string) => parseIncident('', '', text).value?.status === 'resolved';

/**
 * Adds what its sources reported since to an incident's file. Only the newest update has the full text and is sent. The
 * last recovery resolves the machine's own incident; a relapse opens it again. Null for a file that is written in an
 * unusual way.
 */
export function changeFile(
  text: string,
  id: string,
  events: readonly StoredTransition[],
  to: FiledWith,
): string | null {
  const { members: before, site } = to;
  const inTime = inOrderOf(site, events).sort((a, b) => a.at - b.at);
  const inOrder = worded(inTime, before, site);
  const isOurs = parseIncident(`${id}.md`, id, text).value?.openedBy != null;
  const all = (said: (event: StoredTransition) => MessageToWrite) => {
    const members = new Map(before);
    const news: StoredTransition[] = [];
    let written = text;
    let gone: readonly string[] = [];
    for (const [index, event] of inOrder.entries()) {
      const later = inOrder.slice(index + 1);
      const claimed = members.get(event.source)?.components ?? [];
      // Most often the component of a removed check has a new id, and fails under that: one section tells both.
      if (isOurs && isRemoval(event) && later[0] && later[0].at - event.at <= MINUTE) {
        news.push(event);
        gone = [...gone, ...claimed];
      } else {
        const until = later.find(({ source }) => source === event.source)?.at;
        const change = withEvent(written, id, event, { ...to, members, words: said(event), until, gone });
        if (change === null) return null;
        written = change.text;
        gone = [];
        if (change.isNews) news.push(event);
      }
      members.set(event.source, memberAfter(event, members.get(event.source), site));
    }
    return { text: written, news };
  };
  const first = all(event => ({ message: shortly(event) }));
  if (!first || first.news.length === 0) return first?.text ?? null;
  const newest = first.news.at(-1);
  // Only the newest event of a source is told: what works again is not told as failing.
  const said = first.news.filter(
    (one, at) => !first.news.slice(at + 1).some(({ source }) => source === one.source),
  );
  const isRelapse = isResolved(text) && !isResolved(first.text);
  const messages = messagesOf(said);
  const isAgain = said.length === 1 && before.has(said[0]!.source);
  const words = isRelapse ? relapseWords(messages, isAgain) : messages;
  return (
    all(event => (event === newest ? { message: words } : { message: shortly(event), quiet: true }))?.text ??
    null
  );
}

type MessageToWrite = Pick<Addition, 'message' | 'quiet'>;

interface EventFiledWith extends FiledWith {
  readonly words: MessageToWrite;
  /** When its source turned again, epoch ms: from then on, later sections are about that. */
  readonly until?: Millis | undefined;
  /** The components of earlier ends that are told with this event. */
  readonly gone?: readonly string[];
}

/**
 * Adds one event to a file. A source of the machine's own incident is listed in `opened_by`; a section is written only
 * where the affected components, or how badly they are affected, change.
 */
export function withEvent(
  text: string,
  id: string,
  event: StoredTransition,
  to: EventFiledWith,
): Change | null {
  const { members, words, site, inWords, now, until = Number.POSITIVE_INFINITY } = to;
  const file = parsed(text, id);
  const isRelapse = event.kind === 'down' && file.status === 'resolved';
  const again = relapseWords(words.message, members.has(event.source));
  const said = isRelapse ? { ...words, message: again } : words;
  const listed = listing(text, file, event, site);
  if (listed === null) return null;
  const incident = withoutAhead(file, event, now);
  const others = [...members].filter(([source]) => source !== event.source).map(([, member]) => member);
  // What another source reports late goes on from the end.
  const from = isRelapse && !members.has(event.source) ? file.resolved! : incident.started;
  const at = second(Math.max(event.at, from));
  const isOver = event.kind === 'up' && file.openedBy !== null && !others.some(({ isDown }) => isDown);
  if (isOver && file.status === 'resolved') return { text, isNews: false };
  // The last of its sources to recover may not be the last that is heard of.
  const end = isOver ? Math.max(at, ...others.map(one => second(one.until ?? at))) : until;
  const lists = listsOf(incident, site.components);
  const beside = reportedBeside(event.source, members, now);
  const changeAt = turning(event, incident, lists, end, beside.at, to);
  const turns = event.kind === 'up' ? beside.turns : [];
  const steps = [at, ...[...lists.map(one => one.at), ...turns].filter(one => one > at)];
  let next: string | null = listed;
  let isSaid = false;
  for (const then of [...new Set(steps)].sort((a, b) => a - b)) {
    if (isOver && then >= end) break;
    const isFirst = next === listed;
    const change = changeAt(then, isFirst ? incident : withoutAhead(parsed(next, id), event, now));
    if (change === null) continue;
    // After the end of an event, what was affected then still is.
    const kind = then >= end ? 'up' : event.kind;
    const short = { message: shortly({ ...event, kind }), quiet: true as const };
    const told = isOver || isSaid ? short : said;
    const as = { status: openStatusAt(then, incident), isUpdate: kind === 'up' };
    next = updated(next, { ...as, at: then, ...told, ...change });
    if (next === null) return null;
    isSaid = true;
  }
  // All its sources were well, and its file is open: an old copy of it, or a person opened it again.
  const isFreshOutage =
    event.kind === 'down' && file.openedBy !== null && [...members.values()].every(one => !one.isDown);
  if ((isRelapse || isFreshOutage) && !isSaid) {
    // By a clock that was set back, its end is still to come.
    const then = Math.max(at, file.resolved ?? at);
    return asNews(updated(next, { status: openStatusAt(then, incident), at: then, ...said }));
  }
  if (!isOver) return { text: next, isNews: isSaid };
  const after = new Map(members).set(event.source, memberAfter(event, members.get(event.source), site));
  const message = lastWords(said.message, incident, event, after, site, inWords);
  return asNews(updated(next, { status: 'resolved', at: end, ...said, message }));
}

const asNews = (text: string | null) => (text === null ? null : { text, isNews: true });
const parsed = (text: string, id: string) => parseIncident(`${id}.md`, id, text).value as Incident;

/**
 * How an event changes the impact at a time, in the file as written so far; null: not at all. Where it changes nothing,
 * and from its `end` on, what was affected before still is: a reopening that names nothing repeats what stands before
 * it, and that may now be the event.
 */
function turning(
  event: StoredTransition,
  incident: Incident,
  lists: readonly Listed[],
  end: Millis,
  reportedAt: (at: Millis) => readonly Affected[],
  { members, site, gone: past = [] }: EventFiledWith,
): (at: Millis, written: Incident) => Pick<Addition, 'change'> | null {
  const claimed = claimOf(event.source, event.components, site);
  const isOurs = incident.openedBy !== null;
  const down = members.get(event.source);
  // An operator's incident loses only what the source brought.
  const since = second(down?.since ?? 0);
  const earlier = isOurs ? [] : idsOf((lists.findLast(one => one.at < since) ?? lists[0]!).list);
  const brought = isOurs || down?.hasJoined ? (down?.components ?? claimed) : [];
  const goneAt = (at: Millis) => {
    const kept = [...idsOf(reportedAt(at)), ...earlier];
    return [...brought, ...past].filter(one => !kept.includes(one));
  };
  return (at, written) => {
    const listAt = (all: readonly Listed[]) => all.findLast(one => one.at <= at) ?? all[0]!;
    const { list: before, named } = listAt(lists);
    const severity = severityAt(incident, at);
    const there = withStatus(before, severity);
    const stated = (list: readonly Affected[], as: Severity) => {
      const now = severityAt(written, at);
      const isStated = sameAffected(list, withStatus(listAt(listsOf(written, site.components)).list, now));
      const change = { severity: as === now ? null : as, components: withUsual(list, as) };
      return isStated && as === now ? null : { change };
    };
    if (at >= end) return stated(there, severity);
    const gone = goneAt(at);
    if (event.kind === 'up') {
      const left = there.filter(one => !gone.includes(one.id));
      const eased = isOurs && down ? easedBy(down, left, reportedAt(at)) : left;
      const isEased = eased !== left && severity === down?.severity;
      const now = isEased ? severityOfStatus(worst(eased.map(one => one.status!)) as ComponentStatus) : null;
      return stated(eased, now ?? severity);
    }
    const standing = there.filter(({ id }) => !past.includes(id) || !gone.includes(id));
    // An operator's own words on a component stay.
    const added = isOurs ? claimed : claimed.filter(one => !standing.some(({ id }) => id === one));
    const mine = added.map(one => ({ id: one, status: statusOf(event.severity) }));
    const after = joinAffected(standing, mine);
    if (sameAffected(after, there)) return stated(there, severity);
    const worse = isOurs && rank(event.severity) > rank(severity) ? event.severity : null;
    const components = withUsual(after, worse ?? severity);
    // After an end, what was affected before it is affected again, unless said otherwise.
    const isRepeated = before.length === 0 && worse === null && sameAffected(components, named);
    return isRepeated ? {} : { change: { severity: worse, components } };
  };
}

const rank = (severity: Severity) => SEVERITIES.indexOf(severity);
const idsOf = (list: readonly Affected[]) => list.map(({ id }) => id);

/** The incident at an event: updates by a clock that was ahead count as just before it. */
function withoutAhead(
  incident: Incident,
  { kind, at, recordedAt }: StoredTransition,
  filed: Millis,
): Incident {
  // It may have waited, while others were filed. A recovery recorded by a clock since set back is of no later time:
  // it would be dated to a start that has not come.
  const now = kind === 'up' && recordedAt > filed ? Math.max(at, filed) : Math.max(at, recordedAt, filed);
  if (!isAhead(incident, now)) return incident;
  const before = second(Math.min(at, ...incident.updates.map(update => update.at))) - SECOND;
  const { updates } = asOf(incident, now, () => before);
  const isBegun = incident.begins === undefined && incident.started <= now;
  return { ...incident, started: isBegun ? incident.started : second(at), updates };
}
