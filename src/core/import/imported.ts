// What an importer makes of another status page's data, and the small rules all importers share.
import { iso, type Millis } from '../model/time.ts';

export interface Imported {
  readonly components: readonly ImportedComponent[];
  readonly incidents: readonly ImportedIncident[];
  /** What could not be carried over, one sentence each. */
  readonly lost: readonly string[];
}

export interface ImportedComponent {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly description: string | null;
}

export interface ImportedIncident {
  /** Where it comes from, stable between runs: becomes `opened_by`. */
  readonly source: string;
  readonly id: string;
  readonly text: string;
}

/** Small letters, digits and hyphens, as ids and file names are made of. */
export function slug(text: string, fallback: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return words || fallback;
}

/** Gives out each id once: a second one of the same day and title is numbered. */
export function idGiver(): (at: Millis, title: string) => string {
  const given = new Map<string, number>();
  return (at, title) => {
    const base = `${iso(at).slice(0, 10).replaceAll('-', '')}_${slug(title, 'incident')}`;
    const count = (given.get(base) ?? 0) + 1;
    given.set(base, count);
    return count === 1 ? base : `${base}-${count}`;
  };
}

/** The components' list of a new status.yaml: nothing checks them until a check is written. */
export function siteYaml(title: string, components: readonly ImportedComponent[]): string {
  const text = (value: string) => JSON.stringify(value);
  const entries = components.flatMap(({ id, name, group, description }) => [
    `  - id: ${id}`,
    `    name: ${text(name)}`,
    ...(group ? [`    group: ${text(group)}`] : []),
    ...(description ? [`    description: ${text(description)}`] : []),
    '    check: { type: manual }',
  ]);
  return [`title: ${text(title)}`, 'components:', ...entries, ''].join('\n');
}
