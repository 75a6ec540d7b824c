// Watches the status folder and names the changed files, at the same cost for ten files and for ten thousand.
import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { boundsOf } from './incidents/listing.ts';
import { isLookedInto } from './incidents/misplaced.ts';
import { QUIET_MS } from './incidents/stamps.ts';

interface Listener {
  /** Called soon after the last of several changes, and once more when it has been quiet: then they are news. */
  readonly ring: () => void;
  readonly changed: (file: string) => void;
  /** Something changed, but the name is unknown. */
  readonly lost: () => void;
  /** No more events will come. */
  readonly failed: () => void;
}

/** Long enough for an editor's save to be one call, and for a half-written file to be complete. */
const SETTLE_MS = 60;

/** The names of files that may be incidents. */
const TEXT = /\.(?:md|te?xt)/i;

/** The system's limits of watches and open files. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

/**
 * Watches a folder (which need not exist) with all folders below, and the folder above. Ignores hidden names; does not
 * follow links below.
 * One watch per folder, not per file: libraries with a list of files check each at the start and after each change. A
 * missed change only delays: everything is also read by the clock.
 */
export class FolderWatcher {
  readonly #folder: string;
  readonly #listener: Listener;
  readonly #watchers = new Map<string, FSWatcher>();
  #timers: readonly NodeJS.Timeout[] = [];
  #isClosed = false;

  private constructor(folder: string, listener: Listener) {
    this.#folder = folder;
    this.#listener = listener;
  }

  static async open(folder: string, listener: Listener): Promise<FolderWatcher> {
    const watcher = new FolderWatcher(folder, listener);
    const dir = path.dirname(folder);
    watcher.#listen(dir, name => {
      // A mounted ConfigMap changes by one link, above all its files.
      if (name === path.basename(folder) || name.startsWith('..')) watcher.#followAnew(folder);
      // The folder above was moved or removed, with its watch.
      else if (name === path.basename(dir)) listener.failed();
      // An incident may have been saved there in place of the folder, or in a new folder beside it.
      else if (TEXT.test(name)) listener.lost();
      else if (isLookedInto(name)) void watcher.#followBeside(path.join(dir, name));
    });
    await watcher.#follow(folder);
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isDirectory() && isLookedInto(entry.name))
        await watcher.#listenBeside(path.join(dir, entry.name));
    return watcher;
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.forEach(clearTimeout);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #ring(): void {
    this.#timers.forEach(clearTimeout);
    if (this.#isClosed) return;
    this.#timers = [SETTLE_MS, QUIET_MS + SETTLE_MS].map(after => setTimeout(this.#listener.ring, after));
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
      // The reader reports a missing or unreadable folder; a watch is opened when that changes.
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

  /** Watches a folder beside the incidents folder, in which one may have been saved; whether there is one, or was. */
  async #listenBeside(place: string): Promise<boolean> {
    const wasThere = this.#watchers.has(place);
    this.#forget(place);
    const isThere = await stat(place).then(
      facts => facts.isDirectory(),
      () => false,
    );
    if (isThere)
      this.#listen(place, name => {
        if (TEXT.test(name)) this.#listener.lost();
      });
    return wasThere || isThere;
  }

  async #followBeside(place: string): Promise<void> {
    if (!(await this.#listenBeside(place))) return;
    this.#listener.lost();
    this.#ring();
  }

  /** A folder appeared or went: there are no events for its files. */
  #followAnew(place: string): void {
    void this.#follow(place).then(() => {
      this.#listener.lost();
      this.#ring();
    });
  }
}
