// What git knows of each incident file: who committed which version when, and what it changed.
import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { changesBetween, type Revision } from '../core/history.ts';
import type { Incident } from '../core/incident.ts';
import { parseIncident } from '../core/incident-file.ts';
import { makeGitRun } from './git-run.ts';

/** Revisions by incident id, newest first. */
export type Histories = ReadonlyMap<string, readonly Revision[]>;

/** More commits than this are not looked through; the newest are. */
const MOST_COMMITS = 20_000;
/** So many versions are read from git at once. */
const BATCH = 500;

interface Commit {
  readonly commit: string;
  readonly at: number;
  readonly author: string;
  /** Relative to the repository. */
  readonly file: string;
}

/**
 * Reads the history of the incidents folder when HEAD moved since the last call; only files with new
 * commits are read again. The same object comes back when nothing changed; empty without git.
 */
export function openHistory(dir: string, variables: Readonly<Record<string, string | undefined>>) {
  const git = makeGitRun(dir, variables);
  let head: string | null = null;
  let current: Histories = new Map();
  return async (): Promise<Histories> => {
    // Starting a process keeps every request waiting for some milliseconds: not where there is nothing to ask.
    const now = (await isInRepository(dir))
      ? await git.try('rev-parse', '--verify', '--quiet', 'HEAD')
      : null;
    if (now === head) return current;
    const log = now === null ? '' : await logOf(git);
    const next = new Map<string, readonly Revision[]>();
    const stale: (readonly [string, readonly Commit[]])[] = [];
    for (const [id, commits] of byId(log)) {
      const known = current.get(id);
      if (known?.[0]?.commit === commits[0]?.commit && known) next.set(id, known);
      else stale.push([id, commits]);
    }
    for (const [id, commits] of stale) {
      next.set(
        id,
        commits.length === 1
          ? [revision(commits[0] as Commit, undefined, null)]
          : await revisions(git, id, commits),
      );
    }
    head = now;
    current = next;
    return current;
  };
}

/** Whether git would find a repository in `dir` or above it. */
async function isInRepository(dir: string): Promise<boolean> {
  let place = await realpath(dir).catch(() => null);
  while (place !== null) {
    const found = await access(path.join(place, '.git')).then(
      () => true,
      () => false,
    );
    if (found) return true;
    const above = path.dirname(place);
    place = above === place ? null : above;
  }
  return false;
}

function logOf(git: ReturnType<typeof makeGitRun>): Promise<string> {
  const format = '--format=%x01%H%x02%ct%x02%an';
  return git.out(
    'log',
    format,
    '--name-only',
    '--no-renames',
    '--no-merges',
    `--max-count=${MOST_COMMITS}`,
    '--',
    'incidents',
  );
}

function byId(log: string): Map<string, Commit[]> {
  const found = new Map<string, Commit[]>();
  for (const entry of log.split('\x01').slice(1)) {
    const [head = '', ...names] = entry.split('\n');
    const [commit = '', at = '0', author = ''] = head.split('\x02');
    for (const file of names.filter(name => /\.md$/i.test(name))) {
      const id = path.basename(file).replace(/\.md$/i, '');
      const list = found.get(id) ?? [];
      list.push({ commit, at: Number(at) * 1000, author, file });
      found.set(id, list);
    }
  }
  return found;
}

async function revisions(
  git: ReturnType<typeof makeGitRun>,
  id: string,
  commits: readonly Commit[],
): Promise<Revision[]> {
  const oldestFirst = [...commits].reverse();
  const made: Revision[] = [];
  let before: Incident | null | undefined;
  for (let start = 0; start < oldestFirst.length; start += BATCH) {
    const batch = oldestFirst.slice(start, start + BATCH);
    const texts = await contents(git, batch);
    for (const [index, commit] of batch.entries()) {
      const text = texts[index];
      const after = text == null ? null : parseIncident(commit.file, id, text).value;
      made.push(revision(commit, before, after));
      before = text == null ? undefined : after;
    }
  }
  return made.reverse();
}

function revision(
  { commit, at, author }: Commit,
  before: Incident | null | undefined,
  after: Incident | null,
): Revision {
  return { commit, at, author, changes: changesBetween(before, after) };
}

/** The text of each version; null where the commit deleted it. */
async function contents(
  git: ReturnType<typeof makeGitRun>,
  commits: readonly Commit[],
): Promise<(string | null)[]> {
  const asked = commits.map(({ commit, file }) => `${commit}:${file}\n`).join('');
  const answer = await git.fed(asked, 'cat-file', '--batch');
  let at = 0;
  return commits.map(() => {
    const end = answer.indexOf(10, at);
    const header = answer.subarray(at, end).toString();
    at = end + 1;
    const size = / blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) return null;
    const text = answer.subarray(at, at + Number(size)).toString();
    at += Number(size) + 1;
    return text;
  });
}
