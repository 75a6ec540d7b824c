// Compares the times in an incident's file with the measured ones.
import type { Severity } from '../model/component.ts';
import { type Incident, keyOf, sourcesOf } from '../model/incident.ts';
import { latencySource, probeSource } from '../model/source.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';

/** The parts of a stored transition that outages are made of. `recordedAt` is null when unknown. */
export interface RecordedTransition
  extends Pick<
    StoredTransition,
    'source' | 'kind' | 'at' | 'severity' | 'components' | 'filedAt' | 'incidentId' | 'isJoined'
  > {
  readonly recordedAt: Millis | null;
}

export interface Window {
  readonly start: Millis;
  /** null while it is open. */
  readonly end: Millis | null;
}

/** One source's outage, from "down" to "up". */
export interface RecordedOutage
  extends Window,
    Pick<RecordedTransition, 'severity' | 'components' | 'isJoined'> {
  /** When its start was recorded; null when unknown. */
  readonly recordedAt: Millis | null;
  /** When and in which incident (its lasting name) its start was filed; null when it was not. */
  readonly filedAt: Millis | null;
  readonly incidentId: string | null;
  /** When the source said that it is worse than `severity`, and how bad, oldest first; absent: never. */
  readonly worse?: readonly Pick<RecordedTransition, 'at' | 'severity'>[];
}

/** Every source's outages, oldest first; lists without news stay the same object. */
export type Outages = Readonly<Record<string, readonly RecordedOutage[]>>;

export interface ReportedVsMeasured {
  /** The times in the file. */
  readonly reported: Window;
  /** The outages, oldest first, overlapping ones as one; empty when no check saw it. */
  readonly measured: readonly Window[];
  /** From the measured start to its recording, ms; null when unknown. */
  readonly detectionLag: Millis | null;
  /** From the start (measured, else in the file) to the first update, ms; null when unknown. */
  readonly firstUpdateLag: Millis | null;
}

/** If no outage overlaps the window in the file, one this close to it is meant. */
export const NEAR: Millis = 5 * MINUTE;

/** A source's outages. A file may name any source, even `constructor`. */
export function outagesOf(outages: Outages, source: string): readonly RecordedOutage[] {
  return Object.hasOwn(outages, source) ? outages[source]! : [];
}

/**
 * The outages from one source's transitions, in order. A second "down" hands it over to another incident, or says that it
 * is worse, or the same again.
 */
export function outagesIn(transitions: readonly RecordedTransition[]): readonly RecordedOutage[] {
  const found: RecordedOutage[] = [];
  for (const { kind, at, source: _, ...outage } of transitions) {
    const last = found.at(-1);
    const isOpen = last !== undefined && last.end === null;
    // If it started after its end, the clock was ahead: it started at the end or before.
    const isHandedOver = isOpen && kind === 'down' && outage.incidentId !== last.incidentId;
    if (isOpen && (kind === 'up' || isHandedOver))
      found[found.length - 1] = { ...last, start: Math.min(at, last.start), end: at };
    if (kind === 'down' && (!isOpen || isHandedOver)) found.push({ start: at, end: null, ...outage });
    else if (kind === 'down' && isOpen && outage.severity !== severityOf(last))
      found[found.length - 1] = {
        ...last,
        worse: [...(last.worse ?? []), { at, severity: outage.severity }],
      };
  }
  return found;
}

/** How bad an outage is by the newest word of its source. */
function severityOf({ severity, worse }: RecordedOutage): Severity {
  return worse?.at(-1)?.severity ?? severity;
}

/** The parts of an outage, oldest first, each with its severity: a source may say that it got worse. */
export function gradesOf(
  { start, severity, worse = [] }: RecordedOutage,
  end: Millis | null,
): readonly (Window & { readonly severity: Severity })[] {
  const grades = [{ at: start, severity }, ...worse];
  const isBefore = (one: Millis, other: Millis | null) => other === null || one < other;
  return grades.flatMap(({ at, severity }, index) => {
    const from = Math.max(start, at);
    const next = grades[index + 1]?.at ?? null;
    const to = next !== null && isBefore(next, end) ? next : end;
    return index === 0 || isBefore(from, to) ? [{ start: from, end: to, severity }] : [];
  });
}

/**
 * Compares the window in an incident's file with the measured outages: those of its own source or, if there are none,
 * those of the `affected` components' checks. Of these, it takes the ones that overlap the window, or else those within
 * NEAR of it.
 * The first update is, of these, the first that is known: the filing of an automatic incident (not what joined it later), the first update after
 * the start, the first commit. If it is before the measured start, its lag is 0 ms.
 * @param committed when its file was first committed; null when unknown.
 */
export function reportedVsMeasured(
  incident: Pick<Incident, 'id' | 'key' | 'started' | 'resolved' | 'openedBy' | 'updates'>,
  affected: readonly string[],
  outages: Outages,
  committed: Millis | null = null,
): ReportedVsMeasured {
  const reported = { start: incident.started, end: incident.resolved };
  const seenBy = (sources: readonly string[]) =>
    overlapping(
      reported,
      sources.flatMap(source => outagesOf(outages, source)),
    );
  const own = seenBy(sourcesOf(incident));
  const checks = affected.flatMap(id => [probeSource(id), latencySource(id)]);
  const seen = (own.length > 0 ? own : seenBy(checks)).sort((a, b) => a.start - b.start);
  const [first] = seen;
  const updated = firstUpdate(incident, seen) ?? committed;
  return {
    reported,
    measured: joined(seen),
    detectionLag: first && first.recordedAt !== null ? Math.max(0, first.recordedAt - first.start) : null,
    firstUpdateLag: updated === null ? null : Math.max(0, updated - (first?.start ?? reported.start)),
  };
}

/**
 * When the sources of an incident that is over recovered for good: one that fails again before its recovery has held
 * `holdsFor`, ms, in whichever incident that is filed, counts on. Null: one fails still; undefined: none failed again.
 */
export function recoveredSince(
  incident: Pick<Incident, 'openedBy' | 'resolved'>,
  outages: Outages,
  holdsFor: Millis,
): Millis | null | undefined {
  const { resolved } = incident;
  if (resolved === null) return undefined;
  let latest = resolved;
  for (const source of sourcesOf(incident)) {
    let since = resolved;
    for (const { start, end } of outagesOf(outages, source)) {
      // From the very end on, it is an outage that a person's end left over.
      if (start <= resolved || start - since >= holdsFor) continue;
      if (end === null) return null;
      since = end;
    }
    latest = Math.max(latest, since);
  }
  return latest > resolved ? latest : undefined;
}

/** The outages that overlap the window, or else those near it. */
function overlapping({ start, end }: Window, all: readonly RecordedOutage[]): RecordedOutage[] {
  const within = (slack: Millis) =>
    all.filter(
      one =>
        one.start <= (end ?? Number.POSITIVE_INFINITY) + slack &&
        (one.end ?? Number.POSITIVE_INFINITY) >= start - slack,
    );
  const found = within(0);
  return found.length > 0 ? found : within(NEAR);
}

/** Outages by start, overlapping ones as one: what lies between them was well. */
function joined(seen: readonly Window[]): Window[] {
  const found: Window[] = [];
  for (const { start, end } of seen) {
    const last = found.at(-1);
    if (last && (last.end === null || start <= last.end)) {
      const isOpen = last.end === null || end === null;
      found[found.length - 1] = { start: last.start, end: isOpen ? null : Math.max(last.end, end) };
    } else found.push({ start, end });
  }
  return found;
}

/**
 * When visitors could first read of it. An update at `started` does not count: its time is that of the start, not of the
 * writing.
 */
function firstUpdate(
  incident: Pick<Incident, 'id' | 'key' | 'started' | 'updates'>,
  seen: readonly RecordedOutage[],
): Millis | null {
  const { started, updates } = incident;
  // One that joined an open incident was filed into words that stood there.
  const filed = seen.find(one => one.incidentId === keyOf(incident) && !one.isJoined)?.filedAt ?? null;
  if (filed !== null) return filed;
  const first = updates[0]?.at;
  return first !== undefined && first > started ? first : null;
}
