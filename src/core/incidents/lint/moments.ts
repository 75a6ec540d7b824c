// When a file's sections were said, as lint rules ask for it.
import type { Incident } from '../../model/incident.ts';
import { iso, type Millis } from '../../model/time.ts';
import { readMoments, type Section, type Work } from '../file/timeline.ts';

/** The moments of an incident's sections, as its updates have them. */
export function momentsOf(
  { started, updates, rrule, openedBy }: Incident,
  sections: readonly Section[],
  work: Work | null,
) {
  const announced = updates.find(({ presumed }) => presumed)?.at ?? started;
  return readMoments(sections, announced, work, 'newest first', rrule !== undefined || openedBy !== null);
}

/** `2025-11-06 15:30`, UTC. */
export function minuteOf(at: Millis): string {
  return iso(at).slice(0, 16).replace('T', ' ');
}
