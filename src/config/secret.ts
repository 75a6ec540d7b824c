// The secret that signs links: made on the first start, kept in DATA_DIR, readable by this user alone.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome } from '../core/problem.ts';

/** Reads DATA_DIR/secret or makes it (mode 0600). */
export async function keptSecret(dataDir: string): Promise<Outcome<string>> {
  const file = path.join(dataDir, 'secret');
  try {
    const kept = await readFile(file, 'utf8').catch(missing);
    if (kept && kept.trim().length >= 16) return { value: kept.trim(), problems: [] };
    const made = randomBytes(32).toString('base64url');
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
    return { value: made, problems: [] };
  } catch (error) {
    const what = `the secret cannot be kept here (${(error as NodeJS.ErrnoException).code})`;
    const fix = 'give this user the folder, set DATA_DIR to another, or set SECRET';
    return { value: null, problems: [{ level: 'error', where: file, what, fix }] };
  }
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
