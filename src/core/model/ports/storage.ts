// Storage faults: problems of the disk below the database, and their texts. They pass without a restart.

import type { Problem } from '../problem.ts';
import { statusCommand } from '../status-command.ts';
import { iso, type Millis } from '../time.ts';

/**
 * `gone`: the file was removed or replaced while it was open. Of PostgreSQL alone: `away`: it does not answer; `refusing`: it
 * is read-only for us; `locked out`: another writer holds it for long.
 */
export type StorageTrouble =
  | ('full' | 'readonly' | 'locked' | 'damaged' | 'gone' | 'io')
  | ('away' | 'refusing' | 'locked out');

/** A database of PostgreSQL. */
export interface PostgresPlace {
  /** `postgres://…`, with its password: never shown. */
  readonly url: string;
  readonly schema: string;
  /** Host and database, for messages. */
  readonly shown: string;
}

/** A read or write of the database failed for a reason outside the program. */
export class StorageFault extends Error {
  readonly trouble: StorageTrouble;
  /** The database's error code. */
  readonly code: string;

  constructor(trouble: StorageTrouble, code: string, cause?: unknown) {
    super(`the database ${SAID[trouble][0]} (${code})`, { cause });
    this.trouble = trouble;
    this.code = code;
  }
}

/** The database cannot be opened; the file was not changed. */
export class DatabaseRefused extends Error {
  readonly problem: Problem;

  constructor(where: string, what: string, fix: string) {
    super(`${where}: ${what} — ${fix}`);
    this.problem = { level: 'error', where, what, fix };
  }
}

/** The trouble an error code means; null when the disk is not the reason. */
export function troubleOf(code: string | undefined): StorageTrouble | null {
  if (code === undefined) return null;
  const found = CODES.find(([pattern]) => pattern.test(code));
  return found ? found[1] : null;
}

/** First match wins: extended codes begin with the plain one. */
const CODES: readonly (readonly [RegExp, StorageTrouble])[] = [
  [/^SQLITE_FULL|^ENOSPC|^EDQUOT/, 'full'],
  [/^SQLITE_READONLY_DBMOVED|^SQLITE_IOERR_VNODE/, 'gone'],
  [/^SQLITE_READONLY|^SQLITE_CANTOPEN|^SQLITE_PERM|^EROFS|^EACCES|^EPERM/, 'readonly'],
  [/^SQLITE_BUSY|^SQLITE_PROTOCOL/, 'locked'],
  [/^SQLITE_CORRUPT|^SQLITE_NOTADB/, 'damaged'],
  [/^SQLITE_IOERR|^EIO/, 'io'],
];

/** The problem in words, and the fix. */
const SAID: Readonly<Record<StorageTrouble, readonly [string, string]>> = {
  full: ['has no space: the disk is full', 'free space on this disk'],
  readonly: ['cannot be written', 'let the server write to the file and its folder again'],
  locked: ['is locked by another process', 'stop the process that locks it (fuser shows which)'],
  damaged: ['is damaged', `stop the server and restore a backup: \`${statusCommand('restore FILE')}\``],
  gone: ['file was removed or replaced while the server was running', 'put it back, or restart the server'],
  io: [
    'cannot be read or written: the disk reports errors',
    'check the disk (dmesg), and restore a backup elsewhere',
  ],
  away: ['does not answer', 'start PostgreSQL, or mend the network between'],
  refusing: [
    'refuses writes: it is read-only, or the user has lost its rights',
    'point DATABASE_URL to the primary server, or give the rights back',
  ],
  'locked out': ['is held by another program', 'end its transaction (pg_stat_activity and pg_locks show it)'],
};

/** For /readyz and the log: what has been wrong since `since`, what it means, what to do. */
export function storageProblem(where: string, trouble: StorageTrouble, since: Millis): Problem {
  const [what, fix] = SAID[trouble];
  const meanwhile =
    'the page keeps working, check results are kept in memory, forms and webhooks get a 503, no email is sent';
  return {
    level: 'error',
    where,
    what: `the database ${what}, since ${iso(since)}; ${meanwhile}`,
    fix: trouble === 'damaged' || trouble === 'gone' ? fix : `${fix}; no other action is needed`,
  };
}
