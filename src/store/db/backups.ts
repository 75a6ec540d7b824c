// Backups of the database: whole, checked copies beside it, made before its schema changes.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { iso, type Millis } from '../../core/model/time.ts';

/** How many of those made before a migration are kept. */
const KEPT = 3;

/** Where the backups of a database lie. */
export function backupsOf(file: string): string {
  return path.join(path.dirname(file), 'backups');
}

/** The backup with the youngest content beside a database, or null. */
export function newestBackup(file: string): string | null {
  return ours(file).at(-1) ?? null;
}

/**
 * Copies an open database to DATA_DIR/backups/status-SCHEMA-DATE.db, the date being that of its last change
 * (epoch ms), checks the copy, and keeps the last three. Returns its path. Throws what SQLite says.
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
    // It holds addresses: readable by this user alone. SQLite writes into an empty file.
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

/** Opens a copy and checks every page; throws when it is not whole. */
export function verify(file: string): void {
  const copy = new Sqlite(file, { readonly: true });
  try {
    const said = copy.pragma('integrity_check(1)', { simple: true }) as string;
    if (said !== 'ok') throw Object.assign(new Error(said), { code: 'SQLITE_CORRUPT' });
  } finally {
    copy.close();
  }
}

/** Waits until a file, or a folder's names, are on the disk. */
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
