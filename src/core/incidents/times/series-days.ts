// Undated sections of a recurring maintenance: whether a dated one beside them tells their day.
import type { UpdateStatus } from '../../model/incident.ts';
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import type { TimedHeading } from './time-of-day.ts';

/** What a heading says of its time, and its status. */
export interface Written extends TimedHeading {
  readonly status: UpdateStatus | null;
}

/** So soon after another section it is of the same work. */
const SOON = 9 * HOUR;
/** The steps of the work, in order. What goes back was written at another occurrence. */
const STEPS: readonly (string | null)[] = ['in_progress', 'verifying', 'completed'];

/**
 * Which sections' days are a guess: those that have no date and follow no dated one.
 * @param said the sections as read, in the order of time.
 */
export function guessedDays<Section extends Written>(
  said: readonly { readonly section: Section; readonly at: Millis }[],
  started: Millis,
): ReadonlySet<Section> {
  const guessed = new Set<Section>();
  let before: Millis | null = null;
  let step = -1;
  for (const { section, at } of said) {
    const { dated, status, precision, time } = section;
    const own = STEPS.indexOf(status);
    const follows: boolean = before !== null && at >= before && at - before <= SOON;
    if (!follows || status === 'scheduled') step = -1;
    const opens = before === null && (started - (started % precision) - time) % DAY === 0;
    if (!dated && !opens && !(follows && (own < 0 || own > step))) {
      guessed.add(section);
      continue;
    }
    before = at;
    step = Math.max(step, own);
  }
  return guessed;
}
