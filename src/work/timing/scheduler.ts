// The timetable: which job runs how often. A job never overlaps itself; one that throws is logged and runs again.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

export interface Job {
  readonly name: string;
  /** The period, ms of the monotonic clock. A job of one second runs each tick. */
  readonly every: Millis;
  readonly run: () => Promise<void>;
  /** Not hurried after a clock step: by a wrong clock, everything would look old. */
  readonly patient?: true;
  /** Resolves when everything that the job started without waiting for it has ended. */
  readonly settled?: () => Promise<void>;
}

/** Calls a function once a second until the returned function is called. */
export type EverySecond = (tick: () => void) => () => void;

/** Timers use the monotonic clock, so neither time zone nor clock steps move the next tick. */
export const everySecond: EverySecond = tick => {
  const timer = setInterval(tick, SECOND);
  return () => clearInterval(timer);
};

export class Scheduler {
  readonly #jobs: readonly Job[];
  readonly #monotonic: Clock;
  readonly #log: Log;
  readonly #running = new Map<Job, Promise<void>>();
  /** A job with a longer period first runs after one period. */
  readonly #dueAt: Map<Job, Millis>;

  constructor(jobs: readonly Job[], monotonic: Clock, log: Log) {
    this.#jobs = jobs;
    this.#monotonic = monotonic;
    this.#log = log;
    this.#dueAt = new Map(jobs.map(job => [job, monotonic() + job.every]));
  }

  /** Starts the jobs that are due, in order; does not wait for them. */
  tick(): void {
    for (const job of this.#jobs) if (this.#isDue(job)) void this.#start(job);
  }

  /** Like `tick`, but waits for each job, and for what it started, before the next one. */
  async tickInOrder(): Promise<void> {
    for (const job of this.#jobs) {
      if (!this.#isDue(job)) continue;
      await this.#start(job);
      await job.settled?.();
    }
  }

  /** After a clock step: makes every job due at the next tick, patient jobs one period later. */
  hurry(): void {
    for (const job of this.#jobs) this.#dueAt.set(job, this.#monotonic() + (job.patient ? job.every : 0));
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #isDue(job: Job): boolean {
    if (this.#running.has(job)) return false;
    const now = this.#monotonic();
    if (job.every > SECOND && now < (this.#dueAt.get(job) as Millis)) return false;
    // Several missed ticks count as one.
    this.#dueAt.set(job, now + job.every);
    return true;
  }

  #start(job: Job): Promise<void> {
    const run = (async () => job.run())()
      .catch((error: unknown) => {
        // storage.ts reports it, once.
        if (!(error instanceof StorageFault)) this.#log.error({ job: job.name, err: error }, 'job failed');
      })
      .finally(() => this.#running.delete(job));
    this.#running.set(job, run);
    return run;
  }
}
