// When a message to a channel is tried again, and when its channel is given up.
import { expect, test } from 'vitest';
import type { ChannelFailure } from '../../../src/core/model/notification-channel.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import {
  FAILING_FOR,
  isDead,
  restsChannel,
  STALE_AFTER,
  tryAgainAt,
} from '../../../src/core/notify/channel-retry.ts';

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
    expect(tryAgainAt(attempt(failure, attempts), 0, 0)).toBe(step);
    expect(tryAgainAt(attempt(failure, attempts), 0, 1)).toBe(step * 1.2);
  }
});

test('a wait that was asked for is kept, but for one longer than an hour', () => {
  expect(tryAgainAt(attempt('busy', 1, { wait: 10 * MINUTE }), 0, 0)).toBe(10 * MINUTE);
  expect(tryAgainAt(attempt('busy', 4, { wait: SECOND }), 0, 0)).toBe(10 * MINUTE);
  expect(tryAgainAt(attempt('busy', 1, { wait: 24 * HOUR }), 0, 0)).toBe(HOUR);
});

test('never again: refused, gone, two days old, or a third challenge', () => {
  expect(tryAgainAt(attempt('refused', 1), 0, 0)).toBeNull();
  expect(tryAgainAt(attempt('gone', 1), 0, 0)).toBeNull();
  expect(tryAgainAt(attempt('busy', 9), STALE_AFTER - 3 * HOUR, 0)).toBe(STALE_AFTER);
  expect(tryAgainAt(attempt('busy', 9), STALE_AFTER - 3 * HOUR + 1, 0)).toBeNull();
  // Two days of its own, whenever it was written.
  const later = attempt('busy', 9, { createdAt: 10 * STALE_AFTER });
  expect(tryAgainAt(later, 10 * STALE_AFTER, 0)).toBe(10 * STALE_AFTER + 3 * HOUR);
  expect(tryAgainAt(later, 11 * STALE_AFTER - 3 * HOUR + 1, 0)).toBeNull();
  expect(tryAgainAt(attempt('busy', 2, { kind: 'confirm' }), 0, 0)).toBe(30 * SECOND);
  expect(tryAgainAt(attempt('busy', 3, { kind: 'confirm' }), 0, 0)).toBeNull();
});

test('what the channel’s state is rests the channel; what may be the message’s fault does not', () => {
  const all = ['busy', 'broken', 'unreachable', 'refused', 'gone'] as const;
  expect(all.filter(restsChannel)).toEqual(['busy', 'unreachable']);
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
    expect(tryAgainAt(attempt('busy', attempts), later, 0)).toBeGreaterThan(later);
  expect(tryAgainAt(attempt('busy', 6), later, 0)).toBeNull();
  expect(isDead('busy', 0, 0, later)).toBe(false);
});
