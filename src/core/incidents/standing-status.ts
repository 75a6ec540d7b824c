// The standing status of an incident: its front matter's, or that of its newest section, as people forget the one or the other.
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import type { Millis } from '../model/time.ts';

/** Whether a heading names a status. What is dated before the beginning says nothing about it. */
function namesStatus({ inherits, preface, stray }: IncidentUpdate): boolean {
  return !inherits && !preface && !stray;
}

/**
 * The status of an incident (not a maintenance). While the front matter says that it is open, the newest section that
 * names a status decides, if the front matter was left behind: it says how the incident began, or what an earlier section
 * says. What no section says yet stands, and so does what the front matter says beside a newest section `Resolved`.
 * @param front the status in the front matter
 * @param updates oldest first
 */
export function standingStatus(front: UpdateStatus, updates: readonly IncidentUpdate[]): UpdateStatus {
  const said = updates.filter(namesStatus);
  const newest = said.pop();
  if (front === 'resolved' || !newest || newest.early || newest.status === 'resolved') return front;
  const isLeftBehind = front === 'investigating' || said.some(({ status }) => status === front);
  return isLeftBehind ? newest.status : front;
}

/** An incident with its status as its updates say: those that are dated after `now` do not say it yet. */
export function asStanding<Kind extends Incident>(
  incident: Kind,
  now: Millis = Number.POSITIVE_INFINITY,
): Kind {
  const { frontStatus, updates } = incident;
  if (frontStatus === undefined) return incident;
  const status = standingStatus(
    frontStatus,
    updates.filter(({ at }) => at <= now),
  );
  return { ...incident, status };
}

/** Whether a section of an open incident that names a status is later than a time, epoch ms. */
export function isStatusSaidAfter(at: Millis, { scheduled, status, updates }: Incident): boolean {
  return !scheduled && status !== 'resolved' && updates.some(one => one.at > at && namesStatus(one));
}

/** The open status of an incident as of a time, epoch ms: what is written of that time is said with it. */
export function openStatusAt(at: Millis, incident: Incident): UpdateStatus {
  const { status, updates } = incident;
  const standing = isStatusSaidAfter(at, incident)
    ? updates.findLast(one => one.at <= at && !one.stray)?.status
    : status;
  return standing === undefined || standing === 'resolved' ? 'investigating' : standing;
}
