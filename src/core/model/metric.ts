// Custom metrics: their settings, values and rollups.

import { DAY, MINUTE, type Millis } from './time.ts';

export const AGGREGATES = ['avg', 'max', 'sum', 'last'] as const;
type Aggregate = (typeof AGGREGATES)[number];

/** A metric of status.yaml. */
export interface Metric {
  readonly id: string;
  readonly name: string;
  /** `orders/min`; empty for none. */
  readonly unit: string;
  /** How the values of a period become one. */
  readonly aggregate: Aggregate;
  /** The http check and the JSONPath to read it from; null: values are sent to the API. */
  readonly from: { readonly component: string; readonly json: string } | null;
}

export interface MetricPoint {
  readonly at: Millis;
  readonly value: number;
}

/** A metric over the last 24 hours; `value` (by its aggregate) and `newest` are null without any. */
export interface MetricView {
  readonly metric: Metric;
  readonly value: number | null;
  readonly newest: MetricPoint | null;
  /** Its slots, oldest first; those without values are left out. */
  readonly day: readonly MetricStretch[];
}

/** Larger values lose digits, and the sum of a day must stay finite. */
export const MAX_METRIC_VALUE = 1e15;

/** The oldest a value may be when sent, ms. Values are kept longer, so that repeats are recognised. */
const MAX_METRIC_AGE = 90 * DAY;
/** How far in the future a value may be, as clocks differ, ms. */
const AHEAD = MINUTE;
export const POINTS_KEPT_FOR = MAX_METRIC_AGE + DAY;

/** Why a value's time is not accepted, as the end of a sentence; null when it is. */
export function faultOfMoment(at: Millis, now: Millis): string | null {
  if (at > now + AHEAD) return 'this is in the future';
  if (at < now - MAX_METRIC_AGE) return 'this is more than 90 days ago';
  return null;
}

/** The values of one period, added up. */
export interface MetricRollup {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The latest value, and its time. */
  readonly last: number;
  readonly lastAt: Millis;
}

export function rollupOfPoint({ at, value }: MetricPoint): MetricRollup {
  return { count: 1, sum: value, min: value, max: value, last: value, lastAt: at };
}

/** Joins two rollups, in any order. */
export function joinRollups(a: MetricRollup, b: MetricRollup): MetricRollup {
  const later = b.lastAt >= a.lastAt ? b : a;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    last: later.last,
    lastAt: later.lastAt,
  };
}

export function figureOf(rollup: MetricRollup, aggregate: Aggregate): number {
  if (aggregate === 'avg') return rollup.sum / rollup.count;
  return rollup[aggregate];
}

/** A rollup with the start of its period, epoch ms. */
export interface MetricStretch {
  readonly start: Millis;
  readonly rollup: MetricRollup;
}

export function metricView(metric: Metric, day: readonly MetricStretch[]): MetricView {
  const [first, ...others] = day.map(({ rollup }) => rollup);
  if (!first) return { metric, value: null, newest: null, day };
  const whole = others.reduce(joinRollups, first);
  return {
    metric,
    value: figureOf(whole, metric.aggregate),
    newest: { at: whole.lastAt, value: whole.last },
    day,
  };
}

/** The periods of rollups; `slot` is ten minutes. */
export type RollupSpan = 'slot' | 'hour' | 'day';
