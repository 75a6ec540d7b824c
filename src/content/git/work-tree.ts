// Where a status folder is in its repository, and what prevents the server from working there.
import { access, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { gitConflict } from '../../core/text/conflict-markers.ts';
import { followLinks, isWithin } from '../incidents/listing.ts';
import { GitFailure, type GitRun, oidOf, quoted } from './run.ts';

export interface WorkTree {
  readonly top: string;
  /** The status folder's path below `top`; '.' for itself. */
  readonly status: string;
  /** The incidents folder's path below `top`, links resolved, with a slash at the end; '/' for itself. */
  readonly incidents: string;
}

export type Obstacle = readonly [what: string, fix: string];

/** Where `dir` lies, or lay; null when it is in no git work tree. Throws GitFailure when git will not say. */
export async function placeOf(git: GitRun, dir: string): Promise<WorkTree | null> {
  const real = await followLinks(dir);
  let top: string;
  try {
    top = await git.out('rev-parse', '--show-toplevel');
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/i.test(error.said)) return null;
    throw error;
  }
  const folder = path.join(real, 'incidents');
  const target = await followLinks(folder);
  const incidents = isWithin(target, { status: real }) ? target : folder;
  // The folder may move away while git is asked.
  const root = await followLinks(top);
  const below = (at: string) => path.relative(root, at).split(path.sep).join('/');
  return { top, status: below(real) || '.', incidents: `${below(incidents)}/` };
}

/**
 * A file's name in git, relative to the work tree at `top`, with links to its folder resolved; null while the folder is
 * missing. If the file itself is a link, the link is meant.
 */
export async function nameInGit(top: string, file: string): Promise<string | null> {
  try {
    const [root, folder] = await Promise.all([realpath(top), realpath(path.dirname(file))]);
    return path.join(path.relative(root, folder), path.basename(file)).split(path.sep).join('/');
  } catch {
    return null;
  }
}

export const NO_REPOSITORY: Obstacle = [
  'the status folder is not a git repository',
  'clone the repository beside it, copy into the clone every file that is not pushed yet (`diff -r` shows them), the open incidents above all, and put the clone in its place; or remove `content.git`',
];

export function notThere(dir: string): Obstacle {
  return [`${dir} is missing`, 'restore it, or set STATUS_DIR'];
}

/** Returns why `branch` cannot carry the folder; null when it can. */
export async function obstacle(git: GitRun, place: WorkTree, branch: string): Promise<Obstacle | null> {
  const begun = await underWay(git, place.top);
  if (begun) return begun;
  const on = await git.try('symbolic-ref', '--quiet', '--short', 'HEAD');
  if (on === branch) return null;
  // Nothing else would hold its commits once somebody switches to the branch.
  const hasUnkeptCommits =
    on === null && (await git.try('rev-list', '-1', 'HEAD', '--not', '--branches', '--remotes'));
  if (hasUnkeptCommits) await git.try('update-ref', DETACHED, 'HEAD');
  const is = on === null ? 'on no branch (detached HEAD)' : `on ${on}, not on ${branch}`;
  return [
    `the folder is ${is}, so the server does not commit, pull or push`,
    await wayTo(git, place, branch, on),
  ];
}

/** The last commit that was checked out on no branch. */
const DETACHED = 'refs/status-live/detached';

/** Commits that were made while the folder was on no branch, and that no branch has; null when there are none. */
export async function leftBehind(git: GitRun, { top }: WorkTree): Promise<Obstacle | null> {
  const commit = await oidOf(git, DETACHED);
  if (commit === null) return null;
  if ((await git.out('rev-list', '-1', commit, '--not', '--branches', '--remotes')) === '') {
    await git.out('update-ref', '-d', DETACHED);
    return null;
  }
  const name = await freeName(git, `kept-${commit.slice(0, 7)}`);
  const at = `git -C ${quoted(top)}`;
  return [
    `commit ${commit.slice(0, 7)} was made here while the folder was on no branch, and no branch has it`,
    `${at} branch ${name} ${commit} && ${at} merge --no-edit ${name}; or, if it is not wanted: ${at} update-ref -d ${DETACHED}`,
  ];
}

/** Commands that bring the folder to `branch`, with the changes that exist only where it is now. */
async function wayTo(
  git: GitRun,
  { top, status: folder }: WorkTree,
  branch: string,
  on: string | null,
): Promise<string> {
  const at = `git -C ${quoted(top)}`;
  const known = await oidOf(git, `refs/heads/${branch}`);
  const others = ['--not', `--remotes=*/${branch}`, ...(known === null ? [] : [known])];
  // Another branch may have changes elsewhere that are not ours; a commit on no branch needs one, or it is lost.
  const own = await git.try('rev-list', '-1', 'HEAD', ...others, '--', ...(on === null ? [] : [folder]));
  const edits = namesIn((await git.try('diff', '--name-only', '-z', 'HEAD', '--', folder)) ?? '');
  const marked = await Promise.all(edits.map(file => hasConflictMarkers(top, file)));
  const open = [...new Set([...(await unmerged(git)), ...edits.filter((_, index) => marked[index])])];
  const hasWorkLeft = Boolean(own) || edits.length > 0;
  const commit = await git.try('rev-parse', '--short', 'HEAD');
  const name = quoted(on ?? (await freeName(git, `kept-${commit}`)));
  // By the commit, not HEAD: that may have moved before somebody types this.
  const kept = edits.length > 0 ? `switch -c ${name} ${commit}` : `branch ${name} ${commit}`;
  const commands = [
    ...(open.length > 0 ? [`${at} add -- ${open.map(quoted).join(' ')}`] : []),
    ...(hasWorkLeft && on === null ? [`${at} ${kept}`] : []),
    ...(edits.length > 0 ? [`${at} commit -m 'Status: kept' --only -- ${quoted(folder)}`] : []),
    `${at} switch ${quoted(branch)}`,
    ...(hasWorkLeft ? [`${at} merge --no-edit ${name}`] : []),
  ];
  const files = open.map(file => path.join(top, file)).join(' and ');
  return `${open.length > 0 ? `write what is to stand in ${files}, then: ` : ''}${commands.join(' && ')}`;
}

async function freeName(git: GitRun, name: string): Promise<string> {
  let free = name;
  for (let n = 2; (await oidOf(git, `refs/heads/${free}`)) !== null; n++) free = `${name}-${n}`;
  return free;
}

/** Whether the file holds both sides of a git conflict: committed like that, it cannot be read anywhere. */
export async function hasConflictMarkers(top: string, file: string): Promise<boolean> {
  const text = await readFile(path.join(top, file), 'utf8').catch(() => '');
  return gitConflict(text, file) !== null;
}

/** The files with a conflict that git does not know to be resolved; with one, it neither switches nor merges. */
export async function unmerged(git: GitRun): Promise<string[]> {
  return namesIn(await git.out('diff', '--name-only', '--diff-filter=U', '-z'));
}

function namesIn(listed: string): string[] {
  return listed.split('\0').filter(name => name !== '');
}

/** The commands to commit only that file. */
export async function commandsFor(top: string, file: string): Promise<string> {
  const at = `git -C ${quoted(top)}`;
  const [name, message] = [quoted(file), quoted(`Status: ${path.basename(file, '.md')}`)];
  const first = (await hasConflictMarkers(top, file))
    ? `write what is to stand in ${path.join(top, file)}, then `
    : '';
  return `${first}commit it: ${at} add -- ${name} && ${at} commit -m ${message} --only -- ${name}`;
}

/** Something a person began in git and did not finish: nothing is committed or merged until then. */
export async function underWay(git: GitRun, top: string): Promise<Obstacle | null> {
  const at = `git -C ${quoted(top)}`;
  for (const [mark, name, verb] of UNDER_WAY) {
    const file = path.resolve(top, await git.out('rev-parse', '--git-path', mark));
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    const end = verb === 'merge' ? `${at} commit --no-edit` : `${at} ${verb} --continue`;
    return [
      `somebody began a ${name} in ${top} and did not finish it, so nothing is committed, pulled or pushed`,
      `finish it, and do not abort it (--abort): that can remove what was written since.  1. edit: the files that \`git status\` lists  2. run: ${at} add -- FILE && ${end}`,
    ];
  }
  return null;
}

const UNDER_WAY = [
  ['MERGE_HEAD', 'merge', 'merge'],
  ['rebase-merge', 'rebase', 'rebase'],
  ['rebase-apply/applying', '`git am`', 'am'],
  ['rebase-apply', 'rebase', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick', 'cherry-pick'],
  ['REVERT_HEAD', 'revert', 'revert'],
] as const;
