// Publishes the static copy to a branch: commits in a work tree of our own below DATA_DIR, and pushes.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExportFile } from '../../core/model/ports/export-file.ts';
import type { Problem } from '../../core/model/problem.ts';
import { LIST, readFileList, type WriteMirror } from '../mirror.ts';
import { GitFailure, type GitRun, makeGitRun, oidOf } from './run.ts';

interface Branch {
  /** A URL or an absolute path. */
  readonly remote: string;
  readonly branch: string;
}

interface Published {
  /** Number of files changed by the commit; 0: no change and no commit. */
  readonly written: number;
}

/** Updates the branch until `signal` aborts. Returns errors of git, does not throw them. */
type Publish = (
  files: readonly ExportFile[],
  to: Branch,
  signal: AbortSignal,
) => Promise<Published | Problem>;

interface PublishOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly most?: number;
  /** How long a push may take, ms. */
  readonly timeout?: number;
}

/** Two days at one commit per five minutes: the history is on the page itself. */
const MAX_COMMITS = 500;
/** A first copy of thousands of pages takes time. */
const TIMEOUT = 300_000;
/** The last commit known to be at the remote. */
const OURS = 'refs/heads/published';

/**
 * Opens the area `dir`, which can be deleted at any time. Refuses a branch without an export; builds on commits of
 * others and keeps their files. Never overwrites an unknown commit: the history is shortened only if the remote still
 * has our last push.
 */
export function openPublish(dir: string, write: WriteMirror, options: PublishOptions): Publish {
  const tree = path.join(dir, 'site');
  const gitDir = path.join(dir, 'repository.git');
  const { variables, most = MAX_COMMITS, timeout = TIMEOUT } = options;

  return async (files, to, signal) => {
    const git = makeGitRun(tree, variables, { gitDir, workTree: tree, timeout, signal });
    try {
      await ready(git, tree, gitDir);
      const base = await baseOf(git, to);
      if (typeof base === 'object' && base !== null) return base;
      const done = await write(tree, files, signal);
      if ('what' in done) return done;
      const next = await treeOf(git, base, files);
      const before = base === null ? null : await git.out('rev-parse', `${base}^{tree}`);
      if (next === before) return { written: 0 };
      await push(git, next, base, to, most);
      return { written: Math.max(1, done.written) };
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      // A damaged area is made again at the next attempt.
      if (!signal.aborted && !/^git (ls-remote|fetch|push)|not installed/.test(error.message)) {
        await rm(gitDir, { recursive: true, force: true });
      }
      const fix = error.fix.replace(/content\.git|the status folder/g, found => MENDED[found] ?? found);
      return { level: 'warning', where: 'export.to.git', what: error.message, fix };
    }
  };
}

const MENDED: Record<string, string> = {
  'content.git': 'export.to.git',
  'the status folder': 'a clone of the branch',
};

/** Prepares the repository, and removes locks of a killed git: only we work here. */
async function ready(git: GitRun, tree: string, gitDir: string): Promise<void> {
  await mkdir(tree, { recursive: true });
  if ((await git.try('rev-parse', '--git-dir')) === null) {
    await rm(gitDir, { recursive: true, force: true });
    await mkdir(gitDir, { recursive: true });
    await git.out('init', '--quiet');
  }
  for (const name of await readdir(gitDir, { recursive: true })) {
    if (name.endsWith('.lock')) await rm(path.join(gitDir, name), { force: true });
  }
  // Overrides the operator's global settings that ignore or convert files.
  await writeFile(path.join(gitDir, 'info', 'attributes'), '* -text -filter -ident\n');
}

/** The commit to build on, read into the index; null when the branch does not exist. */
async function baseOf(git: GitRun, { remote, branch }: Branch): Promise<string | null | Problem> {
  const ref = `refs/heads/${branch}`;
  const line = (await git.out('ls-remote', remote, ref)).split('\n').find(one => one.endsWith(`\t${ref}`));
  const theirs = line?.split('\t')[0] ?? null;
  const ours = await oidOf(git, OURS);
  if (theirs === null) {
    await git.out('read-tree', '--empty');
    return null;
  }
  if (theirs === ours) {
    // Keeps the index entries of unchanged files, and drops what a crash left staged.
    await git.out('read-tree', '-m', ours);
    return ours;
  }
  await git.out('fetch', '--quiet', '--no-tags', '--depth=1', remote, ref);
  const fetched = await git.out('rev-parse', 'FETCH_HEAD');
  if ((await git.try('cat-file', '-e', `${fetched}:${LIST}`)) === null) {
    const what = `the branch ${branch} contains files that are not from an export`;
    return { level: 'warning', where: 'export.to.git', what, fix: 'name a new branch' };
  }
  await git.out('read-tree', '-m', fetched);
  return fetched;
}

/** The tree of the index with our current files, and without those removed. */
async function treeOf(git: GitRun, base: string | null, files: readonly ExportFile[]): Promise<string> {
  const old = base === null ? [] : (readFileList(await git.try('show', `${base}:${LIST}`)) ?? []);
  const names = new Set([LIST, ...files.map(file => file.path), ...old]);
  await git.fed(`${[...names].join('\0')}\0`, 'update-index', '--add', '--remove', '-z', '--stdin');
  return git.out('write-tree');
}

async function push(
  git: GitRun,
  tree: string,
  base: string | null,
  { remote, branch }: Branch,
  most: number,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const length = base === null ? 0 : Number(await git.out('rev-list', '--count', base));
  const say = ['-m', 'Status'];
  const commit = (...parents: string[]) => git.out('commit-tree', tree, ...parents, ...say);
  const renewed = base !== null && length >= most ? await commit() : null;
  const lease = `--force-with-lease=${ref}:${base}`;
  if (renewed !== null && (await git.try('push', '--quiet', lease, remote, `${renewed}:${ref}`)) !== null) {
    await git.out('update-ref', OURS, renewed);
    await git.try('reflog', 'expire', '--expire=now', '--all');
    await git.try('gc', '--quiet', '--prune=now');
    return;
  }
  // If the host forbids that, keep the longer history.
  const next = await commit(...(base === null ? [] : ['-p', base]));
  await git.out('push', '--quiet', remote, `${next}:${ref}`);
  await git.out('update-ref', OURS, next);
  if (length % most === most - 1) await git.try('gc', '--quiet', '--prune=now');
}
