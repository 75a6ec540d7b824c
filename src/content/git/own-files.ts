// What is the server's own to commit: files it filed, and what was written by its API. A person's words stay theirs.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Problem } from '../../core/model/problem.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { type Edits, edited } from './merge.ts';
import { AUTHORS, blobsOf, type GitRun, oidOf, quoted, signed } from './run.ts';
import { commandsFor, nameInGit, type WorkTree } from './work-tree.ts';

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
  /** What the file holds. */
  readonly there: string;
}

/**
 * Commits our part of those files that git sees changed, and nothing else that may be changed or staged. A note is
 * forgotten only for what git says: that HEAD holds it, or that it ignores the file. A file that is not there may be
 * away with its folder, so its note stays.
 */
export async function commitOwn(
  git: GitRun,
  place: WorkTree,
  owned: Owned,
): Promise<{ committed: string[]; problems: Problem[] }> {
  const { top, incidents } = place;
  const listed = owned.list();
  const files = await filesOf(place, [...listed.map(({ name }) => name), ...owned.new]);
  const linked = [...files.values()]
    .filter(file => !file.startsWith(incidents))
    .map(file => path.posix.dirname(file));
  const states = new Map(await changedIn(git, incidents, ...new Set(linked)));
  const fresh = new Set(owned.new.filter(name => states.get(files.get(name) ?? '') === '??'));
  const known = new Set(listed.map(({ name }) => name));
  const all: OwnFile[] = [
    // What the machine filed and git knows nothing of is all to be committed, whatever was forgotten of it.
    ...listed.map(one => (fresh.has(one.name) ? { ...one, before: null } : one)),
    ...[...fresh]
      .filter(name => !known.has(name))
      .map(name => ({ name, author: 'machine', before: null, after: null }) as const),
  ];
  const { pending, done } = await ownParts(git, top, all, files, states);
  await owned.forget(done);
  const committed: string[] = [];
  for (const author of Object.keys(AUTHORS) as Author[]) {
    const as = git.with(signed(AUTHORS[author]));
    const mine = pending.filter(one => one.author === author && one.text !== null);
    if (mine.length === 0) continue;
    const said = mine.map(({ name }) => path.basename(name, '.md')).join(', ');
    await commit(as, mine, `Status: ${said.length > 60 ? `${mine.length} incidents` : said}`);
    await owned.forget(mine.map(({ name }) => name));
    committed.push(...mine.map(({ file }) => file));
  }
  const stuck = pending.flatMap(({ text, file }) => (text === null ? [file] : []));
  return { committed, problems: stuck.map(file => mixed(top, file)) };
}

/** Where git has these files of the incidents folder; without those whose folder is away. */
async function filesOf({ top, incidents }: WorkTree, names: readonly string[]): Promise<Map<string, string>> {
  const folders = new Map<string, string | null>();
  const files = new Map<string, string>();
  for (const name of names) {
    const below = path.posix.dirname(name);
    if (!folders.has(below)) {
      const folder = await nameInGit(top, path.join(top, incidents, below, 'any'));
      folders.set(below, folder && path.posix.dirname(folder));
    }
    const folder = folders.get(below);
    if (folder) files.set(name, path.posix.join(folder, path.posix.basename(name)));
  }
  return files;
}

async function ownParts(
  git: GitRun,
  top: string,
  all: readonly OwnFile[],
  files: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, string>,
): Promise<{ readonly pending: readonly Pending[]; readonly done: readonly string[] }> {
  const found = all.filter(({ name }) => files.has(name));
  const pending: Pending[] = [];
  const done: string[] = [];
  if (found.length === 0) return { pending, done };
  const heads = await blobsOf(
    git,
    found.map(({ name }) => `HEAD:${files.get(name)}`),
  );
  for (const [index, one] of found.entries()) {
    const file = files.get(one.name)!;
    const state = states.get(file);
    if (state === undefined) {
      const isDone = heads[index] !== null || (await ignoredIn(git, file)).length > 0;
      if (isDone) done.push(one.name);
      continue;
    }
    const there = await readFile(path.join(top, file), 'utf8').catch(() => null);
    if (there === null) continue;
    if (there === one.before) {
      done.push(one.name);
      continue;
    }
    const blob = heads[index] ?? null;
    // A link that we wrote over: what it led to is what stood there.
    const head = state[1] === 'T' ? one.before : blob && isUtf8(blob) ? blob.toString() : null;
    const part = ownPart(head, one.before, one.after ?? there);
    const isAlone = async () =>
      (one.after ?? there) === there && (await isSinceCommit(git, file, one, states));
    const text = part ?? ((await isAlone()) ? there : null);
    if (text !== null && text === blob?.toString()) done.push(one.name);
    else pending.push({ ...one, file, text, there });
  }
  return { pending, done };
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

/**
 * Commits the texts, whatever the files hold by now: a folder that is away at this moment is no deletion. They, and
 * what a person staged, stay as they are.
 */
async function commit(git: GitRun, some: readonly Pending[], message: string): Promise<void> {
  const head = await oidOf(git, 'HEAD');
  const edits: Edits = new Map();
  for (const { file, text, there } of some) {
    const last = head === null ? '' : await git.out('ls-tree', head, '--', file);
    const [mode = '', , old = ''] = last.split(/\s/);
    const made = { mode: mode === '100755' ? mode : '100644', oid: await written(git, file, text!) };
    if (made.oid !== old || made.mode !== mode) edits.set(file, made);
    // The index first: were it behind, a person's next commit would take ours back.
    const [, staged = ''] = (await git.out('ls-files', '--stage', '--', file)).split(' ');
    if (staged === made.oid) continue;
    const next = staged === old ? made.oid : await written(git, file, there);
    await git.out('update-index', '--add', '--replace', '--cacheinfo', `${made.mode},${next},${file}`);
  }
  if (edits.size === 0) return;
  const tree = await edited(git, head && (await git.out('rev-parse', `${head}^{tree}`)), edits);
  const commit = await git.out('commit-tree', tree, ...(head === null ? [] : ['-p', head]), '-m', message);
  await git.out('update-ref', '-m', 'commit: Status Live', 'HEAD', commit, head ?? '');
}

async function written(git: GitRun, file: string, text: string): Promise<string> {
  return (await git.fed(text, 'hash-object', '-w', `--path=${file}`, '--stdin')).toString().trim();
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
export async function onlyHere(git: GitRun, place: WorkTree, owned: Pick<Owned, 'list'>): Promise<Problem[]> {
  const { top, incidents } = place;
  const files = await filesOf(
    place,
    owned.list().map(({ name }) => name),
  );
  const own = new Set(files.values());
  const site = path.posix.join(place.status, 'status.yaml');
  const states = await changedIn(git, incidents, site);
  const open = states.filter(([file, state]) => state !== '??' || isOneOf(incidents, file));
  const left = open.filter(([file]) => !own.has(file));
  const within = left.filter(([file]) => file.startsWith(incidents));
  const many = within.length > MAX_NAMED;
  const named = many ? left.filter(one => !within.includes(one)) : left;
  const problems = await ignoredProblems(git, place);
  for (const [file, state] of named) {
    const what =
      state === '??'
        ? 'it is not committed: only this server has it'
        : 'it was edited or deleted, and that is not committed: only this server knows of it';
    problems.push({ level: 'warning', where: path.join(top, file), what, fix: commandsFor(top, file) });
  }
  if (!many) return problems;
  const [folder, at] = [incidents.replace(/\/$/, ''), `git -C ${quoted(top)}`];
  const what = `${within.length} files in it are not committed: only this server has them`;
  const fix = `look at them, then: ${at} add -- ${quoted(folder)} && ${at} commit -m Status --only -- ${quoted(folder)}`;
  return [...problems, { level: 'warning', where: path.join(top, folder), what, fix }];
}

/** Incident files that git ignores: it says nothing of them, and only this server has them. */
async function ignoredProblems(git: GitRun, { top, incidents }: WorkTree): Promise<Problem[]> {
  const files = (await ignoredIn(git, incidents)).filter(file => isOneOf(incidents, file));
  const many = files.length > MAX_NAMED;
  const [folder, at] = [incidents.replace(/\/$/, ''), `git -C ${quoted(top)}`];
  return (many ? [folder] : files).map((file): Problem => {
    const ignores = many ? `git ignores ${files.length} files in it` : 'git ignores it';
    const what = `${ignores}, so the server does not commit ${many ? 'them' : 'it'}: only this server has ${many ? 'them' : 'it'}`;
    const rule = `${at} check-ignore -v -- ${quoted(files[0]!)}`;
    const force = commandsFor(top, file).replace(' add -- ', ' add -f -- ').replace('commit it: ', '');
    const fix = `take the rule away that \`${rule}\` names, or commit ${many ? 'them' : 'it'} all the same: ${force}`;
    return { level: 'warning', where: path.join(top, file), what, fix };
  });
}

/** The files there that git ignores, by their paths from the top. */
async function ignoredIn(git: GitRun, within: string): Promise<string[]> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--', within];
  return (await git.out(...args)).split('\0').filter(file => file !== '');
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
