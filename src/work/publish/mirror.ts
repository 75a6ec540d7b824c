// Mirror: keeps the static copy fresh, as often as status.yaml says, and says when it cannot.
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import type { MirrorTarget } from '../../core/model/site.ts';
import { type Clock, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { type Alarm, makeAlarm } from '../monitoring/cron.ts';

export interface MirrorDeps {
  readonly snapshot: () => Snapshot;
  /** Brings the copy of a Snapshot to where it is kept. */
  readonly write: (
    snapshot: Snapshot,
    to: MirrorTarget,
    signal: AbortSignal,
  ) => Promise<{ readonly written: number } | Problem>;
  readonly monotonic: Clock;
  readonly log: Log;
}

export interface Mirror {
  /** Writes the copy when its schedule has fired since the last call, once at the first, and after a failure sooner. */
  round(now: Millis): Promise<void>;
  /** Why the copy is not fresh. */
  problems(): readonly Problem[];
  /** Ends what is under way: the next start goes on with it. */
  stop(): void;
}

/** The longest a failed copy waits for its next try, however rarely it is due. */
const LONGEST = 30 * MINUTE;

export function makeMirror({ snapshot, write, monotonic, log }: MirrorDeps): Mirror {
  let alarm: Alarm | null = null;
  let failures = 0;
  /** By the clock that only grows. */
  let again: Millis | null = null;
  let found: Problem | null = null;
  const stopping = new AbortController();

  const fail = (problem: Problem) => {
    if (stopping.signal.aborted) return;
    again = monotonic() + Math.min(LONGEST, MINUTE * 2 ** failures++);
    // Each round tells it on /readyz; the log is told once.
    if (found?.what !== problem.what) log.error({ where: problem.where }, printProblem(problem));
    found = problem;
  };
  return {
    stop: () => stopping.abort(),
    problems: () => (found && snapshot().site.mirror ? [found] : []),
    async round(now) {
      const { mirror } = snapshot().site;
      const isFirst = alarm === null;
      alarm = mirror && (alarm ?? makeAlarm());
      if (!mirror || !alarm) return;
      const fired = alarm(mirror.schedule, now) !== null;
      if (!isFirst && !fired && (again === null || monotonic() < again)) return;
      const place = placeOf(mirror.to);
      try {
        const done = await write(snapshot(), mirror.to, stopping.signal);
        if ('what' in done) return fail(done);
        if (done.written > 0) log.info({ to: place, written: done.written }, 'static copy written');
        [failures, again, found] = [0, null, null];
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const what = `the static copy cannot be written to ${place} (${code ?? message})`;
        const fix = 'let the server write there and make room; it is tried again by itself';
        fail({ level: 'warning', where: 'export.to', what, fix });
      }
    },
  };
}

/** A remote may hold a password: only its branch is named. */
function placeOf(to: MirrorTarget): string {
  return to.kind === 'folder' ? to.folder : `git branch ${to.branch}`;
}
