// Opens SQLite, the database as one file: inspected, backed up before its schema changes, and migrated.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Kysely } from 'kysely';
import Sqlite from '#sqlite';
import { DatabaseRefused, troubleOf } from '../../core/model/ports/storage.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import { backUpBeforeMigration, syncFile } from './backups.ts';
import { Connection, dialectOf, type OnWrite } from './connection.ts';
import { APPLICATION_ID, inspect } from './inspect.ts';
import { takeLock } from './lock.ts';
import { currentSchema, FIRST_SCHEMA, MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

export interface OpenOptions {
  /** True if the caller already holds the lock of the database, as the server does. */
  readonly locked?: boolean;
  readonly onWrite?: OnWrite;
  /** Whether the file was removed: then nothing is written to it. */
  readonly gone?: () => boolean;
}

/**
 * Opens or creates the database in `file`. Throws DatabaseRefused, and leaves all files untouched, if the file is
 * damaged, not ours, newer than this program, or not writable.
 */
export function openDatabase(
  file: string,
  { locked = false, onWrite = () => {}, gone = () => false }: OpenOptions = {},
): Db {
  try {
    const sqlite = file === ':memory:' ? made(file) : opened(file, locked);
    const connection = new Connection(sqlite, onWrite, gone, locked ? () => handle(file, 0) : null);
    const db = new Kysely<Tables>({ dialect: dialectOf(connection, 'FULL') });
    pairUnsynced(db, new Kysely<Tables>({ dialect: dialectOf(connection, 'NORMAL') }));
    return db;
  } catch (error) {
    throw explained(error, file);
  }
}

const unsynced = new WeakMap<Db, Db>();

/** Makes `quick` what `withoutFsync` returns for a database. */
export function pairUnsynced(db: Db, quick: Db): void {
  unsynced.set(db, quick);
}

/**
 * The same database, but its transactions do not wait for the disk (NORMAL). Use it for measurements, and for writes
 * that are recognised when repeated. A crash loses nothing; a power cut may lose the last seconds, in order, and never
 * a write that a later FULL transaction relies on. Announcements, outbox, subscribers and inbound events use FULL: what
 * was accepted stays accepted.
 */
export function withoutFsync(db: Db): Db {
  return unsynced.get(db) ?? db;
}

function opened(file: string, locked: boolean): Sqlite.Database {
  if (!existsSync(file)) make(file);
  const found = inspect(file, locked);
  const { version } = found;
  const isOlder = version < currentSchema();
  const lock = locked || !isOlder ? null : takeLock(file);
  if (!locked && isOlder && !lock) {
    const what = `the running server has an older version (schema ${version}, this program has ${currentSchema()})`;
    throw new DatabaseRefused(file, what, 'stop it first, or use the command line of its version');
  }
  const sqlite = handle(file, 5000);
  try {
    if (isOlder) {
      backUpBeforeMigration(sqlite, file, found);
      migrate(sqlite, file, version);
    }
    // From here on connection.ts waits, never SQLite.
    sqlite.pragma('busy_timeout = 0');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  } finally {
    lock?.release();
  }
}

/** @param timeout how long to wait for a process that has locked the file, ms */
function handle(file: string, timeout: number): Sqlite.Database {
  const sqlite = new Sqlite(file, { timeout: timeout });
  try {
    settle(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** A new database is made under a temporary name, so that a half-made file is never used. */
function make(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  try {
    rmSync(draft, { force: true });
    // It will hold email addresses, so only this user may read it.
    closeSync(openSync(draft, 'wx', 0o600));
    made(draft).close();
    syncFile(draft);
    if (!existsSync(file)) renameSync(draft, file);
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(draft + end, { force: true });
  }
}

function made(file: string): Sqlite.Database {
  const sqlite = new Sqlite(file);
  try {
    settle(sqlite);
    migrate(sqlite, file, FIRST_SCHEMA - 1);
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function settle(sqlite: Sqlite.Database): void {
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  // In KiB: keeps the indexes of a large outbox in memory.
  sqlite.pragma('cache_size = -32768');
}

/** Runs all steps after schema `from` in one transaction: if one fails, schema and data stay as they were. */
function migrate(sqlite: Sqlite.Database, file: string, from: number): void {
  const to = currentSchema();
  let schema = from;
  try {
    sqlite.transaction(() => {
      while (schema < to) sqlite.exec(MIGRATIONS[++schema - FIRST_SCHEMA] as string);
      sqlite.pragma(`user_version = ${to}`);
    })();
  } catch (error) {
    if (troubleOf((error as { code?: string }).code) !== null) throw error;
    const what = `the database cannot be upgraded from schema ${from} to ${to}: the step to ${schema} failed with "${(error as Error).message}"; nothing was changed`;
    throw new DatabaseRefused(file, what, 'install the previous version again, and report this');
  }
}

function explained(error: unknown, file: string): unknown {
  if (error instanceof DatabaseRefused) return error;
  const { code, message } = error as { code?: string; message: string };
  const [what, fix] = REASONS[troubleOf(code) ?? 'io'] ?? [
    `the database cannot be opened: ${message}`,
    'check the disk (dmesg), or set DATA_DIR to another folder',
  ];
  return new DatabaseRefused(file, code ? `${what} (${code})` : what, fix);
}

const REASONS: Partial<Record<NonNullable<ReturnType<typeof troubleOf>>, readonly [string, string]>> = {
  damaged: ['the database is damaged', `restore a backup: \`${statusCommand('restore FILE')}\``],
  readonly: ['the database cannot be written', 'give this user write access to the file and its folder'],
  full: ['the disk is full', 'free disk space and start again'],
  locked: [
    'the database is locked by another process',
    'stop that process (fuser shows it), then start again',
  ],
};
