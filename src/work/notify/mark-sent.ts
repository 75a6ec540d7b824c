// Writes down what became of an email, and insists when the database is locked.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Clock, HOUR, type Millis, SECOND } from '../../core/model/time.ts';
import type { Due } from '../../core/notify/due-email.ts';

interface MarkerDeps {
  readonly markSent: (due: readonly Due[], now: Millis) => Promise<void>;
  readonly markFailed: (
    due: { readonly id: number; readonly attempts: number },
    error: string,
    dueAt: Millis | null,
  ) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** An email that arrived but cannot be recorded is recorded later, never sent again. */
const RECORD_AGAIN: Millis = SECOND / 4;
const RECORD_FOR = HOUR;

export function makeMarker({ markSent, markFailed, clock, log }: MarkerDeps) {
  let waiting: { due: Due; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let triesLeft = Number.POSITIVE_INFINITY;

  const insist = async (write: () => Promise<void>) => {
    for (let tries = 1; ; tries++) {
      try {
        return await write();
      } catch (error) {
        // What the disk does not take is kept for as long as it takes: sent again it would come twice.
        const forNow = error instanceof StorageFault || tries * RECORD_AGAIN <= RECORD_FOR;
        if (!forNow || --triesLeft < 0) throw error;
        if (tries === 1) log.error({ err: error }, 'the outbox cannot be written; trying again');
        await new Promise(resolve => setTimeout(resolve, RECORD_AGAIN));
      }
    }
  };
  const flush = () => {
    const batch = waiting;
    waiting = [];
    const dues = batch.map(({ due }) => due);
    insist(() => markSent(dues, clock())).then(
      () => {
        for (const { resolve } of batch) resolve();
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  };
  return {
    /** Emails accepted within one turn of the loop are recorded in one transaction. */
    sent: (due: Due) =>
      new Promise<void>((resolve, reject) => {
        if (waiting.push({ due, resolve, reject }) === 1) setImmediate(flush);
      }),
    failed: (due: { id: number; attempts: number }, error: string, dueAt: Millis | null) =>
      insist(() => markFailed(due, error, dueAt)),
    /** While stopping, a locked database is waited for some seconds only. */
    close() {
      triesLeft = 8;
    },
  };
}
