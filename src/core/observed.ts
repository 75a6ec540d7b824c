// Observed: how much time one look speaks for. A gap is time nobody looked, and stays so.
import { type Millis, SECOND } from './time.ts';

/**
 * How long (ms) the check at `at` adds to what was really looked at: the time since the one before
 * it, when that was at most two periods ago. After a longer gap (the first check, a blocked process,
 * a suspended machine, a clock set forward) it speaks for its own second alone, and for none when the
 * clock was set back.
 */
export function observedBetween(before: Millis | null, at: Millis, period: Millis): Millis {
  if (before === null) return SECOND;
  const gap = at - before;
  if (gap < 0) return 0;
  return gap <= 2 * period ? gap : SECOND;
}
