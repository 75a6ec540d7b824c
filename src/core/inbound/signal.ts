// What an inbound monitor said, in our words, whoever sent it.
import type { Millis } from '../model/time.ts';

export interface Signal {
  readonly kind: 'down' | 'up' | 'ignored';
  /** `uptimerobot`. */
  readonly provider: string;
  /** The monitor's own id, else its name: it becomes the source `provider:monitor`. Never empty. */
  readonly monitor: string;
  /** What people call it; plain text, one line, bounded. */
  readonly name: string;
  /** What it watches, when the sender says so. */
  readonly url: string | null;
  /** Since when, epoch ms; null when the sender does not say. */
  readonly at: Millis | null;
  /** The sender's own words; plain text, one line, bounded. Escape before it becomes markdown. */
  readonly message: string;
  /** An explicit label that names one of our components. */
  readonly component: string | null;
  /** The sender's own name for this event, for telling a repeat from news; null when it has none. */
  readonly event: string | null;
  /** Why it was ignored. */
  readonly why?: string;
  /** It warns that something ends: a warning, never an outage. */
  readonly expiry?: Expiry;
}

/** What ends, when (epoch ms), or in how many days; null for what the sender does not say. */
export interface Expiry {
  readonly of: 'certificate' | 'domain';
  readonly at: Millis | null;
  readonly days: number | null;
}

/** A payload understood (possibly as nothing to do), or a sentence that says what would be right. */
export type Reading = { readonly signals: readonly Signal[] } | { readonly problem: string };

/** Reads one sender's payload: the parsed body, form or query. Never throws. */
export type Reader = (input: unknown) => Reading;

/** A signal with the fields a sender left out. */
export function signal(fields: Pick<Signal, 'kind' | 'provider' | 'name'> & Partial<Signal>): Signal {
  const monitor = fields.monitor || fields.name;
  return { url: null, at: null, message: '', component: null, event: null, ...fields, monitor };
}

/** A signal that changes nothing, with the reason for the operator's log. */
export function ignored(fields: Pick<Signal, 'provider' | 'name'> & Partial<Signal>, why: string): Reading {
  return { signals: [signal({ ...fields, kind: 'ignored', why })] };
}
