// The detector: turns a component's check results, one by one, into confirmed states and transitions.
// Pure: the state is a plain value stored in the database, so a restart loses nothing.
// Three independent rules:
// - outage (`probe:ID`): opens after `failures` bad results in a row, back-dated to the first of them; closes after
//   `recoveries` good ones, at their first. Degraded counts as good.
// - latency (`latency:ID`): see latency.ts.
// - heartbeat (`probe:ID`): see heartbeat.ts.
import type { CheckResult } from '../model/checks/check.ts';
import { nextFiring, roughPeriod } from '../model/checks/cron.ts';
import { type Component, type Health, statusOf } from '../model/component.ts';
import { MINUTE, type Millis, SECOND } from '../model/time.ts';
import {
  type DetectorState,
  firstWell,
  type Judgement,
  type Streak,
  transitionOf,
  UNKNOWNS,
} from './detector-state.ts';
import { judgeLatency } from './latency.ts';
import { downWords, lastedFrom, upWords } from './messages.ts';

/** After a gap of more periods than this, in which a run was due, a streak starts again. */
export const GAP_PERIODS = 10;
/** The wait before the first recheck; it doubles each time. */
const FIRST_RECHECK: Millis = 10 * SECOND;

/**
 * Adds one result to the state. A result older than the last one means that the clock was set back; it counts like any
 * other. Unknown results are no measurement: they neither make nor break a streak.
 */
export function judge(component: Component, before: DetectorState, result: CheckResult): Judgement {
  const seen = { ...doubted(onClockOf(before, result.at), result), lastAt: result.at };
  const period = roughPeriod(component.schedule);
  if (result.outcome === 'unknown') {
    const state = { ...seen, unknowns: seen.unknowns + 1 };
    // Keep rechecking: an unknown result must not delay the confirmation by a whole period.
    const recheckAt = seen.streak && recheck(state, seen.streak, result.at, period);
    return { state, transitions: [], recheckAt };
  }
  const streak = extend(seen.streak, result, component.schedule, period);
  const outage = judgeOutage(component, { ...seen, streak, unknowns: 0 }, streak, result);
  const latency = judgeLatency(component, outage.state, result, period);
  return {
    ...outage,
    state: latency.state,
    transitions: [...outage.transitions, ...latency.transitions],
    recheckAt: recheck(latency.state, streak, result.at, period),
  };
}

/**
 * The confirmed state. `no_data` before the first confirmation, and after three unknown results in a row (an outage
 * stays until something good is seen). A component in doubt is `no_data` until a good result, or a confirmed outage.
 */
export function confirmedHealth(state: DetectorState): Health {
  if (state.down) return statusOf(state.down.severity);
  if (state.confirmed === 'unseen' || state.unknowns >= UNKNOWNS) return 'no_data';
  if (state.confirmed === 'degraded' || state.slow) return 'degraded_performance';
  return state.doubt ? 'no_data' : 'operational';
}

/** Whether the newest look failed, but no outage is confirmed. */
export function isUnsure({ down, streak }: DetectorState): boolean {
  return down === null && streak?.good === false;
}

/** Only a good result ends a doubt; a failure or an unknown result does not. */
function doubted({ doubt, ...state }: DetectorState, { outcome, inDoubt }: CheckResult): DetectorState {
  const isGood = outcome === 'up' || outcome === 'degraded';
  const isInDoubt = doubt || inDoubt || state.unknowns >= UNKNOWNS;
  return !isGood && isInDoubt ? { ...state, doubt: true } : state;
}

/** Adapts the state to a clock that was set back: earlier times are at most the result's. */
function onClockOf(state: DetectorState, at: Millis): DetectorState {
  if (state.lastAt === null || at >= state.lastAt) return state;
  const { streak } = state;
  return {
    ...state,
    streak: streak && { ...streak, since: Math.min(streak.since, at), last: Math.min(streak.last, at) },
    // Their age is unknown now.
    samples: [],
  };
}

function extend(streak: Streak | null, result: CheckResult, schedule: string, period: Millis): Streak {
  const good = result.outcome !== 'down';
  const last = result.at + (result.took ?? 0);
  const due = result.at - (result.waited ?? 0);
  if (streak?.good === good && follows(streak.last, due, schedule, period))
    return { ...streak, count: streak.count + 1, last };
  return { good, count: 1, since: result.at, last, firstSeen: result.seen };
}

/** Whether a run due at `at` follows one that ended at `last`; nights and weekends without checks are no gap. */
function follows(last: Millis, at: Millis, schedule: string, period: Millis): boolean {
  if (at - last <= GAP_PERIODS * period) return true;
  const next = nextFiring(schedule, last);
  return next === null || at - next <= (GAP_PERIODS - 1) * period;
}

function judgeOutage(
  component: Component,
  state: DetectorState,
  streak: Streak,
  result: CheckResult,
): Omit<Judgement, 'recheckAt'> {
  const { name } = component;
  const { failures, recoveries, severity } = component.detect;
  const { count, since: at } = streak;
  const facts = { kind: 'down' as const, component: name, seen: result.seen, checks: count };
  const { fresh, ...known } = state;
  if (!streak.good) {
    if (state.down || count < failures) return { state, transitions: [] };
    const message = downWords(name, result.seen, streak.firstSeen, count);
    return {
      state: { ...known, confirmed: 'down', down: { at, severity } },
      transitions: [transitionOf(component, 'probe', { kind: 'down', at, severity, message, facts })],
    };
  }
  const confirmed = result.outcome === 'degraded' ? 'degraded' : 'up';
  if (!state.down) {
    if (!fresh && state.confirmed !== 'unseen') return { state: { ...state, confirmed }, transitions: [] };
    if (count < recoveries) return { state: { ...known, confirmed, fresh: true }, transitions: [] };
    const first = firstWell(component, at, upWords(name));
    return { state: { ...known, confirmed }, transitions: [], first };
  }
  if (count < recoveries) return { state, transitions: [] };
  // If the clock was set back, the end may be before the start. It must not be in the future, or the incident would
  // stay open until then.
  const { down } = state;
  const lasted = lastedFrom(down.at, at);
  const up = {
    kind: 'up' as const,
    at,
    severity: down.severity,
    message: upWords(name, lasted.duration),
    facts: { ...facts, ...lasted },
  };
  return {
    state: { ...state, confirmed, down: null },
    transitions: [transitionOf(component, 'probe', up)],
  };
}

/**
 * While results differ from the confirmed state, recheck after 10 s, 20 s, 40 s …, but not later than the schedule.
 * Unknown results count too: a night without network must not be a night of rechecks.
 */
function recheck(state: DetectorState, streak: Streak, at: Millis, period: Millis): Millis | null {
  if (streak.good === (state.down === null)) return null;
  const first = Math.min(FIRST_RECHECK, Math.ceil(period / 6));
  const wait = first * 2 ** Math.min(streak.count - 1 + state.unknowns, 20);
  return wait < Math.min(period, 10 * MINUTE) ? at + wait : null;
}
