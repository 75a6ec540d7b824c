// Prints the file of several outages that began together, and the words about them.
import { editFront } from '../incidents/file/edit.ts';
import { printIncident } from '../incidents/file/print.ts';
import { type Component, statusOf, worst } from '../model/component.ts';
import { type Affected, type Incident, openedByOf, SEVERITIES, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { probedBy } from '../model/source.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { machineText } from '../text/machine-texts.ts';

/** The most outages described in full; others only by name. */
const MAX_IN_FULL = 20;

/** "API", "API and Database", "API, Database and Queue", "API and 4 other components". */
export function phraseOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length > 2) return `${first} and ${others.length} other components`;
  const last = others.pop();
  return last === undefined ? first : `${[first, ...others].join(', ')} and ${last}`;
}

const titleOf = (names: string) => `${names} Down`;

/** Puts a transition into the operator's words. */
export type InWords = (transition: Transition) => Transition;

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
    const affected = joinAffected(
      last?.affected ?? [],
      one.components.map(id => ({ id, status })),
    );
    if (last?.at === second(one.at)) Object.assign(last, { names: [...last.names, nameOf(one)], affected });
    else steps.push({ at: second(one.at), names: [nameOf(one)], affected });
  }
  const component = phraseOf(outages.map(nameOf));
  const { title, message } = inWords({
    ...first,
    title: titleOf(component),
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
    openedBy: openedByOf(outages.map(({ source }) => source)),
    message,
    later: later.map(step => ({
      status: 'investigating',
      at: step.at,
      message: failsToo(step.names),
      change: { severity: null, components: step.affected },
      quiet: true,
    })),
  });
}

/**
 * The file with the event's source in `opened_by` and, while it is the one that we give, in the title: the same text if
 * it is there, or the incident is a person's. Null for a file that is written in an unusual way.
 */
export function listing(
  text: string,
  file: Incident,
  { kind, source }: Transition,
  { components }: Site,
): string | null {
  const before = sourcesOf(file);
  if (kind === 'up' || file.openedBy === null || before.includes(source)) return text;
  const sources = [...before, source];
  // The monitor that opened it is no check: what it is about stands in the front matter.
  const opened = probedBy(before[0]!) === null ? (file.components ?? []).map(({ id }) => id) : [];
  const namedIn = (all: readonly string[]) => {
    const ids = new Set([...all.map(probedBy), ...opened]);
    return components.filter(({ id }) => ids.has(id));
  };
  const ours = (all: readonly string[]) => titleOf(phraseOf(namedIn(all).map(({ name }) => name)));
  const [only, ...more] = namedIn(before);
  const isMonitors = only && more.length === 0 && opened.length === 1 && isTitleOf(file.title, only);
  const isOther = (isMonitors || file.title === ours(before)) && ours(before) !== ours(sources);
  const title = isOther ? { title: ours(sources) } : {};
  const edited = editFront(text, { ...title, openedBy: openedByOf(sources) });
  return edited === text ? null : edited;
}

/** Whether a monitor of a component may have given its incident this title. */
function isTitleOf(title: string, { id, name, match }: Component): boolean {
  return [id, name, ...match].some(one => titleOf(one).toLowerCase() === title.toLowerCase());
}

/** Joins both lists; of two statuses the worse counts (null: by the incident's severity). */
export function joinAffected(list: readonly Affected[], more: readonly Affected[]): readonly Affected[] {
  const found = new Map(list.map(one => [one.id, one.status]));
  for (const { id, status } of more) {
    const before = found.get(id);
    const isWorse = before && (status === null || worst([before, status]) !== before);
    if (before === undefined || isWorse) found.set(id, status);
  }
  return [...found].map(([id, status]) => ({ id, status }));
}

export function messagesOf(transitions: readonly Transition[]): string {
  const others = transitions.slice(MAX_IN_FULL).map(nameOf);
  const rest = others.length > 0 ? [machineText('machine.same', { list: others.join(', ') })] : [];
  return [...transitions.slice(0, MAX_IN_FULL).map(({ message }) => message), ...rest].join('\n\n');
}

function seenBy(transitions: readonly Transition[]): string {
  const seen = transitions.slice(0, MAX_IN_FULL);
  return seen.map(one => `${nameOf(one)}: ${one.facts?.seen ?? 'down'}`).join('; ');
}

export function shortly(transition: Transition): string {
  const { kind, facts } = transition;
  const name = nameOf(transition);
  if (kind === 'down' && isOutage(transition)) return failsToo([name]);
  // Other messages of other monitors, and of removed checks, have no short form.
  if (kind === 'down' || !facts) return transition.message;
  const lasted = facts.kind === 'latency' ? undefined : facts.duration;
  return machineText('machine.up', { name, lasted });
}

/** Not a slow component, nor an alert or a degraded monitor, which have other titles. */
function isOutage({ facts, title }: Transition): boolean {
  return facts ? facts.kind !== 'latency' : title.endsWith(' Down');
}

function failsToo(names: readonly string[]): string {
  const name = phraseOf(names);
  return names.length > 1
    ? machineText('machine.fail_too', { names: name })
    : machineText('machine.fails_too', { name });
}

export function nameOf({ facts, title }: Transition): string {
  return facts?.component ?? title.replace(/ Down$/, '');
}

/** Rounded down to the second, as in files. */
export function second(at: Millis): Millis {
  return Math.floor(at / SECOND) * SECOND;
}
