// What an import means for status.yaml: a new one, or the former components that it must know.
import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import type { ComponentName, Imported, ImportedComponent } from './imported.ts';
import { zoneCalled } from './zones.ts';

/** A status.yaml for a page that has none. Without a list of components, those that incidents name are taken. */
export function newSiteYaml(imported: Imported): string {
  const { title, named, addresses = [], timezone } = imported;
  const zone = zoneCalled(timezone ?? 'UTC') ?? 'UTC';
  const components: readonly ImportedComponent[] =
    imported.components.length > 0 ? imported.components : named;
  const retired = named.filter(({ id }) => !components.some(one => one.id === id));
  return stringify({
    title: literal(title ?? 'Status'),
    ...(/^(?:Etc\/)?(?:UTC|GMT)$/.test(zone) ? {} : { timezone: zone }),
    ...(addresses.length > 0 ? { aliases: addresses.map(literal) } : {}),
    components: components.map(entryOf),
    ...(retired.length > 0 ? { retired: retired.map(one => ({ ...one, name: literal(one.name) })) } : {}),
  });
}

/** The entries of `components:` as YAML, to be copied into a status.yaml. */
export function componentsYaml(components: readonly ImportedComponent[]): string {
  return stringify(components.map(entryOf)).trimEnd();
}

function entryOf({ id, name, group, description, check, match, ...more }: ImportedComponent) {
  return {
    id,
    name: literal(name),
    ...(group ? { group: literal(group) } : {}),
    ...(description ? { description: literal(description) } : {}),
    check: check ?? { type: 'manual' },
    ...(match ? { match: match.map(literal) } : {}),
    ...more,
  };
}

/** A text of the other page for status.yaml: `${NAME}` in it is no variable, and stays these characters (`substitute`). */
function literal(text: string): string {
  return text.replace(/\$(?=\{[A-Za-z_]\w*(?::-[^}]*)?\})/g, () => '${DOLLAR:-$}');
}

/** An entry of `retired:` on one line. */
export function retiredEntry({ id, name }: ComponentName): string {
  return `- { id: ${id}, name: ${JSON.stringify(literal(name))} }`;
}

/**
 * What a present status.yaml lacks: components that the other page shows today, and former ones that incidents name.
 * @param here the ids of its components and former components
 */
export function lackingIn(
  { components, named }: Imported,
  here: ReadonlySet<string>,
): { readonly components: readonly ImportedComponent[]; readonly retired: readonly ComponentName[] } {
  const isShown = ({ id }: ComponentName) => components.some(one => one.id === id);
  return {
    components: components.filter(({ id }) => !here.has(id)),
    retired: named.filter(one => !here.has(one.id) && !isShown(one)),
  };
}

/**
 * The text of a status.yaml with more former components under `retired:`; its other bytes stay. Null if it is written in a
 * way in which they cannot be added.
 */
export function withRetired(source: string, retired: readonly ComponentName[]): string | null {
  const eol = source.includes('\r\n') ? '\r\n' : '\n';
  const entries = (indent: string) => retired.map(one => `${indent}${retiredEntry(one)}${eol}`).join('');
  const before = parseDocument(source);
  if (!isMap(before.contents) || before.errors.length > 0) return null;
  const list = before.get('retired', true);
  const from = source.endsWith('\n') ? source : `${source}${eol}`;
  let text = `${from}retired:${eol}${entries('  ')}`;
  if (isSeq(list) && !list.flow && list.range) {
    const last = list.items.at(-1) as { range?: [number, number, number] } | undefined;
    const column = list.range[0] - (source.lastIndexOf('\n', list.range[0] - 1) + 1);
    const end = last?.range?.[1] ?? list.range[1];
    const lineEnd = from.indexOf('\n', Math.max(0, end - 1)) + 1 || from.length;
    text = from.slice(0, lineEnd) + entries(' '.repeat(column)) + from.slice(lineEnd);
  } else if (isSeq(list) && list.items.length === 0) {
    const empty = /^retired:[ \t]*\[[ \t]*\]([^\n]*)\n/m;
    text = from.replace(empty, (_, rest: string) => `retired:${rest}\n${entries('  ')}`);
  } else if (list !== undefined) return null;
  return isExtended(before.toJS(), text, retired) ? text : null;
}

/** Whether a text reads as `before` and the former components at the end of its list. */
function isExtended(
  before: { retired?: readonly unknown[] },
  text: string,
  retired: readonly ComponentName[],
): boolean {
  const after = parseDocument(text);
  const wanted = {
    ...before,
    retired: [...(before.retired ?? []), ...retired.map(one => ({ ...one, name: literal(one.name) }))],
  };
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort());
  return after.errors.length === 0 && sorted(after.toJS() as object) === sorted(wanted);
}
