// Steps of the wall clock: noticed by the clock that only grows, said, and told to all who wait for a moment.

import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import { type Clock, iso, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { spell } from '../../core/monitoring/messages.ts';

export interface ClockSteps {
  /** Compares the clocks; a step since the last call is told before this returns. */
  look(): void;
  /** For /readyz: the steps of the last ten minutes, the five largest of them, in the order they came. */
  problems(): readonly Problem[];
}

/** A clock that is merely wrong is led to the right time more slowly than this. */
const LEAST: Millis = 2 * SECOND;
/** Reading two clocks takes so long at most, or the process was stopped between. */
const TOGETHER: Millis = 100;
/** How long a step stands on /readyz. */
const STANDS: Millis = 10 * MINUTE;
/** So many stand there at once. */
const MOST = 5;

export interface ClockStepsDeps {
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** How far the wall clock was ahead when this process began, `aheadOf`: what it does while that starts is a step. */
  readonly ahead: Millis;
  /** Told of each step, ms; below zero it went back. */
  readonly stepped: (by: Millis) => void;
  readonly log: Log;
}

/** How far the wall clock is ahead of the clock that only grows, ms. */
export function aheadOf(clock: Clock, monotonic: Clock): Millis {
  for (let tries = 0; ; tries++) {
    const before = monotonic();
    const wall = clock();
    if (monotonic() - before < TOGETHER || tries === 10) return wall - before;
  }
}

export function makeClockSteps({ clock, monotonic, ahead, stepped, log }: ClockStepsDeps): ClockSteps {
  let last = ahead;
  let steps: readonly { readonly problem: Problem; readonly size: Millis; readonly until: Millis }[] = [];
  const standing = () => steps.filter(({ until }) => monotonic() < until);
  return {
    look() {
      const now = aheadOf(clock, monotonic);
      const by = now - last;
      last = now;
      if (Math.abs(by) < LEAST) return;
      const problem = problemOf(by, clock());
      steps = [...standing(), { problem, size: Math.abs(by), until: monotonic() + STANDS }];
      if (steps.length > MOST) {
        // A clock that jumps to and fro must not hide its largest step behind small ones.
        const least = Math.min(...steps.map(({ size }) => size));
        steps = steps.toSpliced(
          steps.findIndex(({ size }) => size === least),
          1,
        );
      }
      log.warn({ seconds: Math.round(by / SECOND) }, `${problem.what}; everything is looked at anew, now`);
      stepped(by);
    },
    problems: () => standing().map(({ problem }) => problem),
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
      : 'nobody looked in the time between; an incident that was open lasts through it, as its file says';
  const fix = `${why}; unless the machine was suspended, check its time synchronization (\`timedatectl\`)`;
  return { level: 'warning', where: 'clock', what, fix };
}
