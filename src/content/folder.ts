// The status folder as a store: status.yaml, incidents, brand files; read, watched, written atomically.
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { watch } from 'chokidar';
import type { Incident } from '../core/incident.ts';
import type { Problem } from '../core/problem.ts';
import { createExclusively, replaceAtomically } from './atomic.ts';
import { type Entry, isRacy, scanFiles, scanFolder } from './scan.ts';

/** The incidents as they stand on disk (each in its last good version). */
export interface IncidentFiles {
  readonly incidents: readonly Incident[];
  readonly problems: readonly Problem[];
  /** The text of a file by incident id, for the machine's edits. */
  text(id: string): string | undefined;
  /** The path of an incident's file. */
  fileOf(id: string): string;
}

export interface Content {
  /** The text of status.yaml; throws what the disk says. */
  siteText(): Promise<string>;
  readonly siteFile: string;
  /**
   * Reads what changed since the last call: while watched, the files whose change was heard of, and
   * everything once a minute and after `lookEverywhere`. The same object comes back when nothing changed.
   */
  incidents(): Promise<IncidentFiles>;
  /** Lets the next call look at every file, heard of or not. */
  lookEverywhere(): void;
  /** Creates an incident file; false when there is one of that id. Throws what the disk says. */
  create(id: string, text: string): Promise<boolean>;
  /** Replaces a file that still holds `before`; false when it does not. Throws what the disk says. */
  replace(id: string, before: string, text: string): Promise<boolean>;
  /** The path of a brand file inside the folder; null when it is not there or leads out of it. */
  brandFile(name: string): Promise<string | null>;
  /** Calls `ring` soon after anything in the folder changed, until the returned function is called. */
  watch(ring: () => void): Promise<() => Promise<void>>;
}

/** Opens the status folder at `dir` (it need not hold an incidents folder yet). */
export function openContent(dir: string): Content {
  const folder = path.join(dir, 'incidents');
  const siteFile = path.join(dir, 'status.yaml');
  let entries: ReadonlyMap<string, Entry> = new Map();
  let current: IncidentFiles = view(entries, folder);
  let watched = false;
  /** Names below `folder` to read again; null: every file. */
  let heard: Set<string> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const hear = (file: string) => {
    heard?.add(path.relative(folder, file));
  };

  async function scan(): Promise<ReadonlyMap<string, Entry>> {
    const now = performance.now();
    const names = heard;
    const everything = names === null || !watched || now - lookedAt >= LOOK_EVERYWHERE_MS;
    if (!everything && names.size === 0) return entries;
    // What is heard of while we read is for the next call.
    heard = new Set();
    try {
      if (everything) {
        const all = await scanFolder(folder, entries);
        lookedAt = now;
        for (const entry of all.values()) if (isRacy(entry)) hear(entry.file);
        return all;
      }
      const next = await scanFiles(folder, entries, names);
      for (const name of names) {
        const entry = next.get(path.join(folder, name));
        if (entry && isRacy(entry)) hear(entry.file);
      }
      return next;
    } catch (error) {
      heard = null;
      throw error;
    }
  }

  return {
    siteFile,
    siteText: () => readFile(siteFile, 'utf8'),
    async incidents() {
      const next = await scan();
      if (next === entries) return current;
      const same =
        next.size === entries.size &&
        [...next].every(([file, entry]) => {
          const before = entries.get(file);
          return (
            before?.good === entry.good && before?.problems === entry.problems && before?.text === entry.text
          );
        });
      entries = next;
      if (!same) current = view(next, folder);
      return current;
    },
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
      const unwatch = await watchFolder(dir, {
        ring,
        changed: hear,
        // A folder came or went, or the watcher failed: what it held is not told one by one.
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

function view(entries: ReadonlyMap<string, Entry>, folder: string): IncidentFiles {
  const byId = new Map<string, Entry>();
  const problems: Problem[] = [];
  for (const entry of entries.values()) {
    const twin = byId.get(entry.id);
    problems.push(...entry.problems);
    if (twin) {
      const what = `there is another file with the id "${entry.id}": ${twin.file}`;
      problems.push({
        level: 'error',
        where: entry.file,
        what,
        fix: 'rename one; until then the other is shown',
      });
    } else {
      byId.set(entry.id, entry);
    }
  }
  const incidents = [...byId.values()].map(entry => entry.good).filter(incident => incident !== null);
  return {
    incidents,
    problems,
    text: id => byId.get(id)?.text ?? undefined,
    fileOf: id => byId.get(id)?.file ?? path.join(folder, `${id}.md`),
  };
}

/** Long enough that an editor's save is one ring and a half-written file is whole. */
const SETTLE_MS = 60;

/** How long a change nobody heard of can stay unseen: network file systems tell nothing. */
const LOOK_EVERYWHERE_MS = 60_000;

interface Ears {
  readonly ring: () => void;
  readonly changed: (file: string) => void;
  readonly lost: () => void;
  readonly failed: () => void;
}

async function watchFolder(dir: string, ears: Ears): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, {
    ignoreInitial: true,
    ignored: file => /(^|[/\\])\.[^/\\]/.test(path.relative(dir, file)),
  });
  watcher.on('all', (event, file) => {
    if (event === 'addDir' || event === 'unlinkDir') ears.lost();
    else ears.changed(file);
    clearTimeout(timer);
    timer = setTimeout(ears.ring, SETTLE_MS);
  });
  // A watcher that fails (limits, a removed folder) costs freshness only: the round reads by the clock too.
  watcher.on('error', ears.failed);
  await new Promise<void>(resolve => {
    watcher.once('ready', resolve);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
