// A sketch: durations in logarithmic buckets; small, mergeable, for percentiles.
// After DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
// guarantees", VLDB 2019): bucket i has the values in (γ^(i−1), γ^i] and stands for 2γ^i/(γ+1), which differs from each
// of them by at most ACCURACY.

import type { Millis } from '../model/time.ts';

/** The largest relative error of a percentile: 1.5 %, so that it is within 2 % after rounding. */
const ACCURACY = 0.015;

const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** The number of values in each bucket; bucket 0 is everything up to 1 ms. */
export type Sketch = ReadonlyMap<number, number>;

/** No cache: nothing writes to it. */
export const EMPTY_SKETCH: Sketch = new Map();

/** Adds one value (ms); negative values count as 0. */
export function withValue(sketch: Sketch, value: Millis): Sketch {
  return withEqualValues(sketch, value, 1);
}

/** The same for a value that was measured `times` times. */
export function withEqualValues(sketch: Sketch, value: Millis, times: number): Sketch {
  const bucket = bucketOf(value);
  return new Map(sketch).set(bucket, (sketch.get(bucket) ?? 0) + times);
}

export function mergeSketches(sketches: Iterable<Sketch>): Sketch {
  const sum = new Map<number, number>();
  for (const sketch of sketches) {
    for (const [bucket, count] of sketch) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

export function sizeOf(sketch: Sketch): number {
  let sum = 0;
  for (const count of sketch.values()) sum += count;
  return sum;
}

/** The `percentile` (0–100) by nearest rank, ms, within ACCURACY for values from 1 ms on; null when empty. */
export function percentileOf(sketch: Sketch, percentile: number): Millis | null {
  const size = sizeOf(sketch);
  if (size === 0) return null;
  const rank = Math.max(1, Math.ceil((percentile / 100) * size));
  let passed = 0;
  for (const bucket of [...sketch.keys()].sort((a, b) => a - b)) {
    passed += sketch.get(bucket) as number;
    if (passed >= rank) return middleOf(bucket);
  }
  return null;
}

/** Returns the sketch as text: `8c 8d:3`, buckets and counts (default 1) in base 36. */
export function printSketch(sketch: Sketch): string {
  return [...sketch]
    .sort(([a], [b]) => a - b)
    .map(([bucket, count]) => bucket.toString(36) + (count === 1 ? '' : `:${count.toString(36)}`))
    .join(' ');
}

/** Parses the text of printSketch; skips anything that is no bucket. */
export function parseSketch(text: string): Sketch {
  const sketch = new Map<number, number>();
  for (const entry of text.split(' ')) {
    const [bucket = '', count = '1'] = entry.split(':');
    const parsed = [Number.parseInt(bucket, 36), Number.parseInt(count, 36)] as const;
    if (parsed.every(number => Number.isSafeInteger(number))) sketch.set(...parsed);
  }
  return sketch;
}

function bucketOf(value: Millis): number {
  return value <= 1 ? 0 : Math.ceil(Math.log(value) / LOG_GAMMA - 1e-9);
}

function middleOf(bucket: number): Millis {
  return bucket === 0 ? 1 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}
