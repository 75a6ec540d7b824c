// Times and durations in epoch milliseconds; days are UTC days.

/** Milliseconds: a time since the Unix epoch, or a duration. */
export type Millis = number;

export const SECOND: Millis = 1000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:T|t| +)(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(UTC|GMT|Z|z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads an ISO 8601 date, or date and time; UTC when it has no zone. Returns epoch ms, or null for anything else and
 * for dates that do not exist (31 February).
 */
export function parseInstant(text: string): Millis | null {
  const found = INSTANT.exec(text.trim());
  if (!found) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const midnight = utcDate(Number(year), Number(month), Number(day));
  const offset = parseZone(zone);
  if (midnight === null || offset === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3));
  return midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND + millis - offset;
}

/** The offset of `UTC`, `GMT`, `Z` or `±HH:MM`, ms east of UTC; null for any other word. */
export function parseZone(zone: string): Millis | null {
  if (/^(UTC|GMT|Z)$/i.test(zone)) return 0;
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!found || Number(found[2]) > 14 || Number(found[3]) > 59) return null;
  const size = Number(found[2]) * HOUR + Number(found[3]) * MINUTE;
  return found[1] === '-' ? -size : size;
}

/** Midnight UTC of a date, epoch ms; null when there is no such date. */
export function utcDate(year: number, month: number, day: number): Millis | null {
  const at = Date.UTC(year, month - 1, day);
  const back = new Date(at);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day && year >= 1970 ? at : null;
}

const UNITS: Record<string, Millis> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads `500ms`, `10s`, `5m`, `24h`, `2d` (also `1h30m`) into ms; null for anything else. */
export function parseDuration(text: string): Millis | null {
  const compact = text.replace(/\s+/g, '');
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(compact)) return null;
  let sum = 0;
  for (const [, size, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(size) * (UNITS[unit as string] as number);
  }
  return Math.round(sum);
}

/** `2026-11-23T10:06:00Z`: to the second, for files. */
export function iso(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `2026-11-23T10:06:00.000Z`: with milliseconds, for JSON. */
export function isoMillis(at: Millis): string {
  return new Date(at).toISOString();
}

/** The UTC day of a time, `2026-11-23`. */
export function utcDay(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Midnight UTC of the day of `at`, epoch ms. */
export function startOfUtcDay(at: Millis): Millis {
  return Math.floor(at / DAY) * DAY;
}

/** The clock; tests set it by hand. */
export type Clock = () => Millis;

/** Whether a time can be real: a clock without a battery starts in 1970 or 2000. */
export function isPlausible(at: Millis): boolean {
  return at >= Date.UTC(2001, 0, 1);
}

/** A period, epoch ms; `end` is exclusive. */
export interface Span {
  readonly start: Millis;
  readonly end: Millis;
}
