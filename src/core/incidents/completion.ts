// The completion of a maintenance: when it was over, and which update says so. One rule for page, API, calendar,
// uptime and email.
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { DAY, type Millis, type Span } from '../model/time.ts';

/** How a maintenance was completed. */
interface Completion {
  readonly at: Millis;
  /** The update that says so; null if only the front matter or the clock does. */
  readonly update: IncidentUpdate | null;
}

/**
 * The completion of a maintenance: as the records tell (`completedByRecord`); else, by its file, its Completed section,
 * after work that went on the next one; else `resolved:`; else its last words within the window, so that no outage
 * after them is hidden; else as planned. Null before, and for a recurring one.
 * @param state as of now: a maintenance that the clock completed ended as planned, or with its Completed section.
 */
export function completionOf(incident: Incident, state: UpdateStatus = incident.status): Completion | null {
  const { scheduled, status, resolved, updates, rrule, endedBy } = incident;
  if (!scheduled || state !== 'completed' || rrule !== undefined) return null;
  if (endedBy !== undefined)
    return { at: resolved ?? scheduled.end, update: updates.find(({ key }) => key === endedBy) ?? null };
  const last = updates.findLastIndex(({ status }) => status !== 'completed' && status !== 'resolved');
  const said = updates.slice(last + 1).find(isCompletion) ?? updates.find(isCompletion);
  const isWritten = status === 'completed';
  if (!isWritten) {
    const update = said?.status === 'completed' ? said : null;
    return { at: update?.at ?? scheduled.end, update };
  }
  if (said) return { at: resolved ?? said.at, update: said };
  const isEnd = ({ inherits, at }: IncidentUpdate) =>
    inherits && (resolved === null ? at > scheduled.start && at < scheduled.end : at === resolved);
  const update = updates.findLast(isEnd) ?? null;
  return { at: resolved ?? update?.at ?? scheduled.end, update };
}

/** Whether an update of a maintenance says that it is over. */
function isCompletion({ status, inherits }: IncidentUpdate): boolean {
  return (status === 'completed' || status === 'resolved') && !inherits;
}

/** When the work began: as planned, or with an In progress section before that. */
export function beginningOfWork({ updates }: Incident, planned: Span): Millis {
  const begun = updates.find(update => update.status === 'in_progress')?.at ?? planned.start;
  return Math.min(begun, planned.start);
}

/** Whether a maintenance was completed before its work began: it did not take place. */
export function isCalledOff(incident: Incident): boolean {
  const completion = completionOf(incident);
  return completion !== null && completion.at < beginningOfWork(incident, incident.scheduled!);
}

/** So long after its planned end, what was told of a completed maintenance may differ from what its file says now. */
const RECENT: Millis = 30 * DAY;

/** Whether the records may know more of a completion than the file. */
export function mayRecordsTell({ scheduled, status, rrule }: Incident, now: Millis): boolean {
  return scheduled !== null && status === 'completed' && rrule === undefined && now < scheduled.end + RECENT;
}

/** What the records tell of an incident's ends. */
export interface EndRecord {
  /** When it was told that it goes on after an earlier end, epoch ms; null: never. */
  readonly openedAt: Millis | null;
  /** When its present end was told, epoch ms; null: not yet, or by the clock. */
  readonly announcedAt: Millis | null;
  /** When an update was first seen, epoch ms; null: not yet. */
  seenAt(key: string): Millis | null;
}

/** The key of an update that says no more than that it is over. */
export const WORDLESS = 'end';

/**
 * A completed maintenance with the end that the records tell: `resolved`, and `endedBy`. What was written before it
 * went on again is no part of its present end, and what was written after that was told does not move it.
 * - The update: its Completed section; else the last words that were written with the completion. None: one without
 *   words is added.
 * - The time: `resolved:`, else that of the update, else when the completion was first seen, at the latest as planned.
 * Unchanged while its end is to come.
 */
export function completedByRecord(incident: Incident, record: EndRecord, now: Millis): Incident {
  const { scheduled, resolved, updates } = incident;
  if (!scheduled || !mayRecordsTell(incident, now) || (resolved ?? now) > now) return incident;
  const by = wordsOfEnd(incident, scheduled, record, now);
  const isAhead = (update: IncidentUpdate) => isCompletion(update) && update.at > now;
  if (!by && record.announcedAt === null && resolved === null && updates.some(isAhead)) return incident;
  const end = timeOfEnd(incident, scheduled, by, record, now);
  const status = 'completed' as const;
  const all = updates.map(update => {
    if (update === by) {
      const { inherits: _, early: __, ...said } = update;
      return { ...said, status };
    }
    if (!update.inherits) return update;
    if (update.at >= end) return { ...update, status };
    // Between its going on and its present end.
    const isOfMore = record.openedAt !== null && (record.seenAt(update.key) ?? now) >= record.openedAt;
    return isOfMore && update.status === status ? { ...update, status: 'in_progress' as const } : update;
  });
  if (by) return { ...incident, resolved: end, endedBy: by.key, updates: all };
  const wordless = { key: WORDLESS, at: end, status, label: null, body: '' };
  const place = all.findLastIndex(({ at }) => at <= end) + 1;
  return { ...incident, resolved: end, endedBy: WORDLESS, updates: all.toSpliced(place, 0, wordless) };
}

function wordsOfEnd(
  incident: Incident,
  planned: Span,
  { openedAt, announcedAt, seenAt }: EndRecord,
  now: Millis,
): IncidentUpdate | undefined {
  const { updates, resolved } = incident;
  const first = announcedAt ?? now;
  const seen = ({ key }: IncidentUpdate) => seenAt(key) ?? Number.POSITIVE_INFINITY;
  const isOfThisEnd = (update: IncidentUpdate) =>
    (announcedAt === null ? update.at <= now : seen(update) <= announcedAt) &&
    (openedAt === null || seen(update) > openedAt);
  const told = updates.filter(update => !update.preface && isOfThisEnd(update));
  const isFresh = (update: IncidentUpdate) => seen(update) >= first;
  const said = told.find(one => isCompletion(one) && isFresh(one)) ?? told.findLast(isCompletion);
  if (said) return said;
  // What is first seen when it is over may be its announcement.
  const isKnown = updates.some(update => seen(update) < first);
  const begun = beginningOfWork(incident, planned);
  return told.findLast(update => {
    const { inherits, status, at } = update;
    if (at >= planned.end || !(inherits || (isKnown && status === 'scheduled'))) return false;
    // What was told before is told, unless the front matter names its time.
    return at === resolved || (isFresh(update) && (isKnown || at > begun));
  });
}

function timeOfEnd(
  incident: Incident,
  planned: Span,
  by: IncidentUpdate | undefined,
  { announcedAt }: EndRecord,
  now: Millis,
): Millis {
  const first = announcedAt ?? now;
  const written = incident.resolved ?? by?.at ?? Math.min(first, planned.end);
  const isWrong =
    // By a clock that was ahead when it was told.
    written > now ||
    // The work had begun when it was first said to be over: nobody calls it off then.
    (written < beginningOfWork(incident, planned) && first >= planned.start && first < planned.end);
  return isWrong ? first : written;
}
