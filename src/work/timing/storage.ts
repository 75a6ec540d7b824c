// The server's database, and whether it can be written: logs when it fails and when it works again.
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../core/model/ports/log.ts';
import {
  DatabaseRefused,
  StorageFault,
  type StorageTrouble,
  storageProblem,
} from '../../core/model/ports/storage.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';
import { type Db, openDatabase } from '../../store/db/database.ts';
import { type Lock, takeLock } from '../../store/db/lock.ts';
import { writeMeta } from '../../store/db/meta.ts';

/** Wraps `read`: while the database fails, returns the last result. */
export function lastGood<Asked extends readonly unknown[], T>(
  read: (...asked: Asked) => Promise<T>,
  first: T,
): (...asked: Asked) => Promise<T> {
  let last = first;
  return async (...asked) => {
    try {
      last = await read(...asked);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
    }
    return last;
  };
}

/** Waits for a job and ignores a storage fault, which is reported elsewhere and tried again. */
export async function ignoreStorageFault(job: Promise<unknown>): Promise<void> {
  await job.catch((error: unknown) => {
    if (!(error instanceof StorageFault)) throw error;
  });
}

/** How long to wait for a server that is stopping, ms. */
const LOCK_TIMEOUT: Millis = 3 * SECOND;
const PAUSE: Millis = 100;
/** Writes must succeed for this long before the database counts as working: a full disk may accept a small one. */
const MENDED_AFTER: Millis = 3 * SECOND;

/** The database of a server, whatever it is. */
export interface Storage {
  readonly db: Db;
  /** On PostgreSQL: which of the processes this is. Null: there is only one. */
  readonly epoch: number | null;
  /** Whether this process may work: on PostgreSQL, whether it still leads. */
  readonly leads: () => boolean;
  /** For /readyz; null if the database works. */
  readonly problem: () => Problem | null;
  /** Runs once a second: looks whether the database is there, and after a failure tries to write. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** What is wrong with the database: logged when it begins and when it ends. */
export class StorageHealth {
  readonly #where: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #wrong: { readonly trouble: StorageTrouble; readonly since: Millis } | null = null;
  #goodSince: Millis | null = null;

  constructor(where: string, clock: Clock, log: Log) {
    this.#where = where;
    this.#clock = clock;
    this.#log = log;
  }

  /** Called after every write. */
  readonly onWrite = (trouble: StorageTrouble | null): void =>
    trouble === null ? this.#succeeded() : this.failed(trouble);

  readonly problem = (): Problem | null =>
    this.#wrong && storageProblem(this.#where, this.#wrong.trouble, this.#wrong.since);

  /** Whether the file was removed: what is written to it now would be lost. */
  isGone(): boolean {
    return this.#wrong?.trouble === 'gone';
  }

  /** The file is back. */
  found(): void {
    if (this.isGone()) this.#wrong = { trouble: 'io', since: this.#wrong!.since };
  }

  failed(trouble: StorageTrouble): void {
    const where = this.#where;
    this.#goodSince = null;
    if (this.#wrong?.trouble === trouble) return;
    this.#wrong = { trouble, since: this.#wrong?.since ?? this.#clock() };
    this.#log.error({ where, trouble }, printProblem(storageProblem(where, trouble, this.#wrong.since)));
  }

  /** Tries to write, if something is wrong: the connection reports the result. */
  async tryAgain(db: Db): Promise<void> {
    if (!this.#wrong) return;
    await writeMeta(db, 'tried', String(this.#clock())).catch(() => undefined);
  }

  #succeeded(): void {
    // A removed file still accepts writes.
    if (!this.#wrong || this.isGone()) return;
    const now = this.#clock();
    // The clock may have gone back meanwhile.
    this.#goodSince = Math.min(this.#goodSince ?? now, now);
    if (now - this.#goodSince < MENDED_AFTER) return;
    const { trouble } = this.#wrong;
    this.#log.info({ where: this.#where, trouble }, 'the database can be written again; nothing was lost');
    this.#wrong = null;
  }
}

/** Opens a SQLite file and locks it against other servers; throws DatabaseRefused. */
export async function openFileStorage(file: string, clock: Clock, log: Log): Promise<Storage> {
  const lock = await lockOf(file);
  const health = new StorageHealth(file, clock, log);
  const { onWrite, problem } = health;
  try {
    const db = openDatabase(file, { locked: true, onWrite, gone: () => health.isGone() });
    const { ino } = statSync(file);
    return {
      db,
      epoch: null,
      leads: () => true,
      problem,
      async look() {
        if (statSync(file, { throwIfNoEntry: false })?.ino !== ino) return health.failed('gone');
        health.found();
        await health.tryAgain(db);
      },
      async close() {
        await db.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function lockOf(file: string): Promise<Lock> {
  for (let waited = 0; ; waited += PAUSE) {
    const lock = takeLock(file);
    if (lock) return lock;
    if (waited >= LOCK_TIMEOUT) break;
    await sleep(PAUSE);
  }
  const what = 'another Status Live is running on this database';
  throw new DatabaseRefused(file, what, 'stop it, or set DATA_DIR to another folder');
}
