// As of: an incident as it stands at a moment, whatever of its file lies ahead of that.
import { type Incident, type IncidentUpdate, refOf, type UpdateStatus } from '../model/incident.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import { announcedStatus } from './ending.ts';
import { edgeKey } from './first-seen.ts';

/** Whether anything of an incident's file lies ahead of `now`, or its beginning after its end. */
export function isAhead({ started, resolved, updates, begins }: Incident, now: Millis): boolean {
  return (
    begins !== undefined || started > now || (resolved ?? now) > now || updates[updates.length - 1]!.at > now
  );
}

/** The next moment after `now` at which `asOf` says something else; Infinity when there is none. */
export function changesAt({ started, resolved, updates }: Incident, now: Millis): Millis {
  const moments = [started, resolved ?? now, ...updates.map(({ at }) => at)];
  return Math.min(...moments.filter(at => at > now), Number.POSITIVE_INFINITY);
}

/**
 * The incident as of `now`, from which everything is shown, counted and told. An end that lies ahead has not come:
 * the incident is open, and the words of that end wait. Whatever else is dated ahead happened when it was first
 * seen: `seen` knows when (epoch ms), by the update's name in the database; it may say `now`. Of a maintenance the
 * steps that lie ahead are its plan and wait. `wasAhead`: what was dated ahead when it was first seen; it is not believed
 * when its time comes, either. The same object when nothing lies or lay ahead.
 */
export function asOf(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: 'beginning' | 'update' | null = null,
): Incident {
  if ((wasAhead === null && !isAhead(incident, now)) || incident.rrule !== undefined) return incident;
  if (incident.scheduled)
    return withEarlyUpdatesMoved(withoutFutureCompletion(incident, now), now, seen, wasAhead !== null);
  // What was said before is no part of an end that comes, wherever its heading dates it.
  const said = withEarlyUpdatesMoved(incident, now, seen, wasAhead !== null, true);
  return withFirstSeenTimes(withoutFutureEnd(said, now), now, seen, wasAhead);
}

/**
 * The steps of a completed maintenance that have not happened and will not: those that its file dates after the
 * completion, or, where nothing says when that was, after `now`. `wasAhead`: what was ahead when it was first seen completed.
 */
export function stepsAfterCompletion(
  { scheduled, status, resolved, rrule, updates }: Incident,
  now: Millis,
  wasAhead: (update: IncidentUpdate) => boolean,
): readonly IncidentUpdate[] {
  if (!scheduled || status !== 'completed' || rrule !== undefined) return [];
  const steps = updates.filter(({ inherits, preface }) => !inherits && !preface);
  const end = steps.find(update => update.status === 'completed');
  const completion = Math.min(resolved ?? FOREVER, end?.at ?? FOREVER);
  if (completion > now && completion < FOREVER) return [];
  // The words of the end may be dated a little after it.
  return steps.filter(
    update => update.at > now || wasAhead(update) || (update !== end && update.at > completion),
  );
}

const FOREVER = Number.POSITIVE_INFINITY;

function withoutFutureEnd(incident: Incident, now: Millis): Incident {
  const { updates, resolved, status } = incident;
  const isEnd = ({ status, reopens, early }: IncidentUpdate) =>
    (status === 'resolved' && !reopens) || early === true;
  if (resolved === null || resolved <= now) {
    // Of an incident that is over, the words of its end may come late; of an open one they are no end yet.
    if (status === 'resolved') return incident;
    const left = updates.filter(update => !isEnd(update) || update.at <= now);
    return left.length === updates.length ? incident : { ...incident, updates: atLeastOne(left, incident) };
  }
  const last = updates.findLastIndex(update => !isEnd(update));
  const left = updates.filter((update, index) => !isEnd(update) || (index < last && update.at <= now));
  const standing = left.at(-1);
  return {
    ...incident,
    status: standing ? announcedStatus(incident, standing) : 'investigating',
    resolved: null,
    updates: atLeastOne(left, incident),
  };
}

/** With all that is or was dated ahead at the moment it was first seen. */
function withFirstSeenTimes(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: 'beginning' | 'update' | null,
): Incident {
  const { id, started, updates, begins } = incident;
  const refTo = (key: string) => refOf({ incidentId: id, key });
  const seenAt = ({ key }: IncidentUpdate) => Math.min(now, seen(refTo(key)));
  const own = refTo(edgeKey(incident, 'started'));
  const isStartAhead = (begins ?? started) > now || wasAhead === 'beginning';
  const said = isStartAhead ? { startedAhead: begins ?? started } : {};
  if (begins !== undefined) return { ...withBeginning(incident, begins, now, seenAt), ...said };
  const worded = withEarlyUpdatesMoved(incident, now, seen, wasAhead !== null);
  if (!isStartAhead) return worded;
  return {
    ...worded,
    ...said,
    started: Math.min(started, now, seen(own), ...updates.map(seenAt)),
    updates: worded.updates.map(update => believed(update, started)),
  };
}

/** What lies before a beginning that is not believed is dated well, unless it is of another day. */
function believed({ stray, ...update }: IncidentUpdate, started: Millis): IncidentUpdate {
  return stray && update.at < started - DAY ? { ...update, stray } : update;
}

/**
 * With the words that are or were dated ahead where they were said; where a maintenance's steps lie ahead, they wait.
 * `before`: only those that were seen before now and take their status from what stands above them.
 */
function withEarlyUpdatesMoved(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: boolean,
  before = false,
): Incident {
  const { id, scheduled, updates } = incident;
  const seenAt = ({ key }: IncidentUpdate) => seen(refOf({ incidentId: id, key }));
  const isPlanned = ({ inherits }: IncidentUpdate) => scheduled !== null && !inherits;
  const isEarly = (update: IncidentUpdate) =>
    !isPlanned(update) &&
    (update.at > now || (wasAhead && seenAt(update) < update.at)) &&
    (!before || (update.inherits === true && seenAt(update) < now));
  if (!updates.some(isEarly)) return incident;
  const moved = updates
    .map(update => (isEarly(update) ? { ...update, at: Math.min(now, seenAt(update)) } : update))
    .sort((a, b) => a.at - b.at);
  return { ...incident, updates: inherited(moved, scheduled ? 'scheduled' : 'investigating') };
}

/** With the status of the update before, now that the order is another, where the heading names none. */
function inherited(updates: readonly IncidentUpdate[], first: UpdateStatus): IncidentUpdate[] {
  let standing = first;
  return updates.map(update => {
    if (update.stray) return update;
    const status = update.inherits ? standing : update.status;
    standing = status;
    if (status === update.status) return update;
    const { reopens: _, ...rest } = update;
    return { ...rest, status };
  });
}

/**
 * One whose file has it begin after its end: whoever wrote the beginning had a clock that was ahead. It began, and what
 * was written by that clock was said, when it was first seen; never after the end, unless it was seen after that.
 */
function withBeginning(
  { begins: _, ...incident }: Incident,
  begins: Millis,
  now: Millis,
  seenAt: (update: IncidentUpdate) => Millis,
): Incident {
  const { updates } = incident;
  const end = incident.resolved ?? now;
  const last = updates.findLast(({ status, reopens }) => status === 'resolved' && !reopens);
  const endSeen = last ? seenAt(last) : now;
  const moved = updates
    .filter(({ at }) => at > now || at >= begins)
    .map(update => {
      const at = seenAt(update);
      return { ...update, at: at <= endSeen ? Math.min(at, end) : at };
    });
  const kept = updates.filter(({ at }) => at <= now && at < begins);
  const all = [...moved, ...kept].sort((a, b) => a.at - b.at);
  return { ...incident, started: Math.min(end, ...all.map(({ at }) => at)), updates: all };
}

/** A maintenance whose completion is dated ahead is not completed: the clock says what it is. */
function withoutFutureCompletion(incident: Incident, now: Millis): Incident {
  const { status, resolved, updates } = incident;
  const finished = updates.find(update => update.status === 'completed')?.at ?? resolved;
  if (status !== 'completed' || finished === null || Math.min(finished, resolved ?? finished) <= now)
    return incident;
  const left = updates.filter(update => update.status !== 'completed');
  const standing = left.findLast(({ at }) => at <= now);
  return {
    ...incident,
    status: standing?.status ?? 'scheduled',
    resolved: null,
    updates: atLeastOne(left, incident),
  };
}

/** Where nobody told of the beginning, only of the end that is to come: the fact alone. */
function atLeastOne(updates: readonly IncidentUpdate[], { started, scheduled }: Incident) {
  if (updates.length > 0) return updates;
  const status = scheduled ? ('scheduled' as const) : ('investigating' as const);
  // The words of the end may have the time of the beginning.
  return [{ key: `${iso(started)}#begun`, at: started, status, label: null, body: '' }];
}
