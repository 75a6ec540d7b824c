// Notification channels: where to post, the content of a message, and the response.
import type { Millis } from './time.ts';
import { shortId } from './token.ts';

export const CHANNEL_TYPES = ['slack', 'discord', 'teams', 'webhook'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** Names for people. */
export const CHANNEL_LABELS: Readonly<Record<ChannelType, string>> = {
  slack: 'Slack',
  discord: 'Discord',
  teams: 'Teams',
  webhook: 'Webhook',
};

/** Where a message goes. The URL is a secret: it is never logged, shown, or part of an error. */
export interface ChannelTarget {
  readonly type: ChannelType;
  readonly url: string;
  /** Signs the messages of a webhook, `whsec_…`; null: not signed. */
  readonly secret: string | null;
  /** The address is a visitor's: only public hosts over https, unless the operator allows more. */
  readonly guarded: boolean;
}

/** An entry of `notify.channels` in status.yaml. */
export interface ChannelSettings {
  /** The operator's, or made of type and address, as the place in the list may change. */
  readonly id: string;
  readonly type: ChannelType;
  readonly url: string;
  readonly secret: string | null;
  /** Ids of the components it gets updates about; null for all. */
  readonly components: readonly string[] | null;
}

/** A message before it takes the form of each service. */
export interface ChannelContent {
  /** `[INCIDENT] API Latency Spike`. */
  readonly heading: string;
  /** Short lines below it: state, components, times. */
  readonly facts: readonly string[];
  /** An operator's markdown; only text, lists, links and emphasis are shown. */
  readonly markdown: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly tone: 'good' | 'warning' | 'attention' | 'accent';
  readonly link: { readonly label: string; readonly url: string };
  /** Who gets it and how to unsubscribe; for visitors' channels with their own links. */
  readonly foot: { readonly text: string; readonly links: readonly { label: string; url: string }[] };
  /** The body for a webhook, instead of the above. */
  readonly payload: object;
  /** A text the webhook's response must contain; null when any 2xx is enough. */
  readonly challenge: string | null;
}

export interface ChannelMessage extends ChannelContent {
  /** The same on every attempt, so that receivers can recognise repeats. */
  readonly id: string;
}

/**
 * - `busy`: 408, 425, 429, 503: too many messages.
 * - `broken`: another 5xx, perhaps for this message only.
 * - `unreachable`: no response.
 * - `refused`: another 4xx, a redirect, or a wrong answer to the challenge: the message will never be accepted.
 * - `gone`: 410: no message ever will.
 */
export type ChannelFailure = 'busy' | 'broken' | 'unreachable' | 'refused' | 'gone';

export type ChannelSent =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly failure: ChannelFailure;
      /** For the operator; without the address. */
      readonly error: string;
      /** How long the service asked us to wait, ms; null when it did not. */
      readonly wait: Millis | null;
    };

/** Posts one message and returns the result; does not throw for expected errors. */
export type SendToChannel = (
  target: ChannelTarget,
  message: ChannelMessage,
  now: Millis,
) => Promise<ChannelSent>;

/** The id of a channel without one of its own; changes only with its type or address. */
export function channelId(type: ChannelType, url: string): string {
  return `${type}-${shortId(`${type} ${url}`).slice(0, 8)}`;
}

/** A channel's name for people: type, host and id, never the address. */
export function channelName({ type, id }: Pick<ChannelSettings, 'type' | 'id'>, url: string): string {
  return `${type} at ${hostOf(url)} (${id})`;
}

/** The host of a URL, or `?` when it is invalid. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '?';
}
