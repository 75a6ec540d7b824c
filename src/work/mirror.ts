// Mirror: keeps the static copy fresh, as often as status.yaml says, and says when it cannot.
import type { Log } from '../core/log.ts';
import { type Problem, printProblem } from '../core/problem.ts';
import type { MirrorTarget } from '../core/site.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { MINUTE, type Millis } from '../core/time.ts';
import type { FiresWithin } from './cron.ts';

export interface MirrorDeps {
  readonly snapshot: () => Snapshot;
  /** Brings the copy of a Snapshot to where it is kept. */
  readonly write: (
    snapshot: Snapshot,
    to: MirrorTarget,
    signal: AbortSignal,
  ) => Promise<{ readonly written: number } | Problem>;
  readonly fires: FiresWithin;
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

export function makeMirror({ snapshot, write, fires, log }: MirrorDeps): Mirror {
  let last: Millis | null = null;
  let failures = 0;
  let again: Millis | null = null;
  let found: Problem | null = null;
  const stopping = new AbortController();

  const fail = (problem: Problem, now: Millis) => {
    if (stopping.signal.aborted) return;
    again = now + Math.min(LONGEST, MINUTE * 2 ** failures++);
    // Each round tells it on /readyz; the log is told once.
    if (found?.what !== problem.what) log.error({ where: problem.where }, printProblem(problem));
    found = problem;
  };
  return {
    stop: () => stopping.abort(),
    problems: () => (found && snapshot().site.mirror ? [found] : []),
    async round(now) {
      const { mirror } = snapshot().site;
      const since = last;
      last = mirror ? now : null;
      if (!mirror) return;
      const due = since === null || (again !== null && now >= again) || fires(mirror.schedule, since, now);
      if (!due) return;
      const place = placeOf(mirror.to);
      try {
        const done = await write(snapshot(), mirror.to, stopping.signal);
        if ('what' in done) return fail(done, now);
        if (done.written > 0) log.info({ to: place, written: done.written }, 'static copy written');
        [failures, again, found] = [0, null, null];
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const what = `the static copy cannot be written to ${place} (${code ?? message})`;
        const fix = 'let the server write there and make room; it is tried again by itself';
        fail({ level: 'warning', where: 'export.to', what, fix }, now);
      }
    },
  };
}

/** A remote may hold a password: only its branch is named. */
function placeOf(to: MirrorTarget): string {
  return to.kind === 'folder' ? to.folder : `git branch ${to.branch}`;
}
