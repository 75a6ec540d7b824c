// The status folder as a git work tree: what the machine wrote goes out, what people committed comes in.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../core/model/problem.ts';
import { nearest } from '../incidents/listing.ts';
import { mergeTrees } from './merge.ts';
import { conflictProblems } from './merge-conflict.ts';
import { commitOwn, type Owned, onlyHere } from './own-files.ts';
import { takenAtRemote, WHILE_MISSING, whatHeadHasInPlace } from './replaced.ts';
import { commitsAfterRewrite } from './rewritten.ts';
import { GitFailure, type GitRun, isLocked, makeGitRun, oidOf, quoted, withoutUrlSecrets } from './run.ts';
import { trackedAs, type Waiting, waitingAt } from './waiting.ts';
import {
  commandsFor,
  leftBehind,
  NO_REPOSITORY,
  notThere,
  type Obstacle,
  obstacle,
  placeOf,
  unmerged,
  type WorkTree,
} from './work-tree.ts';

interface GitOptions {
  /** A configured remote's name, a URL or a path. */
  readonly remote: string;
  readonly branch: string;
  readonly push: boolean;
}

export interface Synced {
  readonly moved: boolean;
  /** Committed files, relative to the repository. */
  readonly committed: readonly string[];
  /** Choices made by the merge rules. */
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  /** Files that could not be pulled; null when unknown. */
  readonly waiting: readonly Waiting[] | null;
}

/**
 * Commits `owned`, merges the remote branch, pushes. Reports errors of git, does not throw them.
 * @param owned null while incident files are missing: then it only lists what waits at the remote, and pulls if that
 * may fix it.
 */
export type SyncGit = (owned: Owned | null, options: GitOptions) => Promise<Synced>;

/** Locks the folder against other writers and readers while `work` changes many files. */
type Alone = <T>(work: () => Promise<T>) => Promise<T>;

interface Exchange {
  readonly git: GitRun;
  readonly place: WorkTree;
  readonly options: GitOptions;
  readonly alone: Alone;
  /** The remote branch as last fetched, under a name that people can merge. */
  readonly upstream: string;
  readonly ref: string;
  isFetched: boolean;
  moved: boolean;
  readonly committed: string[];
  readonly notes: string[];
  readonly problems: Problem[];
}

/** Limits the attempts, in case others push all the time. */
const TRIES = 6;

/**
 * Opens the work tree of `dir`. Commits are never dropped: diverged histories are merged (merge.ts); if that fails,
 * nothing is pulled or pushed until a person has merged them.
 * @param variables the environment for git (PATH, HOME, SSH agent).
 */
export function openGit(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  alone: Alone,
): SyncGit {
  return async (owned, options) => {
    const found = { moved: false, committed: [], notes: [], problems: [] as Problem[] };
    let exchange: Exchange | null = null;
    let waiting: readonly Waiting[] | null = null;
    const isThere = existsSync(dir);
    let away = owned || !isThere ? null : WHILE_MISSING;
    const report = ([what, fix]: Obstacle, level: Problem['level'] = 'warning') =>
      found.problems.push({ level, where: 'content.git', what, fix });
    try {
      const from = isThere ? dir : await nearest(dir);
      const place = from && (await placeOf(makeGitRun(from, variables), dir));
      if (place) {
        // File names are relative to the top.
        const git = makeGitRun(place.top, variables);
        const { upstream, ref } = trackedAs(options.branch);
        exchange = { git, place, options, alone, upstream, ref, isFetched: false, ...found };
        const inPlace = owned && isThere ? null : await whatHeadHasInPlace(git, place);
        // Whose repository that is, only a commit that took the folder away tells.
        if (!isThere && inPlace?.kind !== 'replaced') throw new GitFailure(...notThere(dir));
        if (inPlace?.kind === 'replaced') away = inPlace.obstacle;
        try {
          const wrong = await obstacle(git, place, options.branch);
          const left = wrong ? null : await leftBehind(git, place);
          if (left) report(left, 'error');
          if (wrong) report(wrong);
          else if (inPlace?.kind === 'replaced') await pullAndPush(exchange);
          else if (owned) await sync(exchange, owned);
        } finally {
          // List them even if nothing may be pulled.
          const isOurs = inPlace?.kind !== 'nothing';
          if (isOurs && !exchange.isFetched) await fetch(exchange);
          if (isOurs) waiting = await waitingAt(git, place, ref);
        }
      } else report(isThere ? NO_REPOSITORY : notThere(dir));
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      report([error.message, isLocked(error) ? `${error.fix}; the server retries automatically` : error.fix]);
    }
    const moved = exchange?.moved ?? false;
    // The pulled commits may have fixed it: the next round reports if not.
    if (away && !moved) report(away);
    return { ...found, moved, waiting };
  };
}

function report(
  { problems }: Exchange,
  [what, fix]: Obstacle,
  level: Problem['level'] = 'warning',
  where = 'content.git',
): void {
  problems.push({ level, where, what, fix });
}

async function sync(exchange: Exchange, owned: Owned): Promise<void> {
  const { git, place, problems } = exchange;
  const own = await exchange.alone(() => commitOwn(git, place, owned));
  exchange.committed.push(...own.committed);
  problems.push(...own.problems);
  try {
    await pullAndPush(exchange);
  } finally {
    const named = new Set(problems.map(({ where }) => where));
    const left = await onlyHere(git, place, owned);
    problems.push(...left.filter(({ where }) => !named.has(where)));
  }
}

async function pullAndPush(exchange: Exchange): Promise<void> {
  const { git, options, ref } = exchange;
  for (let left = TRIES; left > 0; left--) {
    const isFresh = await fetch(exchange);
    const head = await oidOf(git, 'HEAD');
    const theirs = await oidOf(git, ref);
    if (head === null && theirs === null) return;
    const next = theirs === null ? head : await joined(exchange, head, theirs);
    if (next === null) return;
    if (next !== head) {
      const done = await exchange.alone(() => moveTo(exchange, head, next));
      if (done === 'blocked') return;
      if (done === 'outrun') continue;
      exchange.moved = true;
    }
    if (!options.push || !isFresh || next === theirs) return;
    if (await push(exchange, next)) return;
  }
  report(exchange, [
    'each time before the push, others had pushed, or committed here',
    'nothing was lost; the server retries automatically',
  ]);
}

/** Whether the remote answered. If not, its last known state still counts, so a conflict does not disappear. */
async function fetch(exchange: Exchange): Promise<boolean> {
  const { git, ref, notes } = exchange;
  const { remote, branch } = exchange.options;
  exchange.isFetched = true;
  const known = await oidOf(git, ref);
  const refspec = `+refs/heads/${branch}:${ref}`;
  try {
    await git.out('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', remote, refspec);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (/couldn't find remote ref/i.test(error.said)) {
      if (known !== null) await git.out('update-ref', '-d', ref);
      return true;
    }
    report(exchange, [error.message, error.fix]);
    return false;
  }
  const now = await git.out('rev-parse', ref);
  if (known !== null && known !== now && !(await isAncestor(git, known, now))) {
    notes.push(
      'the remote branch was rewritten: what came from it is as there, what was written here is kept',
    );
  }
  return true;
}

function isAncestor(git: GitRun, one: string, other: string): Promise<boolean> {
  return git.yes('merge-base', '--is-ancestor', one, other);
}

/** The commit with both sides; null when they cannot be merged, which is reported. */
async function joined(exchange: Exchange, head: string | null, theirs: string): Promise<string | null> {
  const { git, options, place, upstream, notes } = exchange;
  if (head === null || head === theirs || (await isAncestor(git, head, theirs))) return theirs;
  const isBehind = await isAncestor(git, theirs, head);
  // A shallow clone does not know the merge base.
  if (!isBehind && (await git.out('rev-parse', '--is-shallow-repository')) === 'true') {
    const refspec = `+refs/heads/${options.branch}:${exchange.ref}`;
    const deepen = ['--no-tags', '--unshallow', '--no-write-fetch-head'];
    await git.out('fetch', '--quiet', ...deepen, options.remote, refspec);
  }
  const bases = (await git.try('merge-base', '--all', head, theirs))?.split('\n') ?? [];
  if (bases.length === 0) {
    const what = `the folder and ${withoutUrlSecrets(options.remote)} have no commit in common, so the server does not pull or push`;
    const fix = `set the right remote in \`content.git\`, or merge them: git -C ${quoted(place.top)} merge --allow-unrelated-histories ${upstream}`;
    report(exchange, [what, fix], 'error');
    return null;
  }
  const diverged = { bases, ours: head, theirs };
  const rewritten = await commitsAfterRewrite(git, diverged, exchange.ref, place.incidents);
  if (isBehind && !rewritten) return head;
  const taken = await takenAtRemote(git, place, theirs);
  if (taken) {
    report(exchange, taken, 'error');
    return null;
  }
  const commits = rewritten ?? diverged;
  const merged = await mergeTrees(git, commits, place.incidents);
  if (merged.kind === 'conflict') {
    exchange.problems.push(...(await conflictProblems(git, place, upstream, commits, merged)));
    return null;
  }
  if (isBehind && merged.tree === (await git.out('rev-parse', `${head}^{tree}`))) return head;
  notes.push(...merged.notes.filter(note => !notes.includes(note)));
  const words = [`Merge ${options.branch} of the remote`, ...merged.notes].flatMap(word => ['-m', word]);
  return git.out('commit-tree', merged.tree, '-p', head, '-p', theirs, ...words);
}

/** Brings the work tree to `next`, which includes `head`; never overwrites uncommitted edits. */
async function moveTo(
  exchange: Exchange,
  head: string | null,
  next: string,
): Promise<'done' | 'outrun' | 'blocked'> {
  const { git, place } = exchange;
  for (let again = true; ; again = false) {
    if ((await oidOf(git, 'HEAD')) !== head) return 'outrun';
    try {
      await git.out('merge', '--quiet', '--ff-only', next);
      return 'done';
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      if (/not possible to fast-forward/i.test(error.said)) return 'outrun';
      const names = [...error.said.matchAll(/^\t(.+)$|Entry '(.+)' not uptodate/gm)];
      const open = /unmerged files/.test(error.said) ? await unmerged(git) : [];
      const files = [...open, ...names.map(([, listed, named]) => (listed ?? named) as string)];
      if (files.length === 0) throw error;
      const blocking: string[] = [];
      for (const file of files) if (!(await isThere(exchange, file, next))) blocking.push(file);
      if (blocking.length === 0 && again) continue;
      for (const file of blocking.length > 0 ? blocking : files) {
        const what =
          'it has uncommitted edits, and it changed at the remote: the server does not pull or push until you commit them';
        const stash = `git -C ${quoted(place.top)} stash push --include-untracked -- ${quoted(file)}`;
        const or = open.length > 0 ? '' : `. Or, to put your edits aside: ${stash}`;
        const fix = `${await commandsFor(place.top, file)}; the server then merges both versions${or}`;
        report(exchange, [what, fix], 'error', path.join(place.top, file));
      }
      return 'blocked';
    }
  }
}

/** Whether the file already has its new content, as after a killed git; then adds it to the index. */
async function isThere({ git, place }: Exchange, file: string, next: string): Promise<boolean> {
  const full = path.join(place.top, file);
  const wanted = await oidOf(git, `${next}:${file}`);
  const found = await git.try('hash-object', '--', full);
  if (wanted === null || found !== wanted) return false;
  await git.out('add', '--', full);
  return true;
}

/** False when others pushed first. */
async function push({ git, ref, options }: Exchange, next: string): Promise<boolean> {
  try {
    await git.out('push', '--quiet', options.remote, `${next}:refs/heads/${options.branch}`);
  } catch (error) {
    if (error instanceof GitFailure && OUTRUN.test(error.said)) return false;
    throw error;
  }
  await git.out('update-ref', ref, next);
  return true;
}

const OUTRUN = /non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to update ref/i;
