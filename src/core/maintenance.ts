// Maintenance: the state the clock makes of a scheduled file, and the time it covers.
import type { Incident, UpdateStatus } from './incident.ts';
import type { Millis } from './time.ts';
import type { Span } from './uptime.ts';

/** The status to show now: what the operator wrote, moved on by the clock (never back). */
export function stateAt(incident: Incident, now: Millis): UpdateStatus {
  if (!incident.scheduled || incident.status === 'completed') return incident.status;
  if (now >= incident.scheduled.end) return 'completed';
  if (now >= incident.scheduled.start && incident.status === 'scheduled') return 'in_progress';
  return incident.status;
}

/** The time a maintenance really covers: begun early or completed early or late, as written. */
export function coveredBy(incident: Incident & { scheduled: Span }): Span {
  const begun = incident.updates.find(update => update.status === 'in_progress')?.at;
  const start = Math.min(begun ?? incident.scheduled.start, incident.scheduled.start);
  const finished = incident.updates.find(update => update.status === 'completed')?.at ?? incident.resolved;
  const end = incident.status === 'completed' ? (finished ?? incident.scheduled.end) : incident.scheduled.end;
  return { start, end: Math.max(start, end) };
}

/** Whether it is a maintenance that goes on at `now`. */
export function isUnderWay(incident: Incident, now: Millis): incident is Incident & { scheduled: Span } {
  const state = stateAt(incident, now);
  return incident.scheduled !== null && (state === 'in_progress' || state === 'verifying');
}
