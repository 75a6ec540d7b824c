// The timetable: which verb runs how often. No job overlaps itself; one that throws is logged and runs again.
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

export interface Timetable {
  /** Starts what is due, in the order of the jobs; waits for nothing. */
  turn(): void;
  /** The same, but each job and what it started ends before the next one begins. */
  turnInOrder(): Promise<void>;
  /** After a step of the clock: everything is due with the next turn, what is patient a whole period later. */
  hurry(): void;
  /** Resolves when no job is running. */
  close(): Promise<void>;
}

/** Calls a function once a second until the returned function is called. */
export type EverySecond = (turn: () => void) => () => void;

/** Timers count on a clock that nobody sets: neither a zone nor a step of the wall clock moves the next turn. */
export const everySecond: EverySecond = turn => {
  const timer = setInterval(turn, SECOND);
  return () => clearInterval(timer);
};

export function makeTimetable(jobs: readonly Job[], monotonic: Clock, log: Log): Timetable {
  const running = new Map<Job, Promise<void>>();
  // What is rarer than a turn first runs when its time has passed once.
  const dueAt = new Map(jobs.map(job => [job, monotonic() + job.every]));

  const start = (job: Job): Promise<void> => {
    const run = (async () => job.run())()
      .catch((error: unknown) => {
        // Said once, by storage.ts.
        if (!(error instanceof StorageFault)) log.error({ job: job.name, err: error }, 'job failed');
      })
      .finally(() => running.delete(job));
    running.set(job, run);
    return run;
  };
  const isDue = (job: Job): boolean => {
    if (running.has(job)) return false;
    const now = monotonic();
    if (job.every > SECOND && now < (dueAt.get(job) as Millis)) return false;
    // Turns missed meanwhile are one.
    dueAt.set(job, now + job.every);
    return true;
  };
  return {
    turn() {
      for (const job of jobs) if (isDue(job)) void start(job);
    },
    async turnInOrder() {
      for (const job of jobs) {
        if (!isDue(job)) continue;
        await start(job);
        await job.settled?.();
      }
    },
    hurry() {
      for (const job of jobs) dueAt.set(job, monotonic() + (job.patient ? job.every : 0));
    },
    async close() {
      await Promise.all(running.values());
    },
  };
}
