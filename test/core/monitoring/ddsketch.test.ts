// The sketch: percentiles within 2 % of the sorted values, whatever they are and however they were merged.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_SKETCH,
  mergeSketches,
  parseSketch,
  percentileOf,
  printSketch,
  type Sketch,
  sizeOf,
  withValue,
} from '../../../src/core/monitoring/ddsketch.ts';
import { EMPTY_ROLLUP, pointOf, type Rollup, withResult } from '../../../src/core/monitoring/rollup.ts';

/** From a millisecond to a five-minute timeout, each order of magnitude as likely as the next. */
const latency = fc
  .double({ min: 0, max: Math.log(300_000), noNaN: true })
  .map(log => Math.round(Math.exp(log)));
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 });
const percentile = fc.constantFrom(1, 25, 50, 90, 95, 99, 100);

const sketchOf = (values: readonly number[]): Sketch => values.reduce(withValue, EMPTY_SKETCH);
const rollupOf = (values: readonly number[]): Rollup =>
  values.reduce((rollup, value) => withResult(rollup, true, value, 60_000), EMPTY_ROLLUP);

/** The nearest-rank percentile of the values themselves. */
function exact(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] as number;
}

describe('a sketch', () => {
  test('answers any percentile within 2 %', () => {
    fc.assert(
      fc.property(latencies, percentile, (values, p) => {
        const truth = exact(values, p);
        expect(Math.abs((percentileOf(sketchOf(values), p) as number) / truth - 1)).toBeLessThanOrEqual(0.02);
      }),
      { numRuns: 500 },
    );
  });

  test('merged of parts is the sketch of the whole', () => {
    fc.assert(
      fc.property(latencies, latencies, (left, right) => {
        const merged = mergeSketches([sketchOf(left), sketchOf(right)]);
        expect(new Map(merged)).toEqual(new Map(sketchOf([...left, ...right])));
        expect(sizeOf(merged)).toBe(left.length + right.length);
      }),
    );
  });

  test('survives being written and read', () => {
    fc.assert(
      fc.property(fc.array(latency), values => {
        const sketch = sketchOf(values);
        expect(new Map(parseSketch(printSketch(sketch)))).toEqual(new Map(sketch));
      }),
    );
  });

  test('holds an hour of checks in less than half a kilobyte', () => {
    // Sixty answers spread over two orders of magnitude, every one in a bucket of its own.
    const values = Array.from({ length: 60 }, (_, i) => Math.round(20 * 100 ** (i / 60)));
    expect(printSketch(sketchOf(values)).length).toBeLessThan(500);
  });

  test('empty, it has no percentile; unreadable text is empty', () => {
    expect(percentileOf(EMPTY_SKETCH, 50)).toBeNull();
    expect(parseSketch('').size).toBe(0);
    expect(parseSketch('!? :x').size).toBe(0);
  });
});

describe('a point of the chart', () => {
  test('is within 2 % of the truth and never outside what was measured', () => {
    fc.assert(
      fc.property(latencies, values => {
        const { p50, p95, p99, count, ok } = pointOf(0, rollupOf(values));
        expect({ count, ok }).toEqual({ count: values.length, ok: values.length });
        for (const [p, value] of [
          [50, p50],
          [95, p95],
          [99, p99],
        ] as const) {
          expect(Math.abs(value! / exact(values, p) - 1)).toBeLessThanOrEqual(0.02);
          expect(value).toBeGreaterThanOrEqual(Math.min(...values));
          expect(value).toBeLessThanOrEqual(Math.max(...values));
        }
      }),
    );
  });

  test('without an answer has a count and no times', () => {
    const silent = withResult(EMPTY_ROLLUP, false, null, 60_000);
    expect(pointOf(7, silent)).toEqual({ start: 7, count: 1, ok: 0, p50: null, p95: null, p99: null });
  });
});
