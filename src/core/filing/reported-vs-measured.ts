// Reported against measured: what an incident's file says beside what its sources saw.

import { type Incident, sourcesOf } from '../model/incident.ts';
import { latencySource, probeSource } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** A stored transition as far as a claim asks. */
export interface Sighting extends Pick<Transition, 'source' | 'kind' | 'at'> {
  /** When the server knew of it, epoch ms; null when nobody wrote that down. */
  readonly recordedAt: Millis | null;
  readonly filedAt: Millis | null;
  readonly incidentId: string | null;
}

/** One source's outage, from its "down" to its "up". */
export interface Sighted {
  readonly start: Millis;
  /** null while it goes on. */
  readonly end: Millis | null;
  /** When its beginning was recorded; null when unknown. */
  readonly recordedAt: Millis | null;
  /** When its beginning was written into an incident, and into which; null when it was not. */
  readonly filedAt: Millis | null;
  readonly incidentId: string | null;
}

/** Every source's outages, oldest first; a source that saw nothing new keeps its list. */
export type Sightings = Readonly<Record<string, readonly Sighted[]>>;

export interface Window {
  readonly start: Millis;
  /** null while it goes on. */
  readonly end: Millis | null;
}

/** What an incident's file claims, and what was measured of it. */
export interface Claim {
  readonly written: Window;
  /** null when no check saw it. */
  readonly measured: Window | null;
  /** From the measured beginning until it was recorded, ms; null when unknown. */
  readonly detectionLag: Millis | null;
  /** From the beginning (measured, else written) until the first word of it, ms; null when unknown. */
  readonly firstUpdateLag: Millis | null;
}

/** An outage this close to the written window, and none within it, is what the writer meant. */
export const NEAR: Millis = 5 * MINUTE;

/** The outages of one source's transitions in the order they came; repeats of a state add nothing. */
export function sightedIn(sightings: readonly Sighting[]): readonly Sighted[] {
  const found: Sighted[] = [];
  for (const { kind, at, recordedAt, filedAt, incidentId } of sightings) {
    const last = found.at(-1);
    const open = last !== undefined && last.end === null;
    if (kind === 'up') {
      // One that begins after its end was seen by a clock that was ahead: it began no later than it ended.
      if (open) found[found.length - 1] = { ...last, start: Math.min(at, last.start), end: at };
    } else if (!open) {
      found.push({ start: at, end: null, recordedAt, filedAt, incidentId });
    }
  }
  return found;
}

/**
 * Measures an incident's claim. What its own source saw counts where it saw anything, else what the
 * checks of the `affected` components saw: the outages that overlap the written window, or border it
 * within NEAR when none does. The first word is the filing of a machine's incident; else the first
 * update with a time of its own; else the first commit (`committed`). A word before the measured
 * beginning came at once.
 */
export function claimOf(
  incident: Pick<Incident, 'id' | 'started' | 'resolved' | 'openedBy' | 'updates'>,
  affected: readonly string[],
  sightings: Sightings,
  committed: Millis | null = null,
): Claim {
  const written = { start: incident.started, end: incident.resolved };
  // A file may name any source, `constructor` too.
  const seenBy = (source: string) => (Object.hasOwn(sightings, source) ? sightings[source]! : []);
  const own = touching(written, sourcesOf(incident).flatMap(seenBy));
  const others = () =>
    touching(
      written,
      affected.flatMap(id => [...seenBy(probeSource(id)), ...seenBy(latencySource(id))]),
    );
  const seen = (own.length > 0 ? own : others()).sort((a, b) => a.start - b.start);
  const [first] = seen;
  const began = first?.start ?? written.start;
  const told = firstWord(incident, seen) ?? committed;
  return {
    written,
    measured: first ? { start: first.start, end: lastEnd(seen) } : null,
    detectionLag: first && first.recordedAt !== null ? Math.max(0, first.recordedAt - first.start) : null,
    firstUpdateLag: told === null ? null : Math.max(0, told - began),
  };
}

function touching({ start, end }: Window, all: readonly Sighted[]): Sighted[] {
  const within = (slack: Millis) =>
    all.filter(
      one =>
        one.start <= (end ?? Number.POSITIVE_INFINITY) + slack &&
        (one.end ?? Number.POSITIVE_INFINITY) >= start - slack,
    );
  const overlapping = within(0);
  return overlapping.length > 0 ? overlapping : within(NEAR);
}

function lastEnd(seen: readonly Sighted[]): Millis | null {
  return seen.reduce<Millis | null>(
    (last, { end }) => (last === null || end === null ? null : Math.max(last, end)),
    Number.NEGATIVE_INFINITY,
  );
}

/** A beginning is back-dated, so text that stands at it does not tell when it was written. */
function firstWord(
  { id, started, updates }: Pick<Incident, 'id' | 'started' | 'updates'>,
  seen: readonly Sighted[],
): Millis | null {
  const filed = seen.find(one => one.incidentId === id)?.filedAt ?? null;
  if (filed !== null) return filed;
  const first = updates[0]?.at;
  return first !== undefined && first > started ? first : null;
}
