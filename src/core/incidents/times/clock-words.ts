// Words around times of day in European languages: `à 23 heures 12`, `klo 23.12`, `om 23 uur`.
import { LABEL, withoutNames } from './unread-date.ts';
import { ZONE_NAMES } from './zone-words.ts';

/** After these a number is a time, whatever it looks like: `kl. 23`. */
const CLOCK =
  'kl(?:\\.|okken|ockan)?|klo|kello|kell|(?:(?:alle|delle)\\s+)?ore|a\\s+l(?:[ae]s|a)|las|às|(?:o\\s+)?godz(?:\\.|inie)?|saat|pukul|lúc';
/** After these `23.12` is a time. */
const CALLED = `${CLOCK}|alle|delle|ora|um|om|в|о`;
/** After these a number may be another one. */
const AT = 'at|@|à';
/** Words between a date and a time. */
export const LEAD_WORDS = `${CALLED}|${AT}|o|v|approx\\.?|ca\\.?|circa|about|around`;

const CALLED_AT_END = new RegExp(`(?:^|[\\s,])(?:${CALLED})\\s*$`, 'iu');
const LED_AT_END = new RegExp(`(?:^|[\\s,])(?:${LEAD_WORDS})\\s*$`, 'iu');
const AT_AT_END = new RegExp(`^${LABEL}[\\s:,–—-]+(?:${AT})\\s*$`, 'iu');

/** Whether the words before `23.12` say that it is a time, not a day. */
export function callsTime(words: string): boolean {
  return CALLED_AT_END.test(words) || AT_AT_END.test(words);
}

/** Words for an hour. */
export const HOUR_WORDS =
  'uhr|uur|u|heures?|horas?|hod(?:in[auy]?)?|kor|órakor|óra|ore|sati|giờ|часа?|часов|ч|год|h(?:rs?|ours?)?';
const MINUTE_WORDS = 'm(?:in(?:ut\\p{L}*)?)?|perc|мин\\p{L}*|м|хв|phút';
const ZONE_AT_END = `(?=\\s?[([]?\\s?(?:UTC|GMT|Z|${ZONE_NAMES})?\\s?(?:[+-]\\d{1,2}(?::?\\d{2})?)?[\\s)\\]]*$)`;
const WORDED = new RegExp(
  `(?<![\\p{L}\\d:.,/+-])(\\d{1,2})(?:([:.])(\\d{2})([:.]\\d{2})?)?[\\s-]?(${HOUR_WORDS})(?!\\p{L})\\.?(?:\\s?(\\d{1,2})(?!\\d)(?:\\s?(${MINUTE_WORDS})(?!\\p{L})\\.?)?)?${ZONE_AT_END}`,
  'iu',
);
/** After these `2 h 30` is a length. */
const LENGTH_OF =
  /(?:^|[\s(])(?:for|of|in|after|within|over|last|lasted|every|nach|für|binnen|innerhalb|pendant|durant|après|dans|durante|tras|dopo|per|gedurende|efter|przez|через|после)\s$/iu;

/** Writes the time in words at the end of a line in digits: `23 h 12 UTC` → `23:12 UTC`; not a length (`for 2 h 30`). */
export function plainClock(line: string): string {
  return line.replace(WORDED, (whole, hour, sign, minute, second, word, behind, unit, at: number) => {
    const before = line.slice(0, at);
    const minutes = minute ?? behind;
    if (LENGTH_OF.test(before) || (minute && behind)) return whole;
    if (behind?.length === 1 && !unit) return whole;
    const isSure =
      /^(?:uhr|órakor)$/iu.test(word) ||
      LED_AT_END.test(before) ||
      /\d{4}[\s,]*$/.test(before) ||
      /\S/.test(line.slice(at + whole.length).replace(/[)\]]/g, ''));
    const mayBeLength =
      minutes === undefined || unit === 'm' || (hour.length === 1 && (sign === '.' || unit));
    if (mayBeLength && !isSure) return whole;
    return `${hour}:${(minutes ?? '00').padStart(2, '0')}${(second ?? '').replace('.', ':')}`;
  });
}

/** Signs between hour and minute that are none of a time. */
const SIGN = String.raw`(?:\s?[^\p{L}\p{N}\s/()[\]#%+&<>*.~-]{1,2}\s?|\.\.|&#?\w+;)`;
/** Nothing but what looks like a time: `23,12`, `2312`, `T23:12`, `at 8`, `23 h 5`. */
const LIKE_TIME = [
  String.raw`T?\d{1,2}${SIGN}\d{2}(?:${SIGN}\d{2})?`,
  String.raw`T?(?:[01]\d|2[0-3])\s?[0-5]\d(?:\s?h(?:rs?|ours?)?)?`,
  String.raw`(?:[01]?\d|2[0-3])(?:[:.]\d\d)?\s?(?:${HOUR_WORDS})\.?(?:\s?\d{1,2}(?:\s?(?:${MINUTE_WORDS})\.?)?)?`,
  String.raw`(?:${LEAD_WORDS})\s+(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)`,
  String.raw`<t:\d+(?::\p{L})?>`,
].join('|');
const LIKE_TIMES = [
  `^(?:${LABEL}[\\s:,;–—-]+)?(?:(?:${LEAD_WORDS})\\s+)?(?:${LIKE_TIME})(?:\\s*(?:UTC|GMT|Z))?$`,
  // A label and a zone, and no time that can be read.
  `^${LABEL}(?!\\p{L}).*(?<!\\p{L})(?:UTC|GMT)$`,
  `(?<!\\p{L})(?:${CLOCK})\\s+\\d{1,2}(?:\\d\\d)?(?:\\s*(?:UTC|GMT))?$`,
].map(form => new RegExp(form, 'iu'));

/** Whether a heading is nothing but what looks like a time of day, perhaps behind a label; or ends in a clock without one. */
export function isLikeTime(heading: string): boolean {
  return LIKE_TIMES.some(form => form.test(heading));
}

/** A time, or a part of one, by its signs or what it is called. */
const CALLED_TIME = String.raw`\d{1,2}[:h]\d|\d\s*[ap]\.?\s?m\b|\d\s*uhr\b|\b\d{3,4}\s*(?:utc|gmt|z|h)\b|\b[012]\d[0-5]\d\s?h(?:ou)?rs?\b|\d\s*o['’]?clock|\d\.\d{2}\s?(?:${HOUR_WORDS}|utc|gmt)(?!\p{L})`;
/** The same in a line that ends with none. */
export const TIME_SIGNS = new RegExp(
  String.raw`${CALLED_TIME}|\d\s?h\s?\d\d(?![\d:])|\b\d{1,2}\.\d{2}(?![.\d])`,
  'iu',
);
/** The same beside a time that was read: `Node 20.10 rolled back` has a version, `down at 15.30` a time. */
const SECOND_TIME = new RegExp(
  String.raw`${CALLED_TIME}|\d\d\s?h\s?\d\d(?![\d:]|\s?m)|(?<!\p{L})(?:at|um|from|von|since|seit|ab|gegen)\s\d{1,2}\.[0-5]\d(?![.\d])|(?<![\d.])\d{1,2}\.[0-5]\d(?:\s*(?:-|–|to|until|till|bis|and|und))?$`,
  'iu',
);

/** Whether words before a time hold what looks like another one. */
export function containsTime(words: string): boolean {
  return SECOND_TIME.test(withoutNames(words));
}

/** An hour up to 12 before one of these words is ambiguous. */
export const PART_OF_DAY =
  /(?<!\p{L})(?:evening|afternoon|night|morning|abends?|nachts?|morgens|vormittags?|nachmittags?|soir|matin|après-midi|tarde|noche|sera|sere|mattina|notte|avond|kväll|kveld|вечером|утром|ночью)[\s)\],]*$/iu;

/** A time, or at the end what is likely one. */
const MAYBE_TIME = /\d:\d{2}|\d{2}\s?h\s?\d{2}|(?<!\d)(?:[01]\d|2[0-3])(?:\s?h|[,;'’_·][0-5]\d)$/iu;

/** Whether a heading in prose most likely has a time that cannot be read. */
export function mayHoldTime(heading: string): boolean {
  const found = MAYBE_TIME.exec(heading);
  return found !== null && !LENGTH_OF.test(heading.slice(0, found.index));
}
