// A rewritten remote branch (amended, rebased, forced back): what HEAD has from it follows its new version.
import { withoutEdit } from '../../core/incidents/merge/merge.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { type Commits, type Edits, edited } from './merge.ts';
import { AUTHORS, filesIn, type GitRun, textsOf } from './run.ts';

/** The former states of the remote branch that are looked at: the newest ones. */
const MAX_TIPS = 200;

/** How the log of HEAD calls commits that were made here, by a person or by this server; merges are not meant. */
const MADE_HERE =
  /^(?:commit|cherry-pick|revert|am)\b(?! \(merge\))|^(?:pull|rebase)\b.*\((?:pick|reword|edit|squash|fixup|continue)\)/;

/**
 * The commits to merge in place of `commits` where the remote no longer has commits that HEAD took from it; null where
 * it has them all. Their base is HEAD without what was written here. So the remote's new version of all else counts as
 * its edit, or its deletion.
 * @param ref the remote branch, with the log of its former states.
 */
export async function commitsAfterRewrite(
  git: GitRun,
  commits: Commits,
  ref: string,
  incidents: string,
): Promise<Commits | null> {
  const { bases, ours, theirs } = commits;
  const range = [ours, `^${theirs}`];
  const said = linesOf(await git.out('log', '--topo-order', '--format=%H %ae %P', ...range));
  // What does not follow the merge base was merged with the new version before.
  const since = ['--ancestry-path', ours, ...bases.map(base => `^${base}`)];
  const isSince = new Set(linesOf(await git.out('rev-list', ...since)));
  if (said.length === 0) return null;
  const tips = [...new Set(linesOf(await git.try('log', '-g', `-${MAX_TIPS}`, '--format=%H', ref)))];
  const others = await git.try('rev-list', ...range, ...tips.map(tip => `^${tip}`));
  if (tips.length === 0 || others === null) return null;
  const neverThere = new Set(linesOf(others));
  const madeHere = await commitsMadeHere(git);
  const all = said.map(line => line.split(' ') as [string, string, ...string[]]);
  const isOwn = ([commit, email]: readonly string[]) =>
    madeHere.has(commit!) || neverThere.has(commit!) || Object.values(AUTHORS).includes(email!);
  const isMerge = ([, , ...parents]: readonly string[]) => parents.length > 1;
  // The server's merges are at the remote, too, and hold the words of both.
  const isGone = (one: readonly string[]) =>
    isSince.has(one[0]!) && (isMerge(one) ? !neverThere.has(one[0]!) : !isOwn(one));
  const gone = all.filter(isGone).map(([commit]) => commit);
  if (gone.length === 0) return null;
  const own = all.filter(one => !isMerge(one) && isOwn(one)).map(([commit]) => commit);
  const edits = await without(git, own, commits, incidents);
  if (edits === null) return null;
  const treeOf = (commit: string) => git.out('rev-parse', `${commit}^{tree}`);
  // The same commits each time, so that what is said of them stays the same.
  const date = `${await git.out('log', '-1', '--format=%ct', theirs)} +0000`;
  const dated = git.with({ GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  const commit = (tree: string, ...parents: string[]) =>
    dated.out('commit-tree', tree, ...parents.flatMap(one => ['-p', one]), '-m', 'What the remote had');
  const base = await commit(await edited(git, await treeOf(ours), edits), ...bases);
  return {
    bases: [base],
    ours: await commit(await treeOf(ours), ours, base),
    theirs: await commit(await treeOf(theirs), theirs, base),
    gone: new Set(gone),
  };
}

async function commitsMadeHere(git: GitRun): Promise<ReadonlySet<string>> {
  const log = linesOf(await git.try('log', '-g', '--format=%H %gs', 'HEAD'));
  const entries = log.map(
    line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const,
  );
  return new Set(entries.filter(([, said]) => MADE_HERE.test(said)).map(([commit]) => commit));
}

/**
 * The changes to HEAD's tree that take those commits out of it, the newest first; null where a file that one of them
 * wrote was moved or deleted since.
 */
async function without(
  git: GitRun,
  own: readonly string[],
  { bases, ours }: Commits,
  incidents: string,
): Promise<Edits | null> {
  const edits: Edits = new Map();
  if (own.length === 0) return edits;
  const [here, common] = [await filesIn(git, ours), await filesIn(git, bases[0]!)];
  const isNone = (oid: string) => /^0+$/.test(oid);
  for (const commit of own) {
    const how = ['-r', '-z', '--root', '--no-commit-id', '--no-renames'];
    const words = (await git.out('diff-tree', ...how, commit)).split('\0');
    for (let at = 0; at + 1 < words.length; at += 2) {
      const [oldMode = '', mode = '', before = '', after = ''] = words[at]!.slice(1).split(' ');
      const file = words[at + 1]!;
      const now = edits.has(file) ? (edits.get(file)?.oid ?? null) : (here.get(file) ?? null);
      if (now === (isNone(after) ? null : after)) {
        edits.set(file, isNone(before) ? null : { mode: oldMode, oid: before });
        continue;
      }
      if (now === null) return null;
      if (isNone(before)) edits.set(file, null);
      else if (!file.startsWith(incidents) || !isIncidentName(file)) {
        const oid = common.get(file);
        edits.set(file, oid === undefined ? null : { mode: oldMode, oid });
      } else {
        const [is, was, became] = await textsOf(git, [now, before, after]);
        const text = is == null || was == null || became == null ? null : withoutEdit(is, was, became);
        if (text === null) return null;
        const oid = (await git.fed(text, 'hash-object', '-w', '--stdin')).toString().trim();
        edits.set(file, { mode: mode === '000000' ? oldMode : mode, oid });
      }
    }
  }
  return edits;
}

function linesOf(said: string | null): string[] {
  return said ? said.split('\n') : [];
}
