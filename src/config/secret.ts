// The secret that signs links: made on the first start, stored in DATA_DIR, readable only by this user.
import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome, Problem } from '../core/model/problem.ts';

/** Reads DATA_DIR/secret, or makes it (mode 0600) in the folder, which is there. */
export async function keptSecret(dataDir: string): Promise<Outcome<string>> {
  const found = await foundSecret(dataDir);
  if (found.value !== null || found.problems.length > 0) return found;
  const file = path.join(dataDir, 'secret');
  const made = randomBytes(32).toString('base64url');
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
    return { value: made, problems: [] };
  } catch (error) {
    return { value: null, problems: [unusable(file, 'kept', error)] };
  }
}

/** Reads DATA_DIR/secret; null, without a problem, when no server has made it yet. */
export async function foundSecret(dataDir: string): Promise<Outcome<string>> {
  const file = path.join(dataDir, 'secret');
  try {
    const text = (await readFile(file, 'utf8')).trim();
    // Too short: an interrupted write.
    if (text.length < 16) return { value: null, problems: [] };
    const open = exposed(file, (await stat(file)).mode, 'SECRET');
    return { value: text, problems: open ? [open] : [] };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { value: null, problems: isMissing ? [] : [unusable(file, 'read', error)] };
  }
}

/**
 * A warning when others than the owner may read or change a secret's file; else null. Files that systemd or a container
 * mounts for this process only are protected by their folder.
 * @param mode as from `stat`.
 */
export function exposed(file: string, mode: number, where: string): Problem | null {
  if ((mode & 0o077) === 0 || process.platform === 'win32') return null;
  if (/^\/run\/(secrets|credentials)\//.test(file)) return null;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const what = `users other than the owner can read or write "${file}" (mode ${octal})`;
  return { level: 'warning', where, what, fix: `restrict it: chmod 600 ${file}` };
}

function unusable(where: string, done: 'kept' | 'read', error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException;
  const what = `the secret cannot be ${done} here (${code})`;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  if (isFull) return { level: 'error', where, what, fix: 'free disk space there, and start again' };
  const fix = 'make this user the owner of the folder, set DATA_DIR to another folder, or set SECRET';
  return { level: 'error', where, what, fix };
}
