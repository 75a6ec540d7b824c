// Pauses of the process that recur: each is dealt with where it happens; that they come again and again is said here.
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { type Clock, iso, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';

/** What is counted as a pause, over how long, and from when on it is said: one sleep of a laptop is no fault. */
const LEAST: Millis = SECOND;
const OVER: Millis = 10 * MINUTE;
const MANY = 3;
const LONG: Millis = 30 * SECOND;

interface Parts {
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** How long the process has stood still so far, ms. */
  readonly paused: () => Millis;
}

export class Pauses {
  readonly #parts: Parts;
  #known: Millis;
  #recent: readonly { readonly at: Millis; readonly by: Millis }[] = [];
  /** Since when they recur, by the wall clock; null while they do not. */
  #since: Millis | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#known = parts.paused();
  }

  /** Notes a pause since the last call. */
  look(): void {
    const { clock, monotonic, paused } = this.#parts;
    const [now, all] = [monotonic(), paused()];
    const by = all - this.#known;
    this.#known = all;
    if (by >= LEAST) this.#recent = [...this.#recent, { at: now, by }];
    this.#recent = this.#recent.filter(({ at }) => now - at < OVER);
    const sum = this.#recent.reduce((so, { by }) => so + by, 0);
    this.#since = this.#recent.length >= MANY && sum >= LONG ? (this.#since ?? clock()) : null;
  }

  /** For /readyz; the same words while it lasts, as each new problem is logged. */
  problems(): readonly Problem[] {
    if (this.#since === null) return [];
    const what = `this process stands still again and again; noticed at ${iso(this.#since)}`;
    const fix =
      'checks come late meanwhile; see that the machine has CPU and memory enough, and that nothing stops the process';
    return [warningAt('process', what, fix)];
  }
}
