// Retries: how a delivery can fail, when it is tried again, and when a channel is given up.
import type { ChannelFailure } from '../model/notification-channel.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';

/**
 * - `later`: a 4xx response.
 * - `busy`: 421, too many connections or messages.
 * - `dropped`: the connection broke, or timed out, while the email was sent: it may have arrived.
 * - `refused`: 5xx for this address.
 * - `rejected`: 5xx for another reason (content, policy, relaying).
 * - `unreachable`: no connection, or our login or sender was refused: not because of this email.
 */
export type EmailFailure = 'later' | 'busy' | 'dropped' | 'refused' | 'rejected' | 'unreachable';

/** The wait after each failed attempt; the last one repeats. */
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

/** After so many attempts (over two days) an email is given up. */
export const MAX_ATTEMPTS = 14;
/** After so many permanent refusals in a row, an address gets no more email. */
export const MAX_REFUSALS = 3;

/**
 * When to try an email again after the `attempts`-th failure, epoch ms; null for never.
 * @param chance 0–1, shortens the wait by up to a fifth, so that a thousand greylisted emails do not return at once.
 */
export function retryEmailAt(
  failure: EmailFailure,
  attempts: number,
  now: Millis,
  chance: number,
): Millis | null {
  if (failure === 'refused' || failure === 'rejected') return null;
  // All email delivery pauses, not this email: see `pauseFor`.
  if (failure === 'unreachable') return now;
  return attempts >= MAX_ATTEMPTS ? null : now + Math.round(stepOf(attempts) * (1 - 0.2 * chance));
}

/** Whether a failed attempt counts towards giving up. */
export function counts(failure: EmailFailure): boolean {
  return failure !== 'unreachable';
}

/**
 * How long all email delivery pauses, ms; 0 for not at all.
 * @param streak failures in a row without a sent email.
 * @param connections how many emails are sent at once.
 */
export function pauseFor(failure: EmailFailure, streak: number, connections: number): Millis {
  if (failure === 'unreachable' || failure === 'busy') return Math.min(30 * SECOND, streak * 5 * SECOND);
  // One email that breaks connections must not stop the others; if all do, pause.
  return failure === 'dropped' && streak > connections ? 30 * SECOND : 0;
}

/** News not delivered to a channel within this time is given up. */
export const STALE_AFTER: Millis = 2 * DAY;
/** And only after so many attempts, as the clock may have jumped. */
const STALE_ATTEMPTS = 6;
/** The longest wait before the next attempt, and the longest `Retry-After` that is obeyed. */
const LONGEST_STEP: Millis = 3 * HOUR;
const LONGEST_ASKED: Millis = HOUR;
/** The most attempts for a challenge or a request to confirm. */
const CONFIRM_ATTEMPTS = 3;

/** A visitor's channel is disabled after so many messages in a row were given up. */
const MAX_STRIKES = 5;
/** A visitor's channel is disabled after failing this long. */
export const FAILING_FOR: Millis = 3 * DAY;

export interface FailedMessage {
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly failure: ChannelFailure;
  /** Failed attempts, with this one. */
  readonly attempts: number;
  readonly createdAt: Millis;
  /** How long the service asked us to wait, ms. */
  readonly wait: Millis | null;
}

/**
 * When to try a channel's message again, epoch ms; null for never.
 * @param chance 0–1, lengthens the wait by up to a fifth, so that channels that failed together do not return together.
 * The wait is never shorter than asked for.
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

/** Whether the whole channel pauses until then. Not when only this message fails: it must not delay others. */
export function pausesChannel(failure: ChannelFailure): boolean {
  return failure === 'busy' || failure === 'unreachable';
}

/**
 * Whether a channel is given up. An operator's only when the service says that it is gone; a visitor's also when
 * `strikes` messages in a row were given up, or it has failed for days.
 */
export function isDead(
  owner: 'operator' | 'visitor',
  failure: ChannelFailure,
  strikes: number,
  failingSince: Millis | null,
  now: Millis,
): boolean {
  if (failure === 'gone' || owner === 'operator') return failure === 'gone';
  // At least one message was given up, so it is not only a jump of the clock.
  const failsLong = strikes > 0 && failingSince !== null && now - failingSince >= FAILING_FOR;
  return strikes >= MAX_STRIKES || failsLong;
}
