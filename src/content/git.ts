// The status folder as a git work tree: what the machine wrote goes out, what people committed comes in.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Problem } from '../core/problem.ts';
import { GitFailure, type GitRun, makeGitRun } from './git-run.ts';

export interface GitOptions {
  /** A configured remote's name, a URL or a path. */
  readonly remote: string;
  readonly branch: string;
  readonly push: boolean;
}

export interface Synced {
  /** Whether files came in. */
  readonly moved: boolean;
  /** Files of the machine that were committed, relative to the repository. */
  readonly committed: readonly string[];
  /** Files on which both sides had changed the same lines; the operator's version stands. */
  readonly conflicts: readonly string[];
  readonly problems: readonly Problem[];
}

/** Commits `own` (paths) if changed, takes in the remote branch, pushes. Never throws for what git says. */
export type SyncGit = (own: readonly string[], options: GitOptions) => Promise<Synced>;

/** Opens the work tree that `dir` lies in; `variables` are handed to git (PATH, HOME, SSH agent). */
export function openGit(dir: string, variables: Readonly<Record<string, string | undefined>>): SyncGit {
  const git = makeGitRun(dir, variables);
  return async (own, options) => {
    const synced = {
      moved: false,
      committed: [] as string[],
      conflicts: [] as string[],
      problems: [] as Problem[],
    };
    const report = (what: string, fix: string) => {
      synced.problems.push({ level: 'warning', where: 'content.git', what, fix });
    };
    try {
      const stray = await branchProblem(git, options.branch);
      if (stray) report(...stray);
      else {
        synced.committed.push(...(await commitOwn(git, own)));
        await takeIn(git, options, synced, report);
      }
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      report(error.message, error.fix);
    }
    return synced;
  };
}

async function branchProblem(git: GitRun, branch: string): Promise<[string, string] | null> {
  const inside = await git.try('rev-parse', '--is-inside-work-tree');
  if (inside === null) return ['the status folder is no git repository', 'clone it, or remove `content.git`'];
  const on = (await git.try('symbolic-ref', '--short', 'HEAD')) ?? 'no branch';
  return on === branch ? null : [`the folder is on ${on}, not on ${branch}`, `git checkout ${branch}`];
}

/** Commits those of `own` that git sees changed, and nothing else that may be staged. */
async function commitOwn(git: GitRun, own: readonly string[]): Promise<string[]> {
  if (own.length === 0) return [];
  const top = await realpath(await git.out('rev-parse', '--show-toplevel'));
  const real = await Promise.all(own.map(file => realpath(file).catch(() => file)));
  const mine = new Set(real.map(file => path.relative(top, file)));
  const status = await git.out(
    'status',
    '--porcelain',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--',
    '.',
  );
  const changed = status
    .split('\0')
    .filter(line => line !== '' && !line.startsWith(' D') && !line.startsWith('D'))
    .map(line => line.slice(3))
    .filter(file => mine.has(file));
  if (changed.length === 0) return [];
  const files = changed.map(file => path.join(top, file));
  await git.out('add', '--', ...files);
  const names = changed.map(file => path.basename(file, '.md')).join(', ');
  const subject = names.length > 60 ? `${changed.length} incidents` : names;
  await git.out('commit', '--quiet', '--only', '-m', `Status: ${subject}`, '--', ...files);
  return changed;
}

async function takeIn(
  git: GitRun,
  { remote, branch, push }: GitOptions,
  synced: { moved: boolean; conflicts: string[] },
  report: (what: string, fix: string) => void,
): Promise<void> {
  const head = await git.try('rev-parse', '--verify', '--quiet', 'HEAD');
  const theirs = await fetchHead(git, remote, branch);
  if (theirs !== null && theirs !== head) {
    const next = await joined(git, head, theirs, synced.conflicts);
    if (next !== head) {
      // Changes only the files that differ, and refuses where an uncommitted edit stands in the way.
      if ((await git.try('reset', '--keep', next)) === null) {
        const fix = 'commit or undo the edits in the status folder';
        return report('uncommitted edits stand in the way of what was committed elsewhere', fix);
      }
      synced.moved = true;
    }
  }
  if (push && (await git.try('rev-parse', '--verify', '--quiet', 'HEAD')) !== theirs) {
    await git.out('push', '--quiet', remote, `HEAD:refs/heads/${branch}`);
  }
}

/** The remote branch's commit; null when the remote does not have it yet. */
async function fetchHead(git: GitRun, remote: string, branch: string): Promise<string | null> {
  try {
    await git.out('fetch', '--quiet', '--no-tags', remote, `refs/heads/${branch}`);
  } catch (error) {
    if (error instanceof GitFailure && /couldn't find remote ref/i.test(error.message)) return null;
    throw error;
  }
  return git.out('rev-parse', 'FETCH_HEAD');
}

/** The commit that holds both sides: theirs, ours, or ours put on top of theirs. */
async function joined(
  git: GitRun,
  head: string | null,
  theirs: string,
  conflicts: string[],
): Promise<string> {
  if (head === null || (await git.try('merge-base', '--is-ancestor', head, theirs)) !== null) return theirs;
  if ((await git.try('merge-base', '--is-ancestor', theirs, head)) !== null) return head;
  // In a work tree of its own: the folder the page is made of never shows a half-done rebase.
  const folder = await mkdtemp(path.join(tmpdir(), 'status-live-rebase-'));
  try {
    await git.out('worktree', 'add', '--quiet', '--detach', folder, head);
    return await rebased(git.in(folder), theirs, conflicts);
  } finally {
    await git.try('worktree', 'remove', '--force', folder);
    await rm(folder, { recursive: true, force: true });
    await git.try('worktree', 'prune');
  }
}

/** More commits than this never wait to be pushed; it ends a rebase that does not. */
const MOST_STEPS = 1_000;

async function rebased(git: GitRun, theirs: string, conflicts: string[]): Promise<string> {
  let done = (await git.try('rebase', '--quiet', theirs)) !== null;
  for (let step = 0; !done && step < MOST_STEPS; step++) {
    const files = (await git.out('diff', '--name-only', '--diff-filter=U', '-z')).split('\0').filter(Boolean);
    for (const file of files) {
      if (!conflicts.includes(file)) conflicts.push(file);
      // In a rebase "ours" is what we are put on: the operator's side.
      if ((await git.try('checkout', '--quiet', '--ours', '--', file)) === null)
        await git.try('rm', '--quiet', '--', file);
      else await git.out('add', '--', file);
    }
    // A commit of which nothing is left is skipped.
    done = (await git.try('rebase', '--continue')) !== null || (await git.try('rebase', '--skip')) !== null;
  }
  if (!done) throw new GitFailure('the two histories cannot be joined', 'rebase the status folder by hand');
  return git.out('rev-parse', 'HEAD');
}
