// Recurrence: turns a maintenance file with an `rrule` into its occurrences, each an incident of its own.
import rrule from 'rrule';
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { DAY, iso, type Millis, parseInstant, type Span } from '../model/time.ts';
import { isCalledOff } from './completion.ts';
import { type Beginning, beginnings, type RuleOptions, readRule, ruleIn } from './recurrence-rule.ts';
import { dayIn, momentAt, wallTime } from './times/zone.ts';

const { RRule } = rrule;

/** How far back occurrences are kept (the longest uptime window), and how far ahead they are shown. */
const BACK: Millis = 366 * DAY;
const AHEAD: Millis = 35 * DAY;

/** Whether a rule, apart from its end, matches any day from `start` on. `BYMONTH=2;BYMONTHDAY=30` never does. */
export function occurs(rrule: string, start: Millis, zone: string): boolean {
  const options = readRule(rrule);
  return options !== null && !beginningsOf({ ...options, until: null }, start, zone).next().done;
}

/** More occurrences at once mean that `scheduled_end` was taken for the end of the series. */
const MAX_AT_ONCE = 10;

/** Whether the occurrences overlap so much that the plan must be a mistake. */
export function overlapsItself(rrule: string, { start, end }: Span, zone: string): boolean {
  // At most one occurrence starts per day, so a shorter one cannot overlap that much.
  const options = end - start > MAX_AT_ONCE * DAY ? ruleIn(zone, rrule) : null;
  if (options === null) return false;
  let count = 0;
  for (const { at } of beginningsOf(options, start, zone)) {
    if (at >= end) return false;
    if (++count > MAX_AT_ONCE) return true;
  }
  return false;
}

function beginningsOf(options: RuleOptions, start: Millis, zone: string, from = start): Generator<Beginning> {
  // Missing parts of the rule follow from its start.
  const dtstart = new Date(wallTime(zone, start));
  return beginnings(new RRule({ ...options, dtstart }).options, start, zone, from);
}

/**
 * The occurrences of a recurring maintenance around `now`, the file's own first; for any other incident, only itself.
 * The rule counts in the file's `timezone:`, else in the site's zone: each occurrence begins at the same wall time.
 * - An update belongs to the occurrence that it names, else to the one in or after which it was written (before the
 *   first: to the first).
 * - The text before the first section and all announced before the first start are shown with every occurrence, but
 *   sent once.
 * - `status: completed` ends the series (`endOfIncident`).
 */
export function occurrencesOf(incident: Incident, now: Millis, siteZone: string): readonly Incident[] {
  const { scheduled, timezone: zone = siteZone, rrule } = incident;
  const options = scheduled && rrule ? ruleIn(zone, rrule) : null;
  if (!scheduled || !options) return [incident];
  const { start } = scheduled;
  const first = { at: start, wall: wallTime(zone, start) };
  const found: Beginning[] = [];
  const from = Math.max(start, now - BACK);
  const begins = beginningOn(options, first, zone);
  const updates = incident.updates.map(update => keepKnownDay(update, day => begins(day) !== null));
  const named = new Set(updates.map(({ occurrence = '' }) => occurrence));
  const last = [...named].sort().at(-1) ?? '';
  const series = { ...incident, timezone: zone, updates };
  const hasNext = () => found.some(one => one.at > now && !isCalledOff(occurrence(series, one)));
  for (const one of beginningsOf(options, start, zone, from)) {
    const isAhead = one.at > Math.max(now + AHEAD, start);
    // The next one that takes place is shown, however far away it is, and so is one that an update is about.
    if (!isAhead || !hasNext() || named.has(dayOf(one))) found.push(one);
    if (isAhead && dayOf(one) >= last && hasNext()) break;
  }
  // By RFC 5545 the start itself counts even if the rule does not match it.
  if (from === start && found[0]?.at !== start) found.unshift(first);
  const over = endOf(incident);
  return found
    .map((one, index) => occurrence(series, one, found[index + 1]?.at, over))
    .filter(one => one.scheduled?.start === start || (one.scheduled as Span).start <= over);
}

/** The day of an occurrence, by the wall time of its rule. */
function dayOf({ wall }: Beginning): string {
  return iso(wall).slice(0, 10);
}

/** Finds the occurrence of a day; null when none begins on it. */
function beginningOn(options: RuleOptions, first: Beginning, zone: string) {
  return (day: string): Beginning | null => {
    const midnight = parseInstant(day);
    if (midnight === null || day.length !== DAY_LENGTH) return null;
    if (dayOf(first) === day) return first;
    const from = Math.max(first.at, momentAt(zone, midnight));
    const found = beginningsOf(options, first.at, zone, from).next().value as Beginning | undefined;
    return found && dayOf(found) === day ? found : null;
  };
}

/**
 * The update; without a day that is no occurrence's, so that it is shown with the one in which it was written. That one
 * is not called off by it: a late end would hide what failed since.
 */
function keepKnownDay(update: IncidentUpdate, isOccurrenceDay: (day: string) => boolean): IncidentUpdate {
  const { occurrence, ...rest } = update;
  if (occurrence === undefined || isOccurrenceDay(occurrence)) return update;
  const isWords = rest.status === 'completed' && rest.label !== null;
  return isWords ? { ...rest, status: 'scheduled', inherits: true } : rest;
}

/** The days that updates name and on which no occurrence begins. */
export function daysWithout(incident: Incident, siteZone: string): readonly string[] {
  const { scheduled, timezone: zone = siteZone, rrule = '', updates } = incident;
  const days = updates.flatMap(({ occurrence }) => occurrence ?? []);
  const options = scheduled && ruleIn(zone, rrule);
  if (!options || days.length === 0) return days;
  const begins = beginningOn(options, { at: scheduled.start, wall: wallTime(zone, scheduled.start) }, zone);
  return days.filter(day => begins(day) === null);
}

/** The occurrence that starts on a day of its zone (`2026-11-29`), whatever its id; null when there is none. */
export function occurrenceOn(incident: Incident, day: string, siteZone: string): Incident | null {
  const midnight = parseInstant(day);
  if (incident.rrule === undefined || midnight === null) return null;
  return occurrencesOf(incident, midnight, siteZone).find(one => occurrenceDay(one) === day) ?? null;
}

/** When the occurrence after this one begins by the rule, epoch ms; null if the series ends with it. */
export function beginningAfter({ series, scheduled }: Incident): Millis | null {
  const { timezone: zone = 'UTC', rrule = '' } = series ?? {};
  const options = series?.scheduled && scheduled ? ruleIn(zone, rrule) : null;
  if (!series?.scheduled || !scheduled || !options) return null;
  const next = beginningsOf(options, series.scheduled.start, zone, scheduled.start + 1).next().value;
  return next && next.at <= endOf(series) ? next.at : null;
}

/** The day of an occurrence in its zone: the first has the id of the file. */
export function occurrenceDay({ id, series, scheduled, timezone = 'UTC' }: Incident): string | null {
  if (!series || !scheduled) return null;
  return id === series.id ? dayIn(timezone, scheduled.start) : id.slice(-DAY_LENGTH);
}

const DAY_LENGTH = '2026-11-29'.length;

/** Splits an occurrence's id into the file's id and the day; null for any other id. */
export function readOccurrenceId(id: string): { readonly series: string; readonly day: string } | null {
  const [, series, day] = /^(.+)--(\d{4}-\d{2}-\d{2})$/.exec(id) ?? [];
  return series !== undefined && day !== undefined ? { series, day } : null;
}

/**
 * When a series ended, epoch ms; Infinity while it continues. `status: completed` ends it: at `resolved`, else with the
 * newest Completed section, else with the last update, but not before the first occurrence.
 */
function endOf({ status, scheduled, resolved, updates, started }: RecurringIncident): Millis {
  if (status !== 'completed') return Number.POSITIVE_INFINITY;
  const said = updates.findLast(
    ({ status, inherits, occurrence }) => status === 'completed' && !inherits && occurrence === undefined,
  )?.at;
  return resolved ?? said ?? Math.max(updates.at(-1)?.at ?? started, scheduled?.end ?? started);
}

/**
 * A series for other programs: RFC 5545 wants DTSTART to match the rule. Null when the rule never matches.
 * @param series with its zone, as in an occurrence.
 */
export function repetitionOf(series: RecurringIncident): Repetition | null {
  const { scheduled, rrule = '', timezone: zone = 'UTC' } = series;
  const options = scheduled && ruleIn(zone, rrule);
  if (!options) return null;
  const [first] = beginningsOf(options, scheduled.start, zone);
  const over = endOf(series);
  if (first === undefined || first.at > over) return null;
  if (over === Number.POSITIVE_INFINITY) return { ...first, rule: RRule.optionsToString(options) };
  // RFC 5545 allows either COUNT or UNTIL: use the number of occurrences there were.
  const { until: _, ...plain } = options as { until?: Date };
  let count = 0;
  for (const { at } of beginningsOf(options, scheduled.start, zone)) {
    if (at > over) break;
    count += 1;
  }
  return { ...first, rule: RRule.optionsToString({ ...plain, count }) };
}

type RecurringIncident = Pick<
  Incident,
  'status' | 'scheduled' | 'resolved' | 'updates' | 'started' | 'rrule' | 'timezone'
>;

export interface Repetition extends Beginning {
  /** `RRULE:FREQ=…` */
  readonly rule: string;
}

/** The updates shown with every occurrence: the description, and all announced before the first start. */
export function announcedOf(series: Incident): Incident['updates'] {
  const { scheduled, updates } = series;
  const first = scheduled?.start ?? 0;
  const announced = updates.filter(
    ({ at, status, preface, occurrence }) =>
      preface || (at < first && status === 'scheduled' && occurrence === undefined),
  );
  return announced.length > 0 ? announced : [silent(series)];
}

/** Whether nothing is told of an occurrence because nothing is written about it. */
export function isSilentOccurrence({ series, scheduled, updates }: Incident): boolean {
  const isPlan = ({ status, at }: IncidentUpdate) => status === 'scheduled' && at < scheduled!.start;
  return series !== undefined && updates.every(update => update.quiet || isPlan(update));
}

/** A quiet update without text, for a series without any announcement. */
export function silent({ started }: Incident): IncidentUpdate {
  return { key: '#silent', at: started, status: 'scheduled', label: null, body: '', quiet: true };
}

function occurrence(
  series: Incident,
  beginning: Beginning,
  following = Number.POSITIVE_INFINITY,
  over = Number.POSITIVE_INFINITY,
): Incident {
  const { start: first, end } = series.scheduled as Span;
  const scheduled = { start: beginning.at, end: beginning.at + end - first };
  const isFirst = beginning.at === first;
  const day = dayOf(beginning);
  const belongsToOccurrence = ({ at, occurrence }: IncidentUpdate) =>
    occurrence === undefined ? (isFirst || at >= scheduled.start) && at < following : occurrence === day;
  const announced = new Set(announcedOf(series));
  let status: UpdateStatus = 'scheduled';
  const updates = series.updates
    .filter(update => announced.has(update) || belongsToOccurrence(update))
    .map((update): IncidentUpdate => {
      if (!belongsToOccurrence(update)) return { ...update, quiet: true };
      if (announced.has(update)) return update;
      // The status of the previous occurrence does not carry over.
      status = update.inherits ? status : update.status;
      return status === update.status ? update : { ...update, status };
    });
  // An update that ends the series after this occurrence's time neither ends nor prolongs it.
  const counts = ({ at, occurrence }: IncidentUpdate) =>
    occurrence !== undefined || (at >= scheduled.start && (at < over || over < scheduled.end));
  const newest = updates.findLast(update => belongsToOccurrence(update) && counts(update));
  const front = isFirst && over === Number.POSITIVE_INFINITY ? series.status : 'scheduled';
  const endedIn = over < scheduled.end && (isFirst || scheduled.start <= over);
  const { rrule: _, ...rest } = series;
  const named = (name: string) => (isFirst ? name : `${name}--${day}`);
  return {
    ...rest,
    id: named(series.id),
    ...(series.key === undefined ? {} : { key: named(series.key) }),
    status: endedIn ? 'completed' : (newest?.status ?? front),
    scheduled,
    // The end of the series ends only the occurrence it falls in.
    resolved: endedIn ? over : null,
    series,
    updates: updates.length > 0 ? updates : [silent(series)],
  };
}
