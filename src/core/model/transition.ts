// Transitions: "this source says it is down / up since then", the seed of every automatic incident.
import type { Severity } from './component.ts';
import type { Millis } from './time.ts';

/** A confirmed change of one source's state; stored once, then filed as markdown. */
export interface Transition {
  /** Unique per event: the same event reported twice is stored once. */
  readonly key: string;
  /** `probe:api`, `latency:api`, `uptimerobot:777` — becomes `opened_by`. */
  readonly source: string;
  readonly kind: 'down' | 'up';
  /** Since when, epoch ms. */
  readonly at: Millis;
  readonly title: string;
  /** Base of the file's name: `api-down` → `20261123_api-down.md`. */
  readonly slug: string;
  readonly severity: Severity;
  /** Ids of the components it affects; empty when the monitor matches none. */
  readonly components: readonly string[];
  /** Markdown-safe text of the update it writes. */
  readonly message: string;
  /** What the message is made of, for a template of the operator's; absent for inbound monitors. */
  readonly facts?: TransitionFacts;
}

/** What a template may be about. */
export const TEMPLATE_KINDS = ['down', 'latency', 'heartbeat', 'together'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** The facts behind an automatic update. */
export interface TransitionFacts {
  readonly kind: TemplateKind;
  /** The component's name; several of them as one phrase. */
  readonly component: string;
  /** What the last check saw, not trusted. */
  readonly seen: string;
  /** How many checks in a row said so; absent for a heartbeat. */
  readonly checks?: number;
  /** How long it lasted, ms; absent while it goes on. */
  readonly duration?: Millis;
}

/** A transition as the store holds it. */
export interface StoredTransition extends Transition {
  readonly seq: number;
  /** When the server knew of it, epoch ms; `at` where nobody wrote that down. */
  readonly recordedAt: Millis;
  /** When it was written to a file (or deliberately not filed), epoch ms; null while that is owed. */
  readonly filedAt: Millis | null;
  /** The incident it was filed in; null before filing and when there was nothing to write. */
  readonly incidentId: string | null;
}

/** A source failing again this soon after its own resolution continues the same incident. */
export const FLAP_WINDOW: Millis = 30 * 60_000;
