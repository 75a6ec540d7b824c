// Recurrence: turns a maintenance file with an `rrule` into its occurrences, each an incident of its own.
import rrule from 'rrule';
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { DAY, type Millis, parseInstant, type Span } from '../model/time.ts';
import { completionOf, isCalledOff, isCompletion, mayEndSeries, WORDLESS } from './completion.ts';
import { type Beginning, readRule, ruleIn } from './recurrence-rule.ts';
import {
  beginningsOf,
  dayOf,
  isDayOf,
  plansOf,
  type RecurringIncident,
  type Series,
  startsOf,
} from './times/series-plans.ts';
import { tellsOfWork } from './times/work-days.ts';
import { dayIn } from './times/zone.ts';

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

/**
 * The occurrences of a recurring maintenance around `now`, the file's own first; for any other incident, only itself.
 * The rule counts in the file's `timezone:`, else in the site's zone: each occurrence begins at the same wall time.
 * - An update belongs to the occurrence that it names, else to the one in or after which it was written (before the
 *   first: to the first).
 * - The text before the first section and all announced before the first start are shown with every occurrence, but
 *   sent once.
 * - `status: completed` ends the series (`endOfIncident`). If it was seen to end between two occurrences, the next one is
 *   called off: that tells the end, with the section that says so.
 * - What had begun when the plan was changed stays as it was planned (`record`); the new plan begins on a later day.
 */
export function occurrencesOf(incident: Incident, now: Millis, siteZone: string): readonly Incident[] {
  const { scheduled, timezone: zone = siteZone, rrule } = incident;
  if (!scheduled || !rrule || !ruleIn(zone, rrule)) return [incident];
  const isOccurrenceDay = isDayOf({ ...incident, timezone: zone });
  const updates = incident.updates.map(update => asEndOf(incident, keepKnownDay(update, isOccurrenceDay)));
  const plans = plansOf({ ...incident, timezone: zone, updates });
  const named = new Set(updates.map(({ occurrence = '' }) => occurrence));
  const last = [...named].sort().at(-1) ?? '';
  const found: { readonly plan: Series; readonly one: Beginning }[] = [];
  const hasNext = () => found.some(({ plan, one }) => one.at > now && !isCalledOff(occurrence(plan, one)));
  for (const plan of plans) {
    const { start } = plan.scheduled;
    for (const one of startsOf(plan, Math.max(start, now - BACK), true)) {
      const isAhead = one.at > Math.max(now + AHEAD, start);
      // The next one that takes place is shown, however far away it is, and so is one that an update is about.
      if (!isAhead || !hasNext() || named.has(dayOf(one))) found.push({ plan, one });
      if (isAhead && dayOf(one) >= last && hasNext()) break;
    }
  }
  const over = endOf(incident);
  const all = found.map(({ plan, one }, index) => occurrence(plan, one, found[index + 1]?.one.at, over));
  const isKept = (one: Incident) => one.id === incident.id || (one.scheduled as Span).start <= over;
  return incident.record?.endedAt === undefined ? all.filter(isKept) : endedBetween(all, isKept, over);
}

/** The update; the one with which the series was seen to end says so, whatever its heading. */
function asEndOf({ status, record }: Incident, update: IncidentUpdate): IncidentUpdate {
  if (status !== 'completed' || update.at !== record?.endedAt || !mayEndSeries(update)) return update;
  const { inherits: _, ...said } = update;
  return { ...said, status };
}

/** The occurrences of a series that was seen to end: if none ended with it, the next one is called off, with its words. */
function endedBetween(
  all: readonly Incident[],
  isKept: (one: Incident) => boolean,
  over: Millis,
): readonly Incident[] {
  const kept = all.filter(isKept);
  const next = all.find(one => !isKept(one));
  if (!next || kept.some(one => one.resolved === over || completionOf(one)?.at === over)) return kept;
  const isEnd = (update: IncidentUpdate) =>
    update.at === next.series!.record!.endedAt && isCompletion(update) && update.occurrence === undefined;
  const ends = next.series!.updates.filter(isEnd);
  const others = kept.map(one => {
    const updates = one.updates.filter(update => !isEnd(update));
    return { ...one, updates: updates.length > 0 ? updates : [silent(one)] };
  });
  return [...others, endedWith({ ...next, updates: [...next.updates, ...ends] }, over)];
}

/**
 * The update; without a day that is no occurrence's, so that it is shown with the one in which it was written. That one
 * is not called off by it: a late end would hide what failed since. Nobody is told: it was told of a day on which the
 * plan, since moved, had an occurrence, or the day is a slip, which /readyz names.
 */
function keepKnownDay(update: IncidentUpdate, isOccurrenceDay: (day: string) => boolean): IncidentUpdate {
  const { occurrence, ...rest } = update;
  if (occurrence === undefined || isOccurrenceDay(occurrence)) return update;
  const isWords = rest.status === 'completed' && rest.label !== null;
  return { ...rest, ...(isWords ? { status: 'scheduled', inherits: true } : {}), quiet: true };
}

/** The days that updates name and on which no occurrence begins. */
export function daysWithout(incident: Incident, siteZone: string): readonly string[] {
  const { scheduled, timezone: zone = siteZone, rrule = '', updates } = incident;
  const days = updates.flatMap(({ occurrence }) => occurrence ?? []);
  if (days.length === 0 || !scheduled || !ruleIn(zone, rrule)) return days;
  const isOccurrenceDay = isDayOf({ ...incident, timezone: zone });
  return days.filter(day => !isOccurrenceDay(day));
}

/** When sections about the work of a series were written that are a day or more after the window they belong to, epoch ms. */
export function workApart(incident: Incident, now: Millis, siteZone: string): readonly Millis[] {
  if (incident.status === 'completed') return [];
  const all = occurrencesOf(incident, now, siteZone);
  return incident.updates
    .filter(update => tellsOfWork(update) && !update.inherits && update.occurrence === undefined)
    .flatMap(({ at, key }) => {
      const one = all.find(({ updates }) => updates.some(update => update.key === key));
      const from = Math.max(
        one?.scheduled?.end ?? at,
        ...(one?.updates ?? []).map(({ at }) => at).filter(time => time < at),
      );
      return at - from > DAY ? [at] : [];
    });
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
 * When a series ended, epoch ms; Infinity while it continues. `status: completed` ends it: at `resolved`, else when that
 * was first seen without a section, else with the newest Completed section, else with the last update, but not before the
 * first occurrence.
 */
function endOf({ status, scheduled, resolved, updates, started, record }: RecurringIncident): Millis {
  if (status !== 'completed') return Number.POSITIVE_INFINITY;
  const said = updates.findLast(
    ({ status, inherits, occurrence }) => status === 'completed' && !inherits && occurrence === undefined,
  )?.at;
  return (
    resolved ?? record?.endedAt ?? said ?? Math.max(updates.at(-1)?.at ?? started, scheduled?.end ?? started)
  );
}

/**
 * A series for other programs: RFC 5545 wants DTSTART to match the rule. Null when the rule never matches.
 * @param series with its zone, as in an occurrence.
 */
export function repetitionOf(series: RecurringIncident): Repetition | null {
  const { scheduled, rrule = '', timezone: zone = 'UTC' } = series;
  const options = scheduled && ruleIn(zone, rrule);
  if (!options) return null;
  const [first] = startsOf(series, scheduled.start, false);
  const over = endOf(series);
  if (first === undefined || first.at > over) return null;
  if (over === Number.POSITIVE_INFINITY && (first.at === scheduled.start || !options.count))
    return { ...first, rule: RRule.optionsToString(options) };
  // RFC 5545 allows either COUNT or UNTIL: use the number of occurrences there were.
  const { until: _, ...plain } = options as { until?: Date };
  let count = 0;
  for (const { at } of startsOf(series, scheduled.start, false)) {
    if (at > over) break;
    count += 1;
  }
  return { ...first, rule: RRule.optionsToString({ ...plain, count }) };
}

export interface Repetition extends Beginning {
  /** `RRULE:FREQ=…` */
  readonly rule: string;
}

/** The updates shown with every occurrence: the description, and all announced before the first start. */
export function announcedOf(series: Incident): Incident['updates'] {
  const { updates } = series;
  const first = firstOf(series);
  const announced = updates.filter(
    ({ at, status, preface, occurrence }) =>
      preface || (at < first && status === 'scheduled' && occurrence === undefined),
  );
  return announced.length > 0 ? announced : [silent(series)];
}

/** The beginning of the first occurrence, by whatever plan. */
function firstOf({ scheduled, record }: Incident): Millis {
  return record?.past?.[0]?.start ?? scheduled?.start ?? 0;
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
  series: Series,
  beginning: Beginning,
  following = Number.POSITIVE_INFINITY,
  over = Number.POSITIVE_INFINITY,
): Incident {
  const { start, end } = series.scheduled;
  const scheduled = { start: beginning.at, end: beginning.at + end - start };
  const isFirst = beginning.at === firstOf(series);
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
  const front = isFirst && series.status !== 'completed' ? series.status : 'scheduled';
  const { rrule: _, record: __, ...rest } = series;
  const named = (name: string) => (isFirst ? name : `${name}--${day}`);
  const own: Incident = {
    ...rest,
    id: named(series.id),
    ...(series.key === undefined ? {} : { key: named(series.key) }),
    status: newest?.status ?? front,
    scheduled,
    resolved: null,
    series,
    updates: updates.length > 0 ? updates : [silent(series)],
  };
  // By the keys it was over before the series.
  const isOver = series.record?.endedAt !== undefined && own.status === 'completed';
  const isEndedIn = over < scheduled.end && (isFirst || scheduled.start <= over) && !isOver;
  return isEndedIn ? endedWith(own, over) : own;
}

/** An occurrence with which the series ended. That is told, even if no section says so. */
function endedWith(occurrence: Incident, over: Millis): Incident {
  const { updates } = occurrence;
  const isSaid = updates.some(update => isCompletion(update) && !update.quiet);
  const end = { key: WORDLESS, at: over, status: 'completed' as const, label: null, body: '' };
  const place = updates.findLastIndex(({ at }) => at <= over) + 1;
  const said = isSaid ? updates : updates.toSpliced(place, 0, end);
  return { ...occurrence, status: 'completed', resolved: over, updates: said };
}
