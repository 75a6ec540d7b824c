// The status folder: reads and watches status.yaml, incidents and brand files; writes atomically, one at a time.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { printProblem } from '../core/model/problem.ts';
import type { Clock, Millis } from '../core/model/time.ts';
import { makeQueue } from '../core/model/turns/queue.ts';
import { createExclusively, replaceAtomically } from './atomic.ts';
import { Changes } from './incidents/changes.ts';
import type { IncidentFiles } from './incidents/file-cache.ts';
import { boundsOf, identityOf } from './incidents/listing.ts';
import { rememberedFile, scanFiles, scanFolder } from './incidents/scan.ts';
import { LastRead, type Remembered } from './missing/last-read.ts';
import { FolderMissing } from './missing/missing.ts';
import { readRegularFile } from './regular-file.ts';

/** Everything is read again this often (ms): network file systems send no change events. */
const SCAN_EVERYTHING_MS = 60_000;

export class StatusFolder {
  readonly siteFile: string;
  readonly folder: string;
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #last: LastRead;
  readonly #changes: Changes;
  #current: IncidentFiles;
  #scannedAt = Number.NEGATIVE_INFINITY;
  /** Readings run one after another. */
  #reading: Promise<unknown> = Promise.resolve();
  #isReserved = false;

  /**
   * @param dir the status folder; its incidents folder need not exist yet.
   * @param variables the environment for git, which is asked whether missing files were deleted by a commit.
   * @param clock with the default no time counts as in the future.
   */
  constructor(
    dir: string,
    variables: Readonly<Record<string, string | undefined>> = {},
    clock: Clock = () => Number.POSITIVE_INFINITY,
  ) {
    this.#dir = dir;
    this.#clock = clock;
    this.folder = path.join(dir, 'incidents');
    this.siteFile = path.join(dir, 'status.yaml');
    this.#last = new LastRead(this.folder, this.siteFile, variables);
    this.#changes = new Changes(this.folder);
    this.#current = this.#last.view(this.#clock);
  }

  siteText(): Promise<string> {
    return readRegularFile(this.siteFile);
  }

  /** The path of a brand file; null when it does not exist or is outside the folder. */
  async brandFile(name: string): Promise<string | null> {
    try {
      const root = await realpath(this.#dir);
      const real = await realpath(path.join(root, name));
      return real.startsWith(root + path.sep) ? real : null;
    } catch {
      return null;
    }
  }

  /**
   * Reads what changed since the last call: while watched, the files with a change event; all files once a minute and
   * after `scanEverything`. Returns the same object when nothing changed, and during `alone`.
   */
  async incidents(): Promise<IncidentFiles> {
    if (!this.#isReserved || this.#scannedAt === Number.NEGATIVE_INFINITY) await this.#read();
    return this.#current;
  }

  /**
   * Takes the files that an earlier process last read well: they stand in for what cannot be read, or is missing. `isNew`: there was
   * none, so that what was committed stands in.
   */
  remember(texts: ReadonlyMap<string, string>, beside: Remembered): void {
    this.#last.remember(texts, beside);
  }

  /** The folders of the incidents last read, for `remember`; null if there was none. */
  identity(): string | null {
    return this.#last.identity();
  }

  /** The originals of copies, and of what was one, all by path below incidents/, for `remember`. */
  copies(): Pick<Remembered, 'copies' | 'begun'> {
    return this.#last.copies();
  }

  /** The next reading drops the incidents of missing files. */
  forgetMissing(): void {
    if (this.#last.missing !== null) this.#last.deletions.confirm();
  }

  /** The text of every file's last good version, by path below incidents/. The same map while nothing changed. */
  goodTexts(): ReadonlyMap<string, string> {
    return this.#last.cache.goodTexts();
  }

  /** The next reading checks every file. */
  scanEverything(): void {
    this.#changes.lose();
    this.#last.deletions.askAgain();
  }

  /** Whether a file of that name (a path below incidents/) exists, existed a moment ago, or is missing. */
  knows(name: string): boolean {
    return this.#last.get(path.join(this.folder, name)) !== undefined;
  }

  /** Whether somebody may still be writing the file of that id: it was not quiet for `quiet` ms, by default two seconds. */
  isBeingWritten(id: string, now: Millis, quiet?: Millis): boolean {
    return this.#current.isBeingWritten(id, now, quiet);
  }

  nameOf(id: string): string {
    return path.relative(this.folder, this.#current.fileOf(id)).split(path.sep).join('/');
  }

  /** Calls `ring` soon after a change in the folder, until the returned function is called. */
  async watch(ring: () => void): Promise<() => void> {
    await this.#changes.watch(ring, await this.#standing(await this.#placesNow()));
    return () => this.#changes.close();
  }

  /** Runs writes one after another. Calls must not be nested. */
  readonly inTurn = makeQueue();

  /** The same for changing many files: nothing is read meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      this.#isReserved = true;
      try {
        await this.#reading;
        return await work();
      } finally {
        this.#isReserved = false;
        this.scanEverything();
      }
    });
  }

  /** Creates an incident file; false when the id exists. Throws file system errors and FolderMissing. */
  async create(id: string, text: string): Promise<boolean> {
    const file = await this.#writable(id);
    const name = path.dirname(path.relative(this.folder, file));
    const known = this.#last.folders.get(name === '.' ? '' : name) ?? null;
    const confirm = async () => {
      if (known === null || (await identityOf(path.dirname(file))) === known) return;
      this.#changes.lose();
      throw new FolderMissing(`${path.dirname(file)}: another folder replaced it during the write`);
    };
    return this.#written(file, text, createExclusively(file, text, confirm));
  }

  /** Replaces a file that still has the text `before`; else returns false. Throws like `create`. */
  async replace(id: string, before: string, text: string): Promise<boolean> {
    const file = await this.#writable(id);
    return this.#written(file, text, replaceAtomically(file, before, text));
  }

  /** The path for an incident file. Throws while its folder is missing: the file would be hidden later. */
  async #writable(id: string): Promise<string> {
    const here = await this.#placesNow();
    if (!this.#areKnown(here) || here.get('') === null) {
      this.#changes.lose();
      await this.#read();
    }
    const file = this.#current.fileOf(id);
    const { missing } = this.#last;
    if (!missing?.closed && !this.#last.isMissing(file)) return file;
    throw new FolderMissing(missing?.problems.map(printProblem).join('\n'));
  }

  /** Remembers the written file at once, in case the folder goes missing before the next reading. */
  async #written(file: string, text: string, writing: Promise<boolean>): Promise<boolean> {
    const isDone = await writing.finally(() => this.#changes.hear(file));
    if (!isDone) return false;
    const known = rememberedFile(this.folder, path.relative(this.folder, file), text);
    await this.#afterReading(async () => this.#last.take(new Map([[file, known]])));
    return true;
  }

  #read(): Promise<void> {
    return this.#afterReading(() => this.#scan());
  }

  async #afterReading(work: () => Promise<boolean | null>): Promise<void> {
    const done = this.#reading.then(async () => {
      if (await work()) this.#current = this.#last.view(this.#clock);
    });
    this.#reading = done.catch(() => undefined);
    await done;
  }

  /** Reads what changed; whether anything did. */
  async #scan(): Promise<boolean> {
    const last = this.#last;
    const changes = this.#changes;
    const here = await this.#placesNow();
    const place = await this.#standing(here);
    await changes.follow(place);
    const now = performance.now();
    const isKnown = this.#areKnown(here) && now - this.#scannedAt < SCAN_EVERYTHING_MS;
    const names = changes.take(isKnown);
    if (names?.size === 0) return false;
    try {
      const found = names && (await scanFiles(this.folder, last, this.#clock(), names));
      const changed = found && last.take(found);
      if (found && changed !== null) {
        changes.hearRacy(found.values(), this.#clock());
        return changed;
      }
      const isFirst = this.#scannedAt === Number.NEGATIVE_INFINITY;
      const scan = await scanFolder(this.folder, last, this.#clock(), isFirst);
      // A mount changed during the reading: files may only have moved.
      if ((await this.#standing(await this.#placesNow())) !== place) {
        changes.lose();
        return await this.#scan();
      }
      changes.hearRacy(scan.files.values(), this.#clock());
      this.#scannedAt = now;
      return await last.judge(scan, this.#clock());
    } catch (error) {
      changes.lose();
      throw error;
    }
  }

  async #placesNow(): Promise<ReadonlyMap<string, string | null>> {
    const names = [...new Set(['', ...this.#last.folders.keys()])];
    // The folder may have been moved out, with a link in its place.
    const isInside = (await boundsOf(this.folder)) !== null;
    const places = await Promise.all(
      names.map(name => (isInside ? identityOf(path.join(this.folder, name)) : null)),
    );
    return new Map(names.map((name, index) => [name, places[index]!]));
  }

  #areKnown(here: ReadonlyMap<string, string | null>): boolean {
    const { folders, missing } = this.#last;
    return missing === null && [...here].every(([name, identity]) => folders.get(name) === identity);
  }

  async #standing(here: ReadonlyMap<string, string | null>): Promise<string> {
    return `${await identityOf(this.#dir)} ${JSON.stringify([...here])}`;
  }
}
