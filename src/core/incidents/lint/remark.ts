// Remarks of lint on a file that could be parsed, and helpers for its rules.
import type { Incident } from '../../model/incident.ts';
import type { Problem } from '../../model/problem.ts';
import { iso, type Millis, type Span } from '../../model/time.ts';
import { readMoments } from '../file/moments.ts';
import type { Sections } from '../file/timeline.ts';

/** A warning by default. */
export interface Remark {
  readonly level?: Problem['level'];
  /** A line of the body, from 1, or a key of the front matter. */
  readonly at: number | string;
  readonly what: string;
  readonly fix: string;
}

/** The moments of an incident's sections, as its updates have them; a heading of which nobody knows its day is none. */
export function momentsOf(
  { started, resolved, updates, rrule, openedBy }: Incident,
  { sections }: Pick<Sections, 'sections'>,
  work: Span | null,
) {
  const announced = updates.find(({ presumed }) => presumed)?.at ?? started;
  const repeats = rrule !== undefined;
  const life = { started: announced, ending: repeats ? null : resolved, repeats };
  const moments = readMoments(sections, life, work, 'newest first', repeats || openedBy !== null);
  return moments.filter(({ doubt }) => doubt === undefined);
}

/** `2025-11-06 15:30`, UTC. */
export function minuteOf(at: Millis): string {
  return iso(at).slice(0, 16).replace('T', ' ');
}
