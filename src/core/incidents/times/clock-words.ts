// Words around times of day in European languages: `à 23 heures 12`, `klo 23.12`, `om 23 uur`.
import { LABEL } from './unread-date.ts';

/** After these a number is a time, even `23.12`. */
const CALLED =
  'kl(?:\\.|okken|ockan)?|klo|kello|kell|(?:alle\\s+)?ore|alle|(?:a\\s+)?l[ae]s|às|(?:o\\s+)?godz(?:\\.|inie)?|saat|pukul|lúc|ora|um|om|в|о';
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
const ZONE_AT_END = '(?=\\s?[([]?\\s?(?:UTC|GMT|Z)?\\s?(?:[+-]\\d{1,2}(?::?\\d{2})?)?[\\s)\\]]*$)';
const WORDED = new RegExp(
  `(?<![\\p{L}\\d:.,/+-])(\\d{1,2})(?:([:.])(\\d{2})([:.]\\d{2})?)?[\\s-]?(${HOUR_WORDS})(?!\\p{L})\\.?(?:\\s?(\\d{1,2})(?!\\d)(?:\\s?(${MINUTE_WORDS})(?!\\p{L})\\.?)?)?${ZONE_AT_END}`,
  'iu',
);
/** After these `2 h 30` is a length. */
const LENGTH_OF =
  /(?:^|[\s(])(?:for|in|after|within|over|lasted|every|nach|für|binnen|innerhalb|pendant|durant|après|dans|durante|tras|dopo|per|gedurende|efter|przez|через|после|(?:of|de|di|von)(?=\s\d\D))\s$/iu;

/** Writes the time in words at the end of a line in digits: `23 h 12 UTC` → `23:12 UTC`; not a length (`for 2 h 30`). */
export function plainClock(line: string): string {
  return line.replace(WORDED, (whole, hour, sign, minute, second, word, behind, unit, at: number) => {
    const before = line.slice(0, at);
    const minutes = minute ?? behind;
    if (LENGTH_OF.test(`${before}${hour}`.slice(0, -hour.length)) || (minute && behind)) return whole;
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
const ONLY_TIME = new RegExp(
  `^(?:${LABEL}[\\s:,;–—-]+)?(?:(?:${LEAD_WORDS})\\s+)?(?:${LIKE_TIME})(?:\\s*(?:UTC|GMT|Z))?$|^${LABEL}(?!\\p{L}).*(?<!\\p{L})(?:UTC|GMT)$`,
  'iu',
);

/** Whether a heading is nothing but what looks like a time of day, perhaps behind a label. */
export function isLikeTime(heading: string): boolean {
  return ONLY_TIME.test(heading);
}

/** An hour up to 12 before one of these words is ambiguous. */
export const PART_OF_DAY =
  /(?<!\p{L})(?:evening|afternoon|night|morning|abends?|nachts?|morgens|vormittags?|nachmittags?|soir|matin|après-midi|tarde|noche|sera|sere|mattina|notte|avond|kväll|kveld|вечером|утром|ночью)[\s)\],]*$/iu;
