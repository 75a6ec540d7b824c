// Incidents and maintenance, parsed.
import { type ComponentStatus, type Severity, severityOfStatus } from './component.ts';
import { memoized } from './memo.ts';
import type { Millis } from './time.ts';

export const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
export const MAINTENANCE_STATUSES = ['scheduled', 'in_progress', 'verifying', 'completed'] as const;
export const SEVERITIES = ['minor', 'major', 'critical'] as const satisfies readonly Severity[];

export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];
export type MaintenanceStatus = (typeof MAINTENANCE_STATUSES)[number];
export type UpdateStatus = IncidentStatus | MaintenanceStatus;

/** An affected component; `status` null: by the severity. */
export interface Affected {
  readonly id: string;
  readonly status: ComponentStatus | null;
}

/** The changes that an update makes from its time on; null: no change. */
export interface ImpactChange {
  readonly severity: Severity | null;
  /** All components affected from now on; the others are well again. */
  readonly components: readonly Affected[] | null;
}

/** One entry of an incident's timeline. */
export interface IncidentUpdate {
  /**
   * The time in its heading when it was first read, and its number among those of the same time (`updateKey`).
   * It stays the same through every correction (core/incidents/identity.ts).
   */
  readonly key: string;
  readonly at: Millis;
  readonly status: UpdateStatus;
  /** The heading's words if they are more than a status ("Rolled back"); else null. */
  readonly label: string | null;
  /** The operator's markdown: render it with `renderMarkdown` before showing it. */
  readonly body: string;
  /** Absent when nothing changes. */
  readonly change?: ImpactChange;
  /** When the next update is promised (`next_update:`), epoch ms. */
  readonly promised?: Millis;
  /** Shown but not sent: `notify: false`, or sent with another occurrence of a maintenance. */
  readonly quiet?: true;
  /** The text before the first section; shown with every occurrence of a recurring maintenance. */
  readonly preface?: true;
  /** Its time is assumed: the day in the file's name, unless first seen earlier (first-seen.ts). */
  readonly presumed?: true;
  /** Its heading names no status: it has that of the update before. */
  readonly inherits?: true;
  /** Its heading has a time but no date: its day depends on the other sections. */
  readonly undated?: true;
  /** The day of the occurrence it is about, in the maintenance's zone; absent: the one in or after which it was written. */
  readonly occurrence?: string;
  /** Dated more than an hour before `started`, where nothing begins: shown, and told to nobody. */
  readonly stray?: true;
  /** Its heading says that it is over, but the front matter does not: nothing ended, and the words are only a label. */
  readonly early?: true;
  /** It stands below a comment that is never closed: until it is, what is new there is words alone (`recognise`). */
  readonly held?: true;
  /** Its file was begun as a copy of another one, and it still says what that one says. */
  readonly copied?: true;
  /**
   * In an announcement: it tells a beginning (to a subscriber who was told nothing before), an end, that the incident
   * is open again after one, or none of these, whatever its heading says.
   */
  readonly announces?: 'beginning' | 'end' | 'reopening' | 'none';
  /** In an announcement: its words are also those of the updates that waited before it. */
  readonly folds?: true;
}

/** The key of an update: the time in its heading, and its number within that time. The preface comes before all. */
export function updateKey(time: string, number: number | '-preface'): string {
  return `${time}#${number}`;
}

/** The part of an update's key before its number. */
export function timeInKey(key: string): string {
  return key.slice(0, key.lastIndexOf('#'));
}

/** One parsed markdown file of `status/incidents/`. Maintenance when `scheduled` is set. */
export interface Incident {
  /** The file's name without `.md`. */
  readonly id: string;
  /** The name it keeps when its file is renamed; absent while that is its id (`keyOf`). */
  readonly key?: string;
  /** Former ids, and paths of former addresses, that lead here. */
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly status: UpdateStatus;
  /** `status:` of its front matter, if its newest section says another one (standing-status.ts). */
  readonly frontStatus?: UpdateStatus;
  /** At the start; updates may change it (`stretchesOf`). */
  readonly severity: Severity;
  readonly started: Millis;
  /** When it ended; null while open. For maintenance: the actual completion, when written. */
  readonly resolved: Millis | null;
  /** The components that the file names; null when it names none (see `affectedBy`). */
  readonly components: readonly Affected[] | null;
  readonly scheduled: { readonly start: Millis; readonly end: Millis } | null;
  /** The sources that the file names: read it by `sourcesOf`. Null: a person owns the file. */
  readonly openedBy: string | readonly string[] | null;
  readonly notify: boolean;
  /** Oldest first, never empty. */
  readonly updates: readonly IncidentUpdate[];
  readonly postmortem: string | null;
  /** `next_update:` of the front matter, epoch ms. */
  readonly promised?: Millis;
  /** The rule of a recurring maintenance (RFC 5545, without `DTSTART`). */
  readonly rrule?: string;
  /** The zone in which `rrule` counts, if not the site's; in an occurrence, always. */
  readonly timezone?: string;
  /** In an occurrence: the recurring maintenance as in its file, with the plan that the occurrence is of. */
  readonly series?: Incident;
  /** Of a recurring maintenance: what the server saw of its former plans and its end (plans.ts). */
  readonly record?: SeriesRecord;
  /** Shown, but not announced while more checks may fail with it (grouping.ts): news is what its file, if any, says. */
  readonly gathering?: { readonly filed: Incident | null };
  /**
   * A machine's incident of which a source failed again before the end had held, in whichever incident that is filed: when
   * the last of its sources recovered since; null: one fails still (reported-vs-measured.ts).
   */
  readonly recovered?: Millis | null;
  /** `started:` if it is after the end: the true start is unknown, and `started` is the end (as-of.ts). */
  readonly begins?: Millis;
  /** `started:` as in the file, if it was in the future when first seen: it is not used (as-of.ts). */
  readonly startedAhead?: Millis;
  /** Its file says that it is over, but its end is in the future: it is open until then (as-of.ts). */
  readonly endsAhead?: true;
  /** It is open, but another file with its id, or of which it is a copy, says that it is over (content/incidents/copies.ts). */
  readonly endedBeside?: true;
  /** The key of the update that ended a completed maintenance, as the records tell (completion.ts). */
  readonly endedBy?: string;
  /**
   * A heading's time, the end of a comment, or the incident's lasting name cannot be read: shown as far as possible, but
   * not announced until it can.
   */
  readonly isPartlyUnreadable?: true;
}

/** What a series' file no longer says. */
export interface SeriesRecord {
  /** Its plans before the present one, oldest first. */
  readonly past?: readonly FormerPlan[];
  /** When it was first seen to be over, or the time of the section that was written with that, epoch ms. */
  readonly endedAt?: Millis;
  /** In the series of an occurrence: the beginning of the last one by this plan, which was replaced, epoch ms. */
  readonly until?: Millis;
}

/** A plan by which occurrences had begun when it was replaced. Times in epoch ms. */
export interface FormerPlan {
  /** The first occurrence. */
  readonly start: Millis;
  readonly end: Millis;
  readonly rrule: string;
  readonly zone: string;
  /** The beginning of the last occurrence by it. */
  readonly last: Millis;
  /** When another plan was first seen. */
  readonly replaced: Millis;
}

/** The update about the beginning: one that is dated before it is not. */
export function beginningOf({ updates }: Pick<Incident, 'updates'>): IncidentUpdate | undefined {
  return updates.find(({ stray }) => !stray) ?? updates[0];
}

/** Whether a component is affected: an incident may name one that works. */
export function isUnwell({ status }: Pick<Affected, 'status'>): boolean {
  return status === null || severityOfStatus(status) !== null;
}

/** Whether a status says that an incident or a maintenance is over. */
export function isFinal(status: UpdateStatus | null): status is 'resolved' | 'completed' {
  return status === 'resolved' || status === 'completed';
}

/** Whether an incident (not a maintenance) is open. */
export function isOpen(incident: Incident): boolean {
  return incident.scheduled === null && incident.status !== 'resolved';
}

/** The sources of an incident (`probe:api`, `uptimerobot:777` …); none: a person opened it. */
export function sourcesOf({ openedBy }: Pick<Incident, 'openedBy'>): readonly string[] {
  if (openedBy === null) return [];
  if (typeof openedBy !== 'string') return openedBy;
  const parts = openedBy.split(/\s*,\s*/);
  // A monitor's name may contain a comma.
  return parts.every(part => /^[\w-]+:./.test(part)) ? parts : [openedBy];
}

/** The value of `opened_by`: one text, and a list only where the commas of a monitor's name would be misread. */
export function openedByOf(sources: readonly string[]): string | readonly string[] {
  const text = sources.join(', ');
  const read = sourcesOf({ openedBy: text });
  return read.length === sources.length && read.every((one, index) => one === sources[index])
    ? text
    : sources;
}

export interface NamedAffected {
  readonly id: string;
  readonly name: string;
}

/** All components an incident affected at any time: first those of `reachedBy`, then those that updates added. */
export function affectedBy(
  incident: Pick<Incident, 'title' | 'components' | 'scheduled' | 'updates'>,
  components: readonly NamedAffected[],
): readonly Affected[] {
  const later = incident.updates.flatMap(({ change }) => change?.components ?? []);
  return distinct([...reachedBy(incident, components), ...amongst(later, components)]);
}

/**
 * The components affected at the start: those listed; without a list, those whose name is in the title as whole words;
 * if there are none, all of them for an incident and none for a maintenance, because failures of components it does not
 * name must stay visible. Unknown ids are dropped.
 */
export function reachedBy(
  incident: Pick<Incident, 'title' | 'components' | 'scheduled'>,
  components: readonly NamedAffected[],
): readonly Affected[] {
  if (incident.components) return amongst(incident.components, components);
  const named = namedIn(incident.title, components);
  const reached = named.length > 0 || incident.scheduled ? named : components;
  return reached.map(component => ({ id: component.id, status: null }));
}

/** The known components of a list, each once. `all` means every component, unless one has that id. */
export function amongst(
  list: readonly Affected[],
  components: readonly NamedAffected[],
): readonly Affected[] {
  const known = idsOf(components);
  const named = list.filter(({ id }) => known.has(id));
  if (!list.some(({ id }) => meansAll(id, known))) return distinct(named);
  const all = list.filter(({ id }) => meansAll(id, known));
  return distinct([...named, ...all.flatMap(({ status }) => components.map(({ id }) => ({ id, status })))]);
}

/** Whether an id stands for every component. */
export function meansAll(id: string, known: ReadonlySet<string>): boolean {
  return id.toLowerCase() === ALL && !known.has(id);
}

const ALL = 'all';

function distinct(list: readonly Affected[]): readonly Affected[] {
  const found = new Map<string, Affected>();
  for (const affected of list) if (!found.has(affected.id)) found.set(affected.id, affected);
  return [...found.values()];
}

/** The components whose name is in a title, as whole words. */
export function namedIn<T extends NamedAffected>(title: string, components: readonly T[]): readonly T[] {
  return components.filter(({ name }) => isNamedIn(name, title));
}

/** Cached: thousands of incidents ask for the ids of the same list. */
const idsOf = memoized(
  (components: readonly NamedAffected[]): ReadonlySet<string> => new Set(components.map(({ id }) => id)),
);

function isNamedIn(name: string, title: string): boolean {
  const words = name
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${words}(?![\\p{L}\\p{N}_])`, 'iu').test(title);
}

/** The lasting name of an incident: in the database, the feeds, `/api/v2` and Message-IDs. */
export function keyOf({ key, id }: Pick<Incident, 'id' | 'key'>): string {
  return key ?? id;
}

/** The name of an update in the database: the incident's lasting name, and the update's key. */
export interface UpdateRef {
  readonly incidentId: string;
  readonly key: string;
}

/** The same as one string. */
export function refOf({ incidentId, key }: UpdateRef): string {
  return `${incidentId} ${key}`;
}

/** Path of the incident's own page. */
export function incidentPath(id: string): string {
  return `/status/incidents/${encodeURIComponent(id)}`;
}
