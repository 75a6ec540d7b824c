// What is the server's own to commit: files it filed, and what was written by its API. A person's words stay theirs.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Problem } from '../../core/model/problem.ts';
import { isIncidentName } from '../listing.ts';
import { textsOf } from './changes.ts';
import { type Edits, edited } from './merge.ts';
import { AUTHORS, type GitRun, oidOf, quoted, signed } from './run.ts';
import { commandsFor, type Place } from './work-tree.ts';

export type Author = keyof typeof AUTHORS;

export interface OwnFile {
  /** Relative to the incidents folder. */
  readonly name: string;
  readonly author: Author;
  /** The text it had before; null when it was to be made. */
  readonly before: string | null;
  /** The text as it was to be, without what people wrote meanwhile; null after a crash: what the file holds. */
  readonly after: string | null;
}

export interface Owned {
  /** What is not known to be committed. */
  list(): readonly OwnFile[];
  /** Told of those that are, or that need not be. */
  forget(names: readonly string[]): Promise<void>;
  /** Files of the machine, which it may have forgotten writing: committed only if git knows nothing of them. */
  readonly new: readonly string[];
}

interface Pending extends OwnFile {
  /** Relative to the repository. */
  readonly file: string;
  /** The text to commit; null when ours cannot be told from a person's. */
  readonly text: string | null;
  readonly isWhole: boolean;
}

/**
 * Commits our part of those files that git sees changed, and nothing else that may be changed or staged. What was
 * to be written and never was, because the process ended first, is forgotten; so is what is committed already.
 */
export async function commitOwn(
  git: GitRun,
  { top, incidents }: Place,
  owned: Owned,
): Promise<{ committed: string[]; problems: Problem[] }> {
  // A folder that is away comes back, with its files.
  if (!existsSync(path.join(top, incidents))) return { committed: [], problems: [] };
  const states = await statesOf(git, incidents);
  const fresh = new Set(owned.new.filter(name => states.get(incidents + name) === '??'));
  // What the machine filed and git knows nothing of is all to be committed, whatever was forgotten of it.
  const listed = owned.list().map(one => (fresh.has(one.name) ? { ...one, before: null } : one));
  const known = new Set(listed.map(({ name }) => name));
  const filed = [...fresh].filter(name => !known.has(name));
  const all = [
    ...listed,
    ...filed.map(name => ({ name, author: 'machine', before: null, after: null }) as const),
  ];
  const found = all.filter(({ name }) => states.has(incidents + name));
  const { pending, unread } = await ownParts(git, top, incidents, found, states);
  const names = new Set([...pending.map(({ name }) => name), ...unread]);
  if (existsSync(path.join(top, incidents)))
    await owned.forget(listed.flatMap(({ name }) => (names.has(name) ? [] : [name])));
  const committed: string[] = [];
  for (const author of Object.keys(AUTHORS) as Author[]) {
    const as = git.with(signed(AUTHORS[author]));
    const mine = pending.filter(one => one.author === author && one.text !== null);
    for (const [some, commit] of [
      [mine.filter(one => one.isWhole), commitWhole],
      [mine.filter(one => !one.isWhole), commitParts],
    ] as const) {
      if (some.length === 0) continue;
      const said = some.map(({ name }) => path.basename(name, '.md')).join(', ');
      await commit(as, some, `Status: ${said.length > 60 ? `${some.length} incidents` : said}`);
      await owned.forget(some.map(({ name }) => name));
      committed.push(...some.map(({ file }) => file));
    }
  }
  const stuck = pending.flatMap(({ text, file }) => (text === null ? [file] : []));
  return { committed, problems: stuck.map(file => mixed(top, file)) };
}

async function ownParts(
  git: GitRun,
  top: string,
  incidents: string,
  found: readonly OwnFile[],
  states: ReadonlyMap<string, string>,
): Promise<{ readonly pending: readonly Pending[]; readonly unread: ReadonlySet<string> }> {
  const unread = new Set<string>();
  if (found.length === 0) return { pending: [], unread };
  const names = found.map(({ name }) => `HEAD:${incidents}${name}`);
  const heads = await textsOf(git, names);
  const pending: Pending[] = [];
  for (const [index, one] of found.entries()) {
    const file = incidents + one.name;
    const there = await readFile(path.join(top, file), 'utf8').catch(() => null);
    if (there === one.before) continue;
    if (there === null) {
      // Deleted by a person, or moved away with its folder at this very moment: not known, and not forgotten.
      unread.add(one.name);
      continue;
    }
    const part = ownPart(heads[index] ?? null, one.before, one.after ?? there);
    const isAlone = async () =>
      (one.after ?? there) === there && (await isSinceCommit(git, file, one, states));
    const text = part ?? ((await isAlone()) ? there : null);
    if (text === null || text !== heads[index]) {
      pending.push({ ...one, file, text, isWhole: text === there });
    }
  }
  return { pending, unread };
}

/** What was committed last with our change in it, and without edits that nobody committed. */
function ownPart(head: string | null, before: string | null, after: string): string | null {
  if (head === before) return after;
  if (head === null) return null;
  const merged = mergeIncident(before, head, after);
  return merged?.kind === 'merged' ? merged.text : null;
}

/**
 * Whether what was noted is older than HEAD, which holds a part of ours already, as a note does that outlives its
 * commit. What the file held first was committed, or nothing; and HEAD did not move without the file.
 */
async function isSinceCommit(
  git: GitRun,
  file: string,
  { before }: OwnFile,
  states: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (!states.get(file)?.startsWith(' ')) return false;
  if (before === null) return true;
  const oid = (await git.fed(before, 'hash-object', `--path=${file}`, '--stdin')).toString().trim();
  const log = ['log', '-1', '--format=%h', '--full-history', `--find-object=${oid}`];
  return Boolean(await git.try(...log, '--', file));
}

async function commitWhole(git: GitRun, some: readonly Pending[], message: string): Promise<void> {
  const files = some.map(({ file }) => file);
  await git.out('add', '--', ...files);
  await git.out('commit', '--quiet', '--only', '-m', message, '--', ...files);
}

/** Commits what the files do not hold as it is; they, and what a person staged, stay as they are. */
async function commitParts(git: GitRun, some: readonly Pending[], message: string): Promise<void> {
  const head = await oidOf(git, 'HEAD');
  const edits: Edits = new Map();
  for (const { file, text } of some) {
    const last = head === null ? '' : await git.out('ls-tree', head, '--', file);
    const [mode = '100644', , old = ''] = last === '' ? [] : last.split(/\s/);
    const oid = (await git.fed(text!, 'hash-object', '-w', `--path=${file}`, '--stdin')).toString().trim();
    edits.set(file, { mode, oid });
    // The index first: were it behind, a person's next commit would take ours back.
    const [, staged = ''] = (await git.out('ls-files', '--stage', '--', file)).split(' ');
    if (staged === old) await git.out('update-index', '--add', '--cacheinfo', `${mode},${oid},${file}`);
    else if (staged !== oid) await git.out('add', '--', file);
  }
  const tree = await edited(git, head && (await git.out('rev-parse', `${head}^{tree}`)), edits);
  const commit = await git.out('commit-tree', tree, ...(head === null ? [] : ['-p', head]), '-m', message);
  await git.out('update-ref', '-m', 'commit: Status Live', 'HEAD', commit, head ?? '');
}

function mixed(top: string, file: string): Problem {
  const what =
    'it holds what the server wrote and edits that are not committed, and the two cannot be told apart: only this server has them';
  return { level: 'warning', where: path.join(top, file), what, fix: commandsFor(top, file) };
}

/** Of more files than this, the folder is named. */
const MAX_NAMED = 10;

/**
 * What nobody committed: incident files that git does not know, and those, or status.yaml, that were edited or
 * deleted by hand or by a command that could not commit. What is `owned` the server commits with its next pull.
 */
export async function onlyHere(
  git: GitRun,
  { top, incidents }: Place,
  owned: Pick<Owned, 'list'>,
): Promise<Problem[]> {
  const own = new Set(owned.list().map(({ name }) => incidents + name));
  const site = path.posix.join(path.posix.dirname(incidents), 'status.yaml');
  const states = await changedIn(git, incidents, site);
  const open = states.filter(([file, state]) => state !== '??' || isOneOf(incidents, file));
  const left = open.filter(([file]) => !own.has(file));
  const within = left.filter(([file]) => file.startsWith(incidents));
  const many = within.length > MAX_NAMED;
  const named = many ? left.filter(one => !within.includes(one)) : left;
  const problems = named.map(([file, state]): Problem => {
    const what =
      state === '??'
        ? 'it is not committed: only this server has it'
        : 'it was edited or deleted, and that is not committed: only this server knows of it';
    return { level: 'warning', where: path.join(top, file), what, fix: commandsFor(top, file) };
  });
  if (!many) return problems;
  const [folder, at] = [incidents.replace(/\/$/, ''), `git -C ${quoted(top)}`];
  const what = `${within.length} files in it are not committed: only this server has them`;
  const fix = `look at them, then: ${at} add -- ${quoted(folder)} && ${at} commit -m Status --only -- ${quoted(folder)}`;
  return [...problems, { level: 'warning', where: path.join(top, folder), what, fix }];
}

function isOneOf(incidents: string, file: string): boolean {
  return file.startsWith(incidents) && isIncidentName(file);
}

/** What git sees changed there: `??` for a file it does not know. */
async function changedIn(
  git: GitRun,
  ...within: string[]
): Promise<(readonly [file: string, state: string])[]> {
  const args = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', ...within];
  const lines = (await git.out(...args)).split('\0').filter(line => line !== '');
  return lines.map(line => [line.slice(3), line.slice(0, 2)] as const);
}

/** What git sees changed in the incidents folder. Files that are gone are not named. */
async function statesOf(git: GitRun, incidents: string): Promise<Map<string, string>> {
  const changed = await changedIn(git, incidents);
  return new Map(changed.filter(([file, state]) => state[1] !== 'D' && file.startsWith(incidents)));
}
