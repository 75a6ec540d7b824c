// The database: one SQLite file, looked at, opened, backed up before its schema changes, and migrated.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { DatabaseRefused, troubleOf } from '../../core/model/ports/storage.ts';
import { backUpBeforeMigration, syncFile } from './backups.ts';
import { Connection, dialectOf, type OnWrite } from './connection.ts';
import { APPLICATION_ID, inspect } from './inspect.ts';
import { takeLock } from './lock.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

export interface OpenOptions {
  /** The caller holds the lock of the database, as the server does. */
  readonly locked?: boolean;
  /** Called after every write. */
  readonly onWrite?: OnWrite;
  /** Whether the file was taken away: nothing is written to it then. */
  readonly gone?: () => boolean;
}

/**
 * Opens (or makes) the database in `file`. Throws DatabaseRefused when the file is damaged, foreign, newer
 * than this program, or cannot be written; the file and those beside it are then left untouched.
 */
export function openDatabase(
  file: string,
  { locked = false, onWrite = () => {}, gone = () => false }: OpenOptions = {},
): Db {
  try {
    const sqlite = file === ':memory:' ? made(file) : opened(file, locked);
    const connection = new Connection(sqlite, onWrite, gone, locked ? () => handle(file, 0) : null);
    const db = new Kysely<Tables>({ dialect: dialectOf(connection, 'FULL') });
    unsynced.set(db, new Kysely<Tables>({ dialect: dialectOf(connection, 'NORMAL') }));
    return db;
  } catch (error) {
    throw explained(error, file);
  }
}

const unsynced = new WeakMap<Db, Db>();

/**
 * The same database, whose transactions do not wait for the disk: for what is measured each minute anyway, or
 * recognised when it is repeated. A crash of ours undoes none of it; a power cut may take the last seconds,
 * in order, and never what a later transaction of the other kind relies on. Announcements, outbox, subscribers and
 * inbound events wait (FULL): what was accepted stays accepted.
 */
export function withoutFsync(db: Db): Db {
  return unsynced.get(db) ?? db;
}

function opened(file: string, locked: boolean): Sqlite.Database {
  if (!existsSync(file)) make(file);
  const found = inspect(file, locked);
  const { version } = found;
  const lock = locked || version === MIGRATIONS.length ? null : takeLock(file);
  if (!locked && version < MIGRATIONS.length && !lock) {
    const what = `the running server is of an older version (schema ${version}, this program has ${MIGRATIONS.length})`;
    throw new DatabaseRefused(file, what, 'stop it first, or use the command line of its version');
  }
  const sqlite = handle(file, 5000);
  try {
    if (version < MIGRATIONS.length) {
      backUpBeforeMigration(sqlite, file, found);
      migrate(sqlite, file, version);
    }
    // From here on nothing waits inside SQLite (connection.ts).
    sqlite.pragma('busy_timeout = 0');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  } finally {
    lock?.release();
  }
}

/** `patience`: how long it waits for whoever holds the file, ms. */
function handle(file: string, patience: number): Sqlite.Database {
  const sqlite = new Sqlite(file, { timeout: patience });
  try {
    settle(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** A new database is made aside: an empty or half-made file under its name is never ours. */
function make(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  try {
    rmSync(draft, { force: true });
    // It will hold addresses: readable by this user alone.
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
    migrate(sqlite, file, 0);
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
  // KiB: the indexes of a large outbox stay in memory.
  sqlite.pragma('cache_size = -32768');
}

/** All the steps at once: one that fails leaves the schema, and the data, as they were. */
function migrate(sqlite: Sqlite.Database, file: string, version: number): void {
  let step = version;
  try {
    sqlite.transaction(() => {
      for (; step < MIGRATIONS.length; step++) sqlite.exec(MIGRATIONS[step] as string);
      sqlite.pragma(`user_version = ${MIGRATIONS.length}`);
    })();
  } catch (error) {
    if (troubleOf((error as { code?: string }).code) !== null) throw error;
    const what = `the database cannot be brought from schema ${version} to ${MIGRATIONS.length}: step ${step + 1} says "${(error as Error).message}"; it is as it was`;
    throw new DatabaseRefused(file, what, 'install the version before this one again, and report this');
  }
}

function explained(error: unknown, file: string): unknown {
  if (error instanceof DatabaseRefused) return error;
  const { code, message } = error as { code?: string; message: string };
  const [what, fix] = REASONS[troubleOf(code) ?? 'io'] ?? [
    `the database cannot be opened: ${message}`,
    'look at the disk (dmesg), or set DATA_DIR to another folder',
  ];
  return new DatabaseRefused(file, code ? `${what} (${code})` : what, fix);
}

const REASONS: Partial<Record<NonNullable<ReturnType<typeof troubleOf>>, readonly [string, string]>> = {
  damaged: ['the database is damaged', 'restore a backup: `npm run status -- restore FILE`'],
  readonly: ['the database cannot be written', 'give this user the file and its folder'],
  full: ['the disk is full', 'make room and start again'],
  locked: [
    'the database is locked by another process',
    'end that process (fuser names it), then start again',
  ],
};
