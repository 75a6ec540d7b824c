// Merge conflicts: what changed on both sides, and the commands to resolve them.
import path from 'node:path';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Problem } from '../../core/model/problem.ts';
import { type Commits, type Conflict, edited, type MergedTree } from './merge.ts';
import { AUTHORS, type GitRun, quoted, textsOf } from './run.ts';
import { MERGED, type WorkTree } from './work-tree.ts';

type StoppedMerge = Extract<MergedTree, { kind: 'conflict' }>;

/** One problem per file; all with the same commands, as one merge resolves them all. */
export async function conflictProblems(
  git: GitRun,
  { top }: WorkTree,
  upstream: string,
  commits: Commits,
  { conflicts, rest }: StoppedMerge,
): Promise<Problem[]> {
  // git renames a file that conflicts with a folder after its side, and a person's merge uses other names for the
  // sides.
  const shown = (file: string) =>
    file
      .replace(`~${commits.ours}`, '~HEAD')
      .replace(`~${commits.theirs}`, `~${upstream.replaceAll('/', '_')}`);
  const at = `git -C ${quoted(top)}`;
  const list = (names: readonly string[]) => names.map(name => quoted(shown(name))).join(' ');
  const files = conflicts.map(({ file }) => file);
  const gone = [
    ...conflicts.flatMap(({ also }) => also),
    ...[...rest].flatMap(([file, blob]) => (blob ? [] : [file])),
  ];
  const edit = conflicts.map(({ file, isMarked }) =>
    isMarked
      ? shown(file)
      : `${shown(file)} (git adds no conflict markers; the remote version is ${upstream}:${file})`,
  );
  const commands = [
    `${at} merge --no-commit --no-ff ${upstream}`,
    ...((await keepMerged(git, commits, rest)) ? [`${at} checkout ${MERGED} -- .`] : []),
    ...(gone.length > 0 ? [`${at} rm -q -f --ignore-unmatch -- ${list(gone)}`] : []),
  ];
  const fix = `${commands.join('; ')}; edit ${edit.join(' and ')}, ${at} add -- ${list(files)}, ${at} commit --no-edit. The server then pushes it`;
  const problemOf = async ({ file, here, also, units }: Conflict): Promise<Problem> => {
    const both = units.length > 0 ? units.join(' and ') : 'the same lines';
    const { ours: our, theirs: their } = commits;
    const asked = { git, bases: commits.bases, names: [file, here, ...also], units };
    const ours = await changedBy(asked, our, their);
    const theirs = await changedBy(asked, their, our);
    const what = `${both} changed in two ways: commit ${ours} here, ${theirs} at the remote. Both are kept, the page shows the version here, and the server does not pull or push until you merge them`;
    return { level: 'error', where: path.join(top, shown(here)), what, fix };
  };
  return Promise.all(conflicts.map(problemOf));
}

const MAX_COMMITS = 30;

/** The last commit of `side` that changed those units, else the last by a person: short id and author. */
async function changedBy(
  asked: Pick<Commits, 'bases'> &
    Pick<Conflict, 'units'> & { readonly git: GitRun; readonly names: readonly string[] },
  side: string,
  other: string,
): Promise<string> {
  const { git, bases, names, units } = asked;
  const range = [side, ...bases.map(base => `^${base}`)];
  const format = '--format=%H%x02%ae%x02%h by %an';
  const said = await git.try('log', `-${MAX_COMMITS}`, format, ...range, '--', ...names);
  const commits = said ? said.split('\n').map(line => line.split('\x02') as [string, string, string]) : [];
  const textAt = async (commit: string) => {
    const blobs = names.map(name => `${commit}:${name}`);
    return (await textsOf(git, blobs)).find(text => text !== null) ?? null;
  };
  const against = units.length > 0 ? await textAt(other) : null;
  for (const [commit, , shown] of against === null ? [] : commits) {
    const [before, after] = [await textAt(`${commit}^`), await textAt(commit)];
    const merged = after === null ? null : mergeIncident(before, after, against!);
    if (merged?.kind === 'conflict' && merged.units.some(unit => units.includes(unit))) return shown;
  }
  const programs = Object.values(AUTHORS);
  const found = commits.find(([, email]) => !programs.includes(email)) ?? commits[0];
  return found?.[2] ?? side.slice(0, 7);
}

/**
 * Stores the files that our rules can merge but git cannot, for the person who merges the others. As a commit without
 * parents, which cannot be merged by mistake. Returns whether there are any.
 */
async function keepMerged(
  git: GitRun,
  { ours, theirs }: Commits,
  rest: StoppedMerge['rest'],
): Promise<boolean> {
  const files = new Map([...rest].filter(([, blob]) => blob !== null));
  if (files.size === 0) return false;
  const pair = `${ours} ${theirs}`;
  if ((await git.try('log', '-1', '--format=%s', `refs/${MERGED}`)) !== pair) {
    const commit = await git.out('commit-tree', await edited(git, null, files), '-m', pair);
    await git.out('update-ref', `refs/${MERGED}`, commit);
  }
  return true;
}
