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

export class Storage {
  readonly db: Db;
  readonly #file: string;
  readonly #lock: Lock;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #inode: number;
  #wrong: { readonly trouble: StorageTrouble; readonly since: Millis } | null = null;
  #goodSince: Millis | null = null;

  private constructor(file: string, lock: Lock, clock: Clock, log: Log) {
    this.#file = file;
    this.#lock = lock;
    this.#clock = clock;
    this.#log = log;
    this.db = openDatabase(file, {
      locked: true,
      onWrite: trouble => (trouble === null ? this.#succeeded() : this.#failed(trouble)),
      gone: () => this.#isGone(),
    });
    this.#inode = statSync(file).ino;
  }

  /** Opens the database and locks it against other servers; throws DatabaseRefused. */
  static async open(file: string, clock: Clock, log: Log): Promise<Storage> {
    let lock = takeLock(file);
    for (let waited = 0; !lock && waited < LOCK_TIMEOUT; waited += PAUSE) {
      await sleep(PAUSE);
      lock = takeLock(file);
    }
    if (!lock) {
      const what = 'another Status Live is running on this database';
      throw new DatabaseRefused(file, what, 'stop it, or set DATA_DIR to another folder');
    }
    try {
      return new Storage(file, lock, clock, log);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.db.destroy();
    this.#lock.release();
  }

  /** Runs once a second: checks that the file is there, and after a failure tries to write. */
  async look(): Promise<void> {
    if (statSync(this.#file, { throwIfNoEntry: false })?.ino !== this.#inode) return this.#failed('gone');
    if (this.#isGone()) this.#wrong = { trouble: 'io', since: this.#wrong!.since };
    if (!this.#wrong) return;
    // The connection reports the result.
    await writeMeta(this.db, 'tried', String(this.#clock())).catch(() => undefined);
  }

  /** Whether the file was removed: what is written to it now would be lost. */
  #isGone(): boolean {
    return this.#wrong?.trouble === 'gone';
  }

  /** For /readyz; null if the database works. */
  readonly problem = (): Problem | null =>
    this.#wrong && storageProblem(this.#file, this.#wrong.trouble, this.#wrong.since);

  #failed(trouble: StorageTrouble): void {
    const where = this.#file;
    this.#goodSince = null;
    if (this.#wrong?.trouble === trouble) return;
    this.#wrong = { trouble, since: this.#wrong?.since ?? this.#clock() };
    this.#log.error({ where, trouble }, printProblem(storageProblem(where, trouble, this.#wrong.since)));
  }

  #succeeded(): void {
    // A removed file still accepts writes.
    if (!this.#wrong || this.#isGone()) return;
    const now = this.#clock();
    // The clock may have gone back meanwhile.
    this.#goodSince = Math.min(this.#goodSince ?? now, now);
    if (now - this.#goodSince < MENDED_AFTER) return;
    this.#log.info(
      { where: this.#file, trouble: this.#wrong.trouble },
      'the database can be written again; nothing was lost',
    );
    this.#wrong = null;
  }
}
