// The timetable: every job of the server and how often it runs, in the order of a tick.
import { HOUR, MINUTE, SECOND } from '../core/model/time.ts';
import { pruneWriteRequests } from '../store/incidents/requests.ts';
import { pruneMeasurements } from '../store/monitoring/prune.ts';
import type { Notifications } from '../work/notify/notifications.ts';
import { type Job, Scheduler } from '../work/timing/scheduler.ts';
import type { Base } from './base.ts';
import type { Content } from './content.ts';
import type { MonitoringParts } from './monitoring.ts';

/** Starts the jobs; `judge` runs each second on its own timer, whatever the timetable does. */
export function openTimetable(
  base: Base,
  jobs: readonly Job[],
  { mirror }: Content,
  judge: () => Promise<void>,
): Scheduler {
  const { clockSteps, monotonic, everySecond, closers, log } = base;
  const scheduler = new Scheduler(base.arrange?.(jobs) ?? jobs, monotonic, log);
  clockSteps.listen(() => scheduler.hurry());
  const stop = everySecond(() => scheduler.tick());
  closers.push(() => scheduler.close(), stop, mirror.stop);
  const failed = (error: unknown) =>
    log.error({ err: error }, 'it could not be judged whether the page is current (a bug: please report it)');
  closers.push(everySecond(() => void judge().catch(failed)));
  return scheduler;
}

export function jobsOf(
  { db, clockSteps, storage, clock }: Base,
  { poll, heartbeats, warnings, recorder, pauses }: MonitoringParts,
  { git, mirror }: Content,
  notifications: Notifications,
  round: () => Promise<void>,
): readonly Job[] {
  /** What others see must come from one process. */
  const leading = (run: () => Promise<void>) => async () => {
    if (storage.leads()) await run();
  };
  const look = async () => {
    await storage.look();
    await recorder.drain();
  };
  const remindAll = async () => {
    await warnings.tidy(clock());
    // A reminder that cannot be recorded would be sent again each minute.
    if (storage.problem() === null) await notifications.remind(clock());
  };
  const prune = async () => {
    await pruneMeasurements(db, clock());
    await pruneWriteRequests(db, clock());
    await notifications.prune();
  };
  return [
    { name: 'clock', every: SECOND, run: async () => clockSteps.look() },
    { name: 'pauses', every: SECOND, run: async () => pauses.look() },
    { name: 'storage', every: SECOND, run: look },
    { name: 'poll', every: SECOND, run: async () => poll.startDue(clock()), settled: () => poll.settled() },
    { name: 'heartbeats', every: SECOND, run: () => heartbeats.judgeAll(clock()) },
    { name: 'git', every: SECOND, run: leading(() => git.round(clock())) },
    { name: 'history', every: 10 * SECOND, run: () => git.readHistories() },
    { name: 'round', every: SECOND, run: round },
    { name: 'enqueue', every: SECOND, run: notifications.enqueue },
    { name: 'dispatch', every: SECOND, run: notifications.dispatch, settled: notifications.settled },
    { name: 'deliver', every: SECOND, run: notifications.send },
    { name: 'mirror', every: SECOND, run: leading(() => mirror.round(clock())) },
    // Right after a step of the clock, the page still has the old time.
    { name: 'remind', every: MINUTE, run: remindAll, patient: true },
    { name: 'prune', every: HOUR, run: prune, patient: true },
  ];
}
