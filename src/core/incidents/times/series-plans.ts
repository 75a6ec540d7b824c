// The plans of a recurring maintenance: the present one, and those by which occurrences had begun when it was changed.
import rrule from 'rrule';
import type { Incident } from '../../model/incident.ts';
import { iso, type Millis, parseInstant, type Span } from '../../model/time.ts';
import { type Beginning, beginnings, type RuleOptions, ruleIn } from '../recurrence-rule.ts';
import { dayIn, momentAt, wallTime } from './zone.ts';

const { RRule } = rrule;

export type RecurringIncident = Pick<
  Incident,
  'status' | 'scheduled' | 'resolved' | 'updates' | 'started' | 'rrule' | 'timezone' | 'record'
>;

/** A recurring maintenance with its zone. */
export type Series = RecurringIncident & Incident & { readonly scheduled: Span; readonly rrule: string };

/** The series by each of its plans, the present one last. Each has a record of those before it. */
export function plansOf(series: Incident): readonly Series[] {
  const past = series.record?.past ?? [];
  const former = past.map(({ start, end, rrule, zone, last }, index) => {
    const record = { past: past.slice(0, index), until: last };
    const plan = { scheduled: { start, end }, rrule, timezone: zone, record };
    return { ...series, ...plan, status: 'completed' as const, resolved: last };
  });
  return [...former, series as Series];
}

/**
 * The beginnings by one plan of a series, from a time on (epoch ms): until it was replaced, and after the days of those
 * that had begun when it replaced another.
 * @param own with the file's own start: by RFC 5545 it counts even if the rule does not match it
 */
export function* startsOf(series: RecurringIncident, from: Millis, own: boolean): Generator<Beginning> {
  const { scheduled, timezone: zone = 'UTC', rrule = '', record } = series;
  const options = scheduled && ruleIn(zone, rrule);
  if (!options) return;
  const { start, end } = scheduled;
  const before = record?.past?.at(-1);
  const taken = before ? dayIn(before.zone, before.last) : '';
  const isOfPlan = (one: Beginning) =>
    !before || (dayOf(one) > taken && one.at + end - start > before.replaced);
  const first = { at: start, wall: wallTime(zone, start) };
  let isOwn = own && from === start;
  for (const one of beginningsOf(options, start, zone, from)) {
    if (isOwn && one.at !== start && isOfPlan(first)) yield first;
    isOwn = false;
    if (one.at > (record?.until ?? Number.POSITIVE_INFINITY)) return;
    if (isOfPlan(one)) yield one;
  }
  if (isOwn && isOfPlan(first)) yield first;
}

/** The beginnings by a rule from a time on (epoch ms), in its zone. */
export function beginningsOf(
  options: RuleOptions,
  start: Millis,
  zone: string,
  from = start,
): Generator<Beginning> {
  // Missing parts of the rule follow from its start.
  const dtstart = new Date(wallTime(zone, start));
  return beginnings(new RRule({ ...options, dtstart }).options, start, zone, from);
}

/** The day of an occurrence, by the wall time of its rule. */
export function dayOf({ wall }: Beginning): string {
  return iso(wall).slice(0, 10);
}

const DAY_LENGTH = '2026-11-29'.length;

/** Tells whether an occurrence of a series begins on a day. */
export function isDayOf(series: Incident) {
  const plans = plansOf(series);
  return (day: string): boolean => {
    const midnight = parseInstant(day);
    if (midnight === null || day.length !== DAY_LENGTH) return false;
    return plans.some(plan => {
      const from = Math.max(plan.scheduled.start, momentAt(plan.timezone ?? 'UTC', midnight));
      const found = startsOf(plan, from, true).next().value as Beginning | undefined;
      return found !== undefined && dayOf(found) === day;
    });
  };
}

/** When an occurrence begins that is not shown as one of its day had begun when the plan was changed, epoch ms; else null. */
export function leftOut(series: Incident, now: Millis): Millis | null {
  const { scheduled, record: { past } = {}, ...rest } = series;
  const before = past?.at(-1);
  if (!scheduled || !before) return null;
  const length = scheduled.end - scheduled.start;
  const after = Math.max(before.replaced, now) - length;
  const [first] = startsOf({ ...rest, scheduled }, Math.max(scheduled.start, after + 1), true);
  return first && dayOf(first) <= dayIn(before.zone, before.last) ? first.at : null;
}
