// Turns sections and front matter into the updates of an incident, in order, each with its key and status.
import type * as z from 'zod';
import { type Incident, type IncidentUpdate, type UpdateStatus, updateKey } from '../../model/incident.ts';
import { iso, MINUTE, type Millis } from '../../model/time.ts';
import { EARLY_LABELS, statusesTaken } from '../ending.ts';
import { standingStatus } from '../standing-status.ts';
import { floored } from '../times/time-of-day.ts';
import { type Doubt, earliestOf, type Moment, readMoments, type Ties } from './moments.ts';
import { type fieldsSchema, type frontmatterSchema, readPromise } from './schema.ts';
import type { Section, Sections } from './timeline.ts';

export type Frontmatter = z.output<typeof frontmatterSchema>;
export type Fields = z.output<typeof fieldsSchema>;

interface TimelineContext {
  readonly fields: Frontmatter;
  /** Its start, epoch ms; assumed when not written. */
  readonly started: Millis;
  readonly maintenance: boolean;
  readonly repeats: boolean;
  readonly ending: Millis | null;
  readonly over: 'completed' | 'resolved';
  readonly isStray: (entry: TimelineEntry) => boolean;
}

/**
 * The updates of a file, oldest first and never empty, and the status that they and its front matter say.
 * @param written the fields of the sections.
 */
export function timelineOf(
  fields: Frontmatter,
  ...more: [started: Millis, Sections, written: ReadonlyMap<Section, Fields>, Ties]
): Pick<Incident, 'status' | 'frontStatus' | 'updates'> {
  const updates = updatesOfFile(fields, ...more);
  const front = fields.status;
  const status = fields.scheduled_start === undefined ? standingStatus(front, updates) : front;
  if (status === front) return { status, updates };
  return { status, frontStatus: front, updates: updatesOfFile({ ...fields, status }, ...more) };
}

/** The updates of a file. Long because what each one is depends on the same ten facts about the file. */
function updatesOfFile(
  fields: Frontmatter,
  started: Millis,
  cut: Sections,
  written: ReadonlyMap<Section, Fields>,
  ties: Ties,
): readonly IncidentUpdate[] {
  const { scheduled_start: start, scheduled_end: end, rrule, opened_by: opener } = fields;
  const maintenance = start !== undefined;
  const repeats = maintenance && rrule != null;
  // In a series, an undated section may mean any occurrence.
  const work = maintenance && !repeats ? { start, end: end! } : null;
  const life = lifeOf(fields, started);
  const moments = readMoments(cut.sections, life, work, ties, repeats || opener != null);
  // A file that a machine wrote while its clock was ahead has sections before its beginning, too.
  const earliest = maintenance || opener != null ? Number.NEGATIVE_INFINITY : earliestOf(life);
  const reading: TimelineContext = {
    ...{ fields, started, maintenance, repeats },
    ending: fields.resolved ?? null,
    over: maintenance ? 'completed' : 'resolved',
    isStray: ({ at, section }) => section !== undefined && at < earliest,
  };
  const entries = entriesOf(reading, moments, cut.preface, written);
  // The front matter says open, although a heading says it is over.
  const isOpen = !repeats && fields.status !== reading.over;
  // A machine's incident that goes on after an end has a heading that says so: other words do not make that the end.
  const saysMore = ({ status }: TimelineEntry) => maintenance || opener == null || status !== null;
  const newest = entries.findLast(entry => !isPreface(entry) && saysMore(entry));
  const isEarly = (entry: TimelineEntry) =>
    isOpen && entry === newest && entry.status === reading.over && !reading.isStray(entry);
  const statuses = statusesOf(reading, entries);
  const keys = keysOf(entries);
  const heldFrom = cut.unclosed[0]?.line ?? Number.POSITIVE_INFINITY;
  return entries.map((entry, index) => {
    const { section, at, body, label } = entry;
    const stray = reading.isStray(entry);
    // At its planned end a maintenance is over by the clock.
    const early = isEarly(entry) && !(work && at >= work.end);
    const isBegun = work && at >= work.start && fields.status === 'scheduled';
    const plain = entry.status === null;
    const own = statuses.get(entry)!;
    // After a Completed section, what follows says that the work goes on.
    const goesOn = work && isOpen && plain && own === 'completed' && at < work.end;
    const isDuringWork = work && plain && own === 'scheduled' && section && at >= work.start && at < work.end;
    const status =
      early || goesOn ? (isBegun ? 'in_progress' : fields.status) : isDuringWork ? 'in_progress' : own;
    return {
      key: keys[index]!,
      at,
      status,
      label: early ? EARLY_LABELS[reading.over] : label,
      body,
      ...changeOf(entry),
      ...(early ? { early } : {}),
      ...(stray ? { stray } : {}),
      ...(isPreface(entry) ? { preface: true as const } : {}),
      ...(maintenance && isPreface(entry) && fields.started === undefined ? { presumed: true as const } : {}),
      ...(section && plain ? { inherits: true as const } : {}),
      ...(section?.dated === false ? { undated: true as const } : {}),
      ...(section && section.line >= heldFrom ? { held: true as const } : {}),
    };
  });
}

function lifeOf({ rrule, resolved }: Frontmatter, started: Millis) {
  return { started, ending: rrule == null ? (resolved ?? null) : null, repeats: rrule != null };
}

/** By their lines, the undated headings whose day nothing tells: of an incident, and of a recurring maintenance. */
export function doubtsOf(fields: Frontmatter, cut: Sections): ReadonlyMap<number, Doubt> {
  const { scheduled_start: start, rrule, opened_by: opener } = fields;
  const started = fields.started ?? start;
  const isSingleMaintenance = start !== undefined && rrule == null;
  if (started === undefined || isSingleMaintenance || cut.sections.every(({ dated }) => dated))
    return new Map();
  const isTrusted = rrule != null || opener != null;
  const moments = readMoments(cut.sections, lifeOf(fields, started), null, 'newest first', isTrusted);
  return new Map(moments.flatMap(({ section, doubt }) => (doubt ? [[section.line, doubt] as const] : [])));
}

const CALLED_OFF = /^(?:cancell?ed|called[\s-]off)[.!]*$/i;

/** The sections, what stands above them, and the end that only the front matter tells, oldest first. */
function entriesOf(
  { fields, started, maintenance, repeats, ending, isStray }: TimelineContext,
  moments: readonly Moment[],
  preface: string,
  written: ReadonlyMap<Section, Fields>,
): TimelineEntry[] {
  const entries: TimelineEntry[] = moments.map(({ section, at, written: said }) => {
    const { label, body } = section;
    const own = written.get(section);
    // No key of the front matter can say this of one occurrence, so its heading does.
    const isOff = repeats && own?.occurrence !== undefined && CALLED_OFF.test(label ?? '');
    const status = isOff ? 'completed' : section.status;
    return { at, written: said, status, label, body, fields: own, section };
  });
  const plain = { status: null, label: null, fields: undefined };
  if (preface !== '' || entries.every(isStray)) {
    const first = fields.started === undefined ? Math.min(started, ...moments.map(({ at }) => at)) : started;
    entries.unshift({ at: first, written: started, body: preface, ...plain });
  }
  entries.sort((a, b) => a.at - b.at);
  if (maintenance || ending === null) return entries;
  // What goes on after its last end is over by the front matter alone.
  const last = entries.findLastIndex(({ status }) => status === 'resolved');
  const goesOn = (entry: TimelineEntry) =>
    !isStray(entry) && entry.at < (entry.status === null ? ending - (ending % MINUTE) : ending);
  // To the minute, it is the end, and what stands below it in that minute is no later one.
  const isEnd = ({ section, written: said }: TimelineEntry) => section && said === floored(ending, section);
  if (last >= 0 && (isEnd(entries[last]!) || !entries.slice(last + 1).some(goesOn))) return entries;
  const moment = moments.findLast(one => saysEnd(one, ending));
  const closing = moment && entries.find(({ section }) => section === moment.section);
  if (closing) closing.status = 'resolved';
  else entries.push({ at: ending, written: ending, body: '', ...plain, status: 'resolved' });
  return entries.sort((a, b) => a.at - b.at);
}

/** The status of each entry: from its heading, or from the entry before. */
function statusesOf(
  { fields, started, maintenance, ending, isStray }: TimelineContext,
  entries: readonly TimelineEntry[],
) {
  const first: UpdateStatus = maintenance ? 'scheduled' : 'investigating';
  const statuses = new Map<TimelineEntry, UpdateStatus>();
  // If the end is before the start, entries dated at the start still come before the end.
  const endsBeforeStart = !maintenance && ending !== null && ending < started;
  const said = endsBeforeStart ? [...entries].sort((a, b) => +(a.at < started) - +(b.at < started)) : entries;
  const hasOwn = (entry: TimelineEntry) =>
    isStray(entry) ||
    entry.fields?.occurrence !== undefined ||
    (!maintenance && !entry.section && entry.status === null);
  for (const entry of said.filter(hasOwn)) statuses.set(entry, entry.status ?? first);
  const taking = said.filter(entry => !hasOwn(entry));
  const headings = taking.map(({ status, at }) => ({ own: status, at }));
  const taken = statusesTaken(headings, fields.status, ending, first);
  for (const [index, entry] of taking.entries()) statuses.set(entry, taken[index]!);
  return statuses;
}

function isPreface({ section, status }: TimelineEntry): boolean {
  return !section && status === null;
}

/**
 * The keys of updates whose incident is not known yet (core/incidents/identity.ts): the time as in the heading, and the
 * number within that time. The preface is not counted: without a database, words added above the first section move no
 * other key.
 */
function keysOf(entries: readonly TimelineEntry[]): string[] {
  const seen = new Map<Millis, number>();
  return entries.map(entry => {
    const { written } = entry;
    if (isPreface(entry)) return updateKey(iso(written), '-preface');
    // Only in the front matter: a section with its words is another update.
    if (!entry.section) return updateKey('closed', 0);
    const ordinal = seen.get(written) ?? 0;
    seen.set(written, ordinal + 1);
    return updateKey(iso(written), ordinal);
  });
}

interface TimelineEntry {
  /** Absent for the preface, and for an end that is only in the front matter. */
  readonly section?: Section;
  readonly at: Millis;
  readonly written: Millis;
  status: UpdateStatus | null;
  readonly label: string | null;
  readonly body: string;
  readonly fields: Fields | undefined;
}

function changeOf({
  fields,
  at,
}: TimelineEntry): Pick<IncidentUpdate, 'change' | 'promised' | 'quiet' | 'occurrence'> {
  if (!fields) return {};
  const { severity = null, components = null, next_update, notify = true, occurrence } = fields;
  const promised = next_update === undefined ? null : readPromise(next_update, at);
  return {
    ...(severity === null && components === null ? {} : { change: { severity, components } }),
    ...(promised === null ? {} : { promised }),
    ...(notify ? {} : { quiet: true }),
    ...(occurrence === undefined ? {} : { occurrence }),
  };
}

/** Whether a section is at the time of the end, within its precision. */
function saysEnd({ section, at, written }: Moment, ending: Millis): boolean {
  return section.status === null && (written === floored(ending, section) || at === ending);
}
