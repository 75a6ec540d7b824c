// Metrics of the operator's own: what a number is, how many become one, and how old one may be.

import { DAY, MINUTE, type Millis } from './time.ts';

export const AGGREGATES = ['avg', 'max', 'sum', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** A metric as status.yaml names it. */
export interface Metric {
  readonly id: string;
  readonly name: string;
  /** `orders/min`; empty for a bare number. */
  readonly unit: string;
  /** How the values of one stretch become one. */
  readonly aggregate: Aggregate;
  /** The http check whose answers it is read from, and at which JSONPath; null: values are sent. */
  readonly from: { readonly component: string; readonly json: string } | null;
}

/** One value at one moment. */
export interface MetricPoint {
  readonly at: Millis;
  readonly value: number;
}

/** A metric with its figure over the last 24 hours; null without any value in them. */
export interface MetricView {
  readonly metric: Metric;
  readonly value: number | null;
}

/** Larger ones lose digits, and a day's sum must stay finite. */
export const MAX_METRIC_VALUE = 1e15;

/** The oldest a value may be when it is sent, ms; a value stays known longer, so that a repeat is seen. */
export const MAX_METRIC_AGE = 90 * DAY;
/** Clocks differ: so far into the future a value may be, ms. */
const AHEAD = MINUTE;
export const POINTS_KEPT_FOR = MAX_METRIC_AGE + DAY;

/** What is wrong with a value's moment, as a sentence's end; null when nothing is. */
export function faultOfMoment(at: Millis, now: Millis): string | null {
  if (at > now + AHEAD) return 'this lies in the future';
  if (at < now - MAX_METRIC_AGE) return 'this is more than 90 days ago';
  return null;
}

/** The values of one stretch, added up. */
export interface MetricRollup {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The value with the latest moment, and that moment. */
  readonly last: number;
  readonly lastAt: Millis;
}

/** The rollup of one value. */
export function rollupOfPoint({ at, value }: MetricPoint): MetricRollup {
  return { count: 1, sum: value, min: value, max: value, last: value, lastAt: at };
}

/** Two rollups as one, in any order. */
export function joined(a: MetricRollup, b: MetricRollup): MetricRollup {
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

/** The one value a rollup stands for. */
export function figureOf(rollup: MetricRollup, aggregate: Aggregate): number {
  if (aggregate === 'avg') return rollup.sum / rollup.count;
  return rollup[aggregate];
}

/** A rollup with the start of its stretch, epoch ms. */
export interface MetricStretch {
  readonly start: Millis;
  readonly rollup: MetricRollup;
}

/** The stretches of time that measurements are added up over; `slot` is ten minutes. */
export type RollupSpan = 'slot' | 'hour' | 'day';
