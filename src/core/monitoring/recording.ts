// Recording: what is stored of a judgement, and what ends when a check changes its kind.
import type { CheckResult } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { confirmedHealth } from './detector.ts';
import { type DetectorState, type Judgement, transitionOf } from './detector-state.ts';
import { type JobReport, type Listening, putOff } from './heartbeat.ts';
import { changedWords } from './messages.ts';

/** A component as last recorded; `lastCheck` is when its last run began, epoch ms. */
export interface RecordedState {
  readonly state: DetectorState;
  readonly lastCheck: Millis | null;
}

/** Silence is recorded as observed time, about once a minute; a run may come a little early. */
const SILENCE_EVERY: Millis = 50 * SECOND;

/** A report, or (null) the silence up to `now`, as a result to record; null when nothing is to be recorded. */
export function heartbeatResult(
  before: RecordedState,
  { state, transitions }: Judgement,
  report: JobReport | null,
  now: Millis,
): CheckResult | null {
  if (report === null && before.lastCheck === null) return null;
  const since = now - (before.lastCheck ?? now);
  // Changes of `renewed`, the token and the period must survive a restart. A last check in the future means that the
  // clock was set back: record at once.
  const isRenewed =
    state.renewed !== before.state.renewed ||
    state.token !== before.state.token ||
    state.awaited?.token !== before.state.awaited?.token ||
    state.rule?.period !== before.state.rule?.period ||
    state.rule?.grace !== before.state.rule?.grace;
  const isDue = transitions.length > 0 || isRenewed || since >= SILENCE_EVERY || since < 0;
  if (report === null && !isDue) return null;
  return {
    at: now,
    outcome: confirmedHealth(state) === 'operational' ? 'up' : 'down',
    latency: null,
    seen: report?.ok ? 'reported in' : report ? 'reported a failure' : 'no report',
  };
}

/** Since when the new health holds after a run at `at`, epoch ms; null when it did not change. */
export function changedSince(before: DetectorState, judged: Judgement, at: Millis): Millis | null {
  if (confirmedHealth(before) === confirmedHealth(judged.state)) return null;
  return Math.min(at, ...judged.transitions.map(transition => transition.at));
}

/** The end of an outage of other rules, when a component becomes a heartbeat or stops being one; else null. */
export function endOfOtherKind(
  component: Component,
  { down }: DetectorState,
  now: Millis,
): Transition | null {
  if (!down) return null;
  const message = changedWords(component.name, component.check.type);
  return transitionOf(component, 'probe', { kind: 'up', at: now, severity: down.severity, message });
}

/**
 * Per component, from when the silence of a heartbeat counts, for a process that started at `startedAt` (epoch ms) and
 * was off since the last record.
 */
export function listeningSince(
  recorded: ReadonlyMap<string, RecordedState>,
  startedAt: Millis,
): ReadonlyMap<string, Listening> {
  const runs = [...recorded.values()].map(({ lastCheck }) => lastCheck ?? 0).filter(at => at <= startedAt);
  const off = startedAt - runs.reduce((latest, at) => Math.max(latest, at), 0);
  const listening = [...recorded].flatMap(
    ([
      id,
      {
        state: { lastAt, renewed },
      },
    ]): [string, Listening][] => {
      if (lastAt === null) return [];
      const since = Math.min(renewed ?? lastAt, startedAt);
      return [[id, putOff({ since, renewed: renewed !== undefined, reported: lastAt }, off, startedAt)]];
    },
  );
  return new Map(listening);
}
