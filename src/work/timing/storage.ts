// Storage: whether the database takes what it is given, said once when it stops and once when it is mended.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault, type StorageTrouble, storageProblem } from '../../core/model/ports/storage.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

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

interface Parts {
  readonly where: string;
  /** Writes something small; throws what the disk says. */
  readonly tryWrite: () => Promise<void>;
  /** Whether the file that is open still stands under its name. */
  readonly isThere: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** So long writes must succeed before it is called mended: on a full disk a small one may. */
const MENDED_AFTER: Millis = 3 * SECOND;

export class Storage {
  readonly #parts: Parts;
  #wrong: { readonly trouble: StorageTrouble; readonly since: Millis } | null = null;
  #goodSince: Millis | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes what came of each write: null when it succeeded. */
  written(trouble: StorageTrouble | null): void {
    if (trouble === null) this.#succeeded();
    else this.#failed(trouble);
  }

  /** Looks, once a second: is the file there, and while something is wrong, does it write again? */
  async look(): Promise<void> {
    if (!this.#parts.isThere()) return this.#failed('gone');
    if (this.isGone()) this.#wrong = { trouble: 'io', since: this.#wrong!.since };
    // What comes of it, `written` is told by the connection.
    if (this.#wrong) await this.#parts.tryWrite().catch(() => undefined);
  }

  /** Whether the file was taken away: what is written to it now would be lost. */
  isGone(): boolean {
    return this.#wrong?.trouble === 'gone';
  }

  /** For /readyz; null while all is well. */
  readonly problem = (): Problem | null =>
    this.#wrong && storageProblem(this.#parts.where, this.#wrong.trouble, this.#wrong.since);

  #failed(trouble: StorageTrouble): void {
    const { where, clock, log } = this.#parts;
    this.#goodSince = null;
    if (this.#wrong?.trouble === trouble) return;
    this.#wrong = { trouble, since: this.#wrong?.since ?? clock() };
    log.error({ where, trouble }, printProblem(storageProblem(where, trouble, this.#wrong.since)));
  }

  #succeeded(): void {
    // A file that is gone still takes what is written to it.
    if (!this.#wrong || this.isGone()) return;
    const { where, clock, log } = this.#parts;
    const now = clock();
    // The clock may have gone back meanwhile.
    this.#goodSince = Math.min(this.#goodSince ?? now, now);
    if (now - this.#goodSince < MENDED_AFTER) return;
    log.info(
      { where, trouble: this.#wrong.trouble },
      'the database takes what it is given again; nothing was lost',
    );
    this.#wrong = null;
  }
}
