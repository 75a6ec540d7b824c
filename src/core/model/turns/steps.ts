// Steps: a long computation cut where others may have their turn. What it is made of does not change
// meanwhile, so it comes to the same in one go and in many.
import type { Millis } from '../time.ts';

/** Yields between parts that take well under a millisecond each; returns what it made. */
export type Steps<T> = Generator<void, T, void>;

type NextTurn = () => Promise<unknown>;

/** So long a turn keeps requests waiting. */
const TURN: Millis = 3;

/**
 * For work whose parts wait for a disk or a database, which may be ready every time: each call gives others their turn
 * once this one has lasted long enough. Parts that run side by side go on one after another. `nextTurn` resolves when
 * others have had their turn: setImmediate of node:timers/promises, as this folder has no timers.
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
 * The same in turns of a few milliseconds, with a wait for the next turn before each: a promise continued while I/O is
 * handled goes on before any more I/O is, so without it the first turn would be part of the caller's. `nextTurn`: as above.
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
