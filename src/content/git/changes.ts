// What one side of a merge did to each incident file, one that moved included.
import path from 'node:path';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { isSameIncident, recognise } from '../../core/incidents/identity.ts';
import type { Incident } from '../../core/model/incident.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { type GitRun, textsOf } from './run.ts';

/** A side's change to a file: `oid` is null when deleted, `from` null when added. */
export interface FileChange {
  readonly from: string | null;
  readonly path: string;
  readonly mode: string;
  readonly oid: string | null;
  /** Of a file that is deleted or moved: a new file of that side that may be the same incident, too. */
  readonly perhaps?: string;
}

/** A side's changes to incident files, by their name in the base (added ones: by their own). */
export async function incidentFileChanges(
  git: GitRun,
  base: string,
  side: string,
  incidents: string,
): Promise<Map<string, FileChange>> {
  const words = (await git.out('diff-tree', '-r', '-z', '--no-renames', base, side)).split('\0');
  const found: FileChange[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [, mode = '', , oid = '', status = ''] = (words[at] as string).split(' ');
    const file = words[at + 1] as string;
    if (!file.startsWith(incidents) || !isIncidentName(file)) continue;
    const isGone = status === 'D';
    found.push({ from: status === 'A' ? null : file, path: file, mode, oid: isGone ? null : oid });
  }
  const known = new Map(found.map(change => [change.from ?? change.path, change]));
  for (const { gone, moved, perhaps } of await movedIn(git, base, found)) {
    if (moved) known.delete(moved.path);
    known.set(gone.path, { ...(moved ?? gone), from: gone.path, ...(perhaps && { perhaps: perhaps.path }) });
  }
  return known;
}

interface Move {
  readonly gone: FileChange;
  readonly moved: FileChange | undefined;
  readonly perhaps: FileChange | undefined;
}

/**
 * Finds moved files: deleted and added with the same name in another folder, as the same outage (start and source or
 * title), or as the same incident by its updates. Similar texts alone do not count: two outages may read alike.
 */
async function movedIn(git: GitRun, base: string, changes: readonly FileChange[]): Promise<Move[]> {
  const gone = changes.filter(({ oid }) => oid === null);
  const added = changes.filter(({ from }) => from === null);
  if (gone.length === 0 || added.length === 0) return [];
  const texts = await textsOf(git, [
    ...gone.map(({ path: file }) => `${base}:${file}`),
    ...added.map(({ oid }) => oid!),
  ]);
  const read = texts.map(text => (text ? parseIncident('', '', text).value : null));
  const moved = new Map<number, number>();
  const free = new Set(added.keys());
  const partner = (one: number, isSame: Comparison) =>
    [...free].find(other => {
      const [before, after] = [read[one], read[gone.length + other]];
      return before && after && isSame(before, after);
    });
  const pair = (find: (one: number) => number | undefined) => {
    for (const one of gone.keys()) {
      const other = moved.has(one) ? undefined : find(one);
      if (other === undefined) continue;
      moved.set(one, other);
      free.delete(other);
    }
  };
  const nameOf = (change: FileChange) => path.posix.basename(change.path);
  pair(one => [...free].find(other => nameOf(added[other]!) === nameOf(gone[one]!)));
  for (const isSame of [isSameOutage, hasSameUpdates]) pair(one => partner(one, isSame));
  return gone.map((change, one) => ({
    gone: change,
    moved: added[moved.get(one) ?? -1],
    perhaps: added[partner(one, mayBeSame) ?? -1],
  }));
}

type Comparison = (before: Incident, after: Incident) => boolean;

const isSameOutage: Comparison = (a, b) =>
  a.started === b.started &&
  String(a.openedBy) === String(b.openedBy) &&
  (a.openedBy !== null || a.title === b.title);

const hasSameUpdates: Comparison = (before, after) => {
  const keys = new Set(before.updates.map(({ key }) => key));
  if (!after.updates.some(({ key }) => keys.has(key))) return false;
  const unknown = { key: '', id: '', former: [], updates: [], gone: [] };
  return isSameIncident(recognise(unknown, before).record, after, false);
};

const mayBeSame: Comparison = (a, b) => a.started === b.started || a.title === b.title;
