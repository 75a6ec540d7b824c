// Headings and lines that are no updates: which of them were most likely meant as one.
import { DAY_NAMES } from '../times/month-names.ts';
import { dateLeft, LABEL, monthLeft } from '../times/unread-date.ts';
import { readTimeAtEnd, type WrongTime } from '../times/written-time.ts';
import { plainLabel } from './plain-heading.ts';

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
