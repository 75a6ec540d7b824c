// Ends: when an incident ended, and which of its updates tells it.
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import type { Millis } from '../model/time.ts';

/** When it ended, as its file says; null while it goes on, and for a maintenance that repeats. */
export function endedAt({ scheduled, status, resolved, updates, rrule }: Incident): Millis | null {
  if (rrule !== undefined || status !== (scheduled ? 'completed' : 'resolved')) return null;
  return resolved ?? updates.find(update => update.status === status)?.at ?? scheduled?.end ?? null;
}

/** Whether an update tells an end: words after it bear the same status, and are no second end, unless
 * it came back between. One that was quiet told nobody. */
export function announcesEnd({ updates }: Incident, { key, status, reopens }: IncidentUpdate): boolean {
  if (reopens || (status !== 'resolved' && status !== 'completed')) return false;
  const last = lastTold(updates, key);
  return last?.status !== status || last.reopens === true;
}

/** Whether an update is the first to tell that what was told as over goes on. */
export function announcesRelapse(
  { updates, scheduled, resolved }: Incident,
  update: IncidentUpdate,
): boolean {
  const { key, status, reopens, at } = update;
  if (scheduled || (status === 'resolved' && !reopens) || (resolved !== null && at >= resolved)) return false;
  const last = lastTold(updates, key);
  return last?.status === 'resolved' && !last.reopens;
}

/** The newest update before this one that anybody was told. */
function lastTold(updates: Incident['updates'], key: string): IncidentUpdate | undefined {
  const at = updates.findIndex(update => update.key === key);
  return updates.slice(0, at).findLast(({ quiet, stray }) => !quiet && !stray);
}

/** The status to tell with an update: nobody who reads that it came back may read that it is over. */
export function announcedStatus(incident: Incident, { status, reopens }: IncidentUpdate): UpdateStatus {
  if (!reopens) return status;
  return incident.status === 'resolved' ? 'investigating' : incident.status;
}
