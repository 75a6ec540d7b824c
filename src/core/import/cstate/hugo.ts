// What Hugo reads: front matter and settings in YAML, TOML or JSON, and times in the many forms that it takes.
import { parse as parseToml, TomlDate } from 'smol-toml';
import { momentAt } from '../../incidents/times/zone.ts';
import { DAY, type Millis, parseInstant, SECOND } from '../../model/time.ts';
import { readFrontmatter, withPlainLineEnds } from '../../text/front-matter.ts';
import { MAX_SITE_YAML, readYaml } from '../../text/yaml.ts';
import { isRecord } from '../foreign-yaml.ts';

/** Settings or front matter; keys in lower case, as Hugo does not tell them apart. */
export type HugoFields = Readonly<Record<string, unknown>>;

interface HugoPage {
  readonly fields: HugoFields;
  /** Markdown, with LF as line ends. */
  readonly body: string;
}

/** A page's front matter and body; null: it has no front matter; else what is wrong with it. */
export function readPage(file: string, source: string): HugoPage | null | string {
  const text = withPlainLineEnds(source).trimStart();
  try {
    if (text.startsWith('+++')) {
      const [whole, inner = ''] = /^\+{3}[ \t]*\n([\s\S]*?)\n?^\+{3}[ \t]*(?:\n|$)/m.exec(text) ?? [];
      if (whole === undefined) return 'its front matter is never closed';
      return { fields: fieldsOf(parseToml(inner)), body: text.slice(whole.length) };
    }
    if (text.startsWith('{')) return readJsonPage(text);
  } catch (error) {
    return `its front matter cannot be read (${firstLine(error)})`;
  }
  if (!text.startsWith('---')) return null;
  const { yaml, body, problems } = readFrontmatter(file, text);
  const data = yaml?.data;
  if (typeof data === 'object' && data !== null) return { fields: fieldsOf(data), body };
  const [problem] = [...problems, ...(yaml?.problems ?? [])];
  return `its front matter cannot be read${problem ? ` (${problem.what})` : ''}`;
}

/** So many closing brackets at the end of a line are tried as the end of front matter in JSON. */
const MAX_ENDS = 200;

function readJsonPage(text: string): HugoPage {
  let failure: unknown;
  for (const { index } of [...text.matchAll(/\}[ \t]*(?=\n|$)/g)].slice(0, MAX_ENDS)) {
    try {
      return { fields: fieldsOf(JSON.parse(text.slice(0, index + 1))), body: text.slice(index + 1) };
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new Error('it never ends');
}

/** A file of settings by the end of its name; throws for one that cannot be read. */
export function readSettings(file: string, text: string): HugoFields {
  if (file.endsWith('.toml')) return fieldsOf(parseToml(withPlainLineEnds(text)));
  if (file.endsWith('.json')) return fieldsOf(JSON.parse(text));
  const { data, problems } = readYaml(withPlainLineEnds(text), file, 1, MAX_SITE_YAML);
  if (data === null && problems.length > 0) throw new Error(problems[0]!.what);
  return fieldsOf(data);
}

export function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? '';
}

export function fieldsOf(value: unknown): HugoFields {
  const plain = lowerCased(value);
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? (plain as HugoFields) : {};
}

function lowerCased(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(lowerCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => {
      const isNames = /^affected(?:systems)?$/i.test(key) && Array.isArray(of);
      return [key.toLowerCase(), lowerCased(isNames ? of.map(unquoted) : of)];
    }),
  );
}

/** A list of texts, or one text. */
export function textsIn(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : [value];
  return all
    .filter(one => typeof one === 'string' || typeof one === 'number')
    .map(one => String(one).trim())
    .filter(one => one !== '');
}

/** A name with a colon in it (`- Fax: old`) is a mapping in YAML, unless it is quoted. */
function unquoted(value: unknown): unknown {
  const [[key, rest] = [], ...more] = isRecord(value) ? Object.entries(value) : [];
  const isText = typeof rest === 'string' || typeof rest === 'number';
  return more.length === 0 && isText ? `${key}: ${rest}` : value;
}

const NUMBERS =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?(?:\s*(Z|UTC|GMT|[ECMP][SD]T|[+-]\d{1,2}(?::?\d{2})?)(?:\s+[A-Z]{2,5})?)?)?$/i;

/** Seconds since 1970, of this century and the next two. */
const UNIX = /^[1-9]\d{9}$/;
const AMERICAN: Readonly<Record<string, string>> = {
  ...{ EST: '-5', EDT: '-4', CST: '-6', CDT: '-5' },
  ...{ MST: '-7', MDT: '-6', PST: '-8', PDT: '-7' },
};

/**
 * Epoch ms of a time as Hugo takes it (`2024-04-11T8:00:00-05:00`, `2024-04-11`, `11 Apr 2024 8:00 AM`, seconds since 1970),
 * to the second; null for anything else.
 * @param wall makes a moment of a time that names no zone
 */
export function hugoMoment(value: unknown, wall: (at: Millis) => Millis): Millis | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  if (UNIX.test(text)) return Number(text) * SECOND;
  const found = NUMBERS.exec(text);
  if (!found) return readWords(text, wall);
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = found;
  const two = (number = '') => number.padStart(2, '0');
  const [, sign, hours, minutes = ''] =
    /^([+-])(\d{1,2}):?(\d{2})?$/.exec(AMERICAN[zone?.toUpperCase() ?? ''] ?? zone ?? '') ?? [];
  const offset = sign ? `${sign}${two(hours)}:${two(minutes)}` : 'Z';
  // The end of a day may be its 24th hour.
  const isEndOfDay = hour === '24' && Number(minute) === 0 && Number(second) === 0;
  const time = isEndOfDay ? '00:00:00' : `${two(hour)}:${two(minute)}:${two(second)}`;
  const ofDay = parseInstant(`${year}-${two(month)}-${two(day)}T${time}${offset}`);
  if (ofDay === null) return null;
  const at = isEndOfDay ? ofDay + DAY : ofDay;
  return zone === undefined ? wall(at) : at;
}

/** Dates with the name of a month; numbers with slashes may be of two days, and are refused. */
function readWords(text: string, wall: (at: Millis) => Millis): Millis | null {
  const plain = text.replace(/\bat\b|,/gi, ' ').replace(/(\d)(?:st|nd|rd|th)\b/gi, '$1');
  if (
    !/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s/i.test(plain) ||
    !/\b\d{4}\b/.test(plain)
  )
    return null;
  const hasZone = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|\b[ECMP][SD]T)\s*(?:\([^)]*\))?$/.test(plain);
  const at = Date.parse(hasZone ? plain : `${plain} UTC`);
  if (!Number.isFinite(at) || at < 0) return null;
  return hasZone ? at : wall(at);
}

/** How a site reads times without a zone, and whether one was met. */
export class SiteZone {
  met = false;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  readonly wall = (at: Millis): Millis => {
    this.met = true;
    return momentAt(this.name, at);
  };
}
