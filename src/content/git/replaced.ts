// When the incidents folder is missing: whether HEAD has something else in its place, and the fix.
import path from 'node:path';
import { type GitRun, quoted } from './run.ts';
import type { Obstacle, WorkTree } from './work-tree.ts';

/** What HEAD has in place of the missing folder. */
type Held =
  /** The folder: it must be restored here first. */
  | { readonly kind: 'folder' }
  /** Nothing: this may be another project's repository. */
  | { readonly kind: 'nothing' }
  /** Something else was committed in its place: another commit fixes it. */
  | { readonly kind: 'replaced'; readonly obstacle: Obstacle };

export const WHILE_MISSING: Obstacle = [
  'nothing is pulled or pushed while incident files are missing',
  'bring the folder back (`git checkout -- incidents` in the status folder)',
];

/** The most commits searched for the last one with the folder. */
const MAX_COMMITS = 1000;

const KINDS: Readonly<Record<string, string>> = { '120000': 'a link', '160000': 'a submodule' };

export async function heldInPlace(git: GitRun, { top, status, incidents }: WorkTree): Promise<Held> {
  const name = path.posix.join(status, 'incidents');
  const modeOf = async (file: string) => (await git.try('ls-tree', 'HEAD', '--', file))?.split(' ')[0] ?? '';
  const mode = await modeOf(name);
  if (mode === '') return { kind: 'nothing' };
  const TREE = '040000';
  if (mode === TREE || (await modeOf(incidents.replace(/\/$/, ''))) === TREE) return { kind: 'folder' };
  const log = await git.out('log', `-${MAX_COMMITS}`, '--format=%h', 'HEAD', '--', name);
  const commits = log.split('\n');
  const asked = commits.map(commit => `${commit}:${name}\n`).join('');
  const types = (await git.fed(asked, 'cat-file', '--batch-check=%(objecttype)')).toString().split('\n');
  const last = types.indexOf('tree');
  const what = `commit ${commits[Math.max(last, 1) - 1]} holds ${KINDS[mode] ?? 'a file'} in place of the folder ${name}, so no incident can be read and nothing is committed by the server; what is pushed to the remote is pulled, and mends it`;
  if (last < 1) return { kind: 'replaced', obstacle: [what, `commit and push the folder ${name} instead`] };
  const at = `git -C ${quoted(top)}`;
  const [bad, good] = [commits[last - 1], commits[last]];
  const fix = `in any clone: \`git revert ${bad}\`, and push; or here: ${at} checkout ${good} -- ${quoted(name)} && ${at} commit -m 'Status: bring ${name} back'`;
  return { kind: 'replaced', obstacle: [what, fix] };
}
