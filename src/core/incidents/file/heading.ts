// Headings of an incident file: parses `## LABEL time`, or the time first, into label, status and time.
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES, type UpdateStatus } from '../../model/incident.ts';
import { DAY, HOUR, iso, MINUTE, type Millis, parseInstant, SECOND } from '../../model/time.ts';
import { containsTime, HOUR_WORDS, isLikeTime, LEAD_WORDS, PART_OF_DAY } from '../times/clock-words.ts';
import { DAY_NAMES, folded, MONTH_NAMES } from '../times/month-names.ts';
import { dateLeft, monthLeft, withoutNames } from '../times/unread-date.ts';
import {
  momentOf,
  ONE_TIME,
  readTimeAtEnd,
  SAY,
  type WrittenTime,
  type WrongTime,
  wrong,
} from '../times/written-time.ts';
import { ZONE_FIX, zoneAtEnd } from '../times/zone-words.ts';
import { mayBeOfTime, plainLabel, wordsBehind } from './plain-heading.ts';
import { isPostmortem } from './prose-heading.ts';

export interface Heading {
  /** The label's status, or null for `Update` and any other words. */
  readonly status: UpdateStatus | null;
  /** The heading's words if they are neither a status nor `Update`. */
  readonly label: string | null;
  /** `time` is epoch ms when the heading is `dated`, else the time of day (ms since midnight UTC). */
  readonly dated: boolean;
  readonly time: Millis;
  /** The precision of its time: a minute or a second. */
  readonly precision: Millis;
}

const LABELS =
  'update|investigating|identified|monitoring|resolved|scheduled|in[ _-]progress|verifying|completed';
/** Fast path: the form that this program and most people write. */
const USUAL = new RegExp(
  String.raw`^(${LABELS})(?: (\d{4}-\d{2}-\d{2}))? ([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))? UTC$`,
  'i',
);
/** A label at the beginning: after it, only a time may follow. */
const LABELLED = new RegExp(String.raw`^(?:${LABELS})(?![\p{L}\d_])`, 'iu');

export function beginsWithTime(text: string): boolean {
  return BEGINS_WITH_TIME.test(text) || readTimeFirst(text) !== null;
}

export function beginsWithLabel(text: string): boolean {
  return LABELLED.test(text);
}

/** A time of day, perhaps after a date in numbers; or a date with a month's name. */
const BEGINS_WITH_TIME =
  /^[\s([]*(?:(?:\p{Nd}[\p{Nd}\s./,-]*[\s,T])?\p{Nd}{1,2}(?::|\s?h\s?)\p{Nd}{2}|\p{Nd}{1,2}(?:st|nd|rd|th|\.)?\s+\p{L}+\.?,?\s+\p{Nd}{4},?\s+\p{Nd}{1,2}[:.h]\p{Nd}{2})/u;

/** Parses a level-2 heading. Null for prose; inside a post-mortem, also for a heading that begins with a time. */
export function readHeading(text: string, inPostmortem: boolean): Heading | 'postmortem' | WrongTime | null {
  if (isPostmortem(text)) return 'postmortem';
  const [usual, name = '', day, hour, minute, second] = USUAL.exec(text) ?? [];
  const midnight = day === undefined ? 0 : parseInstant(day);
  if (usual !== undefined && midnight !== null) {
    const time = midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second ?? 0) * SECOND;
    const precision = second === undefined ? MINUTE : SECOND;
    const { status, label } = readLabel(name);
    return { status, label, dated: day !== undefined, time, precision };
  }
  const plain = isBlank(text, beginsWithLabel(text)) ? text : plainLabel(text);
  const read = readPlain(plain, inPostmortem);
  const isOurs = beginsWithLabel(plain);
  const isUnreadableHeading =
    read === null ? isOurs && !inPostmortem : 'what' in read && (!inPostmortem || isOurs);
  return isUnreadableHeading ? (readBehind(plain) ?? read) : read;
}

/** `Update 14:05 UTC - fix deployed`: the words behind the time join the label, unless they may be of its time. */
function readBehind(text: string): Heading | null {
  for (const { head, rest } of wordsBehind(text)) {
    const first = readPlain(head, false);
    if (first === null || 'what' in first) continue;
    if (rest === '') return first;
    const words = first.label ?? LABELLED.exec(head)?.[0];
    const isZoned = ZONED_AT_END.test(head);
    if (words === undefined || mayBeOfTime(rest, isZoned)) return null;
    const stamp = iso(first.time)
      .replace('T', ' ')
      .replace('Z', isZoned ? ' UTC' : '');
    const time = first.dated ? stamp : stamp.slice('1970-01-01 '.length);
    const whole = readPlain(`${words}${rest} ${time}`, false);
    if (whole === null || 'what' in whole) return null;
    return { ...whole, status: first.status, precision: first.precision };
  }
  return null;
}

function readPlain(text: string, inPostmortem: boolean): Heading | WrongTime | null {
  const isLabelled = beginsWithLabel(text);
  if (!inPostmortem && isBlank(text, isLabelled))
    return wrong(text, 'is not filled in', 'write the time, like `## Update 15:30 UTC`');
  const last = readTimeAtEnd(text, isLabelled);
  const isTimed = last !== null && !('what' in last) && last.time !== null;
  const read = isTimed || inPostmortem ? last : (readTimeFirst(text) ?? last);
  if (read && 'what' in read) return read;
  if (!read || read.time === null) {
    if (read && isLabelled) {
      return {
        what: `"${text}" has a date but no time`,
        fix: 'write both, like `## Update 2025-11-06 15:30 UTC`',
      };
    }
    if (inPostmortem) return null;
    return BEGINS_WITH_TIME.test(text)
      ? wrong(text, 'begins with a time that cannot be read')
      : readTurned(text);
  }
  const { date, precision } = read;
  const time = momentOf(read);
  const words = withoutSecondTime(read);
  if (typeof words !== 'string') return words;
  const label = words.replace(UTC_BEFORE, '');
  const zone = zoneAtEnd(label, ZONED_AT_END.test(text));
  if (zone !== null) return wrong(text, `names a time zone that is not supported (${zone})`, ZONE_FIX);
  const left = dateLeft(label, date !== null);
  if (left) {
    const fix =
      left.month && !folded(label).includes(folded(left.month))
        ? `did you mean ${left.month}? Write the whole date: 2025-11-06 15:30 UTC`
        : 'write the whole date before the time, like 2025-11-06 15:30 UTC; if the number is not a date, put # before it: #12';
    return wrong(`${left.text}`, 'may be a date that cannot be read', fix);
  }
  if (
    PART_OF_DAY.test(withoutNames(label)) &&
    ((time % DAY) + DAY) % DAY < 13 * HOUR &&
    !/\d\s?[ap]\.?\s?m\b/i.test(text)
  )
    return wrong(text, 'may be a time in the morning or evening', `write the hours from 0 to 23: ${SAY}`);
  return { ...readLabel(label), dated: date !== null, time, precision };
}

const ZONED_AT_END = /(?:\d\s?Z|\b(?:UTC|GMT)|(?<=:\d\d\s?)[+-]\d{1,2}(?::?\d{2})?)[\s)\]]*$/i;

/** Placeholders of templates: for a time, alone or after a date; and for a date. */
const BLANK_TIME = String.raw`[([{<]*(?:hh[:.h]?mm(?:[:.]?ss)?|[x?_#*–—-]{1,2}[:.h][x?_#*–—-]{1,2}(?:[:.][x?_#*–—-]{1,2})?|\d{1,2}[:.h][x?_#]{1,2}|\d?\d:(?:\d[x?_]|[x?_]\d)|[x?_]{1,2}:\d\d|tb[adc]|todo|\?+|_{2,}|…|\.{3}|time(?=\s+(?:utc|gmt)$)|(?<=[[<{]\s?)(?:time|uhrzeit|zeit)(?=\s?[\]>}]))[)\]}>]*`;
const BLANK_DATE = String.raw`(?:(?:yyyy|jjjj)[-./]?mm[-./]?(?:dd|tt)|(?:dd|tt)[-./]mm[-./](?:yyyy|jjjj|yy)|mm\/dd\/yyyy|[[<{]+\s?(?:date|datum)\s?[\]>}]+)`;
const BLANK = new RegExp(
  String.raw`^(?:(?:${LABELS})[\s:,;|·–—-]+)?(?:(?:\d[\d./-]*|${BLANK_DATE})[\s,T]+)?${BLANK_TIME}(?:\s*(?:UTC|GMT|Z))?(?:[\s:,;|·–—-]+(?:${LABELS}))?$`,
  'iu',
);
const DATE_TO_FILL = new RegExp(String.raw`(?<![\p{L}\d])${BLANK_DATE}.*\d[:.h]\d\d`, 'iu');

/** `Update HH:MM UTC`: a template's placeholder, not filled in. */
function isBlank(text: string, isLabelled: boolean): boolean {
  if (!isLabelled && !text.includes(':')) return false;
  return BLANK.test(text) || DATE_TO_FILL.test(text);
}

/** `Nov 29, 07:08 UTC Identified`: the label last. Other text with an unreadable time is a mistake, not prose. */
function readTurned(text: string): Heading | WrongTime | null {
  const [, rest, label] = LABEL_LAST.exec(text) ?? [];
  if (rest && !beginsWithLabel(text)) {
    const turned = readPlain(`${label} ${rest}`, false);
    if (turned !== null) {
      if (!('what' in turned))
        return turned.label === null ? turned : wrong(text, 'contains a time that cannot be read');
      return { ...turned, what: turned.what.replace(`${label} ${rest}`, () => text) };
    }
  }
  const [bare] = BARE_HOUR.exec(text) ?? [];
  const day = bare === undefined ? null : readTimeAtEnd(text.slice(0, -bare.length), false);
  if (day && !('what' in day) && day.date !== null)
    return wrong(text, 'has a date, but a time that cannot be read');
  const clock = CLOCK.exec(text);
  if (isLikeTime(text) || ZONED.test(text) || COMPACT.test(text))
    return wrong(text, 'contains a time that cannot be read');
  if (clock === null && !beginsWithLabel(text)) return null;
  const words = text.replace(CLOCK, ' ');
  const left = dateLeft(words, clock === null) ?? monthLeft(words);
  return left ? wrong(left.text, 'may be a date that cannot be read') : null;
}

const LABEL_LAST = new RegExp(String.raw`^(.*?[^\s)\]:,;|·–—-][)\]]?)[\s:,;|·–—-]+(${LABELS})$`, 'iu');
const CLOCK = /(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])/;
/** An hour without minutes, at the end. */
const BARE_HOUR = new RegExp(
  String.raw`[\s,–-]+(?:(?:${LEAD_WORDS})\s+)?(?:(?:[01]?\d|2[0-3])\s?(?:${HOUR_WORDS})?|noon|midnight)(?:\s+(?:UTC|GMT))?$`,
  'iu',
);
/** A time with a zone, with or without a colon. */
const ZONED =
  /(?<![\p{L}\d:.#-])(?:\d{1,2}[:,;'’_·|=]\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?|(?:[01]\d|2[0-3])[0-5]\d|(?:noon|midnight))\s?[([]?(?:(?:UTC|GMT|Z|[A-Z]{1,3}[SD]?T|MES?Z)(?![\p{L}\d])|[+-]\d{2}:?\d{2})/u;
/** A date with a time of four or six digits, or with a wrong sign: `2026-11-29 0709`, `202611290709`, `29.11.2026 23,12`. */
const COMPACT = new RegExp(
  String.raw`(?<![\p{L}\d#.-])(?:(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|(?:19|20)\d{6}|(?:${MONTH_NAMES})\.?\s\d{1,2},?\s\d{4}|\d{1,2}\.?\s(?:${MONTH_NAMES})\.?,?\s\d{4})[\s,@T_-]+(?:\d{4}(?:\d\d)?|\d{1,2}[,;'’_·|=]\d\d)|20\d{2}(?:0[1-9]|1[0-2])[0-3]\d{5}(?:\d\d)?)(?!\d)`,
  'iu',
);
/** `02:44 UTC - Update`, `[2026-11-28 23:12 UTC] Resolved`: the time first. */
function readTimeFirst(text: string): WrittenTime | null {
  const begin = TIME_FIRST.exec(text)?.[0].length;
  if (begin === undefined) return null;
  // The longest beginning that is only a time.
  const ends = [...text.slice(0, 60).matchAll(/[\s)\]:–—-]+(?=\S)/gu)].map(({ index }) => index).reverse();
  for (const end of ends) {
    const read = readTimeAtEnd(text.slice(begin, end), true);
    if (!read || 'what' in read || read.time === null || read.words !== '') continue;
    const words = plainLabel(text.slice(end).replace(/^[\s)\]:,;|·–—-]+/u, ''));
    const isZone =
      OTHER_ZONE.test(words) ||
      zoneAtEnd(words.replace(LABEL_AFTER, ''), ZONED_AT_END.test(text.slice(0, end)));
    if (/^\p{L}/u.test(words) && !isZone) return { ...read, words };
  }
  return null;
}

const LABEL_AFTER = new RegExp(String.raw`[\s:,;|·–—-]+(?:${LABELS})$`, 'iu');

const TIME_FIRST = new RegExp(
  String.raw`^[\s([]*(?=\p{Nd}|(?:${DAY_NAMES}|${MONTH_NAMES})(?!\p{L})[.,]*\s.*\d)`,
  'iu',
);

/** UTC before the time counts too. */
const UTC_BEFORE = /(?:^|[\s,(]+)(?:UTC|GMT)[)\s]*$/;

/** Words after a time that are no label: another zone, or the end of a time span. */
const OTHER_ZONE =
  /^(?:[A-Z]{2,5}(?![\p{L}\d])|[A-Z][a-z]+\/[A-Z]|(?:local|to|until|till|bis|and|und)(?!\p{L}))/u;

/** The words without a second time that is equal (`23:12 UTC (11:12 PM)`). If it differs, the heading is wrong. */
function withoutSecondTime(read: WrittenTime): string | WrongTime {
  if (!containsTime(read.words)) return read.words;
  const other = readTimeAtEnd(read.words, false);
  if (other && !('what' in other) && other.time !== null && !containsTime(other.words)) {
    const day = (at: Millis) => ((at % DAY) + DAY) % DAY;
    const isDay = other.date === null || read.date === null || momentOf(other) === momentOf(read);
    if (isDay && day(momentOf(other)) === day(momentOf(read))) return other.words;
  }
  return wrong(read.words, 'contains a second time', ONE_TIME);
}

function readLabel(words: string): Pick<Heading, 'status' | 'label'> {
  const label = words.trim();
  const status = statusNamed(label);
  if (status) return { status, label: null };
  const [, named] = /^(?:still|now|fully) (.+)$/i.exec(label) ?? [];
  if (named !== undefined) return { status: statusNamed(named), label };
  return { status: null, label: label === '' || /^update$/i.test(label) ? null : label };
}

/** The status a word names (`In progress`, `Resolved`), or null. */
export function statusNamed(label: string): UpdateStatus | null {
  const word = label.toLowerCase().replace(/[\s-]+/g, '_');
  const known: readonly string[] = [...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES];
  return known.includes(word) ? (word as UpdateStatus) : null;
}

/**
 * How far an incident is at this heading, from 0 to 3; 1 without a label. An unreadable heading whose stage is higher
 * than that of the next was added on top of the file.
 */
export function stageOf(text: string): number {
  const label = LABELLED.exec(text)?.[0] ?? LABEL_LAST.exec(text)?.[2] ?? '';
  const stage = STAGES.findIndex(names => names.includes(label.toLowerCase().replace(/[\s-]/g, '_')));
  return stage < 0 ? 1 : stage;
}

const STAGES = [
  ['investigating', 'scheduled'],
  ['update', 'identified', 'in_progress'],
  ['monitoring', 'verifying'],
  ['resolved', 'completed'],
];

const CLOCKED = String.raw`[\d ,./TZ-]*\d{1,2}:\d{2}[\d :]*(?:UTC|Z|GMT)?`;
/** `**Update 15:30 UTC**`, perhaps with the text behind a colon; `15:30 UTC - Resolved`, in bold too. */
const UNMARKED = new RegExp(
  String.raw`^ {0,3}(?:(?:> ?|[-*+] |\d{1,3}[.)] )+#{1,6} *|\\#{1,6} *|<h[1-6]>)? *(?:(?:[*_]{1,3}(?! ))?[[(]? *(${LABELS}|edit)[ *_[\](),:–—-]{1,9}${CLOCKED}[ *_\])]{0,6}(?:<\/h[1-6]>|[:–—-][ *_].*)?|(?:[*_]{2,3}(?! ))?[[(]? *(?=\d)${CLOCKED}[ *_\]):–—-]{1,9}(${LABELS})[ *_\])]{0,6})$`,
  'i',
);

/** The label of a line that begins with a label and a time, but is not a heading of ours; else null. */
export function unmarkedLabel(line: string): string | null {
  if (!line.includes(':')) return null;
  const [, label, last] = UNMARKED.exec(line.slice(0, MAX_UNMARKED)) ?? [];
  return label ?? last ?? null;
}

/** Only so much of a line is looked at. */
const MAX_UNMARKED = 120;
