// Deletions: which of the files that are gone were deleted, by a commit or as the operator confirmed.
import path from 'node:path';
import { makeGitRun } from '../git/run.ts';
import { isWithin, nearest, whereItStood } from '../incidents/listing.ts';
import { foldersOf } from './absence.ts';

/** The time between two questions to git while files are missing (each starts a process). */
const ASK_GIT_MS = 5000;

export class Deletions {
  readonly #folder: string;
  readonly #siteFile: string;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isConfirmed = false;

  constructor(folder: string, siteFile: string, variables: Readonly<Record<string, string | undefined>>) {
    this.#folder = folder;
    this.#siteFile = siteFile;
    this.#variables = variables;
  }

  /** The next call asks git at once. */
  askAgain(): void {
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The next call counts all files as deleted, whatever git says. */
  confirm(): void {
    this.#isConfirmed = true;
  }

  /**
   * Those of `files` (paths that are gone) that were deleted.
   * @param isNew some of them are gone since the last call.
   */
  async among(files: readonly string[], isNew: boolean, siteGone: boolean): Promise<ReadonlySet<string>> {
    const isConfirmed = this.#isConfirmed;
    this.#isConfirmed = false;
    if (isConfirmed || files.length === 0) return new Set(files);
    const now = performance.now();
    if (!isNew && now - this.#askedAt < ASK_GIT_MS) return new Set();
    this.#askedAt = now;
    return this.#deletedInGit(files, siteGone);
  }

  /**
   * git removes a folder with its last file. A file was deleted by a commit if git once knew it and HEAD does not have
   * it; git must have known it, because the folder may be a mount point in another project's repository. If status.yaml
   * is gone too, HEAD must have that: a branch for other things says nothing about incidents.
   */
  async #deletedInGit(files: readonly string[], siteGone: boolean): Promise<ReadonlySet<string>> {
    const none = new Set<string>();
    const stood = await whereItStood(this.#folder);
    const place = await nearest(stood);
    const status = await whereItStood(path.dirname(this.#folder));
    // A link out of the status folder leads to another repository: not asked.
    if (place === null || !isWithin(stood, { status })) return none;
    const git = makeGitRun(place, this.#variables);
    const below = path.relative(place, stood) || '.';
    const tree = ['ls-tree', '-r', '-z', '--name-only', 'HEAD'];
    const head = await git.try(...tree, ...(below === '.' ? [] : ['--', below]));
    if (head === null) return none;
    // An empty submodule folder.
    const prefix = (await git.try('rev-parse', '--show-prefix'))?.replace(/\/$/, '');
    const entry = prefix && (await git.try('ls-tree', '--full-tree', 'HEAD', '--', prefix));
    if (entry && !/^\d+ tree /.test(entry)) return none;
    if (siteGone) {
      const at = path.relative(place, await whereItStood(this.#siteFile));
      if (at.startsWith('..') || !(await git.try(...tree, '--', at))) return none;
    }
    const held = new Set(head.split('\0').map(name => path.join(place, name)));
    // A reset or another branch removes files too, without a commit on HEAD.
    const all = ['log', '--all', '--reflog', '--format=', '--name-only', '-z', '--no-renames', '--relative'];
    const log = await git.try(...all, '--', below);
    const known = new Set(log?.split(/[\0\n]/).map(name => path.join(place, name)));
    const isDeleted = (file: string) => {
      const inGit = path.join(place, below, path.relative(this.#folder, file));
      // A submodule, link or file replaced its folder: the file was not deleted.
      const isHidden = foldersOf(place, inGit).some(name => name !== '' && held.has(path.join(place, name)));
      return known.has(inGit) && !held.has(inGit) && !isHidden;
    };
    return new Set(files.filter(isDeleted));
  }
}
