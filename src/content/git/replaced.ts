// The incidents folder is missing: whether that is because HEAD holds it no more, and what mends it.
import path from 'node:path';
import { pathsIn, readableIn, type TakenAway, takenAwayBy } from './readable.ts';
import { type GitRun, quoted } from './run.ts';
import type { Obstacle, WorkTree } from './work-tree.ts';

/** What HEAD says of a folder that is missing here. */
type Held =
  /** HEAD holds it: it is to be brought back here, and what is pulled would pass for all there is. */
  | { readonly kind: 'folder' }
  /** HEAD knows nothing of it: this may be the repository of something else. */
  | { readonly kind: 'nothing' }
  /** A commit took it away, or holds something else in its place: another commit mends it. */
  | { readonly kind: 'replaced'; readonly obstacle: Obstacle };

export const WHILE_MISSING: Obstacle = [
  'nothing is pulled or pushed while incident files are missing',
  'bring the folder back (`git checkout -- incidents` in the status folder)',
];

const KINDS: Readonly<Record<string, string>> = {
  '': 'nothing',
  '040000': 'a folder',
  '120000': 'a link',
  '160000': 'a submodule',
};

export async function heldInPlace(git: GitRun, place: WorkTree): Promise<Held> {
  if ((await readableIn(git, place, ['HEAD'])).size > 0) return { kind: 'folder' };
  const name = path.posix.join(place.status, 'incidents');
  const taken = await takenAwayBy(git, place, 'HEAD');
  if (taken) return { kind: 'replaced', obstacle: await takenObstacle(git, place, taken) };
  const there = (await git.try('ls-tree', 'HEAD', '--', name)) ?? '';
  if (there === '') return { kind: 'nothing' };
  const what = `HEAD holds ${kindOf(there)} in place of the folder ${name}, ${PULLED}`;
  return { kind: 'replaced', obstacle: [what, `commit and push the folder ${name} instead`] };
}

const PULLED =
  'so no incident can be read and nothing is committed by the server; what is pushed to the remote is pulled, and mends it';

async function takenObstacle(git: GitRun, place: WorkTree, taken: TakenAway): Promise<Obstacle> {
  const { bad, good, isMerge } = taken;
  const { did, paths, entries } = await deedOf(git, place, taken);
  const at = `git -C ${quoted(place.top)}`;
  const now = await git.out('ls-tree', 'HEAD', '--', ...paths);
  if (now === entries) {
    const revert = `revert ${isMerge ? '-m 1 ' : ''}${bad}`;
    const fix = `in any clone: \`git ${revert}\`, and push; or here: ${at} ${revert.replace('revert', 'revert --no-edit')}`;
    return [`${did}, ${PULLED}`, fix];
  }
  const [name = ''] = paths;
  const instead = kindOf(await git.out('ls-tree', 'HEAD', '--', name));
  const [checkout, commit] = [
    `checkout ${good} -- ${paths.map(quoted).join(' ')}`,
    `commit -m 'Status: bring ${name} back'`,
  ];
  const fix = `in any clone: \`git ${checkout} && git ${commit}\`, and push; or here: ${at} ${checkout} && ${at} ${commit}`;
  return [`${did} (now ${instead} stands there), ${PULLED}`, fix];
}

/** What the commit did to the folder; of which paths that was, and what it left of them. */
async function deedOf(git: GitRun, place: WorkTree, { bad, good }: TakenAway) {
  const paths = await pathsIn(git, place, good);
  const [name = ''] = paths;
  const entries = await git.out('ls-tree', bad, '--', ...paths);
  const left = await git.out('ls-tree', bad, '--', name);
  const isSame = left !== '' && left === (await git.out('ls-tree', good, '--', name));
  const did = isSame
    ? `commit ${bad} took away what the link ${name} leads to`
    : left === ''
      ? `commit ${bad} took the folder ${name} away`
      : `commit ${bad} holds ${kindOf(left)} in place of the folder ${name}`;
  return { did, paths, entries };
}

function kindOf(entry: string): string {
  return KINDS[entry.split(' ')[0] ?? ''] ?? 'a file';
}
