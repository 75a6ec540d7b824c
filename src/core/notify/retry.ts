// How an email can fail, and when it is tried again (contract §7).
import { HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';

/**
 * `later`: a 4xx answer. `busy`: 421, the server has enough of us. `dropped`: the conversation broke
 * off, or never answered, with the email under way: it may have arrived. `refused`: 5xx for this
 * address. `rejected`: 5xx for another reason (content, policy, relaying). `unreachable`: no
 * conversation at all, or our login failed: not this email's fault.
 */
export type Failure = 'later' | 'busy' | 'dropped' | 'refused' | 'rejected' | 'unreachable';

const STEPS: readonly Millis[] = [
  10 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
];

/** After so many attempts (a good two days) an email is given up. */
export const MAX_ATTEMPTS = 14;

/** So many permanent refusals in a row stop mail to an address. */
export const MAX_REFUSALS = 3;

/**
 * When to try again after the `attempts`-th attempt failed, epoch ms; null for never. `chance` (0–1)
 * shortens the wait by up to a fifth, so that a thousand greylisted emails do not return at once.
 */
export function retryAt(failure: Failure, attempts: number, now: Millis, chance: number): Millis | null {
  if (failure === 'refused' || failure === 'rejected') return null;
  // The channel waits, not the email: see `pauseFor`.
  if (failure === 'unreachable') return now;
  if (attempts >= MAX_ATTEMPTS) return null;
  const step = STEPS[Math.min(Math.max(attempts, 1), STEPS.length) - 1] as Millis;
  return now + Math.round(step * (1 - 0.2 * chance));
}

/** Whether an attempt that failed so counts towards giving up. */
export function counts(failure: Failure): boolean {
  return failure !== 'unreachable';
}

/**
 * How long the whole channel rests, ms, after its `streak`-th failure in a row with no email sent
 * between; 0 for not at all. `lines` is how many emails are under way at once.
 */
export function pauseFor(failure: Failure, streak: number, lines: number): Millis {
  if (failure === 'unreachable' || failure === 'busy') return Math.min(30 * SECOND, streak * 5 * SECOND);
  // One email that breaks conversations must not stop the others; every email doing so must.
  if (failure === 'dropped' && streak > lines) return 30 * SECOND;
  return 0;
}
