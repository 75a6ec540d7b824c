// Answers of Cachet's API, of versions 1, 2 and 3, in one shape.
import { readDateTime } from '../../incidents/times/written-time.ts';
import { type Millis, SECOND } from '../../model/time.ts';
import { type ForeignRecord, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import type { Remarks } from '../imported.ts';

export interface CachetFile {
  readonly name: string;
  readonly data: unknown;
}

export type Kind = 'incident' | 'schedule' | 'update' | 'component' | 'group' | 'subscriber' | 'metric';

/** An entry of an answer. */
export interface CachetEntry {
  readonly file: string;
  readonly kind: Kind;
  readonly id: string;
  readonly fields: ForeignRecord;
  /** Version 3: the ids of what it belongs to or has, by name. */
  readonly related: Readonly<Record<string, readonly string[]>>;
}

/** All entries of the files; says what is none, and which pages are not there. */
export function entriesOf(files: readonly CachetFile[], remarks: Remarks): CachetEntry[] {
  const pages = new Map<
    string,
    { readonly file: string; readonly current: number; readonly total: number }[]
  >();
  const entries = files.flatMap(({ name, data }): CachetEntry[] => {
    const body = isRecord(data) && 'data' in data ? data.data : data;
    const list = Array.isArray(body) ? recordsIn(body) : isRecord(body) ? [body] : [];
    const included = isRecord(data) ? recordsIn(data.included) : [];
    const found = [...list, ...included].flatMap(one => entryOf(name, one));
    if (found.length === 0) {
      if (Array.isArray(body) && body.length === 0) remarks.leftOut(name, 'it is an answer without entries');
      else remarks.wrong(name, 'it is no answer of Cachet’s API with incidents, schedules or components');
      return [];
    }
    const page = isRecord(data) ? pageOf(data) : null;
    if (page) pages.set(found[0]!.kind, [...(pages.get(found[0]!.kind) ?? []), { file: name, ...page }]);
    return found;
  });
  for (const given of pages.values()) sayMissing(given, remarks);
  return entries;
}

function sayMissing(
  given: readonly { readonly file: string; readonly current: number; readonly total: number }[],
  remarks: Remarks,
): void {
  const total = Math.max(...given.map(page => page.total));
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter(
    number => !given.some(({ current }) => current === number),
  );
  if (missing.length > 0)
    remarks.leftOut(given[0]!.file, `of its ${total} pages, these are not given: ${missing.join(', ')}`);
}

/** The number of a page and how many there are at least; null: the answer has no pages. */
function pageOf(data: ForeignRecord): { readonly current: number; readonly total: number } | null {
  const meta = isRecord(data.meta) ? data.meta : {};
  const {
    current_page: current,
    total_pages,
    last_page,
  } = isRecord(meta.pagination) ? meta.pagination : meta;
  if (typeof current !== 'number') return null;
  const hasNext = isRecord(data.links) && typeof data.links.next === 'string';
  const total = [total_pages, last_page].find(one => typeof one === 'number') ?? 0;
  return { current, total: Math.max(total as number, current + (hasNext ? 1 : 0)) };
}

/** By the types of version 3. */
const TYPES: Readonly<Record<string, Kind>> = {
  incidents: 'incident',
  schedules: 'schedule',
  updates: 'update',
  incidentupdates: 'update',
  scheduleupdates: 'update',
  components: 'component',
  componentgroups: 'group',
  subscribers: 'subscriber',
  metrics: 'metric',
};

function entryOf(file: string, one: ForeignRecord): CachetEntry[] {
  const isTyped = isRecord(one.attributes);
  const fields: ForeignRecord = isTyped ? (one.attributes as ForeignRecord) : one;
  const kind = isTyped
    ? TYPES[
        String(one.type)
          .replace(/[^a-z]/gi, '')
          .toLowerCase()
      ]
    : kindOf(fields);
  const id = textOf(one.id) ?? textOf(fields.id);
  if (kind === undefined || id === null) return [];
  const relationships = isRecord(one.relationships) ? Object.entries(one.relationships) : [];
  const related = relationships.map(([name, value]) => {
    const data = isRecord(value) ? value.data : null;
    return [
      name,
      [...recordsIn(data), ...(isRecord(data) ? [data] : [])].map(({ id }) => String(id)),
    ] as const;
  });
  return [{ file, kind, id, fields, related: Object.fromEntries(related) }];
}

/** Versions 1 and 2 do not name the kind of an entry: its fields tell. */
function kindOf(fields: ForeignRecord): Kind | undefined {
  const has = (...names: readonly string[]) => names.some(name => name in fields);
  if (has('email', 'verify_code')) return 'subscriber';
  if (has('incident_id') && has('message')) return 'update';
  if (has('calc_type', 'default_value', 'suffix')) return 'metric';
  if (has('collapsed', 'enabled_components', 'collapsed_human')) return 'group';
  if (has('message') && has('name')) return has('completed_at') && !has('visible') ? 'schedule' : 'incident';
  if (has('link', 'status_name', 'group_id') && has('name')) return 'component';
  return undefined;
}

/** Reads times; says once for each file that it has no zone. */
export class Times {
  readonly #remarks: Remarks;
  readonly #told = new Set<string>();

  constructor(remarks: Remarks) {
    this.#remarks = remarks;
  }

  /**
   * Epoch ms of a field, to the second: seconds since the Unix epoch, a text, or (version 3) `{ string }`; null for
   * anything else.
   */
  of({ file, fields }: Pick<CachetEntry, 'file' | 'fields'>, ...names: readonly string[]): Millis | null {
    for (const name of names) {
      const given = fields[name];
      const value = isRecord(given) ? given.string : given;
      if (typeof value === 'number' && value > 0) return Math.floor(value) * SECOND;
      const at = typeof value === 'string' && value.trim() !== '' ? readDateTime(value) : null;
      if (typeof at !== 'number') continue;
      if (!this.#told.has(file) && !/(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test((value as string).trim())) {
        this.#told.add(file);
        this.#remarks.changed(file, 'its times have no zone: they are read as UTC');
      }
      return at - (at % SECOND);
    }
    return null;
  }
}

/** A number, a text of one, or (version 3) `{ value }`; null for anything else. */
export function numberIn(given: unknown): number | null {
  const value = isRecord(given) ? given.value : given;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Whether a field is true, 1 or "1". */
export function isTrue(given: unknown): boolean {
  return given === true || numberIn(given) === 1;
}
