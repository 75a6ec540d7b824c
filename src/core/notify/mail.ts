// A letter on its way out, and what the other side said: the port of the mail transport.

import type { Millis } from '../model/time.ts';
import type { Failure } from './retry.ts';

/** The words of letters that differ only in their blanks: one object for all of them. */
export interface LetterForm {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface OutgoingMail {
  /** One recipient; an address `readAddress` let through. */
  readonly to: string;
  readonly form: LetterForm;
  /** What stands in this letter for each blank of the form's text and HTML: both of `[A-Za-z0-9._-]`. */
  readonly blanks: Readonly<Record<string, string>>;
  readonly sentAt: Millis;
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

/** A way out for mail, with a lifetime. */
export interface MailChannel {
  readonly send: SendMail;
  /** Null when letters can leave, else what is wrong, in words an operator can act on. */
  verify(): Promise<string | null>;
  close(): void;
}
