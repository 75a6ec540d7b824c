// Writing the static copy into a folder: each file in one step, only what changed, nothing of others touched.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../core/problem.ts';

export interface MirrorFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly body: string | Buffer;
}

export interface Mirrored {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** Lists what we wrote, so that we remove no other's file. */
const LIST = '.status-export.json';
/** Few enough that the front page still comes after everything it leads to. */
const AT_ONCE = 16;

/**
 * Brings the folder up to date, in the order of `files`; readers see each file old or new, never half,
 * and files that went are removed last. Refuses a folder that holds anything and was not made by this.
 */
export async function writeMirror(dir: string, files: readonly MirrorFile[]): Promise<Mirrored | Problem> {
  await mkdir(dir, { recursive: true });
  const before = await listed(dir);
  if (before === null && (await readdir(dir)).length > 0) {
    const what = 'the folder holds files that are not of an export';
    return { level: 'error', where: dir, what, fix: 'name an empty or a new folder' };
  }
  const paths = files.map(file => file.path);
  // Before the files: a crash between leaves a list that names too much, never too little.
  await write(dir, LIST, JSON.stringify([...new Set([...(before ?? []), ...paths])]));
  let written = 0;
  for (let index = 0; index < files.length; index += AT_ONCE) {
    const batch = files.slice(index, index + AT_ONCE);
    const done = await Promise.all(batch.map(file => write(dir, file.path, file.body)));
    written += done.filter(Boolean).length;
  }
  const gone = (before ?? []).filter(name => !paths.includes(name) && inside(dir, name) !== null);
  for (const name of gone) await rm(path.join(dir, name), { force: true });
  await write(dir, LIST, JSON.stringify(paths));
  return { written, unchanged: files.length - written, removed: gone.length };
}

async function listed(dir: string): Promise<string[] | null> {
  try {
    const list: unknown = JSON.parse(await readFile(path.join(dir, LIST), 'utf8'));
    return Array.isArray(list) ? list.filter(name => typeof name === 'string') : null;
  } catch {
    return null;
  }
}

/** False when the file holds just that already: whoever copies the folder on sends only what changed. */
async function write(dir: string, name: string, body: string | Buffer): Promise<boolean> {
  const file = inside(dir, name);
  if (file === null) throw new Error(`${name} leads out of the folder`);
  const bytes = Buffer.from(body);
  const there = await readFile(file).catch(() => null);
  if (there?.equals(bytes)) return false;
  await mkdir(path.dirname(file), { recursive: true });
  const draft = path.join(path.dirname(file), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return true;
}

function inside(dir: string, name: string): string | null {
  const file = path.resolve(dir, name);
  return file.startsWith(path.resolve(dir) + path.sep) ? file : null;
}
