// The site: status.yaml as one frozen value.

import type { VisitorChannels } from './channel-url.ts';
import type { Component, Severity } from './component.ts';
import type { NamedAffected } from './incident.ts';
import type { Metric } from './metric.ts';
import type { ChannelSettings } from './notification-channel.ts';
import type { Millis } from './time.ts';

/** How much of a second of an incident counts as downtime, 0–1, by severity. */
export type Weights = Readonly<Record<Severity, number>>;

export interface Site {
  readonly title: string;
  /** The page's public address, without a trailing slash; PUBLIC_URL, else `url:`. */
  readonly url: string;
  /** Former paths of the page: they lead to it. */
  readonly aliases: readonly string[];
  /** IANA zone of dates printed without JavaScript. */
  readonly timezone: string;
  readonly brand: {
    /** Files in the status folder, served under /status/brand/. */
    readonly logo: string | null;
    /** For dark mode. */
    readonly logoDark: string | null;
    /** Their width divided by their height; null if there is none, or it is not known. */
    readonly logoRatio: number | null;
    readonly logoDarkRatio: number | null;
    readonly favicon: string | null;
    readonly css: string | null;
    /** `#rrggbb`. */
    readonly color: string;
    readonly homepage: string | null;
  };
  /** Links in the footer: imprint, privacy, support. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly uptime: { readonly days: number; readonly weights: Weights };
  readonly reminders: { readonly after: Millis; readonly to: string | null };
  /** How long before a maintenance subscribers are reminded, ms. */
  readonly notices: readonly Millis[];
  /** How git synchronises the folder; null: without git. */
  readonly git: GitSettings | null;
  /** Whether incident pages show the committed versions. */
  readonly history: boolean;
  readonly network: {
    /** An outside address that is reachable while our own network works: a URL or host:port; null for none. */
    readonly reference: string | null;
  };
  readonly notify: {
    /** How long an update waits before it is sent: edits and deletions in that time need no second message. */
    readonly grace: Millis;
    /** The operator's channels, besides email. */
    readonly channels: readonly ChannelSettings[];
    /** Which channels visitors may subscribe, besides email. */
    readonly visitors: VisitorChannels;
  };
  readonly mail: MailLimits;
  /** Outages that checks confirm within this time of one another are one incident, ms; 0: each its own. */
  readonly groupWithin: Millis;
  readonly components: readonly Component[];
  /** Former components: known to incident files, not shown on the live page. */
  readonly retired: readonly NamedAffected[];
  readonly metrics: readonly Metric[];
  readonly inbound: InboundSettings;
  /** The operator's webhooks by name: `/webhooks/NAME`. */
  readonly webhooks: Readonly<Record<string, Mapping>>;
  /** The static copy of the page; null for none. */
  readonly mirror: MirrorSettings | null;
}

/** The path of a brand file on the page. */
export function brandPath(file: string): string {
  return `/status/brand/${file.split('/').map(encodeURIComponent).join('/')}`;
}

/** The rules for other monitors' reports. */
export interface InboundSettings {
  /** Whether alerts that match no component are held or published. */
  readonly unmatched: 'hold' | 'publish';
  /** Whether the texts of alerts, which are written for the people on call, are published. */
  readonly text: 'hide' | 'publish';
  /** By sender, and by its word: what that means here. `default` is for reports without such a word. */
  readonly severity: Readonly<Record<string, Readonly<Record<string, Severity | 'ignore'>>>>;
}

export interface MirrorSettings {
  /** Cron expression, UTC. */
  readonly schedule: string;
  /** The copy's public address, without a trailing slash; null when not given. */
  readonly url: string | null;
  readonly to: MirrorTarget;
}

/** A folder (a relative one is below DATA_DIR), or a branch of a git repository. */
export type MirrorTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'git';
      /** A URL or an absolute path. */
      readonly remote: string;
      readonly branch: string;
      /** The host name of the copy on GitHub Pages and the like; null for none. */
      readonly cname: string | null;
    };

export interface GitSettings {
  readonly remote: string;
  readonly branch: string;
  /** Cron expression, UTC. */
  readonly pull: string;
  readonly push: boolean;
  /** The git host signs its webhooks with it; null: the webhook token. */
  readonly secret: string | null;
}

export interface MailLimits {
  /** Emails per second; null for no limit. */
  readonly rate: number | null;
  /** More incident emails than this per hour wait for the operator; null for no limit. */
  readonly storm: number | null;
  /** Emails sent at once, each over its own connection. */
  readonly connections: number;
  /** Confirmation and unsubscribe emails per hour, for all visitors together. */
  readonly confirmations: number;
}

export const MAIL_LIMITS: MailLimits = { rate: null, storm: null, connections: 5, confirmations: 1000 };

export const WEIGHTS_EVEN: Weights = { minor: 1, major: 1, critical: 1 };
/** Atlassian Statuspage's weights: degraded performance costs nothing, a partial outage 30 %. */
export const WEIGHTS_STATUSPAGE: Weights = { minor: 0, major: 0.3, critical: 1 };

/** `webhooks: NAME:` of status.yaml. All but `down` and `up` are JSONPaths (RFC 9535). */
export interface Mapping {
  readonly monitor: string;
  readonly status: string;
  readonly message: string | null;
  /** The sender's id of the event, if there is one: repeats of it are stored once. */
  readonly event: string | null;
  /** The sender's word for how bad it is, and what names the component; null for none. */
  readonly severity: string | null;
  readonly component: string | null;
  /** Words for "down", in any case; null for the words that `generic` knows. */
  readonly down: readonly string[] | null;
  readonly up: readonly string[] | null;
}
