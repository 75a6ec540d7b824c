// Restores a backup while the server is stopped.
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { iso, type Millis } from '../../core/model/time.ts';
import { backupsOf, syncFile, verify } from './backups.ts';
import { inspect } from './inspect.ts';
import { takeLock } from './lock.ts';

interface Restored {
  /** Where the previous database is now; null if there was none. */
  readonly aside: string | null;
  readonly version: number;
  readonly subscribers: number;
  /** Emails and messages waiting in the backup. */
  readonly emails: number;
}

/**
 * Puts a copy of the backup `from` in place of `file`, and moves the previous database aside.
 * Unless `resume`, waiting emails wait for `outbox retry` and news is not announced again, because it is unknown what
 * was sent since the backup. Throws DatabaseRefused, with nothing changed, if a server runs or the backup is damaged.
 */
export function restore(file: string, from: string, resume: boolean, now: Millis): Restored {
  const fix = 'give another file';
  if (!existsSync(from)) throw new DatabaseRefused(from, 'there is no such file', fix);
  if (path.resolve(from) === path.resolve(file))
    throw new DatabaseRefused(from, 'this is the database itself', fix);
  const lock = takeLock(file);
  if (!lock) {
    throw new DatabaseRefused(file, 'a server is running on this database', 'stop it, then restore');
  }
  const draft = `${file}.${process.pid}.tmp`;
  try {
    copyFileSync(from, draft);
    if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${draft}-wal`);
    verified(draft, from);
    const restored = prepared(draft, from, resume);
    syncFile(draft);
    const aside = putAside(file, now);
    renameSync(draft, file);
    syncFile(path.dirname(file));
    return { ...restored, aside };
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(draft + end, { force: true });
    lock.release();
  }
}

function prepared(draft: string, from: string, resume: boolean): Omit<Restored, 'aside'> {
  try {
    const { version } = inspect(draft, false);
    const sqlite = new Sqlite(draft);
    try {
      sqlite.pragma('journal_mode = DELETE');
      const count = (sql: string) => sqlite.prepare(sql).pluck().get() as number;
      const emails = count("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'");
      const subscribers = count(
        "SELECT COUNT(*) FROM subscribers WHERE state = 'confirmed' AND channel = 'email'",
      );
      if (!resume) hold(sqlite);
      return { version, subscribers, emails };
    } finally {
      sqlite.close();
    }
  } catch (error) {
    if (!(error instanceof DatabaseRefused)) throw error;
    throw new DatabaseRefused(from, error.problem.what, 'use another backup; nothing was changed');
  }
}

function verified(draft: string, from: string): void {
  try {
    verify(draft);
  } catch (error) {
    const what = `the backup is damaged (${(error as Error).message.slice(0, 120)})`;
    throw new DatabaseRefused(from, what, 'use another backup; nothing was changed');
  }
}

/** Waiting deliveries stay for `outbox retry`. The next round takes every update as seen and notifies nobody. */
function hold(sqlite: Sqlite.Database): void {
  sqlite.exec(`
    UPDATE deliveries SET state = 'given_up', error = 'held since the backup was restored' WHERE state = 'pending';
    UPDATE announcements SET cursor = NULL;
    DELETE FROM meta WHERE name = 'announced'`);
}

/** Moves the old file aside together with its log. The old name stays until the new file takes it. */
function putAside(file: string, now: Millis): string | null {
  if (!existsSync(file)) return null;
  mkdirSync(backupsOf(file), { recursive: true, mode: 0o700 });
  const aside = path.join(backupsOf(file), `replaced-${iso(now).replace(/[-:]/g, '')}.db`);
  rmSync(aside, { force: true });
  linkSync(file, aside);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  return aside;
}
