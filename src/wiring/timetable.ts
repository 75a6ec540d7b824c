// The wiring of the timetable: every job of the server with how often it runs, in the order of a turn.
import { type Clock, HOUR, MINUTE, SECOND } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import { pruneRequests } from '../store/incidents/requests.ts';
import { pruneMeasurements } from '../store/monitoring/prune.ts';
import type { Notifications } from '../work/notify/notifications.ts';
import type { GitSync } from '../work/publish/git-sync.ts';
import type { Mirror } from '../work/publish/mirror.ts';
import type { ClockSteps } from '../work/timing/clock-steps.ts';
import type { Pauses } from '../work/timing/pauses.ts';
import type { Storage } from '../work/timing/storage.ts';
import type { Job } from '../work/timing/timetable.ts';
import type { Watch } from './monitoring.ts';

export interface TimetableParts {
  readonly db: Db;
  readonly steps: ClockSteps;
  readonly pauses: Pauses;
  readonly storage: Storage;
  readonly watch: Watch;
  readonly git: GitSync;
  readonly round: () => Promise<void>;
  readonly notifications: Notifications;
  readonly mirror: Mirror;
  readonly clock: Clock;
}

export function jobsOf(parts: TimetableParts): readonly Job[] {
  const { db, steps, pauses, storage, watch, git, round, notifications, mirror, clock } = parts;
  const { poll, heartbeats, warnings, recorder } = watch;
  const look = async () => {
    await storage.look();
    await recorder.drain();
  };
  const remindAll = async () => {
    await warnings.tidy(clock());
    // A reminder that cannot be noted would be sent again each minute.
    if (storage.problem() === null) await notifications.remind(clock());
  };
  const prune = async () => {
    await pruneMeasurements(db, clock());
    await pruneRequests(db, clock());
    await notifications.prune();
  };
  return [
    { name: 'clock', every: SECOND, run: async () => steps.look() },
    { name: 'pauses', every: SECOND, run: async () => pauses.look() },
    { name: 'storage', every: SECOND, run: look },
    { name: 'poll', every: SECOND, run: async () => poll.startDue(clock()), settled: () => poll.settled() },
    { name: 'heartbeats', every: SECOND, run: () => heartbeats.judgeAll(clock()) },
    { name: 'git', every: SECOND, run: () => git.round(clock()) },
    { name: 'history', every: 10 * SECOND, run: () => git.lookBack() },
    { name: 'round', every: SECOND, run: round },
    { name: 'enqueue', every: SECOND, run: notifications.enqueue },
    { name: 'dispatch', every: SECOND, run: notifications.dispatch, settled: notifications.settled },
    { name: 'deliver', every: SECOND, run: notifications.send },
    { name: 'mirror', every: SECOND, run: () => mirror.round(clock()) },
    // Right after a step of the clock the page is still of the wrong time.
    { name: 'remind', every: MINUTE, run: remindAll, patient: true },
    { name: 'prune', every: HOUR, run: prune, patient: true },
  ];
}
