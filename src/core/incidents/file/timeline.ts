// Timelines: the `## Update 15:00 UTC` sections of an incident file, read into moments.
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import { joined, type Shown, type ShownLine } from '../../text/comments.ts';
import type { WrongTime } from '../times/written-time.ts';
import { MAX_HEADINGS, MAX_SECTIONS, readBeginning, type Stopped, tooLong, tooMany } from './body-bounds.ts';
import { beginsWithLabel, type Heading, readHeading, stageOf, unmarkedLabel } from './heading.ts';

export interface Section extends Heading {
  /** 1-based within the body. */
  readonly line: number;
  /** The `key: value` lines right under the heading (`severity:`, `components:`, `next_update:`, `notify:`). */
  readonly fields: string | null;
  readonly body: string;
}

/** A section with its moment. `written` is what the heading says, `at` never precedes its elder's. */
export type Moment = { readonly section: Section; readonly at: Millis; readonly written: Millis };

/** How a file is read whose sections tell nothing of their order: all in one minute. */
export type Ties = 'newest first' | 'oldest first';

/** The window of a maintenance, epoch ms. */
export type Work = { readonly start: Millis; readonly end: Millis };

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
  readonly stopped: Stopped | null;
}

/**
 * Cuts a body into preface, timed sections and the post-mortem; headings in code fences do not count, and HTML
 * comments, with all that stands in them, are left out. Of a body that is too long only the beginning is read.
 */
export function cutSections(body: string): Sections {
  const { shown, isWhole } = readBeginning(body);
  const { lines, openFence, openFenceLine, unclosed, nested } = shown;
  const parts: Part[] = [{ line: 0, heading: null, lines: [] }];
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
    const heading = text === undefined ? null : readHeading(text, inPostmortem);
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

interface Part {
  readonly line: number;
  readonly heading: Heading | 'postmortem' | 'wrong' | null;
  readonly lines: ShownLine[];
}

/**
 * What stands under a heading that cannot be read is kept with what is above it, never with an end. Above all others
 * it is the beginning, or, when its label is further along than the next one's, goes with that.
 */
function assembled(
  parts: readonly Part[],
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

/**
 * Gives every section its moment, oldest first. Undated ones are read top-down and bottom-up, each
 * at the first such time of day at or after its predecessor; the reading whose undated ones end earlier
 * is taken (dated ones are alike in both, and adding one must not turn the others round). A dated section at an
 * edge may have been put beside older ones: see `stoodBefore`.
 * When both end alike, the one that already runs forward in time; else newest-first, as the mission's
 * own sample is written, unless `ties` says otherwise. `work` is the window of a maintenance: what tells of the work itself without
 * a date is read on the day nearest to it, however long ago the maintenance was announced. A section of a day that is
 * most likely wrong moves no undated one there, unless `trusted`: a machine's file, or a series, may have any days.
 */
export function readMoments(
  sections: readonly Section[],
  started: Millis,
  work: Work | null = null,
  ties: Ties = 'newest first',
  trusted = false,
): Moment[] {
  const strays = trusted ? new Set<Section>() : straysOf(sections, started, work);
  // An undated one belongs to the day on which it is nearer to the beginning.
  const bounds = { started, earliest: trusted || work ? Number.NEGATIVE_INFINITY : started - DAY / 2 };
  const down = walk(sections, bounds, work, strays);
  const up = walk([...sections].reverse(), bounds, work, strays);
  const gap = endOf(down) - endOf(up);
  const sure = (moments: readonly Moment[]) => moments.filter(({ section }) => !strays.has(section));
  const turned = gap === 0 ? disorder(sure(down)) - disorder(sure(up)) : gap;
  const chosen = turned < 0 || (turned === 0 && ties === 'oldest first') ? down : up;
  return chosen
    .map((moment, index) => ({ moment, index }))
    .sort((a, b) => a.moment.at - b.moment.at || a.index - b.index)
    .map(({ moment }) => moment);
}

/** Nothing goes on for so long without a word: a later date is most likely of another year. */
const LONGEST_SILENCE = 200 * DAY;

/** The dated sections that most likely are of a wrong day: far before the beginning, or long after all others. */
function straysOf(sections: readonly Section[], started: Millis, work: Work | null): ReadonlySet<Section> {
  // A maintenance may be announced before the day that its file is named after.
  const first = started - (work ? LONGEST_SILENCE : DAY);
  let last = Math.max(started, work?.end ?? started);
  const strays = new Set<Section>();
  for (const section of sections.filter(({ dated }) => dated).sort((a, b) => a.time - b.time)) {
    if (section.time < first || section.time - last > LONGEST_SILENCE) strays.add(section);
    else last = Math.max(last, section.time);
  }
  return strays;
}

function walk(
  sections: readonly Section[],
  { started, earliest }: { readonly started: Millis; readonly earliest: Millis },
  work: Work | null,
  strays: ReadonlySet<Section>,
): Moment[] {
  let elder = started;
  // What programs write has a date, and stands above or below everything that people wrote.
  const edge = sections.findIndex(({ dated }) => !dated);
  return sections.map((section, index) => {
    const floor = elder - (elder % section.precision);
    const soonest = floor + ((((section.time - floor) % DAY) + DAY) % DAY);
    const next = soonest < earliest ? soonest + DAY : soonest;
    const isOlder = index > 0 && index === edge && stoodBefore(sections.slice(edge), floor, next, started);
    const first = isOlder ? next - DAY : next;
    const read = work && tellsOfWork(section) ? nearestTo(work, first) : first;
    const written = section.dated ? section.time : read;
    // 12:34 beside an elder of 12:34:56 is the same minute, not an earlier moment.
    const at = written === floor ? elder : isOlder ? Math.max(written, started) : written;
    if (!strays.has(section)) elder = at;
    return { section, at, written };
  });
}

/** A section does not wait so long for the next, if that may as well have stood there before it. */
const LONG_SILENCE = 8 * HOUR;

/**
 * Whether the first of these undated sections was there before the dated one at its edge was put there: read after
 * it (`next`), it would come after a long silence, the day before it lies within the incident, and no other date
 * confirms the order.
 */
function stoodBefore(sections: readonly Section[], dated: Millis, next: Millis, started: Millis): boolean {
  const [{ precision }] = sections as [Section];
  if (next - dated <= LONG_SILENCE || next - DAY < started - (started % precision)) return false;
  return !sections.some(other => other.dated && other.time >= next);
}

/** Whether a section tells of the work of a maintenance, not of the plan. */
export function tellsOfWork({ status }: Pick<Section, 'status'>): boolean {
  return status === 'in_progress' || status === 'verifying' || status === 'completed';
}

/** That time of day, at `first` or days after it, on the day nearest to the window; of two alike the earlier. */
function nearestTo({ start, end }: Work, first: Millis): Millis {
  if (first >= start) return first;
  const before = start - ((start - first) % DAY);
  const after = before + DAY;
  return start - before <= Math.max(0, after - end) ? before : after;
}

function endOf(moments: readonly Moment[]): Millis {
  return moments.reduce((end, { section, at }) => (section.dated ? end : Math.max(end, at)), 0);
}

function disorder(moments: readonly Moment[]): number {
  return moments.filter((moment, index) => index > 0 && moment.at < moments[index - 1]!.at).length;
}
