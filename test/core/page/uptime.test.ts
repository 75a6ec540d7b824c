// Uptime's arithmetic: laws that hold for any outages, and a second-by-second count to compare with.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../src/core/model/component.ts';
import { WEIGHTS_EVEN, WEIGHTS_STATUSPAGE, type Weights } from '../../../src/core/model/site.ts';
import type { Span } from '../../../src/core/model/time.ts';
import { DAY, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { type DowntimeSpan, percentUp, unionLength, uptimeOf } from '../../../src/core/page/uptime.ts';

/** The window of the laws: from second 100 to second 400, so that outages may lie on either side. */
const WINDOW: Span = { start: 100 * SECOND, end: 400 * SECOND };
const ends = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 200 }));
const severity = fc.constantFrom<Severity>('minor', 'major', 'critical');
const outage: fc.Arbitrary<DowntimeSpan> = fc
  .tuple(ends, severity, fc.boolean())
  .map(([[start, length], worst, open]) => ({
    start: start * SECOND,
    end: open ? null : (start + length) * SECOND,
    incident: `${start}-${length}`,
    severity: worst,
  }));
const outages = fc.array(outage, { maxLength: 8 });
const maintenance = fc.array(
  ends.map(([start, length]) => ({ start: start * SECOND, end: (start + length) * SECOND })),
  { maxLength: 3 },
);
const share = fc.constantFrom(0, 0.25, 0.3, 0.5, 1);
const weights: fc.Arbitrary<Weights> = fc.record({ minor: share, major: share, critical: share });
const from = fc.integer({ min: 0, max: 450 }).map(second => second * SECOND);

const figure = (all: readonly DowntimeSpan[], spared: readonly Span[], begins: number, by: Weights) =>
  uptimeOf(all, spared, WINDOW, begins, 0, by);

/** Asks of every second by itself whether it was down, and how much that counts. */
function bruteForce(all: readonly DowntimeSpan[], spared: readonly Span[], begins: number, by: Weights) {
  const first = Math.min(Math.max(begins, WINDOW.start), WINDOW.end);
  let downtime = 0;
  let excluded = 0;
  for (let at = first; at < WINDOW.end; at += SECOND) {
    const covers = ({ start, end }: { start: number; end: number | null }) =>
      start <= at && (end === null || at < end);
    if (spared.some(covers)) {
      excluded += SECOND;
      continue;
    }
    downtime += SECOND * Math.max(0, ...all.filter(covers).map(one => by[one.severity]));
  }
  return { total: WINDOW.end - first, downtime, excluded };
}

describe('uptime, for any outages', () => {
  test('equals a count of every second by itself', () => {
    fc.assert(
      fc.property(outages, maintenance, from, weights, (all, spared, begins, by) => {
        const counted = figure(all, spared, begins, by);
        const expected = bruteForce(all, spared, begins, by);
        expect(counted.total).toBe(expected.total);
        expect(counted.excluded).toBe(expected.excluded);
        expect(counted.downtime).toBeCloseTo(expected.downtime, 3);
      }),
      { numRuns: 500 },
    );
  });

  test('is never above 100, never below 0, and 100 only without any downtime', () => {
    fc.assert(
      fc.property(outages, maintenance, from, weights, (all, spared, begins, by) => {
        const { percent, strict, statuspage, downtime, total } = figure(all, spared, begins, by);
        for (const one of [percent, strict, statuspage]) {
          if (total === 0) expect(one).toBeNull();
          else expect(one! >= 0 && one! <= 100).toBe(true);
        }
        if (total > 0) expect(percent === 100).toBe(downtime === 0);
      }),
    );
  });

  test('one outage more never raises it', () => {
    fc.assert(
      fc.property(outages, outage, maintenance, from, weights, (all, more, spared, begins, by) => {
        const before = figure(all, spared, begins, by);
        const after = figure([...all, more], spared, begins, by);
        expect(after.downtime).toBeGreaterThanOrEqual(before.downtime - 1e-6);
        if (before.percent !== null) expect(after.percent).toBeLessThanOrEqual(before.percent);
      }),
    );
  });

  test('cut in two, told twice or in another order, the same outages count the same', () => {
    fc.assert(
      fc.property(outages, fc.integer({ min: 0, max: 600 }), maintenance, weights, (all, cut, spared, by) => {
        const at = cut * SECOND;
        const halves = all.flatMap((one): DowntimeSpan[] => {
          const inside = at > one.start && (one.end === null || at < one.end);
          return inside
            ? [
                { ...one, end: at },
                { ...one, start: at },
              ]
            : [one];
        });
        const { downtime } = figure(all, spared, 0, by);
        expect(figure(halves, spared, 0, by).downtime).toBeCloseTo(downtime, 3);
        expect(figure([...all, ...all].reverse(), spared, 0, by).downtime).toBeCloseTo(downtime, 3);
      }),
    );
  });

  test('two windows side by side add up to the one they make', () => {
    fc.assert(
      fc.property(outages, maintenance, fc.integer({ min: 100, max: 400 }), (all, spared, cut) => {
        const middle = cut * SECOND;
        // An open outage lasts until now, whichever window asks.
        const ended = all.map(one => ({ ...one, end: one.end ?? WINDOW.end }));
        const part = (window: Span) =>
          uptimeOf(ended, spared, window, window.start, 0, WEIGHTS_EVEN).downtime;
        expect(part({ start: WINDOW.start, end: middle }) + part({ start: middle, end: WINDOW.end })).toBe(
          part(WINDOW),
        );
      }),
    );
  });

  test('a maintenance more never lowers it, and leaves the total alone', () => {
    fc.assert(
      fc.property(outages, maintenance, weights, (all, spared, by) => {
        const without = figure(all, [], 0, by);
        const within = figure(all, spared, 0, by);
        expect(within.total).toBe(without.total);
        expect(within.downtime).toBeLessThanOrEqual(without.downtime + 1e-6);
      }),
    );
  });
});

describe('uptime, by hand', () => {
  const at = (minute: number) => minute * MINUTE;
  const down = (start: number, end: number | null, severe: Severity = 'critical'): DowntimeSpan => ({
    start: at(start),
    end: end === null ? null : at(end),
    incident: `${start}`,
    severity: severe,
  });
  const hundred: Span = { start: 0, end: at(100) };
  const of = (all: readonly DowntimeSpan[], by = WEIGHTS_EVEN, spared: readonly Span[] = [], begins = 0) =>
    uptimeOf(all, spared, hundred, begins, 0, by);

  test.each([
    ['nothing happened', [], 0, 100],
    ['ten minutes of a hundred', [down(10, 20)], 10, 90],
    ['overlapping counts once', [down(10, 30), down(20, 40)], 30, 70],
    ['one inside the other counts once', [down(10, 40), down(20, 30)], 30, 70],
    ['touching neither overlaps nor leaves a gap', [down(10, 20), down(20, 30)], 20, 80],
    ['open lasts until the end', [down(90, null)], 10, 90],
    ['outside the window does not count', [down(-50, 0), down(100, 150)], 0, 100],
    ['all of it', [down(-5, 105)], 100, 0],
    ['of no length', [down(50, 50)], 0, 100],
  ])('%s', (_what, all, minutes, percent) => {
    const { downtime, percent: shown } = of(all);
    expect({ downtime, shown }).toEqual({ downtime: at(minutes), shown: percent });
  });

  test('where severities overlap, the heaviest counts', () => {
    // Minor 0–30 costs nothing but where major (10–20: 10 × 0.3) and critical (15–20: 5 × 1) cover it:
    // 5 × 0.3 + 5 × 1 = 6.5 minutes of 100.
    const all = [down(0, 30, 'minor'), down(10, 20, 'major'), down(15, 20)];
    const { downtime, percent, strict, statuspage } = of(all, WEIGHTS_STATUSPAGE);
    expect(downtime).toBeCloseTo(6.5 * MINUTE, 3);
    expect({ percent, strict, statuspage }).toEqual({ percent: 93.5, strict: 70, statuspage: 93.5 });
  });

  test('maintenance comes out of the downtime, not out of the total', () => {
    const spared = [
      { start: at(10), end: at(25) },
      { start: at(20), end: at(30) },
    ];
    const { total, downtime, excluded } = of([down(0, 40)], WEIGHTS_EVEN, spared);
    expect({ total, downtime, excluded }).toEqual({
      total: at(100),
      downtime: at(20),
      excluded: at(20),
    });
  });

  test('what was counted is listed: clipped, by start, then by end, without what is empty', () => {
    const all = [
      down(60, null, 'minor'),
      down(30, 50),
      down(30, 40, 'major'),
      down(-20, 10, 'major'),
      down(-20, -10),
      down(100, 120),
      down(45, 45),
    ];
    const listed = of(all, WEIGHTS_STATUSPAGE).intervals.map(({ start, end, incident, severity, weight }) => [
      start / MINUTE,
      end / MINUTE,
      incident,
      severity,
      weight,
    ]);
    expect(listed).toEqual([
      [0, 10, '-20', 'major', 0.3],
      [30, 40, '30', 'major', 0.3],
      [30, 50, '30', 'critical', 1],
      [60, 100, '60', 'minor', 0],
    ]);
  });

  test('a span that ends before it begins is none', () => {
    expect(
      unionLength([
        { start: 0, end: 10 },
        { start: 8, end: 2 },
      ]),
    ).toBe(10);
  });

  test('the total begins where the component is known from, and outages before it do not count', () => {
    const { total, downtime, percent, intervals } = of([down(0, 60)], WEIGHTS_EVEN, [], at(50));
    // 10 of the 50 minutes left.
    expect({ total, downtime, percent }).toEqual({ total: at(50), downtime: at(10), percent: 80 });
    expect(intervals).toMatchObject([{ start: at(50), end: at(60), weight: 1 }]);
  });

  test('known from now on: no figure at all', () => {
    const { total, percent, strict, statuspage } = of([down(0, 60)], WEIGHTS_EVEN, [], at(200));
    expect({ total, percent, strict, statuspage }).toEqual({
      total: 0,
      percent: null,
      strict: null,
      statuspage: null,
    });
  });

  test.each([
    // 1 / 129,600 minutes = 99.99922… %
    ['one failed minute of ninety days', 90 * DAY, MINUTE, 99.99],
    ['one failed millisecond', 90 * DAY, 1, 99.99],
    ['none', 90 * DAY, 0, 100],
    // Below the nearest hundredth by less than half of one: rounding to the nearest would raise each of these.
    ['two minutes of ninety days', 90 * DAY, 2 * MINUTE, 99.99],
    ['99.489 %', 100_000, 511, 99.48],
    ['99.9899… %', 90 * DAY, (90 * DAY) / 9_999, 99.98],
    ['0.009 %', 100_000, 99_991, 0],
    ['33.3366… %', 30_000, 19_999, 33.33],
    // 1 − 0.00005 = 99.995 % exactly: floored, not rounded up.
    ['a half hundredth', 200_000, 10, 99.99],
    ['everything', DAY, DAY, 0],
    // 86,399,999 / 86,400,000 down: 0.0000011… % up.
    ['all but a millisecond', DAY, DAY - 1, 0],
    ['more than everything', DAY, 2 * DAY, 0],
  ])('%s is floored, never rounded up', (_what, total, downtime, percent) => {
    expect(percentUp(total, downtime)).toBe(percent);
  });

  test('the union of spans ignores order, overlap and emptiness', () => {
    const spans = [
      { start: 30, end: 40 },
      { start: 0, end: 10 },
      { start: 5, end: 20 },
      { start: 60, end: 50 },
    ];
    expect(unionLength(spans)).toBe(30);
  });
});
