// Coverage in words: a figure that was measured for less than its whole time says for how much of it.

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
 * "3 of 90 days observed", of the figure of these components together; null where enough was observed. In the
 * largest unit that shows a gap, both sides floored: never more than was seen. Of several whose times differ, the share
 * of all their time together: no number of days is true of all of them.
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
