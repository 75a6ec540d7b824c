// Timelines: the `## Update 15:00 UTC` sections of an incident file, read into moments.

import { isFinal, type UpdateStatus } from '../../model/incident.ts';
import { iso, type Millis } from '../../model/time.ts';
import { type CommentReading, joinShownLines, type ShownLine } from '../../text/comments.ts';
import { mayHoldTime } from '../times/clock-words.ts';
import { type WrongTime, wrong as wrongTime } from '../times/written-time.ts';
import {
  MAX_HEADINGS,
  MAX_SECTIONS,
  type ReadingStop,
  readBeginning,
  tooLong,
  tooMany,
} from './body-bounds.ts';
import { beginsWithLabel, type Heading, readHeading, stageOf, unmarkedLabel } from './heading.ts';
import { bareDate, isPasted, isPostmortem, seenHeading } from './prose-heading.ts';
import { headingText, MAX_HEADING, Reports } from './reports.ts';

export interface Section extends Heading {
  /** 1-based within the body. */
  readonly line: number;
  /** The `key: value` lines right below the heading (`severity:`, `components:`, `next_update:`, `notify:`). */
  readonly fields: string | null;
  readonly body: string;
}

/** `text` is the line as a person sees it; `isExact`: it is that to a character. */
export interface LooseLine {
  readonly line: number;
  readonly text: string;
  readonly isExact: boolean;
}

export interface Sections {
  readonly preface: string;
  readonly sections: readonly Section[];
  readonly postmortem: string | null;
  /** 1-based line of the first post-mortem heading; null when there is none. */
  readonly postmortemLine: number | null;
  /** The mark of an unclosed code fence; null when there is none. */
  readonly openFence: string | null;
  readonly openFenceLine: number | null;
  /** Unclosed comments, and lines on which a comment begins inside another (comments.ts). */
  readonly unclosed: CommentReading['unclosed'];
  readonly nested: CommentReading['nested'];
  /** Headings with an invalid or ambiguous time; their text belongs to the section above. */
  readonly wrong: readonly (WrongTime & { readonly line: number })[];
  /** Other headings that look like they have a time but cannot be read. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
  /** Other lines, outside code, post-mortem and reports on what is past, that begin like one of our headings. */
  readonly loose: readonly LooseLine[];
  /** Where and why reading stopped; null when all was read. */
  readonly stopped: ReadingStop | null;
}

/**
 * Cuts a body, in one pass over its lines (so it is long), into preface, timed sections and the post-mortem; headings in code fences do not count, and HTML
 * comments, with all that stands in them, are left out. Of a body that is too long only the beginning is read.
 * @param status the one in the front matter: below a level-one heading of a report, what is over has text alone.
 * @param doubtful by line, what a heading without a date may mean (moments.ts): it cannot be read.
 */
export function cutSections(
  body: string,
  status: UpdateStatus | null = null,
  doubtful: ReadonlyMap<number, readonly [Millis, Millis] | 'any occurrence'> = new Map(),
): Sections {
  const { shown, isWhole } = readBeginning(body);
  const { lines, openFence, openFenceLine, unclosed, nested } = shown;
  const parts: HeadedLines[] = [{ line: 0, heading: null, lines: [] }];
  const wrong: (WrongTime & { line: number })[] = [];
  const unreadable: { line: number; text: string }[] = [];
  const loose: LooseLine[] = [];
  let stopped = isWhole ? null : tooLong(lines.length + 1);
  let headings = 0;
  const reports = new Reports(lines, isFinal(status));
  for (const [index, line] of lines.entries()) {
    // Fast path for prose: a heading begins with `#`, and what may be meant as one has a time or `#`.
    if (!line.text.includes('#') && !line.text.includes(':')) {
      parts.at(-1)!.lines.push(line);
      continue;
    }
    const inPostmortem = parts.at(-1)!.heading === 'postmortem';
    const text = headingText(line);
    if (text !== undefined && ++headings > MAX_HEADINGS) {
      stopped = tooMany(index + 1, MAX_HEADINGS, 'headings');
      break;
    }
    const report = reports.read(index, parts.length > 1);
    const isReport = inPostmortem || report.isReport;
    const days = doubtful.get(index + 1);
    const isPlain = text === undefined || (report.isText && !isPostmortem(text));
    const read = isPlain || days ? null : readHeading(text, inPostmortem);
    const heading = isPlain
      ? null
      : days
        ? doubted(text, days)
        : (read ?? (isReport ? null : bareDate(text)));
    if (heading && parts.length > MAX_SECTIONS) {
      stopped = tooMany(index + 1, MAX_SECTIONS, 'updates');
      break;
    }
    if (heading && heading !== 'postmortem' && 'what' in heading) {
      // In a post-mortem, other headings may have any time. What cannot be read does not end it.
      if (!inPostmortem || beginsWithLabel(text!)) wrong.push({ line: index + 1, ...heading });
      if (inPostmortem) parts.at(-1)!.lines.push(line);
      else parts.push({ line: index + 1, heading: 'wrong', lines: [line] });
      continue;
    }
    if (heading) {
      parts.push({ line: index + 1, heading, lines: [] });
      continue;
    }
    if (!isPlain && !inPostmortem && mayHoldTime(text)) unreadable.push({ line: index + 1, text });
    else if (!line.fenced && !isReport) loose.push(...looseOf(index + 1, line.text, lines[index - 1]?.text));
    parts.at(-1)!.lines.push(line);
  }
  const { preface, sections, postmortem, postmortemLine } = assembled(parts);
  return {
    preface,
    sections,
    postmortem,
    postmortemLine,
    openFence,
    openFenceLine,
    unclosed,
    nested,
    wrong,
    unreadable,
    loose,
    stopped,
  };
}

function doubted(text: string, days: readonly [Millis, Millis] | 'any occurrence'): WrongTime {
  if (days === 'any occurrence') {
    const what = 'this section has a time but no date, and the maintenance repeats: its day is a guess';
    return { what, fix: 'write the date too, like `## Completed 2025-11-06 02:41 UTC`' };
  }
  const [one, other] = days;
  const day = (at: Millis) => iso(at).slice(0, 10);
  const meant = iso(other).slice(0, 16).replace('T', ' ');
  return wrongTime(text, `may be ${day(one)} or ${day(other)}`, `write the date: \`${meant} UTC\``);
}

interface HeadedLines {
  readonly line: number;
  readonly heading: Heading | 'postmortem' | 'wrong' | null;
  readonly lines: ShownLine[];
}

/**
 * Text under an unreadable heading belongs to the section above, unless that is an end with nothing above it. At the
 * top of the file it becomes the beginning; or part of the next section, if its label has progressed further than that one's.
 */
function assembled(
  parts: readonly HeadedLines[],
): Pick<Sections, 'preface' | 'sections' | 'postmortem' | 'postmortemLine'> {
  const preface = [joinShownLines(parts[0]!.lines)];
  const postmortem: string[] = [];
  const sections: (Omit<Section, 'body'> & { readonly texts: string[] })[] = [];
  let postmortemLine: number | null = null;
  let kept: { stage: number; text: string }[] = [];
  for (const { line, heading, lines } of parts.slice(1)) {
    if (heading === 'wrong') {
      const above = sections.at(-1);
      if (above && !isFinal(above.status)) above.texts.push(joinShownLines(lines));
      else if (!above && whole(preface) !== '') preface.push(joinShownLines(lines));
      else kept.push({ stage: stageOf(headingText(lines[0]!) ?? ''), text: joinShownLines(lines) });
    } else if (heading === 'postmortem') {
      postmortem.push(joinShownLines(lines));
      postmortemLine ??= line;
    } else if (heading) {
      const count = fieldLines(lines);
      const written = lines.slice(0, count).map(({ text }) => text);
      const fields = count === 0 ? null : written.join('\n');
      const texts = [joinShownLines(lines.slice(count))];
      if (!isFinal(heading.status)) {
        const stage = stageOf(heading.status ?? 'update');
        for (const one of kept) (one.stage > stage ? texts : preface).push(one.text);
        kept = [];
      }
      const { status, label, dated, time, precision } = heading;
      sections.push({ status, label, dated, time, precision, line, fields, texts });
    }
  }
  // Below an end that has other updates above it, text belongs to that: the newest are last.
  const other = sections.findLast(one => !isFinal(one.status));
  const last = other ? sections.at(-1)!.texts : preface;
  last.push(...kept.map(({ text }) => text));
  return {
    preface: whole(preface),
    // Named one by one: copying the rest of an object is slow, and there may be ten thousand files.
    sections: sections.map(({ status, label, dated, time, precision, line, fields, texts }) => {
      return { status, label, dated, time, precision, line, fields, body: whole(texts) };
    }),
    postmortem: postmortemLine === null ? null : whole(postmortem),
    postmortemLine,
  };
}

function whole(texts: readonly string[]): string {
  return texts
    .map(text => text.trim())
    .filter(text => text !== '')
    .join('\n\n');
}

function looseOf(line: number, written: string, before: string | undefined): LooseLine[] {
  const text = seenHeading(written, before);
  return isLikeHeading(text, before) ? [{ line, text, isExact: text === written }] : [];
}

function isLikeHeading(line: string, before: string | undefined): boolean {
  if (unmarkedLabel(line) !== null || isPasted(line, before)) return true;
  if (line[0] !== '#' && line[0] !== ' ') return false;
  return /^ {0,3}#{1,5}(?!#)/.test(line) && line.length <= MAX_HEADING;
}

/** The number of lines under a heading that are fields: the first must be one; lists may continue, indented. */
function fieldLines(lines: readonly ShownLine[]): number {
  let count = 0;
  for (const [index, { text, silent }] of lines.entries()) {
    if (silent) continue;
    const field = /^(severity|components|next_update|notify|occurrence)\s*:(\s|$)/.test(text);
    if (!field && !(count > 0 && /^(\s+\S|- )/.test(text))) break;
    count = index + 1;
  }
  return count;
}
