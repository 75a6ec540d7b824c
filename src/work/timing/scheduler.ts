// The timetable: which job runs how often. No job overlaps itself; one that throws is logged and runs again.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

export interface Job {
  readonly name: string;
  /** How often, ms of the clock that only grows; a job of one second runs each turn. */
  readonly every: Millis;
  readonly run: () => Promise<void>;
  /** Not hurried by a step of the clock: by a wrong one, everything is old. */
  readonly patient?: true;
  /** Resolves when what it started and did not wait for has ended. */
  readonly settled?: () => Promise<void>;
}

/** Calls a function once a second until the returned function is called. */
export type EverySecond = (turn: () => void) => () => void;

/** Timers count on a clock that nobody sets: neither a zone nor a step of the wall clock moves the next turn. */
export const everySecond: EverySecond = turn => {
  const timer = setInterval(turn, SECOND);
  return () => clearInterval(timer);
};

export class Scheduler {
  readonly #jobs: readonly Job[];
  readonly #monotonic: Clock;
  readonly #log: Log;
  readonly #running = new Map<Job, Promise<void>>();
  /** What is rarer than a turn first runs when its time has passed once. */
  readonly #dueAt: Map<Job, Millis>;

  constructor(jobs: readonly Job[], monotonic: Clock, log: Log) {
    this.#jobs = jobs;
    this.#monotonic = monotonic;
    this.#log = log;
    this.#dueAt = new Map(jobs.map(job => [job, monotonic() + job.every]));
  }

  /** Starts what is due, in the order of the jobs; waits for nothing. */
  turn(): void {
    for (const job of this.#jobs) if (this.#isDue(job)) void this.#start(job);
  }

  /** The same, but each job and what it started ends before the next one begins. */
  async turnInOrder(): Promise<void> {
    for (const job of this.#jobs) {
      if (!this.#isDue(job)) continue;
      await this.#start(job);
      await job.settled?.();
    }
  }

  /** After a step of the clock: everything is due with the next turn, what is patient a whole period later. */
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
    // Turns missed meanwhile are one.
    this.#dueAt.set(job, now + job.every);
    return true;
  }

  #start(job: Job): Promise<void> {
    const run = (async () => job.run())()
      .catch((error: unknown) => {
        // Said once, by storage.ts.
        if (!(error instanceof StorageFault)) this.#log.error({ job: job.name, err: error }, 'job failed');
      })
      .finally(() => this.#running.delete(job));
    this.#running.set(job, run);
    return run;
  }
}
