// Runs jobs one at a time, and the bell that starts rounds. Events only ring; the round reads the facts again.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { SECOND } from '../../core/model/time.ts';
import { makeQueue } from '../../core/model/turns/queue.ts';

/** Runs a job one at a time. A call during a run starts another run after it, so that it sees what is new. */
export function serially(job: () => Promise<void>): () => Promise<void> {
  const enqueue = makeQueue();
  return () => enqueue(job);
}

/** Rung while idle, the job runs at once. Rung while it runs, it runs once more a second later. */
export class Bell {
  readonly #log: Log;
  #job: () => Promise<void> = async () => {};
  #state: 'idle' | 'busy' | 'closed' = 'closed';
  #isRung = false;
  #done: Promise<void> = Promise.resolve();
  #pause: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Before this, rings start nothing: the start reads everything anyway. */
  open(job: () => Promise<void>): void {
    this.#job = job;
    this.#state = 'idle';
  }

  readonly ring = (): void => {
    this.#isRung = true;
    if (this.#state !== 'idle') return;
    this.#state = 'busy';
    this.#done = this.#run();
    this.#pause = setTimeout(() => void this.#done.then(() => this.#idle()), SECOND).unref();
  };

  /** Waits for the running round; ignores later rings. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#pause);
    await this.#done;
  }

  async #run(): Promise<void> {
    this.#isRung = false;
    await this.#job().catch((error: unknown) => {
      // storage.ts reports it, once.
      if (!(error instanceof StorageFault))
        this.#log.error(
          { err: error },
          'the page could not be brought up to date (a bug: please report it); tried again at the next change',
        );
    });
  }

  #idle(): void {
    if (this.#state === 'closed') return;
    this.#state = 'idle';
    if (this.#isRung) this.ring();
  }
}
