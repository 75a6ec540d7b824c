// Uptime figures in words: whether there is one, and for how much of its time it was measured.

import type { Say } from '../i18n/words.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.ts';
import { coverageOf } from '../monitoring/coverage.ts';
import type { ComponentView } from './snapshot.ts';
import { percentUp } from './uptime.ts';

const UNITS = [
  ['days', DAY],
  ['hours', HOUR],
  ['minutes', MINUTE],
  ['seconds', SECOND],
] as const;

/**
 * "3 of 90 days observed", for the figure of these components; null if enough was observed.
 * Uses the largest unit that shows a gap, both sides rounded down, so it never claims too much. For components with
 * different times it gives a percentage of all their time.
 */
export function coverageWords(views: Parameters<typeof coverageOf>[0], say: Say): string | null {
  const coverage = coverageOf(views);
  if (!coverage?.isPartial) return null;
  const { observed, total, percent, isSamePeriod } = coverage;
  if (!isSamePeriod) return say('coverage.share', { percent: `${percent.toFixed(2)}%` });
  const inWhole = (unit: number) => ({ seen: Math.floor(observed / unit), n: Math.floor(total / unit) });
  const unit = UNITS.find(([, length]) => inWhole(length).seen < inWhole(length).n);
  return unit ? say(`coverage.${unit[0]}`, inWhole(unit[1])) : say('coverage.seconds', { seen: 0, n: 1 });
}

/** The uptime of several components together, percent rounded down; those without a figure are left out. */
export function percentOfAll(views: readonly ComponentView[]): number | null {
  const known = views.filter(view => knownPercent(view) !== null);
  const sum = (of: 'total' | 'downtime') => known.reduce((all, { uptime }) => all + uptime[of], 0);
  return percentUp(sum('total'), sum('downtime'));
}

/** The uptime; null if nothing was checked or reported, because 100 % of nothing is no figure. */
export function knownPercent({ health, uptime }: ComponentView): number | null {
  return health === 'no_data' && uptime.observed === 0 && uptime.downtime === 0 ? null : uptime.percent;
}
