// The wiring of the timetable: every job of the server with how often it runs, in the order of a turn.
import { type Clock, HOUR, MINUTE, SECOND } from '../core/model/time.ts';
import type { GitSync } from '../work/publish/git-sync.ts';
import type { Mirror } from '../work/publish/mirror.ts';
import type { ClockSteps } from '../work/timing/clock-steps.ts';
import type { Job } from '../work/timing/schedule.ts';
import type { Storage } from '../work/timing/storage.ts';
import type { Post } from './email.ts';
import type { Watch } from './monitoring.ts';

export interface TimetableParts {
  readonly steps: ClockSteps;
  readonly storage: Storage;
  readonly watch: Watch;
  readonly git: GitSync;
  readonly round: () => Promise<void>;
  readonly post: Post;
  readonly mirror: Mirror;
  readonly remind: (now: number) => Promise<void>;
  /** Prunes what is neither measured nor mail. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
}

export function jobsOf(parts: TimetableParts): readonly Job[] {
  const { steps, storage, watch, git, round, post, mirror, remind, clock } = parts;
  const { poll, heartbeats, warn } = watch;
  const look = async () => {
    await storage.look();
    await watch.drain();
  };
  const nag = async () => {
    await warn.tidy(clock());
    // A reminder that cannot be noted would be sent again each minute.
    if (storage.problem() === null) await remind(clock());
  };
  const prune = async () => {
    await watch.prune();
    await parts.prune();
    await post.prune();
  };
  return [
    { name: 'clock', every: SECOND, run: async () => steps.look() },
    { name: 'storage', every: SECOND, run: look },
    { name: 'poll', every: SECOND, run: async () => poll.startDue(clock()), settled: poll.settled },
    { name: 'heartbeats', every: SECOND, run: () => heartbeats.judgeAll(clock()) },
    { name: 'git', every: SECOND, run: () => git.round(clock()) },
    { name: 'history', every: 10 * SECOND, run: () => git.lookBack() },
    { name: 'round', every: SECOND, run: round },
    { name: 'enqueue', every: SECOND, run: post.enqueue },
    { name: 'dispatch', every: SECOND, run: post.dispatch, settled: post.settled },
    { name: 'deliver', every: SECOND, run: post.send },
    { name: 'mirror', every: SECOND, run: () => mirror.round(clock()) },
    { name: 'remind', every: MINUTE, run: nag },
    { name: 'prune', every: HOUR, run: prune, patient: true },
  ];
}
