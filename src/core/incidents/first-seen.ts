// First seen: under which names the database has what was dated ahead, or not at all, when it was first seen.
import { type Incident, type IncidentUpdate, refOf } from '../model/incident.ts';
import { iso, type Millis } from '../model/time.ts';

/** Under which name the database has an announcement whose time is presumed from the file's name; else null. */
export function presumedRef({ id, updates }: Incident): string | null {
  const presumed = updates.find(update => update.presumed);
  return presumed ? refOf({ incidentId: id, key: presumed.key }) : null;
}

/** What of an incident may lie ahead when it is first seen: its beginning, its end, an update. */
export type Edge = 'started' | 'resolved' | IncidentUpdate;

/** Under which key the database has that it lay ahead when it was first seen. */
export function edgeKey({ begins, started, resolved }: Incident, edge: Edge): string {
  if (typeof edge !== 'string') return `${edge.key}#ahead`;
  return `${iso(edge === 'started' ? (begins ?? started) : (resolved ?? started))}#${edge}`;
}

/**
 * The maintenance with its announcement at the moment it was first seen, epoch ms, where that was before
 * the presumed one: files are named after the day of the work, too. Never after what was written later, so
 * that it stays the first. The key stays what it is. The same object when nothing is to be changed.
 */
export function sighted(incident: Incident, seen: Millis): Incident {
  const [first, second] = incident.updates;
  if (!first?.presumed || first.at <= seen) return incident;
  const at = Math.min(seen, second?.at ?? seen);
  return { ...incident, started: at, updates: [{ ...first, at }, ...incident.updates.slice(1)] };
}
