// The file of a grouped incident: prints it, and adds recoveries and relapses to it.
import { asOf, isAhead } from '../incidents/as-of.ts';
import { parseIncident } from '../incidents/file/parse.ts';
import { type Addition, printIncident, updated } from '../incidents/file/print.ts';
import { groupedComponents, listsOf } from '../incidents/grouped-members.ts';
import { statusOf, worst } from '../model/component.ts';
import { type Affected, type Incident, SEVERITIES } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { probedBy } from '../model/source.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { StoredTransition, Transition } from '../model/transition.ts';
import { lastedFrom, spell } from '../monitoring/messages.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import { dependentsOf } from './dependencies.ts';
import { inOrderOf } from './grouping.ts';

/** The most outages described in full; others only by name. */
const MAX_IN_FULL = 20;

/** "API", "API and Database", "API, Database and Queue", "API and 4 other components". */
export function phraseOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length > 2) return `${first} and ${others.length} other components`;
  const last = others.pop();
  return last === undefined ? first : `${[first, ...others].join(', ')} and ${last}`;
}

/** Puts a transition into the operator's words. */
type InWords = (transition: Transition) => Transition;

/**
 * The file of several outages (with their dependents). The first update describes all and is sent. Quiet updates with
 * the later start times follow, so that each component's downtime begins at its own time.
 */
export function printGrouped(outages: readonly Transition[], inWords: InWords): string {
  const inOrder = [...outages].sort((a, b) => a.at - b.at);
  const [first] = inOrder as [Transition];
  const severity = SEVERITIES[Math.max(...inOrder.map(one => SEVERITIES.indexOf(one.severity)))]!;
  const steps: { at: Millis; names: string[]; affected: readonly Affected[] }[] = [];
  for (const one of inOrder) {
    const status = one.severity === severity ? null : statusOf(one.severity);
    const last = steps.at(-1);
    const affected = joined(
      last?.affected ?? [],
      one.components.map(id => ({ id, status })),
    );
    if (last?.at === second(one.at)) Object.assign(last, { names: [...last.names, nameOf(one)], affected });
    else steps.push({ at: second(one.at), names: [nameOf(one)], affected });
  }
  const component = phraseOf(outages.map(nameOf));
  const { title, message } = inWords({
    ...first,
    title: `${component} Down`,
    message: messagesOf(inOrder),
    facts: { kind: 'together', component, seen: seenBy(inOrder) },
  });
  const [start, ...later] = steps as [(typeof steps)[0], ...typeof steps];
  return printIncident({
    title,
    status: 'investigating',
    severity,
    started: start.at,
    components: start.affected.map(one => (one.status === null ? one.id : one)),
    openedBy: outages.map(({ source }) => source).join(', '),
    message,
    later: later.map(step => ({
      status: 'investigating',
      at: step.at,
      message: escapeMarkdown(`${phraseOf(step.names)} ${step.names.length > 1 ? 'fail' : 'fails'} too.`),
      change: { severity: null, components: step.affected },
      quiet: true,
    })),
  });
}

/**
 * Adds what the checks reported since to a grouped incident's file. Only the newest update has the full text and is
 * sent. The last recovery resolves the incident; a relapse opens it again. Null for a file that is written in an
 * unusual way.
 */
export function changeGrouped(
  text: string,
  id: string,
  events: readonly StoredTransition[],
  site: Site,
  inWords: InWords,
): string | null {
  const inOrder = inOrderOf(site, events).sort((a, b) => a.at - b.at);
  return inOrder.reduce<string | null>((before, event, index) => {
    if (before === null) return null;
    const isLast = index === inOrder.length - 1;
    const message = isLast ? messagesOf(inOrder) : shortly(event);
    return withEvent(before, id, event, { message, ...(isLast ? {} : { quiet: true }) }, site, inWords);
  }, text);
}

function withEvent(
  text: string,
  id: string,
  event: StoredTransition,
  said: Pick<Addition, 'message' | 'quiet'>,
  site: Site,
  inWords: InWords,
): string | null {
  const file = parseIncident(`${id}.md`, id, text).value as Incident;
  const incident = withoutAhead(file, event);
  const at = second(Math.max(event.at, incident.started));
  const turned = (list: readonly Affected[]) => after(list, event, incident, site);
  const later = listsOf(incident).filter(change => change.at > at);
  const end = Math.max(at, ...later.map(change => change.at));
  const left = turned(listAt(incident, end)).map(one => one.id);
  const isOver =
    event.kind === 'up' && !(groupedComponents(incident) ?? []).some(member => left.includes(member));
  if (isOver && later.length === 0) {
    return updated(text, {
      status: 'resolved',
      at,
      change: NOBODY,
      ...said,
      message: lastWords(said.message, incident, event, site, inWords),
    });
  }
  const { status } = incident;
  const open = event.kind === 'down' || status === 'resolved' ? ('investigating' as const) : status;
  const change = { severity: null, components: turned(listAt(incident, at)) };
  let next = updated(text, { status: open, at, change, ...said });
  // Later updates do not include this event yet.
  for (const { at: then, list } of later) {
    const mended = { severity: null, components: turned(list) };
    if (next === null) return null;
    next = updated(next, { status: open, at: then, change: mended, message: shortly(event), quiet: true });
  }
  return isOver && next !== null
    ? updated(next, { status: 'resolved', at: end, change: NOBODY, message: '', quiet: true })
    : next;
}

/** The incident at an event: updates by a clock that was ahead count as just before it. */
function withoutAhead(incident: Incident, { at, recordedAt }: StoredTransition): Incident {
  const now = Math.max(at, recordedAt);
  if (!isAhead(incident, now)) return incident;
  const before = second(Math.min(at, ...incident.updates.map(update => update.at))) - SECOND;
  const { updates } = asOf(incident, now, () => before);
  const isBegun = incident.begins === undefined && incident.started <= now;
  return { ...incident, started: isBegun ? incident.started : second(at), updates };
}

const NOBODY = { severity: null, components: [] };

/** One text for all recoveries: the operator's `## Up`, if there is one. */
function lastWords(
  message: string,
  incident: Incident,
  event: Transition,
  site: Site,
  inWords: InWords,
): string {
  if (!event.facts) return message;
  const names = (groupedComponents(incident) ?? []).map(
    id => site.components.find(one => one.id === id)?.name ?? id,
  );
  const facts = {
    kind: 'together' as const,
    component: phraseOf(names),
    seen: event.facts.seen,
    ...lastedFrom(incident.started, second(event.at)),
  };
  return inWords({ ...event, message, facts }).message;
}

function after(list: readonly Affected[], event: Transition, incident: Incident, site: Site) {
  const id = probedBy(event.source)!;
  const own = closureOf(id, site);
  if (event.kind === 'down') {
    const status = event.severity === incident.severity ? null : statusOf(event.severity);
    return joined(
      list,
      own.map(one => ({ id: one, status })),
    );
  }
  const others = (groupedComponents(incident) ?? []).filter(
    one => one !== id && list.some(({ id }) => id === one),
  );
  const kept = new Set(others.flatMap(one => closureOf(one, site)));
  return list.filter(one => !own.includes(one.id) || (one.id !== id && kept.has(one.id)));
}

/** A component with all its dependents. */
function closureOf(id: string, { components }: Site): string[] {
  return [id, ...dependentsOf(id, components).map(one => one.id)];
}

/** Joins both lists; of two statuses the worse counts (null: by the incident's severity). */
function joined(list: readonly Affected[], more: readonly Affected[]): readonly Affected[] {
  const found = new Map(list.map(one => [one.id, one.status]));
  for (const { id, status } of more) {
    const before = found.get(id);
    const isWorse = before && (status === null || worst([before, status]) !== before);
    if (before === undefined || isWorse) found.set(id, status);
  }
  return [...found].map(([id, status]) => ({ id, status }));
}

/** The components affected at that time, by the updates. */
function listAt(incident: Incident, at: Millis): readonly Affected[] {
  return listsOf(incident).findLast(one => one.at <= at)?.list ?? [];
}

function messagesOf(transitions: readonly Transition[]): string {
  const others = transitions.slice(MAX_IN_FULL).map(nameOf);
  const rest = others.length > 0 ? [escapeMarkdown(`The same applies to: ${others.join(', ')}.`)] : [];
  return [...transitions.slice(0, MAX_IN_FULL).map(({ message }) => message), ...rest].join('\n\n');
}

function seenBy(transitions: readonly Transition[]): string {
  const seen = transitions.slice(0, MAX_IN_FULL);
  return seen.map(one => `${nameOf(one)}: ${one.facts?.seen ?? 'down'}`).join('; ');
}

function shortly(transition: Transition): string {
  const { kind, facts } = transition;
  const name = nameOf(transition);
  if (kind === 'down') return escapeMarkdown(`${name} fails again.`);
  // The end of a removed check has no short form; the newest section names it.
  if (!facts) return '';
  const after = facts.duration === undefined ? '' : ` after ${spell(facts.duration)}`;
  return escapeMarkdown(`${name} works again${after}.`);
}

function nameOf({ facts, title }: Transition): string {
  return facts?.component ?? title.replace(/ Down$/, '');
}

/** Rounded down to the second, as in files. */
function second(at: Millis): Millis {
  return Math.floor(at / SECOND) * SECOND;
}
