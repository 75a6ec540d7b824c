// Watching the status folder: which file changed, heard by name, at one cost for ten files and ten thousand.
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { boundsOf } from './incidents/listing.ts';

export interface Listener {
  /** Something changed; called once, soon after the last of several changes. */
  readonly ring: () => void;
  readonly changed: (file: string) => void;
  /** Something changed, and it is not known what. */
  readonly lost: () => void;
  /** Nothing more will be heard. */
  readonly failed: () => void;
}

/** Long enough that an editor's save is one ring and a half-written file is whole. */
const SETTLE_MS = 60;

/** The system's limits on watches and open files. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

/**
 * Watches a folder with everything below, there yet or not, and the folder it is in. Hidden names are not told,
 * links below it not followed.
 *
 * One watch a folder, not one a file: a library that keeps its own list of the files asks the disk for each at
 * the start and again at each change. What is missed here costs freshness only: everything is read by the clock too.
 */
export class FolderWatcher {
  readonly #folder: string;
  readonly #listener: Listener;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(folder: string, listener: Listener) {
    this.#folder = folder;
    this.#listener = listener;
  }

  static async open(folder: string, listener: Listener): Promise<FolderWatcher> {
    const watcher = new FolderWatcher(folder, listener);
    const dir = path.dirname(folder);
    watcher.#listen(dir, name => {
      // A mounted ConfigMap changes by one link that all its files lead through.
      if (name === path.basename(folder) || name.startsWith('..')) watcher.#followAnew(folder);
      // The folder itself was moved or removed, and takes its watch with it.
      else if (name === path.basename(dir)) listener.failed();
    });
    await watcher.#follow(folder);
    return watcher;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #ring(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(this.#listener.ring, SETTLE_MS);
  }

  #listen(place: string, heard: (name: string, event: string) => void): void {
    if (this.#isClosed) return;
    try {
      const watcher = watch(place, (event, name) => {
        if (name === null) this.#listener.lost();
        else heard(name, event);
        this.#ring();
      });
      watcher.on('error', this.#listener.failed);
      this.#watchers.set(place, watcher);
    } catch (error) {
      // A folder that is not there, or not to be read, is the reader's to report; here it is heard of when that changes.
      if (EXHAUSTED.has((error as NodeJS.ErrnoException).code ?? '')) this.#listener.failed();
    }
  }

  #forget(place: string): void {
    for (const [at, watcher] of this.#watchers) {
      if (at !== place && !at.startsWith(place + path.sep)) continue;
      this.#watchers.delete(at);
      watcher.close();
    }
  }

  async #follow(place: string): Promise<void> {
    this.#forget(place);
    // A link out of the status folder may lead to the whole disk.
    if (place === this.#folder && (await boundsOf(place)) === null) return;
    this.#listen(place, (name, event) => {
      const file = path.join(place, name);
      if (name.startsWith('..')) this.#listener.lost();
      if (name.startsWith('.')) return;
      if (this.#watchers.has(file) || (event === 'rename' && !/\.md$/i.test(name))) this.#followAnew(file);
      else this.#listener.changed(file);
    });
    const entries = await readdir(place, { withFileTypes: true }).catch(() => null);
    if (entries === null) this.#forget(place);
    for (const entry of entries ?? []) {
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        await this.#follow(path.join(place, entry.name));
    }
  }

  /** A folder came or went: what it holds is not told one by one. */
  #followAnew(place: string): void {
    void this.#follow(place).then(() => {
      this.#listener.lost();
      this.#ring();
    });
  }
}
