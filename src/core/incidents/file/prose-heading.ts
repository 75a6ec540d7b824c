// Headings and lines that are no updates: which of them were most likely meant as one.
import { DAY_NAMES } from '../times/month-names.ts';
import { dateLeft, LABEL, monthLeft } from '../times/unread-date.ts';
import { readTimeAtEnd, type WrongTime } from '../times/written-time.ts';
import { plainLabel } from './plain-heading.ts';

/** Words that head a report on what is past. Other headings may begin with those of the second line, too. */
const REPORT = new RegExp(
  String.raw`^(?:(?:the|our|full|detailed|incident|event|preliminary)\s+)*(?:(?:time-?\s?line|chronology|post-?\s?mortem|retrospective|root[ -]causes?|rca|sequence of events|what (?:happened|went (?:wrong|well)|we (?:learn|did|do|are doing|will)\p{L}*)|(?:zeit(?:leiste|verlauf)|verlauf|ablauf|hergang|ursache|chronologie|cronolog[ií]a))(?=$|[\s:,;|()–—-])` +
    String.raw`|(?:causes?|analysis|review|background|detection|response|recovery|mitigation|resolution|remediation|impact|follow-?ups?|action items|next steps|lessons(?: learned)?|prevention)(?=\s*(?:$|[:;|()–—]|(?:of|and|&|for)\s)))`,
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

const WEEKDAY_FIRST = new RegExp(`^(?:${DAY_NAMES})\\.?,?\\s+(?=.*\\d)`, 'iu');
/** A date with at most so many letters is a heading of its own. */
const MAX_DAY = 40;

/** The mistake that a heading is a date, or ends in one, and has no time; null for other prose. */
export function bareDate(text: string): WrongTime | null {
  const read = readTimeAtEnd(text, false);
  const isDated = read !== null && !('what' in read) && read.time === null;
  const day = text.replace(WEEKDAY_FIRST, '');
  const isDay = () =>
    day.length <= MAX_DAY && [dateLeft(day, false), monthLeft(day)].some(left => left?.text === day);
  if (!isDated && !isDay()) return null;
  return {
    what: `"${text}" has a date and no time`,
    fix: 'write both, like `## Update 2025-11-06 15:30 UTC`',
  };
}

const MEANT = new RegExp(
  String.raw`^(?:(?:current\s+)?status\s*[:–—-]\s*)?(?:(?:still|now|fully|partially|mostly|final|last|latest|next|another|further|quick|short|interim|status)\s+)*(?:(${LABEL}|edit)|(fixed|solved|closed|restored|recovered|all clear|back to normal)|(mitigated))(?![\p{L}\d])[\s*_\])!.]*(.*)$`,
  'iu',
);

/** The label that words most likely mean (`Final update`, `[RESOLVED]`, `Fixed`), and the words after it; or null. */
export function meantLabel(words: string): { readonly label: string; readonly rest: string } | null {
  const [whole, label, ended, mitigated, rest = ''] = MEANT.exec(plainLabel(words)) ?? [];
  if (whole === undefined) return null;
  const meant = ended ? 'resolved' : mitigated ? 'monitoring' : /^edit$/i.test(label!) ? 'update' : label!;
  return { label: meant.charAt(0).toUpperCase() + meant.slice(1).toLowerCase(), rest };
}
