// Spreading: stable, within the period, even, and never where an operator named the second.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { offsetOf } from '../../../src/core/monitoring/schedule-jitter.ts';

const ids = Array.from({ length: 2000 }, (_, i) => `component-${i}`);

describe('the offset of a check', () => {
  test('is the same whenever it is asked for, a whole second, and less than the period', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), id => {
        const offset = offsetOf(id, '*/5 * * * *');
        expect(offset).toBe(offsetOf(id, '*/5 * * * *'));
        expect(offset % SECOND).toBe(0);
        expect(offset >= 0 && offset < 5 * MINUTE).toBe(true);
      }),
    );
  });

  test('shares two thousand checks out evenly over the minute', () => {
    const perSecond = new Map<number, number>();
    for (const id of ids) {
      const second = offsetOf(id, '* * * * *') / SECOND;
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(perSecond.size).toBe(60);
    // 33 in the mean; five standard deviations are 29.
    expect(Math.max(...perSecond.values())).toBeLessThan(62);
  });

  test.each([
    ['a period is shared out whole', '*/5 * * * *', 5 * MINUTE],
    ['seconds too', '*/10 * * * * *', 10 * SECOND],
    ['a rare period by ten minutes at most', '* */6 * * *', MINUTE],
    ['named minutes keep their minute', '0 * * * *', MINUTE],
    ['named hours too', '30 9 * * 1-5', MINUTE],
    ['six fields that name a second keep it', '15 * * * * *', 0],
    ['every second leaves no room', '* * * * * *', 0],
  ])('%s', (_what, cron, room) => {
    const farthest = Math.max(...ids.map(id => offsetOf(id, cron)));
    expect(farthest).toBe(Math.max(0, room - SECOND));
  });
});
