// Outages left over: an operator ended the incident that a source had joined, or deleted the file of its incident, and
// the source still fails.
import { type Incident, isOpen, keyOf, sourcesOf } from '../model/incident.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import { iso, MINUTE, type Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';
import type { Outages } from './reported-vs-measured.ts';

/** How long a source may take to recover after the operator's end, or after the deletion. */
export const SETTLING: Millis = 3 * MINUTE;

interface LeftOpen {
  readonly source: string;
  /** The incident (its lasting name) that it was filed in. */
  readonly incident: string;
  /** From when it is to be filed again, epoch ms: an operator's end, or the beginning of the outage. */
  readonly from: Millis;
  /** When that counts as recorded, epoch ms. */
  readonly recordedAt: Millis;
}

/** The sources that still fail three minutes after an operator ended the incident they are filed in. */
export function outagesLeftOpen(
  incidents: readonly Incident[],
  outages: Outages,
  now: Millis,
): readonly LeftOpen[] {
  const over = new Map<string, Millis>();
  for (const incident of incidents) {
    const { openedBy, scheduled, status, resolved } = incident;
    const endedByOperator = openedBy === null && scheduled === null && status === 'resolved';
    if (endedByOperator && resolved !== null && now - resolved >= SETTLING)
      over.set(keyOf(incident), resolved);
  }
  return Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    const ended = last?.end === null && last.incidentId !== null ? over.get(last.incidentId) : undefined;
    return ended === undefined
      ? []
      : [{ source, incident: last!.incidentId!, from: Math.max(last!.start, ended), recordedAt: now }];
  });
}

/**
 * The sources that fail while the incident they are filed in has no file. Those of one incident were recorded at once, in
 * their order: they are one incident again, under the same name.
 */
export function outagesWithoutFile(incidents: readonly Incident[], outages: Outages): readonly LeftOpen[] {
  const there = new Set(incidents.map(keyOf));
  // Their file may have got another name, and other words.
  const open = new Set(incidents.filter(isOpen).flatMap(sourcesOf));
  const found = Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    if (last?.end !== null || last.incidentId === null) return [];
    if (there.has(last.incidentId) || open.has(source)) return [];
    const { incidentId: incident, start: from, recordedAt } = last;
    return [{ source, incident, from, recordedAt: recordedAt ?? from }];
  });
  found.sort((a, b) => a.recordedAt - b.recordedAt);
  const first = (incident: string) => found.find(one => one.incident === incident)!.recordedAt;
  return found.map((one, index) => ({ ...one, recordedAt: first(one.incident) + index }));
}

/** What an operator should know until it is filed again. `since`: when its file was first seen to be gone. */
export function deletedProblem({ incident }: LeftOpen, title: string, since: Millis): Problem {
  const what = `${title} was deleted while its check still fails: it is filed again at ${iso(since + SETTLING)}`;
  const fix = 'restore the file; if there is no outage, resolve the incident instead of deleting it';
  return warningAt(`incidents/${incident}.md`, what, fix);
}

/** The same outage again, from the operator's end or, after a deletion, from its beginning. */
export function filedAgain(
  {
    seq: _,
    recordedAt: _known,
    filedAt: _filed,
    incidentId: _incident,
    isJoined: _joined,
    ...down
  }: StoredTransition,
  { incident, from }: LeftOpen,
) {
  return { ...down, key: `${down.key}>${incident}`, at: from };
}
