// How Uptime Kuma's maintenance repeats, as an RFC 5545 rule.
import { DAY, HOUR, MINUTE, type Millis } from '../../model/time.ts';
import type { MaintenanceRow } from './tables.ts';

export interface RuleOfDays {
  readonly rrule: string;
  /** The time of day at which each begins, ms. */
  readonly at: Millis;
  /** Whether one may be the first, by the UTC midnight of its day. */
  isOn(day: Millis): boolean;
}

/** The repetition of a row; null if no rule says it. */
export function ruleOfDays(row: MaintenanceRow): RuleOfDays | null {
  if (row.strategy === 'cron') return ofCron(row.cron ?? '');
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(row.start_time ?? '') ?? [];
  if (hours === undefined) return null;
  const at = Number(hours) * HOUR + Number(minutes) * MINUTE;
  if (row.strategy === 'recurring-interval') return everyDays(row.interval_day ?? 0, at);
  if (row.strategy === 'recurring-weekday') return onWeekdays(listIn(row.weekdays).map(Number), at);
  if (row.strategy === 'recurring-day-of-month') return onDays(listIn(row.days_of_month).map(dayOfMonth), at);
  return null;
}

function listIn(json: string | null | undefined): unknown[] {
  try {
    const read: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

/** `lastDay2` is the last day but one, -2. */
function dayOfMonth(day: unknown): number {
  const [, fromEnd] = /^lastDay(\d)$/.exec(String(day)) ?? [];
  return fromEnd === undefined ? Number(day) : -Number(fromEnd);
}

function everyDays(interval: number, at: Millis): RuleOfDays | null {
  if (!Number.isInteger(interval) || interval < 1) return null;
  return { rrule: `FREQ=DAILY${interval === 1 ? '' : `;INTERVAL=${interval}`}`, at, isOn: () => true };
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function onWeekdays(numbers: readonly number[], at: Millis): RuleOfDays | null {
  const days = [...new Set(numbers.map(day => day % 7))].sort();
  if (days.length === 0 || days.some(day => DAYS[day] === undefined)) return null;
  return {
    rrule: `FREQ=WEEKLY;BYDAY=${days.map(day => DAYS[day]).join(',')}`,
    at,
    isOn: day => days.includes(new Date(day).getUTCDay()),
  };
}

function onDays(numbers: readonly number[], at: Millis): RuleOfDays | null {
  const isDay = (day: number) => Number.isInteger(day) && day !== 0 && Math.abs(day) <= 31;
  if (numbers.length === 0 || !numbers.every(isDay)) return null;
  const isOn = (day: Millis) => {
    const date = new Date(day);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - DAY).getUTCDate();
    return numbers.includes(date.getUTCDate()) || numbers.includes(date.getUTCDate() - last - 1);
  };
  return { rrule: `FREQ=MONTHLY;BYMONTHDAY=${[...new Set(numbers)].join(',')}`, at, isOn };
}

/** Expressions at one time of day, on days of the week or of the month. */
function ofCron(text: string): RuleOfDays | null {
  const [, minute, hour, days, weekdays] =
    /^(\d{1,2})\s+(\d{1,2})\s+(\*|[\d,]+|L)\s+\*\s+(\*|[\d,-]+)$/.exec(text.trim()) ?? [];
  if (minute === undefined) return null;
  const at = Number(hour) * HOUR + Number(minute) * MINUTE;
  if (at >= DAY || (days !== '*' && weekdays !== '*')) return null;
  if (weekdays !== '*') return onWeekdays(weekdays!.split(',').flatMap(rangeOf), at);
  if (days === '*') return everyDays(1, at);
  return onDays(days === 'L' ? [-1] : days!.split(',').map(Number), at);
}

function rangeOf(part: string): number[] {
  const [from = Number.NaN, to = from] = part.split('-').map(Number);
  return to - from < 7 ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [Number.NaN];
}
