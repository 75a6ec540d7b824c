// An incident file's sections and front matter → its updates, in order, each with its name and status.
import type * as z from 'zod';
import type { IncidentUpdate, UpdateStatus } from '../../model/incident.ts';
import { DAY, iso, MINUTE, type Millis } from '../../model/time.ts';
import { type fieldsSchema, type frontmatterSchema, readPromise } from './schema.ts';
import { type Moment, readMoments, type Section, type Sections, type Ties, tellsOfWork } from './timeline.ts';

export type Frontmatter = z.output<typeof frontmatterSchema>;
/** The lines right under a section's heading. */
export type Fields = z.output<typeof fieldsSchema>;

/** The updates of a file, oldest first and never empty; `told` are the sections' fields. */
export function updatesOf(
  fields: Frontmatter,
  started: Millis,
  cut: Sections,
  told: ReadonlyMap<Section, Fields>,
  ties: Ties,
): readonly IncidentUpdate[] {
  const { scheduled_start: start, scheduled_end: end, rrule } = fields;
  const maintenance = start !== undefined;
  const repeats = maintenance && rrule != null;
  // Of a series nobody knows which occurrence an undated section means.
  const work = maintenance && !repeats ? { start, end: end as Millis } : null;
  const trusted = repeats || fields.opened_by != null;
  const moments = readMoments(cut.sections, started, work, ties, trusted);
  const entries: Entry[] = moments.map(({ section, at, written }) => {
    const { status, label, body } = section;
    return { at, written, status, label, body, fields: told.get(section), section };
  });
  const plain = { status: null, label: null, fields: undefined };
  // What a machine filed while its clock was ahead has sections before its beginning, too.
  const earliest = maintenance || fields.opened_by != null ? Number.NEGATIVE_INFINITY : started - DAY;
  const isStray = ({ at, section }: Entry) => section !== undefined && at < earliest;
  const prefaced = cut.preface !== '' || entries.every(isStray);
  if (prefaced) {
    const first = fields.started === undefined ? Math.min(started, ...moments.map(({ at }) => at)) : started;
    entries.unshift({ at: first, written: started, body: cut.preface, ...plain });
  }
  const ending = fields.resolved ?? null;
  if (!maintenance && ending !== null && !entries.some(entry => entry.status === 'resolved')) {
    const last = moments.findLast(moment => saysEnd(moment, ending));
    const closing = last && entries.find(entry => entry.at === last.at && entry.body === last.section.body);
    if (closing) closing.status = 'resolved';
    else entries.push({ at: ending, written: ending, body: '', ...plain, status: 'resolved' });
  }
  entries.sort((a, b) => a.at - b.at);
  const keys = keysOf(entries);
  const former = work ? formerKeys(cut.sections, started, prefaced) : null;
  const first: UpdateStatus = maintenance ? 'scheduled' : 'investigating';
  let standing: UpdateStatus = first;
  // Where it ends before it begins, what stands at its beginning was said before the end all the same.
  const isTurned = !maintenance && ending !== null && ending < started;
  const said = isTurned ? [...entries].sort((a, b) => +(a.at < started) - +(b.at < started)) : entries;
  const statuses = new Map<Entry, UpdateStatus>();
  for (const entry of said) {
    const stray = isStray(entry);
    const isOpening = !maintenance && !entry.section && entry.status === null;
    const status: UpdateStatus = entry.status ?? (stray || isOpening ? first : standing);
    if (!stray && !isOpening) standing = status;
    statuses.set(entry, status);
  }
  const over = maintenance ? 'completed' : 'resolved';
  /** The file goes on, by its front matter, though this heading says that it is over. */
  const isOpen = !repeats && fields.status !== over;
  const ends = entries.findLastIndex(({ status }) => status === over);
  return entries.map((entry, index) => {
    const stray = isStray(entry);
    const early = isOpen && entry.status === over && index === entries.length - 1 && !stray;
    const status = early ? (fields.status as UpdateStatus) : (statuses.get(entry) as UpdateStatus);
    const named = keys[index] as string;
    const key = early ? `${named}${EARLY}` : named;
    // What was told as an end, or before it was one, is known; only the end itself is told anew.
    const isPast = entry.status === over && (isOpen || index !== ends);
    const other = early ? named : isPast ? `${named}${EARLY}` : undefined;
    const formerly = (entry.section && former?.get(entry.section)) ?? other;
    const isPreface = maintenance && !entry.section;
    const reopens =
      !maintenance && entry.status === null && status === 'resolved' && goesOn(entry.at, ending);
    return {
      key,
      at: entry.at,
      status,
      label: early ? EARLY_LABELS[over] : entry.label,
      body: entry.body,
      ...changeOf(entry),
      ...(early ? { early } : {}),
      ...(reopens ? { reopens } : {}),
      ...(stray ? { stray } : {}),
      ...(isPreface ? { preface: true as const } : {}),
      ...(isPreface && fields.started === undefined ? { presumed: true as const } : {}),
      ...(entry.section && entry.status === null ? { inherits: true as const } : {}),
      ...(formerly !== undefined && formerly !== key ? { formerly } : {}),
    };
  });
}

/**
 * An end that the front matter does not know is news like any other; once the front matter says it, it is an end, under
 * a name of its own, so that it is told.
 */
const EARLY = '#open';
const EARLY_LABELS = { resolved: 'Resolved', completed: 'Completed' };

/** An update's name: the time as its heading writes it, and its ordinal within that time (contract §7). */
function keysOf(entries: readonly { readonly written: Millis }[]): string[] {
  const seen = new Map<Millis, number>();
  return entries.map(({ written }) => {
    const ordinal = seen.get(written) ?? 0;
    seen.set(written, ordinal + 1);
    return `${iso(written)}#${ordinal}`;
  });
}

/** The keys of a maintenance's sections while undated ones were read from its announcement on. */
function formerKeys(sections: readonly Section[], started: Millis, prefaced: boolean) {
  const found = new Map<Section, string>();
  if (!sections.some(section => !section.dated && tellsOfWork(section))) return found;
  const entries: { section: Section | null; at: Millis; written: Millis }[] = readMoments(
    sections,
    started,
    null,
    'newest first',
    true,
  );
  if (prefaced) entries.unshift({ section: null, at: started, written: started });
  entries.sort((a, b) => a.at - b.at);
  const keys = keysOf(entries);
  for (const [index, { section }] of entries.entries()) {
    if (section) found.set(section, keys[index] as string);
  }
  return found;
}

interface Entry {
  /** Absent for the preface, and for an end that only the front matter tells. */
  readonly section?: Section;
  readonly at: Millis;
  readonly written: Millis;
  status: UpdateStatus | null;
  readonly label: string | null;
  readonly body: string;
  readonly fields: Fields | undefined;
}

function changeOf({ fields, at }: Entry): Pick<IncidentUpdate, 'change' | 'promised' | 'quiet'> {
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
