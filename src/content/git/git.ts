// The status folder as a git work tree: what the machine wrote goes out, what people committed comes in.
import path from 'node:path';
import type { Problem } from '../../core/model/problem.ts';
import { tellConflicts } from './conflict.ts';
import { mergeTrees } from './merge.ts';
import { commitOwn, type Owned, onlyHere } from './own-files.ts';
import { GitFailure, type GitRun, isLocked, makeGitRun, quoted } from './run.ts';
import { type Waiting, waitingAt } from './waiting.ts';
import { commandsFor, NO_REPOSITORY, type Obstacle, obstacle, type Place, placeOf } from './work-tree.ts';

export interface GitOptions {
  /** A configured remote's name, a URL or a path. */
  readonly remote: string;
  readonly branch: string;
  readonly push: boolean;
}

export interface Synced {
  /** Whether files came in. */
  readonly moved: boolean;
  /** Files that were committed, relative to the repository. */
  readonly committed: readonly string[];
  /** What merging decided that nobody wrote so. */
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  /** What the remote holds and could not come in. */
  readonly waiting: readonly Waiting[];
}

/** Commits what is `owned`, takes in the remote branch, pushes. Never throws for what git says. */
export type SyncGit = (owned: Owned, options: GitOptions) => Promise<Synced>;

/** Lets nobody else write into the folder, and nobody read it, while `work` changes many files of it. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Opens the work tree that `dir` lies in; `variables` are handed to git (PATH, HOME, SSH agent). A commit is
 * never dropped: histories that went apart are merged (merge.ts), and where they cannot be, both stay as
 * they are, and nothing is pulled or pushed until a person has merged them.
 */
export function openGit(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  alone: Alone,
): SyncGit {
  return async (owned, options) => {
    const synced: Writable = { moved: false, committed: [], notes: [], problems: [], waiting: [] };
    const report = (where: string, [what, fix]: Obstacle, level: Problem['level'] = 'warning') => {
      synced.problems.push({ level, where, what, fix });
    };
    try {
      const place = await placeOf(makeGitRun(dir, variables), dir);
      // Names of files are told, and asked for, as they are from the top.
      const git = makeGitRun(place?.top ?? dir, variables);
      if (!place) report('content.git', NO_REPOSITORY);
      else {
        const exchange = new Exchange(git, place, options, alone, synced, report);
        try {
          const wrong = await obstacle(git, place, options.branch);
          if (wrong) report('content.git', wrong);
          else await carry(git, place, owned, alone, synced, exchange);
        } finally {
          synced.waiting = await exchange.waiting();
        }
      }
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      const fix = isLocked(error) ? `${error.fix}; it is tried again by itself` : error.fix;
      report('content.git', [error.message, fix]);
    }
    return synced;
  };
}

/** Commits what is ours, then exchanges; what only this server has is named after it. */
async function carry(
  git: GitRun,
  place: Place,
  owned: Owned,
  alone: Alone,
  synced: Writable,
  exchange: Exchange,
): Promise<void> {
  const own = await alone(() => commitOwn(git, place, owned));
  synced.committed.push(...own.committed);
  synced.problems.push(...own.problems);
  try {
    await exchange.run();
  } finally {
    const named = new Set(synced.problems.map(({ where }) => where));
    const left = await onlyHere(git, place, owned);
    synced.problems.push(...left.filter(({ where }) => !named.has(where)));
  }
}

interface Writable {
  moved: boolean;
  committed: string[];
  notes: string[];
  problems: Problem[];
  waiting: readonly Waiting[];
}

/** Somebody who pushes each second must not keep it from ever ending. */
const TRIES = 6;

class Exchange {
  private readonly git: GitRun;
  private readonly place: Place;
  private readonly options: GitOptions;
  private readonly alone: Alone;
  private readonly synced: Writable;
  private readonly report: (where: string, obstacle: Obstacle, level?: Problem['level']) => void;
  /** What the remote branch was when last fetched; a name that people can merge. */
  private readonly upstream: string;
  private isAsked = false;

  constructor(
    git: GitRun,
    place: Place,
    options: GitOptions,
    alone: Alone,
    synced: Writable,
    report: Exchange['report'],
  ) {
    this.git = git;
    this.place = place;
    this.options = options;
    this.alone = alone;
    this.synced = synced;
    this.report = report;
    this.upstream = `status-live/${options.branch}`;
  }

  private get ref(): string {
    return `refs/remotes/${this.upstream}`;
  }

  async run(): Promise<void> {
    const { git, options } = this;
    for (let left = TRIES; left > 0; left--) {
      const isFresh = await this.fetch();
      const head = await git.try('rev-parse', '--verify', '--quiet', 'HEAD');
      const theirs = await git.try('rev-parse', '--verify', '--quiet', this.ref);
      if (head === null && theirs === null) return;
      const next = theirs === null ? head : await this.joined(head, theirs);
      if (next === null) return;
      if (next !== head) {
        const done = await this.alone(() => this.moveTo(head, next));
        if (done === 'blocked') return;
        if (done === 'outrun') continue;
        this.synced.moved = true;
      }
      if (!options.push || !isFresh || next === theirs) return;
      if (await this.push(next)) return;
    }
    const what = 'others pushed, or committed here, each time it was about to push';
    this.report('content.git', [what, 'nothing was lost; it is tried again by itself']);
  }

  /** What the remote holds and the folder does not: it is looked for though nothing may come in. */
  async waiting(): Promise<readonly Waiting[]> {
    if (!this.isAsked) await this.fetch();
    return waitingAt(this.git, this.place, this.ref);
  }

  /** Whether the remote answered. What it said before still counts: a conflict does not end with the network. */
  private async fetch(): Promise<boolean> {
    const { git, ref } = this;
    const { remote, branch } = this.options;
    this.isAsked = true;
    const known = await git.try('rev-parse', '--verify', '--quiet', ref);
    const refspec = `+refs/heads/${branch}:${ref}`;
    try {
      await git.out('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', remote, refspec);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      if (/couldn't find remote ref/i.test(error.said)) {
        if (known !== null) await git.out('update-ref', '-d', ref);
        return true;
      }
      this.report('content.git', [error.message, error.fix]);
      return false;
    }
    const now = await git.out('rev-parse', ref);
    if (known !== null && known !== now && !(await git.yes('merge-base', '--is-ancestor', known, now))) {
      this.synced.notes.push('the remote branch was rewritten; what stands here stays, and is pushed again');
    }
    return true;
  }

  /** The commit that holds both sides; null when no rule can join them, which is reported. */
  private async joined(head: string | null, theirs: string): Promise<string | null> {
    const { git, options } = this;
    if (head === null || head === theirs) return theirs;
    if (await git.yes('merge-base', '--is-ancestor', head, theirs)) return theirs;
    if (await git.yes('merge-base', '--is-ancestor', theirs, head)) return head;
    const bases = await this.bases(head, theirs);
    const at = `git -C ${quoted(this.place.top)}`;
    if (bases.length === 0) {
      const what = `the folder and ${options.remote} have no commit in common, so nothing is pulled or pushed`;
      const fix = `name the right remote in \`content.git\`, or join them: ${at} merge --allow-unrelated-histories ${this.upstream}`;
      this.report('content.git', [what, fix], 'error');
      return null;
    }
    const commits = { bases, ours: head, theirs };
    const merged = await mergeTrees(git, commits, this.place.incidents);
    if (merged.kind === 'conflict') {
      this.synced.problems.push(...(await tellConflicts(git, this.place, this.upstream, commits, merged)));
      return null;
    }
    this.synced.notes.push(...merged.notes.filter(note => !this.synced.notes.includes(note)));
    const words = [`Merge ${options.branch} of the remote`, ...merged.notes];
    const parents = ['-p', head, '-p', theirs];
    return git.out('commit-tree', merged.tree, ...parents, ...words.flatMap(word => ['-m', word]));
  }

  /** Where both began; a shallow clone is deepened when it does not know. */
  private async bases(head: string, theirs: string): Promise<readonly string[]> {
    const ask = async () => (await this.git.try('merge-base', '--all', head, theirs))?.split('\n') ?? [];
    if ((await this.git.out('rev-parse', '--is-shallow-repository')) !== 'true') return ask();
    const { remote, branch } = this.options;
    const refspec = `+refs/heads/${branch}:${this.ref}`;
    await this.git.out(
      'fetch',
      '--quiet',
      '--no-tags',
      '--unshallow',
      '--no-write-fetch-head',
      remote,
      refspec,
    );
    return ask();
  }

  /**
   * Brings the work tree to `next`, which holds all of `head`: only files that differ are written. An edit
   * that is not committed is never written over.
   */
  private async moveTo(head: string | null, next: string): Promise<'done' | 'outrun' | 'blocked'> {
    const { git } = this;
    for (let again = true; ; again = false) {
      if ((await git.try('rev-parse', '--verify', '--quiet', 'HEAD')) !== head) return 'outrun';
      try {
        await git.out('merge', '--quiet', '--ff-only', next);
        return 'done';
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        if (/not possible to fast-forward/i.test(error.said)) return 'outrun';
        const names = [...error.said.matchAll(/^\t(.+)$|Entry '(.+)' not uptodate/gm)];
        const files = names.map(([, listed, named]) => (listed ?? named) as string);
        if (files.length === 0) throw error;
        const blocking: string[] = [];
        for (const file of files) if (!(await this.isThere(file, next))) blocking.push(file);
        if (blocking.length === 0 && again) continue;
        for (const file of blocking.length > 0 ? blocking : files) this.reportBlocked(file);
        return 'blocked';
      }
    }
  }

  /** Whether the file already is what it is to become, as a killed git leaves it; then git is told so. */
  private async isThere(file: string, next: string): Promise<boolean> {
    const full = path.join(this.place.top, file);
    const wanted = await this.git.try('rev-parse', '--verify', '--quiet', `${next}:${file}`);
    const found = await this.git.try('hash-object', '--', full);
    if (wanted === null || found !== wanted) return false;
    await this.git.out('add', '--', full);
    return true;
  }

  private reportBlocked(file: string): void {
    const what =
      'it has edits that are not committed, and was changed at the remote: nothing is pulled or pushed until they are';
    const stash = `git -C ${quoted(this.place.top)} stash push --include-untracked -- ${quoted(file)}`;
    const fix = `${commandsFor(this.place.top, file)}; what both wrote is merged then. Or, to do without your edits: ${stash}`;
    this.report(path.join(this.place.top, file), [what, fix], 'error');
  }

  /** Whether it was taken; false when others pushed first. */
  private async push(next: string): Promise<boolean> {
    const { remote, branch } = this.options;
    try {
      await this.git.out('push', '--quiet', remote, `${next}:refs/heads/${branch}`);
    } catch (error) {
      if (error instanceof GitFailure && OUTRUN.test(error.said)) return false;
      throw error;
    }
    await this.git.out('update-ref', this.ref, next);
    return true;
  }
}

const OUTRUN = /non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to update ref/i;
