// The alarm of a cron schedule: each firing once, missed ones together, and a clock that is set.
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, parseInstant, SECOND } from '../../../src/core/model/time.ts';
import { makeAlarm } from '../../../src/work/monitoring/alarm.ts';

const T0 = parseInstant('2026-11-29T00:00:30Z') as number;

test('falls due once a firing, at the second the schedule names, moved by its offset', () => {
  const alarm = makeAlarm(() => 7 * SECOND);
  const due: number[] = [];
  for (let now = T0; now < T0 + 10 * MINUTE; now += SECOND / 2) {
    const at = alarm('*/5 * * * *', now);
    if (at !== null) due.push(at - T0, now - T0);
  }
  const [first, second] = [5 * MINUTE - 23 * SECOND, 10 * MINUTE - 23 * SECOND];
  expect(due).toEqual([first, first, second, second]);
});

test.each([8 * HOUR, 24 * HOUR, 3650 * DAY])('of all firings in %d ms one is left', by => {
  const alarm = makeAlarm();
  alarm('* * * * * *', T0);
  expect(alarm('* * * * * *', T0 + by)).toBe(T0 + SECOND);
  expect(alarm('* * * * * *', T0 + by + 10)).toBeNull();
  expect(alarm('* * * * * *', T0 + by + SECOND)).toBe(T0 + by + SECOND);
});

test('set back, the clock puts nothing off: it falls due at once, then as the schedule says', () => {
  const alarm = makeAlarm();
  alarm('0 3 * * *', T0);
  expect(alarm('0 3 * * *', T0 - 10 * MINUTE)).toBe(T0 - 10 * MINUTE);
  expect(alarm('0 3 * * *', T0 - 9 * MINUTE)).toBeNull();
  expect(alarm('0 3 * * *', T0 + 3 * HOUR)).toBe(T0 + 3 * HOUR - 30 * SECOND);
});

test('another expression is another alarm; one that never fires never falls due and costs nothing', () => {
  const alarm = makeAlarm();
  alarm('* * * * *', T0);
  expect(alarm('0 0 31 2 *', T0 + HOUR)).toBeNull();
  const began = process.cpuUsage();
  for (let i = 1; i < 20_000; i++) alarm('0 0 31 2 *', T0 + HOUR + i * SECOND);
  expect(process.cpuUsage(began).user).toBeLessThan(500_000);
});
