// Missing: tells a folder that went away from files that were deleted.
import path from 'node:path';
import type { Problem } from '../../core/model/problem.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import type { StandIn } from '../incidents/listing.ts';

/** Why a folder or a file in it counts as missing, and which of the ways to mend it applies. */
export interface Reason {
  readonly why: string;
  readonly mend: 'bring back' | 'replace link' | 'rename' | 'restore files';
}

/** What one reading found of incidents/, or of a folder below it. */
export interface FolderState {
  /** The system's error code when the folder cannot be listed, else null. */
  readonly code: string | null;
  /** The folder's `identityOf`; null when unknown. */
  readonly standIn?: StandIn | undefined;
  /** Which folder it is (`identityOf`); null when that cannot be told. */
  readonly identity: string | null;
  /** Whether there is no readable incident file in or below it. */
  readonly empty: boolean;
  /** Whether a known file that must not be lost is gone from it. */
  readonly less: boolean;
  /** Whether status.yaml beside it is gone too; false for folders below. */
  readonly siteGone: boolean;
}

/**
 * Why a folder counts as missing, so that files gone from it were not deleted; null when it does not. Files gone from
 * the same folder were deleted, even the last one; an empty folder has nothing to lose.
 * @param before the identity of the folder when it was last read.
 */
export function whyMissing(state: FolderState, before: string | null): Reason | null {
  const { standIn } = state;
  if (standIn?.kind === 'link') return { why: `it is a ${standIn.what}`, mend: 'replace link' };
  if (standIn) return { why: `there is no folder with this name, only ${standIn.name}`, mend: 'rename' };
  const why = whyGone(state, before);
  return why === null ? null : { why, mend: 'bring back' };
}

function whyGone({ code, identity, empty, less, siteGone }: FolderState, before: string | null) {
  if (code !== null && code !== 'ENOENT') return `it cannot be read (${code})`;
  if (code !== null && siteGone) return 'it is gone, and status.yaml too';
  if (!less) return null;
  if (code !== null) return 'it is gone';
  if (empty && identity !== before)
    return 'an empty folder, or one with no readable incident, is in its place';
  return siteGone ? 'status.yaml is gone, and incident files too' : null;
}

/** The folder is back, but not these files. */
export const NOT_BACK: Reason = { why: 'still missing', mend: 'restore files' };

/**
 * That `where` is missing for `why`, with what to do: for /readyz and the command line. `files` are the names of
 * those that stay meanwhile; `closed`: nothing is written to incidents/; `checkout`: what brings
 * the folder back out of git.
 */
export function missingProblem(
  where: string,
  { why, mend }: Reason,
  files: readonly string[],
  closed: boolean,
  checkout: string | null,
): Problem {
  const problem = (what: string, fix: string): Problem => ({ level: 'error', where, what, fix });
  const how = {
    'bring back': 'restore it: mount the volume, put the folder back, or let the server list it',
    'replace link': 'replace the link with the folder itself, or with a mount of it',
    rename: `rename it to \`${path.basename(where)}\``,
    'restore files': '',
  }[mend];
  const back = checkout === null ? how : `${how}; or restore what was committed: ${checkout}`;
  const unwritten = closed ? ', and nothing is written here' : '';
  if (files.length === 0) return problem(`${why}, so no incident can be read${unwritten}`, back);
  const one = files.length === 1;
  const confirmed = `deleted on purpose, run \`${statusCommand('incidents forget-missing')}\``;
  const stay = 'so the incidents last read stay on the page';
  if (mend !== 'restore files') {
    const kept = one ? '1 file' : `${files.length} files`;
    return problem(`${why}, ${stay} (${kept})${unwritten}`, `${back}; if it was ${confirmed}`);
  }
  const gone = one ? '1 incident file is' : `${files.length} incident files are`;
  const named = [...files.slice(0, 3), ...(files.length > 3 ? ['…'] : [])].join(', ');
  return problem(
    `${gone} still missing (${named}), ${stay}${unwritten}`,
    `restore ${one ? 'it' : 'them'}; if ${one ? 'it was' : 'they were'} ${confirmed}`,
  );
}

/** Refuses a write while the folder is missing: the file would be in the wrong place, or hidden later. */
export class FolderMissing extends Error {
  readonly code = 'MISSING';
}
