// Observed time: it grows by what was looked at, and never over a gap.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observedBetween } from '../../src/core/observed.ts';
import { HOUR, MINUTE, SECOND } from '../../src/core/time.ts';

describe('a check speaks for', () => {
  test.each([
    ['its own second, when it is the first', null, 0, SECOND],
    ['the time since the one before', 0, MINUTE, MINUTE],
    ['the time since, when one was missed', 0, 2 * MINUTE, 2 * MINUTE],
    ['its own second, after a gap', 0, 2 * MINUTE + 1, SECOND],
    ['its own second, after a night asleep', 0, 9 * HOUR, SECOND],
    ['nothing, when the clock was set back', HOUR, 0, 0],
  ])('%s', (_what, before, at, observed) => {
    expect(observedBetween(before, at, MINUTE)).toBe(observed);
  });
});

test('all together never more than the time that passed less its gaps', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 10 * MINUTE }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(gaps, steps => {
      let at = 0;
      let observed = 0;
      let looked = 0;
      for (const step of steps) {
        observed += observedBetween(at, at + step, MINUTE);
        looked += step <= 2 * MINUTE ? step : SECOND;
        at += step;
      }
      expect(observed).toBe(looked);
    }),
  );
});
