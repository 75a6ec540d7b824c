// Incident files at the remote that could not be pulled, so the page does not know them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_INCIDENT_BYTES } from '../../core/incidents/file/parse.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { blobsOf, GitFailure, type GitRun, makeGitRun, oidOf } from './run.ts';
import { placeOf, type WorkTree } from './work-tree.ts';

export interface Waiting {
  /** Relative to the repository. */
  readonly file: string;
  /** Its text at the remote; null when too large. */
  readonly text: string | null;
}

/**
 * The incident files that changed in `theirs` (a commit or ref) since the merge base and differ from those in the
 * folder; none when HEAD has all of it, or there is no such commit.
 */
export async function waitingAt(
  git: GitRun,
  { top, incidents }: WorkTree,
  theirs: string,
): Promise<Waiting[]> {
  const commit = await oidOf(git, `${theirs}^{commit}`);
  if (commit === null) return [];
  const base = await git.try('merge-base', 'HEAD', commit);
  if (base === commit) return [];
  const listed = base
    ? await git.out('diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=d', base, commit)
    : await git.out('ls-tree', '-r', '-z', '--name-only', commit);
  const files = listed.split('\0').filter(file => file.startsWith(incidents) && isIncidentName(file));
  const names = files.map(file => `${commit}:${file}`);
  const blobs = await blobsOf(git, names);
  const waiting: Waiting[] = [];
  for (const [index, file] of files.entries()) {
    const blob = blobs[index];
    if (!blob) continue;
    const here = await readFile(path.join(top, file)).catch(() => null);
    if (here?.equals(blob)) continue;
    waiting.push({ file, text: blob.length > MAX_INCIDENT_BYTES ? null : blob.toString() });
  }
  return waiting;
}

/** Returns what the remote had when it was last asked and has not come in; asks nobody. */
export async function knownWaiting(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  branch: string,
): Promise<readonly Waiting[]> {
  try {
    const place = await placeOf(makeGitRun(dir, variables), dir);
    if (!place) return [];
    return await waitingAt(makeGitRun(place.top, variables), place, trackedAs(branch).ref);
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}

/** Under which names the remote branch is known here: for people, and as a ref. */
export function trackedAs(branch: string) {
  const upstream = `status-live/${branch}`;
  return { upstream, ref: `refs/remotes/${upstream}` };
}
