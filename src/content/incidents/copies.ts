// Copies: files beside each other that tell the same incident (`X copy.md`, a sync conflict, an editor's backup).
import { byRank, byState } from '../../core/incidents/duplicate-ids.ts';
import { type Incident, isOpen, sourcesOf } from '../../core/model/incident.ts';
import { errorAt, type Problem } from '../../core/model/problem.ts';
import type { ReadFile } from './scan.ts';

type Good = ReadFile & { readonly good: Incident };

/**
 * The files that are not shown because another one tells the same incident, with that one. It is the same by its title,
 * start, components and sources, and by at least half of the updates of the shorter one: as one of them is edited or
 * ended, they stay the same. An open one is shown before others, then the one that says more, so nothing is green by
 * luck.
 */
export function copiesAmong(files: readonly ReadFile[]): ReadonlyMap<ReadFile, ReadFile> {
  const alike = new Map<string, Good[]>();
  for (const file of files) {
    if (!isRead(file)) continue;
    const { title, started } = file.good;
    const name = `${started} ${title}`;
    const same = alike.get(name);
    if (same) same.push(file);
    else alike.set(name, [file]);
  }
  const copies = new Map<ReadFile, ReadFile>();
  for (const group of alike.values()) {
    if (group.length === 1) continue;
    const shown: Good[] = [];
    for (const file of group.sort(byNews)) {
      const other = shown.find(one => isCopy(one.good, file.good));
      if (other) copies.set(file, other);
      else shown.push(file);
    }
  }
  return copies;
}

function isRead(file: ReadFile): file is Good {
  return file.good !== null;
}

function byNews(a: Good, b: Good): number {
  const isOpenToo = Number(isOpen(b.good)) - Number(isOpen(a.good));
  const saysMore = b.good.updates.length - a.good.updates.length;
  return isOpenToo || saysMore || byState(a, b) || a.file.length - b.file.length || byRank(a, b);
}

function isCopy(one: Incident, other: Incident): boolean {
  const facts = (incident: Incident) =>
    JSON.stringify([incident.components, incident.scheduled, incident.rrule, sourcesOf(incident)]);
  if (facts(one) !== facts(other)) return false;
  const [said, told] = [one, other].map(
    ({ updates }) => new Set(updates.map(({ key, label, body }) => `${key} ${label} ${body}`)),
  ) as [Set<string>, Set<string>];
  const same = [...said].filter(update => told.has(update)).length;
  return same * 2 >= Math.min(said.size, told.size);
}

/** The problem that `file` is not shown because `shown` tells the same. */
export function copyProblem({ file }: ReadFile, shown: ReadFile): Problem {
  const why = shown.good && isOpen(shown.good) ? ' (it is open)' : '';
  const what = `it tells the same incident as ${shown.file}; that one is shown${why}`;
  return errorAt(file, what, 'delete the one that is not needed; two incidents need two titles');
}
