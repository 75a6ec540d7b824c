// Where a status folder lies in its repository, and what keeps a machine from working there.
import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isWithin, whereItStood } from '../incidents/listing.ts';
import { GitFailure, type GitRun, oidOf, quoted } from './run.ts';

export interface WorkTree {
  readonly top: string;
  /** The status folder below it; '.' apart. */
  readonly status: string;
  /** The incidents folder below it, where links lead to, ended by a slash; '/' apart. */
  readonly incidents: string;
}

export type Obstacle = readonly [what: string, fix: string];

/** Where `dir` lies, or lay; null when it is in no git work tree. Throws GitFailure when git will not say. */
export async function placeOf(git: GitRun, dir: string): Promise<WorkTree | null> {
  const real = await whereItStood(dir);
  let top: string;
  try {
    top = await git.out('rev-parse', '--show-toplevel');
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/i.test(error.said)) return null;
    throw error;
  }
  const folder = path.join(real, 'incidents');
  const stood = await whereItStood(folder);
  const incidents = isWithin(stood, { status: real }) ? stood : folder;
  const below = async (at: string) =>
    path
      .relative(await realpath(top), at)
      .split(path.sep)
      .join('/');
  return { top, status: (await below(real)) || '.', incidents: `${await below(incidents)}/` };
}

/**
 * What git calls a file, relative to its work tree at `top`, whichever links lead to its folder; null while that is
 * away. A link in the file's own place is the file.
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
  'the status folder is no git repository',
  'clone it, or remove `content.git`',
];

export function notThere(dir: string): Obstacle {
  return [`${dir} is not there`, 'bring it back, or set STATUS_DIR'];
}

/** What keeps the folder from being carried by `branch`; null: nothing. */
export async function obstacle(git: GitRun, place: WorkTree, branch: string): Promise<Obstacle | null> {
  const begun = await underWay(git, place.top);
  if (begun) return begun;
  const on = await git.try('symbolic-ref', '--quiet', '--short', 'HEAD');
  if (on === branch) return null;
  const is = on === null ? 'on no branch (detached HEAD)' : `on ${on}, not on ${branch}`;
  return [
    `the folder is ${is}, so nothing is committed by the server, pulled or pushed`,
    await wayTo(git, place, branch, on),
  ];
}

/** Commands that bring the folder to `branch`, with all that only the place where it is now holds of it. */
async function wayTo(
  git: GitRun,
  { top, status: folder }: WorkTree,
  branch: string,
  on: string | null,
): Promise<string> {
  const at = `git -C ${quoted(top)}`;
  const known = await oidOf(git, `refs/heads/${branch}`);
  const others = ['--not', `--remotes=*/${branch}`, ...(known === null ? [] : [known])];
  // Of another branch, what it changes elsewhere is none of ours; a commit on no branch is lost without one.
  const own = await git.try('rev-list', '-1', 'HEAD', ...others, '--', ...(on === null ? [] : [folder]));
  const edits = await git.try('diff', '--name-only', 'HEAD', '--', folder);
  const name = quoted(on ?? `kept-${await git.out('rev-parse', '--short', 'HEAD')}`);
  const isLeft = Boolean(own || edits);
  const commands = [
    ...(edits ? [`${at} commit -m 'Status: kept' --only -- ${quoted(folder)}`] : []),
    ...(isLeft && on === null ? [`${at} branch ${name}`] : []),
    `${at} switch ${quoted(branch)}`,
    ...(isLeft ? [`${at} merge --no-edit ${name}`] : []),
  ];
  return commands.join(' && ');
}

/** What a person types to commit that file alone. */
export function commandsFor(top: string, file: string): string {
  const at = `git -C ${quoted(top)}`;
  const [name, message] = [quoted(file), quoted(`Status: ${path.basename(file, '.md')}`)];
  return `commit it: ${at} add -- ${name} && ${at} commit -m ${message} --only -- ${name}`;
}

/** The ref below `refs/` that holds what our rules could merge of a merge that a person is to end, and its two sides. */
export const MERGED = 'status-live-merged';

/** Something a person began and has not finished: nobody else commits or merges until then. */
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
    const ready = verb === 'merge' && (await isMerged(git)) ? `${at} checkout ${MERGED} -- ., ` : '';
    return [
      `a ${name} that a person began in ${top} is not finished, so nothing is committed, pulled or pushed`,
      `finish it (${ready}edit the files \`git status\` names, ${at} add -- FILE, ${end}), or drop it: ${at} ${verb} --abort`,
    ];
  }
  return null;
}

/** Whether the merge that is under way is the one we could do a part of. */
async function isMerged(git: GitRun): Promise<boolean> {
  const pair = await git.try('rev-parse', 'HEAD', 'MERGE_HEAD');
  const known = await git.try('log', '-1', '--format=%s', `refs/${MERGED}`);
  return known !== null && pair?.replace('\n', ' ') === known;
}

const UNDER_WAY = [
  ['MERGE_HEAD', 'merge', 'merge'],
  ['rebase-merge', 'rebase', 'rebase'],
  ['rebase-apply', 'rebase', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick', 'cherry-pick'],
  ['REVERT_HEAD', 'revert', 'revert'],
] as const;
