// Ids: those free for a new file; and of several files with one id, which is shown.
import { severityOfStatus } from '../model/component.ts';
import { type Incident, isOpen, SEVERITIES } from '../model/incident.ts';
import { errorAt, type Problem, warningAt } from '../model/problem.ts';

type FileOfId = { readonly file: string; readonly id: string; readonly good: Incident | null };

/** Whether an incident had that id before, so that its address leads there. */
export type IsFormerId = (id: string) => boolean;

/**
 * What `take` says of the first id that it accepts, of `base`, `base-2` and so on, for a new file; former ids are left out.
 * @param take null refuses an id: another file has it
 */
export function withFreeId<Taken>(
  base: string,
  isFormer: IsFormerId,
  take: (id: string) => Taken | null,
): Taken {
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    const taken = isFormer(id) ? null : take(id);
    if (taken !== null) return taken;
  }
}

/** @param incidents with the ids they had before in `aliases` */
export function formerIdsOf(incidents: readonly Pick<Incident, 'aliases'>[]): IsFormerId {
  const former = new Set(incidents.flatMap(({ aliases = [] }) => aliases));
  return id => former.has(id);
}

/** Sorts files with the same id; the first is shown: `byState`, then by path. */
export function byRank(a: FileOfId, b: FileOfId): number {
  return byState(a, b) || (a.file < b.file ? -1 : 1);
}

/**
 * Open incidents come first, the most severe before others; then maintenance that is not over; then the one that ended
 * last, so that an incident just resolved stays visible.
 */
export function byState(a: FileOfId, b: FileOfId): number {
  return rankOf(b.good) - rankOf(a.good) || endOf(b.good) - endOf(a.good);
}

function rankOf(incident: Incident | null): number {
  if (incident === null) return -1;
  if (isOpen(incident)) return 2 + gravityOf(incident);
  return incident.scheduled && incident.status !== 'completed' ? 1 : 0;
}

/** The current severity: its own, or that of a component's status if that is worse. */
function gravityOf({ severity, components, updates }: Incident): number {
  const now = updates.findLast(({ change }) => change?.severity)?.change?.severity ?? severity;
  const named = updates.findLast(({ change }) => change?.components)?.change?.components ?? components ?? [];
  const all = [
    now,
    ...named.flatMap(({ status }) => (status === null ? [] : (severityOfStatus(status) ?? []))),
  ];
  return Math.max(...all.map(one => SEVERITIES.indexOf(one)));
}

function endOf(incident: Incident | null): number {
  if (incident === null || rankOf(incident) > 0) return 0;
  return incident.resolved ?? incident.scheduled?.end ?? 0;
}

/** The problem that `file` is not shown because `shown` is. */
export function duplicateIdProblem({ file, id, good }: FileOfId, shown: FileOfId): Problem {
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

/** The problem that the addresses of `file` and `other` differ only by capital letters. Both are shown. */
export function similarIdProblem({ file, id }: FileOfId, other: FileOfId): Problem {
  const what = `its id "${id}" differs only by capital letters from that of ${other.file}; some disks and programs treat both as the same`;
  return warningAt(file, what, 'rename one of the two');
}
