// Makes folders and those above them. Node's own way (`recursive`) never ends where a folder that is there takes no other,
// such as /proc, on any of its versions.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorAt, type Outcome } from '../core/model/problem.ts';

/**
 * Makes `dir` and the folders above it; nothing if it is there. Throws file system errors.
 * @param mode of each folder it makes.
 */
export function makeFolder(dir: string, mode = 0o777): void {
  if (isFolder(dir)) return;
  const above = path.dirname(dir);
  if (!existsSync(above)) makeFolder(above, mode);
  try {
    mkdirSync(dir, { mode });
  } catch (error) {
    // Another process was faster.
    if (isFolder(dir)) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw error;
    throw Object.assign(new Error(`${dir}: no folder can be made in ${above} — name another place`), {
      code,
    });
  }
}

/** Makes a folder for data, readable by this user alone; null, with the problem, if it cannot be made. */
export function makeDataFolder(dir: string): Outcome<string> {
  try {
    makeFolder(dir, 0o700);
    return { value: dir, problems: [] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'nothing can be made in the folder above it' : code;
    const fix = 'make it, with this user as its owner, or set DATA_DIR to another folder';
    return { value: null, problems: [errorAt(dir, `this folder cannot be made (${why})`, fix)] };
  }
}

function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
}
