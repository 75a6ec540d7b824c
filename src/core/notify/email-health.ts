// The health of email delivery, for /readyz: since when no email was accepted, and why.
import { errorAt, type Problem, warningAt } from '../model/problem.ts';
import { statusCommand } from '../model/status-command.ts';
import { iso, MINUTE, type Millis } from '../model/time.ts';
import type { Depth } from './channel-health.ts';
import type { EmailFailure } from './retry.ts';

/** No email was accepted between the first failure and now. */
export interface EmailTrouble {
  /** The first failure, epoch ms. */
  readonly since: Millis;
  /** The last failure, in words for the operator. */
  readonly why: string;
  /** Up to MANY of the addresses that it failed for; empty: no email was sent yet, the check at the start failed. */
  readonly addresses: ReadonlySet<string>;
  /** Whether it can only be the server or our settings, not the address or the text of an email. */
  readonly isGeneral: boolean;
}

/** So many addresses in a row do not fail of themselves. */
const MANY = 3;

/** Whether it is the server or our settings, and not some addresses. */
export function isOurs(trouble: EmailTrouble | null): boolean {
  return trouble !== null && (trouble.isGeneral || trouble.addresses.size >= MANY);
}

/** The trouble after one more failure; an accepted email ends it. */
export function troubleAfter(
  before: EmailTrouble | null,
  failure: EmailFailure,
  why: string,
  address: string | null,
  now: Millis,
): EmailTrouble {
  const addresses = new Set(before?.addresses);
  if (address !== null && addresses.size < MANY) addresses.add(address);
  const isGeneral = failure === 'unreachable' || failure === 'busy' || failure === 'dropped';
  return {
    since: before?.since ?? now,
    why,
    addresses,
    isGeneral: isGeneral || (before?.isGeneral ?? false),
  };
}

/** Many servers are away for some minutes, and accept what waits then. */
const LONG: Millis = 10 * MINUTE;

/** The problem for /readyz: a warning, and after ten minutes an error. One or two full or unknown mailboxes are none. */
export function emailProblems(
  trouble: EmailTrouble | null,
  { pending, givenUp }: Depth,
  now: Millis,
): Problem[] {
  if (trouble === null || !isOurs(trouble)) return [];
  const { since, why } = trouble;
  const wait = pending === 1 ? '; 1 email waits' : `; ${pending} emails wait`;
  const what = `no email has been accepted since ${iso(since)}: ${why}${pending === 0 ? '' : wait}`;
  const again = givenUp > 0 ? `; those given up are sent with: ${statusCommand('outbox retry')}` : '';
  const fix = `correct SMTP_URL or MAIL_FROM and restart the server, or ask the mail provider; the emails that wait are sent then${again}`;
  // A start in the future means that the clock was set back: the duration is unknown.
  return [(Math.abs(now - since) < LONG ? warningAt : errorAt)('email', what, fix)];
}
