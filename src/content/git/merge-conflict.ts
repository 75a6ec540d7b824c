// Merge conflicts: what changed on both sides, and the commands to resolve them.
import path from 'node:path';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Problem } from '../../core/model/problem.ts';
import { gitConflict } from '../../core/text/conflict-markers.ts';
import { type Commits, type Conflict, edited, gitsMerge, type MergedTree } from './merge.ts';
import { AUTHORS, type GitRun, quoted, textsOf } from './run.ts';
import type { WorkTree } from './work-tree.ts';

type StoppedMerge = Extract<MergedTree, { kind: 'conflict' }>;

/** The names of both commits with what our rules merged in them, below `refs/`. */
const SIDES = { ours: 'status-live-merge/here', theirs: 'status-live-merge/remote' } as const;

/** One problem per file; all with the same commands, as one merge resolves them all. */
export async function conflictProblems(
  git: GitRun,
  { top }: WorkTree,
  upstream: string,
  commits: Commits,
  { conflicts, sides }: StoppedMerge,
): Promise<Problem[]> {
  const other = sides ? SIDES.theirs : upstream;
  // git renames a file that conflicts with a folder after its side, and a person's merge uses other names for the
  // sides.
  const shown = (file: string) =>
    file.replace(`~${commits.ours}`, '~HEAD').replace(`~${commits.theirs}`, `~${other.replaceAll('/', '_')}`);
  const at = `git -C ${quoted(top)}`;
  const list = (names: readonly string[]) => names.map(name => quoted(shown(name))).join(' ');
  const files = conflicts.map(({ file }) => file);
  if (sides) await keepSides(git, commits, sides);
  const [from, to] = sides ? [SIDES.ours, SIDES.theirs] : [commits.ours, commits.theirs];
  const { tree } = await gitsMerge(git, from, to);
  const texts = await textsOf(
    git,
    files.map(file => `${tree}:${file}`),
  );
  const edit = files.map((file, index) =>
    gitConflict(texts[index] ?? '', file)
      ? shown(file)
      : `${shown(file)} (git adds no conflict markers; the remote version is ${other}:${file})`,
  );
  // Only merges: git refuses them, and stops, where one is begun, or the files or HEAD are not as we saw them.
  const first = sides ? `${at} merge --ff-only ${SIDES.ours} && ` : '';
  const fix = [
    `1. run: ${first}${at} merge --no-commit --no-ff ${other}`,
    `2. edit: ${edit.join(' and ')}`,
    `3. run: ${at} add -- ${list(files)} && ${at} commit --no-edit`,
    '4. the server then pushes it',
  ].join('  ');
  const problemOf = async ({ file, here, also, units }: Conflict): Promise<Problem> => {
    const both = units.length > 0 ? units.join(' and ') : 'the same lines';
    const { ours: our, theirs: their } = commits;
    const asked = { git, bases: commits.bases, gone: commits.gone, names: [file, here, ...also], units };
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
  asked: Pick<Commits, 'bases' | 'gone'> &
    Pick<Conflict, 'units'> & { readonly git: GitRun; readonly names: readonly string[] },
  side: string,
  other: string,
): Promise<string> {
  const { git, bases, names, units } = asked;
  const range = [side, ...bases.map(base => `^${base}`)];
  const format = '--format=%H%x02%ae%x02%h by %an';
  const said = await git.try('log', `-${MAX_COMMITS}`, format, ...range, '--', ...names);
  const all = said ? said.split('\n').map(line => line.split('\x02') as [string, string, string]) : [];
  const commits = all.filter(([commit]) => !asked.gone?.has(commit));
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

/** Stores both commits with what our rules merged in them, for the person who merges the others. */
async function keepSides(
  git: GitRun,
  commits: Commits,
  sides: NonNullable<StoppedMerge['sides']>,
): Promise<void> {
  const known = await git.try('rev-parse', ...Object.values(SIDES).map(name => `refs/${name}^`));
  if (known === `${commits.ours}\n${commits.theirs}`) return;
  for (const side of ['ours', 'theirs'] as const) {
    const tree = await edited(git, await git.out('rev-parse', `${commits[side]}^{tree}`), sides[side]);
    const commit = await git.out('commit-tree', tree, '-p', commits[side], '-m', 'Merged by rule');
    await git.out('update-ref', `refs/${SIDES[side]}`, commit);
  }
}
