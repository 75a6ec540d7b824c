// Merges two commits of the status folder into one tree: incident files by section, other files as git does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Merged, mergeIncident, type Side } from '../../core/incidents/merge/merge.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { type FileChange, incidentFileChanges } from './changes.ts';
import { AUTHORS, filesIn, GitFailure, type GitRun, textsOf } from './run.ts';

/** A file that both sides changed and the rules cannot merge. */
export interface Conflict {
  /** Where it must be merged, relative to the repository. */
  readonly file: string;
  /** Its path on our side. */
  readonly here: string;
  /** Other names of the same file. */
  readonly also: readonly string[];
  /** The conflicting keys and sections; empty when only git's merge has the conflict. */
  readonly units: readonly string[];
}

export type MergedTree =
  | { readonly kind: 'tree'; readonly tree: string; readonly notes: readonly string[] }
  | {
      readonly kind: 'conflict';
      readonly conflicts: readonly Conflict[];
      /**
       * Where git's merge would not do the same: changes to both commits, after which it conflicts in those files only,
       * each under one name. Null when it would.
       */
      readonly sides: { readonly ours: Edits; readonly theirs: Edits } | null;
    };

export interface Commits {
  /** Several when histories crossed. */
  readonly bases: readonly string[];
  readonly ours: string;
  readonly theirs: string;
  /** Commits of our side that came from the remote and are no longer there (rewritten.ts). */
  readonly gone?: ReadonlySet<string>;
}

/** Changes to git's tree; null removes the file. */
export type Edits = Map<string, { readonly mode: string; readonly oid: string } | null>;

/**
 * Merges without a work tree.
 * @param incidents the folder in the repository, with a slash at the end.
 */
export async function mergeTrees(git: GitRun, commits: Commits, incidents: string): Promise<MergedTree> {
  const { bases, ours, theirs } = commits;
  const merged = await gitsMerge(git, ours, theirs);
  const plan = new MergePlan();
  const notes: string[] = [];
  const [our, their] = await Promise.all([
    incidentFileChanges(git, bases[0]!, ours, incidents),
    incidentFileChanges(git, bases[0]!, theirs, incidents),
  ]);
  for (const [name, mine] of our) {
    const other = their.get(name);
    const done = other ? await mergeFile({ git, ...commits }, mine, other) : changed(mine);
    if (!done) for (const { path: file } of [mine, other!]) plan.left.add(file);
    else if (done.kind === 'conflict') plan.stop(done.units, mine, other!);
    else plan.take(done.edits);
    const perhaps = mine.perhaps ?? other?.perhaps;
    const unsure =
      other && perhaps ? [`${perhaps} may be the same incident, and was not merged with it`] : [];
    notes.push(...[...(done?.notes ?? []), ...unsure].map(note => `${mine.path}: ${note}`));
  }
  for (const [name, change] of their) if (!our.has(name)) plan.take(changed(change).edits);
  const isOurs = (file: string) => file.startsWith(incidents) && isIncidentName(file) && !plan.left.has(file);
  for (const file of merged.conflicted)
    if (!isOurs(file)) plan.conflicts.set(file, { units: [], names: [file], changes: null });
  // A person's merge needs the base that a rewritten branch was given.
  const isApart = commits.gone !== undefined;
  if (plan.conflicts.size > 0)
    return plan.stopped(await filesIn(git, merged.tree), merged.conflicted, isApart);
  const { edits } = plan;
  return {
    kind: 'tree',
    tree: edits.size === 0 ? merged.tree : await edited(git, merged.tree, edits),
    notes,
  };
}

/**
 * The result for the incident files that either side changed. It replaces even what git merges without conflict: git
 * finds renamed files by similar lines, and could end the wrong outage (changes.ts finds them by their updates).
 */
class MergePlan {
  readonly edits: Edits = new Map();
  /** By the path to merge at; `names`: its paths in the base and on both sides, ours first. */
  readonly conflicts = new Map<
    string,
    {
      readonly units: readonly string[];
      readonly names: readonly string[];
      readonly changes: readonly [ours: FileChange, theirs: FileChange] | null;
    }
  >();
  readonly left = new Set<string>();

  take(edits: Edits): void {
    for (const [file, blob] of edits) {
      const known = this.edits.get(file);
      if (known && blob && known.oid !== blob.oid)
        this.conflicts.set(file, { units: ['its name'], names: [file], changes: null });
      else if (!known || blob) this.edits.set(file, blob);
    }
  }

  stop(units: readonly string[], ours: FileChange, theirs: FileChange): void {
    const names = [ours.path, theirs.path, ours.from].filter(name => name !== null);
    const file = names.find(name => name !== ours.from) ?? ours.path;
    this.conflicts.set(file, { units, names, changes: [ours, theirs] });
  }

  /** @param mergedBlobs the blobs of the tree that git's merge makes. */
  stopped(
    mergedBlobs: ReadonlyMap<string, string>,
    conflicted: ReadonlySet<string>,
    isApart: boolean,
  ): MergedTree {
    const isThere = (name: string) => mergedBlobs.has(name) || conflicted.has(name);
    const conflicts = [...this.conflicts].map(([file, { units, names }]) => {
      const also = [...new Set(names)].filter(name => name !== file && isThere(name));
      return { file, here: names[0]!, units, also };
    });
    const stopped = new Set(conflicts.flatMap(({ file, also }) => [file, ...also]));
    const rest = [...this.edits].filter(([file]) => !stopped.has(file));
    const isMergedByGit = rest.every(([file, blob]) =>
      blob ? mergedBlobs.get(file) === blob.oid && !conflicted.has(file) : !isThere(file),
    );
    // Otherwise all of them: a moved file's old name, left on one side, would collide with its new one.
    if (!isApart && isMergedByGit && conflicts.every(({ also }) => also.length === 0))
      return { kind: 'conflict', conflicts, sides: null };
    const [ours, theirs] = ([0, 1] as const).map((side): Edits => {
      const moved = [...this.conflicts].flatMap(([file, { names, changes }]) =>
        changes ? [...names.map(name => [name, null] as const), [file, entryOf(changes[side])] as const] : [],
      );
      return new Map([...rest, ...moved]);
    }) as [Edits, Edits];
    return { kind: 'conflict', conflicts, sides: { ours, theirs } };
  }
}

function entryOf({ mode, oid }: FileChange) {
  return oid === null ? null : { mode, oid };
}

function changed(change: FileChange): Extract<Done, { kind: 'edits' }> {
  const edits: Edits = new Map();
  if (change.from !== null) edits.set(change.from, null);
  edits.set(change.path, entryOf(change));
  return { kind: 'edits', edits, notes: [] };
}

/** git's merge: its tree and its conflicting files. */
export async function gitsMerge(
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

type Merging = Commits & { readonly git: GitRun };

type Done =
  | { readonly kind: 'edits'; readonly edits: Edits; readonly notes: readonly string[] }
  | (Extract<Merged, { kind: 'conflict' }> & { readonly notes: readonly string[] });

/** Merges a file that both sides changed; null leaves it to git. */
async function mergeFile(merging: Merging, ours: FileChange, theirs: FileChange): Promise<Done | null> {
  const { git } = merging;
  const { from } = ours;
  if (ours.oid === null && theirs.oid === null) return changed(ours);
  if (ours.oid === null || theirs.oid === null) return deleted(merging, ours, theirs);
  if (![ours.mode, theirs.mode].every(mode => mode.startsWith('100'))) return null;
  const names = new Set([ours.path, theirs.path].filter(name => name !== from));
  if (names.size > 1) return { kind: 'conflict', units: ['its name'], notes: [] };
  const base = await baseText(merging, from);
  const [our, their] = await textsOf(git, [ours.oid, theirs.oid]);
  if (base === undefined || our == null || their == null) return null;
  let merged = mergeIncident(base, our, their);
  if (merged?.kind === 'conflict')
    merged = mergeIncident(base, our, their, await machineSide(merging, ours, theirs));
  if (!merged) return null;
  if (merged.kind === 'conflict') return { ...merged, notes: [] };
  const oid = (await git.fed(merged.text, 'hash-object', '-w', '--stdin')).toString().trim();
  return {
    ...changed({ from, path: [...names][0] ?? ours.path, mode: ours.mode, oid }),
    notes: merged.notes,
  };
}

/** An edit wins over a deletion, unless only the machine edited what a person deleted and did not perhaps move. */
async function deleted(merging: Merging, ours: FileChange, theirs: FileChange): Promise<Done | null> {
  const [side, left] = ours.oid === null ? (['theirs', theirs] as const) : (['ours', ours] as const);
  const before = await baseText(merging, left.from);
  const [after] = await textsOf(merging.git, [left.oid!]);
  if (before === undefined || after == null) return null;
  const isMoved = (ours.perhaps ?? theirs.perhaps) !== undefined;
  const isDeleted =
    before === after || (!isMoved && (await isChangedOnlyBy(merging, [AUTHORS.machine], side, left)));
  return isDeleted
    ? changed({ ...left, oid: null })
    : { ...changed(left), notes: ['one side deleted it, the other edited it: it is kept'] };
}

/** The text in the merge base: null when there is none, undefined when it is not text. */
async function baseText({ git, bases }: Merging, file: string | null): Promise<string | null | undefined> {
  if (file === null) return null;
  const names = bases.map(base => `${base}:${file}`);
  const texts = new Set(await textsOf(git, names));
  // Crossed histories: it is unclear what was deleted, so nothing was.
  return texts.size > 1 ? null : ([...texts][0] ?? undefined);
}

async function machineSide(merging: Merging, ours: FileChange, theirs: FileChange): Promise<Side | null> {
  // If both sides are programs, theirs yields. Changes by API yield to a person's commit too.
  const programs = Object.values(AUTHORS);
  if (await isChangedOnlyBy(merging, programs, 'theirs', theirs)) return 'theirs';
  return (await isChangedOnlyBy(merging, programs, 'ours', ours)) ? 'ours' : null;
}

/** Whether only these authors (email addresses) changed the file on that side. */
async function isChangedOnlyBy(
  merging: Merging,
  authors: readonly string[],
  side: Side,
  { from, path: to }: FileChange,
): Promise<boolean> {
  const range = [merging[side], ...merging.bases.map(base => `^${base}`)];
  const files = [...new Set([from ?? to, to])];
  const found = await merging.git.out('log', '--format=%H %ae', ...range, '--', ...files);
  const commits = found === '' ? [] : found.split('\n').map(line => line.split(' ') as [string, string]);
  const left = commits.filter(([commit]) => !merging.gone?.has(commit));
  return left.length > 0 && left.every(([, email]) => authors.includes(email));
}

/** The tree (null: an empty one) with these changes, made in a temporary index. */
export async function edited(git: GitRun, tree: string | null, edits: Edits): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'status-live-merge-'));
  try {
    const apart = git.with({ GIT_INDEX_FILE: path.join(folder, 'index') });
    await apart.out('read-tree', tree ?? '--empty');
    const lines = [...edits].map(([file, blob]) =>
      blob ? `${blob.mode} ${blob.oid}\t${file}\0` : `0 ${'0'.repeat(tree?.length ?? 40)}\t${file}\0`,
    );
    await apart.fed(lines.join(''), 'update-index', '-z', '--index-info');
    return await apart.out('write-tree');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
