// Storage: whether the database takes what it is given, said once when it stops and once when it is mended.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault, type StorageTrouble, storageProblem } from '../../core/model/ports/storage.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

export interface StorageDeps {
  /** The file, as the operator knows it. */
  readonly where: string;
  /** Writes something small; throws what the disk says. */
  readonly tryWrite: () => Promise<void>;
  /** Whether the file that is open still stands under its name. */
  readonly isThere: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Storage {
  /** Told of every write: null when it succeeded. */
  told(trouble: StorageTrouble | null): void;
  /** Looks, once a second: is the file there, and while something is wrong, does it write again? */
  look(): Promise<void>;
  /** Whether the file was taken away: what is written to it now would be lost. */
  gone(): boolean;
  /** For /readyz; null while all is well. */
  problem(): Problem | null;
}

/** Reads as `read` does; while the database gives nothing, what it gave last. */
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

/** Waits for a job; that the disk did not let it is said elsewhere, and it is tried again. */
export async function ignoreStorageFault(job: Promise<void>): Promise<void> {
  await job.catch((error: unknown) => {
    if (!(error instanceof StorageFault)) throw error;
  });
}

/** So long writes must succeed before it is called mended: on a full disk a small one may. */
const MENDED_AFTER: Millis = 3 * SECOND;

export function makeStorage({ where, tryWrite, isThere, clock, log }: StorageDeps): Storage {
  let wrong: { readonly trouble: StorageTrouble; readonly since: Millis } | null = null;
  let goodSince: Millis | null = null;

  const failed = (trouble: StorageTrouble) => {
    goodSince = null;
    if (wrong?.trouble === trouble) return;
    wrong = { trouble, since: wrong?.since ?? clock() };
    log.error({ where, trouble }, printProblem(storageProblem(where, trouble, wrong.since)));
  };
  const succeeded = () => {
    // A file that is gone still takes what is written to it.
    if (!wrong || wrong.trouble === 'gone') return;
    const now = clock();
    // The clock may have gone back meanwhile.
    goodSince = goodSince === null || goodSince > now ? now : goodSince;
    if (now - goodSince < MENDED_AFTER) return;
    log.info(
      { where, trouble: wrong.trouble },
      'the database takes what it is given again; nothing was lost',
    );
    wrong = null;
  };
  return {
    told(trouble) {
      if (trouble === null) succeeded();
      else failed(trouble);
    },
    async look() {
      if (!isThere()) return failed('gone');
      if (wrong?.trouble === 'gone') wrong = { trouble: 'io', since: wrong.since };
      // What comes of it is told by the connection.
      if (wrong) await tryWrite().catch(() => undefined);
    },
    gone: () => wrong?.trouble === 'gone',
    problem: () => wrong && storageProblem(where, wrong.trouble, wrong.since),
  };
}
