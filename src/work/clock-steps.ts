// Steps of the wall clock: noticed by the clock that only grows, said, and told to all who wait for a moment.
import { spell } from '../core/detector-words.ts';
import type { Log } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import { type Clock, iso, MINUTE, type Millis, SECOND } from '../core/time.ts';

export interface ClockSteps {
  /** Compares the clocks; a step since the last call is told before this returns. */
  look(): void;
  /** For /readyz: the newest step, for ten minutes. */
  problems(): readonly Problem[];
}

/** A clock that is merely wrong is led to the right time more slowly than this. */
const LEAST: Millis = 2 * SECOND;
/** Reading two clocks takes so long at most, or the process was stopped between. */
const TOGETHER: Millis = 100;
/** How long a step stands on /readyz. */
const STANDS: Millis = 10 * MINUTE;

export interface ClockStepsDeps {
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** Told of each step, ms; below zero it went back. */
  readonly stepped: (by: Millis) => void;
  readonly log: Log;
}

export function makeClockSteps({ clock, monotonic, stepped, log }: ClockStepsDeps): ClockSteps {
  /** How far the wall clock is ahead of the clock that only grows. */
  const ahead = (): Millis => {
    for (let tries = 0; ; tries++) {
      const before = monotonic();
      const wall = clock();
      if (monotonic() - before < TOGETHER || tries === 10) return wall - before;
    }
  };
  let last = ahead();
  let newest: { readonly problem: Problem; readonly until: Millis } | null = null;
  return {
    look() {
      const now = ahead();
      const by = now - last;
      last = now;
      if (Math.abs(by) < LEAST) return;
      const problem = problemOf(by, clock());
      newest = { problem, until: monotonic() + STANDS };
      log.warn({ seconds: Math.round(by / SECOND) }, `${problem.what}; everything is looked at anew, now`);
      stepped(by);
    },
    problems: () => (newest && monotonic() < newest.until ? [newest.problem] : []),
  };
}

function problemOf(by: Millis, now: Millis): Problem {
  const size = spell(Math.abs(by));
  const [from, to] = [iso(now - by), iso(now)];
  const what =
    by < 0
      ? `the clock of this machine was set back by ${size}, from ${from} to ${to}`
      : `the clock of this machine went forward by ${size}, from ${from} to ${to}`;
  const why =
    by < 0
      ? 'what was recorded before carries later times'
      : 'nobody looked in the time between, and nothing is counted for it';
  const fix = `${why}; unless the machine was suspended, check its time synchronization (\`timedatectl\`)`;
  return { level: 'warning', where: 'clock', what, fix };
}
