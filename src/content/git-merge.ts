// Two commits of the status folder become one tree: incident files by sections, all others as git does it.
import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Incident } from '../core/incident.ts';
import { parseIncident } from '../core/incident-file.ts';
import { type Merged, mergeIncident, type Side } from '../core/incident-merge.ts';
import { AUTHORS, blobsOf, GitFailure, type GitRun } from './git-run.ts';
import { isIncidentName } from './listing.ts';

/** A file that both sides changed in ways no rule can join. */
export interface Conflict {
  /** Relative to the repository. */
  readonly file: string;
  /** What in it: keys, sections; empty where only git's own merge knows. */
  readonly units: readonly string[];
}

export type MergedTree =
  | { readonly kind: 'tree'; readonly tree: string; readonly notes: readonly string[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] };

interface Commits {
  /** More than one where histories crossed. */
  readonly bases: readonly string[];
  readonly ours: string;
  readonly theirs: string;
}

/** What one side made of a file: `oid` null when it deleted it, `from` null when it added it. */
interface Change {
  readonly from: string | null;
  readonly path: string;
  readonly mode: string;
  readonly oid: string | null;
}

/** What is put into git's tree in place of what it made: null removes the file. */
type Edits = Map<string, { readonly mode: string; readonly oid: string } | null>;

/** Merges without a work tree. `incidents` is the folder within the repository, ended by a slash. */
export async function mergeTrees(git: GitRun, commits: Commits, incidents: string): Promise<MergedTree> {
  const { bases, ours, theirs } = commits;
  const merged = await gitsMerge(git, ours, theirs);
  const plan = new Plan();
  const notes: string[] = [];
  const [our, their] = await Promise.all([
    changesOf(git, bases[0]!, ours, incidents),
    changesOf(git, bases[0]!, theirs, incidents),
  ]);
  for (const [name, mine] of our) {
    const other = their.get(name);
    const done = other ? await mergeFile(git, commits, mine, other) : changed(mine);
    if (!done) for (const { path: file } of [mine, other!]) plan.left.add(file);
    else if (done.kind === 'conflict') plan.conflicts.set(mine.path, done.units);
    else plan.take(done.edits);
    notes.push(...(done?.notes ?? []).map(note => `${mine.path}: ${note}`));
  }
  for (const [name, change] of their) if (!our.has(name)) plan.take(changed(change).edits);
  const isOurs = (file: string) => file.startsWith(incidents) && isIncidentName(file) && !plan.left.has(file);
  for (const file of merged.conflicted) if (!isOurs(file)) plan.conflicts.set(file, []);
  if (plan.conflicts.size > 0) {
    return { kind: 'conflict', conflicts: [...plan.conflicts].map(([file, units]) => ({ file, units })) };
  }
  const { edits } = plan;
  return {
    kind: 'tree',
    tree: edits.size === 0 ? merged.tree : await edited(git, merged.tree, edits),
    notes,
  };
}

/**
 * What becomes of the incident files that either side changed. Even what git joins by itself is put into its tree:
 * it takes one outage for another that reads alike and was deleted, and would end the one with the other.
 */
class Plan {
  readonly edits: Edits = new Map();
  readonly conflicts = new Map<string, readonly string[]>();
  /** Files left to git. */
  readonly left = new Set<string>();

  take(edits: Edits): void {
    for (const [file, blob] of edits) {
      const known = this.edits.get(file);
      if (known && blob && known.oid !== blob.oid) this.conflicts.set(file, ['its name']);
      else if (!known || blob) this.edits.set(file, blob);
    }
  }
}

/** What only one side changed. */
function changed({ from, path: to, mode, oid }: Change): Extract<Done, { kind: 'edits' }> {
  const edits: Edits = new Map();
  if (from !== null) edits.set(from, null);
  edits.set(to, oid === null ? null : { mode, oid });
  return { kind: 'edits', edits, notes: [] };
}

/** git's own merge: its tree, and the files that are in conflict there. */
async function gitsMerge(
  git: GitRun,
  ours: string,
  theirs: string,
): Promise<{ tree: string; conflicted: ReadonlySet<string> }> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const printed = await git.out(...args).catch((error: GitFailure) => {
    if (error.code === 1) return error.printed.toString();
    if (!/usage: git merge-tree|unknown (rev|option)/.test(error.said)) throw error;
    throw new GitFailure('git is too old to merge', 'install git 2.38 or newer');
  });
  const [tree = '', ...files] = printed.split('\0');
  return { tree: tree.trim(), conflicted: new Set(files.filter(file => file.trim() !== '')) };
}

/** What a side did to incident files, by their name in the base (added ones: by their own). */
async function changesOf(
  git: GitRun,
  base: string,
  side: string,
  incidents: string,
): Promise<Map<string, Change>> {
  const words = (await git.out('diff-tree', '-r', '-z', '--no-renames', base, side)).split('\0');
  const found: Change[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [, mode = '', , oid = '', status = ''] = (words[at] as string).split(' ');
    const file = words[at + 1] as string;
    if (!file.startsWith(incidents) || !isIncidentName(file)) continue;
    const isGone = status === 'D';
    found.push({ from: status === 'A' ? null : file, path: file, mode, oid: isGone ? null : oid });
  }
  const known = new Map(found.map(change => [change.from ?? change.path, change]));
  for (const [gone, added] of await movedIn(git, base, found)) {
    known.delete(added.path);
    known.set(gone.path, { ...added, from: gone.path });
  }
  return known;
}

/**
 * Files deleted at one name and added at another: under the same name in another folder, or the same incident by
 * its beginning, source and title. How alike two texts are says nothing: so may be two outages.
 */
async function movedIn(
  git: GitRun,
  base: string,
  changes: readonly Change[],
): Promise<(readonly [gone: Change, added: Change])[]> {
  const gone = changes.filter(({ oid }) => oid === null);
  const added = changes.filter(({ from }) => from === null);
  if (gone.length === 0 || added.length === 0) return [];
  const texts = await textsOf(git, [
    ...gone.map(({ path: file }) => `${base}:${file}`),
    ...added.map(({ oid }) => oid!),
  ]);
  const marks = texts.map(text => text && markOf(parseIncident('', '', text).value));
  const pairs: (readonly [Change, Change])[] = [];
  const pair = (isSame: (one: number, other: number) => boolean) => {
    for (const [index, one] of gone.entries()) {
      const other = added.findIndex(
        (to, at) => !pairs.some(([a, b]) => a === one || b === to) && isSame(index, at),
      );
      if (other >= 0) pairs.push([one, added[other]!]);
    }
  };
  pair((one, other) => path.posix.basename(gone[one]!.path) === path.posix.basename(added[other]!.path));
  pair((one, other) => Boolean(marks[one]) && marks[one] === marks[gone.length + other]);
  return pairs;
}

function markOf(incident: Incident | null): string | null {
  return incident && JSON.stringify([incident.started, incident.openedBy, incident.title]);
}

type Done =
  | { readonly kind: 'edits'; readonly edits: Edits; readonly notes: readonly string[] }
  | (Extract<Merged, { kind: 'conflict' }> & { readonly notes: readonly string[] });

/** One file that both sides changed; null leaves it to git. */
async function mergeFile(git: GitRun, commits: Commits, ours: Change, theirs: Change): Promise<Done | null> {
  const { from } = ours;
  if (ours.oid === null && theirs.oid === null) return changed(ours);
  if (ours.oid === null || theirs.oid === null) return deleted(git, commits, ours, theirs);
  if (![ours.mode, theirs.mode].every(mode => mode.startsWith('100'))) return null;
  const names = new Set([ours.path, theirs.path].filter(name => name !== from));
  if (names.size > 1) return { kind: 'conflict', units: ['its name'], notes: [] };
  const [base, our, their] = [
    await baseText(git, commits, from),
    ...(await textsOf(git, [ours.oid, theirs.oid])),
  ];
  if (base === undefined || our == null || their == null) return null;
  let merged = mergeIncident(base, our, their);
  if (merged?.kind === 'conflict') {
    merged = mergeIncident(base, our, their, await machineSide(git, commits, ours, theirs));
  }
  if (!merged) return null;
  if (merged.kind === 'conflict') return { ...merged, notes: [] };
  const oid = (await git.fed(merged.text, 'hash-object', '-w', '--stdin')).toString().trim();
  return {
    ...changed({ from, path: [...names][0] ?? ours.path, mode: ours.mode, oid }),
    notes: merged.notes,
  };
}

/** An edit outlives a deletion, unless only the machine wrote into what a person deleted. */
async function deleted(git: GitRun, commits: Commits, ours: Change, theirs: Change): Promise<Done | null> {
  const [side, left] = ours.oid === null ? (['theirs', theirs] as const) : (['ours', ours] as const);
  const [before, after] = [await baseText(git, commits, left.from), (await textsOf(git, [left.oid!]))[0]];
  if (before === undefined || after == null) return null;
  const isDeleted = before === after || (await isMachines(git, commits, side, left));
  if (!isDeleted) {
    return { ...changed(left), notes: ['it was deleted by one side and edited by the other, and stays'] };
  }
  return {
    kind: 'edits',
    edits: new Map([...changed(left).edits.keys()].map(file => [file, null])),
    notes: [],
  };
}

/** The text both sides began with: null where they did not, undefined where it is no text. */
async function baseText(
  git: GitRun,
  { bases }: Commits,
  file: string | null,
): Promise<string | null | undefined> {
  if (file === null) return null;
  const texts = new Set(
    await textsOf(
      git,
      bases.map(base => `${base}:${file}`),
    ),
  );
  // Of histories that crossed nobody knows what was deleted since: then nothing was.
  return texts.size > 1 ? null : ([...texts][0] ?? undefined);
}

async function machineSide(
  git: GitRun,
  commits: Commits,
  ours: Change,
  theirs: Change,
): Promise<Side | null> {
  // Of two machines the other one gives way.
  if (await isMachines(git, commits, 'theirs', theirs)) return 'theirs';
  return (await isMachines(git, commits, 'ours', ours)) ? 'ours' : null;
}

/** Whether nobody but the machine changed the file on that side. */
async function isMachines(
  git: GitRun,
  commits: Commits,
  side: Side,
  { from, path: to }: Change,
): Promise<boolean> {
  const range = [commits[side], ...commits.bases.map(base => `^${base}`)];
  const files = [...new Set([from ?? to, to])];
  const authors = await git.out('log', '--format=%ae', ...range, '--', ...files);
  return authors !== '' && authors.split('\n').every(email => email === AUTHORS.machine);
}

/** The texts of blobs; null for one that is not there or is no text. */
async function textsOf(git: GitRun, names: readonly string[]): Promise<(string | null)[]> {
  const blobs = await blobsOf(git, names);
  return blobs.map(bytes => (bytes && isUtf8(bytes) ? bytes.toString() : null));
}

/** The tree with our files in it, made in an index of its own. */
async function edited(git: GitRun, tree: string, edits: Edits): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'status-live-merge-'));
  try {
    const apart = git.with({ GIT_INDEX_FILE: path.join(folder, 'index') });
    await apart.out('read-tree', tree);
    const lines = [...edits].map(([file, blob]) =>
      blob ? `${blob.mode} ${blob.oid}\t${file}\0` : `0 ${'0'.repeat(tree.length)}\t${file}\0`,
    );
    await apart.fed(lines.join(''), 'update-index', '-z', '--index-info');
    return await apart.out('write-tree');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
