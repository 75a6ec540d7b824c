// YAML with line numbers for its problems; for status.yaml and front matter.
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { errorAt, type Problem } from '../model/problem.ts';
import { gitConflict } from './conflict-markers.ts';
import { utf16Problem } from './encoding.ts';
import { readPlainYaml } from './yaml-fast.ts';

/** A parsed YAML text: plain data, syntax problems, and the line of each path. */
export interface YamlText {
  readonly data: unknown;
  /** Puts `${NAME}` in place of the values of variables, for problems: a variable may be a secret. */
  readonly hide?: (text: string) => string;
  readonly problems: readonly Problem[];
  /** 1-based line of the deepest existing node on `path`. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** The longest YAML, in characters: the parser takes quadratic time in the number of keys. */
const MAX_YAML = 8_000;
/** The longest status.yaml, in characters: some thousand components. */
export const MAX_SITE_YAML = 256_000;
const MAX_DEPTH = 100;
/** The most problems in a list. */
export const MAX_PROBLEMS = 100;

/**
 * Parses YAML 1.2 core (timestamps stay strings, no object tags, limited aliases).
 * @param firstLine the file's line on which `text` begins.
 * @param most the most characters; more is an error.
 */
export function readYaml(text: string, where: string, firstLine = 1, most = MAX_YAML): YamlText {
  if (text.length > most) {
    const what = `this YAML is ${text.length} characters long, and at most ${most} are read`;
    return refused(errorAt(where, what, 'shorten it', firstLine));
  }
  const other = utf16Problem(text, where) ?? gitConflict(text, where, firstLine);
  if (other) return refused(other);
  const plain = readPlainYaml(text);
  if (plain === null && isDeep(text)) {
    const what = `this YAML is nested deeper than ${MAX_DEPTH} levels`;
    return refused(errorAt(where, what, 'use fewer levels', firstLine));
  }
  if (plain === null) return readWholeYaml(text, where, firstLine);
  // Lines are needed only for problems.
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

/** The parser is recursive, and a regular expression near the end of the stack may crash the process. */
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
  // Once the parser is lost, it stumbles over every token of the lines that follow.
  const first = doc.errors.filter(({ code }, index) => index === 0 || code !== 'UNEXPECTED_TOKEN');
  const problems = first.slice(0, MAX_PROBLEMS).map(error => ({
    level: 'error' as const,
    where,
    line: lineAt(error.pos[0]),
    ...(error.code === 'DUPLICATE_KEY' ? twice(doc, error.pos[0], lineAt) : yamlWording(error)),
  }));
  // A key that is there twice hides no other problem.
  const isRead = doc.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  return {
    data: isRead ? plain(doc, problems, where, firstLine) : null,
    problems,
    lineOf: path => lineAt(offsetOf(doc, path)),
  };
}

/** Names the key at `offset`, which an earlier line of the same list of keys has too. */
function twice(
  doc: Document,
  offset: number,
  lineAt: (offset: number) => number,
): Pick<Problem, 'what' | 'fix'> {
  let what = 'a key is there twice';
  visit(doc, {
    Map(_, { items }) {
      const keys = items.map(({ key }) => key);
      const second = keys.find(key => isScalar(key) && rangeOf(key) === offset);
      const first = keys.find(key => isScalar(key) && isScalar(second) && key.value === second.value);
      if (!isScalar(second) || !first) return;
      what = `the key \`${second.value}\` is there twice: on line ${lineAt(rangeOf(first) ?? 0)} too`;
      return visit.BREAK;
    },
  });
  return { what, fix: 'remove one of the two' };
}

/** Replaces the library's most common messages, which are about grammar. */
const YAML_WORDS: readonly (readonly [RegExp, what: string, fix: string])[] = [
  [/^Flow sequence .* end with a ]/, 'a `[` above is not closed', 'add `]`'],
  [/^Flow map .* end with a }/, 'a `{` above is not closed', 'add `}`'],
  [/^Missing closing "/, 'a `"` is not closed', 'add `"`'],
  [/^Missing closing '/, "a `'` is not closed", "add `'`"],
  [/^Nested mappings/, 'there is a second colon in one line', 'put text that contains a colon into "quotes"'],
  [/^Plain value cannot start/, 'a value begins with a character that YAML reserves', 'put it into "quotes"'],
  [
    /^Unexpected flow-(?:map|seq)-start/,
    'a `{` or `[` stands behind the end of a value',
    'put a value that contains them into "quotes"',
  ],
  [
    /^Unexpected (?:scalar|\w*-quoted-scalar|alias) at node end/,
    'text stands behind the end of a value',
    'put the whole value into "quotes"',
  ],
  [/^Missing , /, 'a comma is missing between two entries in braces', 'write `,` between them'],
  [
    /^All (?:mapping|sequence|collection) items must/,
    'lines that belong together are not aligned',
    'begin them in the same column',
  ],
  [/^Unresolved alias/, 'a value begins with `*`, which YAML reserves', 'put it into "quotes"'],
  [/^Invalid escape sequence/, 'in "quotes", a `\\` has a meaning of its own', "write '…' in its place"],
  [/multiple documents/, 'a line `---` begins a second document', 'remove that line'],
  [/^Implicit (?:map )?keys/, 'a line is not `key: value`', 'write it like `title: …`, or indent it'],
];

function yamlWording({ message, code }: { message: string; code: string }): Pick<Problem, 'what' | 'fix'> {
  const [, what, fix] = YAML_WORDS.find(([words]) => words.test(message)) ?? [];
  return {
    what: `this is not YAML: ${what ?? firstSentence(message)}`,
    fix: fix ?? YAML_FIXES[code] ?? 'check the indentation, the quotes and the colons around it',
  };
}

const YAML_FIXES: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'align it with the lines around it',
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

/** `a, b or c`. */
export function joinWithOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
