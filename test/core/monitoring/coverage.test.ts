// Observed time: it grows by what was looked at, and never over a gap.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { observedBetween } from '../../../src/core/monitoring/coverage.ts';

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

describe('by the clock that only grows it is never more than what really went by', () => {
  test.each([
    ['a clock set forward', 0, HOUR, 30 * MINUTE, 40 * SECOND, 40 * SECOND],
    ['far forward: not even its own second', 0, 9 * HOUR, 30 * MINUTE, 300, 300],
    ['far forward', 0, 9 * HOUR, 30 * MINUTE, 40 * SECOND, SECOND],
    ['set back', HOUR, 0, 30 * MINUTE, 40 * SECOND, 0],
    ['a clock that did not step', 0, MINUTE, MINUTE, MINUTE, MINUTE],
    ['the two clocks are read one after the other', 0, MINUTE, MINUTE, MINUTE - 0.4, MINUTE],
    ['a suspended machine', 0, 40 * MINUTE, 30 * MINUTE, 2 * MINUTE, 2 * MINUTE],
    ['the first look of all', null, HOUR, MINUTE, 0, 0],
    ['the first look of a process', 0, MINUTE, MINUTE, Number.POSITIVE_INFINITY, MINUTE],
  ])('%s', (_what, before, at, period, passed, observed) => {
    expect(observedBetween(before, at, period, { passed })).toBe(observed);
  });
});

describe('a look that took long', () => {
  const period = 5 * SECOND;
  test.each([
    ['speaks for all of it', 60_040, 60_000, 60_040],
    ['and for two periods after it', 70_000, 60_000, 70_000],
    ['not for a gap after that', 70_001, 60_000, 61_000],
    ['nor for a gap without one', 70_001, 0, SECOND],
  ])('%s', (_what, gap, took, observed) => {
    expect(observedBetween(0, gap, period, { took })).toBe(observed);
  });

  test('and no more than went by', () => {
    expect(observedBetween(0, 9 * HOUR, period, { took: MINUTE, passed: MINUTE + 20 })).toBe(MINUTE + 20);
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

test('whatever the clock does, all together never more than the time that really went by', () => {
  const look = fc.record({
    really: fc.integer({ min: 1, max: 3 * HOUR }),
    step: fc.constantFrom(0, 0, -9 * HOUR, -HOUR, -300, 300, HOUR, 9 * HOUR, 3650 * 24 * HOUR),
    took: fc.nat({ max: HOUR }),
  });
  const period = fc.constantFrom(SECOND, MINUTE, HOUR, 7 * 24 * HOUR);
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 50 }), period, (looks, every) => {
      let [at, observed, passed, took] = [0, 0, 0, 0];
      for (const one of looks) {
        const next = at + one.really + one.step;
        observed += observedBetween(at, next, every, { passed: one.really, took });
        passed += one.really;
        at = next;
        took = Math.min(one.took, one.really);
      }
      expect(observed).toBeLessThanOrEqual(passed);
    }),
  );
});

test('it is whole milliseconds, whatever fractions the clocks tell', () => {
  const millis = fc.double({ min: 0, max: 10 * HOUR, noNaN: true });
  fc.assert(
    fc.property(fc.nat({ max: 10 * HOUR }), millis, millis, (gap, took, passed) => {
      for (const before of [null, 0])
        expect(Number.isInteger(observedBetween(before, gap, MINUTE, { took, passed }))).toBe(true);
    }),
  );
});
