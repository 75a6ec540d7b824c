// The texts of automatic incidents: what was seen, since when, how often, how long.
// `down`, `slow`, `silent` and `reported` open an incident; `up`, `fast` and the others end it.
import { type Millis, SECOND } from '../model/time.ts';
import { machineText } from '../text/machine-texts.ts';

export function downWords(name: string, at: Millis, seen: string, first: string, checks: number): string {
  return machineText('machine.down', { name, at, seen, checks, first: first === seen ? undefined : first });
}

export function upWords(name: string, from: Millis, to: Millis, good: number): string {
  return machineText('machine.up', { name, at: to, good, lasted: lastedFrom(from, to).duration });
}

/** The last update of an outage with an unknown start. */
export function wellWords(name: string, at: Millis, good: number): string {
  return machineText('machine.well', { name, at, good });
}

interface MeasuredLatency {
  readonly value: Millis;
  readonly limit: Millis;
  /** Absent: the average. */
  readonly percentile: number | undefined;
}

export function slowWords(
  name: string,
  slow: MeasuredLatency & { readonly at: Millis; readonly window: Millis; readonly checks: number },
): string {
  const key = slow.percentile === undefined ? 'machine.slow' : 'machine.slow_percentile';
  return machineText(key, { name, ...slow });
}

export function fastWords(
  name: string,
  { from, to, ...fast }: MeasuredLatency & { readonly from: Millis; readonly to: Millis },
): string {
  const key = fast.percentile === undefined ? 'machine.fast' : 'machine.fast_percentile';
  return machineText(key, { name, at: to, lasted: lastedFrom(from, to).duration, ...fast });
}

/** The last update of an outage whose check was changed to or from a heartbeat, so that it can no longer end it. */
export function changedWords(name: string, type: string): string {
  return machineText('machine.changed', { name, type });
}

export function silentWords(name: string, last: Millis, period: Millis, grace: Millis): string {
  return machineText('machine.silent', { name, at: last, window: period + grace });
}

export function reportedWords(name: string, at: Millis, message: string): string {
  return machineText('machine.reported', { name, at, seen: message.trim() || undefined });
}

/** The last update of a heartbeat's outage; `firstReportWords`: of one with an unknown start. */
export function reportedAgainWords(name: string, from: Millis, to: Millis): string {
  return machineText('machine.reported_again', { name, at: to, lasted: lastedFrom(from, to).duration });
}

export function firstReportWords(name: string, at: Millis): string {
  return machineText('machine.first_report', { name, at });
}

/**
 * How long it lasted, ms, for `TransitionFacts`: between the whole seconds in the file. Absent when the end is not
 * after the start, because the clock was set back.
 */
export function lastedFrom(from: Millis, to: Millis): { readonly duration?: Millis } {
  const duration = (Math.floor(to / SECOND) - Math.floor(from / SECOND)) * SECOND;
  return duration > 0 ? { duration } : {};
}
