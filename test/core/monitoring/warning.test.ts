// Warnings by a clock that steps.
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/model/time.ts';
import { type Warning, warningsDue } from '../../../src/core/monitoring/warning.ts';

test('a warning that began before the clock was set back is mailed now, not when the old time comes', () => {
  const since = Date.UTC(2026, 10, 29, 12);
  const warning: Warning = {
    source: 'certificate:api',
    component: 'api',
    what: 'x',
    fix: 'y',
    expires: null,
    host: null,
    since,
    seenAt: since,
    mailedAt: null,
    goneAt: null,
  };
  const due = (now: number) => warningsDue([warning], now).length;
  expect([0, 4 * MINUTE, 5 * MINUTE, DAY, -HOUR, -DAY].map(by => due(since + by))).toEqual([
    0, 0, 1, 1, 1, 1,
  ]);
});
