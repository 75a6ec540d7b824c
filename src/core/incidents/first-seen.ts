// First seen: under which names the database has what was dated ahead, or not at all, when it was first seen.
import { type Incident, type IncidentUpdate, refOf } from '../model/incident.ts';
import { DAY, iso, type Millis, parseInstant } from '../model/time.ts';

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
export function announcedWhenSeen(incident: Incident, seen: Millis): Incident {
  const [first, second] = incident.updates;
  if (!first?.presumed || first.at <= seen) return incident;
  const at = Math.min(seen, second?.at ?? seen);
  return { ...incident, started: at, updates: [{ ...first, at }, ...incident.updates.slice(1)] };
}

/** What is added to a file moves an undated section of it by no more days. */
const DAYS = 3;
/** So many sections of one time of day are told apart. */
const ORDINALS = 4;

/**
 * Under which of the keys that the database `has` each of an incident's updates stands there. An undated one may be
 * there under another day, which it was of before something was added to the file; no key counts for two.
 */
export function knownKeys(
  updates: readonly IncidentUpdate[],
  has: (key: string) => boolean,
): ReadonlyMap<IncidentUpdate, string> {
  const found = new Map<IncidentUpdate, string>();
  const taken = new Set(updates.map(({ key }) => key));
  const names = (update: IncidentUpdate) => [update.key, ...(update.formerly ? [update.formerly] : [])];
  for (const update of updates) {
    const name = names(update).find(has);
    if (name !== undefined) found.set(update, name);
  }
  for (const update of updates) {
    if (!update.undated || found.has(update)) continue;
    const other = names(update)
      .flatMap(keysOnOtherDays)
      .find(key => !taken.has(key) && has(key));
    if (other === undefined) continue;
    taken.add(other);
    found.set(update, other);
  }
  return found;
}

function keysOnOtherDays(key: string): string[] {
  const [, time = '', suffix = ''] = /^([^#]+)#\d+(.*)$/.exec(key) ?? [];
  const at = parseInstant(time) ?? 0;
  const keys: string[] = [];
  for (let days = 1; days <= DAYS; days++)
    for (const other of [at - days * DAY, at + days * DAY])
      for (let ordinal = 0; ordinal < ORDINALS; ordinal++) keys.push(`${iso(other)}#${ordinal}${suffix}`);
  return keys;
}
