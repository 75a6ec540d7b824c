// The status folder: status.yaml, incidents, brand files; read, watched, written atomically and in turns.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { printProblem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import { createExclusively, replaceAtomically } from './atomic.ts';
import { Changes } from './incidents/changes.ts';
import type { IncidentFiles } from './incidents/file-cache.ts';
import { boundsOf } from './incidents/listing.ts';
import { rememberedFile, scanFiles, scanFolder } from './incidents/scan.ts';
import { LastRead } from './missing/last-read.ts';
import { FolderMissing, identityOf } from './missing/missing.ts';
import { readRegularFile } from './regular-file.ts';

/** How long a change nobody heard of can stay unseen: network file systems tell nothing. */
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
  /** Reading, one after another; and writing. */
  #reading: Promise<unknown> = Promise.resolve();
  #writing: Promise<unknown> = Promise.resolve();
  #isTaken = false;

  /**
   * The folder at `dir`; it need not hold an incidents folder yet. `variables` are handed to git, which is asked what
   * a commit deleted when the incidents folder is missing. `clock` tells what lies in the future; nothing does
   * without it.
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
    this.#current = this.#last.view();
  }

  siteText(): Promise<string> {
    return readRegularFile(this.siteFile);
  }

  /** The path of a brand file inside the folder; null when it is not there or leads out of it. */
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
   * Reads what changed since the last call: while watched, the files whose change was heard of, and everything once a
   * minute and after `scanEverything`. The same object comes back when nothing changed, and while somebody is alone
   * in the folder.
   */
  async incidents(): Promise<IncidentFiles> {
    if (!this.#isTaken || this.#scannedAt === Number.NEGATIVE_INFINITY) await this.#read();
    return this.#current;
  }

  /**
   * What an earlier process last read well: it stands in for what cannot be read, or is missing. `isNew`: there was
   * none, so that what was committed stands in.
   */
  remember(
    texts: ReadonlyMap<string, string>,
    identity: string | null,
    wasMissing: boolean,
    isNew: boolean,
  ): void {
    this.#last.remember(texts, identity, wasMissing, isNew);
  }

  /** Which folders the incidents were last read from, for `remember`; null while there was none. */
  identity(): string | null {
    return this.#last.identity();
  }

  /** Lets the next call forget the incidents whose files are missing; those that are there stay. */
  forgetMissing(): void {
    if (this.#last.missing !== null) this.#last.deletions.confirm();
  }

  /** The text of every file's last good version, by path below incidents/; the same map while nothing changed. */
  goodTexts(): ReadonlyMap<string, string> {
    return this.#last.cache.goodTexts();
  }

  /** Lets the next call look at every file, heard of or not. */
  scanEverything(): void {
    this.#changes.lose();
    this.#last.deletions.askAgain();
  }

  /** Whether there is a file of that name, a path below incidents/, or was a moment ago, or it is only missing. */
  knows(name: string): boolean {
    return this.#last.get(path.join(this.folder, name)) !== undefined;
  }

  nameOf(id: string): string {
    return path.relative(this.folder, this.#current.fileOf(id)).split(path.sep).join('/');
  }

  /** Calls `ring` soon after anything in the folder changed, until the returned function is called. */
  async watch(ring: () => void): Promise<() => void> {
    await this.#changes.watch(ring, await this.#standing(await this.#placesNow()));
    return () => this.#changes.close();
  }

  /** Waits for its turn to write; no turn is taken within another. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** The same for changing many files: nobody reads them half written. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      this.#isTaken = true;
      try {
        await this.#reading;
        return await work();
      } finally {
        this.#isTaken = false;
        this.scanEverything();
      }
    });
  }

  /** Creates an incident file; false when there is one of that id. Throws what the disk says, or FolderMissing. */
  async create(id: string, text: string): Promise<boolean> {
    const file = await this.#writable(id);
    const name = path.dirname(path.relative(this.folder, file));
    const known = this.#last.folders.get(name === '.' ? '' : name) ?? null;
    const confirm = async () => {
      if (known === null || (await identityOf(path.dirname(file))) === known) return;
      this.#changes.lose();
      throw new FolderMissing(`${path.dirname(file)}: another folder took its place while it was written to`);
    };
    return this.#written(file, text, createExclusively(file, text, confirm));
  }

  /** Replaces a file that still holds `before`; false when it does not. Throws as `create`. */
  async replace(id: string, before: string, text: string): Promise<boolean> {
    const file = await this.#writable(id);
    return this.#written(file, text, replaceAtomically(file, before, text));
  }

  /** The path to write an incident to. Where the folder is missing nothing is written: it would be hidden later. */
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

  /** What was written is known, wherever the folder goes before it is read again. */
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
      if (await work()) this.#current = this.#last.view();
    });
    this.#reading = done.catch(() => undefined);
    await done;
  }

  /** Brings what is known up to date with the disk; whether anything changed. */
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
        changes.hearRacy(found.values());
        return changed;
      }
      const isFirst = this.#scannedAt === Number.NEGATIVE_INFINITY;
      const scan = await scanFolder(this.folder, last, this.#clock(), isFirst);
      // Mounted or unmounted while it was read: what is gone may only be elsewhere.
      if ((await this.#standing(await this.#placesNow())) !== place) {
        changes.lose();
        return await this.#scan();
      }
      changes.hearRacy(scan.files.values());
      this.#scannedAt = now;
      return await last.judge(scan);
    } catch (error) {
      changes.lose();
      throw error;
    }
  }

  async #placesNow(): Promise<ReadonlyMap<string, string | null>> {
    const names = [...new Set(['', ...this.#last.folders.keys()])];
    // The very folder may have moved out, with a link left in its place.
    const isIn = (await boundsOf(this.folder)) !== null;
    const places = await Promise.all(
      names.map(name => (isIn ? identityOf(path.join(this.folder, name)) : null)),
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
