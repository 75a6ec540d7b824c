// Coverage: a figure that was measured for less than 95 % of its time never stands without it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sayIn } from '../../../src/core/i18n/words.ts';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import type { Lang } from '../../../src/core/model/lang.ts';
import { DAY, HOUR, MINUTE, SECOND, startOfUtcDay } from '../../../src/core/model/time.ts';
import { coverageOf } from '../../../src/core/monitoring/coverage.ts';
import { compose } from '../../../src/core/page/compose.ts';
import { coverageWords } from '../../../src/core/page/coverage-words.ts';
import type { ComponentView, Snapshot } from '../../../src/core/page/snapshot.ts';
import { makeRender } from '../../../src/views.ts';
import { uptimeJson } from '../../../src/web/api/evidence.ts';
import { badge } from '../../../src/web/feeds/badges.ts';
import { makePages } from '../../../src/web/pages.ts';
import { component, incident, NOW, site, snapshot, update, view } from '../../makers.ts';

const pages = makePages(makeRender('views'));
const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });
const BEAT = checkSchema.parse({ type: 'heartbeat' });
const TODAY = startOfUtcDay(NOW);

/** A component of which so much of so much was observed. */
function seen(observed: number, total: number, over: Partial<ComponentView['uptime']> = {}, check = HTTP) {
  const made = view(component('api', { name: 'API', check }), 'operational');
  const uptime = { ...made.uptime, observed, total, from: made.uptime.window.end - total, ...over };
  return { ...made, uptime };
}

describe('the boundary', () => {
  test('is exactly 95 %, whatever the total; the percentage is floored', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 * 90 * DAY }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const enough = Math.ceil((total * 19) / 20);
          expect(coverageOf([seen(enough, total)])?.isPartial).toBe(false);
          expect(coverageOf([seen(enough - 1, total)])?.isPartial).toBe(true);
          const observed = Math.floor(total * share);
          const { percent } = coverageOf([seen(observed, total)])!;
          expect(percent * total).toBeLessThanOrEqual(observed * 100 + total * 1e-9);
          expect((percent + 0.01) * total).toBeGreaterThan(observed * 100 - total * 1e-9);
        },
      ),
    );
  });

  test.each([
    [90 * DAY, 90 * DAY, 100, false],
    [90 * DAY - 1, 90 * DAY, 99.99, false],
    [0.95 * 90 * DAY, 90 * DAY, 95, false],
    [0.95 * 90 * DAY - 1, 90 * DAY, 94.99, true],
    [3 * DAY, 90 * DAY, 3.33, true],
    [0, 90 * DAY, 0, true],
  ])('%d of %d ms is %d %', (observed, total, percent, isPartial) => {
    expect(coverageOf([seen(observed, total)])).toMatchObject({ percent, isPartial });
  });

  test('is of no figure that nobody measures', () => {
    const manual = checkSchema.parse({ type: 'manual' });
    expect(coverageOf([seen(0, 90 * DAY, {}, manual)])).toBeNull();
    expect(coverageOf([seen(0, 0)])).toBeNull();
    expect(coverageOf([])).toBeNull();
    expect(coverageOf([seen(0, DAY, {}, BEAT)])).toMatchObject({ percent: 0, isPartial: true });
  });
});

describe('the words', () => {
  test.each<[number, number, string, string]>([
    [3 * DAY, 90 * DAY, '3 of 90 days observed', '3 von 90 Tagen beobachtet'],
    [4 * DAY - 1, 90 * DAY, '3 of 90 days observed', '3 von 90 Tagen beobachtet'],
    [0, 90 * DAY, '0 of 90 days observed', '0 von 90 Tagen beobachtet'],
    [0, DAY, '0 of 1 day observed', '0 von 1 Tag beobachtet'],
    [5 * HOUR, DAY - 1, '5 of 23 hours observed', '5 von 23 Stunden beobachtet'],
    // "1 of 1 day" would hide the gap.
    [28 * HOUR, 36 * HOUR, '28 of 36 hours observed', '28 von 36 Stunden beobachtet'],
    [50 * MINUTE, HOUR, '0 of 1 hour observed', '0 von 1 Stunde beobachtet'],
    [80 * MINUTE, 90 * MINUTE, '80 of 90 minutes observed', '80 von 90 Minuten beobachtet'],
    [0, MINUTE, '0 of 1 minute observed', '0 von 1 Minute beobachtet'],
    [SECOND, 40 * SECOND, '1 of 40 seconds observed', '1 von 40 Sekunden beobachtet'],
    [100, 900, '0 of 1 second observed', '0 von 1 Sekunde beobachtet'],
  ])('%d of %d ms: %s', (observed, total, en, de) => {
    expect(coverageWords([seen(observed, total)], sayIn('en'))).toBe(en);
    expect(coverageWords([seen(observed, total)], sayIn('de'))).toBe(de);
  });

  test('never tell of more than was seen, nor of all of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2 * SECOND, max: 400 * DAY }),
        fc.double({ min: 0, max: 0.9499, noNaN: true }),
        (total, share) => {
          const observed = Math.floor(total * share);
          const [, told, of, unit] = /^(\d+) of (\d+) (day|hour|minute|second)s? observed$/.exec(
            coverageWords([seen(observed, total)], sayIn('en'))!,
          )!;
          const length = { day: DAY, hour: HOUR, minute: MINUTE, second: SECOND }[unit as 'day'];
          expect(Number(told) * length).toBeLessThanOrEqual(observed);
          expect(Number(of) * length).toBeLessThanOrEqual(total);
          expect(Number(told)).toBeLessThan(Number(of));
        },
      ),
    );
  });
});

describe('the figure stands with its coverage', () => {
  const ctx = (of: Snapshot, lang: Lang) => ({
    snapshot: of,
    lang,
    base: '',
    assets: { css: '/a.css', js: '/a.js' },
  });
  const series = { range: '24h', step: HOUR, from: 0, to: 0, points: [] } as never;
  const told = (svg: string) => /<title>(.*)<\/title>/.exec(svg)![1]!;

  test('everywhere it is shown, and alone where enough was observed', () => {
    const thin = snapshot([seen(3 * DAY, 90 * DAY, { percent: 99.99, downtime: HOUR })]);
    const thick = snapshot([seen(0.95 * 90 * DAY, 90 * DAY, { percent: 99.99, downtime: HOUR })]);
    const en = pages.live(ctx(thin, 'en'));
    expect(en).toContain('>99.99% · 3 of 90 days observed<');
    expect(en).toContain('aria-label="API: 99.99% uptime over 90 days; no incidents; 3 of 90 days observed"');
    expect(pages.live(ctx(thin, 'de'))).toContain('% · 3 von 90 Tagen beobachtet<');
    const page = pages.component(ctx(thin, 'en'), 'api', series)!;
    expect(page.replace(/<[^>]+>/g, '')).toMatch(/99\.99% in\s90\sdays · 3\sof\s90\sdays\sobserved/);
    for (const id of ['api', undefined]) {
      expect(told(badge(thin, id, 'uptime'))).toMatch(/uptime 90d: 99\.9\d% · 3 of 90 days observed$/);
      expect(told(badge(thick, id, 'uptime'))).toMatch(/uptime 90d: 99\.9\d%$/);
    }
    expect(uptimeJson(thin)).toMatchObject({ components: [{ coverage: 3.33, observed_seconds: 259_200 }] });
    expect(uptimeJson(thick)).toMatchObject({ components: [{ coverage: 95 }] });
    expect(pages.live(ctx(thick, 'en'))).not.toContain('observed');
  });

  test('of the whole site by the mean of what is watched', () => {
    const manual = view(component('docs', { name: 'Docs' }), 'operational');
    const of = snapshot([seen(90 * DAY, 90 * DAY), seen(30 * DAY, 90 * DAY), manual]);
    expect(told(badge(of, undefined, 'uptime'))).toBe(
      'Levqor Status uptime 90d: 100.00% · 60 of 90 days observed',
    );
  });

  test('what nobody ever looked at has no figure, in the badge neither', () => {
    const blank = { ...seen(0, 3 * DAY), health: 'no_data' as const };
    expect(told(badge(snapshot([blank]), 'api', 'uptime'))).toBe('API uptime 90d: no data');
    expect(told(badge(snapshot([blank]), undefined, 'uptime'))).toBe('Levqor Status uptime 90d: no data');
  });

  // The report: a sample incident of last year made a component that was looked at for an hour "known" for ninety days.
  test('though an old incident is all that makes the component known', () => {
    const of = compose(
      {
        site: site({ components: [component('api', { name: 'API', check: HTTP })] }),
        incidents: [
          incident('old', {
            components: [{ id: 'api', status: null }],
            started: NOW - 200 * DAY,
            resolved: NOW - 89 * DAY - 23 * HOUR - 50 * MINUTE,
            status: 'resolved',
            updates: [update(NOW - 200 * DAY, 'investigating', 'x')],
          }),
        ],
        unfiled: new Set(),
        measured: new Map([
          [
            'api',
            {
              health: 'operational',
              since: null,
              checkedAt: NOW,
              seen: null,
              upstream: null,
              firstSeen: NOW - HOUR,
              firstCheck: NOW - HOUR,
              observed: new Map([[TODAY, HOUR]]),
            },
          ],
        ]),
        networkDownSince: null,
        problems: [],
        revision: 'r',
      },
      NOW,
    );
    expect(pages.live(ctx(of, 'en'))).toContain('>99.99% · 0 of 90 days observed<');
    expect(of.components[0]!.days.filter(({ state }) => state === 'operational')).toHaveLength(1);
    expect(of.components[0]!.days.filter(({ state }) => state === 'no_data').length).toBeGreaterThan(87);
  });
});

test('of several that were known for different times, the share of all their time; of equal times, the days', () => {
  const [en, de] = [sayIn('en'), sayIn('de')];
  const three = [seen(DAY, 79 * DAY), seen(0, 90 * DAY), seen(0, HOUR)];
  expect(coverageWords(three, en)).toBe('0.59% observed');
  expect(coverageWords(three, de)).toBe('0.59% beobachtet');
  expect(coverageWords([seen(3 * DAY, 90 * DAY), seen(3 * DAY, 90 * DAY)], en)).toBe('3 of 90 days observed');
});
