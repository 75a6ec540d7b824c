// The health of notification channels: which are failing, and what operators read about it.
import type { ChannelType } from '../model/notification-channel.ts';
import type { Problem } from '../model/problem.ts';
import type { Subscriber } from '../model/subscriber.ts';
import { iso, MINUTE, type Millis } from '../model/time.ts';

/** A subscriber that is a channel, the operator's or a visitor's; its `address` is only its name. */
export interface NotificationChannel extends Omit<Subscriber, 'state' | 'channel'>, ChannelHealth {
  readonly owner: 'operator' | 'visitor';
  readonly type: ChannelType;
  /** Null for an operator's: it is in status.yaml. */
  readonly url: string | null;
  readonly secret: string | null;
  /** `dead`: it wants no more, or took nothing for too long. */
  readonly state: 'pending' | 'confirmed' | 'dead';
}

export interface ChannelHealth {
  /** Messages given up in a row. */
  readonly strikes: number;
  readonly failingSince: Millis | null;
  /** Nothing is tried before; null while all is well. */
  readonly pausedUntil: Millis | null;
  /** What went wrong last; null while all is well. */
  readonly error: string | null;
}

/** A channel that took nothing for so long is failing, though its messages are still tried. */
const FAILING_AFTER: Millis = 10 * MINUTE;

/** Whether a channel is failing: it is dead, messages were given up, or it took none for a while, whatever it says. */
export function isFailing(
  { state, strikes, failingSince }: Pick<NotificationChannel, 'state' | 'strikes' | 'failingSince'>,
  now: Millis,
): boolean {
  if (state === 'dead' || strikes > 0) return true;
  // A beginning in the future means that the clock was set back: for how long it fails nobody knows.
  return failingSince !== null && Math.abs(now - failingSince) >= FAILING_AFTER;
}

/** An operator's channel to which nothing can be delivered. */
export interface FailingChannel {
  readonly id: string;
  /** Type, host and id, never the address. */
  readonly name: string;
  /** What it answered last. */
  readonly error: string;
  readonly since: Millis;
  readonly givenUp: number;
  /** Messages that are tried again. */
  readonly waiting: number;
  /** It said that it wants no more, and nothing is sent there. */
  readonly dead: boolean;
}

/** An update whose message could not be composed, and for whom. */
export interface Uncomposed {
  readonly ref: string;
  /** `mail`, or the channel's id. */
  readonly to: string;
  readonly error: string;
  /** It is not tried again. */
  readonly givenUp: boolean;
}

/** What the error of a delivery begins with that a fault of ours made impossible to compose. */
export const UNCOMPOSED = 'it could not be composed: ';

/** How an operator mends a channel. */
function fixOf({ id, dead, givenUp }: FailingChannel): string {
  const address = 'set its current address in status.yaml (`notify.channels`)';
  if (!dead && givenUp === 0)
    return `see that it takes messages, or ${address}; what waits is then sent, at once with: npm run status -- outbox retry`;
  const again = dead ? `, then run: npm run status -- channel test ${id}` : '';
  return `${address}${again}, then send what it missed: npm run status -- outbox retry`;
}

function faultOf({ name, error, since, givenUp, waiting }: FailingChannel): string {
  const wait = waiting === 1 ? '1 message waits' : `${waiting} messages wait`;
  const lost = givenUp === 1 ? '1 message was given up' : `${givenUp} messages were given up`;
  const messages = [...(waiting > 0 ? [wait] : []), ...(givenUp > 0 ? [lost] : [])];
  return [`${name} has taken no message since ${iso(since)} (${error})`, ...messages].join('; ');
}

/** What /readyz says of failing channels and of messages that cannot be composed. */
export function outboxProblems(
  channels: readonly FailingChannel[],
  uncomposed: readonly Uncomposed[],
): Problem[] {
  return [
    ...channels.map(
      (one): Problem => ({
        level: 'error',
        where: `channel ${one.id}`,
        what: faultOf(one),
        fix: fixOf(one),
      }),
    ),
    ...uncomposed.map(
      ({ ref, to, error, givenUp }): Problem => ({
        level: 'error',
        where: to === 'mail' ? 'mail' : `channel ${to}`,
        what: `the message about "${ref}" ${error}${givenUp ? '; it was given up' : ''}`,
        fix: 'reword that update in its file, then run: npm run status -- outbox retry; and report the fault',
      }),
    ),
  ];
}

/** Under what a failing stretch of a channel is noted as mailed. */
export function stretchOf({ id, since }: FailingChannel): string {
  return `channel ${id} ${since}`;
}

/** The email to the operators, once a failing stretch. */
export function channelEmail(
  channel: FailingChannel,
  site: { readonly title: string; readonly url: string },
): { subject: string; text: string } {
  return {
    subject: `[WARNING] ${site.title}: ${channel.name} takes no messages`.slice(0, 200),
    text: [
      `${faultOf(channel)}.`,
      `What to do: ${fixOf(channel)}.`,
      '',
      'Whoever reads that channel does not hear of incidents. Other channels and email are not affected.',
      `${site.url}/readyz shows it until the channel takes a message again. This email comes once.`,
      '',
    ].join('\n'),
  };
}
