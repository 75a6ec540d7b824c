// The texts of automatic incidents: what was seen, since when, how often, how long.
// `down`, `slow`, `silent` and `reported` open an incident; `up`, `fast` and the others end it.
import { DAY, HOUR, iso, MINUTE, type Millis, SECOND } from '../model/time.ts';
import { count } from '../text/count.ts';
import { escapeMarkdown } from '../text/markdown.ts';

export function downWords(name: string, at: Millis, seen: string, first: string, checks: number): string {
  const before = first === seen ? '' : ` At first: ${first}.`;
  return escapeMarkdown(
    `${name} has been failing its checks since ${moment(at)}: ${seen}.${before} ${count(checks, 'check')} in a row failed.`,
  );
}

export function upWords(name: string, from: Millis, to: Millis, checks: number): string {
  return escapeMarkdown(
    `${name} has responded normally again since ${moment(to)} (${count(checks, 'good check')} in a row).${lasted('The outage lasted', from, to)}`,
  );
}

/** The last update of an outage with an unknown start. */
export function wellWords(name: string, at: Millis, checks: number): string {
  return escapeMarkdown(
    `${name} has responded normally since ${moment(at)} (${count(checks, 'good check')} in a row).`,
  );
}

interface MeasuredLatency {
  readonly value: Millis;
  readonly limit: Millis;
  readonly percentile: number | undefined;
}

export function slowWords(
  name: string,
  slow: MeasuredLatency & { readonly at: Millis; readonly window: Millis; readonly checks: number },
): string {
  return escapeMarkdown(
    `${name} is responding slowly: ${measure(slow.percentile)} ${spell(slow.value)} over the last ${spell(slow.window)} ` +
      `(${count(slow.checks, 'check')}, the limit is ${spell(slow.limit)}), as of ${moment(slow.at)}.`,
  );
}

export function fastWords(
  name: string,
  fast: MeasuredLatency & { readonly from: Millis; readonly to: Millis },
): string {
  return escapeMarkdown(
    `${name} has responded in time again since ${moment(fast.to)}: ${measure(fast.percentile)} ${spell(fast.value)} ` +
      `(the limit is ${spell(fast.limit)}).${lasted('It was slow for', fast.from, fast.to)}`,
  );
}

/** The last update of an outage whose check was changed to or from a heartbeat, so that it can no longer end it. */
export function changedWords(name: string, type: string): string {
  return escapeMarkdown(`${name} is now monitored in another way: its check was changed to ${type}.`);
}

export function silentWords(name: string, last: Millis, period: Millis, grace: Millis): string {
  return escapeMarkdown(
    `${name} has not reported since ${moment(last)}; a report was due within ${spell(period + grace)}.`,
  );
}

export function reportedWords(name: string, at: Millis, message: string): string {
  const said = message.trim() === '' ? '' : `: ${message.trim()}`;
  return escapeMarkdown(`${name} reported a failure at ${moment(at)}${said}`);
}

/** The last update of a heartbeat's outage; `firstReportWords`: of one with an unknown start. */
export function reportedAgainWords(name: string, from: Millis, to: Millis): string {
  return escapeMarkdown(`${name} reported again at ${moment(to)}.${lasted('The outage lasted', from, to)}`);
}

export function firstReportWords(name: string, at: Millis): string {
  return escapeMarkdown(`${name} reported at ${moment(at)}.`);
}

/**
 * How long it lasted, ms, for `TransitionFacts`: between the whole seconds in the file. Absent when the end is not
 * after the start, because the clock was set back.
 */
export function lastedFrom(from: Millis, to: Millis): { readonly duration?: Millis } {
  const duration = (Math.floor(to / SECOND) - Math.floor(from / SECOND)) * SECOND;
  return duration > 0 ? { duration } : {};
}

function lasted(words: string, from: Millis, to: Millis): string {
  const { duration } = lastedFrom(from, to);
  return duration === undefined ? '' : ` ${words} ${spell(duration)}.`;
}

/** `2026-11-23 10:06:00 UTC`. */
export function moment(at: Millis): string {
  return `${iso(at).slice(0, 19).replace('T', ' ')} UTC`;
}

const UNITS: readonly (readonly [Millis, string])[] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

/** A duration in words, by its two largest units: "2 hours 5 minutes", "1.25 seconds", "340 ms". */
export function spell(duration: Millis): string {
  if (duration < SECOND) return `${Math.round(duration)} ms`;
  if (duration < 10 * SECOND) return count(Number((duration / SECOND).toFixed(2)), 'second');
  const whole = Math.round(duration / SECOND) * SECOND;
  const first = UNITS.findIndex(([unit]) => whole >= unit);
  // Only neighbouring units: "1 day 3 seconds" is false precision.
  const parts = UNITS.slice(first, first + 2).map(([unit, word], index) => {
    const left = index === 0 ? whole : whole % UNITS[first]![0];
    return [Math.floor(left / unit), word] as const;
  });
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => count(n, word))
    .join(' ');
}

function measure(percentile: number | undefined): string {
  return percentile === undefined ? 'on average' : `at percentile ${percentile}`;
}
