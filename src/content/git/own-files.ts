// The server's own commits: files it filed, and changes by its API. Edits by people are left to them.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Problem } from '../../core/model/problem.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { commitTexts, finishCommit } from './own-commit.ts';
import { AUTHORS, blobsOf, type GitRun, quoted, signed } from './run.ts';
import { commandsFor, hasConflictMarkers, nameInGit, type WorkTree } from './work-tree.ts';

export type Author = keyof typeof AUTHORS;

export interface OwnFile {
  /** Relative to the incidents folder. */
  readonly name: string;
  readonly author: Author;
  /** The names of those who wrote it by API; none: not known, after a crash for instance. */
  readonly by?: string | null;
  /** The text before; null for a new file. */
  readonly before: string | null;
  /** The text the server wrote, without later edits by people; null after a crash: the file's current text. */
  readonly after: string | null;
}

export interface Owned {
  /** Files not known to be committed. */
  list(): readonly OwnFile[];
  /** Drops files that are committed, or need not be. */
  forget(names: readonly string[]): Promise<void>;
  /** Files of the machine that may be missing in the list: committed only if git does not know them. */
  readonly new: readonly string[];
}

interface Pending extends OwnFile {
  /** Relative to the repository. */
  readonly file: string;
  /** The text to commit; null when our changes cannot be told from a person's. */
  readonly text: string | null;
  /** The file's current text. */
  readonly there: string;
}

/**
 * Commits our part of the changed files, and nothing else that is changed or staged. A file is dropped from the list
 * only when HEAD has it or git ignores it. A missing file stays listed: its folder may be missing.
 */
export async function commitOwn(
  git: GitRun,
  place: WorkTree,
  owned: Owned,
): Promise<{ committed: string[]; problems: Problem[] }> {
  const { top, incidents } = place;
  await finishCommit(git);
  const listed = owned.list();
  const files = await filesOf(place, [...listed.map(({ name }) => name), ...owned.new]);
  const linked = [...files.values()]
    .filter(file => !file.startsWith(incidents))
    .map(file => path.posix.dirname(file));
  const states = new Map(await changedIn(git, incidents, ...new Set(linked)));
  const fresh = new Set(owned.new.filter(name => states.get(files.get(name) ?? '') === '??'));
  const known = new Set(listed.map(({ name }) => name));
  const all: OwnFile[] = [
    // A machine's file unknown to git is committed as a whole.
    ...listed.map(one => (fresh.has(one.name) ? { ...one, before: null } : one)),
    ...[...fresh]
      .filter(name => !known.has(name))
      .map(name => ({ name, author: 'machine', before: null, after: null }) as const),
  ];
  const { pending, done } = await ownParts(git, top, all, files, states);
  await owned.forget(done);
  const committed: string[] = [];
  const signatures = new Map(pending.map(({ author, by }) => [`${author} ${by}`, { author, by }]));
  for (const { author, by } of signatures.values()) {
    const as = git.with(signed(AUTHORS[author], by ?? undefined));
    const mine = pending.flatMap(one =>
      one.author === author && one.by === by && one.text !== null ? [{ ...one, text: one.text }] : [],
    );
    if (mine.length === 0) continue;
    const said = mine.map(({ name }) => path.basename(name, '.md')).join(', ');
    await commitTexts(as, mine, `Status: ${said.length > 60 ? `${mine.length} incidents` : said}`);
    await owned.forget(mine.map(({ name }) => name));
    committed.push(...mine.map(({ file }) => file));
  }
  const stuck = pending.flatMap(({ text, file }) => (text === null ? [file] : []));
  return { committed, problems: await Promise.all(stuck.map(file => mixed(top, file))) };
}

/** The files' names in git, without those whose folder is missing. */
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
    // The server replaced a link: compare with the text behind it.
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

/** The last committed text with our change, without uncommitted edits of others; null when they conflict. */
function ownPart(head: string | null, before: string | null, after: string): string | null {
  if (head === before) return after;
  if (head === null) return null;
  const merged = mergeIncident(before, head, after);
  return merged?.kind === 'merged' ? merged.text : null;
}

/**
 * Whether the listed change is older than HEAD, which has part of it already (a listed file may outlive its commit):
 * the text before was committed, or there was none, and the file is unstaged.
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

async function mixed(top: string, file: string): Promise<Problem> {
  const what =
    'it contains changes by the server and uncommitted edits, and the server cannot separate them: only this server has them';
  return { level: 'warning', where: path.join(top, file), what, fix: await commandsFor(top, file) };
}

/** For more files than this, the folder is named instead. */
const MAX_NAMED = 10;

/**
 * Uncommitted files: incident files unknown to git, and incident files or status.yaml edited or deleted by hand or by a
 * command that could not commit. Without `owned` files, which the server commits with its next pull, and without those
 * that hold both sides of a git conflict: that is to be resolved first, and said where they are read.
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
  const open = states.filter(([file, state]) => state !== '??' || isIncidentFileIn(incidents, file));
  const marked = await Promise.all(open.map(([file]) => hasConflictMarkers(top, file)));
  const left = open.filter(([file], index) => !own.has(file) && !marked[index]);
  const within = left.filter(([file]) => file.startsWith(incidents));
  // A command for the whole folder would commit those, too.
  const many = within.length > MAX_NAMED && !marked.includes(true);
  const named = many ? left.filter(one => !within.includes(one)) : left;
  const problems = await ignoredProblems(git, place);
  for (const [file, state] of named) {
    const what =
      state === '??'
        ? 'it is not committed: only this server has it'
        : 'it was edited or deleted, and the change is not committed: only this server has it';
    problems.push({ level: 'warning', where: path.join(top, file), what, fix: await commandsFor(top, file) });
  }
  if (!many) return problems;
  const [folder, at] = [incidents.replace(/\/$/, ''), `git -C ${quoted(top)}`];
  const what = `${within.length} files in it are not committed: only this server has them`;
  const fix = `check them, then run: ${at} add -- ${quoted(folder)} && ${at} commit -m Status --only -- ${quoted(folder)}`;
  return [...problems, { level: 'warning', where: path.join(top, folder), what, fix }];
}

/** Incident files that git ignores: it says nothing of them, and only this server has them. */
async function ignoredProblems(git: GitRun, { top, incidents }: WorkTree): Promise<Problem[]> {
  const files = (await ignoredIn(git, incidents)).filter(file => isIncidentFileIn(incidents, file));
  const many = files.length > MAX_NAMED;
  const [folder, at] = [incidents.replace(/\/$/, ''), `git -C ${quoted(top)}`];
  const problemOf = async (file: string): Promise<Problem> => {
    const ignores = many ? `git ignores ${files.length} files in it` : 'git ignores it';
    const what = `${ignores}, so the server does not commit ${many ? 'them' : 'it'}: only this server has ${many ? 'them' : 'it'}`;
    const rule = `${at} check-ignore -v -- ${quoted(files[0]!)}`;
    const force = (await commandsFor(top, file))
      .replace(' add -- ', ' add -f -- ')
      .replace('commit it: ', '');
    const fix = `remove the rule that \`${rule}\` shows, or commit ${many ? 'them' : 'it'} anyway: ${force}`;
    return { level: 'warning', where: path.join(top, file), what, fix };
  };
  return Promise.all((many ? [folder] : files).map(problemOf));
}

/** The files there that git ignores, by their paths from the top. */
async function ignoredIn(git: GitRun, within: string): Promise<string[]> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--', within];
  return (await git.out(...args)).split('\0').filter(file => file !== '');
}

function isIncidentFileIn(incidents: string, file: string): boolean {
  return file.startsWith(incidents) && isIncidentName(file);
}

/** The changes git sees there; `??` for unknown files. */
async function changedIn(
  git: GitRun,
  ...within: string[]
): Promise<(readonly [file: string, state: string])[]> {
  const args = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', ...within];
  const lines = (await git.out(...args)).split('\0').filter(line => line !== '');
  return lines.map(line => [line.slice(3), line.slice(0, 2)] as const);
}
