// Transitions: "this source says it is down / up since then", the seed of every automatic incident.
import type { Severity } from './component.ts';
import type { Millis } from './time.ts';

/** A change of state told by one source; stored once, then filed as markdown. */
export interface Transition {
  /** Unique per event: the same event told twice is stored once. */
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
}

/** A transition as the store holds it. */
export interface StoredTransition extends Transition {
  readonly seq: number;
  /** When it stands in a file (or was deliberately not filed), epoch ms; null while owed. */
  readonly filedAt: Millis | null;
  /** The incident it was filed in; null before filing and when there was nothing to write. */
  readonly incidentId: string | null;
}

/** A source failing again this soon after its own resolution continues the same incident. */
export const FLAP_WINDOW: Millis = 30 * 60_000;
