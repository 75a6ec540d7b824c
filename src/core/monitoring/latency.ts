// The latency rule: good answers that are too slow on the whole, though each of them is an answer.
//
// Judged after each good answer over those of the last `window` (stretched to three periods, so that
// a five-minute schedule with a five-minute window can be judged at all). Slow: at least
// SLOW_SAMPLES answers, and their average (or percentile) is over the limit; it begins with the
// answer that took it there. Over: the average is at most the limit and so is each of the newest
// `recoveries` answers, so that one outlier leaving the window, or one quick answer, does not flap.

import type { CheckResult } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import { latencySource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Told, Transition } from '../model/transition.ts';
import type { DetectorState } from './detector-state.ts';
import { fastWords, lastedFrom, slowWords, spell } from './messages.ts';

/** Fewer answers than this are an anecdote. */
const SLOW_SAMPLES = 3;
/** The newest answers kept; bounds the stored state where the window holds thousands. */
const MOST_SAMPLES = 500;

/** Judges a good result; any other leaves the state as it is. `period` in ms, of the schedule. */
export function judgeLatency(
  component: Component,
  state: DetectorState,
  result: CheckResult,
  period: Millis,
): { state: DetectorState; transitions: Transition[] } {
  if (result.latency === null || result.outcome === 'down') return { state, transitions: [] };
  const { latency: limit, window, percentile, recoveries } = component.detect;
  // Looks that take longer than a period come no sooner than they end.
  const span = Math.max(window, SLOW_SAMPLES * Math.max(period, result.took ?? 0));
  const samples = [...state.samples, { at: result.at, ms: result.latency }]
    .filter(sample => sample.at > result.at - span)
    .slice(-MOST_SAMPLES);
  const value = measure(samples, percentile);
  const kept = { ...state, samples };
  const told: Told = {
    kind: 'latency',
    component: component.name,
    seen: spell(value),
    checks: samples.length,
  };

  if (!state.slow) {
    if (samples.length < SLOW_SAMPLES || value <= limit) return { state: kept, transitions: [] };
    const slow = { at: result.at, value, limit, window: span, checks: samples.length, percentile };
    const message = slowWords(component.name, slow);
    return {
      state: { ...kept, slow: { at: result.at } },
      transitions: [transition(component, 'down', result.at, message, told)],
    };
  }
  const newest = samples.slice(-recoveries);
  const quick = newest.length === Math.min(recoveries, MOST_SAMPLES) && newest.every(({ ms }) => ms <= limit);
  if (value > limit || !quick) return { state: kept, transitions: [] };
  const { at } = result;
  const message = fastWords(component.name, { from: state.slow.at, to: at, value, limit, percentile });
  return {
    state: { ...kept, slow: null },
    transitions: [transition(component, 'up', at, message, { ...told, ...lastedFrom(state.slow.at, at) })],
  };
}

/** The average, or the percentile by nearest rank, ms. */
function measure(samples: DetectorState['samples'], percentile: number | undefined): Millis {
  if (percentile === undefined) return samples.reduce((sum, { ms }) => sum + ms, 0) / samples.length;
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil((percentile / 100) * sorted.length) - 1]!;
}

function transition(
  component: Component,
  kind: Transition['kind'],
  at: Millis,
  message: string,
  told: Told,
): Transition {
  const source = latencySource(component.id);
  return {
    key: `${source}@${at}:${kind}`,
    source,
    kind,
    at,
    title: `High ${component.name} Latency`,
    slug: `${component.id}-latency`,
    // The mission's own: slowness is filed as major, whatever an outage of this component is.
    severity: 'major',
    components: [component.id],
    message,
    told,
  };
}
