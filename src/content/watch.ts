// Watching the status folder: which file changed, heard by name, at one cost for ten files and ten thousand.
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Who is told. */
export interface Ears {
  /** Something changed; called once, soon after the last of several changes. */
  readonly ring: () => void;
  /** This file came, changed or went. */
  readonly changed: (file: string) => void;
  /** Something changed, and it is not known what. */
  readonly lost: () => void;
  /** Nothing more will be told. */
  readonly failed: () => void;
}

/** Long enough that an editor's save is one ring and a half-written file is whole. */
const SETTLE_MS = 60;

/**
 * Watches `dir` itself, and `folder` in it with everything below, there yet or not. Hidden names are not told,
 * links below `folder` not followed. Resolves when all of it is watched, with the function that ends it.
 *
 * One watch a folder, not one a file: a library that keeps its own list of the files asks the disk for each at
 * the start and again at each change. What is missed here costs freshness only: everything is read by the clock too.
 */
export async function watchFolder(dir: string, folder: string, ears: Ears): Promise<() => void> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const ring = () => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(ears.ring, SETTLE_MS);
  };
  const forget = (place: string) => {
    for (const [at, watcher] of watchers) {
      if (at !== place && !at.startsWith(place + path.sep)) continue;
      watchers.delete(at);
      watcher.close();
    }
  };
  const listen = (place: string, heard: (name: string, event: string) => void) => {
    if (ended) return;
    try {
      const watcher = watch(place, (event, name) => {
        if (name === null) ears.lost();
        else heard(name, event);
        ring();
      });
      watcher.on('error', ears.failed);
      watchers.set(place, watcher);
    } catch (error) {
      // A folder that is not there, or not to be read, is the reader's to report; here it is heard of when that changes.
      if (EXHAUSTED.has((error as NodeJS.ErrnoException).code ?? '')) ears.failed();
    }
  };
  const follow = async (place: string): Promise<void> => {
    forget(place);
    listen(place, (name, event) => {
      const file = path.join(place, name);
      // A mounted ConfigMap changes by one link that all its files lead through.
      if (name.startsWith('..')) ears.lost();
      if (isHidden(name)) return;
      if (watchers.has(file) || (event === 'rename' && !/\.md$/i.test(name))) refollow(file);
      else ears.changed(file);
    });
    const entries = await readdir(place, { withFileTypes: true }).catch(() => null);
    if (entries === null) forget(place);
    for (const entry of entries ?? []) {
      if (entry.isDirectory() && !isHidden(entry.name)) await follow(path.join(place, entry.name));
    }
  };
  /** A folder came or went: what it holds is not told one by one. */
  const refollow = (place: string) => {
    void follow(place).then(() => {
      ears.lost();
      ring();
    });
  };

  listen(dir, name => {
    if (name === path.basename(folder)) refollow(folder);
    // The same, where the ConfigMap is the status folder.
    else if (name.startsWith('..')) refollow(folder);
    // The folder itself was moved or removed, and takes its watch with it.
    else if (name === path.basename(dir)) ears.failed();
  });
  await follow(folder);
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** The system's limits on watches and open files. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

function isHidden(name: string): boolean {
  return name.startsWith('.');
}
