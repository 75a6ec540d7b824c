// The interface of the mail transport: an outgoing email, and the result of sending it.

import { leadsInside } from '../model/checks/private-address.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { EmailFailure } from './retry.ts';

/** The text shared by emails that differ only in their blanks: one object for all of them. */
export interface EmailForm {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface OutgoingMail {
  /** One address, checked by `readAddress`. */
  readonly to: string;
  readonly form: EmailForm;
  /** This email's values for the blanks in the form's text and HTML; names and values of `[A-Za-z0-9._-]`. */
  readonly blanks: Readonly<Record<string, string>>;
  readonly sentAt: Millis;
  /** In angle brackets; the same for each (update, subscriber). */
  readonly messageId: string;
  /** The Message-ID of the incident's first email to this subscriber; null for that email itself. */
  readonly references: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly failure: EmailFailure; readonly error: string };

/** Sends one email and returns the result; does not throw for expected errors. */
export type SendMail = (mail: OutgoingMail) => Promise<Sent>;

export interface MailTransport {
  readonly send: SendMail;
  /** Null when email can be sent, else the problem, in words for the operator. */
  verify(): Promise<string | null>;
  close(): void;
}

/**
 * A page that the public reaches, whose emails are only written to files, and one whose emails lead to this machine alone:
 * visitors cannot confirm.
 */
export function unsentProblems(
  { smtpUrl, dataDir }: { readonly smtpUrl: string | null; readonly dataDir: string },
  { url }: Pick<Site, 'url'>,
): Problem[] {
  // A mail server on this machine may be there to try things out.
  if (smtpUrl !== null && isOwnMachine(url) && !isOwnMachine(smtpUrl)) {
    const what = `the links in emails begin with ${url}: nobody on another computer can confirm a subscription or leave`;
    return [
      warningAt('PUBLIC_URL', what, 'set it to the address at which visitors reach the page, and restart'),
    ];
  }
  if (smtpUrl !== null || leadsInside(url)) return [];
  const what = `it is not set, so no email is sent: ${url} offers subscriptions, but their emails are only written to ${dataDir}/mail`;
  return [warningAt('SMTP_URL', what, 'set it as docs/notifications.md says, and restart the server')];
}

/** The sender without MAIL_FROM: the site's title at its host. */
export function defaultSender({ title, url }: Pick<Site, 'title' | 'url'>): string {
  return `"${title.replace(/["\\\r\n]/g, '')}" <status@${new URL(url).hostname}>`;
}

function isOwnMachine(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
