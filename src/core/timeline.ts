// Timelines: the `## Update 15:00 UTC` sections of an incident file, read into moments (contract §4).
import type { UpdateStatus } from './incident.ts';
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES } from './incident.ts';
import { DAY, HOUR, MINUTE, type Millis, parseInstant, parseZone, SECOND } from './time.ts';

/** A section as written, before its moment is known. */
export interface Section {
  /** 1-based within the body. */
  readonly line: number;
  /** The status the label names, or null for `Update` and any other words. */
  readonly status: UpdateStatus | null;
  /** The heading's own words when they are neither a status nor `Update`. */
  readonly label: string | null;
  readonly body: string;
  /** Epoch ms when the heading is dated; else the time of day, ms since midnight UTC. */
  readonly dated: boolean;
  readonly time: Millis;
  /** What the heading can tell apart: a minute or a second. */
  readonly precision: Millis;
}

/** A section with its moment. `written` is what the heading says, `at` never precedes its elder's. */
export interface Moment {
  readonly section: Section;
  readonly at: Millis;
  readonly written: Millis;
}

export interface Sections {
  /** Text before the first section. */
  readonly preface: string;
  readonly sections: readonly Section[];
  readonly postmortem: string | null;
  /** Headings that look timed but cannot be read: line and text. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
}

/** Cuts a body into preface, timed sections and the post-mortem; headings in code fences do not count. */
export function cutSections(body: string): Sections {
  const parts: { line: number; heading: Heading | null; lines: string[] }[] = [
    { line: 0, heading: null, lines: [] },
  ];
  const unreadable: { line: number; text: string }[] = [];
  let fence: string | null = null;
  for (const [index, line] of body.split('\n').entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark && fence === null) fence = mark;
    else if (mark && fence !== null && mark.startsWith(fence) && line.trim() === mark) fence = null;
    const text = fence === null && !mark ? /^## +(.*?)(?: +#+)?\s*$/.exec(line)?.[1] : undefined;
    const heading = text === undefined ? null : readHeading(text);
    if (heading) {
      parts.push({ line: index + 1, heading, lines: [] });
      continue;
    }
    if (text !== undefined && /\d{1,2}:\d{2}/.test(text)) unreadable.push({ line: index + 1, text });
    parts.at(-1)!.lines.push(line);
  }
  const sections: Section[] = [];
  let postmortem: string | null = null;
  for (const { line, heading, lines } of parts) {
    const text = lines.join('\n').trim();
    if (heading === 'postmortem') postmortem = postmortem === null ? text : `${postmortem}\n\n${text}`;
    else if (heading) sections.push({ ...heading, line, body: text });
  }
  return { preface: parts[0]!.lines.join('\n').trim(), sections, postmortem, unreadable };
}

type Heading = Omit<Section, 'line' | 'body'> | 'postmortem';

const TIMED =
  /^(.*?)[\s([,:–—-]*(?:(\d{4}-\d{2}-\d{2})(?:T|,?\s+))?\b(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(UTC|GMT|Z|[+-]\d{2}:?\d{2})?[\s)\]]*$/i;

function readHeading(text: string): Heading | null {
  if (/^post-?\s?mortem$/i.test(text.trim())) return 'postmortem';
  const found = TIMED.exec(text);
  if (!found) return null;
  const [, words = '', date, hour, minute, second, zone = 'UTC'] = found;
  const offset = parseZone(zone);
  if (offset === null || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const local = Number(hour) * HOUR + Number(minute) * MINUTE + Number(second ?? 0) * SECOND;
  const midnight = date === undefined ? null : parseInstant(date);
  if (date !== undefined && midnight === null) return null;
  const time = midnight === null ? (((local - offset) % DAY) + DAY) % DAY : midnight + local - offset;
  const precision = second === undefined ? MINUTE : SECOND;
  return { ...readLabel(words), dated: midnight !== null, time, precision };
}

function readLabel(words: string): Pick<Section, 'status' | 'label'> {
  const label = words.trim();
  const status = statusNamed(label);
  if (status) return { status, label: null };
  return { status: null, label: label === '' || /^update$/i.test(label) ? null : label };
}

/** The status a word names (`In progress`, `Resolved`), or null. */
function statusNamed(label: string): UpdateStatus | null {
  const word = label.toLowerCase().replace(/[\s-]+/g, '_');
  const known: readonly string[] = [...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES];
  return known.includes(word) ? (word as UpdateStatus) : null;
}

/**
 * Gives every section its moment, oldest first. Undated ones are read top-down and bottom-up, each
 * at the first such time of day at or after its predecessor; the reading that ends earlier is taken.
 * When both end alike, the one that already runs forward in time; else newest-first, as the mission's
 * own sample is written.
 */
export function readMoments(sections: readonly Section[], started: Millis): Moment[] {
  const down = walk(sections, started);
  const up = walk([...sections].reverse(), started);
  const gap = endOf(down) - endOf(up);
  const chosen = gap < 0 || (gap === 0 && disorder(down) < disorder(up)) ? down : up;
  return chosen
    .map((moment, index) => ({ moment, index }))
    .sort((a, b) => a.moment.at - b.moment.at || a.index - b.index)
    .map(({ moment }) => moment);
}

function walk(sections: readonly Section[], started: Millis): Moment[] {
  let elder = started;
  return sections.map(section => {
    const floor = elder - (elder % section.precision);
    const written = section.dated ? section.time : floor + ((((section.time - floor) % DAY) + DAY) % DAY);
    // 12:34 beside an elder of 12:34:56 is the same minute, not an earlier moment.
    const at = written === floor ? elder : written;
    elder = at;
    return { section, at, written };
  });
}

function endOf(moments: readonly Moment[]): Millis {
  return Math.max(0, ...moments.map(moment => moment.at));
}

function disorder(moments: readonly Moment[]): number {
  return moments.filter((moment, index) => index > 0 && moment.at < moments[index - 1]!.at).length;
}
