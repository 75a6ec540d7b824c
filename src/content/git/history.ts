// Reads the history of incident files from git: who committed which version when, and what changed.
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { changesBetween, type Revision } from '../../core/incidents/history.ts';
import type { Incident } from '../../core/model/incident.ts';
import { boundsOf } from '../incidents/listing.ts';
import { blobsOf, type GitRun, makeGitRun, oidOf } from './run.ts';

/** Revisions by incident id, newest first. */
export type Histories = ReadonlyMap<string, readonly Revision[]>;

/** The most commits that are read, newest first. */
const MAX_COMMITS = 20_000;
const BATCH = 500;

interface Commit {
  readonly commit: string;
  readonly at: number;
  readonly author: string;
  /** Relative to the repository. */
  readonly file: string;
}

/** Returns a function that reads the history if HEAD changed, else the same object; empty without git. */
export function openHistory(dir: string, variables: Readonly<Record<string, string | undefined>>) {
  const git = makeGitRun(dir, variables);
  let head: string | null = null;
  let current: Histories = new Map();
  return async (): Promise<Histories> => {
    // Starting a process blocks every request for some milliseconds: not without a repository.
    const now = (await isInRepository(dir)) ? await oidOf(git, 'HEAD') : null;
    if (now === head) return current;
    const log = now === null ? '' : await logOf(git, dir);
    const next = new Map<string, readonly Revision[]>();
    const stale: (readonly [string, readonly Commit[]])[] = [];
    for (const [id, commits] of byId(log)) {
      const known = current.get(id);
      if (known?.[0]?.commit === commits[0]?.commit && known) next.set(id, known);
      else stale.push([id, commits]);
    }
    for (const [id, commits] of stale) {
      const [only, ...others] = commits as [Commit, ...Commit[]];
      next.set(id, others.length > 0 ? await revisions(git, id, commits) : [revision(only, undefined, null)]);
    }
    head = now;
    current = next;
    return current;
  };
}

async function isInRepository(dir: string): Promise<boolean> {
  let place = await realpath(dir).catch(() => null);
  while (place !== null) {
    if (existsSync(path.join(place, '.git'))) return true;
    const above = path.dirname(place);
    place = above === place ? null : above;
  }
  return false;
}

async function logOf(git: GitRun, dir: string): Promise<string> {
  const bounds = await boundsOf(path.join(dir, 'incidents'));
  const led = bounds ? [path.relative(bounds.status, bounds.root) || '.'] : [];
  const names = ['--name-only', '--no-renames', '--no-merges', `--max-count=${MAX_COMMITS}`];
  return git.out('log', '--format=%x01%H%x02%ct%x02%an', ...names, '--', 'incidents', ...led);
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

async function revisions(git: GitRun, id: string, commits: readonly Commit[]): Promise<Revision[]> {
  const oldestFirst = [...commits].reverse();
  const made: Revision[] = [];
  const read = (file: string, text: string | null | undefined) =>
    text == null ? undefined : parseIncident(file, id, text).value;
  let last: Incident | null | undefined;
  for (let start = 0; start < oldestFirst.length; start += BATCH) {
    const batch = oldestFirst.slice(start, start + BATCH);
    // Compare with the parent commit, not with the next in the list: histories may branch and merge.
    const names = batch.flatMap(({ commit, file }) => [`${commit}:${file}`, `${commit}^:${file}`]);
    const texts = (await blobsOf(git, names)).map(bytes => bytes?.toString());
    for (const [index, commit] of batch.entries()) {
      const [text, parent] = texts.slice(2 * index);
      const after = read(commit.file, text);
      // When moved from another folder, the parent does not have this name.
      const before = parent == null ? last : read(commit.file, parent);
      made.push(revision(commit, before, after ?? null));
      last = after;
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
