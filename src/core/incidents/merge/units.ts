// Cuts an incident file into the units of a merge. Every byte belongs to exactly one of them.
import { isMap, isScalar, type Node, parseDocument } from 'yaml';
import type { Millis } from '../../model/time.ts';
import { readFrontmatter } from '../../text/front-matter.ts';
import { readMoments } from '../file/moments.ts';
import { MAX_INCIDENT_BYTES, parseIncident } from '../file/parse.ts';
import { cutSections } from '../file/timeline.ts';

export interface FrontMatterEntry {
  readonly key: string;
  /** The comments and empty lines above it, unchanged. */
  readonly lead: string;
  /** Its own lines, unchanged. */
  readonly text: string;
  /** The value as JSON, so that two spellings of one value are equal. */
  readonly value: string;
}

export interface MergeUnit {
  /** Unchanged, without the line end and the empty lines after it. */
  readonly text: string;
  readonly gap: string;
  /** For comparison: the text with LF and without outer blanks. */
  readonly same: string;
  /** When it was written, epoch ms; null when unknown. */
  readonly at: Millis | null;
}

export interface Units {
  /** The first line, with its byte order mark. */
  readonly opening: string;
  readonly entries: readonly FrontMatterEntry[];
  /** Comments below the last key. */
  readonly tail: string;
  readonly closing: string;
  readonly preface: MergeUnit;
  readonly sections: readonly MergeUnit[];
}

/** Cuts a file; null unless it is readable front matter of `key: value` lines above a body. */
export function cutIncident(source: string): Units | null {
  if (source.length > MAX_INCIDENT_BYTES) return null;
  const { yaml, problems } = readFrontmatter('', source);
  if (!yaml || problems.length + yaml.problems.length > 0) return null;
  const lines = source.match(/[^\r\n]*(?:\r\n?|\n)|[^\r\n]+$/g) ?? [];
  const close = lines.findIndex((line, index) => index > 0 && line.startsWith('---'));
  const front = close < 1 ? null : cutFront(lines.slice(1, close));
  if (!front) return null;
  const [opening, closing] = [lines[0] as string, lines[close] as string];
  const body = cutBody(lines.slice(close + 1), source);
  return body && { opening, ...front, closing, ...body };
}

/** A line without its line end. */
const bare = (line: string) => line.replace(/\r?\n$|\r$/, '');

function cutFront(lines: readonly string[]): Pick<Units, 'entries' | 'tail'> | null {
  const text = lines.map(bare).join('\n');
  const doc = parseDocument(text, { schema: 'core', version: '1.2', uniqueKeys: true });
  const { contents } = doc;
  if (doc.errors.length > 0 || !isMap(contents) || contents.flow) return null;
  const data = doc.toJS({ maxAliasCount: 100 }) as Record<string, unknown>;
  const starts: { key: string; line: number }[] = [];
  for (const { key } of contents.items) {
    const from = (key as Node | null)?.range?.[0];
    if (!isScalar(key) || from === undefined) return null;
    const line = text.slice(0, from).split('\n').length - 1;
    if (from > 0 && text[from - 1] !== '\n') return null;
    starts.push({ key: String(key.value), line });
  }
  const entries: FrontMatterEntry[] = [];
  let lead = lines.slice(0, starts[0]?.line ?? 0).join('');
  for (const [index, { key, line }] of starts.entries()) {
    const end = starts[index + 1]?.line ?? lines.length;
    let own = end;
    while (own > line + 1 && /^(#.*)?\s*$/.test(lines[own - 1] as string)) own--;
    const value = JSON.stringify(data[key]) ?? 'null';
    entries.push({ key, lead, text: lines.slice(line, own).join(''), value });
    lead = lines.slice(own, end).join('');
  }
  return { entries, tail: lead };
}

function cutBody(lines: readonly string[], source: string): Pick<Units, 'preface' | 'sections'> | null {
  const read = parseIncident('', '', source).value;
  const cut = cutSections(lines.map(bare).join('\n'), read?.status);
  if (cut.stopped) return null;
  const moments = read ? readMoments(cut.sections, { started: read.started, ending: read.resolved }) : [];
  const said = new Map(moments.map(({ section, at }) => [section.line, at]));
  const found = [...cut.sections.map(({ line }) => line), ...postmortemLines(lines)];
  const starts = found.sort((a, b) => a - b);
  const part = (from: number, to: number): MergeUnit => {
    let end = to;
    while (end > from && (lines[end - 1] as string).trim() === '') end--;
    const whole = lines.slice(from, end).join('');
    const text = bare(whole);
    const gap = whole.slice(text.length) + lines.slice(end, to).join('');
    const same = text.replace(/\r\n?/g, '\n').trim();
    return { text, gap, same, at: said.get(from + 1) ?? null };
  };
  return {
    preface: part(0, (starts[0] ?? lines.length + 1) - 1),
    sections: starts.map((line, index) => part(line - 1, (starts[index + 1] ?? lines.length + 1) - 1)),
  };
}

/** Where post-mortems begin (1-based lines): nearly always one. Text after the tenth belongs to it. */
function postmortemLines(lines: readonly string[]): number[] {
  const found: number[] = [];
  while (found.length < 10) {
    const above = found.at(-1) ?? 0;
    const next = cutSections(lines.slice(above).map(bare).join('\n')).postmortemLine;
    if (next === null) break;
    found.push(above + next);
  }
  return found;
}
