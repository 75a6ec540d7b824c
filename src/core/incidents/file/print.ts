// Prints incidents as markdown, and adds updates to files without changing their other bytes.
import type { Severity } from '../../model/component.ts';
import {
  type Affected,
  type ImpactChange,
  type Incident,
  type IncidentUpdate,
  isFinal,
  type UpdateStatus,
} from '../../model/incident.ts';
import { iso, type Millis, SECOND } from '../../model/time.ts';
import { withoutComments } from '../../text/comments.ts';
import { isStatusSaidAfter } from '../standing-status.ts';
import { cutFile, joinFile, setValues } from './edit.ts';
import { defuse } from './escape.ts';
import { readMoments } from './moments.ts';
import { parseIncident } from './parse.ts';
import { cutSections } from './timeline.ts';
import { yamlList, yamlString, yamlText } from './yaml-values.ts';

export interface NewIncident {
  readonly title: string;
  readonly status: UpdateStatus;
  /** null: none, for a maintenance. */
  readonly severity: Severity | null;
  readonly started: Millis;
  /** Ids, with or without a status; null: no `components:` line (the title decides). */
  readonly components: readonly (string | Affected)[] | null;
  readonly openedBy: Incident['openedBy'];
  /** Former ids and addresses that lead here. */
  readonly aliases?: readonly string[];
  /** All of it was told elsewhere: it is emailed to nobody. An update that is added while it is open is. */
  readonly isToldElsewhere?: true;
  readonly message: string;
  readonly resolved?: Millis;
  readonly scheduled?: { readonly start: Millis; readonly end: Millis };
  readonly rrule?: string;
  readonly timezone?: string;
  readonly postmortem?: string;
  /** When the first update promises the next one, epoch ms. */
  readonly promised?: Millis;
  /** When the message was written, if not at `started`: for an incident reported after its end. */
  readonly messageAt?: Millis;
  /** The status that the first update says, if not that of every beginning (Investigating, Scheduled). */
  readonly messageStatus?: UpdateStatus;
  /** Later updates, oldest first. */
  readonly later?: readonly Addition[];
}

/** The text of a new incident file. */
export function printIncident(incident: NewIncident): string {
  const { scheduled } = incident;
  const lines = ['---', `title: ${yamlString(incident.title)}`, `status: ${incident.status}`];
  if (incident.severity) lines.push(`severity: ${incident.severity}`);
  lines.push(`started: ${iso(incident.started)}`);
  if (incident.resolved !== undefined) lines.push(`resolved: ${iso(incident.resolved)}`);
  if (scheduled) {
    lines.push(`scheduled_start: ${iso(scheduled.start)}`, `scheduled_end: ${iso(scheduled.end)}`);
  }
  if (incident.rrule) lines.push(`rrule: ${yamlString(incident.rrule)}`);
  if (incident.timezone) lines.push(`timezone: ${yamlString(incident.timezone)}`);
  if (incident.components) lines.push(`components: ${yamlList(incident.components)}`);
  if (incident.openedBy) lines.push(`opened_by: ${yamlText(incident.openedBy)}`);
  if (incident.aliases?.length) lines.push(`aliases: ${yamlList(incident.aliases)}`);
  const { later = [], message, promised, messageAt: at = incident.started, isToldElsewhere } = incident;
  if (isToldElsewhere && isFinal(incident.status)) lines.push('notify: false');
  const quiet = isToldElsewhere && !isFinal(incident.status) ? { quiet: true as const } : {};
  const usual = later.length > 0 ? (scheduled ? 'scheduled' : 'investigating') : incident.status;
  const first = incident.messageStatus ?? usual;
  const sections = [...later].reverse().flatMap(one => section({ ...one, ...quiet }));
  lines.push(
    '---',
    '',
    ...sections,
    ...section({ status: first, at, message, ...(promised === undefined ? {} : { promised }), ...quiet }),
  );
  if (incident.postmortem) lines.push('## Post-mortem', ...defuse(incident.postmortem).split('\n'), '');
  return lines.join('\n');
}

export interface Addition {
  readonly status: UpdateStatus;
  readonly at: Millis;
  readonly message: string;
  readonly change?: Partial<ImpactChange>;
  /** When the next update is promised, epoch ms. */
  readonly promised?: Millis;
  /** Shown, but not sent. */
  readonly quiet?: true;
  /** Under `Update`, if `status` is that of the update before; else under the status. For `updated`. */
  readonly isUpdate?: boolean;
  /** Text after the end: an `Update`, or words about that end (`Resolved`); the front matter stays. */
  readonly afterwards?: 'update' | 'resolved' | undefined;
  /** The day of one occurrence of a recurring maintenance: the front matter is about the series and stays. */
  readonly occurrence?: string;
}

/**
 * Adds an update to a file: a dated section beside the newest one; sets `status:` if no newer section says one, and writes
 * `resolved:` (status resolved) or removes it. All other bytes and all earlier updates stay: the times of undated headings depend on their
 * order. Returns the same text when it has no front matter.
 */
export function addUpdate(source: string, addition: Addition): string {
  return withAddition(source, addition)?.text ?? source;
}

/** The same, with the file as it reads before and after. Null when it has no front matter. */
function withAddition(source: string, addition: Addition) {
  const cut = cutFile(source);
  if (!cut) return null;
  const [close, ...body] = cut.body as [string, ...string[]];
  const { status, at, occurrence, afterwards } = addition;
  const values = { status, resolved: status === 'resolved' ? iso(at) : null };
  const before = parseIncident('', '', source).value;
  const stays = occurrence !== undefined || afterwards || isOfBefore(addition, before);
  const front = stays ? cut.front : setValues(cut.front, values, ['started', 'status']);
  const started = before?.begins ?? before?.started ?? 0;
  const places = insertions(body, addition, started, before?.status)
    .map(inserted => joinFile({ ...cut, front, body: [close, ...inserted] }))
    .map(text => ({ text, before, after: parseIncident('', '', text).value }));
  const kept = places.filter(({ after }) => keeps(before, after));
  // A heading to the minute of the addition may be read as later than it, where both are not on one side of the file.
  const isSure = !stays && !before?.isPartlyUnreadable;
  const newest = isSure ? kept.find(({ after }) => after?.updates.at(-1)?.status === status) : undefined;
  return newest ?? kept[0] ?? places[0]!;
}

/** The same, but null unless the result reads back as intended: the file may be written in an unusual way. */
export function updated(source: string, addition: Addition): string | null {
  const { text, before = null, after = null } = withAddition(source, addition) ?? {};
  if (text === undefined || !after) return null;
  const { status } = addition;
  const stays = addition.occurrence !== undefined || addition.afterwards;
  const at = addition.at - (addition.at % SECOND);
  const wanted = before && isOfBefore(addition, before) ? before.status : status;
  const hasWantedStatus = after.status === wanted && after.resolved === (status === 'resolved' ? at : null);
  if (!stays && !hasWantedStatus) return null;
  const isAllowed = (of: UpdateStatus) => stays || of === status;
  const isAdded = after.updates.some(one => isAllowed(one.status) && one.at >= at && one.at < at + SECOND);
  if (!isAdded && addition.isUpdate) return updated(source, { ...addition, isUpdate: false });
  return isAdded ? text : null;
}

/** What is set in a section: a list replaces the whole one. */
export type SetFields = { readonly components?: readonly Affected[]; readonly severity?: Severity };

/** A file with other fields in a section, which has fields already; null unless the result reads back as intended. */
export function withFields(source: string, key: string, { components, severity }: SetFields): string | null {
  const cut = cutFile(source);
  const read = parseIncident('', '', source).value;
  if (!cut || !read) return null;
  const [close, ...body] = cut.body as [string, ...string[]];
  const { sections } = cutSections(body.join('\n'), read.status);
  const { started, begins, resolved } = read;
  const life = { started: begins ?? started, ending: resolved };
  const moments = readMoments(sections, life, null, 'newest first', read.openedBy !== null);
  const place = read.updates.filter(isOfSection).findIndex(one => one.key === key);
  const section = moments[place]?.section;
  if (!section?.fields) return null;
  const count = section.fields.split('\n').length;
  const fields = body.slice(section.line, section.line + count).join('\n');
  const values = { severity, components: components && yamlList(components) };
  body.splice(section.line, count, ...setValues(fields, values).split('\n'));
  const written = joinFile({ ...cut, body: [close, ...body] });
  const after = parseIncident('', '', written).value;
  const change = { ...(severity ? { severity } : {}), ...(components ? { components } : {}) };
  const intended = read.updates.map(one =>
    one.key === key ? { ...one, change: { ...one.change!, ...change } } : one,
  );
  return JSON.stringify(after) === JSON.stringify({ ...read, updates: intended }) ? written : null;
}

/** An end that only the front matter tells, and the preface, are in no section. */
function isOfSection({ preface, key }: IncidentUpdate): boolean {
  return !preface && !key.startsWith('closed');
}

/** Whether a section says how it was before a newer one that is there: the front matter is as that one says. */
function isOfBefore({ status, at }: Addition, file: Incident | null): boolean {
  return file !== null && status !== 'resolved' && isStatusSaidAfter(at, file);
}

/** Whether all updates of `before` keep their keys in `after`: the keys are in the database. */
function keeps(before: Incident | null, after: Incident | null): boolean {
  if (!before || !after) return false;
  const keys = new Set(after.updates.map(({ key }) => key));
  return before.updates.every(({ key, body }) => body === '' || keys.has(key));
}

/** The body with the section added: at the likelier end first, then at the other. */
function insertions(
  body: readonly string[],
  addition: Addition,
  started: Millis,
  standing: UpdateStatus | undefined,
): string[][] {
  const { sections, postmortemLine, openFence } = cutSections(body.join('\n'), standing);
  const added = section(addition);
  const closed = openFence === null ? [] : [openFence];
  const first = sections[0];
  const end = postmortemLine === null ? body.length : postmortemLine - 1;
  const tail = body.slice(end);
  const head = [...trimEnd(body.slice(0, end)), ...(tail.length === 0 ? closed : [])];
  const below = [...head, '', ...added, ...tail];
  if (!first) return [below];
  const above = [...body.slice(0, first.line - 1), ...added, ...body.slice(first.line - 1)];
  const newestFirst = sections.length === 1 || readMoments(sections, { started })[0]?.section !== first;
  return newestFirst ? [above, below] : [below, above];
}

function trimEnd(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]!.trim() === '') end--;
  return lines.slice(0, end);
}

function section(addition: Addition): string[] {
  const { status, at, message, change, promised, quiet, isUpdate, afterwards, occurrence } = addition;
  const words = isUpdate ? 'update' : (afterwards ?? status.replace('_', ' '));
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  const time = iso(at).replace('T', ' ').replace('Z', ' UTC');
  const fields: string[] = [];
  if (change?.severity) fields.push(`severity: ${change.severity}`);
  if (change?.components) fields.push(`components: ${yamlList(change.components)}`);
  if (promised !== undefined) fields.push(`next_update: ${iso(promised)}`);
  if (quiet) fields.push('notify: false');
  if (occurrence !== undefined) fields.push(`occurrence: ${occurrence}`);
  const text = defuse(message);
  // An empty line, so that text that looks like a field does not become one.
  const isLikeField = /^(severity|components|next_update|notify|occurrence)\s*:/.test(
    withoutComments(text).trim(),
  );
  const gap = fields.length > 0 || isLikeField ? [''] : [];
  return [`## ${label} ${time}`, ...fields, ...gap, ...text.split('\n'), ''];
}
