// What an importer makes of another status page's data, and the small rules all importers share.
import { slug } from '../model/slug.ts';
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
export function slugOr(text: string, fallback: string): string {
  return slug(text, 60) || fallback;
}

/** Gives out each id once: a second one is numbered. */
export function uniqueIds(): (base: string) => string {
  const given = new Set<string>();
  return base => {
    let id = base;
    for (let number = 2; given.has(id); number++) id = `${base}-${number}`;
    given.add(id);
    return id;
  };
}

/** An incident's id before it is made unique: its day and its title. */
export function incidentId(at: Millis, title: string): string {
  return `${iso(at).slice(0, 10).replaceAll('-', '')}_${slugOr(title, 'incident')}`;
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
