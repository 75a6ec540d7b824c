// Remarks of lint on a file that could be parsed, and helpers for its rules.
import type { Incident } from '../../model/incident.ts';
import type { Problem } from '../../model/problem.ts';
import { iso, type Millis } from '../../model/time.ts';
import { readMoments, type Work } from '../file/moments.ts';
import type { Section } from '../file/timeline.ts';

/** A warning by default. */
export interface Remark {
  readonly level?: Problem['level'];
  /** A line of the body, from 1, or a key of the front matter. */
  readonly at: number | string;
  readonly what: string;
  readonly fix: string;
}

/** The times of an incident's sections, as in its updates. */
export function momentsOf(
  { started, resolved, updates, rrule, openedBy }: Incident,
  sections: readonly Section[],
  work: Work | null,
) {
  const announced = updates.find(({ presumed }) => presumed)?.at ?? started;
  const life = { started: announced, ending: rrule === undefined ? resolved : null };
  return readMoments(sections, life, work, 'newest first', rrule !== undefined || openedBy !== null);
}

/** `2025-11-06 15:30`, UTC. */
export function minuteOf(at: Millis): string {
  return iso(at).slice(0, 16).replace('T', ' ');
}
