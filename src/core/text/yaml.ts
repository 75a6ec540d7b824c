// YAML with line numbers for its problems; for status.yaml and front matter.
import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { errorAt, type Problem } from '../model/problem.ts';
import { gitConflict } from './conflict-markers.ts';
import { utf16Problem } from './encoding.ts';
import { readPlainYaml } from './yaml-fast.ts';
import { faultOf } from './yaml-faults.ts';

/** A parsed YAML text: plain data, syntax problems, and the line of each path. */
export interface YamlText {
  readonly data: unknown;
  /** Puts `${NAME}` in place of the values of variables, for problems: a variable may be a secret. */
  readonly hide?: (text: string) => string;
  readonly problems: readonly Problem[];
  /** The lines on which a value, or a part of it, was read as a comment, because it follows ` #`. */
  readonly dropped?: readonly number[];
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
  const problems = problemsOf(doc, text, where, lineAt, firstLine);
  // A key that is there twice hides no other problem.
  const isRead = doc.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  return {
    data: isRead ? plain(doc, problems, where, lineAt) : null,
    problems,
    dropped: isRead && /\s#\S/.test(text) ? droppedIn(doc, text).map(lineAt) : [],
    lineOf: path => lineAt(offsetOf(doc, path)),
  };
}

function problemsOf(
  doc: Document,
  text: string,
  where: string,
  lineAt: (offset: number) => number,
  firstLine: number,
): Problem[] {
  const problems: Problem[] = [];
  for (const error of doc.errors.slice(0, MAX_PROBLEMS)) {
    const { code, pos } = error;
    // Once the parser is lost, it stumbles over every token of the lines that follow.
    if (problems.length > 0 && code === 'UNEXPECTED_TOKEN') continue;
    const at = lineAt(pos[0]);
    const fault = code === 'DUPLICATE_KEY' ? null : faultOf(error, at - firstLine + 1, text);
    const line = fault ? fault.line + firstLine - 1 : at;
    // One slip on a line, however often the parser mentions it.
    if (fault && problems.some(one => one.line === line || one.line === at)) continue;
    const { what, fix } = fault
      ? { ...fault, what: `${NOT_YAML}: ${fault.what}` }
      : twice(doc, pos[0], lineAt);
    problems.push({ level: 'error', where, line, what, fix });
  }
  return problems;
}

const NOT_YAML = 'this is not YAML';

/** Keys whose values are words, or the name of a monitor: `API down #ops` is no comment. */
const WORDED = ['title', 'opened_by'];

/**
 * Where a value, or the end of one, was dropped because it follows ` #`: nothing stands before that, and no space behind
 * it; or a digit does, as in `Region #2`; or it is of words.
 */
function droppedIn(doc: Document, text: string): number[] {
  const found: number[] = [];
  visit(doc, {
    Scalar(_, node, path) {
      const pair = path.at(-1);
      const isWorded = isPair(pair) && isScalar(pair.key) && WORDED.includes(String(pair.key.value));
      const cut = isWorded ? /^\s+#\S/ : /^\s+#\d/;
      const [start, end] = node.range ?? [0, 0];
      const rest = /^[^\n]*/.exec(text.slice(node.source ? end : start))![0];
      const isText = node.type === 'PLAIN' && typeof node.value === 'string';
      if (node.value === null && !node.source ? /^\s*#\S/.test(rest) : isText && cut.test(rest))
        found.push(start);
    },
  });
  return found;
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

function plain(
  doc: Document,
  problems: Problem[],
  where: string,
  lineAt: (offset: number) => number,
): unknown {
  try {
    const lost = lostAlias(doc);
    if (lost === undefined) return doc.toJS({ maxAliasCount: 100 });
    const what = `${NOT_YAML}: a value begins with \`*\`, which YAML reserves`;
    problems.push({ level: 'error', where, line: lineAt(lost), what, fix: 'put it into "quotes"' });
  } catch {
    const what = `${NOT_YAML}: its aliases (\`*…\`) cannot be followed`;
    const fix = 'write the values out instead of aliases';
    problems.push({ level: 'error', where, line: lineAt(0), what, fix });
  }
  return null;
}

/** Where the first `*name` is that no `&name` is for; usually a text that begins with `*`. */
function lostAlias(doc: Document): number | undefined {
  let lost: number | undefined;
  visit(doc, {
    Alias(_, node) {
      if (node.resolve(doc)) return;
      lost = rangeOf(node);
      return visit.BREAK;
    },
  });
  return lost;
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

/** `a, b or c`. */
export function joinWithOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
