// The health of notification channels: reports for /readyz, which ones are failing, and the email about it.
import { type ChannelSettings, type ChannelType, channelName } from '../model/notification-channel.ts';
import type { Problem } from '../model/problem.ts';
import { statusCommand } from '../model/status-command.ts';
import type { Subscriber } from '../model/subscriber.ts';
import { iso, MINUTE, type Millis } from '../model/time.ts';

/** A notification channel as a subscriber, the operator's or a visitor's; `address` is only its name. */
export interface NotificationChannel extends Omit<Subscriber, 'state' | 'channel'>, ChannelHealth {
  readonly owner: 'operator' | 'visitor';
  readonly type: ChannelType;
  /** Null for an operator's channel: it is in status.yaml. */
  readonly url: string | null;
  readonly secret: string | null;
  /** `dead`: gone, or failing for too long. */
  readonly state: 'pending' | 'confirmed' | 'dead';
}

export interface ChannelHealth {
  /** Messages given up in a row. */
  readonly strikes: number;
  readonly failingSince: Millis | null;
  /** No attempts before this time; null while all is well. */
  readonly pausedUntil: Millis | null;
  /** The last error; null while all is well. */
  readonly error: string | null;
}

/** A channel that accepted nothing for this long is failing, although messages are still tried. */
const FAILING_AFTER: Millis = 10 * MINUTE;

/** Whether a channel is failing: dead, or messages were given up, or it accepted none for a while. */
export function isFailing(
  { state, strikes, failingSince }: Pick<NotificationChannel, 'state' | 'strikes' | 'failingSince'>,
  now: Millis,
): boolean {
  if (state === 'dead' || strikes > 0) return true;
  // A start in the future means that the clock was set back: the duration is unknown.
  return failingSince !== null && Math.abs(now - failingSince) >= FAILING_AFTER;
}

/** Deliveries waiting, and given up. */
export interface Depth {
  readonly pending: number;
  readonly givenUp: number;
}

type Depths = ReadonlyMap<string, Depth>;

const NOTHING: Depth = { pending: 0, givenUp: 0 };

/** A channel's report for the operator, without its address. */
export interface ChannelReport extends Depth {
  /** Its id, `slack-1a2b3c4d`; `visitors` for all of theirs together. */
  readonly channel: string;
  /** `resting`: tried again after a failure; `failing`: messages were given up, or it accepted none for a while. */
  readonly state: 'ok' | 'resting' | 'failing' | 'dead';
  readonly why: string | null;
  /** When it is tried again; null when not paused. */
  readonly until: Millis | null;
}

export function channelReports(
  all: readonly NotificationChannel[],
  depths: Depths,
  now: Millis,
): ChannelReport[] {
  const own = all.filter(({ owner }) => owner === 'operator').map(one => reportOf(one, depths, now));
  const visitors = all.filter(({ owner }) => owner === 'visitor');
  const sum = visitors
    .map(({ id }) => depths.get(id) ?? NOTHING)
    .reduce((a, b) => ({ pending: a.pending + b.pending, givenUp: a.givenUp + b.givenUp }), NOTHING);
  const lost = visitors.filter(({ state }) => state === 'dead').length;
  const why = lost === 0 ? null : `${lost} channels of visitors no longer accepted messages and are disabled`;
  return [...own, { channel: 'visitors', state: 'ok', ...sum, why, until: null }];
}

function reportOf(one: NotificationChannel, depths: Depths, now: Millis): ChannelReport {
  const { id, failingSince, pausedUntil } = one;
  const until = pausedUntil !== null && now < pausedUntil ? pausedUntil : null;
  const well = until === null && failingSince === null ? 'ok' : 'resting';
  const alive = isFailing(one, now) ? 'failing' : well;
  const state = one.state === 'dead' ? 'dead' : alive;
  // The error even while it is `ok`: its last message was refused.
  return { channel: id, state, ...(depths.get(id) ?? NOTHING), why: one.error, until };
}

/** A failing channel of the operator. */
export interface FailingChannel extends NotificationChannel, Depth {
  /** Type, host and id, never the address. */
  readonly name: string;
  readonly since: Millis;
  /** `since` is in the future: the clock was set back, and the duration is unknown. */
  readonly isSinceUnknown: boolean;
}

export function failingChannels(
  all: readonly NotificationChannel[],
  depths: Depths,
  settings: readonly ChannelSettings[],
  now: Millis,
): FailingChannel[] {
  const failing = all.filter(one => one.owner === 'operator' && isFailing(one, now));
  return failing.map(one => {
    const since = one.failingSince ?? one.createdAt;
    return {
      ...one,
      ...(depths.get(one.id) ?? NOTHING),
      name: channelName(one, settings.find(({ id }) => id === one.id)?.url ?? ''),
      since,
      isSinceUnknown: since > now,
    };
  });
}

/** An update whose message could not be composed. */
export interface Uncomposed {
  readonly ref: string;
  /** `mail`, or the channel's id. */
  readonly to: string;
  readonly error: string;
  /** Not tried again. */
  readonly givenUp: boolean;
}

/** Begins the error of a delivery that could not be composed because of a bug of ours. */
export const UNCOMPOSED = 'could not be composed: ';

/** How an operator fixes a channel. */
function fixOf({ id, state, givenUp }: FailingChannel): string {
  const dead = state === 'dead';
  const address = 'set its current address in status.yaml (`notify.channels`)';
  if (!dead && givenUp === 0)
    return `make sure that it accepts messages, or ${address}; the waiting messages are then sent, at once with: ${statusCommand('outbox retry')}`;
  const again = dead ? `, then run: ${statusCommand(`channel test ${id}`)}` : '';
  return `${address}${again}, then send the missed messages: ${statusCommand('outbox retry')}`;
}

function faultOf({ name, error, since, isSinceUnknown, givenUp, pending }: FailingChannel): string {
  const wait = pending === 1 ? '1 message waits' : `${pending} messages wait`;
  const lost = givenUp === 1 ? '1 message was given up' : `${givenUp} messages were given up`;
  const why = error ?? 'it accepts nothing';
  const messages = [...(pending > 0 ? [wait] : []), ...(givenUp > 0 ? [lost] : [])];
  return [
    isSinceUnknown
      ? `${name} does not accept messages (${why}); since when is not known, because the clock was set back`
      : `${name} has accepted no message since ${iso(since)} (${why})`,
    ...messages,
  ].join('; ');
}

/** Problems for /readyz: failing channels, and messages that could not be composed. */
export function outboxProblems(
  channels: readonly FailingChannel[],
  uncomposed: readonly Uncomposed[],
): Problem[] {
  const found = [
    ...channels.map(one => ({ where: `channel ${one.id}`, what: faultOf(one), fix: fixOf(one) })),
    ...uncomposed.map(({ ref, to, error, givenUp }) => ({
      where: to === 'mail' ? 'mail' : `channel ${to}`,
      what: `the message about "${ref}" ${error}${givenUp ? '; it was given up' : ''}`,
      fix: `reword that update in its file, then run: ${statusCommand('outbox retry')}; and report the bug`,
    })),
  ];
  return found.map(problem => ({ level: 'error', ...problem }));
}

/** The key under which the email about a failing period is recorded. */
export function failureKey({ id, since }: FailingChannel): string {
  return `channel ${id} ${since}`;
}

/** The email to the operators, once per failing period. */
export function channelEmail(
  channel: FailingChannel,
  site: { readonly title: string; readonly url: string },
): { subject: string; text: string } {
  return {
    subject: `[WARNING] ${site.title}: ${channel.name} does not accept messages`.slice(0, 200),
    text: [
      `${faultOf(channel)}.`,
      `What to do: ${fixOf(channel)}.`,
      '',
      'Readers of that channel get no news of incidents. Other channels and email are not affected.',
      `${site.url}/readyz shows it until the channel accepts a message again. This email is sent once.`,
      '',
    ].join('\n'),
  };
}
