// A channel besides mail: where news is posted, what is said there, and what the other side answered.
import type { Millis } from './time.ts';
import { shortId } from './token.ts';

export const CHANNEL_TYPES = ['slack', 'discord', 'teams', 'webhook'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** What people call them. */
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
  /** What a webhook's messages are signed with, `whsec_…`; null: they are not signed. */
  readonly secret: string | null;
  /** A visitor gave the address: only public hosts over https, unless the operator allows more. */
  readonly guarded: boolean;
}

/** A channel of status.yaml's `notify.channels`. */
export interface ChannelSettings {
  /** Given by the operator, or made of type and address: its place in the list may change. */
  readonly id: string;
  readonly type: ChannelType;
  readonly url: string;
  readonly secret: string | null;
  /** Ids of the components it hears of; null for all. */
  readonly components: readonly string[] | null;
}

/** What is said in a channel, before it is put into the form of each service. */
export interface ChannelContent {
  /** `[INCIDENT] API Latency Spike`. */
  readonly heading: string;
  /** Short lines beneath it: state, components, times. */
  readonly facts: readonly string[];
  /** An operator's markdown; shown as text, lists, links and emphasis, nothing else. */
  readonly markdown: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly tone: 'good' | 'warning' | 'attention' | 'accent';
  readonly link: { readonly label: string; readonly url: string };
  /** Who gets it and how to end that; for visitors' channels the links are theirs. */
  readonly foot: { readonly text: string; readonly links: readonly { label: string; url: string }[] };
  /** What a webhook is sent in place of all this. */
  readonly payload: object;
  /** What the answer of a webhook must hold; null when any 2xx will do. */
  readonly challenge: string | null;
}

export interface ChannelMessage extends ChannelContent {
  /** The same however often it is sent: receivers know a repeat by it. */
  readonly id: string;
}

/**
 * `busy`: 408, 425, 429, 503: the channel has enough of us. `broken`: another 5xx, of this message perhaps.
 * `unreachable`: no answer. `refused`: another 4xx, a redirect, or a challenge not answered: this message
 * will never be taken. `gone`: 410: nothing ever will.
 */
export type ChannelFailure = 'busy' | 'broken' | 'unreachable' | 'refused' | 'gone';

export type ChannelSent =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly failure: ChannelFailure;
      /** For the operator, without the address. */
      readonly error: string;
      /** How long the other side asked us to wait, ms; null when it did not. */
      readonly wait: Millis | null;
    };

/** Posts one message; settles with what the other side said, never throws for expected badness. */
export type SendToChannel = (
  target: ChannelTarget,
  message: ChannelMessage,
  now: Millis,
) => Promise<ChannelSent>;

/** What a channel without a name of its own is called: stable as long as its type and address are. */
export function channelId(type: ChannelType, url: string): string {
  return `${type}-${shortId(`${type} ${url}`).slice(0, 8)}`;
}

/** How a channel is named to people: type, host and id, never the address. */
export function channelName({ type, id }: Pick<ChannelSettings, 'type' | 'id'>, url: string): string {
  return `${type} at ${hostOf(url)} (${id})`;
}

/** The host of an address, or `?` when it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '?';
}
