// Coverage in words: says how much of its time a figure was measured for, if not for all of it.

import type { Say } from '../../../core/i18n/words.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../core/model/time.ts';
import { coverageOf } from '../../../core/monitoring/coverage.ts';
import type { ComponentView } from '../../../core/page/snapshot.ts';

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
export function coverageWords(views: readonly ComponentView[], say: Say): string | null {
  const coverage = coverageOf(views);
  if (!coverage?.isPartial) return null;
  const { observed, total, percent, isAlike } = coverage;
  if (!isAlike) return say('coverage.share', { percent: `${percent.toFixed(2)}%` });
  const inWhole = (unit: number) => ({ seen: Math.floor(observed / unit), n: Math.floor(total / unit) });
  const unit = UNITS.find(([, length]) => inWhole(length).seen < inWhole(length).n);
  return unit ? say(`coverage.${unit[0]}`, inWhole(unit[1])) : say('coverage.seconds', { seen: 0, n: 1 });
}
