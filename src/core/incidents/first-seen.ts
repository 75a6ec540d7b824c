// First seen: the database keys under which an update, or a time in the future, was first seen.
import { type Incident, type IncidentUpdate, PREFACE } from '../model/incident.ts';
import { DAY, iso, type Millis, utcDay } from '../model/time.ts';

/**
 * The key under which the database `has` the announcement whose time is assumed from the file's name; null when there is
 * no such announcement.
 */
export function presumedKey({ updates }: Incident, has: (key: string) => boolean): string | null {
  const presumed = updates.find(update => update.presumed);
  return presumed ? ((presumed.formerly ?? []).find(has) ?? presumed.key) : null;
}

/** A part of an incident whose time may be in the future: its start, its end, or an update. */
export type Edge = 'started' | 'resolved' | IncidentUpdate;

/** The database key that records "was in the future when first seen". */
export function edgeKey({ begins, started, resolved }: Incident, edge: Edge): string {
  if (typeof edge !== 'string') return `${edge.key}#ahead`;
  return `${iso(edge === 'started' ? (begins ?? started) : (resolved ?? started))}#${edge}`;
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

/** Adding to a file moves an undated section by at most this many days. */
const DAYS = 3;
/** At most so many sections with one time of day are told apart. */
const ORDINALS = 4;

/**
 * For each update the key under which the database `has` it. An undated update may be stored under another day, from
 * before something was added to the file. No key is used twice.
 */
export function knownKeys(
  updates: readonly IncidentUpdate[],
  has: (key: string) => boolean,
): ReadonlyMap<IncidentUpdate, string> {
  const found = new Map<IncidentUpdate, string>();
  const days = new Map<string, readonly string[]>();
  const taken = new Set(updates.map(({ key }) => key));
  const names = ({ key, formerly = [] }: IncidentUpdate) => [key, ...formerly];
  for (const update of updates) if (has(update.key)) found.set(update, update.key);
  for (const update of updates) {
    const isFree = (name: string) => !taken.has(name) && has(name) && !has(headedKey(name));
    const name = found.has(update) ? undefined : update.formerly?.find(isFree);
    if (name === undefined) continue;
    taken.add(name);
    found.set(update, name);
  }
  for (const update of updates) {
    if (!update.undated || found.has(update)) continue;
    const other = names(update)
      .flatMap(key => keysOnOtherDays(key, days))
      .find(key => !taken.has(key) && has(key));
    if (other === undefined) continue;
    taken.add(other);
    found.set(update, other);
  }
  return found;
}

/** Whether the update has that other key because a heading was put above the first words of the file, or taken off. */
export function isPrefaceOf({ preface, formerly }: IncidentUpdate, key: string): boolean {
  return formerly?.includes(key) === true && (preface === true || key.endsWith(PREFACE));
}

/** The database key that records "a section has these words now", so that no other section is taken for them. */
export function headedKey(key: string): string {
  return `${key}#headed`;
}

/** @param days the days around each day asked before: hundreds of sections have the same */
function keysOnOtherDays(key: string, days: Map<string, readonly string[]>): string[] {
  const [, day, time, suffix] = /^(\d{4}-\d\d-\d\d)(T[^#]+)#\d+(.*)$/.exec(key) ?? [];
  const keys: string[] = [];
  if (day === undefined) return keys;
  const others = days.get(day) ?? daysAround(Date.parse(day));
  days.set(day, others);
  for (const other of others)
    for (let ordinal = 0; ordinal < ORDINALS; ordinal++) keys.push(`${other}${time}#${ordinal}${suffix}`);
  return keys;
}

function daysAround(at: Millis): readonly string[] {
  const others: string[] = [];
  for (let days = 1; days <= DAYS; days++) others.push(utcDay(at - days * DAY), utcDay(at + days * DAY));
  return others;
}
