// What changed in the incidents folder since it was last read: which files, where that was heard of.
import path from 'node:path';
import { FolderWatcher } from '../watch.ts';
import { isRacy, type ReadFile } from './scan.ts';

export class Changes {
  readonly #folder: string;
  /** Names below the folder to read again; null: every file. */
  #heard: Set<string> | null = null;
  #watcher: FolderWatcher | null = null;
  #isHearing = false;
  #ring: (() => void) | null = null;
  /** Where the watcher is: which folders it was given. */
  #place = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  hear(file: string): void {
    this.#heard?.add(path.relative(this.#folder, file));
  }

  /** A later change of these may go unheard: they are read again. */
  hearRacy(files: Iterable<ReadFile | null>): void {
    for (const file of files) if (file && isRacy(file)) this.hear(file.file);
  }

  lose(): void {
    this.#heard = null;
  }

  /** The files to read again; null: all. What is heard of from now on is for the next call. */
  take(isKnown: boolean): ReadonlySet<string> | null {
    const names = isKnown && this.#isHearing ? this.#heard : null;
    if (names?.size !== 0) this.#heard = new Set();
    return names;
  }

  async watch(ring: () => void, place: string): Promise<void> {
    this.#ring = ring;
    await this.follow(place);
  }

  /** A watcher stays with the folder it was given, wherever that went. Mounts are not heard of at all. */
  async follow(place: string): Promise<void> {
    if (this.#ring === null || place === this.#place) return;
    this.#place = place;
    this.#watcher?.close();
    this.#isHearing = true;
    this.#watcher = await FolderWatcher.open(this.#folder, {
      ring: this.#ring,
      changed: file => this.hear(file),
      lost: () => this.lose(),
      failed: () => {
        this.#isHearing = false;
      },
    });
    // What changed before the watcher stood was not heard.
    this.lose();
  }

  close(): void {
    this.#ring = null;
    this.#watcher?.close();
  }
}
