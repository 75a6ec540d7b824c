// The lock beside the database, held by the running server or by a command that replaces the file. The system releases
// it when the process ends, so no lock is left behind.
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';

export interface Lock {
  release(): void;
}

/**
 * Takes the lock of the database in `file`; null if another process has it. Throws DatabaseRefused if the folder cannot
 * be written.
 */
export function takeLock(file: string): Lock | null {
  const name = `${file}.lock`;
  let sqlite: Sqlite.Database | null = null;
  try {
    mkdirSync(path.dirname(name), { recursive: true, mode: 0o700 });
    keepToUs(name);
    const lockFile = new Sqlite(name, { timeout: 0 });
    sqlite = lockFile;
    // The lock is an empty SQLite database: SQLite can lock a file on every system we support.
    lockFile.pragma('journal_mode = MEMORY');
    lockFile.exec('BEGIN EXCLUSIVE');
    return { release: () => lockFile.close() };
  } catch (error) {
    sqlite?.close();
    const { code, message } = error as { code?: string; message: string };
    if (code === 'SQLITE_BUSY') return null;
    const what = `the lock file of the database cannot be created (${code ?? message})`;
    throw new DatabaseRefused(
      name,
      what,
      'give this user write access to the folder, free disk space, or set DATA_DIR to another folder',
    );
  }
}

/** Whoever can read the lock file can lock it and keep the server from starting. */
function keepToUs(name: string): void {
  const facts = statSync(name, { throwIfNoEntry: false });
  if (!facts) closeSync(openSync(name, 'a', 0o600));
  else if ((facts.mode & 0o077) !== 0) {
    try {
      chmodSync(name, 0o600);
    } catch {
      // On a read-only disk it stays as it was.
    }
  }
}
