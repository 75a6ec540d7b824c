// Deletions: which of the files that are gone were deleted, by a commit or as the operator confirmed.
import path from 'node:path';
import { filesIn, makeGitRun, quoted } from '../git/run.ts';
import { followLinks, isWithin, nearest } from '../incidents/listing.ts';
import { foldersOf } from './absence.ts';

/** The time between two questions to git while files are missing (each starts a process). */
const ASK_GIT_MS = 5000;

export class Deletions {
  readonly #folder: string;
  readonly #siteFile: string;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isConfirmed = false;
  /** What brings the whole folder back out of HEAD, when git was last asked; null where that does not hold it. */
  checkout: string | null = null;

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
    this.checkout = await this.#checkoutNow();
    return this.#deletedInGit(files, siteGone);
  }

  /**
   * git takes a folder away with its last file. A file was deleted by a commit when git knew it once and HEAD does not
   * hold it, nor the same file elsewhere: a folder that was moved, or whose link leads nowhere since, is no deletion.
   * Without that first half the repository of something else would do, in which the folder is a mount point.
   * Where status.yaml is gone too, HEAD must hold that: a branch for something else says nothing of incidents.
   */
  async #deletedInGit(files: readonly string[], siteGone: boolean): Promise<ReadonlySet<string>> {
    const none = new Set<string>();
    const target = await followLinks(this.#folder);
    const place = await nearest(target);
    const status = await followLinks(path.dirname(this.#folder));
    // A link out of the status folder leads to another repository: not asked.
    if (place === null || !isWithin(target, { status })) return none;
    const git = makeGitRun(place, this.#variables);
    const below = path.relative(place, target) || '.';
    const up = await git.try('rev-parse', '--show-cdup');
    const head = await filesIn(git, 'HEAD').catch(() => null);
    if (up === null || head === null) return none;
    // The empty folder of a submodule.
    const prefix = (await git.try('rev-parse', '--show-prefix'))?.replace(/\/$/, '');
    const entry = prefix && (await git.try('ls-tree', '--full-tree', 'HEAD', '--', prefix));
    if (entry && !/^\d+ tree /.test(entry)) return none;
    if (siteGone) {
      const at = path.relative(place, await followLinks(this.#siteFile));
      if (at.startsWith('..') || !(await git.try('ls-tree', 'HEAD', '--', at))) return none;
    }
    const entries = [...head].map(([name, oid]) => [path.join(place, up, name), oid] as const);
    const held = new Set(entries.map(([file]) => file));
    const others = entries.filter(([file]) => !file.startsWith(target + path.sep));
    const elsewhere = new Set(others.flatMap(([file, oid]) => [path.basename(file), oid]));
    // A reset or another branch takes files away, too, and no commit of HEAD's own says so.
    const how = ['--format=', '--raw', '--no-abbrev', '-z', '--no-renames', '--relative'];
    const log = (await git.try('log', '--all', '--reflog', ...how, '--', below)) ?? '';
    const known = new Map<string, string>();
    for (const [, before, after, name] of log.matchAll(/:\S+ \S+ (\w+) (\w+) \w+\0([^\0]+)/g)) {
      const file = path.join(place, name!);
      // The newest comes first: its last version is what may stand elsewhere.
      if (!known.has(file)) known.set(file, /^0+$/.test(after!) ? before! : after!);
    }
    const isDeleted = (file: string) => {
      const inGit = path.join(place, below, path.relative(this.#folder, file));
      // A submodule, link or file replaced its folder: the file was not deleted.
      const isHidden = foldersOf(place, inGit).some(name => name !== '' && held.has(path.join(place, name)));
      const last = known.get(inGit);
      const isElsewhere = elsewhere.has(path.basename(file)) || elsewhere.has(last ?? '');
      return last !== undefined && !held.has(inGit) && !isHidden && !isElsewhere;
    };
    return new Set(files.filter(isDeleted));
  }

  async #checkoutNow(): Promise<string | null> {
    const status = await followLinks(path.dirname(this.#folder));
    const place = await nearest(status);
    if (place === null) return null;
    const git = makeGitRun(place, this.#variables);
    const own = path.join(status, path.basename(this.#folder));
    for (const at of [own, await followLinks(this.#folder)]) {
      const name = path.relative(place, at);
      if (name.startsWith('..') || (await git.try('cat-file', '-t', `HEAD:./${name}`)) !== 'tree') continue;
      if (place === status) return `\`git checkout -- ${quoted(name)}\` in the status folder`;
      return `\`git -C ${quoted(place)} checkout -- ${quoted(path.relative(place, status))}\``;
    }
    return null;
  }
}
