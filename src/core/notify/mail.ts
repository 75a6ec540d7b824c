// An email on its way out, and what the other side said: the port of the mail transport.

import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { EmailFailure } from './retry.ts';

/** The words of emails that differ only in their blanks: one object for all of them. */
export interface EmailForm {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface OutgoingMail {
  /** One recipient; an address `readAddress` let through. */
  readonly to: string;
  readonly form: EmailForm;
  /** What this email has for each blank of the form's text and HTML: both of `[A-Za-z0-9._-]`. */
  readonly blanks: Readonly<Record<string, string>>;
  readonly sentAt: Millis;
  /** In angle brackets, stable per (update, subscriber). */
  readonly messageId: string;
  /** The Message-ID of the incident's first email to this subscriber; null for that email itself. */
  readonly references: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly failure: EmailFailure; readonly error: string };

/** Sends one email; settles with what the other side said, never throws for expected badness. */
export type SendMail = (mail: OutgoingMail) => Promise<Sent>;

/** The mail transport, with a lifetime. */
export interface MailTransport {
  readonly send: SendMail;
  /** Null when emails can leave, else what is wrong, in words an operator can act on. */
  verify(): Promise<string | null>;
  close(): void;
}

/** Without MAIL_FROM: the site's title at the host of its address. */
export function defaultSender({ title, url }: Pick<Site, 'title' | 'url'>): string {
  return `"${title.replace(/["\\\r\n]/g, '')}" <status@${new URL(url).hostname}>`;
}
