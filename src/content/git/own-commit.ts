// One commit by the server: HEAD gets the texts, whatever the files contain now, and the index follows.
import { type Edits, edited } from './merge.ts';
import { type GitRun, oidOf } from './run.ts';

interface Text {
  /** Relative to the repository. */
  readonly file: string;
  /** To commit. */
  readonly text: string;
  /** The file's current text. */
  readonly there: string;
}

/** A commit that HEAD may not have yet: after a kill, `finishCommit` goes on from here. */
const BEGUN = 'refs/status-live/commit';

/** Commits the texts. Files, and what a person staged, stay unchanged. */
export async function commitTexts(git: GitRun, some: readonly Text[], message: string): Promise<void> {
  const head = await oidOf(git, 'HEAD');
  const edits: Edits = new Map();
  const steps: (() => Promise<void>)[] = [];
  for (const { file, text, there } of some) {
    const last = head === null ? '' : await git.out('ls-tree', head, '--', file);
    const [mode = '', , old = ''] = last.split(/\s/);
    const made = { mode: mode === '100755' ? mode : '100644', oid: await written(git, file, text) };
    if (made.oid !== old || made.mode !== mode) edits.set(file, made);
    steps.push(() => stage(git, file, made, old, there));
  }
  let commit: string | null = null;
  if (edits.size > 0) {
    const tree = await edited(git, head && (await git.out('rev-parse', `${head}^{tree}`)), edits);
    commit = await git.out('commit-tree', tree, ...(head === null ? [] : ['-p', head]), '-m', message);
    await git.out('update-ref', BEGUN, commit);
  }
  // The index first: if it were older, a person's next commit would undo ours.
  for (const step of steps) await step();
  if (commit !== null) await advance(git, commit, head);
}

/** Finishes a commit that a kill interrupted, unless HEAD has moved: then the files are looked at again. */
export async function finishCommit(git: GitRun): Promise<void> {
  const commit = await oidOf(git, BEGUN);
  if (commit === null) return;
  const head = await oidOf(git, 'HEAD');
  const parent = await git.out('log', '-1', '--format=%P', commit);
  if (parent !== (head ?? '')) return void (await git.out('update-ref', '-d', BEGUN));
  const raw = await git.out('diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', commit);
  const words = raw.split('\0');
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [, mode = '', old = '', oid = ''] = words[at]!.split(' ');
    await stage(git, words[at + 1]!, { mode, oid }, /^0+$/.test(old) ? '' : old, null);
  }
  await advance(git, commit, head);
}

/** @param there the file's current text, staged over what a person staged; null: that stays */
async function stage(
  git: GitRun,
  file: string,
  made: { readonly mode: string; readonly oid: string },
  old: string,
  there: string | null,
): Promise<void> {
  const [, staged = ''] = (await git.out('ls-files', '--stage', '--', file)).split(' ');
  if (staged === made.oid || (staged !== old && there === null)) return;
  const next = staged === old ? made.oid : await written(git, file, there!);
  await git.out('update-index', '--add', '--replace', '--cacheinfo', `${made.mode},${next},${file}`);
}

async function advance(git: GitRun, commit: string, head: string | null): Promise<void> {
  await git.out('update-ref', '-m', 'commit: Status Live', 'HEAD', commit, head ?? '');
  await git.out('update-ref', '-d', BEGUN);
}

async function written(git: GitRun, file: string, text: string): Promise<string> {
  return (await git.fed(text, 'hash-object', '-w', `--path=${file}`, '--stdin')).toString().trim();
}
