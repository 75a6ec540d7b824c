// Observed: how much time one look speaks for, and how much of a figure's time was looked at at all.
// A gap is time nobody looked, and stays so.
import type { ComponentView } from './snapshot.ts';
import { DAY, type Millis, SECOND } from './time.ts';

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

/** How much of a figure's total was looked at. */
interface Coverage {
  readonly observed: Millis;
  readonly total: Millis;
  /** `observed` of `total`, floored to two decimals. */
  readonly percent: number;
  /** Less than 95 % (contract §5): the figure must not stand without its coverage. */
  readonly isPartial: boolean;
  /** Whether the components were known for equally long, to the day. */
  readonly isAlike: boolean;
}

/**
 * The coverage of the figure of some components together, a mean of those that have a check; null where none has
 * one (nobody looks at a `manual` component, its incidents tell), or nothing is known of any.
 */
export function coverageOf(views: readonly ComponentView[]): Coverage | null {
  const watched = views.filter(({ component }) => component.check.type !== 'manual');
  const sum = (of: 'observed' | 'total') => watched.reduce((all, { uptime }) => all + uptime[of], 0);
  const [observed, total] = [sum('observed'), sum('total')];
  if (total <= 0) return null;
  return {
    observed: observed / watched.length,
    total: total / watched.length,
    percent: Math.floor((observed * 10_000) / total) / 100,
    isPartial: observed * 100 < total * 95,
    isAlike: new Set(watched.map(({ uptime }) => Math.floor(uptime.total / DAY))).size === 1,
  };
}
