// Backups of the database: complete, verified copies beside it, made before a schema migration.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { iso, type Millis } from '../../core/model/time.ts';

/** How many backups made before a migration are kept. */
const KEPT = 3;

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
