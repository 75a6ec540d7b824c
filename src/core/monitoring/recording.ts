// What is recorded of a judgement: what counts as a run, since when a component is as it is, what ends with its rule.
import type { CheckResult } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { healthOf } from './detector.ts';
import { type DetectorState, type Judgement, transitionOf } from './detector-state.ts';
import { type Listening, putOff, type Report } from './heartbeat.ts';
import { changedWords } from './messages.ts';

/** A component as it was recorded last; `lastCheck` is when its last run began, epoch ms. */
export interface RecordedState {
  readonly state: DetectorState;
  readonly lastCheck: Millis | null;
}

/** Silence is observation too, but one row a minute is enough of it; a run may come a little early. */
const SILENCE_EVERY: Millis = 50 * SECOND;

/** A report, or (null) the silence up to `now`, as a result to record; null when there is nothing to record of it. */
export function heartbeatResult(
  before: RecordedState,
  { state, transitions }: Judgement,
  report: Report | null,
  now: Millis,
): CheckResult | null {
  if (report === null && before.lastCheck === null) return null;
  const since = now - (before.lastCheck ?? now);
  // That it was given its time anew, another token or period, must survive the next restart. After a check from the future the
  // clock was set back, and what is known is put right at once.
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
    outcome: healthOf(state) === 'operational' ? 'up' : 'down',
    latency: null,
    seen: report?.ok ? 'reported in' : report ? 'reported a failure' : 'no report',
  };
}

/** Since when a component is as it is by a judgement of a run at `at`, epoch ms; null: as it was. */
export function changedSince(before: DetectorState, judged: Judgement, at: Millis): Millis | null {
  if (healthOf(before) === healthOf(judged.state)) return null;
  return Math.min(at, ...judged.transitions.map(transition => transition.at));
}

/** The end of what other rules confirmed, of a component that became a heartbeat or is none any more; null without one. */
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
 * From when the silence of each heartbeat counts for a process that listens since `startedAt` (epoch ms), by component;
 * it was off since anything was last recorded.
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
