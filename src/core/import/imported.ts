// The result of an import, and helpers shared by all importers.

import { iso, type Millis } from '../model/time.ts';
import { slug } from '../text/slug.ts';

export interface Imported {
  readonly components: readonly ImportedComponent[];
  readonly incidents: readonly ImportedIncident[];
  /** The parts that could not be imported, one sentence each. */
  readonly lost: readonly string[];
}

export interface ImportedComponent {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly description: string | null;
}

export interface ImportedIncident {
  /** Its origin, the same on each run; becomes `opened_by`. */
  readonly source: string;
  readonly id: string;
  readonly text: string;
}

/** Lower-case letters, digits and hyphens, for ids and file names. */
export function slugOr(text: string, fallback: string): string {
  return slug(text, 60) || fallback;
}

/** Makes ids unique by numbers. */
export function uniqueIds(): (base: string) => string {
  const given = new Set<string>();
  return base => {
    let id = base;
    for (let number = 2; given.has(id); number++) id = `${base}-${number}`;
    given.add(id);
    return id;
  };
}

/** An incident's id before it is made unique: day and title. */
export function incidentId(at: Millis, title: string): string {
  return `${iso(at).slice(0, 10).replaceAll('-', '')}_${slugOr(title, 'incident')}`;
}

/** The components of a new status.yaml, without checks. */
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
