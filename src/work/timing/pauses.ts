// Reports recurring pauses of the process. Single pauses are handled where they matter.
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { type Clock, iso, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';

/** Shorter pauses do not count. */
const SHORTEST: Millis = SECOND;
/** Pauses older than this no longer count. */
const WINDOW: Millis = 10 * MINUTE;
/** Fewer pauses are not reported: a laptop that sleeps once is no problem. */
const MIN_PAUSES = 3;
/** Pauses that together are shorter than this are not reported. */
const MIN_TOTAL: Millis = 30 * SECOND;

interface PauseParts {
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** The total time for which the process was paused so far, ms. */
  readonly paused: () => Millis;
}

export class Pauses {
  readonly #parts: PauseParts;
  #known: Millis;
  #recent: readonly { readonly at: Millis; readonly by: Millis }[] = [];
  /** Since when pauses recur, by the wall clock; null if they do not. */
  #since: Millis | null = null;

  constructor(parts: PauseParts) {
    this.#parts = parts;
    this.#known = parts.paused();
  }

  look(): void {
    const { clock, monotonic, paused } = this.#parts;
    const [now, all] = [monotonic(), paused()];
    const by = all - this.#known;
    this.#known = all;
    if (by >= SHORTEST) this.#recent = [...this.#recent, { at: now, by }];
    this.#recent = this.#recent.filter(({ at }) => now - at < WINDOW);
    const total = this.#recent.reduce((sum, { by }) => sum + by, 0);
    this.#since = this.#recent.length >= MIN_PAUSES && total >= MIN_TOTAL ? (this.#since ?? clock()) : null;
  }

  /** For /readyz. The text stays the same while the problem lasts, because each new text is logged. */
  problems(): readonly Problem[] {
    if (this.#since === null) return [];
    const what = `this process keeps pausing; noticed at ${iso(this.#since)}`;
    const fix =
      'checks run late; make sure that the machine has enough CPU and memory, and that nothing stops the process';
    return [warningAt('process', what, fix)];
  }
}
