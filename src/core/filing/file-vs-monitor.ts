// Warns when a file and its source disagree. The file counts, as a person may have edited it.
import { statusOfSource } from '../incidents/grouped-members.ts';
import { type Incident, isOpen, keyOf, sourcesOf } from '../model/incident.ts';
import type { Problem } from '../model/problem.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import { type Outages, outagesOf } from './reported-vs-measured.ts';

/** How long to warn about a file resolved by hand: some sources never report a recovery. */
export const DOUBTED_FOR: Millis = DAY;

/**
 * Warnings for incidents open although their source recovered, or resolved (within a day) although it did not.
 * @param isRead whether an incident is as its file says now: else that is to be corrected first
 */
export function disagreements(
  incidents: readonly Incident[],
  outages: Outages,
  now: Millis,
  isRead: (id: string) => boolean,
): readonly Problem[] {
  return incidents.flatMap(incident => {
    const sources = sourcesOf(incident);
    const isDown = (source: string) => {
      const last = outagesOf(outages, source).at(-1);
      return last ? last.end === null : statusOfSource(incident, source).down;
    };
    return sources.flatMap(source => {
      const last = outagesOf(outages, source).at(-1);
      if (last?.incidentId !== keyOf(incident)) return [];
      const { resolved } = incident;
      if (isOpen(incident) && last.end !== null && !sources.some(isDown)) {
        if (!isRead(incident.id)) return [];
        const what = `it is open, but ${source} has been up since ${iso(last.end)}`;
        return [
          warning(incident, what, 'resolve it, or remove `opened_by` if it continues for another reason'),
        ];
      }
      if (last.end !== null || resolved === null || now - resolved >= DOUBTED_FOR) return [];
      const what = `it was resolved manually, but ${source} has reported an outage since ${iso(last.start)}, and no recovery`;
      const fix =
        'open it again if it continues; no action is needed if the source does not report recoveries';
      return [warning(incident, what, fix)];
    });
  });
}

function warning({ id }: Incident, what: string, fix: string): Problem {
  return { level: 'warning', where: `incidents/${id}.md`, what, fix };
}
