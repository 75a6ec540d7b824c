// Reported against measured: what an incident's file says beside what its sources saw.
import { type Incident, sourcesOf } from '../model/incident.ts';
import { latencySource, probeSource } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';

/** A stored transition as far as outages are made of it. `recordedAt` is null when nobody wrote that down. */
export interface RecordedTransition
  extends Pick<StoredTransition, 'source' | 'kind' | 'at' | 'filedAt' | 'incidentId'> {
  readonly recordedAt: Millis | null;
}

export interface Window {
  readonly start: Millis;
  /** null while it goes on. */
  readonly end: Millis | null;
}

/** One source's outage, from its "down" to its "up". */
export interface RecordedOutage extends Window {
  /** When its beginning was recorded; null when unknown. */
  readonly recordedAt: Millis | null;
  /** When its beginning was written into an incident, and into which; null when it was not. */
  readonly filedAt: Millis | null;
  readonly incidentId: string | null;
}

/** Every source's outages, oldest first; a source that saw nothing new keeps its list. */
export type Outages = Readonly<Record<string, readonly RecordedOutage[]>>;

export interface ReportedVsMeasured {
  readonly written: Window;
  /** null when no check saw it. */
  readonly measured: Window | null;
  /** From the measured beginning until it was recorded, ms; null when unknown. */
  readonly detectionLag: Millis | null;
  /** From the beginning (measured, else written) until the first update, ms; null when unknown. */
  readonly firstUpdateLag: Millis | null;
}

/** An outage this close to the written window, and none within it, is what the writer meant. */
export const NEAR: Millis = 5 * MINUTE;

/** What a source saw; a file may name any source, `constructor` too. */
export function outagesOf(outages: Outages, source: string): readonly RecordedOutage[] {
  return Object.hasOwn(outages, source) ? outages[source]! : [];
}

/** The outages of one source's transitions in the order they came; repeats of a state add nothing. */
export function outagesIn(transitions: readonly RecordedTransition[]): readonly RecordedOutage[] {
  const found: RecordedOutage[] = [];
  for (const { kind, at, recordedAt, filedAt, incidentId } of transitions) {
    const last = found.at(-1);
    const isOpen = last !== undefined && last.end === null;
    // One that begins after its end was seen by a clock that was ahead: it began no later than it ended.
    if (kind === 'up' && isOpen)
      found[found.length - 1] = { ...last, start: Math.min(at, last.start), end: at };
    if (kind === 'down' && !isOpen) found.push({ start: at, end: null, recordedAt, filedAt, incidentId });
  }
  return found;
}

/**
 * What its own source saw counts where it saw anything, else what the checks of the `affected` components saw: the
 * outages that overlap the written window, or border it within NEAR when none does. The first update is the filing of a
 * machine's incident; else the first update with a time of its own; else the first commit (`committed`). One before the
 * measured beginning came at once.
 */
export function reportedVsMeasured(
  incident: Pick<Incident, 'id' | 'started' | 'resolved' | 'openedBy' | 'updates'>,
  affected: readonly string[],
  outages: Outages,
  committed: Millis | null = null,
): ReportedVsMeasured {
  const written = { start: incident.started, end: incident.resolved };
  const seenBy = (sources: readonly string[]) =>
    touching(
      written,
      sources.flatMap(source => outagesOf(outages, source)),
    );
  const own = seenBy(sourcesOf(incident));
  const checks = affected.flatMap(id => [probeSource(id), latencySource(id)]);
  const seen = (own.length > 0 ? own : seenBy(checks)).sort((a, b) => a.start - b.start);
  const [first] = seen;
  const updated = firstUpdate(incident, seen) ?? committed;
  return {
    written,
    measured: first ? { start: first.start, end: lastEnd(seen) } : null,
    detectionLag: first && first.recordedAt !== null ? Math.max(0, first.recordedAt - first.start) : null,
    firstUpdateLag: updated === null ? null : Math.max(0, updated - (first?.start ?? written.start)),
  };
}

function touching({ start, end }: Window, all: readonly RecordedOutage[]): RecordedOutage[] {
  const within = (slack: Millis) =>
    all.filter(
      one =>
        one.start <= (end ?? Number.POSITIVE_INFINITY) + slack &&
        (one.end ?? Number.POSITIVE_INFINITY) >= start - slack,
    );
  const overlapping = within(0);
  return overlapping.length > 0 ? overlapping : within(NEAR);
}

function lastEnd(seen: readonly RecordedOutage[]): Millis | null {
  const end = Math.max(...seen.map(one => one.end ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(end) ? end : null;
}

/** A beginning is back-dated, so text that stands at it does not show when it was written. */
function firstUpdate(
  { id, started, updates }: Pick<Incident, 'id' | 'started' | 'updates'>,
  seen: readonly RecordedOutage[],
): Millis | null {
  const filed = seen.find(one => one.incidentId === id)?.filedAt ?? null;
  if (filed !== null) return filed;
  const first = updates[0]?.at;
  return first !== undefined && first > started ? first : null;
}
