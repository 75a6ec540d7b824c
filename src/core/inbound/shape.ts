// The shape of a sender's bodies: where each field is, and the words of its states. Most senders are one such table.
import { plainWord } from '../model/component.ts';
import {
  address,
  componentIn,
  fieldsOfObject,
  fromJson,
  identity,
  line,
  MESSAGE,
  NAME,
  readTimestamp,
} from './fields.ts';
import { A_TEST, ignored, type SenderResult, type SenderSignal, signal } from './signal.ts';

/** Paths of one field, most telling first. Names in any case, with or without `_`, `-`, `.` and spaces. */
type Paths = readonly string[];

export interface Shape {
  /** The state, a word of one of the lists below. */
  readonly status: Paths;
  /** The name that people read. */
  readonly name: Paths;
  /** The id of the monitor; by default its name. */
  readonly monitor?: Paths;
  /** For senders of alerts: the id of one alert. Alerts of one name and component are one outage. */
  readonly alert?: Paths;
  /** A label that names the component, and tags in which it may be: `component:api`. */
  readonly component?: Paths;
  readonly tags?: Paths;
  /** Other names of what it watches: service, entity, policy. */
  readonly also?: Paths;
  readonly url?: Paths;
  /** The time of the event; `until`: of a recovery, where that is another field. */
  readonly at?: Paths;
  readonly until?: Paths;
  readonly message?: Paths;
  readonly severity?: Paths;
  /** The sender's own id of the event. */
  readonly event?: Paths;
  /** States of a monitor. */
  readonly down?: readonly string[];
  readonly degraded?: readonly string[];
  readonly up?: readonly string[];
  /** States of an alert. */
  readonly alerts?: readonly string[];
  readonly over?: readonly string[];
  /** The words of severities that are numbers: of 0, 1, 2 … */
  readonly severities?: readonly string[];
  /** A body that has the whole shape, for the message about one that has not. */
  readonly example: string;
  /** Whether it is what the sender's test button sends; `text`: a field as one line. */
  readonly isTest?: (text: (path: string) => string) => boolean;
  /** The name without what the sender puts around it. */
  readonly bare?: (name: string) => string;
  /** Adds fields that are hidden in others. */
  readonly prepare?: (body: Record<string, unknown>) => Record<string, unknown>;
}

/** `'a b c'` as a list. */
export function wordsOfList(text: string): readonly string[] {
  return text.split(' ');
}

/** More events in one body are refused. */
const MAX_EVENTS = 100;

/** Reads an event, or a list of them; also as JSON text. Never throws. */
export function reader(shape: Shape): (input: unknown) => SenderResult {
  return input => {
    const body = typeof input === 'string' ? fromJson(input) : input;
    if (!Array.isArray(body)) return readEvent(shape, body);
    if (body.length > MAX_EVENTS)
      return { problem: `${body.length} events in one request: send at most ${MAX_EVENTS}` };
    const signals: SenderSignal[] = [];
    for (const [index, each] of body.entries()) {
      const reading = readEvent(shape, each);
      if ('problem' in reading) return { problem: `[${index}]: ${reading.problem}` };
      signals.push(...reading.signals);
    }
    return { signals };
  };
}

function readEvent(shape: Shape, input: unknown): SenderResult {
  const given = fieldsOfObject(input);
  if (!given) return { problem: `expected ${shape.example}` };
  const body = shape.prepare ? shape.prepare(given) : given;
  return readWith(shape, path => fieldAt(body, path));
}

/** Reads one event whose fields `get` finds by their paths. */
export function readWith(shape: Shape, get: (path: string) => unknown): SenderResult {
  const texts = (paths: Paths = []) => paths.map(path => filled(get(path))).filter(text => text !== '');
  const text = (paths: Paths | undefined, most: number) => line(texts(paths)[0] ?? '', most);
  const called = bareNames(texts(shape.name), shape);
  const name = line(called[0] ?? '', NAME);
  const status = text(shape.status, NAME);
  for (const [what, found, paths] of [
    ['name', name, shape.name],
    ['state', status, shape.status],
  ] as const) {
    if (found === '') return { problem: missing(what, paths, get, shape.example) };
  }
  const found = stateOf(shape, status);
  const event = text(shape.event, NAME);
  const fields = {
    name,
    monitor: texts(shape.monitor).map(identity).find(Boolean) ?? (identity(called[0]) || name),
    alert: texts(shape.alert).map(identity).find(Boolean) ?? null,
    component: text(shape.component, NAME) || componentOf(shape.tags, get),
    also: [...new Set((shape.also ?? []).flatMap(path => several(get(path))))],
    url: texts(shape.url).map(address).find(Boolean) ?? null,
    at: instant(found?.kind === 'up' ? (shape.until ?? shape.at) : shape.at, get),
    message: text(shape.message, MESSAGE),
    severity: texts(shape.severity)
      .map(word => shape.severities?.[Number(word)] ?? line(word, 60))
      .concat(status),
    ...(event === '' ? {} : { event }),
  };
  if (shape.isTest?.(path => line(get(path), NAME))) return ignored(fields, A_TEST);
  if (!found) return ignored(fields, `state "${status}" neither opens nor resolves an incident`);
  return { signals: [signal(found.kind, { ...fields, says: found.says })] };
}

function bareNames(names: readonly string[], { bare }: Shape): readonly string[] {
  return bare ? names.map(name => bare(name) || name) : names;
}

function stateOf(
  shape: Shape,
  status: string,
): (Pick<SenderSignal, 'says'> & { kind: 'down' | 'up' }) | null {
  const word = plainWord(status);
  const has = (words: readonly string[] = []) => words.some(one => plainWord(one) === word);
  if (has(shape.down)) return { kind: 'down', says: 'down' };
  if (has(shape.degraded)) return { kind: 'down', says: 'degraded' };
  if (has(shape.alerts)) return { kind: 'down', says: 'alert' };
  if (has(shape.up)) return { kind: 'up', says: 'down' };
  return has(shape.over) ? { kind: 'up', says: 'alert' } : null;
}

/** A variable that the sender did not replace: `$ALERT_ID`, `{{ALERT_TYPE}}`, `{EVENT.ID}`, `*UNKNOWN*`. */
const UNFILLED = /^(\$\{?[A-Z][\w.]*\}?|\{\{[^{}]*\}\}|\{\$?[A-Z][\w.:]*\}|\*[A-Z_]+\*)$/;

/** A value as text; of a list, all of it. '' for a variable that was not replaced. */
function filled(value: unknown): string {
  const text = Array.isArray(value) ? several(value).join(', ') : line(value, 10 * NAME);
  return UNFILLED.test(text) ? '' : text;
}

/** The texts of a list or of one value: at most twenty. */
function several(value: unknown): string[] {
  const all = Array.isArray(value) ? value.slice(0, 20) : [value];
  return all.map(one => line(one, NAME)).filter(text => text !== '' && !UNFILLED.test(text));
}

function missing(what: string, paths: Paths, get: (path: string) => unknown, example: string): string {
  const unfilled = paths.map(path => line(get(path), NAME)).find(text => UNFILLED.test(text));
  if (unfilled) return `"${unfilled}" is not filled in: expected ${example}`;
  return `this body has no ${what} (${paths.slice(0, 4).join(', ')}): expected ${example}`;
}

function componentOf(paths: Paths = [], get: (path: string) => unknown): string | null {
  return paths.map(path => componentIn(get(path))).find(found => found !== null) ?? null;
}

function instant(paths: Paths = [], get: (path: string) => unknown): number | null {
  return paths.map(path => readTimestamp(get(path))).find(at => at !== null) ?? null;
}

/** The value at a path such as `alert.entity`; within a list, of all its entries. JSON in a text is looked into. */
export function fieldAt(body: unknown, path: string): unknown {
  let found = body;
  for (const part of path.split('.')) {
    found = Array.isArray(found)
      ? found
          .slice(0, 20)
          .map(one => child(one, part))
          .filter(one => one !== undefined)
      : child(found, part);
    if (found === undefined) return undefined;
  }
  return found;
}

function child(value: unknown, name: string): unknown {
  const fields = fieldsOfObject(value);
  if (!fields) return undefined;
  if (Object.hasOwn(fields, name)) return fields[name];
  const plain = plainWord(name);
  return Object.entries(fields).find(([key]) => plainWord(key) === plain)?.[1];
}
