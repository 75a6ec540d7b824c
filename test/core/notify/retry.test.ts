// When a delivery is tried again, and when a channel is given up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelFailure } from '../../../src/core/model/notification-channel.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import {
  counts,
  type EmailFailure,
  FAILING_FOR,
  isDead as isGivenUp,
  MAX_ATTEMPTS,
  pauseFor,
  pausesChannel,
  retryEmailAt,
  retryMessageAt,
  STALE_AFTER,
} from '../../../src/core/notify/retry.ts';

const NOW = 1_000_000;
const isDead = (failure: ChannelFailure, strikes: number, since: number | null, now: number) =>
  isGivenUp('visitor', failure, strikes, since, now);
const attempt = (failure: ChannelFailure, attempts: number, over = {}) => ({
  kind: 'update' as const,
  failure,
  attempts,
  createdAt: 0,
  wait: null,
  ...over,
});

test.each([
  [1, 10 * SECOND],
  [2, 30 * SECOND],
  [3, 2 * MINUTE],
  [4, 10 * MINUTE],
  [5, HOUR],
  [6, 3 * HOUR],
  [15, 3 * HOUR],
])('after attempt %i it waits %i ms, or up to a fifth longer', (attempts, step) => {
  for (const failure of ['busy', 'broken', 'unreachable'] as const) {
    expect(retryMessageAt(attempt(failure, attempts), 0, 0)).toBe(step);
    expect(retryMessageAt(attempt(failure, attempts), 0, 1)).toBe(step * 1.2);
  }
});

test('a wait that was asked for is kept, but for one longer than an hour', () => {
  expect(retryMessageAt(attempt('busy', 1, { wait: 10 * MINUTE }), 0, 0)).toBe(10 * MINUTE);
  expect(retryMessageAt(attempt('busy', 4, { wait: SECOND }), 0, 0)).toBe(10 * MINUTE);
  expect(retryMessageAt(attempt('busy', 1, { wait: 24 * HOUR }), 0, 0)).toBe(HOUR);
});

test('never again: refused, gone, two days old, or a third challenge', () => {
  expect(retryMessageAt(attempt('refused', 1), 0, 0)).toBeNull();
  expect(retryMessageAt(attempt('gone', 1), 0, 0)).toBeNull();
  expect(retryMessageAt(attempt('busy', 9), STALE_AFTER - 3 * HOUR, 0)).toBe(STALE_AFTER);
  expect(retryMessageAt(attempt('busy', 9), STALE_AFTER - 3 * HOUR + 1, 0)).toBeNull();
  // Two days of its own, whenever it was written.
  const later = attempt('busy', 9, { createdAt: 10 * STALE_AFTER });
  expect(retryMessageAt(later, 10 * STALE_AFTER, 0)).toBe(10 * STALE_AFTER + 3 * HOUR);
  expect(retryMessageAt(later, 11 * STALE_AFTER - 3 * HOUR + 1, 0)).toBeNull();
  expect(retryMessageAt(attempt('busy', 2, { kind: 'confirm' }), 0, 0)).toBe(30 * SECOND);
  expect(retryMessageAt(attempt('busy', 3, { kind: 'confirm' }), 0, 0)).toBeNull();
});

test('what the channel’s state is pauses the channel; what may be the message’s fault does not', () => {
  const all = ['busy', 'broken', 'unreachable', 'refused', 'gone'] as const;
  expect(all.filter(pausesChannel)).toEqual(['busy', 'unreachable']);
});

test('given up: gone, five messages in a row, or three days of nothing', () => {
  expect(isDead('gone', 1, 0, 0)).toBe(true);
  expect(isDead('refused', 4, 0, 0)).toBe(false);
  expect(isDead('refused', 5, 0, 0)).toBe(true);
  expect(isDead('busy', 1, 0, FAILING_FOR - 1)).toBe(false);
  expect(isDead('busy', 1, 0, FAILING_FOR)).toBe(true);
  expect(isDead('busy', 1, null, FAILING_FOR)).toBe(false);
  expect(isDead('busy', 1, 10 * FAILING_FOR, 11 * FAILING_FOR - 1)).toBe(false);
  expect(isDead('busy', 1, 10 * FAILING_FOR, 11 * FAILING_FOR)).toBe(true);
  expect(FAILING_FOR).toBe(72 * HOUR);
});

test('a clock that jumps by years makes no message stale at its first failures, and no channel dead', () => {
  const later = 3650 * 24 * HOUR;
  for (const attempts of [1, 2, 5])
    expect(retryMessageAt(attempt('busy', attempts), later, 0)).toBeGreaterThan(later);
  expect(retryMessageAt(attempt('busy', 6), later, 0)).toBeNull();
  expect(isDead('busy', 0, 0, later)).toBe(false);
});

describe('a failed email', () => {
  test.each([
    ['later', [10, 30, 120, 600, 3600, 10_800, 21_600, 21_600]],
    ['busy', [10, 30, 120]],
    ['dropped', [10, 30, 120]],
    ['unreachable', [0, 0, 0]],
    ['refused', [null]],
    ['rejected', [null]],
  ] as [EmailFailure, (number | null)[]][])('%s waits %j seconds', (failure, seconds) => {
    for (const [index, wait] of seconds.entries()) {
      const expected = wait === null ? null : NOW + wait * SECOND;
      expect(retryEmailAt(failure, index + 1, NOW, 0)).toBe(expected);
    }
  });

  test('jitter only shortens the wait, by a fifth at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, chance) => {
          const wait = retryEmailAt('later', attempt, 0, chance) as number;
          const full = retryEmailAt('later', attempt, 0, 0) as number;
          expect(wait).toBeLessThanOrEqual(full);
          expect(wait).toBeGreaterThanOrEqual(full * 0.8 - 1);
        },
      ),
    );
  });

  test('is given up in the end, but never for a server that cannot be reached', () => {
    expect(retryEmailAt('later', MAX_ATTEMPTS - 1, NOW, 0)).not.toBeNull();
    expect(retryEmailAt('later', MAX_ATTEMPTS, NOW, 0)).toBeNull();
    expect(retryEmailAt('unreachable', 10_000, NOW, 0)).toBe(NOW);
    expect([counts('unreachable'), counts('later'), counts('dropped')]).toEqual([false, true, true]);
  });

  test('pauses email delivery for what is not its own fault', () => {
    expect([1, 2, 6, 100].map(streak => pauseFor('unreachable', streak, 5) / SECOND)).toEqual([
      5, 10, 30, 30,
    ]);
    expect([1, 2].map(streak => pauseFor('busy', streak, 5) / SECOND)).toEqual([5, 10]);
    expect([1, 5, 6].map(streak => pauseFor('dropped', streak, 5) / SECOND)).toEqual([0, 0, 30]);
    for (const failure of ['later', 'refused', 'rejected'] as const) expect(pauseFor(failure, 99, 5)).toBe(0);
  });
});
