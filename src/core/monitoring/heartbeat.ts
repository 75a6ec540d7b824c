// The heartbeat rule: no report within period + grace is an outage; one good report ends it.
import type { Component } from '../model/component.ts';
import { type Millis, SECOND } from '../model/time.ts';
import type { TransitionFacts } from '../model/transition.ts';
import { type DetectorState, firstWell, type Judgement, transitionOf } from './detector-state.ts';
import { lastedFrom, reportedAgainWords, reportedWords, silentWords } from './messages.ts';

/** A job's report and when it arrived (epoch ms). `message` is the job's text, not trusted. */
export interface JobReport {
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
  /** The time of the last report as it was recorded; the clock may have been set since, and `since` with it. */
  readonly reported?: Millis;
  /** Whether it was given its time anew as the clock was set back. */
  readonly setBack?: true;
  /** Names the token by which its reports are taken; nothing of it can be read from that. Absent: not known. */
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
  if (by >= COSTLY && !before.renewed) return { ...before, since: now, renewed: true };
  // Whole milliseconds, as moments are; the clock that only grows has fractions of them, too.
  return { ...before, since: Math.max(before.since, Math.min(now, before.since + Math.ceil(by))) };
}

const ALWAYS: Listening = { since: Number.NEGATIVE_INFINITY, renewed: false };

/**
 * After the clock stepped by so many ms to `now`: as much time has passed as before, but for what `putOff` gives. Set back
 * to before the last report, the job has its time anew, once between two reports: one of the two times was wrong.
 */
export function afterStep(before: Listening, by: Millis, now: Millis): Listening {
  if (by > 0) return putOff(before, by, now);
  if (before.since > now && !before.setBack) return { ...before, since: now, setBack: true };
  return { ...before, since: Math.min(before.since + Math.floor(by), now) };
}

/**
 * Judges a report, or (null) the silence up to `now`. Thresholds do not apply: silence is down exactly at last
 * report + period + grace (by the time in which a report could be received), a reported failure at once, one good report
 * restores. A job that never reported is no data. After a report from the future (the clock was set back) silence counts
 * from when the server listened. Silence counts from `listening.since` at the earliest: silence while the server
 * itself was off, asleep or stopped is nobody's outage; but whether the job is well is not known then, see `overdue`.
 * Where its token is another than that of the last report, or its period or grace than at the last judgement, its
 * silence counts from when that was noticed.
 * `recheckAt` is the moment silence becomes an outage.
 */
export function judgeHeartbeat(
  component: Component,
  known: DetectorState,
  report: JobReport | null,
  now: Millis,
  heard: Listening = ALWAYS,
): Judgement {
  const before = withRule(withToken(known, heard.token, now), component, now);
  const edits = [before.awaited?.since ?? heard.since, before.rule?.since ?? heard.since];
  const listening = { ...heard, since: Math.max(heard.since, ...edits) };
  // Also judged before a late report is: whether the clock ticked in between must make no difference.
  const silence = judgeSilence(component, before, report?.at ?? now, listening);
  const judged = report
    ? judgeReport(component, reportedBy(silence.state, listening.token), report, now)
    : { state: silence.state, transitions: [] };
  const { renewed: _, ...state } = judged.state;
  const kept = !report && listening.renewed ? { ...state, renewed: listening.since } : state;
  const recheckAt = state.down ? null : deadline(component, state, listening, now);
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

/** Notes the period and grace by which a job is judged. */
function withRule(state: DetectorState, { check }: Component, now: Millis): DetectorState {
  if (check.type !== 'heartbeat' || state.lastAt === null) return state;
  const { period, grace } = check;
  const { rule } = state;
  const isSame = rule === undefined || (rule.period === period && rule.grace === grace);
  const since = isSame ? rule?.since : now;
  // The clock may have gone back since.
  return {
    ...state,
    rule: { period, grace, ...(since === undefined ? {} : { since: Math.min(since, now) }) },
  };
}

function reportedBy({ awaited: _, rule, ...state }: DetectorState, token: string | undefined): DetectorState {
  const ruled = rule ? { ...state, rule: { period: rule.period, grace: rule.grace } } : state;
  return token === undefined ? ruled : { ...ruled, token };
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
    return {
      at: Math.min(state.awaited.since, now),
      since: lastAt <= now ? lastAt : Math.min(state.awaited.since, now),
      hasNewToken: true,
    };
  if (lastAt <= now) return { at: deadline(component, state, ALWAYS, now) as Millis, since: lastAt };
  // A report from the future that we received ourselves came before the clock was set back; of any other nobody knows.
  return { at: renewed ? now : recheckAt, since: Math.min(now, since) };
}

/** When silence becomes an outage, epoch ms; null before the first report. */
function deadline(
  { check }: Component,
  { lastAt }: DetectorState,
  listening: Listening,
  now: Millis,
): Millis | null {
  if (check.type !== 'heartbeat' || lastAt === null) return null;
  return heardAt(lastAt, listening, now) + check.period + check.grace;
}

/** From when on a job has been silent; of a report from the future nobody else knows when it came. */
function heardAt(lastAt: Millis, { since, reported }: Listening, now: Millis): Millis {
  if (lastAt <= now && lastAt !== reported) return Math.max(lastAt, since);
  return Number.isFinite(since) ? Math.min(since, now) : now;
}

type Judged = Omit<Judgement, 'recheckAt' | 'overdue'>;

function judgeSilence(component: Component, state: DetectorState, now: Millis, listening: Listening): Judged {
  const due = deadline(component, state, listening, now);
  const { check, name } = component;
  if (due === null || state.down || now < due || check.type !== 'heartbeat')
    return { state, transitions: [] };
  const { lastAt } = state;
  const since = lastAt === null || lastAt > now ? due - check.period - check.grace : lastAt;
  const message = silentWords(name, since, check.period, check.grace);
  return wentDown(component, state, due, message, 'no report');
}

function judgeReport(component: Component, state: DetectorState, report: JobReport, now: Millis): Judged {
  // Out of order, unless the newest report is in the future because the clock was set back.
  if (state.lastAt !== null && report.at < state.lastAt && state.lastAt <= now)
    return { state, transitions: [] };
  const { name } = component;
  const seen = { ...state, lastAt: report.at };
  if (!report.ok) {
    if (state.down) return { state: seen, transitions: [] };
    return wentDown(component, seen, report.at, reportedWords(name, report.message), report.message);
  }
  const up = { ...seen, confirmed: 'up' as const, down: null };
  if (!state.down) {
    if (state.confirmed !== 'unseen') return { state: up, transitions: [] };
    const first = firstWell(component, report.at, reportedAgainWords(name));
    return { state: up, transitions: [], first };
  }
  const { down } = state;
  // If the outage starts in the future, it would stay open until then: end it now.
  const at = Math.max(report.at, Math.min(down.at, now));
  const lasted = lastedFrom(down.at, at);
  const change = {
    kind: 'up' as const,
    at,
    severity: down.severity,
    message: reportedAgainWords(name, lasted.duration),
    facts: { ...factsOf(component, 'reported in'), ...lasted },
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
