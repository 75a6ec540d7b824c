// Reads untrusted input: fields by any of their names, text cleaned and cut, times in any unit.

import { plainWord } from '../model/component.ts';
import { type Millis, parseInstant, SECOND } from '../model/time.ts';
import { oneLine } from '../text/printable.ts';

/** The fields of an object or of its JSON text; null for anything else. */
export function fieldsOfObject(input: unknown): Record<string, unknown> | null {
  const value = typeof input === 'string' ? fromJson(input) : input;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** The value of a JSON text; undefined when it is not JSON. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Any value as one clean line of at most `most` characters; '' for objects and for text that shows nothing. Control and
 * direction characters become spaces, so that a name cannot break a line or disguise itself. Of a list (a repeated
 * query parameter) the last value counts.
 */
export function line(value: unknown, most: number): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last !== 'string' && typeof last !== 'number' && typeof last !== 'boolean') return '';
  // Cut first: do not normalise a megabyte.
  const text = oneLine(
    String(last)
      .slice(0, most * 8)
      .replace(/[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' '),
  );
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** The longest name, and the longest message. */
export const NAME = 120;
export const MESSAGE = 500;

/** Identifies a monitor: like `line`, but long values that differ only after the cut stay distinct. */
export function identity(value: unknown): string {
  const whole = line(value, 10 * NAME);
  return [...whole].length <= NAME ? whole : `${line(whole, NAME - 9)}~${fingerprint(whole)}`;
}

/** Eight hex digits to tell texts apart (FNV-1a). Not for security. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** The first field that has text, cleaned and cut; '' when none has. */
export function first(most: number, ...values: unknown[]): string {
  for (const value of values) {
    const text = line(value, most);
    if (text !== '') return text;
  }
  return '';
}

/** An http(s) URL or a host, limited length; null for anything else. */
export function address(value: unknown): string | null {
  const text = line(value, 2000);
  if (/^https?:\/\/[^\s/]/i.test(text)) return text;
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/\S*)?$/i.test(text) ? text : null;
}

const YEAR_2000 = 946_684_800_000;
const YEAR_2100 = 4_102_444_800_000;

/** A time as ISO 8601, or since 1970 in s, ms, µs or ns (number or digits), in ms; else null. */
export function readTimestamp(value: unknown): Millis | null {
  const text = line(value, 60);
  if (text === '') return null;
  const number = /^\d{9,19}(\.\d+)?$/.test(text) ? Number(text) : null;
  // Smaller numbers are seconds: as such they last until the year 5138.
  const unit = number === null || number >= 1e17 ? 1e-6 : number >= 1e14 ? 1e-3 : number >= 1e11 ? 1 : SECOND;
  const at = number === null ? parseInstant(text) : Math.floor(number * unit);
  // Go prints its zero time, year 1, for "not yet".
  return at !== null && at >= YEAR_2000 && at < YEAR_2100 ? at : null;
}

/** The component in tags of any form, as `tagged`. */
export function componentIn(tags: unknown): string | null {
  return tagged(tags, 'component');
}

/**
 * The value of a tag in tags of any form: `component:api` or `component=api` in a text or a list, `{component: …}`, or
 * `{name | tag | key: component, value: …}` in a list, which may also be JSON in a text; null if there is none.
 * @param name a word of letters alone
 */
export function tagged(tags: unknown, name: string): string | null {
  const parsed = typeof tags === 'string' && /^\s*[[{]/.test(tags) ? fromJson(tags) : tags;
  const firstOf = (all: readonly unknown[]) => all.map(tag => valueOfTag(tag, name)).find(Boolean) ?? null;
  if (Array.isArray(parsed)) return firstOf(parsed.slice(0, 100));
  const fields = fieldsOfObject(parsed);
  if (fields) return line(fields[name], NAME) || null;
  const text = line(parsed, 1000);
  const found = firstOf(text.split(',').map(one => one.trim()));
  return found ?? new RegExp(`[\\s;]${name}[=:]([^\\s,;]+)`, 'i').exec(text)?.[1] ?? null;
}

function valueOfTag(tag: unknown, name: string): string | null {
  const fields = fieldsOfObject(tag);
  // "component:Background Jobs", but not what follows in "component=jobs env=prod".
  if (!fields) {
    const whole = new RegExp(`^${name}\\s*[=:]\\s*([^=:]+?)(?:\\s+\\S+[=:].*)?$`, 'i');
    return whole.exec(line(tag, 2 * NAME))?.[1] ?? null;
  }
  const isNamed = [fields.name, fields.tag, fields.key].some(one => plainWord(line(one, NAME)) === name);
  return (isNamed && line(fields.value, NAME)) || null;
}

/**
 * A title as Prometheus gives it to PagerDuty and Opsgenie, `[FIRING:2] NAME (pod-1 10.0.0.1 …)`, without the count and
 * the labels of its pods: the next of the same alert may have others.
 */
export function withoutPrometheus(title: string): string {
  const [, name = title] = /^\[(?:FIRING:\d+|RESOLVED)\] +(.*?)(?: +\(.*\))?$/.exec(title) ?? [];
  return name.trim();
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Decodes HTML entities once: `&amp;lt;` becomes `&lt;`, not `<`. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (whole, dec, hex, name) => {
      if (name) return NAMED[String(name).toLowerCase()]!;
      const code = dec ? Number(dec) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
