// Changes values in an incident file's front matter in place: all other bytes stay.
import { isCollection, isMap, isScalar, type Pair, parseDocument } from 'yaml';
import type { Severity } from '../../model/component.ts';
import { yamlList, yamlString, yamlText } from './yaml-values.ts';

export interface FrontChanges {
  readonly title?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Ids; they replace the whole list, with its statuses. */
  readonly components?: readonly string[] | undefined;
  readonly openedBy?: string | readonly string[] | undefined;
}

/** A file cut at its front matter: the lines above, its text with LF, and the lines from its closing `---` on. */
export interface CutFile {
  readonly eol: string;
  readonly head: readonly string[];
  readonly front: string;
  readonly body: readonly string[];
}

/** Null when no front matter is found. Lines end as in the file. */
export function cutFile(source: string): CutFile | null {
  const eol = ['\r\n', '\n'].find(end => source.includes(end)) ?? '\r';
  const lines = source.split(eol === '\r' ? '\r' : /\r?\n/);
  const close = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
  if (close < 0) return null;
  const open = /^\uFEFF?---/.test(lines[0]!) ? 1 : 0;
  const front = lines.slice(open, close).join('\n');
  return { eol, head: lines.slice(0, open), front, body: lines.slice(close) };
}

export function joinFile({ eol, head, front, body }: CutFile): string {
  return [...head, ...(front === '' ? [] : front.split('\n')), ...body].join(eol);
}

/** Changes fields of the front matter; adds missing ones at its end. The same text without front matter. */
export function editFront(source: string, { title, severity, components, openedBy }: FrontChanges): string {
  const found = /^(\uFEFF?---[ \t]*(\r?\n))([\s\S]*?)(?=^---[ \t]*$)/m.exec(source);
  if (found?.index !== 0) return source;
  const [whole, opening = '', eol = '', front = ''] = found;
  const values = {
    title: title === undefined ? undefined : yamlString(title),
    severity,
    components: components && yamlList(components),
    opened_by: openedBy && yamlText(openedBy),
  };
  const edited = setValues(front.replaceAll('\r\n', '\n'), values).replaceAll('\n', eol);
  return opening + edited + source.slice(whole.length);
}

/** A file with another status in its front matter, and no `resolved:`. The same text without front matter. */
export function asOpen(source: string, status: string): string {
  const cut = cutFile(source);
  return cut ? joinFile({ ...cut, front: setValues(cut.front, { status, resolved: null }) }) : source;
}

/** Sets keys of a YAML map, or removes them (null). A new key goes below the first found of `after`, else last. */
export function setValues(
  yaml: string,
  values: Readonly<Record<string, string | null | undefined>>,
  after: readonly string[] = [],
): string {
  let text = yaml;
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) text = set(text, key, value, after);
  return text;
}

function set(yaml: string, key: string, value: string | null, after: readonly string[]): string {
  const { contents } = parseDocument(yaml, { schema: 'core', version: '1.2' });
  if (!isMap(contents)) return yaml;
  const put = (from: number, to: number, text: string) => yaml.slice(0, from) + text + yaml.slice(to);
  const find = (name: string) => contents.items.find(({ key }) => isScalar(key) && key.value === name);
  const pair = find(key);
  if (!pair) {
    if (value === null) return yaml;
    const above = after.map(find).find(found => found !== undefined) ?? contents.items.at(-1)!;
    const end = rangeOf(yaml, above)?.[1] ?? colonEnd(yaml, above);
    if (contents.flow) return put(end, end, `, ${key}: ${value}`);
    const line = lineEnd(yaml, after.length > 0 ? end : yaml.length);
    const added = `${indentOf(yaml, above)}${key}: ${value}`;
    return put(line, line, line > 0 && yaml[line - 1] !== '\n' ? `\n${added}` : `${added}\n`);
  }
  const [from, to] = rangeOf(yaml, pair) ?? [0, 0];
  if (value === null && !contents.flow) {
    const start = yaml.lastIndexOf('\n', keyRange(pair)[0] - 1) + 1;
    return put(start, lineEnd(yaml, Math.max(to, colonEnd(yaml, pair))), '');
  }
  const colon = colonEnd(yaml, pair);
  // There is no value (perhaps a comment), or a list that may be on its own lines: write right after the colon.
  if (from === to) return value === null ? yaml : put(colon, colon, ` ${value}`);
  return isCollection(pair.value) ? put(colon, to, ` ${value}`) : put(from, to, value ?? 'null');
}

/** The range of a value, without the line end that YAML counts to a block scalar. */
function rangeOf(yaml: string, pair: Pair): [number, number] | undefined {
  const range = (pair.value as { range?: [number, number, number] } | null)?.range;
  if (!range) return undefined;
  let to = range[1];
  while (to > range[0] && yaml[to - 1] === '\n') to--;
  return [range[0], to];
}

function keyRange({ key }: Pair): [number, number, number] {
  return (key as { range: [number, number, number] }).range;
}

function colonEnd(yaml: string, pair: Pair): number {
  return yaml.indexOf(':', keyRange(pair)[1]) + 1;
}

/** The indentation of a key: all of the front matter may be indented. */
function indentOf(yaml: string, pair: Pair): string {
  const [start] = keyRange(pair);
  const before = yaml.slice(yaml.lastIndexOf('\n', start - 1) + 1, start);
  return /^ *$/.test(before) ? before : '';
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
