// Cachet's components and their groups.
import { type ForeignRecord, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import type { ComponentIds, ImportedComponent, Remarks } from '../imported.ts';
import { type CachetEntry, isTrue, numberIn } from './answers.ts';

/** The components of a page, and the ids here of those that incidents name. */
export interface CachetComponents {
  readonly shown: readonly ImportedComponent[];
  /** The id here of a component by its id there, and perhaps its name. */
  of(code: string, name?: string | null): string;
}

/** @param entries all entries; components may also stand within groups and incidents */
export function cachetComponents(
  entries: readonly CachetEntry[],
  ids: ComponentIds,
  remarks: Remarks,
): CachetComponents {
  const ofKind = (kind: CachetEntry['kind']) => entries.filter(one => one.kind === kind).sort(byOrder);
  const groups = ofKind('group');
  const within = groups.flatMap(group =>
    recordsIn(group.fields.enabled_components).map(
      (fields): CachetEntry => ({
        file: group.file,
        kind: 'component',
        id: String(fields.id),
        fields,
        related: {},
      }),
    ),
  );
  const all = new Map([...within, ...ofKind('component')].map(one => [one.id, one]));
  const groupOf = ({ id, fields, related }: CachetEntry): CachetEntry | undefined => {
    const code = textOf(fields.group_id) ?? related.group?.[0];
    return groups.find(one => one.id === code || one.related.components?.includes(id));
  };
  const place = (one: CachetEntry) => {
    const group = groupOf(one);
    return group ? groups.indexOf(group) : groups.length;
  };
  const shown = [...all.values()]
    .sort((a, b) => place(a) - place(b) || byOrder(a, b))
    .flatMap((one): ImportedComponent[] => {
      const name = textOf(one.fields.name)?.trim() ?? `Component ${one.id}`;
      if (one.fields.enabled !== undefined && !isTrue(one.fields.enabled)) {
        remarks.leftOut(one.file, `the component “${name}”, which is not enabled`);
        return [];
      }
      sayOf(one, name, remarks);
      const group = groupOf(one);
      return [
        {
          id: ids.of(name, one.id),
          name,
          description: textOf(one.fields.description)?.trim() ?? null,
          group: group ? (textOf(group.fields.name)?.trim() ?? null) : null,
        },
      ];
    });
  return {
    shown,
    of: (code, name) => {
      const known = textOf(all.get(code)?.fields.name);
      return ids.of((known ?? name ?? `Component ${code}`).trim(), code);
    },
  };
}

function byOrder(a: { readonly fields: ForeignRecord }, b: { readonly fields: ForeignRecord }): number {
  return (numberIn(a.fields.order) ?? 0) - (numberIn(b.fields.order) ?? 0);
}

/** What of a component does not come along. */
function sayOf({ file, fields }: CachetEntry, name: string, remarks: Remarks): void {
  const status = numberIn(fields.status);
  if (status !== null && status > 1)
    remarks.leftOut(
      file,
      `the present status of “${name}” (${wordsOf(fields, status)}): write an incident if it is not well`,
    );
  if (textOf(fields.link)) remarks.leftOut(file, 'the links of components');
}

function wordsOf({ status, status_name }: ForeignRecord, number: number): string {
  return textOf(status_name) ?? (isRecord(status) ? textOf(status.human) : null) ?? String(number);
}
