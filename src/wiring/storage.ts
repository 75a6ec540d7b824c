// The wiring of the database: one server a file, and what is known of its disk.
import { statSync } from 'node:fs';
import { sql } from 'kysely';
import type { Log } from '../core/model/ports/log.ts';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import { type Db, openDatabase } from '../store/db/database.ts';
import { type Lock, takeLock } from '../store/db/lock.ts';
import { Storage } from '../work/timing/storage.ts';

export interface OpenedStorage {
  readonly db: Db;
  readonly storage: Storage;
  close(): Promise<void>;
}

/** How long a server that is just stopping is waited for, ms. */
const PATIENCE = 3000;
const PAUSE = 100;

/** Opens the database for the server and keeps others from serving it; a Problem when it cannot be. */
export async function openStorage(file: string, clock: Clock, log: Log): Promise<OpenedStorage | Problem> {
  let lock: Lock | null = null;
  try {
    lock = await patientLock(file);
    if (!lock) return TAKEN(file);
    // `storage` is not there yet only while opening, when nothing is written through it.
    const db = openDatabase(file, {
      locked: true,
      onWrite: trouble => storage.written(trouble),
      gone: () => storage.isGone(),
    });
    const { ino } = statSync(file);
    const storage: Storage = new Storage({
      where: file,
      tryWrite: async () => {
        const now = String(clock());
        await sql`INSERT INTO meta (name, value) VALUES ('tried', ${now})
          ON CONFLICT (name) DO UPDATE SET value = ${now}`.execute(db);
      },
      isThere: () => statSync(file, { throwIfNoEntry: false })?.ino === ino,
      clock,
      log,
    });
    const held = lock;
    return {
      db,
      storage,
      async close() {
        await db.destroy();
        held.release();
      },
    };
  } catch (error) {
    lock?.release();
    if (error instanceof DatabaseRefused) return error.problem;
    throw error;
  }
}

async function patientLock(file: string): Promise<Lock | null> {
  for (let waited = 0; ; waited += PAUSE) {
    const lock = takeLock(file);
    if (lock || waited >= PATIENCE) return lock;
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
}

const TAKEN = (file: string): Problem => ({
  level: 'error',
  where: file,
  what: 'another Status Live is running on this database',
  fix: 'stop it, or set DATA_DIR to another folder',
});
