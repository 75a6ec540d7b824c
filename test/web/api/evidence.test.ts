// The evidence behind the uptime figures, with the sums written beside them.

import { expect, it } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { DAY, HOUR } from '../../../src/core/model/time.ts';
import { uptimeOf } from '../../../src/core/page/uptime.ts';
import { uptimeJson } from '../../../src/web/api/evidence.ts';
import { component, NOW, snapshot, view } from '../tiny-snapshots.ts';

const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });

it('the evidence adds up by hand', () => {
  const window = { start: NOW - 90 * DAY, end: NOW };
  const outages = [
    { start: NOW - 3 * HOUR, end: NOW - HOUR, incident: 'a', severity: 'minor' as const },
    { start: NOW - 2 * HOUR, end: null, incident: 'b', severity: 'critical' as const },
  ];
  const uptime = uptimeOf(outages, [], window, window.start, 80 * DAY, { minor: 1, major: 1, critical: 1 });
  const body = uptimeJson(
    snapshot({ components: [view(component('api', { name: 'API', check: HTTP }), 'no_data', { uptime })] }),
  );
  expect(body).toEqual({
    asOf: '2026-11-23T12:00:00.000Z',
    days: 90,
    components: [
      {
        id: 'api',
        name: 'API',
        status: 'no_data',
        window: { start: '2026-08-25T12:00:00.000Z', end: '2026-11-23T12:00:00.000Z' },
        total_seconds: 7_776_000,
        // The union of 9–11 h and 10–12 h is three hours, though the two add up to four.
        downtime_seconds: 10_800,
        excluded_seconds: 0,
        observed_seconds: 6_912_000,
        unobserved_seconds: 864_000,
        // 80 of 90 days.
        coverage: 88.88,
        // (7,776,000 − 10,800) / 7,776,000 = 99.8611… %
        uptime: 99.86,
        strict: 99.86,
        // The minor hour costs nothing: 7,200 s → 99.9074… %
        statuspage: 99.9,
        intervals: [
          {
            start: '2026-11-23T09:00:00.000Z',
            end: '2026-11-23T11:00:00.000Z',
            incident: 'a',
            severity: 'minor',
            weight: 1,
          },
          {
            start: '2026-11-23T10:00:00.000Z',
            end: '2026-11-23T12:00:00.000Z',
            incident: 'b',
            severity: 'critical',
            weight: 1,
          },
        ],
      },
    ],
  });
});
