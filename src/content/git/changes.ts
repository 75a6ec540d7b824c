// What one side of a merge did to each incident file, one that moved included.
import path from 'node:path';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import type { Incident } from '../../core/model/incident.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { type GitRun, textsOf } from './run.ts';

/** A side's change to a file: `oid` is null when deleted, `from` null when added. */
export interface FileChange {
  readonly from: string | null;
  readonly path: string;
  readonly mode: string;
  readonly oid: string | null;
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
  for (const [gone, added] of await movedIn(git, base, found)) {
    known.delete(added.path);
    known.set(gone.path, { ...added, from: gone.path });
  }
  return known;
}

/**
 * Finds moved files: deleted and added with the same name in another folder, or with the same start, source and title.
 * Similar texts do not count: two outages may read alike.
 */
async function movedIn(
  git: GitRun,
  base: string,
  changes: readonly FileChange[],
): Promise<(readonly [gone: FileChange, added: FileChange])[]> {
  const gone = changes.filter(({ oid }) => oid === null);
  const added = changes.filter(({ from }) => from === null);
  if (gone.length === 0 || added.length === 0) return [];
  const texts = await textsOf(git, [
    ...gone.map(({ path: file }) => `${base}:${file}`),
    ...added.map(({ oid }) => oid!),
  ]);
  const marks = texts.map(text => text && markOf(parseIncident('', '', text).value));
  const pairs: (readonly [FileChange, FileChange])[] = [];
  const pair = (isSame: (one: number, other: number) => boolean) => {
    for (const [index, one] of gone.entries()) {
      const other = added.findIndex(
        (to, at) => !pairs.some(([a, b]) => a === one || b === to) && isSame(index, at),
      );
      if (other >= 0) pairs.push([one, added[other]!]);
    }
  };
  pair((one, other) => path.posix.basename(gone[one]!.path) === path.posix.basename(added[other]!.path));
  pair((one, other) => Boolean(marks[one]) && marks[one] === marks[gone.length + other]);
  return pairs;
}

function markOf(incident: Incident | null): string | null {
  return incident && JSON.stringify([incident.started, incident.openedBy, incident.title]);
}
