// The texts of automatic incidents: what was seen, how often, how long.
// `down`, `slow`, `silent` and `reported` open an incident; `up`, `fast` and the others end it.
import { type Millis, SECOND } from '../model/time.ts';
import { machineText } from '../text/machine-texts.ts';

export function downWords(name: string, seen: string, first: string, checks: number): string {
  return machineText('machine.down', { name, seen, checks, first: first === seen ? undefined : first });
}

/** @param lasted absent for an outage with an unknown start */
export function upWords(name: string, lasted?: Millis): string {
  return machineText('machine.up', { name, lasted });
}

interface MeasuredLatency {
  readonly value: Millis;
  readonly limit: Millis;
  /** Absent: the average. */
  readonly percentile: number | undefined;
}

export function slowWords(
  name: string,
  slow: MeasuredLatency & { readonly window: Millis; readonly checks: number },
): string {
  const key = slow.percentile === undefined ? 'machine.slow' : 'machine.slow_percentile';
  return machineText(key, { name, ...slow });
}

export function fastWords(
  name: string,
  { from, to, ...fast }: MeasuredLatency & { readonly from: Millis; readonly to: Millis },
): string {
  const key = fast.percentile === undefined ? 'machine.fast' : 'machine.fast_percentile';
  return machineText(key, { name, lasted: lastedFrom(from, to).duration, ...fast });
}

/** The last update of an outage whose check was changed to or from a heartbeat, so that it can no longer end it. */
export function changedWords(name: string, type: string): string {
  return machineText('machine.changed', { name, type });
}

export function silentWords(name: string, last: Millis, period: Millis, grace: Millis): string {
  return machineText('machine.silent', { name, at: last, window: period + grace });
}

export function reportedWords(name: string, message: string): string {
  return machineText('machine.reported', { name, said: message.trim() });
}

/**
 * The last update of a heartbeat's outage.
 * @param lasted absent for one with an unknown start
 */
export function reportedAgainWords(name: string, lasted?: Millis): string {
  return machineText('machine.reported_again', { name, lasted });
}

/**
 * How long it lasted, ms, for `TransitionFacts`: between the whole seconds in the file. Absent when the end is not
 * after the start, because the clock was set back.
 */
export function lastedFrom(from: Millis, to: Millis): { readonly duration?: Millis } {
  const duration = (Math.floor(to / SECOND) - Math.floor(from / SECOND)) * SECOND;
  return duration > 0 ? { duration } : {};
}
