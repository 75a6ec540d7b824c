// Transitions: "this source is down / up since then", from which automatic incidents are made.
import type { Severity } from './component.ts';
import type { Millis } from './time.ts';

/** A confirmed change of a source's state; stored once, then filed as markdown. */
export interface Transition {
  /** Unique per event, so that a repeated report is stored once. */
  readonly key: string;
  /** `probe:api`, `latency:api`, `uptimerobot:777`; becomes `opened_by`. */
  readonly source: string;
  readonly kind: 'down' | 'up';
  /** Since when, epoch ms. */
  readonly at: Millis;
  readonly title: string;
  /** Base of the file's name: `api-down` → `20261123_api-down.md`. */
  readonly slug: string;
  readonly severity: Severity;
  /** Ids of the affected components; empty when the monitor matches none. */
  readonly components: readonly string[];
  /** The text of its update, safe in markdown. */
  readonly message: string;
  /** The values for the operator's templates; absent for outside monitors. */
  readonly facts?: TransitionFacts;
}

/** The kinds of templates. */
export const TEMPLATE_KINDS = ['down', 'latency', 'heartbeat', 'together'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** The values behind an automatic update. */
export interface TransitionFacts {
  readonly kind: TemplateKind;
  /** The component's name; for several, one phrase. */
  readonly component: string;
  /** The last check's finding; untrusted text. */
  readonly seen: string;
  /** How many checks in a row said so; absent for a heartbeat. */
  readonly checks?: number;
  /** How long it lasted, ms; absent while it continues. */
  readonly duration?: Millis;
}

/** A transition as stored. */
export interface StoredTransition extends Transition {
  readonly seq: number;
  /** When the server recorded it, epoch ms; `at` when that is unknown. */
  readonly recordedAt: Millis;
  /** When it was filed (or deliberately not), epoch ms; null: still to be filed. */
  readonly filedAt: Millis | null;
  /** The lasting name (`keyOf`) of the incident it was filed in; null before filing and when nothing was written. */
  readonly incidentId: string | null;
  /** True when the incident was open before its source failed; absent: its source opened or continued it. */
  readonly isJoined?: true;
}

/** A source that fails again within this time after its recovery continues the same incident. */
export const FLAP_WINDOW: Millis = 30 * 60_000;
