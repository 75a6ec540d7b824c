// The latency rule: good answers that are too slow on the whole, though each of them is an answer.
//
// Judged after each good answer over those of the last `window` (stretched to three periods, so that
// a five-minute schedule with a five-minute window can be judged at all). Slow: at least
// SLOW_SAMPLES answers, and their average (or percentile) is over the limit; it begins with the
// answer that took it there. Over: the average is at most the limit and so is each of the newest
// `recoveries` answers, so that one outlier leaving the window, or one quick answer, does not flap.
import type { CheckResult } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import type { Millis } from '../model/time.ts';
import { type DetectorState, type Judgement, transitionOf } from './detector-state.ts';
import { fastWords, lastedFrom, slowWords, spell } from './messages.ts';

/** Fewer answers than this are an anecdote. */
const SLOW_SAMPLES = 3;
/** The newest answers kept; bounds the stored state where the window holds thousands. */
const MAX_SAMPLES = 500;
/** Slowness is filed as major, whatever an outage of this component is. */
const SEVERITY = 'major';

/** Judges a good result; any other leaves the state as it is. `period` in ms, of the schedule. */
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
  // Runs that take longer than a period come no sooner than they end.
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
    const message = slowWords(name, { at, value, limit, window: span, checks, percentile });
    const down = { kind: 'down' as const, at, severity: SEVERITY, message, facts } as const;
    return { state: { ...state, slow: { at } }, transitions: [transitionOf(component, 'latency', down)] };
  }
  const newest = samples.slice(-recoveries);
  const isQuick =
    newest.length === Math.min(recoveries, MAX_SAMPLES) && newest.every(({ ms }) => ms <= limit);
  if (value > limit || !isQuick) return { state, transitions: [] };
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
