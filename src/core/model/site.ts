// The site as status.yaml describes it: one frozen value, handed to every room.

import type { VisitorChannels } from './channel-url.ts';
import type { Component, Severity } from './component.ts';
import type { Metric } from './metric.ts';
import type { ChannelSettings } from './notification-channel.ts';
import type { Millis } from './time.ts';

/** How much a second of an incident counts as downtime, 0–1, by severity. */
export type Weights = Readonly<Record<Severity, number>>;

export interface Site {
  readonly title: string;
  /** Where visitors reach the page, without a trailing slash; PUBLIC_URL, else `url:`. */
  readonly url: string;
  /** IANA zone for dates printed without script. */
  readonly timezone: string;
  readonly brand: {
    /** Files inside the status folder, served under /status/brand/. */
    readonly logo: string | null;
    /** The logo on dark ground. */
    readonly logoDark: string | null;
    readonly favicon: string | null;
    readonly css: string | null;
    /** `#rrggbb`. */
    readonly color: string;
    readonly homepage: string | null;
  };
  /** In the foot: imprint, privacy, support. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly uptime: { readonly days: number; readonly weights: Weights };
  readonly reminders: { readonly after: Millis; readonly to: string | null };
  /** How long before a maintenance subscribers are reminded of it, ms. */
  readonly notices: readonly Millis[];
  /** How git synchronises the folder; null: it does not. */
  readonly git: GitSettings | null;
  /** Whether permalinks show what git knows of an incident's versions. */
  readonly history: boolean;
  readonly network: {
    /** An address outside, reached when our own network works: a URL or host:port; null for none. */
    readonly reference: string | null;
  };
  readonly notify: {
    /** An update waits this long before it is owed: edits and deletions meanwhile are folded in. */
    readonly grace: Millis;
    /** The operator's own, besides mail. */
    readonly channels: readonly ChannelSettings[];
    /** What visitors may subscribe besides mail. */
    readonly visitors: VisitorChannels;
  };
  readonly mail: MailLimits;
  /** Checks that fail within so many ms of one another share an incident; 0: each has its own. */
  readonly together: Millis;
  readonly components: readonly Component[];
  readonly metrics: readonly Metric[];
  /** Webhooks of the operator's own, by name: `/webhooks/NAME`. */
  readonly webhooks: Readonly<Record<string, Mapping>>;
  /** The static copy that is kept fresh; null for none. */
  readonly mirror: MirrorSettings | null;
}

export interface MirrorSettings {
  /** Cron expression, UTC. */
  readonly schedule: string;
  /** Where visitors reach the copy, without a trailing slash; null when nobody said. */
  readonly url: string | null;
  readonly to: MirrorTarget;
}

/** A folder (a relative one below DATA_DIR), or a branch of a git repository. */
export type MirrorTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'git';
      /** A URL or an absolute path. */
      readonly remote: string;
      readonly branch: string;
      /** The host that GitHub Pages and its like shall serve the copy at; null for none. */
      readonly cname: string | null;
    };

export interface GitSettings {
  readonly remote: string;
  readonly branch: string;
  /** Cron expression, UTC. */
  readonly pull: string;
  readonly push: boolean;
  /** What the git host signs its webhooks with; null: the webhook token. */
  readonly secret: string | null;
}

export interface MailLimits {
  /** Emails a second; null for as many as the server takes. */
  readonly rate: number | null;
  /** More incident emails an hour than this wait for the operator's word; null for no limit. */
  readonly storm: number | null;
  /** Emails under way at once, each over a connection of its own. */
  readonly connections: number;
  /** Confirmation and leave emails an hour, for all visitors together. */
  readonly confirmations: number;
}

export const MAIL_LIMITS: MailLimits = { rate: null, storm: null, connections: 5, confirmations: 1000 };

export const WEIGHTS_EVEN: Weights = { minor: 1, major: 1, critical: 1 };
/** Atlassian Statuspage's: degraded performance costs nothing, a partial outage 30 %. */
export const WEIGHTS_STATUSPAGE: Weights = { minor: 0, major: 0.3, critical: 1 };

/** `webhooks: NAME:` of status.yaml. `monitor`, `status`, `message` and `event` are JSONPaths (RFC 9535). */
export interface Mapping {
  readonly monitor: string;
  readonly status: string;
  readonly message: string | null;
  /** Its own name for the event, when it sends one: a repeat of it is stored once. */
  readonly event: string | null;
  /** Words of `status`, whatever their case; null for the words `generic` knows. */
  readonly down: readonly string[] | null;
  readonly up: readonly string[] | null;
}
