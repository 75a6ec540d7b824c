// Detects steps of the wall clock by comparing it with a clock that only grows, and passes them to listeners.

import { spell } from '../../core/i18n/spell.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { errorAt, type Problem } from '../../core/model/problem.ts';
import { type Clock, iso, isPlausible, MINUTE, type Millis, SECOND, utcDay } from '../../core/model/time.ts';

/** A smaller difference is a clock that is being corrected slowly. */
const MIN_STEP: Millis = 2 * SECOND;
/** Reading both clocks takes less than this, unless the process was stopped between. */
const READING: Millis = 100;
/** How long /readyz shows a step, and how many steps at most. */
const SHOWN_FOR: Millis = 10 * MINUTE;
const MAX_SHOWN = 5;

/** How far the wall clock is ahead of the monotonic clock, ms. */
function aheadOf(clock: Clock, monotonic: Clock): Millis {
  for (let tries = 0; ; tries++) {
    const before = monotonic();
    const wall = clock();
    if (monotonic() - before < READING || tries === 10) return wall - before;
  }
}

/** Takes the size of a step, ms; negative if the clock went back. */
type StepListener = (by: Millis) => void;

interface ClockStepParts {
  readonly clock: Clock;
  readonly monotonic: Clock;
  readonly log: Log;
}

export class ClockSteps {
  /** When this process began, by the wall clock. */
  readonly startedAt: Millis;
  readonly #parts: ClockStepParts;
  readonly #listeners: StepListener[] = [];
  /** The difference at the start of this process: a step during startup counts. */
  #ahead: Millis;
  #steps: readonly { readonly problem: Problem; readonly size: Millis; readonly until: Millis }[] = [];

  constructor(parts: ClockStepParts) {
    this.#parts = parts;
    this.#ahead = aheadOf(parts.clock, parts.monotonic);
    this.startedAt = Math.round(this.#ahead + parts.monotonic());
  }

  listen(listener: StepListener): void {
    this.#listeners.push(listener);
  }

  /** Compares the clocks. Listeners have handled a step before this returns. */
  readonly look = (): void => {
    const { clock, monotonic, log } = this.#parts;
    const now = aheadOf(clock, monotonic);
    const by = now - this.#ahead;
    this.#ahead = now;
    if (Math.abs(by) < MIN_STEP) return;
    const problem = problemOf(by, clock());
    const steps = [...this.#recent(), { problem, size: Math.abs(by), until: monotonic() + SHOWN_FOR }];
    // Many small steps must not hide the largest one.
    const [least] = steps.length > MAX_SHOWN ? steps.toSorted((a, b) => a.size - b.size) : [];
    this.#steps = steps.filter(step => step !== least);
    log.warn({ seconds: Math.round(by / SECOND) }, `${problem.what}; everything is checked again now`);
    for (const listener of this.#listeners) listener(by);
  };

  /**
   * For /readyz: whether the clock is plausible, and the largest steps of the last ten minutes (five at most), in
   * order.
   */
  problems(): readonly Problem[] {
    const now = this.#parts.clock();
    return [...(isPlausible(now) ? [] : [unset(now)]), ...this.#recent().map(({ problem }) => problem)];
  }

  /** Whether the clock went so far within the last ten minutes that what it says of a plan may be wrong. */
  readonly isUnsure = (): boolean => this.#recent().some(({ size }) => size >= MINUTE);

  #recent() {
    return this.#steps.filter(({ until }) => this.#parts.monotonic() < until);
  }
}

function unset(now: Millis): Problem {
  // The same words all day, as each new problem is logged.
  const what = `the clock of this machine says ${utcDay(now)}: it was never set, and all dates are wrong`;
  const fix = 'set it, and check its time synchronization (`timedatectl`)';
  return errorAt('clock', what, fix);
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
      ? 'what was recorded before has later times'
      : 'nothing was checked in that time; an incident that was open lasts through it, as its file says';
  const fix = `${why}; unless the machine was suspended, check its time synchronization (\`timedatectl\`)`;
  return { level: 'warning', where: 'clock', what, fix };
}
