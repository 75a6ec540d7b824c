// The status folder as a store: status.yaml, incidents, brand files; read, watched, written atomically.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { printProblem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import { createExclusively, replaceAtomically } from './atomic.ts';
import type { GoodFile, IncidentFiles } from './file-cache.ts';
import { openMemory } from './last-read.ts';
import { FolderMissing, identityOf } from './missing.ts';
import { readRegularFile } from './regular-file.ts';
import { type Entry, isRacy, rememberedEntry, type Scan, scanFiles, scanFolder } from './scan.ts';
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
   * Before the first reading: what an earlier process last read well, by path below the folder, which folders that
   * were, and whether some of it was missing. It stands in for what cannot be read, or is missing.
   */
  remember(texts: ReadonlyMap<string, string>, identity: string | null, wasMissing: boolean): void;
  /** Which folders the incidents were last read from, for `remember`; null while there was none. */
  identity(): string | null;
  /** Lets the next call forget the incidents whose files are missing; those that are there stay. */
  forgetMissing(): void;
  /** Every file's last good version, as last read; the same list while nothing changed. */
  good(): readonly GoodFile[];
  /** Lets the next call look at every file, heard of or not. */
  lookEverywhere(): void;
  /** Creates an incident file; false when there is one of that id. Throws what the disk says, or FolderMissing. */
  create(id: string, text: string): Promise<boolean>;
  /** Replaces a file that still holds `before`; false when it does not. Throws as `create`. */
  replace(id: string, before: string, text: string): Promise<boolean>;
  /** The path of a brand file inside the folder; null when it is not there or leads out of it. */
  brandFile(name: string): Promise<string | null>;
  /** Calls `ring` soon after anything in the folder changed, until the returned function is called. */
  watch(ring: () => void): Promise<() => void>;
}

/**
 * Opens the status folder at `dir` (it need not hold an incidents folder yet). `variables` are handed to git, which
 * is asked what a commit deleted when the incidents folder is missing. `clock` tells what lies in the future; nothing
 * does without it.
 */
export function openContent(
  dir: string,
  variables: Readonly<Record<string, string | undefined>> = {},
  clock: Clock = () => Number.POSITIVE_INFINITY,
): Content {
  const folder = path.join(dir, 'incidents');
  const siteFile = path.join(dir, 'status.yaml');
  const memory = openMemory(folder, siteFile, variables);
  let current: IncidentFiles = memory.view();
  let watched = false;
  /** Watches anew; set once there is somebody to tell. */
  let rearm: (() => Promise<void>) | null = null;
  /** Where the watcher stands: the status folder and the incidents folder in it. */
  let armedAt = '';
  /** Names below `folder` to read again; null: every file. */
  let heard: Set<string> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();
  const hear = (file: string) => {
    heard?.add(path.relative(folder, file));
  };
  const hearRacy = (entries: Iterable<Entry | null>) => {
    for (const entry of entries) if (entry && isRacy(entry)) hear(entry.file);
  };

  /** Which folder each known one is now. */
  const placesNow = async () => {
    const names = new Set(['', ...memory.folders().keys()]);
    return new Map(
      await Promise.all(
        [...names].map(async name => [name, await identityOf(path.join(folder, name))] as const),
      ),
    );
  };
  const areKnown = (here: ReadonlyMap<string, string | null>) => {
    const known = memory.folders();
    return memory.missing() === null && [...here].every(([name, identity]) => known.get(name) === identity);
  };

  /** Brings what is known up to date with the disk; whether anything changed. */
  async function look(): Promise<boolean> {
    const here = await placesNow();
    const place = await standing(here);
    if (rearm && place !== armedAt) {
      // A watcher stays with the folder it was given, wherever that went. Mounts are not heard of at all.
      armedAt = place;
      await rearm();
    }
    const now = performance.now();
    const names = heard;
    const isKnown = watched && areKnown(here) && now - lookedAt < LOOK_EVERYWHERE_MS;
    if (isKnown && names?.size === 0) return false;
    // What is heard of while we read is for the next call.
    heard = new Set();
    try {
      const found = isKnown && names !== null ? await scanFiles(folder, memory, clock(), names) : null;
      const changed = found && memory.take(found);
      if (found && changed !== null) {
        hearRacy(found.values());
        return changed;
      }
      const isFirst = lookedAt === Number.NEGATIVE_INFINITY;
      const scan: Scan = await scanFolder(folder, memory, clock(), isFirst);
      // Mounted or unmounted while it was read: what is gone may only be elsewhere.
      if ((await standing(await placesNow())) !== place) {
        heard = null;
        return await look();
      }
      hearRacy(scan.files.values());
      lookedAt = now;
      return await memory.judge(scan);
    } catch (error) {
      heard = null;
      throw error;
    }
  }
  const standing = async (here: ReadonlyMap<string, string | null>) =>
    `${await identityOf(dir)} ${JSON.stringify([...here])}`;

  async function read(): Promise<IncidentFiles> {
    const looked = turn.then(async () => {
      if (await look()) current = memory.view();
    });
    turn = looked.catch(() => undefined);
    await looked;
    return current;
  }

  /**
   * The path to write an incident to. Nothing is written where the folder stood, or should be: it would be hidden
   * when that is back; nor for a file that is missing.
   */
  async function writable(id: string): Promise<string> {
    const here = await placesNow();
    if (!areKnown(here) || here.get('') === null) {
      heard = null;
      await read();
    }
    const file = current.fileOf(id);
    const missing = memory.missing();
    if (missing?.closed || memory.isMissing(file)) {
      throw new FolderMissing(missing?.problems.map(printProblem).join('\n'));
    }
    return file;
  }

  /** What was written is known, wherever the folder goes before it is read again. */
  async function know(file: string, text: string): Promise<void> {
    const entry = rememberedEntry(folder, path.relative(folder, file), text);
    const noted = turn.then(() => {
      if (memory.take(new Map([[file, entry]]))) current = memory.view();
    });
    turn = noted;
    await noted;
  }

  return {
    siteFile,
    folder,
    siteText: () => readRegularFile(siteFile),
    incidents: read,
    remember: memory.remember,
    identity: memory.identity,
    forgetMissing: memory.forget,
    good: memory.good,
    lookEverywhere() {
      heard = null;
      memory.askGitAgain();
    },
    async create(id, text) {
      const file = await writable(id);
      const name = path.dirname(path.relative(folder, file));
      const known = memory.folders().get(name === '.' ? '' : name) ?? null;
      const confirm = async () => {
        if (known === null || (await identityOf(path.dirname(file))) === known) return;
        heard = null;
        throw new FolderMissing(
          `${path.dirname(file)}: another folder took its place while it was written to`,
        );
      };
      const isDone = await createExclusively(file, text, confirm).finally(() => hear(file));
      if (isDone) await know(file, text);
      return isDone;
    },
    async replace(id, before, text) {
      const file = await writable(id);
      const isDone = await replaceAtomically(file, before, text).finally(() => hear(file));
      if (isDone) await know(file, text);
      return isDone;
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
      let unwatch = () => {};
      rearm = async () => {
        unwatch();
        watched = true;
        unwatch = await watchFolder(dir, folder, {
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
      };
      armedAt = await standing(await placesNow());
      await rearm();
      return () => {
        rearm = null;
        unwatch();
      };
    },
  };
}

/** How long a change nobody heard of can stay unseen: network file systems tell nothing. */
const LOOK_EVERYWHERE_MS = 60_000;
