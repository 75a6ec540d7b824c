// What one side of a merge did to each incident file, one that moved included.
import path from 'node:path';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { asRead, renamedFrom } from '../../core/incidents/renamed.ts';
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
  const changes = await withMoves(git, base, found);
  return new Map(changes.map(change => [change.from ?? change.path, change]));
}

/** Joins each deletion and addition that is a file that moved. */
async function withMoves(git: GitRun, base: string, changes: readonly FileChange[]): Promise<FileChange[]> {
  const gone = changes.filter(({ oid }) => oid === null);
  const added = changes.filter(({ from }) => from === null);
  if (gone.length === 0 || added.length === 0) return [...changes];
  const names = [...gone.map(({ path: file }) => `${base}:${file}`), ...added.map(({ oid }) => oid!)];
  const incidents = (await textsOf(git, names)).map(text => text && parseIncident('', '', text).value);
  const read = new Map([...gone, ...added].map((change, index) => [change, incidents[index] || null]));
  const free = new Set(added);
  const moved = new Map<FileChange, FileChange>();
  const move = (one: FileChange, other: FileChange | undefined) => {
    if (other && free.delete(other)) moved.set(one, other);
  };
  // In another folder.
  const nameOf = ({ path: file }: FileChange) => path.posix.basename(file);
  for (const one of gone)
    move(
      one,
      [...free].find(other => nameOf(other) === nameOf(one)),
    );
  const before = new Map(
    gone.flatMap(one => (read.get(one) && !moved.has(one) ? [[asRead(read.get(one)!), one] as const] : [])),
  );
  const after = new Map([...free].flatMap(one => (read.get(one) ? [[read.get(one)!, one] as const] : [])));
  for (const [incident, known] of renamedFrom(
    [...before.keys()],
    [...after.keys()],
    () => 'in the same commits',
  ))
    move(before.get(known)!, after.get(incident));
  const mayBe = (one: FileChange) => [...free].find(other => mayBeSame(read.get(one)!, read.get(other)!));
  const taken = new Set(moved.values());
  return changes.flatMap(change => {
    if (taken.has(change)) return [];
    if (change.oid !== null) return [change];
    const perhaps = mayBe(change)?.path;
    return [{ ...(moved.get(change) ?? change), from: change.path, ...(perhaps && { perhaps }) }];
  });
}

function mayBeSame(a: Incident | null, b: Incident | null): boolean {
  return a !== null && (a.started === b?.started || a.title === b?.title);
}
