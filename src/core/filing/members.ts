// The members of an incident: the sources that report it, and what each of them says is down.
import { listsOf, statusOfSource } from '../incidents/grouped-members.ts';
import { badness, type Severity, statusOf } from '../model/component.ts';
import { type Affected, type Incident, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, latencySource, probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { StoredTransition, Transition } from '../model/transition.ts';
import { machineText } from '../text/machine-texts.ts';
import { dependentsOf } from './dependencies.ts';
import { type InWords, joinAffected, nameOf, phraseOf, second } from './grouped-file.ts';
import { isUnwatched } from './removed-checks.ts';

export interface Member {
  readonly isDown: boolean;
  /** Since when it is, or was, down, epoch ms. */
  readonly since: Millis;
  /** When it recovered, epoch ms; null while it is down. */
  readonly until: Millis | null;
  /** The components it says are down. */
  readonly components: readonly string[];
  /** How bad it says that is; null: unknown, after a lost database. */
  readonly severity: Severity | null;
  /** It joined the incident, which was open before. */
  readonly hasJoined: boolean;
  /** Its outages in this incident before that one, oldest first. */
  readonly past: readonly Pick<Member, 'since' | 'until' | 'components' | 'severity'>[];
}

export type Members = ReadonlyMap<string, Member>;

/**
 * The members of an incident by source, from the transitions filed in it, in order of arrival; after a lost database,
 * from its file. An operator's incident has those that joined it.
 */
export function memberStates(incident: Incident, filed: readonly StoredTransition[], site: Site): Members {
  const known = new Map<string, Member>();
  for (const one of filed) known.set(one.source, memberAfter(one, known.get(one.source), site));
  if (incident.openedBy === null) return known;
  return new Map(
    sourcesOf(incident).map(source => [source, known.get(source) ?? memberInFile(incident, source, site)]),
  );
}

/** Whether a person took the machine's incident over, so that the machine does not write what recovers: a source opened it. */
export function isTakenOver({ openedBy }: Incident, filed: readonly StoredTransition[]): boolean {
  return openedBy === null && filed.some(({ kind, isJoined }) => kind === 'down' && isJoined !== true);
}

/** A member after one more of its transitions. */
export function memberAfter(
  { kind, at, source, severity, components, filedAt, isJoined }: StoredTransition,
  before: Member | undefined,
  site: Site,
): Member {
  const claimed = claimOf(source, components, site);
  const hasJoined = isJoined === true || filedAt === null;
  const past = before?.isDown === false ? [...before.past, before] : [];
  const down = { isDown: true, since: at, until: null, components: claimed, severity, hasJoined, past };
  if (kind === 'up') return { ...down, ...before, isDown: false, until: at };
  // It got worse: it is down since it first said so.
  return before?.isDown ? { ...down, since: before.since, hasJoined: before.hasJoined } : down;
}

/** The components of a source's outage: with those of a check, all that depend on it. */
export function claimOf(source: string, components: readonly string[], site: Site): readonly string[] {
  const id = probedBy(source);
  return id === null ? components : [id, ...dependentsOf(id, site.components).map(one => one.id)];
}

function memberInFile(incident: Incident, source: string, site: Site): Member {
  const { down, until } = statusOfSource(incident, source);
  const id = componentOf(source);
  // Nothing tells which of them an outside monitor means.
  const listed =
    listsOf(incident, site.components)
      .at(-1)
      ?.list.map(one => one.id) ?? [];
  const components = id === null ? listed : claimOf(source, [id], site);
  return {
    isDown: down,
    since: incident.started,
    until: down ? null : until,
    components,
    severity: null,
    hasJoined: false,
    past: [],
  };
}

/**
 * What the other members than a source say is down: `at` a time, epoch ms, and when that `turns`.
 * @param now what began later, by a clock that was ahead, counts as begun before all else.
 */
export function reportedBeside(source: string, members: Members, now: Millis) {
  const outages = [...members]
    .flatMap(([other, one]) => (other === source ? [] : [...one.past, one]))
    .map(({ since, until, components, severity }) => ({
      affected: components.map(id => ({ id, status: severity && statusOf(severity) })),
      start: since > now ? Number.NEGATIVE_INFINITY : second(since),
      end: until === null ? Number.POSITIVE_INFINITY : second(until),
    }));
  return {
    turns: outages.flatMap(({ start, end }) => [start, end]).filter(Number.isFinite),
    at: (then: Millis): readonly Affected[] => {
      const current = outages.filter(({ start, end }) => start <= then && then < end);
      const affected = current.flatMap(one => one.affected);
      return joinAffected([], affected);
    },
  };
}

/**
 * The affected components after the recovery of a member: those that were as bad as it said are as the others still say.
 * What says otherwise is somebody else's word. The same list when there are none.
 * @param list each with its status
 * @param beside what the others say; a status that is null is unknown
 */
export function easedBy(
  { components, severity }: Member,
  list: readonly Affected[],
  beside: readonly Affected[],
): readonly Affected[] {
  if (severity === null) return list;
  const said = statusOf(severity);
  const statusNow = ({ id, status }: Affected) => {
    const other = beside.find(one => one.id === id)?.status ?? said;
    return status === said && components.includes(id) && badness(other) < badness(said) ? other : status;
  };
  const eased = list.map(one => ({ ...one, status: statusNow(one) }));
  return eased.some(({ status }, at) => status !== list[at]!.status) ? eased : list;
}

/**
 * Events in order of time, in the words of what else is known: a check that recovers may still be slow, and others may
 * still report what a monitor says is over, or the component of a check that passes.
 */
export function worded(
  events: readonly StoredTransition[],
  before: Members,
  site: Site,
): readonly StoredTransition[] {
  const members = new Map(before);
  const isPartial = new Set<StoredTransition>();
  const said = events.map(event => {
    const { facts, ...rest } = event;
    const { source, kind } = event;
    const id = probedBy(source);
    members.set(source, memberAfter(event, members.get(source), site));
    if (kind !== 'up') return event;
    const isSlow = id !== null && members.get(latencySource(id))?.isDown === true;
    const isReported =
      id !== null && [...members.values()].some(one => one.isDown && one.components.includes(id));
    const words = isSlow ? 'machine.works_slowly' : 'machine.passes';
    const values = { name: nameOf(event), lasted: facts?.duration };
    const one = facts && (isSlow || isReported) ? { ...rest, message: machineText(words, values) } : event;
    if (componentOf(source) === null || (facts && isReported && !isSlow)) isPartial.add(one);
    return one;
  });
  if (![...members.values()].some(({ isDown }) => isDown)) return said;
  const last = said.findLast(one => isPartial.has(one));
  const isReported = machineText('machine.still_reported', {});
  return said.map(one => (one === last ? { ...one, message: `${one.message}\n\n${isReported}` } : one));
}

/**
 * What the end of an incident of several sources says: one sentence that is true for all who were told of any that failed
 * since its last end. Checks have the operator's `## Up` in its place, if there is one; of other monitors nothing is known
 * but that the incident is over.
 * @param members all of them well again
 */
export function lastWords(
  message: string,
  incident: Incident,
  event: Transition,
  members: Members,
  site: Site,
  inWords: InWords,
): string {
  if (members.size > 1 && componentOf(event.source) === null)
    return machineText('machine.over', {
      name: incident.title,
      lasted: failedFor(members, incident.started),
    });
  const before = incident.updates.findLast(({ status, stray }) => status === 'resolved' && !stray)?.at;
  const isOfBefore = ({ until }: Member) => before !== undefined && second(until ?? before) <= before;
  const failed = new Map([...members].filter(([, one]) => !isOfBefore(one)));
  const ids = new Set([...failed.keys()].map(componentOf));
  const all = site.components.filter(one => ids.has(one.id)).map(one => one.name);
  // What is monitored no more is not known to work again.
  if (!event.facts || all.length < 2 || [...failed.keys()].some(one => isUnwatched(one, site)))
    return message;
  const names = phraseOf(all);
  const lasted = failedFor(failed, before === undefined ? incident.started : null, before);
  const facts = {
    ...{ kind: 'together' as const, component: names, seen: event.facts.seen },
    ...(lasted === undefined ? {} : { duration: lasted }),
  };
  return inWords({ ...event, message: machineText('machine.all_up', { names, lasted }), facts }).message;
}

/**
 * How long members failed, ms, in whole seconds as in files: what lies between their outages does not count, and what
 * overlaps counts once. Undefined if that is nothing, because a clock was set back.
 * @param started when the first of these outages began, as a person may have corrected it; null: as measured
 * @param after only the outages that ended after it count, epoch ms
 */
function failedFor(members: Members, started: Millis | null, after: Millis = 0): Millis | undefined {
  const outages = [...members.values()]
    .flatMap(one => [...one.past, one])
    .map(({ since, until }) => ({ start: second(since), end: second(until ?? since) }))
    .filter(({ end }) => end > after)
    .sort((a, b) => a.start - b.start);
  let [sum, counted] = [0, 0];
  for (const [index, { start, end }] of outages.entries()) {
    const from = index === 0 && started !== null ? second(started) : Math.max(start, counted);
    sum += Math.max(0, end - from);
    counted = Math.max(counted, end);
  }
  return sum > 0 ? sum : undefined;
}

/** The list with a status for each: the one that the severity says, where none is written. */
export function withStatus(list: readonly Affected[], severity: Severity) {
  return list.map(one => ({ ...one, status: one.status ?? statusOf(severity) }));
}

/** The list as it is written with a severity: without the status that this says. */
export function withUsual(list: readonly Affected[], severity: Severity): readonly Affected[] {
  return list.map(one => (one.status === statusOf(severity) ? { ...one, status: null } : one));
}

export function sameAffected(one: readonly Affected[], other: readonly Affected[]): boolean {
  const words = (list: readonly Affected[]) => list.map(({ id, status }) => `${id} ${status}`).sort();
  return words(one).join() === words(other).join();
}

/** The severity of an incident at a time, epoch ms. */
export function severityAt({ severity, updates }: Incident, at: Millis): Severity {
  return updates.findLast(one => one.at <= at && one.change?.severity)?.change?.severity ?? severity;
}
