// Warnings by a clock that steps, and of checks that warn of something else than a certificate.
import { expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { DAY, HOUR, MINUTE } from '../../../src/core/model/time.ts';
import {
  checkWarning,
  isCurrent,
  type Warning,
  warningProblems,
  warningsDue,
} from '../../../src/core/monitoring/warning.ts';
import { component, NOW, site } from '../../makers.ts';

test('a warning that began before the clock was set back is mailed now, not when the old time comes', () => {
  const since = Date.UTC(2026, 10, 29, 12);
  const warning: Warning = {
    kind: 'certificate',
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

test('a warning that is not about a certificate says so, and counts while its component is checked', () => {
  const api = component('api', { check: checkSchema.parse({ type: 'smtp', host: 'mail.example.com' }) });
  const result = { at: NOW, outcome: 'up', latency: 5, seen: 'ready', warning: 'the queue is long' } as const;
  const report = checkWarning(api, result);
  expect(report).toMatchObject({
    source: 'check:api',
    what: `${api.name}: the queue is long`,
    expires: null,
  });
  expect(report?.fix).not.toMatch(/renew/);
  const warning: Warning = { ...report!, since: NOW, seenAt: NOW, mailedAt: null, goneAt: null };
  expect(warningProblems([warning])[0]?.where).toBe('component api');
  expect(isCurrent(warning, site({ components: [api] }), NOW)).toBe(true);
  expect(isCurrent(warning, site({ components: [] }), NOW)).toBe(false);
});
