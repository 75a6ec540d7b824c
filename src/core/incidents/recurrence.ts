// Recurrence: a maintenance file with an `rrule` becomes its occurrences, each an incident of its own.
import rrule from 'rrule';
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { DAY, iso, type Millis, parseInstant, type Span } from '../model/time.ts';
import { beginnings } from './recurrence-rule.ts';

const { RRule } = rrule;

/** So far back occurrences are kept (the page's longest uptime window), and so far ahead they are shown. */
const BACK: Millis = 366 * DAY;
const AHEAD: Millis = 35 * DAY;
/** Longer than any rule somebody means. */
const MAX_LENGTH = 500;

/** Parts of a rule that name a time of day, and one that RFC 5545 does not know. */
const FINER = ['byhour', 'byminute', 'bysecond', 'byeaster'] as const;

type RuleOptions = ReturnType<typeof RRule.parseString>;

/** The rule's options, or null when `text` is no RFC 5545 rule a maintenance can repeat by. */
export function readRule(text: string): RuleOptions | null {
  const plain = text.trim().replace(/^RRULE:/i, '');
  if (plain.length > MAX_LENGTH || !/^[A-Z]+=[^;=]+(;[A-Z]+=[^;=]+)*$/i.test(plain)) return null;
  try {
    const options = RRule.parseString(plain);
    if (options.freq === undefined || options.freq > RRule.DAILY || options.dtstart) return null;
    // An occurrence is known by its day, and begins when the file's own did.
    if (FINER.some(key => options[key] !== undefined)) return null;
    if (!((options.interval ?? 1) >= 1 && (options.count ?? 1) >= 1)) return null;
    // Building it checks what parsing does not.
    new RRule({ ...options, dtstart: new Date(0) });
    return options;
  } catch {
    return null;
  }
}

/** Whether a rule names any day from `start` on, did it not end: `BYMONTH=2;BYMONTHDAY=30` never does. */
export function occurs(rrule: string, start: Millis): boolean {
  const options = readRule(rrule);
  return options !== null && !beginningsOf({ ...options, until: null }, start).next().done;
}

/** So many occurrences of one series may be under way at once: more is the end of the series for that of the first. */
const MAX_AT_ONCE = 10;

/** Whether the occurrences last so long beyond one another's beginnings that no such plan is meant. */
export function overlapsItself(rrule: string, { start, end }: Span): boolean {
  // Each begins on a day of its own.
  const options = end - start > MAX_AT_ONCE * DAY ? readRule(rrule) : null;
  if (options === null) return false;
  let count = 0;
  for (const at of beginningsOf(options, start)) {
    if (at >= end) return false;
    if (++count > MAX_AT_ONCE) return true;
  }
  return false;
}

function beginningsOf(options: RuleOptions, start: Millis, from = start): Generator<Millis> {
  // What the rule leaves open follows from its start.
  return beginnings(new RRule({ ...options, dtstart: new Date(start) }).options, start, from);
}

/**
 * The occurrences of a recurring maintenance around `now`, the file's own first; any other incident
 * alone. An update belongs to the occurrence it was written in or after (before the first: to the first);
 * the text before the first section, and what was announced before the first began, stand with each and
 * are mailed with one alone. `status: completed` ends the series (`endOf`).
 */
export function occurrencesOf(incident: Incident, now: Millis): readonly Incident[] {
  const options = incident.scheduled && incident.rrule ? readRule(incident.rrule) : null;
  if (!incident.scheduled || !options) return [incident];
  const { start, end } = incident.scheduled;
  const starts: Millis[] = [];
  const from = Math.max(start, now - BACK);
  for (const at of beginningsOf(options, start, from)) {
    const isAhead = at > Math.max(now + AHEAD, start);
    // The next one is shown however far away it is.
    if (!isAhead || !((starts.at(-1) ?? 0) > now)) starts.push(at);
    if (isAhead) break;
  }
  // As RFC 5545 has it, the beginning itself counts even where the rule would not name it.
  if (from === start && starts[0] !== start) starts.unshift(start);
  const over = endOf(incident);
  return starts
    .map((at, index) => occurrence(incident, { start: at, end: at + end - start }, starts[index + 1], over))
    .filter(({ scheduled }) => scheduled?.start === start || (scheduled as Span).start <= over);
}

/**
 * The occurrence that begins on a UTC day (`2026-11-29`), whatever its id, and when the next one begins
 * (null: none does): what is written between the two is its own. null when none begins on that day.
 */
export function occurrenceOn(
  incident: Incident,
  day: string,
): { readonly occurrence: Incident; readonly following: Millis | null } | null {
  const midnight = parseInstant(day);
  if (incident.rrule === undefined || midnight === null) return null;
  const all = occurrencesOf(incident, midnight);
  const index = all.findIndex(({ scheduled }) => iso((scheduled as Span).start).startsWith(day));
  const occurrence = all[index];
  return occurrence ? { occurrence, following: all[index + 1]?.scheduled?.start ?? null } : null;
}

/** An occurrence's id taken apart: the file's id and the UTC day; null for any other id. */
export function readOccurrenceId(id: string): { readonly series: string; readonly day: string } | null {
  const [, series, day] = /^(.+)--(\d{4}-\d{2}-\d{2})$/.exec(id) ?? [];
  return series !== undefined && day !== undefined ? { series, day } : null;
}

/**
 * When a series ended, epoch ms; Infinity while it goes on. `status: completed` ends it: at `resolved`, else
 * with its newest Completed section, else with its last words, but not before its first occurrence.
 */
function endOf({ status, scheduled, resolved, updates, started }: Incident): Millis {
  if (status !== 'completed') return Number.POSITIVE_INFINITY;
  const said = updates.findLast(update => update.status === 'completed' && !update.inherits)?.at;
  return resolved ?? said ?? Math.max(updates.at(-1)?.at ?? started, scheduled?.end ?? started);
}

/** A series as other programs repeat it: RFC 5545 wants DTSTART to be a beginning that the rule names; else null. */
export function repetitionOf(incident: Incident): Repetition | null {
  const { scheduled, rrule: text = '' } = incident;
  const options = scheduled && readRule(text);
  if (!options) return null;
  const [first] = beginningsOf(options, scheduled.start);
  const over = endOf(incident);
  if (first === undefined || first > over) return null;
  if (over === Number.POSITIVE_INFINITY) return { start: first, rule: RRule.optionsToString(options) };
  // RFC 5545 knows either COUNT or UNTIL: the occurrences there were are counted.
  const { until: _, ...plain } = options as { until?: Date };
  let count = 0;
  for (const at of beginningsOf(options, scheduled.start)) {
    if (at > over) break;
    count += 1;
  }
  return { start: first, rule: RRule.optionsToString({ ...plain, count }) };
}

export interface Repetition {
  readonly start: Millis;
  /** `RRULE:FREQ=…` */
  readonly rule: string;
}

/** What stands with every occurrence: its description, and what was announced before the first began. */
export function announcedOf(series: Incident): Incident['updates'] {
  const { scheduled, updates } = series;
  const first = scheduled?.start ?? 0;
  const announced = updates.filter(
    ({ at, status, preface }) => preface || (at < first && status === 'scheduled'),
  );
  return announced.length > 0 ? announced : [silent(series)];
}

/** Nothing but the fact that it is planned, where nobody wrote more. */
export function silent({ started }: Incident): IncidentUpdate {
  return { key: `${iso(started)}#0`, at: started, status: 'scheduled', label: null, body: '', quiet: true };
}

function occurrence(
  incident: Incident,
  scheduled: Span,
  following = Number.POSITIVE_INFINITY,
  over = Number.POSITIVE_INFINITY,
): Incident {
  const first = (incident.scheduled as Span).start;
  const isFirst = scheduled.start === first;
  const isOwn = ({ at }: IncidentUpdate) => (isFirst || at >= scheduled.start) && at < following;
  const announced = new Set(announcedOf(incident));
  let status: UpdateStatus = 'scheduled';
  const updates = incident.updates
    .filter(update => announced.has(update) || isOwn(update))
    .map((update): IncidentUpdate => {
      if (!isOwn(update)) return { ...update, quiet: true };
      if (isFirst || announced.has(update)) return update;
      // What the occurrence before came to is no state of this one.
      status = update.inherits ? status : update.status;
      return status === update.status ? update : { ...update, status };
    });
  // What ends the series after this one's time neither ends nor prolongs it.
  const counts = ({ at }: IncidentUpdate) => at >= scheduled.start && (at < over || over < scheduled.end);
  const newest = updates.findLast(update => isOwn(update) && counts(update));
  const front = isFirst && over === Number.POSITIVE_INFINITY ? incident.status : 'scheduled';
  const endedIn = over < scheduled.end && (isFirst || scheduled.start <= over);
  const { rrule: _, ...rest } = incident;
  return {
    ...rest,
    id: isFirst ? incident.id : `${incident.id}--${iso(scheduled.start).slice(0, 10)}`,
    status: endedIn ? 'completed' : (newest?.status ?? front),
    scheduled,
    // The end of the series is the end of the occurrence it came in, and of no other.
    resolved: endedIn ? over : null,
    series: incident,
    updates: updates.length > 0 ? updates : [silent(incident)],
  };
}
