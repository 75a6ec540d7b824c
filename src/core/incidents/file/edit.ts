// Changing fields of an incident file's front matter in place: every byte that is not theirs stays.
import { isMap, isScalar, parseDocument } from 'yaml';
import type { Severity } from '../../model/component.ts';
import { yamlString } from './print.ts';

/** The fields that are changed; those left out stay as they stand. */
export interface FrontChanges {
  readonly title?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Ids; they replace the list, explicit statuses in it included. */
  readonly components?: readonly string[] | undefined;
}

/**
 * The file's text with those fields changed, whatever style they were written in; a field the file
 * lacks is added at the end. The caller parses the result: a text without front matter comes back as is.
 */
export function editFront(source: string, changes: FrontChanges): string {
  const found = /^(\uFEFF?---[ \t]*\r?\n)([\s\S]*?)(^---[ \t]*$)/m.exec(source);
  if (found?.index !== 0) return source;
  const [whole, opening, front, closing] = found as unknown as [string, string, string, string];
  const eol = opening.endsWith('\r\n') ? '\r\n' : '\n';
  let text = front;
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) text = setKey(text, key, printed(value), eol);
  }
  return opening + text + closing + source.slice(whole.length);
}

function printed(value: string | readonly string[]): string {
  return typeof value === 'string' ? yamlString(value) : `[${value.map(yamlString).join(', ')}]`;
}

function setKey(front: string, key: string, value: string, eol: string): string {
  const { contents } = parseDocument(front, { schema: 'core', version: '1.2' });
  const pair = isMap(contents)
    ? contents.items.find(item => isScalar(item.key) && item.key.value === key)
    : undefined;
  const start = rangeOf(pair?.key)?.[0];
  if (!pair || start === undefined) return `${front}${key}: ${value}${eol}`;
  const end = rangeOf(pair.value)?.[1] ?? rangeOf(pair.key)![1] + 1;
  const replaced = front.slice(start, end);
  // A block list or folded text ends with its line.
  const tail = /\r?\n$/.exec(replaced)?.[0] ?? '';
  return `${front.slice(0, start)}${key}: ${value}${tail}${front.slice(end)}`;
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return (node as { range?: [number, number, number] } | null | undefined)?.range;
}
