// The status folder as a store: status.yaml, incidents, brand files; read, watched, written atomically.
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { createExclusively, replaceAtomically } from './atomic.ts';
import { type Entry, isRacy, rememberedEntry, scanFiles, scanFolder } from './scan.ts';
import { type GoodFile, type IncidentFiles, makeShelf } from './shelf.ts';
import { watchFolder } from './watch.ts';

export interface Content {
  /** The text of status.yaml; throws what the disk says. */
  siteText(): Promise<string>;
  readonly siteFile: string;
  /** Where incident files lie. */
  readonly folder: string;
  /**
   * Reads what changed since the last call: while watched, the files whose change was heard of, and
   * everything once a minute and after `lookEverywhere`. The same object comes back when nothing changed.
   */
  incidents(): Promise<IncidentFiles>;
  /**
   * Before the first reading: what an earlier process last read well, by path below the folder. It stands in for
   * a file that is there and cannot be read; a file that is gone is gone.
   */
  remember(texts: ReadonlyMap<string, string>): void;
  /** Every file's last good version, as last read; the same list while nothing changed. */
  good(): readonly GoodFile[];
  /** Lets the next call look at every file, heard of or not. */
  lookEverywhere(): void;
  /** Creates an incident file; false when there is one of that id. Throws what the disk says. */
  create(id: string, text: string): Promise<boolean>;
  /** Replaces a file that still holds `before`; false when it does not. Throws what the disk says. */
  replace(id: string, before: string, text: string): Promise<boolean>;
  /** The path of a brand file inside the folder; null when it is not there or leads out of it. */
  brandFile(name: string): Promise<string | null>;
  /** Calls `ring` soon after anything in the folder changed, until the returned function is called. */
  watch(ring: () => void): Promise<() => void>;
}

/** Opens the status folder at `dir` (it need not hold an incidents folder yet). */
export function openContent(dir: string): Content {
  const folder = path.join(dir, 'incidents');
  const siteFile = path.join(dir, 'status.yaml');
  const shelf = makeShelf(folder);
  let gone = false;
  let current: IncidentFiles = shelf.view(gone);
  let watched = false;
  /** Names below `folder` to read again; null: every file. */
  let heard: Set<string> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const hear = (file: string) => {
    heard?.add(path.relative(folder, file));
  };

  /** Brings the shelf up to date with the disk; whether anything on it changed. */
  async function look(): Promise<boolean> {
    const now = performance.now();
    const names = heard;
    const everything = names === null || !watched || now - lookedAt >= LOOK_EVERYWHERE_MS;
    if (!everything && names.size === 0) return false;
    // What is heard of while we read is for the next call.
    heard = new Set();
    try {
      const found = everything ? null : await scanFiles(folder, shelf.entries, names);
      if (found) {
        for (const entry of found.values()) if (entry && isRacy(entry)) hear(entry.file);
        return shelf.put(found);
      }
      const all = await scanFolder(folder, shelf.entries, lookedAt === Number.NEGATIVE_INFINITY);
      lookedAt = now;
      // An entry of its own stands for a folder that could not be read.
      const held = shelf.entries.size > (shelf.entries.has(folder) ? 1 : 0);
      gone = all === null && (gone || held);
      const entries = all ?? new Map<string, Entry>();
      for (const entry of entries.values()) if (isRacy(entry)) hear(entry.file);
      return shelf.replaceBy(entries) || gone !== current.gone;
    } catch (error) {
      heard = null;
      throw error;
    }
  }

  return {
    siteFile,
    folder,
    siteText: () => readFile(siteFile, 'utf8'),
    async incidents() {
      if (await look()) current = shelf.view(gone);
      return current;
    },
    remember(texts) {
      const entries = [...texts].map(([name, text]) => rememberedEntry(folder, name, text));
      shelf.put(new Map(entries.flatMap(entry => (entry ? [[entry.file, entry]] : []))));
    },
    good: shelf.good,
    lookEverywhere() {
      heard = null;
    },
    create(id, text) {
      const file = current.fileOf(id);
      return createExclusively(file, text).finally(() => hear(file));
    },
    replace(id, before, text) {
      const file = current.fileOf(id);
      return replaceAtomically(file, before, text).finally(() => hear(file));
    },
    async brandFile(name) {
      try {
        const root = await realpath(dir);
        const real = await realpath(path.join(root, name));
        return real.startsWith(root + path.sep) ? real : null;
      } catch {
        return null;
      }
    },
    async watch(ring) {
      const unwatch = await watchFolder(dir, folder, {
        ring,
        changed: hear,
        lost: () => {
          heard = null;
        },
        failed: () => {
          watched = false;
        },
      });
      // What changed before the watcher stood was not heard.
      heard = null;
      watched = true;
      return unwatch;
    },
  };
}

/** How long a change nobody heard of can stay unseen: network file systems tell nothing. */
const LOOK_EVERYWHERE_MS = 60_000;
