// Collects the changes in the incidents folder since the last reading.
import path from 'node:path';
import type { Millis } from '../../core/model/time.ts';
import { FolderWatcher } from '../watch.ts';
import { isRacy, type ReadFile } from './scan.ts';

export class Changes {
  readonly #folder: string;
  /** Names below the folder to read again; null: all files. */
  #heard: Set<string> | null = null;
  #watcher: FolderWatcher | null = null;
  #isHearing = false;
  #ring: (() => void) | null = null;
  /** The folders that the watcher was opened for. */
  #place = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  hear(file: string): void {
    this.#heard?.add(path.relative(this.#folder, file));
  }

  /** Their next change may be invisible, so they are read again. */
  hearRacy(files: Iterable<ReadFile | null>, now: Millis): void {
    for (const file of files) if (file && isRacy(file, now)) this.hear(file.file);
  }

  lose(): void {
    this.#heard = null;
  }

  /** The files to read again; null: all. Later changes are for the next call. */
  take(isKnown: boolean): ReadonlySet<string> | null {
    const names = isKnown && this.#isHearing ? this.#heard : null;
    if (names?.size !== 0) this.#heard = new Set();
    return names;
  }

  async watch(ring: () => void, place: string): Promise<void> {
    this.#ring = ring;
    await this.follow(place);
  }

  /** Opens a new watcher for a new `place`: watchers stay with a moved folder, and mounts send no events. */
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
    // Changes before the watcher was open sent no event.
    this.lose();
  }

  close(): void {
    this.#ring = null;
    this.#watcher?.close();
  }
}
