// Timelines: the `## Update 15:00 UTC` sections of an incident file, read into moments.

import { iso, type Millis } from '../../model/time.ts';
import { joined, type Shown, type ShownLine } from '../../text/comments.ts';
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

export interface Section extends Heading {
  /** 1-based within the body. */
  readonly line: number;
  /** The `key: value` lines right under the heading (`severity:`, `components:`, `next_update:`, `notify:`). */
  readonly fields: string | null;
  readonly body: string;
}

export interface Sections {
  readonly preface: string;
  readonly sections: readonly Section[];
  readonly postmortem: string | null;
  /** 1-based line of the first post-mortem heading; null when there is none. */
  readonly postmortemLine: number | null;
  /** The mark of a code fence nobody closed; null when all are. */
  readonly openFence: string | null;
  readonly openFenceLine: number | null;
  /** Comments that nothing closes, and lines on which one begins within another (comments.ts). */
  readonly unclosed: Shown['unclosed'];
  readonly nested: Shown['nested'];
  /** Headings with a time that is none, or may be two: their text stays with what is above, by line. */
  readonly wrong: readonly (WrongTime & { readonly line: number })[];
  /** Other headings that look timed but cannot be read: line and text. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
  /** Other lines outside fences and post-mortem that begin like a heading of ours. */
  readonly loose: readonly { readonly line: number; readonly text: string }[];
  /** From which line on nothing is read, and why; null when all of it is. */
  readonly stopped: ReadingStop | null;
}

/**
 * Cuts a body into preface, timed sections and the post-mortem; headings in code fences do not count, and HTML
 * comments, with all that stands in them, are left out. Of a body that is too long only the beginning is read.
 * `doubtful`: by line, the two moments that a heading without a date may mean (moments.ts): it cannot be read.
 */
export function cutSections(
  body: string,
  doubtful: ReadonlyMap<number, readonly [Millis, Millis]> = new Map(),
): Sections {
  const { shown, isWhole } = readBeginning(body);
  const { lines, openFence, openFenceLine, unclosed, nested } = shown;
  const parts: HeadedLines[] = [{ line: 0, heading: null, lines: [] }];
  const wrong: (WrongTime & { line: number })[] = [];
  const unreadable: { line: number; text: string }[] = [];
  const loose: { line: number; text: string }[] = [];
  let stopped = isWhole ? null : tooLong(lines.length + 1);
  let headings = 0;
  for (const [index, line] of lines.entries()) {
    const inPostmortem = parts.at(-1)!.heading === 'postmortem';
    const text = line.fenced || line.within ? undefined : headingText(line.text);
    if (text !== undefined && ++headings > MAX_HEADINGS) {
      stopped = tooMany(index + 1, MAX_HEADINGS, 'headings');
      break;
    }
    const days = doubtful.get(index + 1);
    const heading =
      text === undefined ? null : days ? oneOfTwoDays(text, days) : readHeading(text, inPostmortem);
    if (heading && parts.length > MAX_SECTIONS) {
      stopped = tooMany(index + 1, MAX_SECTIONS, 'updates');
      break;
    }
    if (heading && heading !== 'postmortem' && 'what' in heading) {
      // Between the headings of a post-mortem a time may be anything.
      if (inPostmortem && !beginsWithLabel(text!)) parts.at(-1)!.lines.push(line);
      else {
        wrong.push({ line: index + 1, ...heading });
        parts.push({ line: index + 1, heading: 'wrong', lines: [line] });
      }
      continue;
    }
    if (heading) {
      parts.push({ line: index + 1, heading, lines: [] });
      continue;
    }
    if (text !== undefined && /\d{1,2}:\d{2}/.test(text)) unreadable.push({ line: index + 1, text });
    else if (!line.fenced && isLoose(line.text) && !inPostmortem)
      loose.push({ line: index + 1, text: line.text });
    parts.at(-1)!.lines.push(line);
  }
  const seen = { openFence, openFenceLine, unclosed, nested, wrong, unreadable, loose, stopped };
  return { ...assembled(parts), ...seen };
}

function oneOfTwoDays(text: string, [one, other]: readonly [Millis, Millis]): WrongTime {
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
 * What stands under a heading that cannot be read is kept with what is above it, never with an end. Above all others
 * it is the beginning, or, when its label is further along than the next one's, goes with that.
 */
function assembled(
  parts: readonly HeadedLines[],
): Pick<Sections, 'preface' | 'sections' | 'postmortem' | 'postmortemLine'> {
  const preface = [joined(parts[0]!.lines)];
  const postmortem: string[] = [];
  const sections: (Omit<Section, 'body'> & { readonly texts: string[] })[] = [];
  let postmortemLine: number | null = null;
  let kept: { stage: number; text: string }[] = [];
  const isEnd = ({ status }: Pick<Section, 'status'>) => status === 'resolved' || status === 'completed';
  for (const { line, heading, lines } of parts.slice(1)) {
    if (heading === 'wrong') {
      const above = sections.at(-1);
      if (above && !isEnd(above)) above.texts.push(joined(lines));
      else if (!above && whole(preface) !== '') preface.push(joined(lines));
      else kept.push({ stage: stageOf(headingText(lines[0]!.text) ?? ''), text: joined(lines) });
    } else if (heading === 'postmortem') {
      postmortem.push(joined(lines));
      postmortemLine ??= line;
    } else if (heading) {
      const count = fieldLines(lines);
      const written = lines.slice(0, count).map(({ text }) => text);
      const fields = count === 0 ? null : written.join('\n');
      const texts = [joined(lines.slice(count))];
      if (!isEnd(heading)) {
        const stage = stageOf(heading.status ?? 'update');
        for (const one of kept) (one.stage > stage ? texts : preface).push(one.text);
        kept = [];
      }
      sections.push({ ...heading, line, fields, texts });
    }
  }
  // Of what stands below an end alone, the last update before it is the nearest.
  const last = sections.findLast(one => !isEnd(one))?.texts ?? preface;
  last.push(...kept.map(({ text }) => text));
  return {
    preface: whole(preface),
    sections: sections.map(({ texts, ...section }) => ({ ...section, body: whole(texts) })),
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

/** Longer lines are prose: no pattern is tried on them. */
const MAX_HEADING = 300;

function headingText(line: string): string | undefined {
  // A space of another kind comes from a chat or a word processor.
  if (!/^##\s/.test(line) || line.length > MAX_HEADING) return undefined;
  return line.slice(3).trim().replace(/ #+$/, '').trimEnd();
}

function isLoose(line: string): boolean {
  if (unmarkedLabel(line) !== null) return true;
  if (line[0] !== '#' && line[0] !== ' ') return false;
  return /^ {0,3}#{1,5}(?!#)/.test(line) && line.length <= MAX_HEADING;
}

/** How many lines under a heading are fields: the first must be one, lists may go on indented. */
function fieldLines(lines: readonly ShownLine[]): number {
  let count = 0;
  for (const [index, { text, silent }] of lines.entries()) {
    if (silent) continue;
    const field = /^(severity|components|next_update|notify)\s*:(\s|$)/.test(text);
    if (!field && !(count > 0 && /^(\s+\S|- )/.test(text))) break;
    count = index + 1;
  }
  return count;
}
