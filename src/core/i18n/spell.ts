// Times and durations in the words of files and logs: English, UTC.
import { DAY, HOUR, iso, MINUTE, type Millis, SECOND } from '../model/time.ts';

/** `2026-11-23 10:06:00 UTC`. */
export function printMoment(at: Millis): string {
  return `${iso(at).slice(0, 19).replace('T', ' ')} UTC`;
}

export const MOMENT = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`;

/** The time of a `printMoment`, epoch ms; NaN for other text. */
export function readMoment(text: string): Millis {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
}

export type Unit = 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

const UNITS: readonly (readonly [Millis, Unit])[] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

const inEnglish = (n: number, unit: Unit) =>
  unit === 'millisecond' ? `${n} ms` : `${n} ${unit}${n === 1 ? '' : 's'}`;

/**
 * A duration in words, by its two largest units: "2 hours 5 minutes", "1.25 seconds", "340 ms".
 * @param counted a number with its unit, in another language.
 */
export function spell(duration: Millis, counted: (n: number, unit: Unit) => string = inEnglish): string {
  if (duration < SECOND) return counted(Math.round(duration), 'millisecond');
  if (duration < 10 * SECOND) return counted(Number((duration / SECOND).toFixed(2)), 'second');
  const whole = Math.round(duration / SECOND) * SECOND;
  const first = UNITS.findIndex(([unit]) => whole >= unit);
  // Only neighbouring units: "1 day 3 seconds" is false precision.
  const parts = UNITS.slice(first, first + 2).map(([unit, word], index) => {
    const left = index === 0 ? whole : whole % UNITS[first]![0];
    return [Math.floor(left / unit), word] as const;
  });
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => counted(n, word))
    .join(' ');
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const WORD = 'days?|hours?|minutes?|seconds?|ms';
export const DURATION = `${NUMBER} (?:${WORD})(?: ${NUMBER} (?:${WORD}))?`;

/** The length of what `spell` wrote, ms. */
export function readSpelled(text: string): Millis {
  const parts = [...text.matchAll(new RegExp(`(${NUMBER}) (${WORD})`, 'g'))];
  return parts.reduce((sum, [, n, word]) => {
    const unit = UNITS.find(([, name]) => word!.startsWith(name))?.[0] ?? 1;
    return sum + Math.round(Number(n) * unit);
  }, 0);
}
