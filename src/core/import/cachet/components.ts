// Cachet's components and their groups.
import { type ForeignRecord, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import type { ComponentIds, ImportedComponent, Remarks } from '../imported.ts';
import { type CachetEntry, isTrue, numberIn } from './answers.ts';

/** The components of a page, and the ids here of those that incidents name. */
export interface CachetComponents {
  readonly shown: readonly ImportedComponent[];
  /** The id here of a component by its id there, and perhaps its name; null: visitors do not see it there. */
  of(code: string, name: string | null | undefined, file: string): string | null;
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
  const whyHidden = (one: CachetEntry) => whyUnseen(one, groupOf(one), groups.length > 0);
  const shown = [...all.values()]
    .sort((a, b) => place(a) - place(b) || byOrder(a, b))
    .flatMap((one): ImportedComponent[] => {
      const name = textOf(one.fields.name)?.trim() ?? `Component ${one.id}`;
      const why = whyHidden(one);
      if (why !== null) {
        remarks.leftOut(one.file, `the component “${name}”, ${why}`);
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
    of: (code, name, file) => {
      const known = all.get(code);
      if (known && whyHidden(known) !== null) return null;
      const its = textOf(known?.fields.name) ?? name;
      const what = `an incident names the component ${code}, which is not given: it becomes the former component “Component ${code}”`;
      if (its == null) remarks.changed(file, what);
      return ids.of((its ?? `Component ${code}`).trim(), code);
    },
  };
}

/** Why visitors do not see a component; null: they do. */
function whyUnseen(
  { fields }: CachetEntry,
  group: CachetEntry | undefined,
  areGroupsGiven: boolean,
): string | null {
  if (fields.enabled !== undefined && !isTrue(fields.enabled)) return 'which is not enabled';
  if (group?.fields.visible !== undefined && !isTrue(group.fields.visible))
    return `whose group “${textOf(group.fields.name)?.trim() ?? group.id}” visitors do not see`;
  // The API gives each component, and of groups only those that the asker may see.
  const code = textOf(fields.group_id) ?? '0';
  const isLost = !group && areGroupsGiven && code !== '0';
  return isLost ? `whose group ${code} is not given: visitors may not see it` : null;
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
