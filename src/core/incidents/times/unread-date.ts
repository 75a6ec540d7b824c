// Finds remains of a date in a heading's words: an unread date must not silently mean another day.
import { laterDay } from './later-day.ts';
import {
  DAY_NAMES,
  dayWordAtEnd,
  folded,
  LONG_DAY_NAMES,
  MONTH_NAMES,
  monthsNamed,
  nearMonth,
} from './month-names.ts';

export const LABEL =
  '(?:update|investigating|identified|monitoring|resolved|scheduled|in[ _-]progress|verifying|completed)';
/** What goes by a version's number, or a year's. */
const PRODUCT =
  '(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|kafka|elasticsearch|python|java|php|ruby|rails|django|react|angular|spring boot|go(?= 1\\.)|node(?:\\.?js)?|ios|android|macos|ubuntu|debian|centos|rhel|kernel|kubernetes|k8s|log4j|openssl|nginx|terraform|gitlab|jira|confluence|wordpress|drupal|chrome|safari|firefox|windows(?: server)?|sql server|exchange)';
/** What a number after it counts or names. */
const COUNTED = `(?:phases?|steps?|parts?|stages?|waves?|batch(?:es)?|rounds?|attempts?|try|nodes?|servers?|hosts?|pods?|shards?|clusters?|racks?|regions?|zones?|ports?|brokers?|workers?|replicas?|partitions?|queues?|tiers?|rings?|groups?|sites?|rows?|hall|pop|dc|az|level|sev|priority|no\\.?|nr\\.?|number|ticket|incident|issue|error|code|status|http|tls|ssl|version|release|build|revision|${PRODUCT}|schritt|teil|knoten|stufe|welle|version|étape|paso|fase|top)`;

const NO_NAME = String.raw`(?:${LABEL}|${MONTH_NAMES}|am|on|the|den|day|tag|dag|t|d|w|kw|cw|week)[-_]?\d`;

/** After it no word follows. */
const LAST = String.raw`[\s)\].,:;–—|-]*(?:$|[)\],:;–—|(]|\s-\s)`;

const RELEASE = '(?:releases?|versions?|builds?|deploy(?:ment|s)?|patch|rollout|hotfix|tag|home assistant)';
const NEXT_DAY = '(?:next|same)[ -]day';
const SENT = '(?:deliver(?:y|ies)|shipping|shipments?|payments?|payouts?|settlements?|transfers?)';
/** A number of a day or a year that is none: `12,000`, `3.5 million`, `Release 2026.11`, `next day delivery`, `Update 10`. */
const NO_DATES = new RegExp(
  [
    String.raw`(?<![\p{L}\d.,])\d{1,3}(?:([.,])\d{3}(?:\1\d{3})*)(?![\d]|[.,]\d)`,
    String.raw`(?<![\d.,])\d+[.,]\d+\s(?:million|billion|thousand|tausend|mio|mrd|times|hours?|minutes?|seconds?|stunden?|minuten|sekunden)(?!\p{L})`,
    String.raw`(?<!\p{L})${RELEASE}\s(?:19|20)\d{2}[.-]\d{1,2}(?![\d./-])`,
    String.raw`(?<=(?:upgrad|downgrad|updat|roll\p{L}* ?back|revert)\p{L}* to |rück\p{L}* auf )\d+(?:\.\d+)+`,
    String.raw`(?<!\p{L})(?:${NEXT_DAY} ${SENT}|${SENT} ${NEXT_DAY}|day[ -]\d (?:operations|ops|support|exploits?|patch(?:es)?)|(?:good|guten?) (?:morning|evening|morgen|abend))(?!\p{L})`,
    String.raw`(?<![\p{L}\d.-])[\p{L}\d-]+\.(?:com|org|net|io|dev|app)(?![\p{L}\d])`,
    String.raw`(?<=(?<!\p{L})(?:down to|up to|below|under|above|over|unter|über|only|nur) )\d{1,2}(?![\d./-])`,
    String.raw`(?<!\p{L})update 1\d(?![.:h]\d|\.)(?=${LAST})`,
  ].join('|'),
  'giu',
);

/** Names that hold numbers: `#12`, `CVE-2024-3094`, `INC-20261128`, `eu-west-1`, `db12`, `v2.3`, `24/7`, `50%`, `2/3 nodes`. */
const NAMES = new RegExp(
  [
    String.raw`#\s?\d+`,
    String.raw`\bCVE-\d{4}-\d+`,
    String.raw`(?<![\p{L}\d])(?![IVX]+-|${NO_NAME})[A-Z]{2,12}[-_]?\d+(?![\d./-])`,
    String.raw`(?<![\p{L}\d-])(?!${NO_NAME})\p{L}+(?:-\p{L}+)*-?\d{1,3}\p{L}?(?![\d./-]|\p{L})`,
    String.raw`(?<![\p{L}\d])v(?:ersion)?\.?\s?\d+(?:\.\d+)*`,
    String.raw`(?<![\d/])24\/7(?![\d/])`,
    String.raw`[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:%|percent|prozent|[kmgt]i?b\b|ms\b|x\b)`,
    String.raw`(?<![\p{L}\d])${COUNTED}\s?\d+(?:[.–-]\d+)*(?:\s?(?:,|and|und|to|&)\s?\d+)*(?![\d./-])`,
  ].join('|'),
  'giu',
);

/** `2/3 nodes`, `Step 4/7`, `Update 2/3`: of so few updates, no day. */
const FRACTION =
  /(?<![\d./-])(?:(?:(?<=\b(?:step|phase|part|stage|wave|batch|schritt|teil) )|(?<=\bupdate[\s:]*[([]?)(?=[1-9]\/[1-9](?!\d)))(\d{1,2})\/(\d{1,2})(?![\d./-])|(\d{1,2})\/(\d{1,2})(?=\s+(?!morning|evening|night|afternoon|noon|at\b|um\b)\p{L}{2}))/giu;

/** The numbers of days and months. */
const D = '(?:0?[1-9]|[12]\\d|3[01])';
const M = '(?:0?[1-9]|1[0-2])';
const BEGIN = String.raw`(?<![\p{L}\d.])`;
const AFTER = String.raw`(?:^|${LABEL}|(?<!\p{L})(?:on|the|at|am|den|vom|dem|le|el|il|of|for|as of))[\s:,;.()[\]–—-]*`;
/** No word follows. */

const pattern = (source: string) => new RegExp(source, 'iu');
/** A full date, which is a mistake even beside a date that was read. */
const WHOLE = [
  pattern(String.raw`(?<!\d)(?:19|20)\d{2}\s?[-./·_]\s?\d{1,2}(?:\s?[-./·_]\s?\d{1,2})?(?!\d)`),
  pattern(String.raw`(?<!\d)\d{1,2}\s?[-./·_, ]\s?[\p{L}\d]{1,12}\.?\s?[-./·_, ]\s?(?:19|20)\d{2}(?!\d)`),
  pattern(String.raw`(?<!\d)(?:(?:19|20)\d{2}${two(M)}${two(D)}|${two(D)}${two(M)}(?:19|20)\d{2})(?!\d)`),
  pattern(String.raw`(?<![\d./-])${D}\s?\.\s?${M}\.(?!\d)`),
];
/** A possible date, or part of one. */
const PARTS = [
  // A number of four digits before a word is a count, or a part of a name.
  pattern(String.raw`(?<![\p{L}\d.,])(?:19|20)\d{2}(?=${LAST}|\s+(?:at|um|à)(?!\p{L}))`),
  pattern(String.raw`(?<=(?<!\p{L})(?:${MONTH_NAMES})[\s.'’-]*)(?:19|20)\d{2}(?!\d)`),
  pattern(
    String.raw`${BEGIN}${D}(?:st|nd|rd|th)(?=${LAST}|\s+(?:of|at|evening|morning|night|noon)(?!\p{L}))`,
  ),
  pattern(String.raw`${BEGIN}${D}[ºª.](?=\s*$|\s*[,)\]])`),
  pattern(
    String.raw`(?<![\p{L}\d]|mise à )(?:day|tag|jour|día|giorno|dag|d(?=.?\d+${LAST})|[jt](?=\s?\+)|week|kw|cw|woche|semaine|semana|settimana|vecka|uke|uge|tydzień|týden)\s?[+#]?\s?\d{1,2}(?!\d)`,
  ),
  pattern(String.raw`(?<=${AFTER})(?:yesterday|tomorrow|gestern)(?![\p{L}'’])`),
  pattern(String.raw`(?<=${AFTER})w-?\d{1,2}(?=${LAST})`),
  pattern(String.raw`(?<![\p{L}\d])\d{1,2}(?:st|nd|rd|th)\s(?:day|night|morning|evening)(?=${LAST})`),
  pattern(String.raw`(?<![\p{L}\d])['’]\d{2}(?=${LAST})`),
  pattern(String.raw`[([][+\u2212-]\s?\d{1,2}[)\]]|(?<=${AFTER})[+]\s?\d{1,2}(?=${LAST})`),
  pattern(
    String.raw`(?<![\p{L}\d])(?:t\s?)?\+\s?\d+\s?(?:d|h|m|w|days?|hours?|min\w*|weeks?|tage?|stunden?)(?!\p{L})`,
  ),
  pattern(
    String.raw`(?<!\p{L})(?:\d+|one|two|a few|the|an?|some|several)?\s*(?:day|week|month|night|morning|evening|afternoon)s?\s(?:later|after|before|earlier)(?=${LAST})`,
  ),
  pattern(
    String.raw`(?<!\p{L})(?:(?:next|same|following|previous|last|yesterday|tomorrow) (?:business |working )?(?:day|night|morning|evening|afternoon)|(?:today|yesterday|tomorrow|tonight|heute|gestern|hier|ayer|ieri|wczoraj|вчера|сегодня)(?=${LAST})|this (?:morning|afternoon|evening))(?!\p{L})`,
  ),
  pattern(
    String.raw`(?<!black |cyber |patch |\p{L})(?:${LONG_DAY_NAMES})(?:s|abend|nacht|morgen|früh|vormittag|nachmittag|mittag)?(?!\p{L})`,
  ),
  pattern(
    String.raw`(?<!\p{L})(?:${DAY_NAMES})\.?(?=\s*\d|\s*[,)\]]\s*\d|\s*[)\]]?\s*$)(?<=(?:^|${LABEL})[\s:,([–-]*[\p{L}.]+)`,
  ),
  pattern(String.raw`(?<=${AFTER})(?<![\d./-])\d{1,2}\s?[./·_-]\s?\d{1,2}(?!\d)(?!\.\d)`),
  pattern(String.raw`(?<![\d./-])(?:${D}\s?[./·_-]\s?${M}|${M}\s?[/-]\s?${D})(?=${LAST})`),
  pattern(String.raw`(?<![\d.,])${D}[\s./·_-]{1,3}${M}[\s./·_-]{1,3}\d{2}(?![\d.])`),
  pattern(String.raw`(?<=${AFTER})(?<!\d)\d{1,2}\s+\d{1,2}(?=${LAST})`),
  pattern(String.raw`(?<=${AFTER})(?<![\d.])(?:[12]\d|3[01]|0\d)(?=${LAST})`),
  pattern(String.raw`(?<=\p{L}\s+)(?<![\d.])(?:[12]\d|3[01]|0\d)(?=[\s)\]]*$)`),
  pattern(String.raw`(?<!\d)(?:\d{6}|\d{8})(?=${LAST})`),
];
/** A month's name, without accents. */
const MONTH = pattern(String.raw`(?<!\p{L})(?:${LABEL}|on|in|for)[\s:,(–-]*(?:${MONTH_NAMES})\.?(?=${LAST})`);

function two(number: string): string {
  return number.replace('0?', '0');
}

/** A time of day in words instead of numbers. */
export const TIME_WORDS =
  /(?<!\p{L})(?:noon|midnight|midday|mittags?|mitternachts?|midi|minuit|mediodía|medianoche|tonight|this (?:morning|afternoon|evening)|last night|heute (?:früh|morgen|abend|nacht)|now|jetzt|soeben|gerade eben|gleich|halb \p{L}+|(?:half|quarter|viertel) (?:past|to|vor|nach) (?:\p{L}+|\d+)|vor (?:\p{L}+|\d+) (?:sekunden?|minuten?|stunden?)|(?:sec(?:onds?)?|min(?:utes?)?|hours?|hrs?|\d\s?h|days?) (?:ago|later)|(?:T\s?(?:\+|plus)|\+)\s?\d+(?::\d\d|\s?(?:min\p{L}*|hours?|[mh])\s?\d{0,2})*)(?:[\s([]*(?:UTC|GMT|Z))?[\s.)\]]*$/iu;

/** Words with a `§` for each name, part (`2/3 nodes`), count and version that holds a number or a day and is no date. */
export function withoutNames(words: string): string {
  return words
    .replace(FRACTION, (all, a, b, c, d) => (Number(a ?? c) <= Number(b ?? d) ? '§' : all))
    .replace(NO_DATES, '§')
    .replace(NAMES, name =>
      WHOLE.some(form => form.test(name)) && !/^[A-Z]{2,8}[-_]?\d[\d-]*$/.test(name) ? name : '§',
    );
}

/**
 * The part of a heading's words that may be an unread date, and the month it may mean; null when there is none.
 * @param dated a date was read beside it, so only another full date counts.
 */
export function dateLeft(
  words: string,
  dated: boolean,
): { readonly text: string; readonly month?: string | undefined } | null {
  const plain = withoutNames(words);
  for (const form of dated ? WHOLE : [...WHOLE, ...PARTS, MONTH]) {
    const found = form.exec(form === MONTH ? folded(plain) : plain);
    if (!found) continue;
    const month = [...words.matchAll(/\p{L}{4,}/gu)].map(([word]) => nearMonth(word)).find(Boolean);
    return { text: plain.slice(found.index, found.index + found[0].length).trim(), month };
  }
  if (dated) return null;
  const elsewhere = dayElsewhere(words);
  return elsewhere === null ? monthLeft(plain) : { text: elsewhere };
}

const LABEL_FIRST = new RegExp(String.raw`^${LABEL}(?!\p{L})`, 'iu');
/** A letter of a non-Latin script. */
const OTHER_SCRIPT = /(?!\p{Script=Latin})\p{L}/u;
/** Words for a day in such scripts, or most likely ones. */
const DATE_ELSEWHERE =
  /\d{1,4}\s?[年月日號号년월일]|[一二三四五六七八九十]\s?[月日號号]|[月火水木金土日]曜|(?:周|週|星期|礼拜|禮拜)[一二三四五六日天]|[昨今明本先翌前][日天晚夜朝]|(?<![\d.])\d{1,2}\.?\s+(?!\p{Script=Latin})\p{L}[\p{L}\p{M}]*\.?(?:\s+\d{4})?[\s)\]]*$|(?!\p{Script=Latin})\p{L}\p{M}*\s+\d{4}[\s)\]]*$/u;

/**
 * Words for a day in other languages. Non-Latin words between a label and a time may be a date if they contain a number
 * or nothing Latin; otherwise a weekday or a similar word at the end.
 */
function dayElsewhere(words: string): string | null {
  const label = LABEL_FIRST.exec(words)?.[0] ?? '';
  const rest = words.slice(label.length).replace(/^[\s:,;.([|·–—-]+/u, '');
  if (rest === '') return null;
  if (OTHER_SCRIPT.test(rest)) {
    const bare = rest.replace(FRACTION, '§').replace(NAMES, name => (OTHER_SCRIPT.test(name) ? name : '§'));
    if (label !== '' && (/\d/.test(bare) || !/\p{Script=Latin}/u.test(rest)))
      return rest.replace(/[\s)\]]+$/, '');
    const [date] = DATE_ELSEWHERE.exec(bare) ?? [];
    if (date !== undefined) return date;
  }
  const later = laterDay(rest);
  if (later !== null) return later;
  const last = dayWordAtEnd(rest);
  if (last && (!last.isShort || last.index === 0)) return last.text;
  const first = dayWordAtEnd(/^[^\s,([:–—]+/u.exec(rest)?.[0] ?? '');
  return label !== '' && first && !first.isShort ? first.text : null;
}

const USUAL_MONTH = new RegExp(`^(?:${MONTH_NAMES})$`, 'iu');

/** A month's name, perhaps mistyped, beside a number; or a long one, mistyped, alone. */
export function monthLeft(
  words: string,
): { readonly text: string; readonly month?: string | undefined } | null {
  for (const found of words.matchAll(/\p{L}[\p{L}\p{M}]+/gu)) {
    const [word] = found;
    const before = words.slice(0, found.index);
    const after = words.slice(found.index + word.length);
    const day = /(?<![\d.])\d{1,2}(?:st|nd|rd|th|\.)?(?:\s+(?:of|de))?[\s/.-]*$/i.exec(before)?.[0] ?? '';
    const later = /^\.?[\s/-]*\d{1,2}(?:st|nd|rd|th|\.)?(?!\d)/i.exec(after)?.[0] ?? '';
    const text = `${day}${word}${later}`.trim();
    const near = nearMonth(word);
    // `3 nodes out 5`: short month names of other languages are common English words.
    const isMonth = (word.length > 3 || USUAL_MONTH.test(word)) && monthsNamed(word).length > 0;
    if (day + later !== '' && isMonth) return { text };
    if (near !== undefined && (day + later !== '' || word.length >= 7)) return { text, month: near };
  }
  return null;
}
