// Recurrence: turns a maintenance file with an `rrule` into its occurrences, each an incident of its own.
import rrule from 'rrule';
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { DAY, iso, type Millis, parseInstant, type Span } from '../model/time.ts';
import { beginnings } from './recurrence-rule.ts';

const { RRule } = rrule;

/** How far back occurrences are kept (the longest uptime window), and how far ahead they are shown. */
const BACK: Millis = 366 * DAY;
const AHEAD: Millis = 35 * DAY;
/** More characters than any sensible rule has. */
const MAX_LENGTH = 500;

/** Not allowed: parts that set a time of day, and one that is not in RFC 5545. */
const FINER = ['byhour', 'byminute', 'bysecond', 'byeaster'] as const;

type RuleOptions = ReturnType<typeof RRule.parseString>;

/** The options of an RFC 5545 rule; null when a maintenance cannot repeat by it. */
export function readRule(text: string): RuleOptions | null {
  const plain = text.trim().replace(/^RRULE:/i, '');
  if (plain.length > MAX_LENGTH || !/^[A-Z]+=[^;=]+(;[A-Z]+=[^;=]+)*$/i.test(plain)) return null;
  try {
    const options = RRule.parseString(plain);
    if (options.freq === undefined || options.freq > RRule.DAILY || options.dtstart) return null;
    // An occurrence is identified by its day and starts at the file's time of day.
    if (FINER.some(key => options[key] !== undefined)) return null;
    if (!((options.interval ?? 1) >= 1 && (options.count ?? 1) >= 1)) return null;
    // The constructor checks more than the parser.
    new RRule({ ...options, dtstart: new Date(0) });
    return options;
  } catch {
    return null;
  }
}

/** Whether a rule, apart from its end, matches any day from `start` on. `BYMONTH=2;BYMONTHDAY=30` never does. */
export function occurs(rrule: string, start: Millis): boolean {
  const options = readRule(rrule);
  return options !== null && !beginningsOf({ ...options, until: null }, start).next().done;
}

/** More occurrences at once mean that `scheduled_end` was taken for the end of the series. */
const MAX_AT_ONCE = 10;

/** Whether the occurrences overlap so much that the plan must be a mistake. */
export function overlapsItself(rrule: string, { start, end }: Span): boolean {
  // At most one occurrence starts per day, so a shorter one cannot overlap that much.
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
  // Missing parts of the rule follow from its start.
  return beginnings(new RRule({ ...options, dtstart: new Date(start) }).options, start, from);
}

/**
 * The occurrences of a recurring maintenance around `now`, the file's own first; for any other incident, only itself.
 * - An update belongs to the occurrence in or after which it was written (before the first: to the first).
 * - The text before the first section and all announced before the first start are shown with every occurrence, but
 *   sent once.
 * - `status: completed` ends the series (`endOf`).
 */
export function occurrencesOf(incident: Incident, now: Millis): readonly Incident[] {
  const options = incident.scheduled && incident.rrule ? readRule(incident.rrule) : null;
  if (!incident.scheduled || !options) return [incident];
  const { start, end } = incident.scheduled;
  const starts: Millis[] = [];
  const from = Math.max(start, now - BACK);
  for (const at of beginningsOf(options, start, from)) {
    const isAhead = at > Math.max(now + AHEAD, start);
    // The next occurrence is shown, however far away it is.
    if (!isAhead || !((starts.at(-1) ?? 0) > now)) starts.push(at);
    if (isAhead) break;
  }
  // By RFC 5545 the start itself counts even if the rule does not match it.
  if (from === start && starts[0] !== start) starts.unshift(start);
  const over = endOf(incident);
  return starts
    .map((at, index) => occurrence(incident, { start: at, end: at + end - start }, starts[index + 1], over))
    .filter(({ scheduled }) => scheduled?.start === start || (scheduled as Span).start <= over);
}

/**
 * The occurrence that starts on a UTC day (`2026-11-29`), whatever its id; null when there is none. `following`: the
 * start of the next one (null: there is none); updates up to then belong to this one.
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

/** Splits an occurrence's id into the file's id and the UTC day; null for any other id. */
export function readOccurrenceId(id: string): { readonly series: string; readonly day: string } | null {
  const [, series, day] = /^(.+)--(\d{4}-\d{2}-\d{2})$/.exec(id) ?? [];
  return series !== undefined && day !== undefined ? { series, day } : null;
}

/**
 * When a series ended, epoch ms; Infinity while it continues. `status: completed` ends it: at `resolved`, else with the
 * newest Completed section, else with the last update, but not before the first occurrence.
 */
function endOf({ status, scheduled, resolved, updates, started }: Incident): Millis {
  if (status !== 'completed') return Number.POSITIVE_INFINITY;
  const said = updates.findLast(update => update.status === 'completed' && !update.inherits)?.at;
  return resolved ?? said ?? Math.max(updates.at(-1)?.at ?? started, scheduled?.end ?? started);
}

/** A series for other programs: RFC 5545 wants DTSTART to match the rule. Null when the rule never matches. */
export function repetitionOf(incident: Incident): Repetition | null {
  const { scheduled, rrule: text = '' } = incident;
  const options = scheduled && readRule(text);
  if (!options) return null;
  const [first] = beginningsOf(options, scheduled.start);
  const over = endOf(incident);
  if (first === undefined || first > over) return null;
  if (over === Number.POSITIVE_INFINITY) return { start: first, rule: RRule.optionsToString(options) };
  // RFC 5545 allows either COUNT or UNTIL: use the number of occurrences there were.
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

/** The updates shown with every occurrence: the description, and all announced before the first start. */
export function announcedOf(series: Incident): Incident['updates'] {
  const { scheduled, updates } = series;
  const first = scheduled?.start ?? 0;
  const announced = updates.filter(
    ({ at, status, preface }) => preface || (at < first && status === 'scheduled'),
  );
  return announced.length > 0 ? announced : [silent(series)];
}

/** A quiet update without text, for a series without any announcement. */
export function silent({ started }: Incident): IncidentUpdate {
  return { key: '#silent', at: started, status: 'scheduled', label: null, body: '', quiet: true };
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
      // The status of the previous occurrence does not carry over.
      status = update.inherits ? status : update.status;
      return status === update.status ? update : { ...update, status };
    });
  // An update that ends the series after this occurrence's time neither ends nor prolongs it.
  const counts = ({ at }: IncidentUpdate) => at >= scheduled.start && (at < over || over < scheduled.end);
  const newest = updates.findLast(update => isOwn(update) && counts(update));
  const front = isFirst && over === Number.POSITIVE_INFINITY ? incident.status : 'scheduled';
  const endedIn = over < scheduled.end && (isFirst || scheduled.start <= over);
  const { rrule: _, ...rest } = incident;
  const named = (name: string) => (isFirst ? name : `${name}--${iso(scheduled.start).slice(0, 10)}`);
  return {
    ...rest,
    id: named(incident.id),
    ...(incident.key === undefined ? {} : { key: named(incident.key) }),
    status: endedIn ? 'completed' : (newest?.status ?? front),
    scheduled,
    // The end of the series ends only the occurrence it falls in.
    resolved: endedIn ? over : null,
    series: incident,
    updates: updates.length > 0 ? updates : [silent(incident)],
  };
}
