// A commit took the incidents folder away, here or at the remote: which one, and what mends it.
import path from 'node:path';
import { isIncidentName } from '../incidents/listing.ts';
import { pathsIn, readableIn, type TakenAway, takenAwayBy } from './readable.ts';
import { filesIn, type GitRun, quoted } from './run.ts';
import type { Obstacle, WorkTree } from './work-tree.ts';

/** The entry that HEAD has in place of the missing folder. */
type InPlaceOfFolder =
  /** The folder: it must be restored here first. */
  | { readonly kind: 'folder' }
  /** Nothing: this may be another project's repository. */
  | { readonly kind: 'nothing' }
  /** A commit took it away, or holds something else in its place: another commit mends it. */
  | { readonly kind: 'replaced'; readonly obstacle: Obstacle };

export const WHILE_MISSING: Obstacle = [
  'the server does not pull or push while incident files are missing',
  'restore the folder (`git checkout -- incidents` in the status folder)',
];

/** HEAD does not hold what is missing: of a folder below, say, that a commit moved. */
const TAKEN_FROM_IT: Obstacle = [
  'incident files are missing, and HEAD does not contain them: the server does not commit, but it still pulls what is pushed to the remote',
  'if a commit removed them (`git log --diff-filter=D --name-only`), `git revert` it in any clone, and push',
];

const KINDS: Readonly<Record<string, string>> = {
  '': 'nothing',
  '040000': 'a folder',
  '120000': 'a link',
  '160000': 'a submodule',
};

export async function whatHeadHasInPlace(git: GitRun, place: WorkTree): Promise<InPlaceOfFolder> {
  if ((await readableIn(git, place, ['HEAD'])).size > 0) {
    const away = await git.out('diff', '--name-only', '--diff-filter=DT', 'HEAD', '--', place.incidents);
    return away === '' ? { kind: 'replaced', obstacle: TAKEN_FROM_IT } : { kind: 'folder' };
  }
  const name = path.posix.join(place.status, 'incidents');
  const taken = await takenAwayBy(git, place, 'HEAD');
  if (taken) return { kind: 'replaced', obstacle: await takenObstacle(git, place, taken) };
  const there = (await git.try('ls-tree', 'HEAD', '--', name)) ?? '';
  if (there === '') return { kind: 'nothing' };
  const what = `HEAD has ${kindOf(there)} in place of the folder ${name}, ${PULLED}`;
  return { kind: 'replaced', obstacle: [what, `commit and push the folder ${name} instead`] };
}

const PULLED =
  'so no incident can be read, and the server does not commit; it still pulls, so you can push the fix to the remote';

async function takenObstacle(git: GitRun, place: WorkTree, taken: TakenAway): Promise<Obstacle> {
  const { did, back, mended } = await changeOf(git, place, taken, 'HEAD');
  const here = back.map(command => `git -C ${quoted(place.top)} ${command}`).join(' && ');
  return [`commit ${taken.bad} ${did}, ${PULLED}`, `${mended}; or here: ${here}`];
}

/**
 * Why the commit `theirs` of the remote is not merged into HEAD, which holds the folder: it holds it no more. Null when
 * it does, and when its incidents were deleted.
 */
export async function takenAtRemote(git: GitRun, place: WorkTree, theirs: string): Promise<Obstacle | null> {
  const readable = await readableIn(git, place, ['HEAD', theirs]);
  const lost = readable.has(theirs) || !readable.has('HEAD') ? null : await lostAt(git, place, theirs);
  if (!lost) return null;
  const what = `commit ${lost.bad} at the remote ${lost.did}, and a commit of this server is not pushed yet: the server does not pull or push, because a merge would remove the incidents`;
  return [what, `${lost.mended.replace('any', 'any other')}; the server then pulls it automatically`];
}

/** The newest commit up to HEAD that holds the incidents; null when git knows of none, or they were deleted. */
export async function lastCommitWithIncidents(git: GitRun, place: WorkTree): Promise<string | null> {
  if ((await readableIn(git, place, ['HEAD'])).size > 0) return 'HEAD';
  return (await lostAt(git, place, 'HEAD'))?.good ?? null;
}

/**
 * Returns the commit that took the folder away up to `tip`, which does not hold it; null when its incidents were
 * deleted.
 */
async function lostAt(git: GitRun, place: WorkTree, tip: string) {
  const taken = await takenAwayBy(git, place, tip);
  if (!taken) return null;
  const change = await changeOf(git, place, taken, tip);
  return change.isGone && !(await isMoved(git, change.folder, taken.good, tip))
    ? null
    : { ...taken, ...change };
}

/** Whether files of that folder, as it was, stand under another path. */
async function isMoved(git: GitRun, folder: string, good: string, theirs: string): Promise<boolean> {
  const before = [...(await filesIn(git, good, folder))].filter(([file]) => isIncidentName(file));
  const marks = new Set(before.flatMap(([file, oid]) => [path.basename(file), oid]));
  return [...(await filesIn(git, theirs))].some(
    ([file, oid]) => marks.has(path.basename(file)) || marks.has(oid),
  );
}

/**
 * Returns what the commit did to the folder, what stands there at `tip`, and what takes it back: for git, and in words.
 */
async function changeOf(git: GitRun, place: WorkTree, { bad, good, isMerge }: TakenAway, tip: string) {
  const paths = await pathsIn(git, place, good);
  const [name = ''] = paths;
  const at = (commit: string, ...files: string[]) => git.out('ls-tree', commit, '--', ...files);
  const [before, left, now] = [await at(good, name), await at(bad, name), await at(tip, name)];
  const isGone = now === '' || now === before;
  const took =
    left === '' ? `removed the folder ${name}` : `has ${kindOf(left)} in place of the folder ${name}`;
  const did = left !== '' && left === before ? `removed the target of the link ${name}` : took;
  if ((await at(bad, ...paths)) === (await at(tip, ...paths))) {
    const revert = `revert ${isMerge ? '-m 1 ' : ''}`;
    const mended = `in any clone: \`git ${revert}${bad}\`, and push`;
    return { did, isGone, folder: paths.at(-1)!, mended, back: [`${revert}--no-edit ${bad}`] };
  }
  const back = [`checkout ${good} -- ${paths.map(quoted).join(' ')}`, `commit -m 'Status: restore ${name}'`];
  const mended = `in any clone: \`${back.map(command => `git ${command}`).join(' && ')}\`, and push`;
  return { did: `${did} (now there is ${kindOf(now)})`, isGone, folder: paths.at(-1)!, mended, back };
}

function kindOf(entry: string): string {
  return KINDS[entry.split(' ')[0] ?? ''] ?? 'a file';
}
