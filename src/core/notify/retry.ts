// How a delivery can fail, when it is tried again, and when a channel is given up.
import type { ChannelFailure } from '../model/notification-channel.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';

/**
 * `later`: a 4xx answer. `busy`: 421, the server has enough of us. `dropped`: the conversation broke
 * off, or never answered, with the email under way: it may have arrived. `refused`: 5xx for this
 * address. `rejected`: 5xx for another reason (content, policy, relaying). `unreachable`: no
 * conversation at all, or our login failed: not this email's fault.
 */
export type EmailFailure = 'later' | 'busy' | 'dropped' | 'refused' | 'rejected' | 'unreachable';

/** The wait after each failed attempt; the last one again and again. */
const LADDER: readonly Millis[] = [
  10 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
];

const stepOf = (attempts: number) => LADDER[Math.min(Math.max(attempts, 1), LADDER.length) - 1] as Millis;

/** After so many attempts (a good two days) an email is given up. */
export const MAX_ATTEMPTS = 14;
/** So many permanent refusals in a row stop mail to an address. */
export const MAX_REFUSALS = 3;

/**
 * When to try an email again after the `attempts`-th attempt failed, epoch ms; null for never. `chance` (0–1)
 * shortens the wait by up to a fifth, so that a thousand greylisted emails do not return at once.
 */
export function retryEmailAt(
  failure: EmailFailure,
  attempts: number,
  now: Millis,
  chance: number,
): Millis | null {
  if (failure === 'refused' || failure === 'rejected') return null;
  // Email delivery pauses, not the email: see `pauseFor`.
  if (failure === 'unreachable') return now;
  return attempts >= MAX_ATTEMPTS ? null : now + Math.round(stepOf(attempts) * (1 - 0.2 * chance));
}

/** Whether an attempt that failed so counts towards giving up. */
export function counts(failure: EmailFailure): boolean {
  return failure !== 'unreachable';
}

/**
 * How long all email delivery pauses, ms, after its `streak`-th failure in a row with no email sent
 * between; 0 for not at all. `connections` is how many emails are under way at once.
 */
export function pauseFor(failure: EmailFailure, streak: number, connections: number): Millis {
  if (failure === 'unreachable' || failure === 'busy') return Math.min(30 * SECOND, streak * 5 * SECOND);
  // One email that breaks conversations must not stop the others; every email doing so must.
  return failure === 'dropped' && streak > connections ? 30 * SECOND : 0;
}

/** News that could not be posted to a channel for so long is given up: nobody wants to read it any more. */
export const STALE_AFTER: Millis = 2 * DAY;
/** A clock that jumped makes no news old: it was tried so often, too. */
const STALE_ATTEMPTS = 6;
/** The longest a channel's message waits for its next attempt, and the longest a `Retry-After` is believed. */
const LONGEST_STEP: Millis = 3 * HOUR;
const LONGEST_ASKED: Millis = HOUR;
/** A challenge or an invitation to confirm is tried so often only. */
const CONFIRM_ATTEMPTS = 3;

/** So many messages in a row given up disable a visitor's channel. */
const MAX_STRIKES = 5;
/** A visitor's channel that took nothing for so long is disabled. */
export const FAILING_FOR: Millis = 3 * DAY;

export interface FailedMessage {
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly failure: ChannelFailure;
  /** Failed attempts, this one included. */
  readonly attempts: number;
  readonly createdAt: Millis;
  /** How long the other side asked us to wait, ms. */
  readonly wait: Millis | null;
}

/**
 * When to try a channel's message again, epoch ms; null for never. `chance` (0–1) lengthens the wait by up to a
 * fifth, so that channels that failed together do not return together; it is never shorter than asked for.
 */
export function retryMessageAt(
  { kind, failure, attempts, createdAt, wait }: FailedMessage,
  now: Millis,
  chance: number,
): Millis | null {
  if (failure === 'refused' || failure === 'gone') return null;
  if (kind !== 'update' && attempts >= CONFIRM_ATTEMPTS) return null;
  const least = Math.min(wait ?? 0, LONGEST_ASKED);
  const step = Math.max(Math.min(stepOf(attempts), LONGEST_STEP), least);
  const at = now + Math.round(step * (1 + 0.2 * chance));
  return at - createdAt > STALE_AFTER && attempts >= STALE_ATTEMPTS ? null : at;
}

/**
 * Whether the whole channel is paused until then: yes, but when one message alone breaks the other side, which
 * must not hold up the news behind it.
 */
export function pausesChannel(failure: ChannelFailure): boolean {
  return failure === 'busy' || failure === 'unreachable';
}

/**
 * Whether a channel is given up. The operator's only when it says so itself; a visitor's also when `strikes`
 * messages in a row were given up, or none was taken for days.
 */
export function isDead(
  owner: 'operator' | 'visitor',
  failure: ChannelFailure,
  strikes: number,
  failingSince: Millis | null,
  now: Millis,
): boolean {
  if (failure === 'gone' || owner === 'operator') return failure === 'gone';
  // By then at least one message was given up, or only the clock says so.
  const failsLong = strikes > 0 && failingSince !== null && now - failingSince >= FAILING_FOR;
  return strikes >= MAX_STRIKES || failsLong;
}
