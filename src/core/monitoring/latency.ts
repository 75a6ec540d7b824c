// The latency rule: good responses that are too slow on the whole.
// Judged after each good response, over those of the last `window` (at least three periods, so that a five-minute
// schedule works with a five-minute window).
// - Slow: at least SLOW_SAMPLES responses, with an average (or percentile) over the limit. It begins with the response
//   that exceeds the limit.
// - Ended: the average and each of the newest `recoveries` responses are within the limit, so that an outlier that
//   leaves the window, or one quick response, causes no flapping.

import { spell } from '../i18n/spell.ts';
import type { CheckResult } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import type { Millis } from '../model/time.ts';
import { type DetectorState, type Judgement, transitionOf } from './detector-state.ts';
import { fastWords, lastedFrom, slowWords } from './messages.ts';

/** Fewer responses than this are too few to judge. */
const SLOW_SAMPLES = 3;
/** The most responses stored; limits the state for long windows. */
const MAX_SAMPLES = 500;
/** The severity of slowness, whatever that of an outage is. */
const SEVERITY = 'major';

/** Judges a good result; other results change nothing. `period` of the schedule in ms. */
export function judgeLatency(
  component: Component,
  before: DetectorState,
  result: CheckResult,
  period: Millis,
): Pick<Judgement, 'state' | 'transitions'> {
  if (result.latency === null || result.outcome === 'down') return { state: before, transitions: [] };
  const { name, detect } = component;
  const { latency: limit, window, percentile, recoveries } = detect;
  const { at } = result;
  // Runs longer than a period start only when the previous one has ended.
  const span = Math.max(window, SLOW_SAMPLES * Math.max(period, result.took ?? 0));
  const samples = [...before.samples, { at, ms: result.latency }]
    .filter(sample => sample.at > at - span)
    .slice(-MAX_SAMPLES);
  const checks = samples.length;
  const value = measure(samples, percentile);
  const state = { ...before, samples };
  const facts = { kind: 'latency' as const, component: name, seen: spell(value), checks };
  if (!state.slow) {
    if (checks < SLOW_SAMPLES || value <= limit) return { state, transitions: [] };
    const message = slowWords(name, { value, limit, window: span, checks, percentile });
    const down = { kind: 'down' as const, at, severity: SEVERITY, message, facts } as const;
    return { state: { ...state, slow: { at } }, transitions: [transitionOf(component, 'latency', down)] };
  }
  const newest = samples.slice(-recoveries);
  const stayedBelowLimit =
    newest.length === Math.min(recoveries, MAX_SAMPLES) && newest.every(({ ms }) => ms <= limit);
  if (value > limit || !stayedBelowLimit) return { state, transitions: [] };
  const from = state.slow.at;
  const message = fastWords(name, { from, to: at, value, limit, percentile });
  const lasted = { ...facts, ...lastedFrom(from, at) };
  const up = { kind: 'up' as const, at, severity: SEVERITY, message, facts: lasted } as const;
  return { state: { ...state, slow: null }, transitions: [transitionOf(component, 'latency', up)] };
}

/** The average, or the percentile by nearest rank, ms. */
function measure(samples: DetectorState['samples'], percentile: number | undefined): Millis {
  if (percentile === undefined) return samples.reduce((sum, { ms }) => sum + ms, 0) / samples.length;
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil((percentile / 100) * sorted.length) - 1]!;
}
