// Cron expressions, by croner. Always in UTC, whatever the machine's zone is.
import { Cron } from 'croner';
import { memoizedText } from '../memo.ts';
import { DAY, type Millis } from '../time.ts';

/** How many expressions are kept: each check asks for the same few again and again. */
const KEPT = 1000;

/** The range of each of the six fields: second, minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];
const NAMES: Readonly<Record<number, readonly string[]>> = {
  4: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  5: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};
const NAME =
  /\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:sun|mon|fri)(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|sat(?:urday)?)\b/g;

/** `shape`: not a cron expression; `never`: no such day exists; null: valid. */
export function faultOfCron(text: string): 'shape' | 'never' | null {
  try {
    return read(text).nextRun(new Date(0)) ? null : 'never';
  } catch {
    return 'shape';
  }
}

/**
 * The first firing after a time, epoch ms; null when there is none. Equally fast however far away it is. Throws when
 * the text is no cron expression.
 */
export function nextFiring(expression: string, after: Millis): Millis | null {
  return read(expression).nextRun(new Date(after))?.getTime() ?? null;
}

/**
 * The usual time between two firings, ms: 5 minutes for `*\/5 9-17 * * *`. Anything less often than daily counts as a
 * week. For judging gaps and for rechecks, not for firing.
 */
export const roughPeriod = memoizedText(KEPT, (expression): Millis => {
  const cron = read(expression);
  const gaps = (count: number) => {
    const runs = cron.nextRuns(count + 1, MONDAY).map(run => run.getTime());
    return runs.slice(1).map((at, index) => at - (runs[index] as Millis));
  };
  const usual = gaps(3).sort((a, b) => a - b)[1] ?? 7 * DAY;
  if (usual < DAY) return usual;
  return usual === DAY && gaps(7).every(gap => gap === DAY) ? DAY : 7 * DAY;
});

const MONDAY = new Date('1970-01-05T00:00:00Z');

/** Throws when the text is no cron expression of five or six fields. */
const read = memoizedText(KEPT, (text): Cron => {
  const fields = text.trim().toLowerCase().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) throw new Error('a cron expression has five or six fields');
  // `L-3`, three days before the last of the month: croner has `L` and a day offset for it.
  const [, before] = /^l-(\d{1,2})$/.exec(fields[3] as string) ?? [];
  if (before !== undefined) fields[3] = 'L';
  const pattern = fields.map(spelledOut).join(' ').toUpperCase();
  return new Cron(pattern, {
    mode: '6-part',
    // Not `timezone: 'UTC'`: it asks Intl for each field and takes ten times as long.
    utcOffset: 0,
    dayOffset: before === undefined ? 0 : -Number(before),
  });
});

/** Rewrites a field for croner, which has no full names, no range over the end (`22-2`), no step like `*\/90`. */
function spelledOut(field: string, index: number): string {
  const [least, most] = FIELDS[index] as readonly [number, number];
  const short = field.replace(NAME, name => {
    const number = NAMES[index]?.indexOf(name.slice(0, 3)) ?? -1;
    return number < 0 ? name : String(number);
  });
  return short
    .split(',')
    .map(part => {
      const [, from, to, by = '1'] = /^(?:\*|(\d+)-(\d+))(?:\/(\d+))?$/.exec(part) ?? [];
      const step = Number(by);
      if (from === undefined) return part.startsWith('*/') && step > most - least ? String(least) : part;
      const [first, last] = [Number(from), Number(to)];
      // Sunday may also be 7.
      const isOutside = first < least || last < least || Math.max(first, last) > (index === 5 ? 7 : most);
      if (first <= last || isOutside || step === 0) return part;
      const size = most - least + 1;
      const count = Math.floor((last + size - first) / step) + 1;
      return Array.from({ length: count }, (_, i) => ((first - least + i * step) % size) + least).join(',');
    })
    .join(',');
}
