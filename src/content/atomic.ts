// Atomic writes: no reader, crash or other writer ever sees half a file.
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Creates `file` as a whole; false when it exists. Throws file system errors.
 * @param confirm runs after the draft is written beside `file`, and throws if this is the wrong folder. If the folder
 * is moved away meanwhile, the draft goes with it and cannot be linked.
 */
export async function createExclusively(
  file: string,
  text: string,
  confirm: () => Promise<void> = async () => {},
): Promise<boolean> {
  makeFolder(path.dirname(file));
  return aside(file, text, async draft => {
    await confirm();
    try {
      await link(draft, file);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EMLINK') return createWithoutLinks(file, text);
      throw error;
    }
  });
}

/** An edit would lose characters of the file. */
export class NotUtf8 extends Error {
  readonly code = 'NOT_UTF8';
}

/** The file is there, but nothing can be compared with what is in it. `why`: the system's code. */
export class Unreadable extends Error {
  readonly code = 'UNREADABLE';
  readonly why: string;

  constructor(file: string, why: string) {
    super(
      `${file} cannot be read (${why}); nothing was written. Let the server read it, or put a file in its place.`,
    );
    this.why = why;
  }
}

/** Gives the draft the rights and, where the system allows it, the owner of the file whose place it takes. */
async function likeFile(draft: string, file: string): Promise<void> {
  const [handle, { mode, uid, gid }] = await Promise.all([open(draft, 'r+'), stat(file)]);
  try {
    // Only root may give files away.
    await handle.chown(uid, gid).catch(() => undefined);
    await handle.chmod(mode & 0o7777);
  } finally {
    await handle.close();
  }
}

/**
 * Replaces `file` in one step if it still holds `before`; false when somebody changed or deleted it meanwhile. The
 * rights and the owner stay. Throws NotUtf8, Unreadable, or what the disk says.
 */
export async function replaceAtomically(file: string, before: string, text: string): Promise<boolean> {
  return aside(file, text, async draft => {
    const current = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new Unreadable(file, error.code ?? error.message);
    });
    if (current?.toString() !== before) return false;
    if (!isUtf8(current)) throw new NotUtf8(`${file} is not UTF-8; nothing was written. Save it as UTF-8.`);
    await likeFile(draft, file);
    await rename(draft, file);
    return true;
  });
}

async function aside<T>(file: string, text: string, place: (draft: string) => Promise<T>): Promise<T> {
  return withDraft(file, async draft => {
    await writeSynced(draft, text);
    const placed = await place(draft);
    await syncFolder(path.dirname(file));
    return placed;
  });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives `work` a temporary name beside the file, and removes it at the end. Errors of the disk name the file. */
export async function withDraft<T>(file: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = path.join(path.dirname(file), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    return await work(draft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) Object.assign(error as Error, { path: file });
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  try {
    await writeSynced(file, text);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Syncs the folder, so that the new name survives a power cut. Some systems cannot sync folders; the file itself is
 * synced.
 */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
