// Backups of the database, complete and verified: the operator's, made while the server runs, and those made before a
// schema migration.
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { iso, type Millis } from '../../core/model/time.ts';

/** How many backups made before a migration are kept. */
const KEPT = 3;
/** Pages copied in one step (8 MB); other work runs between steps. */
const PAGES = 2000;

export function backupsOf(file: string): string {
  return path.join(path.dirname(file), 'backups');
}

/** The backup with the newest content, or null. */
export function newestBackup(file: string): string | null {
  return ours(file).at(-1) ?? null;
}

/**
 * Copies an open database to DATA_DIR/backups/status-SCHEMA-DATE.db, verifies the copy, and keeps the last three.
 * DATE is the time of the last change (epoch ms). Returns the path; throws SQLite's errors.
 */
export function backUpBeforeMigration(
  sqlite: Sqlite.Database,
  file: string,
  { version, changed }: { readonly version: number; readonly changed: Millis },
): string {
  const folder = backupsOf(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `status-${version}-${iso(changed).replace(/[-:]/g, '')}.db`;
  const backup = path.join(folder, name);
  const draft = path.join(folder, `.${name}.tmp`);
  rmSync(draft, { force: true });
  try {
    // It holds email addresses, so only this user may read it. SQLite writes into an empty file.
    closeSync(openSync(draft, 'wx', 0o600));
    sqlite.prepare('VACUUM INTO ?').run(draft);
    verify(draft);
    syncFile(draft);
    renameSync(draft, backup);
    syncFile(folder);
  } finally {
    rmSync(draft, { force: true });
  }
  for (const old of ours(file).slice(0, -KEPT)) rmSync(old, { force: true });
  return backup;
}

/**
 * Copies the database in `file` to `target` as it is now, even while the server writes. Verifies the copy and puts it
 * in place in one step, mode 0600. Calls `onProgress` with the pages done and the total. Throws DatabaseRefused and
 * then leaves nothing behind.
 */
export async function backUp(
  file: string,
  target: string,
  force: boolean,
  onProgress: (done: number, all: number) => void,
): Promise<{ readonly bytes: number }> {
  if (!existsSync(file))
    throw new DatabaseRefused(file, 'there is no database yet', 'start the server first');
  const exists = 'this file already exists';
  if (!force && existsSync(target))
    throw new DatabaseRefused(target, exists, 'choose another name, or use --force');
  const folder = path.dirname(target);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new DatabaseRefused(folder, 'there is no such folder', 'create it first');
    const fix = `choose another, for instance ${path.dirname(file)}`;
    throw new DatabaseRefused(folder, 'this user may not write into this folder', fix);
  }
  // A unique name, because another backup to the same target may be running.
  const draft = `${target}.${randomUUID()}.tmp`;
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: 5000 });
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    // One read transaction until the end. Without it, each write of the server would restart the copy.
    sqlite.exec('BEGIN');
    sqlite.prepare('SELECT COUNT(*) FROM sqlite_master').get();
    const progress = ({ totalPages, remainingPages }: Sqlite.BackupMetadata) => {
      if (totalPages > 0) onProgress(totalPages - remainingPages, totalPages);
      return PAGES;
    };
    await sqlite.backup(draft, { progress });
    sqlite.exec('COMMIT');
    settled(draft);
    verify(draft);
    syncFile(draft);
    if (force) renameSync(draft, target);
    else linkSync(draft, target);
    syncFile(folder);
    return { bytes: statSync(target).size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new DatabaseRefused(target, exists, 'choose another name');
    throw error;
  } finally {
    sqlite.close();
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(draft + end, { force: true });
  }
}

/** Makes it one file without log, so that it can be copied, and opened read-only anywhere. */
function settled(file: string): void {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = DELETE');
  sqlite.close();
}

/** Opens a copy and checks every page; throws if it is damaged. */
export function verify(file: string): void {
  const copy = new Sqlite(file, { readonly: true });
  try {
    const said = copy.pragma('integrity_check(1)', { simple: true }) as string;
    if (said !== 'ok') throw Object.assign(new Error(said), { code: 'SQLITE_CORRUPT' });
  } finally {
    copy.close();
  }
}

/** Waits until a file, or the names in a folder, are on disk. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Oldest content first. */
function ours(file: string): string[] {
  const folder = backupsOf(file);
  try {
    const names = readdirSync(folder).filter(name => /^status-\d+-\d{8}T\d{6}Z\.db$/.test(name));
    const dated = names.sort((a, b) => dateOf(a).localeCompare(dateOf(b)) || a.localeCompare(b));
    return dated.map(name => path.join(folder, name));
  } catch {
    return [];
  }
}

function dateOf(name: string): string {
  return name.split('-').at(-1) as string;
}
