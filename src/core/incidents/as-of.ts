// As of: an incident as it stands at a moment, whatever of its file lies ahead of that.
import { type Incident, type IncidentUpdate, refOf } from '../model/incident.ts';
import { iso, type Millis } from '../model/time.ts';
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
 * seen: `seen` knows when (epoch ms), by the update's name in the database; it may say `now`. A maintenance may be
 * told of ahead of time; only its end waits. `lay`: its beginning was dated ahead when it was first seen, and is not
 * believed when its time comes, either. The same object when nothing lies or lay ahead.
 */
export function asOf(incident: Incident, now: Millis, seen: (ref: string) => Millis, lay = false): Incident {
  if ((!lay && !isAhead(incident, now)) || incident.rrule !== undefined) return incident;
  if (incident.scheduled) return unfinished(incident, now);
  return happened(unended(incident, now), now, seen, lay);
}

function unended(incident: Incident, now: Millis): Incident {
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

function happened(incident: Incident, now: Millis, seen: (ref: string) => Millis, lay: boolean): Incident {
  const { id, started, updates, begins } = incident;
  const refTo = (key: string) => refOf({ incidentId: id, key });
  const seenAt = ({ key }: IncidentUpdate) => Math.min(now, seen(refTo(key)));
  const own = refTo(edgeKey(incident, 'started'));
  const foretold = (begins ?? started) > now || lay;
  const said = foretold ? { foretold: begins ?? started } : {};
  if (begins !== undefined) return { ...begun(incident, begins, now, seenAt), ...said };
  const isEarly = ({ key, at }: IncidentUpdate) => at > now || (lay && seen(refTo(key)) < at);
  if (!foretold && !updates.some(isEarly)) return incident;
  return {
    ...incident,
    ...said,
    started: foretold ? Math.min(started, now, seen(own), ...updates.map(seenAt)) : started,
    updates: updates
      .map(update => (isEarly(update) ? { ...update, at: seenAt(update) } : update))
      .sort((a, b) => a.at - b.at),
  };
}

/**
 * One whose file has it begin after its end: whoever wrote the beginning had a clock that was ahead. It began, and what
 * was written by that clock was said, when it was first seen; never after the end, unless it was seen after that.
 */
function begun(
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
function unfinished(incident: Incident, now: Millis): Incident {
  const { status, resolved, updates } = incident;
  const finished = updates.find(update => update.status === 'completed')?.at ?? resolved;
  if (status !== 'completed' || finished === null || finished <= now) return incident;
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
