// Missing: whether a folder of incidents went away, rather than files from it; what git says of files that are gone.
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../core/model/problem.ts';
import { makeGitRun } from './git/run.ts';

/** What one look at a folder found: incidents/, or one below it. */
export interface Look {
  /** The system's code when the folder cannot be listed, else null. */
  readonly code: string | null;
  /** Which folder it is (`identityOf`); null when that cannot be told. */
  readonly identity: string | null;
  /** Whether no incident file that can be read is in it, nor below it. */
  readonly empty: boolean;
  /** Whether a file that was known, and is not to be lost, is not in it. */
  readonly less: boolean;
  /** Whether the status.yaml that stood beside it is gone; never of a folder below. */
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
  if (empty && identity !== before)
    return 'an empty folder, or one with no incident that can be read, stands in its place';
  return siteGone ? 'status.yaml is gone, and incident files with it' : null;
}

/** Files of a folder that came back without them. */
export const NOT_BACK = 'not back';

/**
 * That `where` is missing for `why`, with what to do: for /readyz and the command line. `files` are the names of
 * those that stay meanwhile; `closed`: nothing is written to incidents/.
 */
export function missingProblem(
  where: string,
  why: string,
  files: readonly string[],
  closed: boolean,
): Problem {
  const back = 'bring it back: mount the volume, restore the folder, or let the server list it';
  const unwritten = closed ? ', and nothing is written here' : '';
  if (files.length === 0) {
    return { level: 'error', where, what: `${why}, so no incident can be read${unwritten}`, fix: back };
  }
  const one = files.length === 1;
  const confirmed = 'deleted on purpose, run `status incidents forget-missing`';
  if (why === NOT_BACK) {
    const what = one ? '1 incident file is' : `${files.length} incident files are`;
    const named = [...files.slice(0, 3), ...(files.length > 3 ? ['…'] : [])].join(', ');
    return {
      level: 'error',
      where,
      what: `${what} not back yet (${named}), so the incidents last read stay on the page${unwritten}`,
      fix: `restore ${one ? 'it' : 'them'}; if ${one ? 'it was' : 'they were'} ${confirmed}`,
    };
  }
  const kept = one ? '1 file' : `${files.length} files`;
  return {
    level: 'error',
    where,
    what: `${why}, so the incidents last read stay on the page (${kept})${unwritten}`,
    fix: `${back}; if it was ${confirmed}`,
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

/** Which of `names`, paths below the folder, a commit deleted; `siteGone`: status.yaml is gone with them. */
export type DeletedInGit = (names: readonly string[], siteGone: boolean) => Promise<readonly string[]>;

/**
 * git takes a folder away with its last file. A file was deleted by a commit when git knew it once and HEAD does not
 * hold it. Without that first half the repository of something else would do, in which the folder is a mount point.
 * Where status.yaml is gone too, HEAD must hold that: a branch for something else says nothing of incidents.
 */
export function openDeletedInGit(
  folder: string,
  siteFile: string,
  variables: Readonly<Record<string, string | undefined>>,
): DeletedInGit {
  return async (names, siteGone) => {
    const stood = await whereItStood(folder);
    const place = await nearest(stood);
    if (place === null) return [];
    const git = makeGitRun(place, variables);
    const below = path.relative(place, stood) || '.';
    const tree = ['ls-tree', '-r', '-z', '--name-only', 'HEAD'];
    const head = await git.try(...tree, ...(below === '.' ? [] : ['--', `${below}/`]));
    if (head === null) return [];
    if (siteGone) {
      const site = await whereItStood(siteFile);
      const at = path.relative(place, site);
      if (at.startsWith('..') || !(await git.try(...tree, '--', at))) return [];
    }
    const held = new Set(head.split('\0').map(name => path.join(place, name)));
    // A reset or another branch takes files away, too, and no commit of HEAD's own says so.
    const all = ['log', '--all', '--reflog', '--format=', '--name-only', '-z', '--no-renames', '--relative'];
    const log = await git.try(...all, '--', below);
    const known = new Set(log?.split(/[\0\n]/).map(name => path.join(place, name)));
    return names.filter(name => {
      const file = path.join(place, below, name);
      return known.has(file) && !held.has(file);
    });
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
