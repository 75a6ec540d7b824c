// How a message to a channel can fail, when it is tried again, and when its channel is given up.
import type { ChannelFailure } from '../model/notification-channel.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';

const STEPS: readonly Millis[] = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR];

/** News that could not be posted for so long is given up: nobody wants to read it any more. */
export const STALE_AFTER: Millis = 2 * DAY;
/** A challenge or an invitation to confirm is tried so often only. */
const CONFIRM_ATTEMPTS = 3;
/** The longest a `Retry-After` is believed. */
const LONGEST_WAIT: Millis = HOUR;

/** So many messages in a row given up disable a visitor's channel. */
export const MAX_STRIKES = 5;
/** A visitor's channel that took nothing for so long is disabled. */
export const FAILING_FOR: Millis = 3 * DAY;

export interface Attempt {
  readonly kind: 'update' | 'confirm' | 'over';
  readonly failure: ChannelFailure;
  /** Failed attempts, this one included. */
  readonly attempts: number;
  readonly createdAt: Millis;
  /** How long the other side asked us to wait, ms. */
  readonly wait: Millis | null;
}

/**
 * When to try a message again, epoch ms; null for never. `chance` (0–1) lengthens the wait by up to a
 * fifth, so that channels that failed together do not return together; it is never shorter than asked for.
 */
export function tryAgainAt(
  { kind, failure, attempts, createdAt, wait }: Attempt,
  now: Millis,
  chance: number,
): Millis | null {
  if (failure === 'refused' || failure === 'gone') return null;
  if (kind !== 'update' && attempts >= CONFIRM_ATTEMPTS) return null;
  const step = STEPS[Math.min(Math.max(attempts, 1), STEPS.length) - 1] as Millis;
  const least = Math.min(wait ?? 0, LONGEST_WAIT);
  const at = now + Math.round(Math.max(step, least) * (1 + 0.2 * chance));
  // A clock that jumped makes no news old: it was tried for long, too.
  return at - createdAt > STALE_AFTER && attempts >= STEPS.length ? null : at;
}

/**
 * Whether the whole channel rests until then: yes, but when one message alone breaks the other side, which
 * must not hold up the news behind it.
 */
export function restsChannel(failure: ChannelFailure): boolean {
  return failure === 'busy' || failure === 'unreachable';
}

/** Whether a visitor's channel is given up: `strikes` messages in a row were, or none was taken for days. */
export function isDead(
  failure: ChannelFailure,
  strikes: number,
  failingSince: Millis | null,
  now: Millis,
): boolean {
  return (
    failure === 'gone' ||
    strikes >= MAX_STRIKES ||
    // By then at least one message was given up, or only the clock says so.
    (strikes > 0 && failingSince !== null && now - failingSince >= FAILING_FOR)
  );
}
