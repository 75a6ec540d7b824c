// Several files with one id, of which one is shown; never by luck.
import { severityOf } from '../model/component.ts';
import { type Incident, isOpen, SEVERITIES } from '../model/incident.ts';
import { errorAt, type Problem, warningAt } from '../model/problem.ts';

type Named = { readonly file: string; readonly id: string; readonly good: Incident | null };

/**
 * For sorting files of one id, the one to be shown first: an open incident before anything else, of two the worse.
 * Of what is over the one that ended last: what has just been resolved in its file stays in sight. Then by path.
 */
export function byRank(a: Named, b: Named): number {
  return rankOf(b.good) - rankOf(a.good) || endOf(b.good) - endOf(a.good) || (a.file < b.file ? -1 : 1);
}

function rankOf(incident: Incident | null): number {
  if (incident === null) return -1;
  if (isOpen(incident)) return 2 + gravityOf(incident);
  return incident.scheduled && incident.status !== 'completed' ? 1 : 0;
}

/** As bad as it is now, by its severity or by what it says of a component. */
function gravityOf({ severity, components, updates }: Incident): number {
  const now = updates.findLast(({ change }) => change?.severity)?.change?.severity ?? severity;
  const named = updates.findLast(({ change }) => change?.components)?.change?.components ?? components ?? [];
  const all = [now, ...named.flatMap(({ status }) => (status === null ? [] : (severityOf(status) ?? [])))];
  return Math.max(...all.map(one => SEVERITIES.indexOf(one)));
}

function endOf(incident: Incident | null): number {
  if (incident === null || rankOf(incident) > 0) return 0;
  return incident.resolved ?? incident.scheduled?.end ?? 0;
}

/** That `file` is not shown, because `shown` is. */
export function duplicateIdProblem({ file, id, good }: Named, shown: Named): Problem {
  const why =
    shown.good && isOpen(shown.good)
      ? good && isOpen(good)
        ? gravityOf(shown.good) > gravityOf(good)
          ? 'both are open, and that one is more severe'
          : 'both are open, and that one comes first by its path'
        : 'it is open'
      : good === null
        ? 'this one cannot be read'
        : 'it ended last, or comes first by its path';
  const what = `there is another file with the id "${id}": ${shown.file}; that one is shown and edited (${why})`;
  return errorAt(file, what, 'rename one of the two, or delete the one that is not needed');
}

/** That `file` has an address which differs only by capitals from `other`'s: both are shown. */
export function similarIdProblem({ file, id }: Named, other: Named): Problem {
  const what = `its id "${id}" differs only by capital letters from that of ${other.file}; some disks and programs take the two for one`;
  return warningAt(file, what, 'rename one of the two');
}
