// Metrics as rules and pictures: what values become, how old they may be, and how they are drawn.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datesIn } from '../../../src/core/i18n/dates.ts';
import {
  AGGREGATES,
  faultOfMoment,
  figureOf,
  joinRollups,
  type Metric,
  type MetricPoint,
  type MetricView,
  metricView,
  rollupOfPoint,
} from '../../../src/core/model/metric.ts';
import { DAY, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { ctx, FACES, metricSeries, pages } from '../../browser/faces.ts';
import { NOW } from '../../makers.ts';

const rollup = (points: readonly MetricPoint[]) => points.map(rollupOfPoint).reduce(joinRollups);
const at = (values: readonly number[]) => values.map((value, i) => ({ at: NOW + i, value }));

describe('the figure of a stretch', () => {
  test.each([
    ['avg', [4, 1, 1], 2],
    ['max', [4, 1, -9], 4],
    ['max', [-4, -1], -1],
    ['sum', [4, 1, -9], -4],
    ['last', [4, 1, 3], 3],
    ['avg', [0], 0],
  ] as const)('%s of %j is %d', (aggregate, values, figure) => {
    expect(figureOf(rollup(at(values)), aggregate)).toBe(figure);
  });

  test('is the same in whatever order the values came', () => {
    const points = fc.uniqueArray(
      fc.record({ at: fc.integer({ min: 0, max: DAY }), value: fc.integer({ min: -1e6, max: 1e6 }) }),
      { minLength: 1, selector: point => point.at },
    );
    fc.assert(
      fc.property(points, fc.func(fc.nat()), (all, weight) => {
        const shuffled = [...all].sort((a, b) => weight(a.at) - weight(b.at));
        for (const aggregate of AGGREGATES) {
          expect(figureOf(rollup(shuffled), aggregate)).toBe(figureOf(rollup(all), aggregate));
        }
      }),
    );
  });
});

test.each([
  [NOW, null],
  [NOW + MINUTE, null],
  [NOW + MINUTE + 1, 'this is in the future'],
  [NOW - 90 * DAY, null],
  [NOW - 90 * DAY - SECOND, 'this is more than 90 days ago'],
])('a moment at %d: %s', (moment, fault) => {
  expect(faultOfMoment(moment, NOW)).toBe(fault);
});

test.each([
  [1240.4, '1,240', '1.24k'],
  [12.481, '12.48', '12.5'],
  [0.0021666, '0.00217', '0.00217'],
  [0, '0', '0'],
  [-3.5, '-3.5', '-3.5'],
])('%d is written %s, and %s beside a scale', (value, number, compact) => {
  const dates = datesIn('en', 'UTC');
  // British thousands have been written K and k.
  expect([dates.number(value), dates.compact(value).toLowerCase()]).toEqual([number, compact]);
});

describe('the page of a metric', () => {
  const metric: Metric = { id: 'orders', name: 'Orders & <b>', unit: '<i>', aggregate: 'avg', from: null };
  const page = (of: Partial<Metric>, values: readonly number[], value: number | null = 1) => {
    const series = metricSeries();
    const start = series.from;
    const stretches = values.map((one, i) => ({
      start: start + i * 10 * MINUTE,
      rollup: rollupOfPoint({ at: start, value: one }),
    }));
    const rollup = value === null ? null : rollupOfPoint({ at: NOW, value });
    const day = rollup ? [{ start: NOW, rollup }] : [];
    const shown = { ...FACES.well!, metrics: [metricView({ ...metric, ...of }, day)] };
    return pages.metric(ctx(shown), 'orders', { ...series, stretches })!;
  };
  const wide = (html: string) =>
    html.slice(html.indexOf('<svg class="chart wide"'), html.indexOf('<svg class="chart narrow"'));
  const count = (html: string, look: string) => wide(html).split(`class="${look}" d=`).length - 1;

  test('draws the highest as a band above the average, everything else as a line', () => {
    const two = page({}, [1, 2, 3]);
    expect([count(two, 'mid'), count(two, 'band')]).toEqual([1, 1]);
    const one = page({ aggregate: 'sum' }, [1, 2, 3]);
    expect([count(one, 'mid'), count(one, 'band')]).toEqual([1, 0]);
  });

  test.each([
    ['bytes', 1_248_000_000_000, '1.25\u00a0TB'],
    ['B', 512, '512\u00a0B'],
    ['orders', 1_248_000, '1.25M\u00a0orders'],
    ['orders', 1248.5, '1,249\u00a0orders'],
    ['', 3_500_000, '3.5M'],
  ])('in %s, %d is written %s', (unit, value, words) => {
    expect(page({ unit }, [value], value).toLowerCase()).toContain(`<p>${words.toLowerCase()} <`);
  });

  test.each([[[0, 0]], [[-5, -9]], [[-1e15, 1e15]], [[7]], [[1e-9, 2e-9]]])(
    'draws %j in its frame',
    values => {
      const html = page({ aggregate: 'last' }, values);
      expect(html).not.toMatch(/NaN|Infinity|undefined/);
      const heights = [...html.matchAll(/[ML][\d.]+,(-?[\d.]+)| cy="(-?[\d.]+)"/g)].map(([, a, b]) =>
        Number(a ?? b),
      );
      expect(heights.length).toBeGreaterThan(0);
      for (const y of heights) expect(y >= 0 && y <= 220).toBe(true);
    },
  );

  test('keeps names and units text', () => {
    const html = page({}, [1]);
    expect(html).toContain('Orders &amp; &lt;b&gt;');
    expect(html).not.toMatch(/<b>|<i>/);
  });

  test('without values says so; of no metric there is none', () => {
    expect(page({}, [], null)).toContain('No values were received in this range.');
    expect(pages.metric(ctx(FACES.well!), 'nope', metricSeries())).toBeNull();
  });
});

describe('the row of a metric on the live page', () => {
  const metric: Metric = { id: 'disk', name: 'Disk', unit: 'bytes', aggregate: 'avg', from: null };
  const slots = (values: readonly (number | null)[], start = NOW - DAY) =>
    values.flatMap((value, i) => {
      const at = start + i * 10 * MINUTE;
      return value === null ? [] : [{ start: at, rollup: rollupOfPoint({ at, value }) }];
    });
  const live = (metrics: readonly MetricView[]) => pages.live(ctx({ ...FACES.well!, metrics }));
  const rowOf = (view: MetricView) => /<li class="row metric">[\s\S]*?<\/li>/.exec(live([view]))![0];

  test('has the newest value with its time, the figure of the day, a line with a gap, and leads to the chart', () => {
    const html = rowOf(metricView(metric, slots([1e9, 2e9, 3e9, null, null, 6e9, null, 4e9, 2.5e9])));
    expect(html).toContain('<p class="newest">2.5\u00a0GB</p>');
    expect(html).toMatch(/<time datetime="2026-11-22T16:02Z" data-ago>yesterday 16:02<\/time>/);
    expect(html).toContain('3.08\u00a0GB · 24-hour average');
    expect(html).toContain('aria-label="Disk: between 1\u00a0GB and 6\u00a0GB, most recently 2.5\u00a0GB"');
    expect(html).toContain('href="/status/metrics/disk"');
    // Two stretches; the lonely slot and the newest are dots.
    expect(/<path class="mid" d="([^"]*)"/.exec(html)![1]!.match(/M/g)).toHaveLength(2);
    expect(html.match(/<circle /g)).toHaveLength(2);
    expect(html).not.toMatch(/ style=|NaN/);
  });

  test('says that there is no data, without a drawing; the newest value is not said twice', () => {
    const none = rowOf(metricView(metric, []));
    expect([none.includes('No data'), none.includes('<svg')]).toEqual([true, false]);
    expect(rowOf(metricView({ ...metric, aggregate: 'last' }, slots([5])))).not.toContain('24 hours');
  });

  test.each([[[0, 0]], [[-5, -9, -7]], [[-1e15, 1e15]], [[1e-9, 2e-9]]])('draws %j in its frame', values => {
    const html = rowOf(metricView(metric, slots(values)));
    const heights = [...html.matchAll(/[ML][\d.]+,(-?[\d.]+)| cy="(-?[\d.]+)"/g)].map(([, a, b]) =>
      Number(a ?? b),
    );
    expect(heights.length).toBeGreaterThan(values.length);
    expect(heights.every(y => y >= 0 && y <= 56)).toBe(true);
  });

  test('stays small: twenty full days add less than 10 KB', () => {
    const noise = (i: number) =>
      slots(Array.from({ length: 145 }, (_, n) => 500 + 400 * Math.sin(n * 7.3 + i * n)));
    const many = Array.from({ length: 20 }, (_, i) => metricView({ ...metric, id: `m${i}` }, noise(i)));
    const size = (html: string) => gzipSync(html).length;
    expect(size(live(many)) - size(live([]))).toBeLessThan(10 * 1024);
  });
});
