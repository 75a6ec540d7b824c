// Templates: the operator's texts for automatic incidents (`status/templates/auto/*.md`).

import { printMoment, spell } from '../i18n/spell.ts';
import { MAX_MESSAGE } from '../incidents/file/escape.ts';
import { nearestWord, type Outcome, type Problem } from '../model/problem.ts';
import type { TemplateKind, Transition } from '../model/transition.ts';
import { readComments } from '../text/comments.ts';
import { readFrontmatter, withPlainLineEnds } from '../text/front-matter.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import { oneLine } from '../text/printable.ts';

/** The texts of one file; null: the built-in text. */
export interface Template {
  readonly title: string | null;
  /** Markdown of the first update, and of the resolving one. */
  readonly down: string | null;
  readonly up: string | null;
}

export type Templates = Readonly<Partial<Record<TemplateKind, Template>>>;

const PLACEHOLDERS = ['component', 'seen', 'since', 'checks', 'duration'] as const;

/**
 * Parses a template: `title:` in the front matter, then `## Down` and `## Up`. Placeholders that are unknown, or not
 * available there, stay as text, with a warning.
 */
export function parseTemplate(file: string, kind: TemplateKind, raw: string): Outcome<Template> {
  const front = readFrontmatter(file, raw);
  const problems: Problem[] = [...front.problems, ...(front.yaml?.problems ?? [])];
  if (problems.some(({ level }) => level === 'error')) return { value: null, problems };
  const warn = (line: number, what: string, fix: string) =>
    problems.push({ level: 'warning', where: file, line, what, fix });
  const refused = (line: number, what: string, fix: string): Outcome<Template> => {
    return { value: null, problems: [{ level: 'error', where: file, line, what, fix }] };
  };
  const { title } = (front.yaml?.data ?? {}) as { title?: unknown };
  if (title !== undefined && typeof title !== 'string')
    return refused(2, 'the title is not text', 'put it in quotes: title: "{{component}} is down"');
  const parts: { down?: string[]; up?: string[] } = {};
  let part: 'down' | 'up' | null = null;
  const { lines: shown, unclosed, openFence, openFenceLine } = readComments(front.body);
  if (unclosed[0]) {
    const what = 'this comment is never closed, so it would be published';
    return refused(front.bodyLine + unclosed[0].line - 1, what, 'write `-->` where it ends, or `\\<!--`');
  }
  if (openFenceLine !== null) {
    const fix = `write \`${openFence}\` on its own line where it ends`;
    return refused(front.bodyLine + openFenceLine - 1, 'this code fence is never closed', fix);
  }
  for (const [index, written] of withPlainLineEnds(raw).split('\n').entries()) {
    const number = index + 1;
    const isBody = number >= front.bodyLine;
    const line = (isBody ? shown[number - front.bodyLine]?.text : undefined) ?? written;
    const heading = isBody ? /^##[ \t]+(.+?)[ \t]*$/.exec(line)?.[1] : undefined;
    const name = heading?.toLowerCase();
    if (name === 'down' || name === 'up') {
      part = name;
      parts[part] ??= [];
      continue;
    }
    if (heading !== undefined)
      warn(number, `"${heading}" is not a section of a template`, 'use ## Down and ## Up');
    else if (isBody && part === null && line.trim() !== '')
      warn(number, 'text before the first section is not used', 'put it under ## Down or ## Up');
    for (const [, placeholder = ''] of line.matchAll(PLACEHOLDER)) {
      const fault = faultOf(placeholder, kind, part);
      if (fault) warn(number, ...fault);
    }
    if (part !== null) parts[part]?.push(line);
  }
  const [down = null, up = null] = [parts.down, parts.up].map(lines => lines?.join('\n').trim() || null);
  if (Math.max(down?.length ?? 0, up?.length ?? 0) > MAX_MESSAGE) {
    const what = `its text is longer than ${MAX_MESSAGE} characters`;
    problems.push({ level: 'error', where: file, what, fix: 'shorten it' });
    return { value: null, problems };
  }
  return { value: { title: (title && oneLine(title)) || null, down, up }, problems };
}

const PLACEHOLDER = /\{\{\s*([^{}\s]*)\s*\}\}/g;

function faultOf(
  name: string,
  kind: TemplateKind,
  part: 'down' | 'up' | null,
): readonly [what: string, fix: string] | null {
  const isOfOneCheck = kind !== 'heartbeat' && kind !== 'together';
  const known: readonly string[] = PLACEHOLDERS.filter(
    one => (one !== 'checks' || isOfOneCheck) && (one !== 'duration' || part === 'up'),
  );
  if (known.includes(name)) return null;
  if (name === 'duration')
    return ['{{duration}} is known only when the outage is over', 'use it under ## Up'];
  if (name === 'checks') return ['{{checks}} is known only for a single check', 'remove it here'];
  const near = nearestWord(name, known);
  const list = known.map(one => `{{${one}}}`).join(', ');
  return [`{{${name}}} is not a placeholder`, near ? `did you mean {{${near}}}?` : `use one of ${list}`];
}

/** The transition with the texts of its template; unchanged without a template or values. */
export function inWordsOf<T extends Transition>(transition: T, templates: Templates): T {
  const { facts, kind, at } = transition;
  const template = facts && templates[facts.kind];
  if (!template) return transition;
  const { component, seen, checks, duration } = facts;
  const values = new Map([
    ['component', component],
    ['seen', seen],
    ['since', printMoment(at - (duration ?? 0))],
    ['checks', checks?.toString()],
    // Unknown when the clock was set back meanwhile.
    ['duration', duration === undefined ? (kind === 'up' ? 'an unknown time' : undefined) : spell(duration)],
  ]);
  const fill = (text: string, safe: (value: string) => string) =>
    text.replace(PLACEHOLDER, (whole, name: string) => {
      const value = values.get(name);
      return value === undefined ? whole : safe(value);
    });
  const message = template[kind];
  return {
    ...transition,
    // A title is plain text on one line; only bodies are markdown.
    title: template.title ? fill(template.title, value => value).replace(/\s+/g, ' ') : transition.title,
    message: message ? fill(message, escapeMarkdown) : transition.message,
  };
}
