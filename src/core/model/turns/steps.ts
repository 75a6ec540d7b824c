// Steps: a long computation in parts, so that other work can run in between. Its input must not change meanwhile.
import type { Millis } from '../time.ts';

/** Yields between parts of well under a millisecond each; returns the result. */
export type Steps<T> = Generator<void, T, void>;

type NextTurn = () => Promise<unknown>;

/** How long a turn may last: requests wait for it. */
const TURN: Millis = 3;

/**
 * Returns a function to await between parts of asynchronous work: it lets other work run once the turn has lasted too
 * long. Needed because a fast disk or database never makes the work wait.
 * @param nextTurn resolves once other work has run: setImmediate of node:timers/promises (core has no timers).
 */
export function makeYield(nextTurn: NextTurn): () => Promise<void> {
  let begun = performance.now();
  const yieldTurn = async () => {
    if (performance.now() - begun < TURN) return;
    await nextTurn();
    begun = performance.now();
  };
  let last = Promise.resolve();
  return () => {
    last = last.then(yieldTurn);
    return last;
  };
}

export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Runs the steps in turns of a few milliseconds. Waits before the first turn too, or that would run as part of the
 * caller's turn.
 * @param nextTurn as above.
 */
export async function inTurns<T>(steps: Steps<T>, nextTurn: NextTurn): Promise<T> {
  for (;;) {
    await nextTurn();
    const begun = performance.now();
    while (performance.now() - begun < TURN) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }
}
