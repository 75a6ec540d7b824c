// Parses times as people write them: the common unambiguous forms. A date that may be two days is not accepted.
import { DAY, HOUR, iso, MINUTE, type Millis, parseZone, SECOND, utcDate } from '../../model/time.ts';
import { callsTime, LEAD_WORDS, TIME_SIGNS } from './clock-words.ts';
import {
  DAY_NAMES,
  dayName,
  dayWordAtEnd,
  LONG_DAY_NAMES,
  MONTH_NAMES,
  monthName,
  monthsNamed,
  weekdayNamed,
} from './month-names.ts';
import { plainSigns } from './plain-signs.ts';
import { TIME_WORDS, withoutNames } from './unread-date.ts';
import { momentAt } from './zone.ts';
import { ZONE_FIX, ZONE_NAMES } from './zone-words.ts';

/** A time at the end of a line. */
export interface WrittenTime {
  readonly words: string;
  /** Midnight UTC of its date; null when it has none. */
  readonly date: Millis | null;
  /** Time since that midnight, UTC (may be negative or more than a day); null for a date alone. */
  readonly time: Millis | null;
  /** A minute or a second. */
  readonly precision: Millis;
  /** Whether it names its zone. */
  readonly zoned: boolean;
}

export type WrongTime = { readonly what: string; readonly fix: string };

/**
 * Parses the time at the end of a line, UTC without a zone; null when there is none.
 * @param strict the line has only words and a time, so the remains of a date are a mistake, not words.
 */
export function readTimeAtEnd(line: string, strict: boolean): WrittenTime | WrongTime | null {
  const text = plainSigns(line);
  const last = TIME.exec(text);
  if (last) {
    const before = text.slice(0, last.index).replace(/(?<=\d)T$/i, ' ');
    const date = readDateAtEnd(before, strict);
    if (date && 'what' in date) return date;
    // 23.12 may also be a day, unless a date is before it, or it is called a time, or has AM/PM or a zone.
    if (last[2] === '.' && !date && !last[5] && !last[6] && !callsTime(before))
      return strict ? wrong(text, 'may be a time or a day') : null;
    return withTime(text, last, date, date?.words ?? before);
  }
  const zoned = /\s*\(?(UTC|GMT)\)?\s*$/i.exec(text);
  const date = readDateAtEnd(zoned ? text.slice(0, zoned.index) : text, strict);
  if (!date) return strict ? leftOver(text) : zoneless(text);
  if ('what' in date) return strict || /\d[:h]\d{2}/.test(text) ? date : null;
  const first = TIME.exec(date.words);
  if (first) return withTime(text, first, date, date.words.slice(0, first.index));
  if (strict && TIME_SIGNS.test(date.words))
    return leftOver(date.words) ?? wrong(date.words, 'is not a time');
  return {
    words: trimmed(date.words),
    date: date.date,
    time: null,
    precision: MINUTE,
    zoned: zoned !== null,
  };
}

/** A date and time, or a date alone (its midnight), epoch ms; without a zone in `zone`. Otherwise what is wrong. */
export function readDateTime(text: string, zone = 'UTC'): Millis | WrongTime {
  const read = readTimeAtEnd(text, true);
  if (read && 'what' in read) return read;
  if (!read || read.date === null || read.words !== '') return wrong(text, 'is not a date and time');
  const written = read.date + (read.time ?? 0);
  return read.zoned ? written : momentAt(zone, written);
}

/** The recommended form of a time. */
export const SAY = 'write it like 2025-11-06 15:30 UTC';

export const ONE_TIME = `one heading has one time: ${SAY}`;

/** A mistake that quotes its text. */
export function wrong(text: string, what: string, fix = SAY): WrongTime {
  return { what: `"${text.trim()}" ${what}`, fix };
}

const CLOCK = String.raw`(\d{1,2})(?:([:.])(\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?|(?=\s*[ap]\.?\s?m\b))`;
const SUFFIX = String.raw`(?:\s*([ap])\.?\s?m\b\.?)?`;
const ZONE = String.raw`(?:\s*[([]?\s*(?:(UTC|GMT|Z)\b)?\s?([+-]\d{1,2}(?::?\d{2})?)?\s*[)\]]?)?`;
/** Groups: hour, separator, minute, second, a/p, zone, offset. */
const TIME = new RegExp(String.raw`(?<![\p{L}\d:./,+](?<!\dT)|T \+ )${CLOCK}${SUFFIX}${ZONE}[\s)\]]*$`, 'iu');

function withTime(
  text: string,
  found: RegExpExecArray,
  date: { readonly date: Millis } | null,
  words: string,
): WrittenTime | WrongTime {
  const [, hours = '', , minutes, seconds, half, zone, offset = ''] = found;
  const east = parseZone(offset === '' ? (zone ?? 'UTC') : wholeOffset(offset));
  const minute = Number(minutes ?? 0);
  const second = Number(seconds ?? 0);
  const hour = half ? (Number(hours) % 12) + (/p/i.test(half) ? 12 : 0) : Number(hours);
  const isHour = half ? Number(hours) >= 1 && Number(hours) <= 12 : hour <= 23;
  if (east === null || !isHour || minute > 59 || second > 59)
    return wrong(text.slice(found.index), 'is not a time of day');
  // `11 12 pm`: the number before it may be its hour.
  if (minutes === undefined && hours.length === 2 && /(?<!\d)(?:0?[1-9]|1[0-2])\s$/.test(words))
    return wrong(text, 'contains a time that cannot be read');
  if (/z/i.test(zone ?? '') && offset !== '') return wrong(text.slice(found.index), 'has two zones');
  // After a time without a date, `+1` may be the next day or a zone.
  if (/^[+-]\d$/.test(offset) && !/utc|gmt/i.test(zone ?? '') && (!date || /[([]/.test(found[0]))) {
    const fix = 'write the zone like +01:00, or the date before the time: 2025-11-06 15:30 UTC';
    return wrong(text.slice(found.index), 'may be a zone or a day', fix);
  }
  return {
    words: trimmed(words),
    date: date?.date ?? null,
    time: hour * HOUR + minute * MINUTE + second * SECOND - east,
    precision: seconds === undefined ? MINUTE : SECOND,
    zoned: zone !== undefined || offset !== '',
  };
}

/** `+1`, `+01`, `+0100` → `+01:00`. */
function wholeOffset(offset: string): string {
  const [, sign, hours = '', minutes = '00'] = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(offset) ?? [];
  return `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/** A word that may be a month in any language. */
const WORD = String.raw`(\p{L}[\p{L}\p{M}]{0,14})(?![\p{L}\p{M}])\.?`;
const MONTH = `(?:${MONTH_NAMES})(?!\\p{L})\\.?`;
const DAY_NAME = new RegExp(`(?<![\\p{L}\\d])(${DAY_NAMES})\\.?[\\s,]*$`, 'iu');

const ORDINAL = `(?:st|nd|rd|th|er|[ºª.])?`;
const YEAR = String.raw`(\d{4}|['’]?\d{2})(?!\d)`;
/** The forms of a date, and their groups for year, month and day. */
const DATES: readonly (readonly [RegExp, y: number, m: number, d: number])[] = [
  [/(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/u, 1, 3, 4],
  [/(?<![\d.]|\p{L}[-_]?)(\d{4})()(\d{2})(\d{2})$/u, 1, 3, 4],
  [new RegExp(`(?<!\\d)(\\d{4})\\.?[\\s/-]+${WORD}[\\s/-]*(\\d{1,2})\\.?$`, 'iu'), 1, 2, 3],
  [
    new RegExp(
      `(?<!\\d)(\\d{1,2})${ORDINAL}(?:\\s+(?:(?:of|de)(?!\\p{L})|d['’]))?[\\s/-]*${WORD}(?:\\s+(?:of|del?))?[\\s,/-]*${YEAR}$`,
      'iu',
    ),
    3,
    2,
    1,
  ],
  [new RegExp(`(?<!\\p{L})${WORD}[\\s-]*(\\d{1,2})${ORDINAL}[\\s,-]+${YEAR}$`, 'iu'), 3, 1, 2],
];
/** Day and month in either order, year last. */
const NUMBERS = /(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})$/u;
/** Incomplete dates. */
const YEARLESS = [
  new RegExp(`(?<!\\d)\\d{1,2}${ORDINAL}\\s*${MONTH}$`, 'iu'),
  new RegExp(`(?<!\\p{L})${MONTH}\\s*\\d{1,2}${ORDINAL}$`, 'iu'),
  /(?<![\d.])\d{1,2}\.\s?\d{1,2}\.$/u,
];
/** `28.11`, `11/28`; but not `v2.3`, `TLS 1.3` or `1.29`. */
const SHORT = /(?<![\p{L}\d./-])(?!\d{1,2}\.(?:1[3-9]|[2-9]\d)$)\d{1,2}[./-]\d{1,2}$/iu;
const PARTIAL = /\d{4,}-\d{1,3}$|\d{4}-?W\d{1,2}(?:-?\d)?$|\d{4,}\D\d{1,2}\D\d{1,2}$|\d{6}\d*$/iu;
const RELATIVE = new RegExp(
  `(?<!\\p{L}|(?<!\\p{L})guten\\s)(?:today|yesterday|tomorrow|heute|gestern|morgen|${LONG_DAY_NAMES})\\.?[\\s,]*$`,
  'iu',
);

function readDateAtEnd(
  text: string,
  strict: boolean,
): { readonly words: string; readonly date: Millis } | WrongTime | null {
  const before = text
    .replace(/[\s,;:|·@~()[\]–—-]+$/u, '')
    .replace(LEAD, '')
    .replace(/[\s,;:|()[\]]+$/, '');
  for (const [form, y, m, d] of DATES) {
    const found = form.exec(before);
    if (!found) continue;
    const year = found[y]!;
    const name = found[m]!;
    const months = /\d/.test(name) ? [Number(name)] : monthsNamed(name);
    const [month] = months;
    if (month === undefined) continue;
    if (months.length > 1) return wrong(found[0], `may be ${months.map(monthName).join(' or ')}`);
    if (year.length !== 4) return wrong(found[0], 'has a year of two digits');
    return dated(found[0], before.slice(0, found.index), Number(year), month, Number(found[d]));
  }
  const numbers = NUMBERS.exec(before);
  // `v1.2.10` is a version.
  const isDate = numbers && (numbers[4]!.length === 4 || NUMBERS.test(withoutNames(before)));
  if (isDate) return fromNumbers(numbers, before.slice(0, numbers.index), strict);
  const yearless = YEARLESS.map(form => form.exec(before)).find(found => found !== null);
  if (yearless) return wrong(yearless[0], 'is a date without a year');
  const partial = strict ? PARTIAL.exec(before) : null;
  if (partial) return wrong(partial[0], 'is not a date');
  const short = strict ? SHORT.exec(withoutNames(before)) : null;
  if (short) return wrong(short[0], 'is a date without a year');
  const relative = RELATIVE.exec(before) ?? (strict ? DAY_NAME.exec(before) : null);
  if (relative)
    return wrong(relative[0], 'is not a date', `write the date: ${SAY.slice('write it like '.length)}`);
  return null;
}

function fromNumbers(
  found: RegExpExecArray,
  words: string,
  strict: boolean,
): ReturnType<typeof readDateAtEnd> {
  const [whole, first, sign, second, year = ''] = found;
  const [a, b] = [Number(first), Number(second)];
  if (year.length !== 4) {
    // A version (1.2.33) may be part of the words.
    return strict || (a <= 31 && b <= 12 && a * b > 0 && sign === '.') || sign === '/'
      ? wrong(whole, 'has a year of two digits')
      : null;
  }
  if (sign === '.' || (a > 12 && b <= 12)) return dated(whole, words, Number(year), b, a);
  if (a === b || (b > 12 && a <= 12)) return dated(whole, words, Number(year), a, b);
  if (a > 12 || a * b === 0) return wrong(whole, 'is not a date that exists');
  const both = [utcDate(Number(year), b, a), utcDate(Number(year), a, b)].map(at =>
    iso(at ?? 0).slice(0, 10),
  );
  return wrong(whole, `may be ${both.join(' or ')}`, 'write the date like 2025-11-06');
}

const LEAD_TO_DAY =
  /(?:^|[\s,(]+)(?:on|am|den|dated|vom|le|du|el|de|del|il|em|op|på|(?:z\s+)?dnia|w|we|ve|v|в|во|у)[\s,]*$/iu;

/** A date; a weekday before it must match. */
function dated(text: string, before: string, year: number, month: number, day: number) {
  const date = utcDate(year, month, day);
  if (date === null) return wrong(text, 'is not a date that exists');
  const lead = (words: string) => words.replace(LEAD_TO_DAY, '');
  const led = lead(before);
  const usual = DAY_NAME.exec(led);
  const other = usual || !/\p{L}/u.test(led) ? null : dayWordAtEnd(led);
  const name = usual ?? (other && other.days.length > 0 ? { 0: other.text, index: other.index } : null);
  const days = usual ? [weekdayNamed(usual[1]!)] : (other?.days ?? []);
  if (name && !days.includes(new Date(date).getUTCDay())) {
    const is = dayName(new Date(date).getUTCDay());
    return wrong(
      `${name[0].trim()} ${text}`,
      `names another day: that date is a ${is}`,
      'correct one of them',
    );
  }
  const words = lead(name ? led.slice(0, name.index) : led);
  return { words: words.replace(/[\s,([–—|·-]+$/u, ''), date };
}

const NAMED_ZONE = new RegExp(
  String.raw`(?<![\d:.])(?:\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*(?:[ap]\.?\s?m\.?|uhr))?|\d{1,2}\s*(?:[ap]\.?\s?m\.?|uhr))\s*[([]?\s*(?:${ZONE_NAMES}|(?:local|Orts?zeit|UK|US)(?: time)?)(?![\p{L}\d])\s*[)\]]?\s*$`,
  'iu',
);
/** A time that needs no other zone: `15:30 UTC (16:30 CET)`. */
const ZONED_TIME = /\d\s*(?:[ap]\.?m\.?\s*)?(?:(?:UTC|GMT|Z)(?![\p{L}\d])|(?<=:\d\d\s*)[+-]\d{2}:?\d{2})/iu;
function zoneless(text: string): WrongTime | null {
  const found = NAMED_ZONE.exec(text);
  if (found && ZONED_TIME.test(text.slice(0, found.index)))
    return wrong(text, 'contains a second time', ONE_TIME);
  return found ? wrong(text.slice(found.index), 'names a time zone that is not supported', ZONE_FIX) : null;
}

function leftOver(text: string): WrongTime | null {
  const isTime = TIME_SIGNS.test(withoutNames(text)) || TIME_WORDS.test(text);
  return zoneless(text) ?? (isTime ? wrong(text, 'contains a time that cannot be read') : null);
}

const LEAD = new RegExp(`(?:^|[\\s,]+)(?:${LEAD_WORDS})$`, 'iu');

/** Words without those that lead to a time. */
function trimmed(words: string): string {
  return words
    .replace(/[\s([,:;|·@~–—-]+$/u, '')
    .replace(LEAD, '')
    .replace(/[\s([,:;|·@~–—-]+$/u, '')
    .trim();
}

/** The time on its date (epoch ms), or the time of day alone (ms). */
export function momentOf({ date, time }: WrittenTime): Millis {
  const local = time ?? 0;
  return date === null ? ((local % DAY) + DAY) % DAY : date + local;
}
