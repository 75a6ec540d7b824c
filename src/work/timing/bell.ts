// Serial rounds and the bell: events only ring, the round re-reads the facts.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { SECOND } from '../../core/model/time.ts';
import { makeTurns } from '../../core/model/turns/queue.ts';

/** Runs a job one at a time; a call made meanwhile runs after it, so that it sees what is new. */
export function serially(job: () => Promise<void>): () => Promise<void> {
  const inTurn = makeTurns();
  return () => inTurn(job);
}

/** Rung while idle, the job runs at once; rung while it runs, it runs once more a second later. */
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

  /** Before, rings start nothing: they are about what a start reads anyway. */
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

  /** Waits for the round that is running; rings after it are not heard. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#pause);
    await this.#done;
  }

  async #run(): Promise<void> {
    this.#isRung = false;
    await this.#job().catch((error: unknown) => {
      // Said once, by storage.ts.
      if (!(error instanceof StorageFault)) this.#log.error({ err: error }, 'round failed');
    });
  }

  #idle(): void {
    if (this.#state === 'closed') return;
    this.#state = 'idle';
    if (this.#isRung) this.ring();
  }
}
