// YAML with lines: documents whose problems can be named by line, shared by status.yaml and frontmatter.
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { nearest, type Problem } from '../model/problem.ts';
import { gitConflict } from './git-conflict.ts';
import { readPlainYaml } from './yaml-fast.ts';

/** A parsed YAML text: plain data, the problems of its syntax, and where each path stands. */
export interface YamlText {
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** 1-based line of the deepest existing node on `path`. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** The parser takes time by the square of the keys: so long, characters, it holds others for a moment only. */
const MAX_YAML = 8_000;
/** The longest status.yaml that is read, characters: some thousand components. */
export const MAX_SITE_YAML = 256_000;
const MAX_DEPTH = 100;
/** A list of problems is as long as what somebody reads. */
const MOST_PROBLEMS = 100;

/**
 * Parses YAML 1.2 core (timestamps stay strings, no tags that build objects, aliases bounded).
 * `firstLine` is the line of the file on which `text` begins; text of more than `most` characters is an error.
 */
export function readYaml(text: string, where: string, firstLine = 1, most = MAX_YAML): YamlText {
  if (text.length > most) {
    const what = `this YAML is ${text.length} characters long, and ${most} are read at most`;
    const problem = { level: 'error' as const, where, line: firstLine, what, fix: 'shorten it' };
    return { data: null, problems: [problem], lineOf: () => firstLine };
  }
  const both = gitConflict(text, where, firstLine);
  if (both) return { data: null, problems: [both], lineOf: () => both.line };
  const plain = readPlainYaml(text);
  if (plain === null && isDeep(text)) {
    const problem = {
      level: 'error' as const,
      where,
      line: firstLine,
      what: `this YAML is nested deeper than ${MAX_DEPTH} levels`,
    };
    return { data: null, problems: [{ ...problem, fix: 'write it flatter' }], lineOf: () => firstLine };
  }
  if (plain === null) return readWholeYaml(text, where, firstLine);
  // Lines are asked for only when something is wrong.
  let whole: YamlText | undefined;
  const lineOf: YamlText['lineOf'] = path => {
    whole ??= readWholeYaml(text, where, firstLine);
    return whole.lineOf(path);
  };
  return { data: plain, problems: [], lineOf };
}

/** The parser calls itself for each level, and near the end of the stack a pattern may end the process. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return text.split('\n').some(line => line.split(/[-?:](?=\s)/, MAX_DEPTH + 2).length > MAX_DEPTH + 1);
}

/** The same by the document parser alone, whatever the text. */
export function readWholeYaml(text: string, where: string, firstLine = 1): YamlText {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, schema: 'core', version: '1.2', uniqueKeys: true });
  const lineAt = (offset: number) => firstLine - 1 + lines.linePos(offset).line;
  const problems = doc.errors.slice(0, MOST_PROBLEMS).map(error => ({
    level: 'error' as const,
    where,
    line: lineAt(error.pos[0]),
    ...yamlWording(error),
  }));
  return {
    data: doc.errors.length > 0 ? null : plain(doc, problems, where, firstLine),
    problems,
    lineOf: path => lineAt(offsetOf(doc, path)),
  };
}

/** The library's most usual words are about its grammar, not about what was typed. */
const YAML_WORDS: readonly (readonly [RegExp, what: string, fix: string])[] = [
  [/^Flow sequence .* end with a ]/, 'a `[` above is not closed', 'add `]`'],
  [/^Flow map .* end with a }/, 'a `{` above is not closed', 'add `}`'],
  [/^Missing closing "/, 'a `"` is not closed', 'add `"`'],
  [/^Missing closing '/, "a `'` is not closed", "add `'`"],
  [/^Nested mappings/, 'there is a second colon in one line', 'put text that holds a colon into "quotes"'],
  [
    /^Plain value cannot start/,
    'a value begins with a sign that YAML keeps for itself',
    'put it into "quotes"',
  ],
  [/^Implicit (?:map )?keys/, 'a line is no `key: value`', 'write it like `title: …`, or indent it'],
];

function yamlWording({ message, code }: { message: string; code: string }): Pick<Problem, 'what' | 'fix'> {
  const [, what, fix] = YAML_WORDS.find(([words]) => words.test(message)) ?? [];
  return {
    what: `this is not YAML: ${what ?? firstSentence(message)}`,
    fix: fix ?? YAML_FIXES[code] ?? 'check the indentation, the quotes and the colons around it',
  };
}

const YAML_FIXES: Record<string, string> = {
  DUPLICATE_KEY: 'remove one of the two',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line it up with its neighbours',
  MISSING_CHAR: 'close the quote or bracket',
};

function plain(doc: Document, problems: Problem[], where: string, line: number): unknown {
  try {
    return doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const what = `this is not YAML: ${firstSentence(String(error))}`;
    problems.push({ level: 'error', where, line, what, fix: 'write the values out instead of aliases' });
    return null;
  }
}

function offsetOf(doc: Document, path: readonly PropertyKey[]): number {
  let node: unknown = doc.contents;
  let offset = rangeOf(node) ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = rangeOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      const items = (node as { items?: unknown[] } | null)?.items;
      const item = items?.[Number(key)];
      if (item === undefined) break;
      offset = rangeOf(item) ?? offset;
      node = item;
    }
  }
  return offset;
}

function rangeOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] } | null)?.range?.[0];
}

function firstSentence(message: string): string {
  return message
    .replace(/^\w*Error: /, '')
    .split('\n')[0]!
    .replace(/ at line \d+, column \d+:?$/, '');
}

/** What a check says: the value, or every problem at its line; `data` is what was checked, without unknown keys. */
export interface Checked<T> {
  readonly value: T | null;
  readonly problems: readonly Problem[];
  readonly data: unknown;
}

/**
 * Checks parsed data against a zod schema. Keys that a strict object of it does not know are left out, with a warning
 * that names the nearest known one, or what `meant` has for it. What is wrong at a `forgiven` path is not reported,
 * though no value comes back for it.
 */
export function checkAgainst<S extends z.ZodObject>(
  schema: S,
  yaml: YamlText,
  where: string,
  forgiven: (path: readonly PropertyKey[]) => boolean = () => false,
  meant: ReadonlyMap<string, string> = new Map(),
): Checked<z.output<S>> {
  const { problems } = yaml;
  if (problems.length > 0) return { value: null, problems, data: null };
  if (typeof yaml.data !== 'object' || yaml.data === null || Array.isArray(yaml.data)) {
    const what = 'a list of `key: value` lines is expected here';
    const fix = 'write for instance `title: …`';
    return {
      value: null,
      problems: [{ level: 'error', where, line: yaml.lineOf([]), what, fix }],
      data: null,
    };
  }
  let data: unknown = yaml.data;
  let parsed = schema.safeParse(data, { reportInput: true, error: knownKeys });
  const unknown = parsed.success ? [] : unknownKeys(parsed.error.issues);
  if (unknown.length > 0) {
    data = without(data, unknown);
    parsed = schema.safeParse(data, { reportInput: true, error: knownKeys });
  }
  const errors = (parsed.error?.issues ?? [])
    .filter(({ path }) => !forgiven(path))
    .slice(0, MOST_PROBLEMS)
    .map(issue => ({ level: 'error' as const, where, line: yaml.lineOf(issue.path), ...wording(issue) }));
  // zod goes from the inside out.
  const outermost = unknown.sort((a, b) => a.path.length - b.path.length).slice(0, MOST_PROBLEMS);
  const warnings = outermost.map(({ path, key, known }) => {
    const near = meant.get(key) ?? nearest(key, known.split(', '));
    const fix = near ? `did you mean \`${near}\`?` : `known here: ${known}`;
    const line = yaml.lineOf([...path, key]);
    return { level: 'warning' as const, where, line, what: `unknown key \`${key}\``, fix };
  });
  return { value: parsed.success ? parsed.data : null, problems: [...errors, ...warnings], data };
}

interface UnknownKey {
  readonly path: readonly PropertyKey[];
  readonly key: string;
  /** The keys known there, with commas. */
  readonly known: string;
}

/** zod names the unknown keys; which it knows is told in place of its message. */
const knownKeys: z.core.$ZodErrorMap = issue =>
  issue.code === 'unrecognized_keys' ? Object.keys((issue.inst as z.ZodObject).shape).join(', ') : undefined;

/** Those of a union are of the branch in which nothing else is wrong. */
function unknownKeys(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): UnknownKey[] {
  return issues.flatMap(issue => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({ path, key, known: issue.message }));
    if (issue.code !== 'invalid_union') return [];
    const branch = issue.errors.find(
      inner => inner.length > 0 && inner.every(({ code }) => code === 'unrecognized_keys'),
    );
    return branch ? unknownKeys(branch, path) : [];
  });
}

function without(data: unknown, unknown: readonly UnknownKey[]): unknown {
  const left = structuredClone(data);
  for (const { path, key } of unknown) {
    const holder = path.reduce((at, step) => (at as Record<PropertyKey, unknown>)[step], left);
    delete (holder as Record<string, unknown>)[key];
  }
  return left;
}

function wording(issue: z.core.$ZodIssue): { what: string; fix: string } {
  const name = issue.path.map(String).join('.') || 'this';
  const given =
    issue.input === undefined ? 'is missing' : issue.input === null ? 'is empty' : `is ${quote(issue.input)}`;
  const what = `\`${name}\` ${given}`;
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined;
      return { what, fix: near ? `did you mean ${near}?` : `write ${listed(values)}` };
    }
    case 'invalid_type':
      return { what, fix: `write ${TYPE_WORDS[issue.expected] ?? `a ${issue.expected}`}` };
    case 'invalid_union':
      return unionWording(issue, what);
    case 'too_big':
      return { what, fix: `write at most ${issue.maximum}${unitOf(issue.origin)}` };
    case 'too_small':
      if (issue.origin === 'array') return { what, fix: 'name at least one' };
      if (issue.origin === 'string' && issue.minimum === 1)
        return { what, fix: 'write something, or leave it out' };
      return { what, fix: `write at least ${issue.minimum}${unitOf(issue.origin)}` };
    case 'invalid_key': {
      const [first] = issue.issues;
      if (first) return wording({ ...first, path: issue.path, input: issue.path.at(-1) } as z.core.$ZodIssue);
      return { what, fix: 'choose another name' };
    }
    case 'custom': {
      const [told, fix] = issue.message.split(/; (.*)/s);
      return { what: `\`${name}\`: ${told}`, fix: fix ?? 'see docs/settings.md' };
    }
    default:
      if ('format' in issue && issue.format === 'url') return { what, fix: 'write an address: https://…' };
      if ('format' in issue && issue.format === 'email')
        return { what, fix: 'write an address: ops@example.com' };
      return { what, fix: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) };
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : '';
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: '`key: value` lines',
  record: '`key: value` lines',
};

function unionWording(issue: z.core.$ZodIssueInvalidUnion, what: string): { what: string; fix: string } {
  const { discriminator, options } = issue as { discriminator?: string; options?: unknown[] };
  if (discriminator && options) {
    const values = options.map(String);
    const given = (issue.input as Record<string, unknown> | undefined)?.[discriminator];
    const near = typeof given === 'string' ? nearest(given, values) : undefined;
    const told = given === undefined ? 'is missing' : `is ${quote(given)}`;
    const fix = near ? `did you mean ${near}?` : `write ${listed(values)}`;
    return { what: `\`${issue.path.map(String).join('.')}\` ${told}`, fix };
  }
  // Words of the schema's own say more than the sum of what its parts would have taken.
  if (issue.message !== 'Invalid input') return { what, fix: issue.message };
  const fixes = issue.errors.flat().map(inner => wording(inner).fix);
  const asked = fixes.find(fix => fix.startsWith('did you mean'));
  return { what, fix: asked ?? [...new Set(fixes)].join(', or ') };
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function quote(value: unknown): string {
  const whole = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  // What follows an address's host may be a secret, and problems are shown on /readyz.
  const text = whole.replace(/(:\/\/)(?:[^/\s"]*@)?([^/\s"]*)\/[^\s"]+/g, '$1$2/…');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
