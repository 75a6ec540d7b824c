// How the channels are: what /readyz says of each, and the operator's that take nothing.
import { type ChannelSettings, channelName } from '../model/notification-channel.ts';
import type { Millis } from '../model/time.ts';
import { type FailingChannel, isFailing, type NotificationChannel } from './channel-health.ts';

/** Deliveries that wait, and that were given up. */
export interface Depth {
  readonly pending: number;
  readonly givenUp: number;
}

/** What an operator should know of a channel; it is named, its address is not. */
export interface ChannelReport extends Depth {
  /** Its id, `slack-1a2b3c4d`; `visitors` for all of theirs together. */
  readonly channel: string;
  /** `resting`: it is tried again after a failure; `failing`: messages were given up, or it took none for a while. */
  readonly state: 'ok' | 'resting' | 'failing' | 'dead';
  readonly why: string | null;
  /** When it is tried again; null when it is not paused. */
  readonly until: Millis | null;
}

type Depths = ReadonlyMap<string, Depth>;

const NOTHING: Depth = { pending: 0, givenUp: 0 };

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
  const why = lost === 0 ? null : `${lost} channels of visitors took nothing any more and are disabled`;
  return [...own, { channel: 'visitors', state: 'ok', ...sum, why, until: null }];
}

function reportOf(one: NotificationChannel, depths: Depths, now: Millis): ChannelReport {
  const { id, failingSince, pausedUntil } = one;
  const until = pausedUntil !== null && now < pausedUntil ? pausedUntil : null;
  const well = until === null && failingSince === null ? 'ok' : 'resting';
  const alive = isFailing(one, now) ? 'failing' : well;
  const state = one.state === 'dead' ? 'dead' : alive;
  // The error of one that takes what comes now, too: what it took last was refused.
  return { channel: id, state, ...(depths.get(id) ?? NOTHING), why: one.error, until };
}

/** The operator's channels that take nothing. */
export function failingChannels(
  all: readonly NotificationChannel[],
  depths: Depths,
  settings: readonly ChannelSettings[],
  now: Millis,
): FailingChannel[] {
  const failing = all.filter(one => one.owner === 'operator' && isFailing(one, now));
  return failing.map(({ id, type, state, error, failingSince, createdAt }) => {
    const { pending, givenUp } = depths.get(id) ?? NOTHING;
    return {
      id,
      name: channelName({ type, id }, settings.find(one => one.id === id)?.url ?? ''),
      error: error ?? 'it takes nothing',
      since: failingSince ?? createdAt,
      givenUp,
      waiting: pending,
      dead: state === 'dead',
    };
  });
}
