// The timetable: which verb runs when. No job overlaps itself; one that throws is logged and runs again.
import cron from 'node-cron';
import type { Log } from '../core/log.ts';
import { StorageFault } from '../core/storage.ts';

export interface Job {
  readonly name: string;
  /** Cron, 6 fields, UTC. */
  readonly every: string;
  readonly run: () => Promise<void>;
}

/** Starts a timetable; the returned function stops it and waits for what is running. */
export type Schedule = (jobs: readonly Job[]) => () => Promise<void>;

/** The real schedule, by node-cron. */
export function makeSchedule(log: Log): Schedule {
  return jobs => {
    const running = new Map<Job, Promise<void>>();
    const start = (job: Job) => {
      if (running.has(job)) return;
      const run = job
        .run()
        .catch((error: unknown) => {
          // Said once, by storage.ts.
          if (!(error instanceof StorageFault)) log.error({ job: job.name, err: error }, 'job failed');
        })
        .finally(() => running.delete(job));
      running.set(job, run);
    };
    const tasks = jobs.map(job =>
      cron.schedule(job.every, () => start(job), {
        name: job.name,
        timezone: 'UTC',
        suppressMissedWarning: true,
      }),
    );
    return async () => {
      for (const task of tasks) await task.destroy();
      await Promise.all(running.values());
    };
  };
}
