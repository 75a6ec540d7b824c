// Recurrence rules: reads a rule, and generates its start times. Limits the days tried, as a rule may match nothing for centuries.
import rrule from 'rrule';
import { type SchemaIssue, schemaIssue } from '../model/problem.ts';
import { DAY, type Millis, SECOND } from '../model/time.ts';
import { momentAt, wallTime } from './times/zone.ts';

const { RRule } = rrule;

/** More characters than any sensible rule has. */
const MAX_LENGTH = 500;

/** Rules that RFC 5545 or the library allows, and a maintenance does not: an occurrence is identified by its day. */
const REFUSED: readonly (readonly [RegExp, string, fix: string])[] = [
  [
    /\b(BYHOUR|BYMINUTE|BYSECOND)\s*=/i,
    'sets a time of day',
    'remove it: every occurrence begins at the time of `scheduled_start`',
  ],
  [/\bFREQ\s*=\s*(HOURLY|MINUTELY|SECONDLY)\b/i, 'is not supported', 'write FREQ=DAILY or longer'],
  [/\b(DTSTART|TZID)\b/i, 'is not part of the rule', 'write `scheduled_start` and `timezone`'],
  [/\b(EXDATE|RDATE)\b/i, 'is not part of the rule', '`maintenance cancel` calls off one occurrence'],
  [/\b(BYEASTER)\b/i, 'is not in RFC 5545', 'write a rule by months, weeks or days'],
];

/** Why a maintenance cannot repeat by a rule, and what to write; null when it can. */
export function ruleFault(text: string): SchemaIssue | null {
  for (const [pattern, why, fix] of REFUSED) {
    const found = pattern.exec(text);
    if (found) return schemaIssue(`${found[1]?.toUpperCase()} ${why}`, fix);
  }
  return readRule(text) === null
    ? schemaIssue('this is not a recurrence rule', 'write it like FREQ=WEEKLY;BYDAY=SU')
    : null;
}

export type RuleOptions = ReturnType<typeof RRule.parseString>;

/** The options of an RFC 5545 rule; null when a maintenance cannot repeat by it. */
export function readRule(text: string): RuleOptions | null {
  const plain = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '');
  if (plain.length > MAX_LENGTH || !/^[A-Z]+=[^;=]+(;[A-Z]+=[^;=]+)*$/.test(plain)) return null;
  try {
    const options = RRule.parseString(plain);
    if (options.freq === undefined || REFUSED.some(([pattern]) => pattern.test(plain))) return null;
    if (!((options.interval ?? 1) >= 1 && (options.count ?? 1) >= 1)) return null;
    // The constructor checks more than the parser.
    new RRule({ ...options, dtstart: new Date(0) });
    return options;
  } catch {
    return null;
  }
}

/** The options of a rule that counts in a zone. An end without `Z` is in that zone, and a day ends at its midnight. */
export function ruleIn(zone: string, text: string): RuleOptions | null {
  const options = readRule(text);
  if (!options?.until) return options;
  const [, time, utc] = /UNTIL=\d+(T\d+)?(Z)?/i.exec(text) ?? [];
  const wall = options.until.getTime() + (time ? 0 : DAY - SECOND);
  return utc ? options : { ...options, until: new Date(momentAt(zone, wall)) };
}

/** A rule whose missing parts are filled in from its start. */
type ParsedOptions = InstanceType<typeof RRule>['options'];

/** RFC 5545's frequencies as the library numbers them. */
const [YEARLY, MONTHLY, WEEKLY] = [0, 1, 2];

/** Fifty years of days: a 29 February on a Sunday may be forty years away. */
const MAX_DAYS = 18_300;
const FAR: Millis = Date.UTC(9999, 11, 31);

export interface Beginning {
  readonly at: Millis;
  /** Its wall time by the rule: where a zone's clock is put forward, `at` may be later. */
  readonly wall: Millis;
}

/** The start times from `from` on, in order, of a rule that counts days in a zone and begins at `start`. */
export function* beginnings(
  rule: ParsedOptions,
  start: Millis,
  zone: string,
  from: Millis = start,
): Generator<Beginning> {
  const origin = wallTime(zone, start);
  const first = Math.floor(origin / DAY);
  const clock = origin - first * DAY;
  const until = rule.until?.getTime() ?? FAR;
  const { step, span } = periodsOf(rule, first);
  const names = matcher(rule);
  let left = rule.count ?? Number.POSITIVE_INFINITY;
  // Only a rule with COUNT has to be walked from its start.
  let index = rule.count === null ? Math.max(0, Math.floor((from - start) / DAY / step) - 1) : 0;
  for (let tried = 0; tried < MAX_DAYS; index++) {
    const [begin, end] = span(index);
    // The zone is at most 14 hours away.
    if ((begin - 1) * DAY > until) return;
    tried += end - begin;
    let days = Array.from({ length: end - begin }, (_, n) => begin + n).filter(names);
    if (rule.bysetpos?.length) {
      const kept = new Set(rule.bysetpos.map(place => days.at(place > 0 ? place - 1 : place)));
      days = days.filter(day => kept.has(day));
    }
    for (const day of days) {
      const wall = day * DAY + clock;
      if (wall < origin) continue;
      // The start may be in the second of two hours with the same wall time.
      const at = wall === origin ? start : momentAt(zone, wall);
      if (at > until || left-- <= 0) return;
      if (at >= from) yield { at, wall };
    }
  }
}

/** The rule's periods, as days since 1970 (end exclusive), and `step`, the most days between two of them. */
function periodsOf({ freq, interval, wkst }: ParsedOptions, first: number) {
  const start = new Date(first * DAY);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  switch (freq as number) {
    case YEARLY:
      return span(366, index => dayOf(year + index, 0));
    case MONTHLY:
      return span(31, index => dayOf(year, month + index));
    case WEEKLY:
      return span(7, index => first - ((weekdayOf(first) - wkst + 7) % 7) + 7 * index);
    default:
      return span(1, index => first + index);
  }
  function span(days: number, beginOf: (index: number) => number) {
    return {
      step: days * interval,
      span: (index: number) => [beginOf(index * interval), beginOf(index * interval + 1)] as const,
    };
  }
}

function matcher(rule: ParsedOptions): (day: number) => boolean {
  const { bymonth, bymonthday, bynmonthday, byyearday, byweekno, byweekday, bynweekday, wkst } = rule;
  const months = setOf(bymonth);
  const monthDays = setOf([...(bymonthday ?? []), ...(bynmonthday ?? [])]);
  const yearDays = setOf(byyearday);
  const weeks = setOf(byweekno);
  const weekdays = setOf(byweekday);
  const nth = new Set((bynweekday ?? []).map(([weekday, n]) => `${weekday} ${n}`));
  const ofYear = (rule.freq as number) === YEARLY && months.size === 0;
  return day => {
    const date = new Date(day * DAY);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    if (months.size > 0 && !months.has(month + 1)) return false;
    const inMonth = () => [day - dayOf(year, month), dayOf(year, month + 1) - day] as const;
    const inYear = () => [day - dayOf(year, 0), dayOf(year + 1, 0) - day] as const;
    if (monthDays.size > 0 && !namesPlace(monthDays, ...inMonth())) return false;
    if (yearDays.size > 0 && !namesPlace(yearDays, ...inYear())) return false;
    if (weekdays.size + nth.size > 0) {
      const weekday = weekdayOf(day);
      const [before, after] = nth.size > 0 ? (ofYear ? inYear() : inMonth()) : [0, 1];
      const named = (n: number) => nth.has(`${weekday} ${n}`);
      const isNth = named(Math.ceil((before + 1) / 7)) || named(-Math.ceil(after / 7));
      if (!weekdays.has(weekday) && !isNth) return false;
    }
    return weeks.size === 0 || namesPlace(weeks, ...inWeeks(day, wkst));
  };
}

/** Whether the rule names a place; places count from 1 at the beginning or from -1 at the end. */
function namesPlace(named: ReadonlySet<number>, before: number, after: number): boolean {
  return named.has(before + 1) || named.has(-after);
}

/** The weeks of the year before this day's week, and from it on. Week 1 is the first with four days in the year. */
function inWeeks(day: number, wkst: number): readonly [before: number, after: number] {
  const firstOf = (year: number) => {
    const fourth = dayOf(year, 0) + 3;
    return fourth - ((weekdayOf(fourth) - wkst + 7) % 7);
  };
  const middle = day - ((weekdayOf(day) - wkst + 7) % 7) + 3;
  const year = new Date(middle * DAY).getUTCFullYear();
  return [Math.floor((day - firstOf(year)) / 7), Math.ceil((firstOf(year + 1) - day) / 7)];
}

/** 0 is Monday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The first day of a month. `Date.UTC` would move years below 100 to the 20th century. */
function dayOf(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / DAY;
}

function setOf(numbers: readonly number[] | null | undefined): ReadonlySet<number> {
  return new Set(numbers ?? []);
}
