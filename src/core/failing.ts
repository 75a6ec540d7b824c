// Channels that take no messages, and messages that cannot be composed: what operators are told of both.
import type { Problem } from './problem.ts';
import { iso, type Millis } from './time.ts';

/** An operator's channel whose latest messages were given up. */
export interface FailingChannel {
  readonly id: string;
  /** Type, host and id, never the address. */
  readonly name: string;
  /** What it answered last. */
  readonly error: string;
  readonly since: Millis;
  readonly givenUp: number;
  /** It said that it wants no more, and is not asked again. */
  readonly dead: boolean;
}

/** One update that could not be put into words, and for whom. */
export interface Uncomposed {
  readonly ref: string;
  /** `mail`, or the channel's id. */
  readonly to: string;
  readonly error: string;
  /** It is not tried again. */
  readonly givenUp: boolean;
}

/** What the error of a message begins with that a fault of ours kept from being composed. */
export const UNCOMPOSED = 'it could not be composed: ';

/** How an operator mends a channel. */
function fixOf({ id, dead }: FailingChannel): string {
  const again = dead ? `, then run: npm run status -- channel test ${id}` : '';
  return `set its current address in status.yaml (\`notify.channels\`)${again}, then send what it missed: npm run status -- outbox retry`;
}

function faultOf({ name, error, since, givenUp }: FailingChannel): string {
  const lost = givenUp === 1 ? '1 message was' : `${givenUp} messages were`;
  return `${name} has taken no message since ${iso(since)} (${error}); ${lost} given up`;
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
export function channelLetter(
  channel: FailingChannel,
  site: { readonly title: string; readonly url: string },
): { subject: string; text: string } {
  return {
    subject: `[WARNING] ${site.title}: ${channel.name} takes no messages`.slice(0, 200),
    text: [
      `${faultOf(channel)}.`,
      `What to do: ${fixOf(channel)}.`,
      '',
      'Whoever reads that channel is not told of incidents. Other channels and email are not affected.',
      `${site.url}/readyz shows it until the channel takes a message again. This email comes once.`,
      '',
    ].join('\n'),
  };
}
