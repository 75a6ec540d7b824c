// Decides what an SMTP server's response, or its silence, means for an email.
import type { EmailFailure } from '../../core/notify/retry.ts';

/** A failure as nodemailer reports it. */
export interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/**
 * The failure of an email sent over an open connection. Only failures clearly caused by the address count against it: a
 * server that refuses relaying or content refuses everyone, and must not empty the list.
 */
export function failureOf(error: SmtpError): EmailFailure {
  const { code, responseCode, response = '', command } = error;
  if (responseCode === undefined) {
    // There is no response if the email itself could not be sent: too large, or no valid envelope.
    return code === 'EMESSAGE' || code === 'EENVELOPE' ? 'rejected' : 'dropped';
  }
  if (responseCode === 421) return 'busy';
  if (responseCode < 500) return 'later';
  // A refused sender is a mistake in our settings, like a refused login; but here the server also refuses a size (552).
  if (command === 'MAIL FROM') return responseCode === 552 ? 'later' : 'unreachable';
  // qmail writes it at the end: "(#5.7.1)".
  const status = /(?:^\d{3}[ -]|#)(\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
  if (/^5\.(1\.[0-6]|2\.[01])$/.test(status)) return 'refused';
  const policy = /^5\.7\./.test(status) || /relay|rcpthosts|\bsender\b/i.test(response);
  return command === 'RCPT TO' && !policy ? 'refused' : 'rejected';
}

/** The failure in one line, for the log, the command `outbox` and the check at start. */
export function wordsOf(error: unknown): string {
  const { message, code, command, responseCode } = error as SmtpError;
  const said = String(message || code || 'unknown error')
    .replace(/\s+/g, ' ')
    .slice(0, 1000)
    // Servers repeat the refused address; the log must not contain addresses.
    .replace(/[^\s<>"'(:]{1,320}@[^\s<>"'),;]+/g, '…@…')
    .slice(0, 300);
  const hint = hintOf(code, command, responseCode, said);
  return hint ? `${hint} (${said})` : said;
}

function hintOf(code = '', command = '', responseCode: number | undefined, said: string): string | null {
  if (code === 'EAUTH') return 'the mail server refuses the login: check user and password in SMTP_URL';
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(said)) {
    return 'the host name of the mail server could not be looked up: check the host in SMTP_URL';
  }
  if (/ECONNREFUSED/.test(said)) return 'nothing answers there: check host and port in SMTP_URL';
  if (/wrong version number|SSL routines/i.test(said)) {
    return 'the mail server does not use TLS on this port: write smtp:// instead of smtps://, or port 465';
  }
  if (code === 'ETLS' || /certificate/i.test(said)) return 'the mail server has no valid certificate';
  if (code === 'ETIMEDOUT') return 'the mail server does not answer in time';
  if (command === 'MAIL FROM' && (responseCode ?? 0) >= 500) {
    return 'the mail server refuses the sender: check MAIL_FROM';
  }
  return null;
}
