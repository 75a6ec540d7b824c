// The status folder as a store: status.yaml, incidents, brand files; read, watched, written atomically.
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { watch } from 'chokidar';
import type { Incident } from '../core/incident.ts';
import type { Problem } from '../core/problem.ts';
import { createExclusively, replaceAtomically } from './atomic.ts';
import { type Entry, scanFolder } from './scan.ts';

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
  /** Reads what changed since the last call. The same object comes back when nothing did. */
  incidents(): Promise<IncidentFiles>;
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

  return {
    siteFile,
    siteText: () => readFile(siteFile, 'utf8'),
    async incidents() {
      const next = await scanFolder(folder, entries);
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
    create: (id, text) => createExclusively(current.fileOf(id), text),
    replace: (id, before, text) => replaceAtomically(current.fileOf(id), before, text),
    async brandFile(name) {
      try {
        const root = await realpath(dir);
        const real = await realpath(path.join(root, name));
        return real.startsWith(root + path.sep) ? real : null;
      } catch {
        return null;
      }
    },
    watch: ring => watchFolder(dir, ring),
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

async function watchFolder(dir: string, ring: () => void): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, {
    ignoreInitial: true,
    ignored: file => /(^|[/\\])\.[^/\\]/.test(path.relative(dir, file)),
  });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(ring, SETTLE_MS);
  });
  // A watcher that fails (limits, a removed folder) costs freshness only: the round reads by the clock too.
  watcher.on('error', () => undefined);
  await new Promise<void>(resolve => {
    watcher.once('ready', resolve);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
