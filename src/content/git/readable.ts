// In which commits the incidents folder can be read, and which commit ended that.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isWithin } from '../incidents/listing.ts';
import type { GitRun } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/** The last commit that had the folder is searched for among this many. */
const MAX_COMMITS = 1000;

export interface TakenAway {
  readonly bad: string;
  /** Its parent, in which the folder can be read. */
  readonly good: string;
  /** Whether `bad` is a merge: to revert it, git must be told which side stays. */
  readonly isMerge: boolean;
}

/** Returns the commits that hold the incidents folder, or a link of its name to a folder within the status folder. */
export async function readableIn(
  git: GitRun,
  { top, status }: WorkTree,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const real = path.join(await realpath(top), status);
  const trees = await typesOf(
    git,
    commits.map(commit => (status === '.' ? `${commit}^{tree}` : `${commit}:${status}`)),
    '%(objecttype) %(objectname)',
  );
  const treeOf = new Map(commits.map((commit, index) => [commit, /^tree (\w+)$/.exec(trees[index]!)?.[1]]));
  const isReadable = new Map<string, boolean>();
  let asked = new Map([...new Set(treeOf.values())].flatMap(tree => (tree ? [[tree, 'incidents']] : [])));
  // A link that leads out of the tree may lead back into the status folder: by its whole path, or over `..`.
  for (let links = 0; links < 4 && asked.size > 0; links++) {
    const names = [...asked].map(([tree, name]) => `${tree}:${name}`);
    const found = await typesOf(git, names, '%(objecttype)', '--follow-symlinks');
    const next = new Map<string, string>();
    for (const [index, tree] of [...asked.keys()].entries()) {
      const [type = '', led] = found[index]!.split('\n');
      isReadable.set(tree, type === 'tree');
      const place = led === undefined ? '' : path.resolve(real, led);
      if (type.startsWith('symlink ') && isWithin(place, { status: real }))
        next.set(tree, path.relative(real, place));
    }
    asked = next;
  }
  return new Set(commits.filter(commit => isReadable.get(treeOf.get(commit) ?? '')));
}

/** The newest commit up to `tip` after which the folder could be read no more; null when it is not known to have been. */
export async function takenAwayBy(git: GitRun, place: WorkTree, tip: string): Promise<TakenAway | null> {
  const log = await git.try('rev-list', '--parents', `-${MAX_COMMITS}`, tip, '--');
  const lines = log?.split('\n') ?? [];
  const commits = lines.map(line => line.split(' ') as [string, ...string[]]);
  const readable = await readableIn(git, place, [...new Set(commits.flat())]);
  // A merge took over what a commit of one side did.
  const ended = commits.filter(
    ([commit, ...parents]) => !readable.has(commit) && parents.some(parent => readable.has(parent)),
  );
  const found = ended.find(([, ...parents]) => parents.every(parent => readable.has(parent))) ?? ended[0];
  if (!found) return null;
  const [bad, ...parents] = found;
  const short = (commit: string) => git.out('rev-parse', '--short', commit);
  const good = parents.find(parent => readable.has(parent))!;
  return { bad: await short(bad), good: await short(good), isMerge: parents.length > 1 };
}

/** The paths of the commit, relative to the repository, that make up the folder: the links on the way, and itself. */
export async function pathsIn(git: GitRun, { top, status }: WorkTree, commit: string): Promise<string[]> {
  const root = await realpath(top);
  const paths: string[] = [];
  for (let at = path.posix.join(status, 'incidents'); paths.length < 16; ) {
    const [mode, , oid] = (await git.out('ls-tree', commit, '--', at)).split(/\s/);
    if (mode) paths.push(at);
    if (mode !== '120000') break;
    const led = path.resolve(root, path.dirname(at), await git.out('cat-file', 'blob', oid!));
    at = path.relative(root, led).split(path.sep).join('/');
  }
  return paths;
}

/** Returns git's description of those objects, in that format; the path a link leads to stands on a second line. */
async function typesOf(
  git: GitRun,
  names: readonly string[],
  format: string,
  ...how: string[]
): Promise<string[]> {
  const asked = names.map(name => `${name}\n`).join('');
  const said = await git.fed(asked, 'cat-file', `--batch-check=${format}`, ...how);
  let at = 0;
  const line = (length?: number) => {
    const end = length === undefined ? said.indexOf(10, at) : at + length;
    const text = said.subarray(at, end).toString();
    at = end + 1;
    return text;
  };
  return names.map(() => {
    const first = line();
    const length = /^(?:dangling|symlink|loop|notdir) (\d+)$/.exec(first)?.[1];
    return length === undefined ? first : `${first}\n${line(Number(length))}`;
  });
}
