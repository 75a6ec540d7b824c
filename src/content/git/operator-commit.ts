// Commits files written on the command line in the operator's name; where it cannot, returns the commands.
import path from 'node:path';
import { BY_HAND, GitFailure, type GitRun, isLocked, makeGitRun, quoted } from './run.ts';
import { nameInGit, type Obstacle, obstacle, placeOf, underWay } from './work-tree.ts';

type ByHand =
  | {
      readonly kind: 'committed';
      readonly commit: string;
      readonly by: string;
      readonly push: string;
      /** Why the commit will not be pushed from there; null when it will. */
      readonly apart: Obstacle | null;
    }
  /** Not committed: `commands` do it. */
  | { readonly kind: 'open'; readonly commands: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string; readonly commands: readonly string[] }
  /** In no git work tree, or ignored by git. */
  | { readonly kind: 'apart' };

type Target = { readonly remote: string; readonly branch: string };

/** For more files than this, their folders are named. */
const MAX_SHOWN = 10;

/**
 * Commits only these files of the status folder `dir`; without a `target` it only returns the commands. Reports errors
 * of git, does not throw them.
 */
export async function commitByHand(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  files: readonly string[],
  message: string,
  target: Target | null,
): Promise<ByHand> {
  const git = makeGitRun(dir, variables, BY_HAND);
  let commands: readonly string[] = [];
  try {
    const place = await placeOf(git, dir);
    if (!place) return { kind: 'apart' };
    const { top } = place;
    const plain = git.with({ GIT_LITERAL_PATHSPECS: '0' });
    const found = await Promise.all(files.map(file => nameInGit(top, file)));
    const names = found.map((name, index) => name ?? path.relative(top, files[index]!));
    if (await plain.yes('check-ignore', '--quiet', '--', path.join(top, names[0]!))) return { kind: 'apart' };
    const at = `git -C ${quoted(place.top)}`;
    const shown = names.length > MAX_SHOWN ? [...new Set(names.map(name => path.dirname(name)))] : names;
    const those = shown.map(quoted).join(' ');
    const commit = `${at} commit -m ${quoted(message)} --only -- ${those}`;
    commands = [`${at} add -- ${those}`, commit];
    if (!target) return { kind: 'open', commands };
    const begun = await underWay(git, place.top);
    if (begun) return { kind: 'failed', why: `${begun[0]}: first ${begun[1]}`, commands };
    const by = await identity(git);
    if (by === null) {
      const named = [`${at} config user.name "YOUR NAME"`, `${at} config user.email you@example.com`];
      return { kind: 'failed', why: 'git does not know who you are', commands: [...named, ...commands] };
    }
    const full = `${names.map(name => path.join(top, name)).join('\0')}\0`;
    const fed = ['--pathspec-from-file=-', '--pathspec-file-nul'];
    await git.fed(full, 'add', ...fed);
    await git.fed(full, 'commit', '--quiet', '--only', '-m', message, ...fed);
    const push = `${at} push ${quoted(target.remote)} HEAD:${quoted(target.branch)}`;
    const apart = await obstacle(git, place, target.branch);
    return { kind: 'committed', commit: await git.out('rev-parse', '--short', 'HEAD'), by, push, apart };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const why = isLocked(error) ? `${error.message} (${error.fix})` : error.message;
    return { kind: 'failed', why, commands: commands.length > 0 ? commands : [error.fix] };
  }
}

/** The author's name; null when git knows no author or committer. */
async function identity(git: GitRun): Promise<string | null> {
  const [author, committer] = [
    await git.try('var', 'GIT_AUTHOR_IDENT'),
    await git.try('var', 'GIT_COMMITTER_IDENT'),
  ];
  return author === null || committer === null ? null : author.replace(/ <.*$/, '');
}
