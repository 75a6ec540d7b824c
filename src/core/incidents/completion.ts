// The completion of a maintenance: when it was over, and which update says so. One rule for page, API, calendar,
// uptime and email.
import {
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isFinal,
  type UpdateStatus,
} from '../model/incident.ts';
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
 * after them is hidden; else as planned. Null before, and for a recurring one. An occurrence that was completed late by more
 * than its planned length ended as planned, unless a section says that the work went on.
 * @param state as of now: a maintenance that the clock completed ended as planned, or with its Completed section.
 */
export function completionOf(incident: Incident, state: UpdateStatus = incident.status): Completion | null {
  const { scheduled, status, resolved, updates, rrule, series, endedBy } = incident;
  if (!scheduled || state !== 'completed' || rrule !== undefined) return null;
  if (endedBy !== undefined)
    return { at: resolved ?? scheduled.end, update: updates.find(({ key }) => key === endedBy) ?? null };
  const last = updates.findLastIndex(({ status }) => status !== 'completed' && status !== 'resolved');
  const isWritten = status === 'completed';
  // Steps may follow a plan.
  const isPlan = isWritten && series === undefined;
  const said =
    updates.slice(last + 1).find(isCompletion) ?? (isPlan ? updates.find(isCompletion) : undefined);
  // What is written long after an occurrence prolongs it only if the work went on: it may be of any day before the next.
  const { start, end } = scheduled;
  const mayBeLate = series === undefined || updates.some(one => isOverrun(one, scheduled));
  const timeOf = ({ at }: IncidentUpdate) => (mayBeLate || at - end <= end - start ? at : end);
  if (!isWritten) {
    const update = said?.status === 'completed' ? said : null;
    return { at: update ? timeOf(update) : scheduled.end, update };
  }
  if (said) return { at: resolved ?? timeOf(said), update: said };
  const isEnd = ({ inherits, at }: IncidentUpdate) =>
    inherits && (resolved === null ? at > scheduled.start && at < scheduled.end : at === resolved);
  const update = updates.findLast(isEnd) ?? null;
  return { at: resolved ?? update?.at ?? scheduled.end, update };
}

/** Whether an update of a maintenance says that it is over. */
export function isCompletion({ status, inherits }: IncidentUpdate): boolean {
  return isFinal(status) && !inherits;
}

/** Whether a section that was written with the end of a series is its end: it says so, or has a heading without a status. */
export function mayEndSeries(update: IncidentUpdate): boolean {
  return update.occurrence === undefined && !update.preface && (isCompletion(update) || !!update.inherits);
}

/** How long after it was written a section makes a maintenance go on after its planned end. */
const OVERRUN: Millis = DAY;

/** The status by a section `In progress` or `Verifying` after the planned end, while nothing newer says otherwise. */
export function overrunOf({ scheduled, updates }: Incident, now: Millis): UpdateStatus | null {
  const last = updates.findLast(({ at, inherits }) => at <= now && !inherits);
  return last && isOverrun(last, scheduled!) && now - last.at <= OVERRUN ? last.status : null;
}

function isOverrun({ status, inherits, at }: IncidentUpdate, planned: Span): boolean {
  return (status === 'in_progress' || status === 'verifying') && !inherits && at >= planned.end;
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

/** The word for a status in an incident: a maintenance that was called off is not completed. */
export function wordOfStatus(incident: Incident, status: UpdateStatus): UpdateStatus | 'cancelled' {
  return status === 'completed' && isCalledOff(incident) ? 'cancelled' : status;
}

/**
 * For this long after the planned end, what was told of a completed maintenance may differ from what its file says now.
 */
const RECENT: Millis = 30 * DAY;

/** Whether the records may know more of a completion than the file. */
export function mayRecordsTell({ scheduled, status, rrule }: Incident, now: Millis): boolean {
  if (!scheduled || rrule !== undefined || now >= scheduled.end + RECENT) return false;
  return status === 'completed' || now >= scheduled.end;
}

/** The records about an incident's ends. */
export interface EndRecord {
  /** When it was told that it goes on after an earlier end, epoch ms; null: never. */
  readonly openedAt: Millis | null;
  /** When its present end was told, epoch ms; null: not yet. */
  readonly announcedAt: Millis | null;
  /** When an update was first seen, epoch ms; null: not yet. */
  seenAt(key: string): Millis | null;
  /** Whether an update's time lay ahead when it was first seen. */
  wasAhead(update: IncidentUpdate): boolean;
}

/** The key of an update that says no more than that it is over. */
export const WORDLESS = 'end';

/**
 * A completed maintenance with the end that the records tell: `resolved`, and `endedBy`. What was written before it
 * went on again is no part of its present end, and what was written after that was told does not move it.
 * - The update: its Completed section; else the last words that were written with the completion. None: one without
 *   words is added, unless the clock completed it, or a Completed section came later: that is told by itself.
 * - The time: `resolved:`, else that of the update, else when the completion was first seen, at the latest as planned.
 * Unchanged while its end is to come. A `resolved:` in the future does not count beside a Completed section.
 */
export function completedByRecord(incident: Incident, record: EndRecord, now: Millis): Incident {
  const { scheduled, updates } = incident;
  if (!scheduled || !mayRecordsTell(incident, now)) return incident;
  const isWritten = incident.status === 'completed';
  if (!isWritten && overrunOf(incident, now)) return incident;
  const isEndAhead = (incident.resolved ?? now) > now;
  if (isWritten && isEndAhead && !updates.some(one => isCompletion(one) && one.at <= now)) return incident;
  const resolved = isWritten && !isEndAhead ? incident.resolved : null;
  const by = wordsOfEnd(incident, scheduled, record, now);
  const isAhead = (update: IncidentUpdate) => isCompletion(update) && update.at > now;
  if (!by && record.announcedAt === null && resolved === null && updates.some(isAhead)) return incident;
  const end = timeOfEnd({ ...incident, resolved }, scheduled, by, record, now);
  const status = 'completed' as const;
  const { openedAt, announcedAt } = record;
  const seen = ({ key }: IncidentUpdate) => record.seenAt(key) ?? now;
  const all = updates.map(update => {
    if (update === by) {
      const { inherits: _, early: __, ...said } = update;
      return { ...said, at: update.at > now ? end : update.at, status };
    }
    if (!update.inherits) return update;
    const isLater =
      announcedAt !== null && (record.seenAt(update.key) ?? Number.POSITIVE_INFINITY) > announcedAt;
    if (update.at >= end || (isWritten && isLater)) return { ...update, status };
    // Between its going on and its present end.
    const seenAfterReopening = openedAt !== null && seen(update) >= openedAt;
    return seenAfterReopening && update.status === status
      ? { ...update, status: 'in_progress' as const }
      : update;
  });
  const isSaidLater = all.some(
    one => isCompletion(one) && one.at <= now && (openedAt === null || seen(one) > openedAt),
  );
  if (by || !isWritten || isSaidLater)
    return { ...incident, resolved: end, endedBy: by?.key ?? WORDLESS, updates: all };
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
  const { updates, resolved, status } = incident;
  const first = announcedAt ?? now;
  const seen = ({ key }: IncidentUpdate) => seenAt(key) ?? Number.POSITIVE_INFINITY;
  // A section without a date may have got a day that is to come.
  const isMisread = ({ inherits, undated, status, at }: IncidentUpdate) =>
    undated === true && at > now && (inherits === true || status === 'scheduled');
  const isOfThisEnd = (update: IncidentUpdate) =>
    (announcedAt === null ? update.at <= now || isMisread(update) : seen(update) <= announcedAt) &&
    (openedAt === null || seen(update) > openedAt);
  const told = updates.filter(update => !update.preface && isOfThisEnd(update));
  const seenSinceFirst = (update: IncidentUpdate) => seen(update) >= first;
  const tellsCompletion = (update: IncidentUpdate) => isCompletion(update) || update.early === true;
  const said =
    told.find(one => tellsCompletion(one) && seenSinceFirst(one)) ?? told.findLast(tellsCompletion);
  if (said || status !== 'completed') return said;
  // An update that is first seen when it is over may be its announcement.
  const knownBefore = updates.some(update => seen(update) < first);
  const begun = beginningOfWork(incident, planned);
  return told.findLast(update => {
    const { inherits, status, at } = update;
    if (!(inherits || (knownBefore && status === 'scheduled'))) return false;
    // An update that was told before is told, unless the front matter names its time.
    if (at === resolved) return true;
    if (!seenSinceFirst(update)) return false;
    if (knownBefore) return at < planned.end || isMisread(update);
    // By the time of the first sight, what is dated before the work may tell that it does not take place.
    return at < planned.end && (at > begun || (first < begun && update !== beginningOf(incident)));
  });
}

function timeOfEnd(
  incident: Incident,
  planned: Span,
  by: IncidentUpdate | undefined,
  { announcedAt, wasAhead }: EndRecord,
  now: Millis,
): Millis {
  const isWritten = incident.status === 'completed';
  const first = Math.min(announcedAt ?? now, isWritten ? now : planned.end);
  const latest = isWritten && incident.updates.some(one => isOverrun(one, planned)) ? first : planned.end;
  const written = incident.resolved ?? by?.at ?? Math.min(isWritten ? first : planned.end, latest);
  const isImpossible =
    // By a clock that was ahead when it was told.
    written > now ||
    (by !== undefined && incident.resolved === null && wasAhead(by)) ||
    // The work had begun when it was first said to be over: nobody calls it off then.
    (written < beginningOfWork(incident, planned) && first >= planned.start && first < planned.end);
  return isImpossible ? first : written;
}
