// Coverage: how much time one run counts for, and how much of a figure's time was observed at all.
import type { Component } from '../model/component.ts';
import { DAY, type Millis, SECOND } from '../model/time.ts';

/**
 * How long (ms) the check at `at` adds to the observed time: the time since the one before it, when that ended at most
 * two periods ago. After a longer gap (the first check, a blocked process, a suspended machine, a clock set forward) it
 * counts for its own second and the run before, and for none when the clock was set back. It is never more than the
 * time that passed: a clock set forward skips time in which nobody looked. `took` is how long the run before took,
 * `passed` how long it is since that began by a clock that only grows, ms; absent: not known, as after a start.
 */
export function observedBetween(
  before: Millis | null,
  at: Millis,
  period: Millis,
  { took = 0, passed = Number.POSITIVE_INFINITY }: { readonly took?: Millis; readonly passed?: Millis } = {},
): Millis {
  const gap = at - (before ?? at);
  if (gap < 0) return 0;
  const isGap = before === null || gap - took > 2 * period;
  // Whole milliseconds, as they are stored; the clock that only grows has fractions of them, too.
  return Math.ceil(Math.min(isGap ? took + SECOND : gap, passed));
}

/** A component with how much of its figure's time was observed, and how much there is, ms. */
interface Watched {
  readonly component: Component;
  readonly uptime: { readonly observed: Millis; readonly total: Millis };
}

interface Coverage {
  readonly observed: Millis;
  readonly total: Millis;
  /** `observed` of `total`, floored to two decimals. */
  readonly percent: number;
  /** Less than 95 %: the figure must not be shown without its coverage. */
  readonly isPartial: boolean;
  /** Whether the components were known for equally long, to the day. */
  readonly isAlike: boolean;
}

/**
 * The coverage of the figure of some components together, a mean of those that have a check; null where none has
 * one (nobody looks at a `manual` component, its incidents count), or nothing is known of any.
 */
export function coverageOf(views: readonly Watched[]): Coverage | null {
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
