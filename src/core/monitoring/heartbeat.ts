// The heartbeat rule: a job reports in; silence past period + grace is an outage, one report ends it.
import type { Component } from '../model/component.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { TransitionFacts } from '../model/transition.ts';
import { type DetectorState, firstWell, type Judgement, transitionOf } from './detector-state.ts';
import { firstReportWords, lastedFrom, reportedAgainWords, reportedWords, silentWords } from './messages.ts';

/** What a job said, and when it arrived (epoch ms). `message` is the job's own and not trusted. */
export interface Report {
  readonly at: Millis;
  readonly ok: boolean;
  readonly message: string;
}

/** From when a heartbeat's silence counts. */
export interface Listening {
  /** Epoch ms: the last report, or when the server began to listen, put off by the pauses since. */
  readonly since: Millis;
  /** How long the process had stood still in all when `since` was last set, ms. */
  readonly paused: Millis;
  /** Whether a pause has given it its time anew since the last report. */
  readonly renewed: boolean;
}

/** A pause this long may have cost a report: the job gave up waiting for its answer. */
const COSTLY: Millis = SECOND;

/**
 * Puts silence off by the process's own pauses, in which no report could be received: by as long as they were; after one
 * of a second or more, silence counts from `now` (epoch ms), when the process listens again. That is done once between
 * two beats, so that a server that pauses again and again hides no dead job: it is found at the latest after the paused
 * time + 2 × (period + grace), and the turn that judges it. `paused` is how long the process has stood still in all, ms.
 */
export function afterPause(before: Listening, paused: Millis, now: Millis): Listening {
  // Whole milliseconds, as moments are; the clock that only grows has fractions of them, too.
  const by = Math.ceil(paused - before.paused);
  if (by <= 0) return before;
  if (by >= COSTLY && !before.renewed) return { since: now, paused, renewed: true };
  return { ...before, since: Math.max(before.since, Math.min(now, before.since + by)), paused };
}

/**
 * Judges a report, or (null) the silence up to `now`. Thresholds do not apply: silence is down exactly at last
 * report + period + grace (by the time in which a report could be received), a reported failure at once, one good report
 * restores. A job that never reported is no data. After a report from the future (the clock was set back) silence counts
 * from `now`. `listeningSince` (epoch ms) is from when silence counts at the earliest, see `Listening`: silence while the
 * server itself was off, asleep or stopped is nobody's outage.
 * `recheckAt` is the moment silence becomes an outage.
 */
export function judgeHeartbeat(
  component: Component,
  before: DetectorState,
  report: Report | null,
  now: Millis,
  listeningSince: Millis = Number.NEGATIVE_INFINITY,
): Judgement {
  const isAhead = report === null && before.lastAt !== null && before.lastAt > now;
  const turned = { ...before, lastAt: isAhead ? now : before.lastAt };
  // Also judged before a late report is: whether the clock ticked in between must make no difference.
  const silence = judgeSilence(component, turned, report?.at ?? now, listeningSince);
  const heard = report
    ? judgeReport(component, silence.state, report, now)
    : { state: silence.state, transitions: [] };
  const overdueAt = deadline(component, heard.state, Number.NEGATIVE_INFINITY);
  return {
    ...heard,
    transitions: [...silence.transitions, ...heard.transitions],
    recheckAt: heard.state.down ? null : deadline(component, heard.state, listeningSince),
    isOverdue: overdueAt !== null && now >= overdueAt,
  };
}

/** When silence becomes an outage, epoch ms; null before the first report. */
function deadline(component: Component, state: DetectorState, listeningSince: Millis): Millis | null {
  if (component.check.type !== 'heartbeat' || state.lastAt === null) return null;
  return Math.max(state.lastAt, listeningSince) + component.check.period + component.check.grace;
}

type Judged = Omit<Judgement, 'recheckAt' | 'isOverdue'>;

function judgeSilence(
  component: Component,
  state: DetectorState,
  now: Millis,
  listeningSince: Millis,
): Judged {
  const due = deadline(component, state, listeningSince);
  const { check, name } = component;
  if (due === null || state.down || now < due || check.type !== 'heartbeat')
    return { state, transitions: [] };
  const message = silentWords(name, state.lastAt ?? due, check.period, check.grace);
  return wentDown(component, state, due, message, 'no report');
}

function judgeReport(component: Component, state: DetectorState, report: Report, now: Millis): Judged {
  // Older than the newest: out of order, unless the newest lies in the future of a clock set back.
  if (state.lastAt !== null && report.at < state.lastAt && state.lastAt <= now)
    return { state, transitions: [] };
  const { name } = component;
  const seen = { ...state, lastAt: report.at };
  if (!report.ok) {
    if (state.down) return { state: seen, transitions: [] };
    return wentDown(
      component,
      seen,
      report.at,
      reportedWords(name, report.at, report.message),
      report.message,
    );
  }
  const up = { ...seen, confirmed: 'up' as const, down: null };
  if (!state.down) {
    if (state.confirmed !== 'unseen') return { state: up, transitions: [] };
    const first = firstWell(component, report.at, firstReportWords(name, report.at));
    return { state: up, transitions: [], first };
  }
  const { down } = state;
  // Down since a moment that has not come, it would end there, and be open until then.
  const at = Math.max(report.at, Math.min(down.at, now));
  const change = {
    kind: 'up' as const,
    at,
    severity: down.severity,
    message: reportedAgainWords(name, down.at, at),
    facts: { ...factsOf(component, 'reported in'), ...lastedFrom(down.at, at) },
  };
  return { state: up, transitions: [transitionOf(component, 'probe', change)] };
}

function wentDown(
  component: Component,
  state: DetectorState,
  at: Millis,
  message: string,
  seen: string,
): Judged {
  const { severity } = component.detect;
  const change = { kind: 'down' as const, at, severity, message, facts: factsOf(component, seen) };
  return {
    state: { ...state, confirmed: 'down', down: { at, severity } },
    transitions: [transitionOf(component, 'probe', change)],
  };
}

function factsOf({ name }: Component, seen: string): TransitionFacts {
  return { kind: 'heartbeat', component: name, seen: seen.trim() || 'reported a failure' };
}
