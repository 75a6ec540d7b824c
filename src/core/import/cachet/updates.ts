// The updates of Cachet's incidents and schedules, and their words.
import type { IncidentStatus } from '../../model/incident.ts';
import { recordsIn, textOf } from '../foreign-yaml.ts';
import { markdownOfHtml } from '../html.ts';
import type { Remarks } from '../imported.ts';
import type { ToldUpdate } from '../timeline.ts';
import { type CachetEntry, numberIn, type Times } from './answers.ts';

/** By the number of a status. */
export const INCIDENT_STATUS: readonly (IncidentStatus | null)[] = [
  null,
  'investigating',
  'identified',
  'monitoring',
  'resolved',
];

/** Updates by what they belong to: `incident 7`; in version 3 perhaps by their own id: `update 9`. */
export type UpdatesBeside = ReadonlyMap<string, readonly CachetEntry[]>;

interface UpdateSources {
  readonly beside: UpdatesBeside;
  readonly times: Times;
  readonly remarks: Remarks;
}

/** The updates of an incident or a schedule: within it, beside it (version 3), or in an answer of their own. */
export function updatesOf(one: CachetEntry, { beside, times, remarks }: UpdateSources): ToldUpdate[] {
  const within = writtenIn(one).map(
    (fields): CachetEntry => ({ file: one.file, kind: 'update', id: String(fields.id), fields, related: {} }),
  );
  const keys = [`${one.kind} ${one.id}`, ...(one.related.updates ?? []).map(id => `update ${id}`)];
  const others = keys.flatMap(key => beside.get(key) ?? []);
  return [...new Map([...within, ...others].map(entry => [entry.id, entry])).values()]
    .flatMap((update): (ToldUpdate & { readonly id: number })[] => {
      const at = times.of(update, 'created', 'created_at');
      if (at === null) {
        remarks.leftOut(update.file, `${whereOf(one)}: the update ${update.id}, whose time cannot be read`);
        return [];
      }
      const status = INCIDENT_STATUS[numberIn(update.fields.status) ?? 0] ?? null;
      return [{ id: Number(update.id), at, status, message: markdownOfMessage(update, one, remarks) }];
    })
    .sort((a, b) => a.at - b.at || a.id - b.id);
}

/** The updates in answers of their own, or beside incidents (version 3), by the key of `UpdatesBeside`. */
export function updatesBeside(entries: readonly CachetEntry[]): UpdatesBeside {
  const found = new Map<string, CachetEntry[]>();
  for (const one of entries) {
    if (one.kind !== 'update') continue;
    const { incident_id, updateable_id, updateable_type } = one.fields;
    const kind = /schedule/i.test(String(updateable_type)) ? 'schedule' : 'incident';
    const of = textOf(incident_id) ?? textOf(updateable_id);
    const key = of === null ? `update ${one.id}` : `${kind} ${of}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

/** The updates within an entry (version 2.4). */
export function writtenIn({ fields }: CachetEntry): readonly CachetEntry['fields'][] {
  return recordsIn(fields.updates);
}

export function markdownOfMessage({ file, fields }: CachetEntry, of: CachetEntry, remarks: Remarks): string {
  return markdownOfHtml(textOf(fields.message) ?? '', tags =>
    remarks.changed(file, `${whereOf(of)}: HTML is removed (${tags})`),
  );
}

export function titleOf({ fields }: Pick<CachetEntry, 'fields'>): string {
  return textOf(fields.name)?.trim() ?? 'Incident';
}

export function whereOf(one: CachetEntry): string {
  return `“${titleOf(one)}” (${one.kind} ${one.id})`;
}
