// Headings and lines that are no updates: which of them were most likely meant as one.
import { PART_OF_DAY } from '../times/clock-words.ts';
import { DAY_NAMES, LONG_DAY_NAMES, MONTH_NAMES } from '../times/month-names.ts';
import { dateLeft, LABEL, monthLeft, TIME_WORDS } from '../times/unread-date.ts';
import { readTimeAtEnd, type WrongTime, wrong } from '../times/written-time.ts';
import { plainLabel } from './plain-heading.ts';

/** Before these a heading may have words that say which report it is. */
const WHICH = String.raw`(?:(?:the|our|full|detailed|incident|event|outage|preliminary|final|public|internal|executive|technical|post-?\s?incident|after[ -]action)\s+)*`;
/** Any words may follow. */
const ALWAYS = String.raw`time-?\s?line|chronology|post-?\s?mortem|retrospective|root[ -]causes?|rca|pir|debrief(?:ing)?|sequence of events|what (?:happened|went (?:wrong|well)|we (?:learn|did|do|are doing|will)\p{L}*)|(?:zeitlicher?\s+)?(?:zeit(?:leiste|verlauf)|verlauf|ablauf|hergang)|ursache|chronologie|cronolog[ií]a|nach(?:betrachtung|bereitung)|(?:incident|outage|post-?\s?incident) (?:report|review|summary)`;
/** Other headings begin with these, too. */
const ALONE = `causes?|analysis|review|report|summary|overview|details|history|log|background|detection|response|recovery|mitigation|resolution|remediation|impact|follow-?ups?|action items|next steps|lessons(?: learned)?|prevention|zusammenfassung|rückblick`;
const SIGN = String.raw`[\p{Extended_Pictographic}\ufe0f\u200d]`;
const REPORT = new RegExp(
  String.raw`^(?:${SIGN}|[*_\s])*(?:${WHICH}(?:${ALWAYS})(?=$|${SIGN}|[\s:,;|()?!.*_–—-])|${WHICH}(?:${ALONE})(?=(?:${SIGN}|[\s?!.*_#])*(?:$|[:;|()–—]|\s-\s|(?:of|and|&|for)\s)))`,
  'iu',
);

/**
 * The level of the report that a line belongs to: headings in it may have any time. 0 for none.
 * @param above the level of the report that the line above belongs to.
 */
export function reportLevel(line: string, above: number): number {
  const [, marks = '', title = ''] = /^ {0,3}(#{1,6})\s+(.*)$/.exec(line) ?? [];
  if (marks === '' || (above > 0 && marks.length > above)) return above;
  return REPORT.test(title) ? marks.length : 0;
}

const POSTMORTEM = new RegExp(
  String.raw`^(?:${SIGN}|[*_\s])*post-?\s?mortem(?:${SIGN}|[\s:?!.*_])*(?:\([^()]*\)(?:${SIGN}|[\s:?!.*_])*)?$`,
  'iu',
);

/** Whether a level-2 heading begins the post-mortem: `Post-mortem`, `Post-mortem (published 2025-11-06 15:30 UTC)`. */
export function isPostmortem(title: string): boolean {
  return POSTMORTEM.test(title);
}

const WEEKDAY_FIRST = new RegExp(`^(?:${DAY_NAMES})\\.?,?\\s+(?=.*\\d)`, 'iu');
/** A date with at most so many letters is a heading of its own. */
const MAX_DAY = 40;

/** Words around a day's name alone: `On Sunday evening.`, `lunes por la noche`. */
const AROUND_DAY =
  /^(?:on|am|le|el|il)\s+|[\s.,:;!?…]+$|\s+(?:at noon|(?:por|de) la|in the|in der|am|au)\s*$/giu;

/** The mistake that a heading is a date, or ends in one, and has no time; null for other prose. */
export function bareDate(text: string): WrongTime | null {
  const read = readTimeAtEnd(text, false);
  const isDated = read !== null && !('what' in read) && read.time === null;
  if (TIME_WORDS.exec(text)?.index === 0 && !/^(?:now|jetzt|gleich|soeben)/i.test(text))
    return wrong(text, 'is a time that cannot be read');
  const day = text.replace(WEEKDAY_FIRST, '');
  const plain = day.replace(AROUND_DAY, '').replace(PART_OF_DAY, '').replace(AROUND_DAY, '');
  const isDay = (words: string) =>
    [dateLeft(words, false), monthLeft(words)].some(left => left?.text === words);
  if (!isDated && (day.length > MAX_DAY || !(isDay(day) || isDay(plain)))) return null;
  return {
    what: `"${text}" has a date and no time`,
    fix: 'write both, like `## Update 2025-11-06 15:30 UTC`',
  };
}

const MEANT = new RegExp(
  String.raw`^(?:(?:current\s+)?status\s*[:–—-]\s*)?(?:(?:still|now|fully|partially|mostly|final|last|latest|next|another|further|quick|short|interim|status|first|second|third|fourth|fifth|sixth|new|later|hourly|daily|\d{1,2}(?:st|nd|rd|th|\.)|(?:${LONG_DAY_NAMES}|${MONTH_NAMES}|morning|noon|afternoon|evening|night|midnight|today|tomorrow|yesterday)(?:['’]s)?)\s+)*(?:(${LABEL}|edit)|(fixed|solved|closed|restored|recovered|all clear|back to normal)|(mitigated))(?![\p{L}\d])[\s*_\])!.]*(.*)$`,
  'iu',
);

/** The label that words most likely mean (`Final update`, `[RESOLVED]`, `Fixed`), and the words after it; or null. */
export function meantLabel(words: string): { readonly label: string; readonly rest: string } | null {
  const [whole, label, ended, mitigated, rest = ''] = MEANT.exec(plainLabel(words)) ?? [];
  if (whole === undefined) return null;
  const meant = ended ? 'resolved' : mitigated ? 'monitoring' : /^edit$/i.test(label!) ? 'update' : label!;
  return { label: meant.charAt(0).toUpperCase() + meant.slice(1).toLowerCase(), rest };
}

/** A time in bold at the beginning of a line, perhaps with words behind it; not the first of a time span. */
const BOLD_TIME =
  /^ {0,3}(?:\*\*|__)[[(]?(?:\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?(?: ?(?:UTC|GMT|Z))?[\])]?(?:[:.]?(?:\*\*|__)(?!\s*(?:[-–—]|to|bis)\s*[*_]*\d)|\s*[:–—-]\s*\p{L}.*?(?:\*\*|__))/iu;
/** `Nov 29, 19:50 UTC`, alone on its line: the time below an update of another status page. */
const STAMP = new RegExp(
  String.raw`^\s*[*_(]*(?:Posted\s.{0,30}\.\s)?(?:${MONTH_NAMES})\.? \d{1,2},? (?:\d{4},? )?(?:[-–—] )?\d{1,2}:\d{2} ?(?:[AP]M ?)?(?:[A-Z]{2,4})?[*_)]*\s*$`,
  'iu',
);
const LABEL_IN_BOLD = new RegExp(String.raw`^\s*(?:\*\*|__)(?:${LABEL})[:.]?(?:\*\*|__)`, 'iu');

/** Whether a line, below the line before, is a part of updates that were written or pasted as text. */
export function isPasted(line: string, before: string | undefined): boolean {
  if (!line.includes(':') || line.length > 200) return false;
  return isBoldTime(line) || (LABEL_IN_BOLD.test(before ?? '') && STAMP.test(line));
}

export function isBoldTime(line: string): boolean {
  return BOLD_TIME.test(line);
}

/** Whether the label of an update says behind `Update` that all is over: `Update — Resolved`, `Update (fixed)`. */
export function meansEnd(label: string): boolean {
  const [, words = ''] = /^update[\s:;|,(–—-]+(.*?)\)?$/iu.exec(label) ?? [];
  const meant = meantLabel(words);
  return meant?.label === 'Resolved' && meant.rest === '' && !/partial|mostly/i.test(words);
}

/** Line ends that markdown does not know. */
const OTHER_ENDS = /[\v\f\u0085\u2028\u2029]/;
const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const INDENTED = /^(?: {4}| {0,3}\t)/;

/**
 * A line as a person sees it, when that begins with `#`: without invisible characters, with usual spaces and signs, and
 * without an indentation of four, which makes it code, where it has a time and no code stands above it. Else the line
 * itself.
 */
export function seenHeading(line: string, before: string | undefined): string {
  // Fast path: most lines are prose.
  if (!/[#＃]/.test(line) || line.length > 300) return line;
  const seen = line
    .split(OTHER_ENDS)
    .map(part =>
      part
        .replace(INVISIBLE, '')
        .replaceAll('＃', '#')
        .replace(/(?!\t)\s/g, ' '),
    )
    .find(part => /^\s*#/.test(part));
  if (seen === undefined) return line;
  if (!INDENTED.test(seen)) return seen === line ? line : seen.trimStart();
  return /\d:\d{2}/.test(seen) && !INDENTED.test(before ?? '') ? seen.trimStart() : line;
}
