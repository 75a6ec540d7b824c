// The database: one SQLite file, opened, checked and migrated.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

/**
 * Opens (or makes) the database in `file`. Throws an Error whose message an operator can act on when
 * the file is corrupt, newer than this program, or cannot be written; the file is then left untouched.
 */
export function openDatabase(file: string): Db {
  if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = open(file);
  try {
    // FULL: what was accepted (a subscriber, a letter sent) survives a power cut, not only a crash.
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('busy_timeout = 5000');
    // KiB: the indexes of a large outbox stay in memory.
    sqlite.pragma('cache_size = -32768');
    migrate(sqlite, file);
  } catch (error) {
    sqlite.close();
    throw explained(error, file);
  }
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: rememberingStatements(sqlite) }) });
}

/** Statements kept compiled: a letter costs half as much. */
const STATEMENTS = 300;

function rememberingStatements(sqlite: Sqlite.Database) {
  const known = new Map<string, Sqlite.Statement>();
  return {
    close: () => sqlite.close(),
    prepare(text: string) {
      // A pragma acts when it is compiled.
      if (/^\s*pragma\b/i.test(text)) return sqlite.prepare(text) as unknown as SqliteStatement;
      let statement = known.get(text);
      if (!statement) {
        if (known.size >= STATEMENTS) known.clear();
        statement = sqlite.prepare(text);
        known.set(text, statement);
      }
      return statement as unknown as SqliteStatement;
    },
  };
}

function open(file: string): Sqlite.Database {
  try {
    return new Sqlite(file);
  } catch (error) {
    throw explained(error, file);
  }
}

function migrate(sqlite: Sqlite.Database, file: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version > MIGRATIONS.length) {
    throw new Error(
      `${file}: the database was written by a newer version (schema ${version}, this program knows ${MIGRATIONS.length}) — install that version again, or set DATA_DIR to another folder`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    sqlite.transaction(() => {
      sqlite.exec(statements);
      sqlite.pragma(`user_version = ${index + 1}`);
    })();
  }
}

function explained(error: unknown, file: string): Error {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    const what = 'this is not a readable SQLite database';
    return new Error(`${file}: ${what} — restore a backup, or move the file away to start anew`);
  }
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY' || code === 'EACCES' || code === 'EROFS') {
    return new Error(`${file}: the database cannot be written (${code}) — give this user the folder`);
  }
  if (code === 'SQLITE_FULL') return new Error(`${file}: the disk is full — make room and start again`);
  return new Error(message.startsWith(file) ? message : `${file}: ${message}`);
}
