// The pulse: a timer that measures how late the event loop is, so that a pause of this process is not taken for a slow
// target.
import { type Clock, type Millis, SECOND } from '../core/model/time.ts';

export interface Pulse {
  /**
   * How long the process was paused so far, ms, in pauses longer than PAUSE: stopped, asleep, blocked, swapped out.
   * Only grows, and includes a pause that just ended even before the timer runs.
   */
  paused(): Millis;
  /** How often the wall clock stepped: the only sign that the machine was suspended. */
  steps(): number;
  /** Whether the event loop was recently too late, on average, to accept work that can wait. */
  isOverloaded(): boolean;
  stop(): void;
}

/** A delay of the event loop longer than this is a pause, ms. */
export const PAUSE: Millis = 250;
/** How often the delay is measured, and over what time it is averaged, so that a short delay counts little; ms. */
const BEAT: Millis = 50;
const OVER: Millis = 4 * SECOND;

/**
 * Starts the pulse; it does not keep the process alive.
 * @param limit the average delay from which the process is overloaded, ms
 * @param clock the wall clock; a step of it shows that the machine was suspended, and counts as a short pause
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
    // Limited: a long pause is over when it ends, and the work that waited is done soon.
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
