// Headings as people decorate them: signs around the label (`✅ [Resolved]`), and words behind the time.
import { HOUR_WORDS } from '../times/clock-words.ts';
import { DAY_NAMES, MONTH_NAMES } from '../times/month-names.ts';
import { LABEL } from '../times/unread-date.ts';

/** Signs that say nothing of their own. `❌ Resolved`, `~~Resolved~~` and `Resolved?` are not resolved. */
const SIGN = String.raw`(?:(?![❌❎✖🚫⛔❓❔])\p{Extended_Pictographic}|[\u200d\ufe0f*_✓→•\s])`;
const DECORATED = new RegExp(
  String.raw`^${SIGN}*(?:[[(]${SIGN}*(${LABEL})${SIGN}*[\])]|(${LABEL})(?!_?[\p{L}\d]))(?:${SIGN}|[.…!])*(?=[\s:,;|·–—([-]*(?:\p{Nd}|$|(?:at|um|on|am)\s|(?:${DAY_NAMES}|${MONTH_NAMES})(?!\p{L})))`,
  'iu',
);

/** `✅ [Resolved]! 14:05` and `[Resolved 14:05]` → `Resolved 14:05`; others as they are. */
export function plainLabel(heading: string): string {
  const text = heading.replace(/^[[(]([^()[\]]*)[\])]$/, '$1');
  const [whole, inBrackets, bare] = DECORATED.exec(text) ?? [];
  const label = inBrackets ?? bare;
  if (whole === undefined || whole.trim() === label) return text;
  return `${label} ${text.slice(whole.length)}`.trim();
}

const SIGNS_AT_END = new RegExp(`(?:${SIGN}|[!.…:,;|·–—-])+$`, 'u');
const DIVIDER =
  /(?:\s*(?:[:;,|·•–—→~]|--?>?|=>)(?=\s)|\s[-–—](?=\p{L})|(?=\s(?:[([]|#\d|\p{Extended_Pictographic})))\s*/gu;

/** No other end of a heading is looked at. */
const TIMED = new RegExp(String.raw`\d(?:[:.]\d\d|\s?(?:[ap]\.?\s?m|(?:${HOUR_WORDS})(?!\p{L})))`, 'iu');

/** Where a heading may end with its time, the last first, and what stands behind it: `Update 14:05 UTC` and ` - fix deployed`. */
export function wordsBehind(text: string): { readonly head: string; readonly rest: string }[] {
  const all = text.replace(SIGNS_AT_END, '');
  const found = [...all.matchAll(DIVIDER)].slice(0, 8).reverse();
  const parts = found.map(({ index }) => ({ head: all.slice(0, index), rest: all.slice(index) }));
  const ends = all === text ? parts : [{ head: all, rest: '' }, ...parts];
  return ends.filter(({ head }) => TIMED.test(head.slice(-30)));
}

/** `14:05 (Berlin)`, `14:05 - CET`: what may be the place of another clock, or its name. */
const PLACE =
  /^(?:[\s:;|·–—-]+[A-Z]{2,5}|(?:,|\s*[([])\s*(?:[A-Z]{2,5}|\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?)[\s)\]]*)$/u;

/** Whether what stands behind a time may be a part of it: a place, `(+1)`, `, later`. */
export function mayBeOfTime(rest: string, isZoned: boolean): boolean {
  if (!/\p{L}|#\d|[([]\d\/\d[)\]]|\p{Extended_Pictographic}/u.test(rest)) return true;
  if (
    /(?<!\p{L})(?:later|earlier|ago|before|after|sp[äa]ter|früher|vorher|nachher|zuvor|danach)[\s)\]]*$/iu.test(
      rest,
    )
  )
    return true;
  return !isZoned && PLACE.test(rest);
}
