// First seen: the database keys under which an update, or a time in the future, was first seen.
import type { Incident, IncidentUpdate } from '../model/incident.ts';
import { iso, type Millis } from '../model/time.ts';

/** A part of an incident whose time may be in the future: its start, its end, or an update. */
export type Edge = 'started' | 'resolved' | IncidentUpdate;

/** The endings of the keys of edges: `#started`, `#resolved`, and `#ahead` of an update. */
export const EDGE_ENDINGS = ['#started', '#resolved', '#ahead'] as const;

/** The database key that records "was in the future when first seen". */
export function edgeKey({ begins, started, resolved }: Incident, edge: Edge): string {
  if (typeof edge !== 'string') return `${edge.key}#ahead`;
  return `${iso(edge === 'started' ? (begins ?? started) : (resolved ?? started))}#${edge}`;
}

/** Whether a key records that an update, not a start or an end, was in the future. */
export function isOfUpdate(key: string): boolean {
  return key.endsWith('#ahead');
}

/**
 * Moves the announcement of a maintenance to when it was first seen (epoch ms), if that is before its assumed time:
 * some files are named after the day of the work. Never later than the second update; the key stays the same. Returns
 * the same object when nothing changes.
 */
export function announcedWhenSeen(incident: Incident, seen: Millis): Incident {
  const [first, second] = incident.updates;
  if (!first?.presumed || first.at <= seen) return incident;
  const at = Math.min(seen, second?.at ?? seen);
  return { ...incident, started: at, updates: [{ ...first, at }, ...incident.updates.slice(1)] };
}
