// The pulse: one timer that tells how late the event loop is. What stood still here is not another's slowness.
import { type Clock, type Millis, SECOND } from '../core/model/time.ts';

export interface Pulse {
  /**
   * How long the process has stood still so far, ms, in pauses of more than PAUSE each: stopped, asleep, blocked,
   * swapped out. Only ever grows; a pause that just ended is in it before the timer has seen it.
   */
  paused(): Millis;
  /** How often the wall clock stepped: a machine that was suspended shows by nothing else. */
  steps(): number;
  /** Whether the process has lately been too late with its work, on the whole, to take on what can wait. */
  isOverloaded(): boolean;
  stop(): void;
}

/** A loop that is later than this was paused, ms. */
export const PAUSE: Millis = 250;
/** How often lateness is measured, and over how long it is averaged, so that a hiccup counts for little; ms. */
const BEAT: Millis = 50;
const OVER: Millis = 4 * SECOND;

/**
 * Starts the pulse; it keeps no process alive. On average later than `limit` (ms), the process is strained. `clock` is
 * the wall clock: only by a step of it a machine that was suspended shows, and that counts as a short pause.
 */
export function startPulse(
  limit: Millis = Number.POSITIVE_INFINITY,
  clock: Clock = () => performance.now(),
): Pulse {
  let average = 0;
  let sum = 0;
  let steps = 0;
  let last = performance.now();
  let ahead = clock() - last;
  const isStep = (now: Millis) => Math.abs(clock() - now - ahead) > PAUSE;
  const pauseAt = (now: Millis): Millis => {
    const late = now - last - BEAT;
    if (late > PAUSE) return late;
    return isStep(now) ? PAUSE + 1 : 0;
  };
  const timer = setInterval(() => {
    const now = performance.now();
    // However long it was: one pause is over when it is over, and the work that gathered in it is soon done.
    const late = Math.min(Math.max(0, now - last - BEAT), 2 * limit);
    average += (late - average) * Math.min(1, (BEAT + late) / OVER);
    sum += pauseAt(now);
    if (isStep(now)) steps++;
    last = now;
    ahead = clock() - now;
  }, BEAT);
  timer.unref();
  return {
    paused: () => sum + pauseAt(performance.now()),
    steps: () => steps + (isStep(performance.now()) ? 1 : 0),
    isOverloaded: () => average > limit,
    stop: () => clearInterval(timer),
  };
}
