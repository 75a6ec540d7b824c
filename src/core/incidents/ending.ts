// The end of an incident: when it was, and which update announces it.
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { MINUTE, type Millis } from '../model/time.ts';

/** When the incident ended, by its file; null while it is open, and for a recurring maintenance. */
export function endedAt({ scheduled, status, resolved, updates, rrule }: Incident): Millis | null {
  if (rrule !== undefined || status !== (scheduled ? 'completed' : 'resolved')) return null;
  return resolved ?? updates.find(update => update.status === status)?.at ?? scheduled?.end ?? null;
}

/**
 * Whether an update announces an end. A second update with the final status does not, unless the incident was reopened
 * in between. Quiet updates announced nothing.
 */
export function announcesEnd({ updates }: Incident, { key, status, reopens }: IncidentUpdate): boolean {
  if (reopens || (status !== 'resolved' && status !== 'completed')) return false;
  const last = lastTold(updates, key);
  return last?.status !== status || last.reopens === true;
}

/** Whether an update is the first to announce that an incident announced as over is open again. */
export function announcesRelapse(
  { updates, scheduled, resolved }: Incident,
  update: IncidentUpdate,
): boolean {
  const { key, status, reopens, at } = update;
  if (scheduled || (status === 'resolved' && !reopens) || (resolved !== null && at >= resolved)) return false;
  const last = lastTold(updates, key);
  return last?.status === 'resolved' && !last.reopens;
}

/** A monitor's recovery is filed with the time of the first good response, and people write meanwhile. */
const CONFIRMED_WITHIN: Millis = 30 * MINUTE;

/** The updates that say an incident is open, dated after it ended by its front matter: that one decides. */
export function openAfterEnd(incident: Incident): readonly IncidentUpdate[] {
  const { scheduled, status, resolved, openedBy, updates } = incident;
  if (scheduled || status !== 'resolved' || resolved === null) return [];
  const end = updates.findLastIndex(update => update.status === 'resolved');
  if (end === updates.length - 1) return [];
  const latest = Math.max(resolved, updates[end]?.at ?? resolved);
  const from = openedBy === null ? latest : latest + CONFIRMED_WITHIN;
  return updates.slice(end + 1).filter(({ at }) => at > from);
}

/** The newest announced update before this one. */
function lastTold(updates: Incident['updates'], key: string): IncidentUpdate | undefined {
  const at = updates.findIndex(update => update.key === key);
  return updates.slice(0, at).findLast(({ quiet, stray }) => !quiet && !stray);
}

/** The status to announce with an update: a relapse must not be announced as "resolved". */
export function announcedStatus(incident: Incident, { status, reopens }: IncidentUpdate): UpdateStatus {
  if (!reopens) return status;
  return incident.status === 'resolved' ? 'investigating' : incident.status;
}
