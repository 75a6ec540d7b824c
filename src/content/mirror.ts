// Writes the static copy into a folder: each file atomically, only changed ones, and none of other programs.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExportFile } from '../core/model/ports/export-file.ts';
import type { Problem } from '../core/model/problem.ts';
import { withDraft } from './atomic.ts';
import { makeFolder } from './make-folder.ts';

type Mirrored = { readonly written: number; readonly unchanged: number; readonly removed: number };

/** Writes the files into a folder, in order; `signal` can abort between two. */
export type WriteMirror = (
  dir: string,
  files: readonly ExportFile[],
  signal?: AbortSignal,
) => Promise<Mirrored | Problem>;

/** The list of our files, so that we never remove others. */
export const LIST = '.status-export.json';
/** Few enough that the front page is still written after the pages it links. */
const AT_ONCE = 16;
/** Every so many runs all files are checked, in case others changed them. */
const WHOLE = 100;

/** The files that this process wrote into a folder. */
type WrittenMirror = {
  readonly list: string;
  readonly keys: ReadonlyMap<string, string>;
  readonly runs: number;
};

/**
 * Makes the writer. Readers see each file old or new, never half; removed files go last. Refuses a folder that is not
 * empty and was not written by it. Skips thousands of old pages by their keys, while the folder's list is still its
 * own.
 */
export function makeWriteMirror(): WriteMirror {
  const known = new Map<string, WrittenMirror>();
  return async (dir, files, signal) => {
    makeFolder(dir);
    const text = await readFile(path.join(dir, LIST), 'utf8').catch(() => null);
    const before = readFileList(text);
    if (before === null && (await readdir(dir)).length > 0) {
      const what = 'the folder contains files that are not from an export';
      return { level: 'error', where: dir, what, fix: 'name an empty or a new folder' };
    }
    const last = known.get(dir);
    const trusted = last !== undefined && last.list === text && last.runs % WHOLE !== 0;
    known.delete(dir);
    const paths = files.map(file => file.path);
    const there = new Set(paths);
    const gone = (before ?? []).filter(name => !there.has(name) && inside(dir, name) !== null);
    // Before the files: after a crash, the list may name too many files, but never too few.
    await write(dir, LIST, JSON.stringify([...paths, ...gone]));
    let written = 0;
    const todo = files.filter(({ path, key }) => !trusted || key === null || last?.keys.get(path) !== key);
    const writing = new Set<Promise<unknown>>();
    for (const file of todo) {
      signal?.throwIfAborted();
      // Requests run between two pages.
      await nextTurn();
      const body = await file.body();
      if (writing.size >= AT_ONCE) await Promise.race(writing);
      const one = write(dir, file.path, body, file.apart).then(changed => {
        writing.delete(one);
        if (changed) written++;
      });
      writing.add(one);
    }
    await Promise.all(writing);
    for (const name of gone) await rm(path.join(dir, name), { force: true });
    const list = JSON.stringify(paths);
    if (gone.length > 0) await write(dir, LIST, list);
    const keys = new Map(files.flatMap(({ path, key }) => (key === null ? [] : [[path, key]])));
    known.set(dir, { list, keys, runs: (last?.runs ?? 0) + 1 });
    return { written, unchanged: files.length - written, removed: gone.length };
  };
}

/** The paths in our list; null for anything else. */
export function readFileList(text: string | null): string[] | null {
  try {
    const list: unknown = JSON.parse(text ?? '');
    return Array.isArray(list) ? list.filter(name => typeof name === 'string') : null;
  } catch {
    return null;
  }
}

/** False when the file already has this content, so that tools that copy the folder see only real changes. */
async function write(dir: string, name: string, body: string | Buffer, apart?: RegExp): Promise<boolean> {
  const file = inside(dir, name);
  if (file === null) throw new Error(`${name} leads out of the folder`);
  const bytes = Buffer.from(body);
  const there = await readFile(file).catch(() => null);
  if (there?.equals(bytes)) return false;
  if (there && apart && there.toString().replace(apart, '') === bytes.toString().replace(apart, ''))
    return false;
  await mkdir(path.dirname(file), { recursive: true });
  await withDraft(file, async draft => {
    await writeFile(draft, bytes);
    await rename(draft, file);
  });
  return true;
}

function inside(dir: string, name: string): string | null {
  const file = path.resolve(dir, name);
  return file.startsWith(path.resolve(dir) + path.sep) ? file : null;
}
