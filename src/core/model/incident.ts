// Incidents and maintenance as the rest of the program sees them, whoever wrote the file.
import type { ComponentStatus, Severity } from './component.ts';
import type { Millis } from './time.ts';

export const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
export const MAINTENANCE_STATUSES = ['scheduled', 'in_progress', 'verifying', 'completed'] as const;
export const SEVERITIES = ['minor', 'major', 'critical'] as const satisfies readonly Severity[];

export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];
export type MaintenanceStatus = (typeof MAINTENANCE_STATUSES)[number];
export type UpdateStatus = IncidentStatus | MaintenanceStatus;

/** A component an incident touches; `status` null means "as the severity says". */
export interface Affected {
  readonly id: string;
  readonly status: ComponentStatus | null;
}

/** What an update changes from its time on; null is "as before". */
export interface ImpactChange {
  readonly severity: Severity | null;
  /** Those affected from now on; components not among them are well again. */
  readonly components: readonly Affected[] | null;
}

/** One entry of an incident's timeline. */
export interface IncidentUpdate {
  /** Contract §7: the update's time (as its heading writes it) and its ordinal within that time. */
  readonly key: string;
  readonly at: Millis;
  readonly status: UpdateStatus;
  /** The heading's own words, when they are more than a status ("Rolled back"); else null. */
  readonly label: string | null;
  /** Markdown as the operator wrote it: render with `renderMarkdown` before showing. */
  readonly body: string;
  /** Absent when it changes nothing. */
  readonly change?: ImpactChange;
  /** When the next update is promised (`next_update:`), epoch ms. */
  readonly promised?: Millis;
  /** Shown and mailed to nobody: `notify: false`, or mailed with another occurrence of a maintenance. */
  readonly quiet?: true;
  /** Of a maintenance: the text before its first section, which every occurrence of a recurring one has. */
  readonly preface?: true;
  /** Nobody wrote its time: it is the day in the file's name, unless it was seen before that (first-seen.ts). */
  readonly presumed?: true;
  /** Its heading names no status, so this is the one of the update before. */
  readonly inherits?: true;
  /** Its heading has a time and no date: on which day it is depends on what else stands in the file. */
  readonly undated?: true;
  /** Dated more than an hour before `started`, where nothing begins: shown, and told to nobody. */
  readonly stray?: true;
  /** Inherits an end above it, while the file says that the incident went on: it came back, and nothing ended. */
  readonly reopens?: true;
  /** Its heading says that it is over, and the front matter does not: nothing ended, and its words are its label. */
  readonly early?: true;
  /** The other key that it may have been announced under: as an early end, or before it was one. */
  readonly formerly?: string;
}

/** One markdown file of `status/incidents/`, parsed. Maintenance when `scheduled` is set. */
export interface Incident {
  /** The file's name without `.md`. */
  readonly id: string;
  readonly title: string;
  readonly status: UpdateStatus;
  /** How it began; an update may change it (`stretchesOf`). */
  readonly severity: Severity;
  readonly started: Millis;
  /** When it ended; null while open. For maintenance: completed early or late, when written. */
  readonly resolved: Millis | null;
  /** As written; null when the file names none (see `affectedBy`). */
  readonly components: readonly Affected[] | null;
  readonly scheduled: { readonly start: Millis; readonly end: Millis } | null;
  /** `probe:api`, `uptimerobot:777` …, several checks with commas (`sourcesOf`); null when a person owns the file. */
  readonly openedBy: string | null;
  readonly notify: boolean;
  /** Oldest first, never empty. */
  readonly updates: readonly IncidentUpdate[];
  readonly postmortem: string | null;
  /** `next_update:` of the front matter, epoch ms. */
  readonly promised?: Millis;
  /** A recurring maintenance's rule (RFC 5545, without `DTSTART`). */
  readonly rrule?: string;
  /** The recurring maintenance that this is one occurrence of, as its file has it. */
  readonly series?: Incident;
  /** Shown while it may still grow or change, and not news yet (grouping.ts). */
  readonly gathering?: true;
  /** `started:` where it lies after the end: the beginning is not known, and `started` is the end (as-of.ts). */
  readonly begins?: Millis;
  /** `started:` as its file has it, where that lay ahead when it was first seen: it is not believed (as-of.ts). */
  readonly startedAhead?: Millis;
  /** A heading's time cannot be read: shown as far as it can be, and nothing new is told until it is mended. */
  readonly held?: true;
}

/** The update about the beginning: one that is dated before it is not. */
export function beginningOf({ updates }: Pick<Incident, 'updates'>): IncidentUpdate | undefined {
  return updates.find(({ stray }) => !stray) ?? updates[0];
}

/** Whether an incident (not a maintenance) is still going on. */
export function isOpen(incident: Incident): boolean {
  return incident.scheduled === null && incident.status !== 'resolved';
}

/** Who filed an incident: nobody (a person), one source, or the several checks of a grouped incident. */
export function sourcesOf({ openedBy }: Pick<Incident, 'openedBy'>): readonly string[] {
  if (openedBy === null) return [];
  const parts = openedBy.split(/\s*,\s*/);
  // A monitor's name may hold a comma; a component's id cannot.
  return parts.every(part => /^probe:[a-z0-9_-]+$/.test(part)) ? parts : [openedBy];
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Which of the page's components an incident affects at any time of its life: those `reachedBy` finds
 * at its beginning, then those an update added.
 */
export function affectedBy(
  incident: Pick<Incident, 'title' | 'components' | 'scheduled' | 'updates'>,
  components: readonly Named[],
): readonly Affected[] {
  const later = incident.updates.flatMap(({ change }) => change?.components ?? []);
  return distinct([...reachedBy(incident, components), ...amongst(later, components)]);
}

/**
 * The components a list names; without one, those whose name stands in the title as
 * whole words; none found → every one for an incident, none for a maintenance: what is not named may fail, and
 * must be seen to. Ids that no component has are dropped.
 */
export function reachedBy(
  incident: Pick<Incident, 'title' | 'components' | 'scheduled'>,
  components: readonly Named[],
): readonly Affected[] {
  if (incident.components) return amongst(incident.components, components);
  const named = namedIn(incident.title, components);
  const reached = named.length > 0 || incident.scheduled ? named : components;
  return reached.map(component => ({ id: component.id, status: null }));
}

/** Those of a list that the page has: `all` is every one, unless one is called so. */
export function amongst(list: readonly Affected[], components: readonly Named[]): readonly Affected[] {
  const known = idsOf(components);
  if (!list.some(({ id }) => meansAll(id, known))) return list.filter(({ id }) => known.has(id));
  const named = list.filter(({ id }) => known.has(id));
  const all = list.filter(({ id }) => meansAll(id, known));
  return distinct([...named, ...all.flatMap(({ status }) => components.map(({ id }) => ({ id, status })))]);
}

/** Whether an id in a list stands for every component. */
export function meansAll(id: string, known: ReadonlySet<string>): boolean {
  return id.toLowerCase() === ALL && !known.has(id);
}

const ALL = 'all';

function distinct(list: readonly Affected[]): readonly Affected[] {
  const found = new Map<string, Affected>();
  for (const affected of list) if (!found.has(affected.id)) found.set(affected.id, affected);
  return [...found.values()];
}

/** The components whose name stands in a title, as whole words. */
export function namedIn<T extends Named>(title: string, components: readonly T[]): readonly T[] {
  return components.filter(({ name }) => standsIn(name, title));
}

/** A site's list is asked about by each of thousands of incidents. */
const ids = new WeakMap<readonly Named[], ReadonlySet<string>>();

function idsOf(components: readonly Named[]): ReadonlySet<string> {
  const known = ids.get(components) ?? new Set(components.map(component => component.id));
  ids.set(components, known);
  return known;
}

function standsIn(name: string, title: string): boolean {
  const words = name
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${words}(?![\\p{L}\\p{N}_])`, 'iu').test(title);
}

/** The name of an update in the database: incident id + time + ordinal. */
export interface UpdateRef {
  readonly incidentId: string;
  readonly key: string;
}

/** The one string under which an update is kept as seen. */
export function refOf({ incidentId, key }: UpdateRef): string {
  return `${incidentId} ${key}`;
}

/** Where an incident stands for itself, on the site. */
export function incidentPath(id: string): string {
  return `/status/incidents/${encodeURIComponent(id)}`;
}
