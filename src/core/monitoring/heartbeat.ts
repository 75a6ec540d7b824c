// The heartbeat rule: no report within period + grace is an outage; one good report ends it.
import type { Component } from '../model/component.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { TransitionFacts } from '../model/transition.ts';
import { type DetectorState, firstWell, type Judgement, transitionOf } from './detector-state.ts';
import { firstReportWords, lastedFrom, reportedAgainWords, reportedWords, silentWords } from './messages.ts';

/** A job's report and when it arrived (epoch ms). `message` is the job's text, not trusted. */
export interface Report {
  readonly at: Millis;
  readonly ok: boolean;
  readonly message: string;
}

/** From when a heartbeat's silence counts. */
export interface Listening {
  /** Epoch ms: the last report or the start of the server, delayed by the time it could not listen since. */
  readonly since: Millis;
  /** Whether a pause of the server has restarted the period since the last report. */
  readonly renewed: boolean;
  /** A hash of the token for its reports. Absent: unknown. */
  readonly token?: string;
}

/** A pause of the server this long may have cost a report: the job gave up waiting. */
const COSTLY: Millis = SECOND;

/**
 * Delays the silence of a job after `by` ms in which no report could be received (the process was blocked or off, or
 * the clock jumped).
 * A short pause delays it by its length. A pause of a second or more restarts it at `now` (epoch ms), but only once
 * between two reports: a server that pauses, restarts or jumps again and again must not hide a dead job. It is found at
 * the latest after the pauses + 2 × (period + grace).
 */
export function putOff(before: Listening, by: Millis, now: Millis): Listening {
  if (by <= 0) return before;
  if (by >= COSTLY && !before.renewed) return { since: now, renewed: true };
  // Rounded up to whole milliseconds: the monotonic clock has fractions.
  return { ...before, since: Math.max(before.since, Math.min(now, before.since + Math.ceil(by))) };
}

const ALWAYS: Listening = { since: Number.NEGATIVE_INFINITY, renewed: false };

/**
 * Judges a report or, if null, the silence up to `now`. Thresholds do not apply: a job is down exactly at last report +
 * period + grace, or at once after a reported failure; one good report restores it. "No data" before the first report.
 * Silence counts:
 * - from `heard.since` at the earliest, as the server's own pauses are no outage (but the job is then unknown, see
 *   `overdue`);
 * - after a change of the token, from when that was noticed;
 * - after a report in the future (the clock was set back), from when the server began to listen.
 * `recheckAt` is when silence becomes an outage.
 */
export function judgeHeartbeat(
  component: Component,
  known: DetectorState,
  report: Report | null,
  now: Millis,
  heard: Listening = ALWAYS,
): Judgement {
  const before = withToken(known, heard.token, now);
  const listening = { ...heard, since: Math.max(heard.since, before.awaited?.since ?? heard.since) };
  // Before a late report too, so that the result does not depend on whether the rule ran in between.
  const silence = judgeSilence(component, before, report?.at ?? now, listening.since);
  const judged = report
    ? judgeReport(component, reportedBy(silence.state, listening.token), report, now)
    : { state: silence.state, transitions: [] };
  const { renewed: _, ...state } = judged.state;
  const kept = !report && listening.renewed ? { ...state, renewed: listening.since } : state;
  const recheckAt = state.down ? null : deadline(component, state, listening.since, now);
  return {
    ...judged,
    state: kept,
    transitions: [...silence.transitions, ...judged.transitions],
    recheckAt,
    overdue: recheckAt === null ? null : overdueOf(component, state, listening, now, recheckAt),
  };
}

/** Notes the token a report is expected with, if it is not that of the last report. */
function withToken(known: DetectorState, token: string | undefined, now: Millis): DetectorState {
  const { awaited, ...state } = known;
  if (token === undefined) return known;
  if (state.lastAt === null) return state;
  if (state.token === undefined || state.token === token) return { ...state, token };
  // The clock may have been set back since.
  const since = awaited?.token === token ? Math.min(awaited.since, now) : now;
  return { ...state, awaited: { token, since } };
}

function reportedBy({ awaited: _, ...state }: DetectorState, token: string | undefined): DetectorState {
  return token === undefined ? state : { ...state, token };
}

function overdueOf(
  component: Component,
  state: DetectorState,
  { since, renewed }: Listening,
  now: Millis,
  recheckAt: Millis,
): Judgement['overdue'] {
  const lastAt = state.lastAt as Millis;
  if (state.awaited)
    return { at: Math.min(state.awaited.since, now), since: Math.min(lastAt, now), hasNewToken: true };
  if (lastAt <= now)
    return { at: deadline(component, state, Number.NEGATIVE_INFINITY, now) as Millis, since: lastAt };
  // A report in the future that we received ourselves was before the clock was set back; of any other the age is
  // unknown.
  return { at: renewed ? now : recheckAt, since: Math.min(now, since) };
}

/** When silence becomes an outage, epoch ms; null before the first report. */
function deadline(
  { check }: Component,
  { lastAt }: DetectorState,
  listeningSince: Millis,
  now: Millis,
): Millis | null {
  if (check.type !== 'heartbeat' || lastAt === null) return null;
  return heardAt(lastAt, listeningSince, now) + check.period + check.grace;
}

/** Since when a job is silent. The true time of a report in the future is unknown. */
function heardAt(lastAt: Millis, listeningSince: Millis, now: Millis): Millis {
  if (lastAt <= now) return Math.max(lastAt, listeningSince);
  return Number.isFinite(listeningSince) ? Math.min(listeningSince, now) : now;
}

type Judged = Omit<Judgement, 'recheckAt' | 'overdue'>;

function judgeSilence(
  component: Component,
  state: DetectorState,
  now: Millis,
  listeningSince: Millis,
): Judged {
  const due = deadline(component, state, listeningSince, now);
  const { check, name } = component;
  if (due === null || state.down || now < due || check.type !== 'heartbeat')
    return { state, transitions: [] };
  const { lastAt } = state;
  const since = lastAt === null || lastAt > now ? due - check.period - check.grace : lastAt;
  const message = silentWords(name, since, check.period, check.grace);
  return wentDown(component, state, due, message, 'no report');
}

function judgeReport(component: Component, state: DetectorState, report: Report, now: Millis): Judged {
  // Out of order, unless the newest report is in the future because the clock was set back.
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
  // If the outage starts in the future, it would stay open until then: end it now.
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
