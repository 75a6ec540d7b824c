// Mirror: keeps the static copy fresh, as often as status.yaml says.
import { createTask, type ScheduledTask } from 'node-cron';
import type { Log } from '../core/log.ts';
import { type Problem, printProblem } from '../core/problem.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Millis } from '../core/time.ts';
import { firesWithin } from './fires.ts';

export interface MirrorDeps {
  readonly snapshot: () => Snapshot;
  /** Writes the copy of a Snapshot into a folder. */
  readonly write: (snapshot: Snapshot, to: string) => Promise<{ readonly written: number } | Problem>;
  readonly log: Log;
}

/** Writes the copy when its schedule has fired since the last call, and once at the first. */
export type Mirror = (now: Millis) => Promise<void>;

export function makeMirror({ snapshot, write, log }: MirrorDeps): Mirror {
  let task: { readonly schedule: string; readonly task: ScheduledTask } | null = null;
  let last: Millis | null = null;
  return async now => {
    const { mirror } = snapshot().site;
    const since = last;
    last = now;
    if (!mirror) {
      last = null;
      return;
    }
    if (task?.schedule !== mirror.schedule) {
      const made = createTask(mirror.schedule, () => undefined, { timezone: 'UTC' });
      task = { schedule: mirror.schedule, task: made };
    }
    if (since !== null && !firesWithin(task.task, since, now)) return;
    try {
      const done = await write(snapshot(), mirror.to);
      if ('what' in done) log.error({ to: mirror.to }, printProblem(done));
      else if (done.written > 0) log.info({ to: mirror.to, written: done.written }, 'static copy written');
    } catch (error) {
      log.error({ to: mirror.to, err: error }, 'the static copy cannot be written');
    }
  };
}
