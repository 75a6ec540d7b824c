// Rollups: measurements added up over ten minutes, an hour or a UTC day, and the points of charts.

import type { RollupSpan } from '../model/metric.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../model/time.ts';
import { EMPTY_SKETCH, percentileOf, type Sketch, withValue } from './ddsketch.ts';

export const SPAN_LENGTH: Readonly<Record<RollupSpan, Millis>> = {
  slot: 10 * MINUTE,
  hour: HOUR,
  day: DAY,
};

/** How long each is stored: twice the longest range drawn from it; days forever. */
export const KEPT_FOR: Readonly<Record<'raw' | 'slot' | 'hour', Millis>> = {
  raw: 7 * DAY,
  slot: 2 * DAY,
  hour: 14 * DAY,
};

export interface Rollup {
  /** Checks with a measurement, and those of them not down. */
  readonly checks: number;
  readonly ok: number;
  /** Observed time, ms. */
  readonly observed: Millis;
  /** The sum of the measured response times, ms. */
  readonly sum: Millis;
  readonly min: Millis | null;
  readonly max: Millis | null;
  readonly sketch: Sketch;
}

export const EMPTY_ROLLUP: Rollup = {
  checks: 0,
  ok: 0,
  observed: 0,
  sum: 0,
  min: null,
  max: null,
  sketch: EMPTY_SKETCH,
};

/** Adds one result; `latency` is null without a response, `observed` in ms. */
export function withResult(rollup: Rollup, ok: boolean, latency: Millis | null, observed: Millis): Rollup {
  const counted = {
    ...rollup,
    checks: rollup.checks + 1,
    ok: rollup.ok + (ok ? 1 : 0),
    observed: rollup.observed + observed,
  };
  if (latency === null) return counted;
  return {
    ...counted,
    sum: rollup.sum + latency,
    min: Math.min(rollup.min ?? latency, latency),
    max: Math.max(rollup.max ?? latency, latency),
    sketch: withValue(rollup.sketch, latency),
  };
}

/** The start of the period of a time, epoch ms. */
export function startOfSpan(span: RollupSpan, at: Millis): Millis {
  return Math.floor(at / SPAN_LENGTH[span]) * SPAN_LENGTH[span];
}

export const RANGES = ['24h', '7d', '90d'] as const;
export type Range = (typeof RANGES)[number];

/** The rollups a range is drawn from: at most 169 points. */
export const DRAWN_FROM: Readonly<Record<Range, { readonly span: RollupSpan; readonly length: Millis }>> = {
  '24h': { span: 'slot', length: DAY },
  '7d': { span: 'hour', length: 7 * DAY },
  '90d': { span: 'day', length: 90 * DAY },
};

/** One point of a response-time chart; times in ms to a tenth, null without responses. */
export interface Point {
  readonly start: Millis;
  readonly count: number;
  readonly ok: number;
  readonly p50: Millis | null;
  readonly p95: Millis | null;
  readonly p99: Millis | null;
  /** Measured by another program, from which it was imported. */
  readonly imported?: true;
}

export function pointOf(start: Millis, { checks, ok, sketch, min, max }: Rollup): Point {
  const at = (percentile: number) => {
    const value = percentileOf(sketch, percentile);
    if (value === null) return null;
    // The sketch has buckets, the rollup the exact minimum and maximum.
    return Math.round(Math.min(max ?? value, Math.max(min ?? value, value)) * 10) / 10;
  };
  return { start, count: checks, ok, p50: at(50), p95: at(95), p99: at(99) };
}
