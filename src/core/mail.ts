// A letter on its way out, and what the other side said: the port of the mail transport.
import type { Failure } from './notification.ts';

export interface OutgoingMail {
  /** One recipient; an address `readAddress` let through. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** In angle brackets, stable per (update, subscriber). */
  readonly messageId: string;
  /** The Message-ID of the incident's first letter to this subscriber; null for that letter itself. */
  readonly references: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly failure: Failure; readonly error: string };

/** Sends one letter; settles with what the other side said, never throws for expected badness. */
export type SendMail = (mail: OutgoingMail) => Promise<Sent>;
