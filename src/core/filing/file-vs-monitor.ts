// File against monitor: a file says one thing and the source that opened it another. A person's word stands; it is said.

import { statusOfSource } from '../incidents/shared.ts';
import { type Incident, isOpen, sourcesOf } from '../model/incident.ts';
import type { Problem } from '../model/problem.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import type { Sightings } from './reported-vs-measured.ts';

/** A source may never say that it is over: a file resolved by hand is spoken of this long. */
export const DOUBTED_FOR: Millis = DAY;

/**
 * Warnings for the incidents whose source says otherwise than their file: open though it recovered, or resolved
 * within the last day though it never did.
 */
export function disagreements(
  incidents: readonly Incident[],
  sightings: Sightings,
  now: Millis,
): readonly Problem[] {
  return incidents.flatMap(incident =>
    sourcesOf(incident).flatMap(source => {
      const last = sightings[source]?.at(-1);
      if (last?.incidentId !== incident.id) return [];
      if (isOpen(incident) && last.end !== null && statusOfSource(incident, source).down) {
        return [leftOpen(incident, source, last.end)];
      }
      const { resolved } = incident;
      const isDoubted = last.end === null && resolved !== null && now - resolved < DOUBTED_FOR;
      return isDoubted ? [resolvedByHand(incident, source, last.start)] : [];
    }),
  );
}

function leftOpen({ id }: Incident, source: string, end: Millis): Problem {
  return {
    level: 'warning',
    where: `incidents/${id}.md`,
    what: `it is open, though ${source} has been well since ${iso(end)}`,
    fix: 'resolve it, or remove `opened_by` if it goes on for another reason',
  };
}

function resolvedByHand({ id }: Incident, source: string, start: Millis): Problem {
  return {
    level: 'warning',
    where: `incidents/${id}.md`,
    what: `it was resolved by hand, though ${source} has said since ${iso(start)} that it is down, and not that it is over`,
    fix: 'open it again if it goes on; nothing is to be done if the source is silent about recoveries',
  };
}
