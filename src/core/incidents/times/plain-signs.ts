// Normalises pasted times: spaces, digits, hyphens and their order.
import { plainClock } from './clock-words.ts';
import { MONTH_NAMES } from './month-names.ts';

const BASIC = /(?<![\d.])(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(?!\d)/;
/** Hyphens and minus signs of word processors between the parts of a date. */
const HYPHEN = '[\u2010-\u2013\u2212]';
const HYPHENATED = new RegExp(
  `(?<![\\d.])(?:(\\d{4})${HYPHEN}(\\d{1,2}|\\p{L}{3,12})${HYPHEN}(\\d{1,2})|(\\d{1,2})${HYPHEN}(\\d{1,2}|\\p{L}{3,12})${HYPHEN}(\\d{4}))(?!\\d)`,
  'gu',
);
/** The minus of an offset from UTC. */
const MINUS = /(?<=(?:\d|UTC|GMT|m\.?)\s?[([]?)\u2212(?=\d{1,2}(?::?\d{2})?[\s)\]]*$)/i;
/** `Nov 29 07:06:35 UTC 2026`, `29. Nov 07:06:35 2026 +0100`, as `date` and `git log` print them: year last. */
const YEAR_LAST = new RegExp(
  `(?<!\\p{L})((?:${MONTH_NAMES})\\.?\\s+\\d{1,2}|\\d{1,2}\\.?\\s+(?:${MONTH_NAMES})\\.?),?\\s+(\\d{1,2}:\\d{2}(?::\\d{2})?(?:\\s[AP]M)?(?:\\s(?:[A-Z]{1,5}|[+-]\\d{2}:?\\d{2}))?)\\s+(\\d{4})(?![\\d:-])`,
  'iu',
);

/** `8 : 05`, at the end. */
const SPACED =
  /(?<![\d:.])(\d{1,2})(?:\s{1,2}:\s{0,2}|:\s{1,2})([0-5]\d)(?=\s{0,2}(?:[ap]\.?\s?m\.?)?\s{0,2}(?:utc|gmt|z)?[)\]]?$)/i;

/** `23時12分`, `23時`; not `3時間`. */
const ELSEWHERE = /(\d{1,2})\s?(?:[时時點点시]\s?(\d{1,2})\s?[分분]|[时時시](?!\s?[\d間间간]))/g;

/** Morning and afternoon stand before the time. */
const HALF_DAY = /(?:(午前|上午|早上|오전)|午後|下午|晚上|오후)\s*(\d{1,2}:\d{2})/g;

/** Normalises spaces, digits and signs, as copied from chats; adds the separators to compact ISO 8601. */
export function plainSigns(line: string): string {
  const text = /^[ -~]*$/.test(line)
    ? line
    : line
        .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]/g, '')
        .replace(/\s/g, ' ')
        .replace(/[／：．－]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
        .replace(/(?<=\p{Nd}\s?)[∶꞉﹕ː︓](?=\s?\p{Nd})/gu, ':')
        .replace(/(?![0-9])\p{Nd}/gu, digit => String(digitOf(digit)))
        .replace(HYPHENATED, date => date.replace(new RegExp(HYPHEN, 'g'), '-'))
        .replace(MINUS, '-')
        .replace(/(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]/g, '$1-$2-$3 ')
        .replace(ELSEWHERE, (_, hour, minute = '00') => ` ${hour}:${minute.padStart(2, '0')}`)
        .replace(HALF_DAY, (_, am, time) => ` ${time} ${am ? 'AM' : 'PM'}`);
  const plain = text
    .replace(BASIC, (_, y, mo, d, h, mi, s) => `${y}-${mo}-${d}T${h}:${mi}${s ? `:${s}` : ''}`)
    .replace(YEAR_LAST, '$1 $3 $2')
    .replace(SPACED, '$1:$2');
  return plainClock(plain);
}

/** The value of a decimal digit of any script: they are in rows of ten. */
function digitOf(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return before % 10;
}
