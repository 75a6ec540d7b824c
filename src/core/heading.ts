// Headings of an incident file: `## LABEL time`, or the time first, read into label, status and time (contract §4).
import { dateLeft } from './date-left.ts';
import type { UpdateStatus } from './incident.ts';
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES } from './incident.ts';
import { DAY, HOUR, MINUTE, type Millis, parseInstant, SECOND } from './time.ts';
import {
  holdsTime,
  momentOf,
  readTimeAtEnd,
  SAY,
  type WrittenTime,
  type WrongTime,
  wrong,
} from './written-time.ts';

/** What a heading says. */
export interface Heading {
  /** The status the label names, or null for `Update` and any other words. */
  readonly status: UpdateStatus | null;
  /** The heading's own words when they are neither a status nor `Update`. */
  readonly label: string | null;
  /** Epoch ms when the heading is dated; else the time of day, ms since midnight UTC. */
  readonly dated: boolean;
  readonly time: Millis;
  /** What the heading can tell apart: a minute or a second. */
  readonly precision: Millis;
}

const LABELS =
  'update|investigating|identified|monitoring|resolved|scheduled|in[ _-]progress|verifying|completed';
/** As the machine and most people write it: no other form need be tried. */
const USUAL = new RegExp(
  String.raw`^(${LABELS})(?: (\d{4}-\d{2}-\d{2}))? ([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))? UTC$`,
  'i',
);
/** After these words stands a time, and nothing else. */
const LABELLED = new RegExp(String.raw`^(?:${LABELS})(?![\p{L}\d_])`, 'iu');

/** Whether a heading begins with `Update` or a status. */
export function beginsWithLabel(text: string): boolean {
  return LABELLED.test(text);
}

/** A clock's time, perhaps after a date in numbers; or a date with its month's name. */
const BEGINS_WITH_TIME =
  /^[\s([]*(?:(?:\p{Nd}[\p{Nd}\s./,-]*[\s,T])?\p{Nd}{1,2}[:h]\p{Nd}{2}|\p{Nd}{1,2}(?:st|nd|rd|th|\.)?\s+\p{L}+\.?,?\s+\p{Nd}{4},?\s+\p{Nd}{1,2}[:.h]\p{Nd}{2})/u;

/** Reads the text of a level-2 heading; null for one that is prose: `told` of a post-mortem is what begins with a time. */
export function readHeading(text: string, told: boolean): Heading | 'postmortem' | WrongTime | null {
  if (/^post-?\s?mortem$/i.test(text)) return 'postmortem';
  const [usual, words = '', day, hour, minute, second] = USUAL.exec(text) ?? [];
  const midnight = day === undefined ? 0 : parseInstant(day);
  if (usual !== undefined && midnight !== null) {
    const time = midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second ?? 0) * SECOND;
    const precision = second === undefined ? MINUTE : SECOND;
    return { ...readLabel(words), dated: day !== undefined, time, precision };
  }
  const isLabelled = beginsWithLabel(text);
  const last = readTimeAtEnd(text, isLabelled);
  const isTimed = last !== null && !('what' in last) && last.time !== null;
  const read = isTimed || told ? last : (readTimeFirst(text) ?? last);
  if (read && 'what' in read) return read;
  if (!read || read.time === null) {
    if (read && isLabelled) {
      return {
        what: `"${text}" has a date and no time`,
        fix: 'write both, like `## Update 2025-11-06 15:30 UTC`',
      };
    }
    return !told && BEGINS_WITH_TIME.test(text)
      ? wrong(text, 'begins with a time that cannot be read')
      : null;
  }
  const { date, precision } = read;
  const time = momentOf(read);
  const label = alone(read);
  if (typeof label !== 'string') return label;
  const left = dateLeft(label, date !== null);
  if (left) {
    const fix = left.month
      ? `did you mean ${left.month}? Write the whole date: 2025-11-06 15:30 UTC`
      : 'write the whole date before the time, like 2025-11-06 15:30 UTC; a number that is no date with a #: #12';
    return wrong(`${left.text}`, 'may be a date that is not read', fix);
  }
  return { ...readLabel(label), dated: date !== null, time, precision };
}

/** `02:44 UTC - Update`, `[2026-11-28 23:12 UTC] Resolved`: the time, and the words after it. */
function readTimeFirst(text: string): WrittenTime | null {
  const begin = /^[\s([]*(?=\p{Nd})/u.exec(text)?.[0].length;
  if (begin === undefined) return null;
  // The longest beginning that is a time alone.
  const ends = [...text.slice(0, 60).matchAll(/[\s)\]:–—-]+(?=\S)/gu)].map(({ index }) => index).reverse();
  for (const end of ends) {
    const read = readTimeAtEnd(text.slice(begin, end), true);
    if (!read || 'what' in read || read.time === null || read.words !== '') continue;
    const words = text.slice(end).replace(/^[\s)\]:,;|·–—-]+/u, '');
    if (/^\p{L}/u.test(words) && !OTHER_ZONE.test(words)) return { ...read, words };
  }
  return null;
}

/** What follows a time and is no label: another zone, or the end of a span of time. */
const OTHER_ZONE =
  /^(?:[A-Z]{2,5}(?![\p{L}\d])|[A-Z][a-z]+\/[A-Z]|(?:local|to|until|till|bis|and|und)(?!\p{L}))/u;

/** The words without a second time that says the same (`23:12 UTC (11:12 PM)`); what is wrong where it says another. */
function alone(read: WrittenTime): string | WrongTime {
  if (!holdsTime(read.words)) return read.words;
  const other = readTimeAtEnd(read.words, false);
  if (other && !('what' in other) && other.time !== null && !holdsTime(other.words)) {
    const day = (at: Millis) => ((at % DAY) + DAY) % DAY;
    const isDay = other.date === null || read.date === null || momentOf(other) === momentOf(read);
    if (isDay && day(momentOf(other)) === day(momentOf(read))) return other.words;
  }
  return wrong(read.words, 'holds a second time', `one heading has one time: ${SAY}`);
}

function readLabel(words: string): Pick<Heading, 'status' | 'label'> {
  const label = words.trim();
  const status = statusNamed(label);
  if (status) return { status, label: null };
  return { status: null, label: label === '' || /^update$/i.test(label) ? null : label };
}

/** The status a word names (`In progress`, `Resolved`), or null. */
export function statusNamed(label: string): UpdateStatus | null {
  const word = label.toLowerCase().replace(/[\s-]+/g, '_');
  const known: readonly string[] = [...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES];
  return known.includes(word) ? (word as UpdateStatus) : null;
}

const UNMARKED =
  /^ {0,3}(?:(?:> ?|[-*+] )+#{1,6} *|<h[1-6]>|\*\*|__)? *(update|investigating|identified|monitoring|resolved|scheduled|in progress|verifying|completed)[ ,:]+[\d ,./TZ-]*\d{1,2}:\d{2}[\d :]*(?:UTC|Z|GMT)? *(?:<\/h[1-6]>|\*\*|__)?$/i;

/** The label of a line that is nothing but a label with its time, and begins as no heading of ours; else null. */
export function unmarkedLabel(line: string): string | null {
  return line.length <= 120 && line.includes(':') ? (UNMARKED.exec(line)?.[1] ?? null) : null;
}
