// The incident as of a moment: corrects times in the file that are in the future.
import { type Incident, type IncidentUpdate, keyOf, refOf, type UpdateStatus } from '../model/incident.ts';
import { DAY, HOUR, type Millis } from '../model/time.ts';
import { isCompletion } from './completion.ts';
import { statusesTaken } from './ending.ts';
import { edgeKey } from './first-seen.ts';
import { asStanding } from './standing-status.ts';

/** Whether any time in the incident is after `now`, or its start after its end. */
export function isAhead({ started, resolved, updates, begins }: Incident, now: Millis): boolean {
  return (
    begins !== undefined || started > now || (resolved ?? now) > now || updates[updates.length - 1]!.at > now
  );
}

/** The next moment after `now` at which the result of `asOf` changes; Infinity when it never does. */
export function changesAt({ started, resolved, scheduled, updates }: Incident, now: Millis): Millis {
  const moments = [started, resolved ?? now, scheduled?.end ?? now, ...updates.map(({ at }) => at)];
  return Math.min(...moments.filter(at => at > now), Number.POSITIVE_INFINITY);
}

/**
 * The incident as of `now`: the basis of all that is shown, counted and announced.
 * - An end in the future has not happened: the incident is open, and the text of that end is left out.
 * - Any other update dated in the future counts from when it was first seen.
 * - Future steps of a maintenance are its plan and stay as they are.
 * Returns the same object when no time is, or was, in the future.
 * @param seen when an update was first seen, by its name in the database (epoch ms); may return `now`.
 * @param wasAhead what was dated in the future when it was first seen; its date stays wrong after it has passed.
 */
export function asOf(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: 'beginning' | 'update' | null = null,
): Incident {
  if ((wasAhead === null && !isAhead(incident, now)) || incident.rrule !== undefined) return incident;
  if (incident.scheduled)
    return withoutPlan(
      withEarlyUpdatesMoved(withoutFutureCompletion(incident, now), now, seen, wasAhead !== null),
      now,
    );
  // An earlier update is no part of the coming end, even if its heading has a later date.
  const said = withEarlyUpdatesMoved(asStanding(incident, now), now, seen, wasAhead !== null, true);
  return withFirstSeenTimes(withoutFutureEnd(said, now), now, seen, wasAhead);
}

/** Whether an update's time depends on when it was seen: it is assumed, or may be of a later day (`onDayAdded`). */
export function isDatedBySight({ scheduled, started, updates }: Incident): boolean {
  return updates.some(
    ({ presumed, undated, stray, at }) => presumed || (!scheduled && undated && !stray && at < started),
  );
}

/**
 * An update without a date that is shortly before the beginning by its time of day moves to the day on which it was
 * added, if that was within an hour after its time of day, and the incident was known before that without it.
 * @param seen when an update was first seen, by its key (epoch ms).
 */
export function onDayAdded(incident: Incident, seen: (key: string) => Millis): Incident {
  if (incident.scheduled || !isDatedBySight(incident)) return incident;
  const { started, updates } = incident;
  const known = Math.min(...updates.map(({ key }) => seen(key)));
  const moved = updates.map(update => {
    const age = seen(update.key) - update.at;
    const at = update.at + age - (age % DAY);
    const isLater = update.undated && !update.stray && update.at < started && age % DAY < HOUR && at > known;
    return isLater ? { ...update, at } : update;
  });
  return {
    ...incident,
    updates: inherited(
      moved.sort((a, b) => a.at - b.at),
      incident,
    ),
  };
}

/**
 * Whether an update may be a step of a maintenance's plan, which waits for its time: its heading names a status, or a
 * date within the work.
 */
export function mayBePlannedStep(
  { scheduled }: Pick<Incident, 'scheduled'>,
  { inherits, undated, at, status }: IncidentUpdate,
): boolean {
  // The announcement has no other time.
  if (!scheduled || status === 'scheduled') return false;
  return !inherits || (!undated && at >= scheduled.start && at <= scheduled.end);
}

/**
 * The steps of a completed maintenance that did not and will not happen: dated after the completion or, if the time of
 * completion is unknown, after `now`.
 * @param wasAhead whether an update was dated in the future when the completion was first seen.
 * @param isEndTold whether the completion was told: what is written later is no step of the plan.
 */
export function stepsAfterCompletion(
  incident: Incident,
  now: Millis,
  wasAhead: (update: IncidentUpdate) => boolean = () => false,
  isEndTold = false,
): readonly IncidentUpdate[] {
  const { scheduled, status, resolved, rrule } = incident;
  if (!scheduled || status !== 'completed' || rrule !== undefined) return [];
  const steps = incident.updates.filter(update => mayBePlannedStep(incident, update) && !update.preface);
  const end =
    incident.endedBy === undefined
      ? steps.find(update => update.status === 'completed')
      : steps.find(({ key }) => key === incident.endedBy);
  const completion =
    incident.endedBy === undefined ? Math.min(resolved ?? FOREVER, end?.at ?? FOREVER) : resolved!;
  if (completion > now && completion < FOREVER) return [];
  // The text of the completion itself may be dated a little later.
  return steps.filter(
    update =>
      update.key !== incident.endedBy &&
      (update.at > now ||
        wasAhead(update) ||
        (!isEndTold && !update.inherits && update !== end && update.at > completion)),
  );
}

const FOREVER = Number.POSITIVE_INFINITY;

function withoutFutureEnd(incident: Incident, now: Millis): Incident {
  const { updates, resolved, status } = incident;
  const isEnd = ({ status, early }: IncidentUpdate) => status === 'resolved' || early === true;
  if (resolved === null || resolved <= now) {
    // Once the incident is resolved, the text of its end may come late. While it is open, that text is no end yet.
    if (status === 'resolved') return incident;
    const left = updates.filter(update => !isEnd(update) || update.at <= now);
    return left.length === updates.length ? incident : { ...incident, updates: atLeastOne(left, incident) };
  }
  const last = updates.findLastIndex(update => !isEnd(update));
  const left = updates.filter((update, index) => !isEnd(update) || (index < last && update.at <= now));
  const standing = left.at(-1);
  return {
    ...incident,
    status: standing?.status ?? 'investigating',
    resolved: null,
    endsAhead: true,
    updates: atLeastOne(left, incident),
  };
}

/** The incident with every time that is, or was, in the future replaced by when it was first seen. */
function withFirstSeenTimes(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: 'beginning' | 'update' | null,
): Incident {
  const { started, updates, begins } = incident;
  const refTo = (key: string) => refOf({ incidentId: keyOf(incident), key });
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

/** Returns an update dated before a beginning that is not believed as well dated, unless it is of another day. */
function believed({ stray, ...update }: IncidentUpdate, started: Millis): IncidentUpdate {
  return stray && update.at < started - DAY ? { ...update, stray } : update;
}

/**
 * Moves updates dated in the future to when they were first seen. Future steps of a maintenance stay.
 * @param before move only updates first seen before `now` that take their status from the update above them.
 */
function withEarlyUpdatesMoved(
  incident: Incident,
  now: Millis,
  seen: (ref: string) => Millis,
  wasAhead: boolean,
  before = false,
): Incident {
  const { updates } = incident;
  const seenAt = ({ key }: IncidentUpdate) => seen(refOf({ incidentId: keyOf(incident), key }));
  const isEarly = (update: IncidentUpdate) =>
    !mayBePlannedStep(incident, update) &&
    (update.at > now || (wasAhead && seenAt(update) < update.at)) &&
    (!before || (update.inherits === true && seenAt(update) < now));
  if (!updates.some(isEarly)) return incident;
  const moved = updates
    .map(update => (isEarly(update) ? { ...update, at: Math.min(now, seenAt(update)) } : update))
    .sort((a, b) => a.at - b.at);
  return { ...incident, updates: inherited(moved, incident) };
}

/** After a change of order: an update whose heading names no status takes it from the update before. */
function inherited(
  updates: readonly IncidentUpdate[],
  { scheduled, status: front, resolved, endedBy }: Incident,
): IncidentUpdate[] {
  const as = (update: IncidentUpdate, status: UpdateStatus) =>
    status === update.status ? update : { ...update, status };
  if (!scheduled) {
    const taking = updates.filter(({ stray }) => !stray);
    const headingOf = ({ inherits, early, status, at }: IncidentUpdate) => ({
      own: inherits ? null : early ? ('resolved' as const) : status,
      at,
    });
    const taken = statusesTaken(taking.map(headingOf), front, resolved, 'investigating');
    const statuses = new Map(taking.map((one, index) => [one, taken[index]!]));
    return updates.map(one => as(one, (!one.early && statuses.get(one)) || one.status));
  }
  let standing: UpdateStatus = 'scheduled';
  const isOver = front === 'completed' || endedBy !== undefined;
  const taken = (at: Millis): UpdateStatus => {
    if (isOver && resolved !== null && at >= resolved) return 'completed';
    if (front === 'completed') return standing;
    // After a Completed section, what follows says that the work goes on.
    const goesOn = standing === 'completed' && at < scheduled.end;
    return !goesOn ? standing : front === 'scheduled' ? 'in_progress' : front;
  };
  return updates.map(update => {
    if (update.stray) return update;
    standing = update.inherits ? taken(update.at) : update.status;
    return as(update, standing);
  });
}

/**
 * For an incident whose `started` is after its end, because its author's clock was ahead. Its start, and its updates by
 * that clock, count from when they were first seen, but not later than the end, unless first seen after it.
 */
function withBeginning(
  { begins: _, ...incident }: Incident,
  begins: Millis,
  now: Millis,
  seenAt: (update: IncidentUpdate) => Millis,
): Incident {
  const { updates } = incident;
  const end = incident.resolved ?? now;
  const last = updates.findLast(({ status }) => status === 'resolved');
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

/** A completion in the future has not happened: the status follows the clock. */
function withoutPlan(incident: Incident, now: Millis): Incident {
  const left = incident.updates.filter(({ at, label }, index) => at <= now || (index === 0 && !label));
  return left.length === incident.updates.length
    ? incident
    : { ...incident, updates: atLeastOne(left, incident) };
}

/**
 * A maintenance whose completion is dated ahead is not completed: the clock says what it is. If only `resolved:` is
 * ahead, it was completed with its section.
 */
function withoutFutureCompletion(incident: Incident, now: Millis): Incident {
  const { status, resolved, updates } = incident;
  if (status !== 'completed') return incident;
  if (resolved !== null && resolved > now) {
    const section = updates.find(update => isCompletion(update) && update.at <= now);
    if (section) return { ...incident, resolved: section.at };
  }
  const finished = updates.find(update => update.status === 'completed')?.at ?? resolved;
  if (finished === null || Math.min(finished, resolved ?? finished) <= now) return incident;
  const left = updates.filter(update => update.status !== 'completed');
  const standing = left.findLast(({ at }) => at <= now);
  return {
    ...incident,
    status: standing?.status ?? 'scheduled',
    resolved: null,
    endsAhead: true,
    updates: atLeastOne(left, incident),
  };
}

/** When only the future end had a text: one update that says no more than that the incident began. */
function atLeastOne(updates: readonly IncidentUpdate[], { started, scheduled }: Incident) {
  if (updates.length > 0) return updates;
  const status = scheduled ? ('scheduled' as const) : ('investigating' as const);
  return [{ key: '#begun', at: started, status, label: null, body: '' }];
}
