// An incident file's sections and front matter → its updates, in order, each with its name and status.
import type * as z from 'zod';
import type { IncidentUpdate, UpdateStatus } from '../../model/incident.ts';
import { iso, MINUTE, type Millis } from '../../model/time.ts';
import { earliestOf, type Moment, readMoments, type Ties } from './moments.ts';
import { type fieldsSchema, type frontmatterSchema, readPromise } from './schema.ts';
import type { Section, Sections } from './timeline.ts';

export type Frontmatter = z.output<typeof frontmatterSchema>;
export type Fields = z.output<typeof fieldsSchema>;

interface TimelineContext {
  readonly fields: Frontmatter;
  /** When it began, epoch ms: as written, or presumed. */
  readonly started: Millis;
  readonly maintenance: boolean;
  readonly repeats: boolean;
  readonly ending: Millis | null;
  readonly over: 'completed' | 'resolved';
  readonly isStray: (entry: TimelineEntry) => boolean;
}

/** The updates of a file, oldest first and never empty; `written` are the sections' fields. */
export function updatesOf(
  fields: Frontmatter,
  started: Millis,
  cut: Sections,
  written: ReadonlyMap<Section, Fields>,
  ties: Ties,
): readonly IncidentUpdate[] {
  const { scheduled_start: start, scheduled_end: end, rrule, opened_by: opener } = fields;
  const maintenance = start !== undefined;
  const repeats = maintenance && rrule != null;
  // Of a series nobody knows which occurrence an undated section means.
  const work = maintenance && !repeats ? { start, end: end! } : null;
  const life = lifeOf(fields, started, cut);
  const moments = readMoments(cut.sections, life, work, ties, repeats || opener != null);
  // What a machine filed while its clock was ahead has sections before its beginning, too.
  const earliest = maintenance || opener != null ? Number.NEGATIVE_INFINITY : earliestOf(life);
  const reading: TimelineContext = {
    ...{ fields, started, maintenance, repeats },
    ending: fields.resolved ?? null,
    over: maintenance ? 'completed' : 'resolved',
    isStray: ({ at, section }) => section !== undefined && at < earliest,
  };
  const entries = entriesOf(reading, moments, cut.preface, written);
  const statuses = statusesOf(reading, entries);
  const keys = keysOf(entries);
  // The file goes on, by its front matter, though a heading says that it is over.
  const isOpen = !repeats && fields.status !== reading.over;
  const ends = entries.findLastIndex(({ status }) => status === reading.over);
  return entries.map((entry, index) => {
    const { section, at, body, label } = entry;
    const stray = reading.isStray(entry);
    const isEnd = entry.status === reading.over;
    const early = isOpen && isEnd && index === entries.length - 1 && !stray;
    const status = early ? fields.status : statuses.get(entry)!;
    const key = early ? `${keys[index]}${EARLY}` : keys[index]!;
    // What was told as an end, or before it was one, is known; only the end itself is told anew.
    const isPast = isEnd && (isOpen || index !== ends);
    const formerly = early ? keys[index] : isPast ? `${keys[index]}${EARLY}` : undefined;
    const isPreface = maintenance && !section;
    const plain = entry.status === null;
    const reopens = !maintenance && plain && status === 'resolved' && goesOn(at, reading.ending);
    return {
      key,
      at,
      status,
      label: early ? EARLY_LABELS[reading.over] : label,
      body,
      ...changeOf(entry),
      ...(early ? { early } : {}),
      ...(reopens ? { reopens } : {}),
      ...(stray ? { stray } : {}),
      ...(isPreface ? { preface: true as const } : {}),
      ...(isPreface && fields.started === undefined ? { presumed: true as const } : {}),
      ...(section && plain ? { inherits: true as const } : {}),
      ...(section?.dated === false ? { undated: true as const } : {}),
      ...(formerly === undefined ? {} : { formerly }),
    };
  });
}

function lifeOf({ rrule, resolved }: Frontmatter, started: Millis, { preface }: Sections) {
  return { started, ending: rrule == null ? (resolved ?? null) : null, isTold: preface !== '' };
}

/** The two moments that an undated heading of an incident may mean, by its line, where nothing tells which. */
export function doubtsOf(fields: Frontmatter, cut: Sections): ReadonlyMap<number, readonly [Millis, Millis]> {
  const { started, scheduled_start: start, opened_by: opener } = fields;
  if (started === undefined || start !== undefined) return new Map();
  const moments = readMoments(
    cut.sections,
    lifeOf(fields, started, cut),
    null,
    'newest first',
    opener != null,
  );
  return new Map(moments.flatMap(({ section, doubt }) => (doubt ? [[section.line, doubt] as const] : [])));
}

/** The sections, what stands above them, and the end that only the front matter tells, oldest first. */
function entriesOf(
  { fields, started, maintenance, ending, isStray }: TimelineContext,
  moments: readonly Moment[],
  preface: string,
  written: ReadonlyMap<Section, Fields>,
): TimelineEntry[] {
  const entries: TimelineEntry[] = moments.map(({ section, at, written: said }) => {
    const { status, label, body } = section;
    return { at, written: said, status, label, body, fields: written.get(section), section };
  });
  const plain = { status: null, label: null, fields: undefined };
  if (preface !== '' || entries.every(isStray)) {
    const first = fields.started === undefined ? Math.min(started, ...moments.map(({ at }) => at)) : started;
    entries.unshift({ at: first, written: started, body: preface, ...plain });
  }
  if (!maintenance && ending !== null && !entries.some(({ status }) => status === 'resolved')) {
    const last = moments.findLast(moment => saysEnd(moment, ending));
    const closing = last && entries.find(({ at, body }) => at === last.at && body === last.section.body);
    if (closing) closing.status = 'resolved';
    else entries.push({ at: ending, written: ending, body: '', ...plain, status: 'resolved' });
  }
  return entries.sort((a, b) => a.at - b.at);
}

/** The status of each: its heading's own, or that of the one before. */
function statusesOf(
  { started, maintenance, ending, isStray }: TimelineContext,
  entries: readonly TimelineEntry[],
) {
  const first: UpdateStatus = maintenance ? 'scheduled' : 'investigating';
  const statuses = new Map<TimelineEntry, UpdateStatus>();
  // Where it ends before it begins, what stands at its beginning was said before the end all the same.
  const isTurned = !maintenance && ending !== null && ending < started;
  const said = isTurned ? [...entries].sort((a, b) => +(a.at < started) - +(b.at < started)) : entries;
  let last: UpdateStatus = first;
  for (const entry of said) {
    const isApart = isStray(entry) || (!maintenance && !entry.section && entry.status === null);
    const status: UpdateStatus = entry.status ?? (isApart ? first : last);
    if (!isApart) last = status;
    statuses.set(entry, status);
  }
  return statuses;
}

/** An end that the front matter does not know; once it does, the end has a name of its own, so that it is announced. */
const EARLY = '#open';
const EARLY_LABELS = { resolved: 'Resolved', completed: 'Completed' };

/** An update's name: the time as its heading writes it, and its ordinal within that time. */
function keysOf(entries: readonly { readonly written: Millis }[]): string[] {
  const seen = new Map<Millis, number>();
  return entries.map(({ written }) => {
    const ordinal = seen.get(written) ?? 0;
    seen.set(written, ordinal + 1);
    return `${iso(written)}#${ordinal}`;
  });
}

interface TimelineEntry {
  /** Absent for the preface, and for an end that only the front matter tells. */
  readonly section?: Section;
  readonly at: Millis;
  readonly written: Millis;
  status: UpdateStatus | null;
  readonly label: string | null;
  readonly body: string;
  readonly fields: Fields | undefined;
}

function changeOf({ fields, at }: TimelineEntry): Pick<IncidentUpdate, 'change' | 'promised' | 'quiet'> {
  if (!fields) return {};
  const { severity = null, components = null, next_update, notify = true } = fields;
  const promised = next_update === undefined ? null : readPromise(next_update, at);
  return {
    ...(severity === null && components === null ? {} : { change: { severity, components } }),
    ...(promised === null ? {} : { promised }),
    ...(notify ? {} : { quiet: true }),
  };
}

/** Whether the front matter has an incident go on at that moment; headings know minutes only. */
function goesOn(at: Millis, ending: Millis | null): boolean {
  return ending === null || at < ending - (ending % MINUTE);
}

/** Whether a section stands at the moment of the end, at its heading's precision. */
function saysEnd({ section, at, written }: Moment, ending: Millis): boolean {
  const floored = ending - (ending % section.precision);
  return section.status === null && (written === floored || at === ending);
}
