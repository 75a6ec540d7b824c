// Coverage: how much time a run counts for, and how much of an uptime's time was observed.
import type { Component } from '../model/component.ts';
import { DAY, type Millis, SECOND } from '../model/time.ts';

/**
 * The observed time (ms) that the run at `at` adds: the time since the previous run, if that ended at most two periods
 * ago. After a longer gap (first run, blocked or suspended process, clock set forward): one second and the previous
 * run. 0 after a clock set back.
 * @param took how long the previous run took, ms.
 * @param passed time since the previous run began, by the monotonic clock, ms, as the upper limit: a clock set forward
 * must not add time. Absent: unknown, as after a start.
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
  // Rounded up to whole milliseconds: the monotonic clock has fractions.
  return Math.ceil(Math.min(isGap ? took + SECOND : gap, passed));
}

/** A component with the observed and the total time of its uptime, ms. */
interface Watched {
  readonly component: Component;
  readonly uptime: { readonly observed: Millis; readonly total: Millis };
}

interface Coverage {
  readonly observed: Millis;
  readonly total: Millis;
  /** `observed` of `total`, rounded down to two decimals. */
  readonly percent: number;
  /** Below 95 %: the uptime must be shown with its coverage. */
  readonly isPartial: boolean;
  /** Whether all components have been known for the same number of days. */
  readonly isSamePeriod: boolean;
}

/** Whether so little of a time was observed that its figure must say so. */
export function isPartly(observed: Millis, total: Millis): boolean {
  return observed * 100 < total * 95;
}

/** The mean coverage of the components that have a check; null when there is none, or nothing is known. */
export function coverageOf(views: readonly Watched[]): Coverage | null {
  const watched = views.filter(({ component }) => component.check.type !== 'manual');
  const sum = (of: 'observed' | 'total') => watched.reduce((all, { uptime }) => all + uptime[of], 0);
  const [observed, total] = [sum('observed'), sum('total')];
  if (total <= 0) return null;
  return {
    observed: observed / watched.length,
    total: total / watched.length,
    percent: Math.floor((observed * 10_000) / total) / 100,
    isPartial: isPartly(observed, total),
    isSamePeriod: new Set(watched.map(({ uptime }) => Math.floor(uptime.total / DAY))).size === 1,
  };
}
