// Missing: whether the incidents folder went away, rather than files from it; what git says of files that are gone.
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../core/problem.ts';
import { makeGitRun } from './git-run.ts';

/** What one look at the folder found. */
export interface Look {
  /** The system's code when the folder cannot be listed, else null. */
  readonly code: string | null;
  /** Which folder it is (`identityOf`); null when that cannot be told. */
  readonly identity: string | null;
  /** Whether it holds no incident file. */
  readonly empty: boolean;
  /** Whether a file that was known is not in it. */
  readonly less: boolean;
  /** Whether the status.yaml that stood beside it is gone. */
  readonly siteGone: boolean;
}

/**
 * Why the folder, last seen as the one of identity `before`, counts as missing, so that what is gone from it is no
 * deletion; null when it does not. A file gone from a folder that stays was deleted, the last one too; a folder that
 * held nothing has nothing to lose.
 */
export function whyMissing(look: Look, before: string | null): string | null {
  const { code, identity, empty, less, siteGone } = look;
  if (code !== null && code !== 'ENOENT') return `it cannot be read (${code})`;
  if (code !== null && siteGone) return 'it is gone, and status.yaml with it';
  if (!less) return null;
  if (code !== null) return 'it is gone';
  if (empty && identity !== before) return 'an empty folder, another one, stands in its place';
  return siteGone ? 'status.yaml is gone, and incident files with it' : null;
}

/** That it is missing, with what to do: for /readyz and the command line. */
export function missingProblem(folder: string, why: string, files: number): Problem {
  const back = 'bring it back: mount the volume, restore the folder, or let the server list it';
  if (files === 0) {
    const what = `${why}, so no incident can be read, and nothing is written here`;
    return { level: 'error', where: folder, what, fix: back };
  }
  const kept = files === 1 ? '1 file' : `${files} files`;
  return {
    level: 'error',
    where: folder,
    what: `${why}, so the incidents last read stay on the page (${kept}), and nothing is written here`,
    fix: `${back}; if it was deleted on purpose, run \`status incidents forget-missing\``,
  };
}

/** A file was to be written while the folder is missing: it would stand in the wrong place, or be hidden later. */
export class FolderMissing extends Error {
  readonly code = 'MISSING';
}

/**
 * Which folder this is: device, inode and, as inodes are used again, its birth. Null when it cannot be told. A mount
 * or an unmount changes it; links are followed.
 */
export async function identityOf(folder: string): Promise<string | null> {
  const facts = await stat(folder, { bigint: true }).catch(() => null);
  // Without a name of its own it was removed, and only a mount still leads here.
  return facts?.isDirectory() && facts.nlink > 0n ? `${facts.dev}:${facts.ino}:${facts.birthtimeNs}` : null;
}

/** Which of `names`, paths below the folder, a commit deleted. */
export type DeletedInGit = (names: readonly string[]) => Promise<readonly string[]>;

/**
 * git takes a folder away with its last file. A file was deleted by a commit when git knew it once and HEAD holds
 * no incident file of the folder at all. Without that first half the repository of something else would do, in
 * which the folder is a mount point.
 */
export function openDeletedInGit(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
  isIncident: (name: string) => boolean,
): DeletedInGit {
  return async names => {
    const stood = await whereItStood(folder);
    const place = await nearest(stood);
    if (place === null) return [];
    const git = makeGitRun(place, variables);
    const below = path.relative(place, stood) || '.';
    const tree = ['ls-tree', '-r', '-z', '--name-only', 'HEAD'];
    const head = await git.try(...tree, ...(below === '.' ? [] : ['--', `${below}/`]));
    if (head === null || head.split('\0').some(name => isIncident(name))) return [];
    // A reset or another branch takes files away, too, and no commit of HEAD's own says so.
    const all = ['log', '--all', '--reflog', '--format=', '--name-only', '-z', '--no-renames', '--relative'];
    const log = await git.try(...all, '--', below);
    const known = new Set(log?.split(/[\0\n]/).map(name => path.join(place, name)));
    return names.filter(name => known.has(path.join(place, below, name)));
  };
}

/** The folder's own path, through links that may lead nowhere by now. */
async function whereItStood(folder: string): Promise<string> {
  let at = folder;
  for (let links = 0; links < 16; links++) {
    const facts = await lstat(at).catch(() => null);
    if (!facts?.isSymbolicLink()) break;
    at = path.resolve(path.dirname(at), await readlink(at));
  }
  const above = await nearest(at);
  return above === null ? at : path.join(above, path.relative(await climbed(at), at));
}

/** The nearest folder at or above `place` that is there, by its real path. */
async function nearest(place: string): Promise<string | null> {
  return realpath(await climbed(place)).catch(() => null);
}

async function climbed(place: string): Promise<string> {
  for (let at = place; ; at = path.dirname(at)) {
    const facts = await stat(at).catch(() => null);
    if (facts?.isDirectory() || path.dirname(at) === at) return at;
  }
}
