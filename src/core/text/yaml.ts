// YAML with lines: documents whose problems can be named by line, shared by status.yaml and frontmatter.
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { errorAt, nearest, type Problem, warningAt } from '../model/problem.ts';
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
const MAX_PROBLEMS = 100;

/**
 * Parses YAML 1.2 core (timestamps stay strings, no tags that build objects, aliases bounded).
 * `firstLine` is the line of the file on which `text` begins; text of more than `most` characters is an error.
 */
export function readYaml(text: string, where: string, firstLine = 1, most = MAX_YAML): YamlText {
  if (text.length > most) {
    const what = `this YAML is ${text.length} characters long, and ${most} are read at most`;
    return refused(errorAt(where, what, 'shorten it', firstLine));
  }
  const both = gitConflict(text, where, firstLine);
  if (both) return refused(both);
  const plain = readPlainYaml(text);
  if (plain === null && isDeep(text)) {
    const what = `this YAML is nested deeper than ${MAX_DEPTH} levels`;
    return refused(errorAt(where, what, 'write it flatter', firstLine));
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

function refused(problem: Problem): YamlText {
  return { data: null, problems: [problem], lineOf: () => problem.line ?? 1 };
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

export function readWholeYaml(text: string, where: string, firstLine = 1): YamlText {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, schema: 'core', version: '1.2', uniqueKeys: true });
  const lineAt = (offset: number) => firstLine - 1 + lines.linePos(offset).line;
  const problems = doc.errors.slice(0, MAX_PROBLEMS).map(error => ({
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

/**
 * Checks parsed data against a zod schema. Comes back with the value, or with every problem at its
 * line; keys the schema does not know are warnings naming the nearest known one. What is wrong at a
 * `forgiven` path is not told, though no value comes back for it.
 */
export function checkAgainst<S extends z.ZodObject>(
  schema: S,
  yaml: YamlText,
  where: string,
  forgiven: (path: readonly PropertyKey[]) => boolean = () => false,
): { value: z.output<S> | null; problems: Problem[] } {
  const problems: Problem[] = [...yaml.problems];
  if (problems.length > 0) return { value: null, problems };
  if (typeof yaml.data !== 'object' || yaml.data === null || Array.isArray(yaml.data)) {
    const what = 'a list of `key: value` lines is expected here';
    const problem = errorAt(where, what, 'write for instance `title: …`', yaml.lineOf([]));
    return { value: null, problems: [problem] };
  }
  const parsed = schema.safeParse(yaml.data, { reportInput: true });
  if (!parsed.success) {
    for (const issue of parsed.error.issues.filter(({ path }) => !forgiven(path)).slice(0, MAX_PROBLEMS)) {
      problems.push({ level: 'error', where, line: yaml.lineOf(issue.path), ...wording(issue) });
    }
  }
  return { value: parsed.success ? parsed.data : null, problems };
}

/** Warnings for the keys of `data` that are not `known`, each naming the nearest known key, or what `meant` has for it. */
export function unknownKeys(
  data: unknown,
  known: readonly string[],
  path: readonly PropertyKey[],
  yaml: YamlText,
  where: string,
  meant: ReadonlyMap<string, string> = new Map(),
): Problem[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  return Object.keys(data)
    .filter(key => !known.includes(key))
    .slice(0, MAX_PROBLEMS)
    .map(key => {
      const near = meant.get(key) ?? nearest(key, known);
      const fix = near ? `did you mean \`${near}\`?` : `known here: ${known.join(', ')}`;
      return warningAt(where, `unknown key \`${key}\``, fix, yaml.lineOf([...path, key]));
    });
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
      const [wrong, fix] = issue.message.split(/; (.*)/s);
      return { what: `\`${name}\`: ${wrong}`, fix: fix ?? 'see docs/settings.md' };
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
    const found = given === undefined ? 'is missing' : `is ${quote(given)}`;
    const fix = near ? `did you mean ${near}?` : `write ${listed(values)}`;
    return { what: `\`${issue.path.map(String).join('.')}\` ${found}`, fix };
  }
  // Words of the schema's own say more than the sum of what its parts would have taken.
  if (issue.message !== 'Invalid input') return { what, fix: issue.message };
  const fixes = issue.errors.flat().map(inner => wording(inner).fix);
  const asked = fixes.find(fix => fix.startsWith('did you mean'));
  return { what, fix: asked ?? [...new Set(fixes)].join(', or ') };
}

export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function quote(value: unknown): string {
  const whole = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  // What follows an address's host may be a secret, and problems are shown on /readyz.
  const text = whole.replace(/(:\/\/)(?:[^/\s"]*@)?([^/\s"]*)\/[^\s"]+/g, '$1$2/…');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
