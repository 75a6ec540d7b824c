// Opens the mail transport by the settings: an SMTP server, or files.
import path from 'node:path';
import type { Log } from '../core/model/ports/log.ts';
import type { MailTransport } from '../core/notify/mail.ts';
import { openMailFolder } from './mail/folder.ts';
import { openSmtp, type SmtpOptions } from './mail/smtp.ts';

interface MailSettings extends SmtpOptions {
  readonly smtpUrl: string | null;
  readonly dataDir: string;
}

/** Uses SMTP_URL, or else files in DATA_DIR/mail. */
export function openMail(settings: MailSettings, mailFrom: () => string, log: Log): MailTransport {
  if (settings.smtpUrl) return openSmtp(settings.smtpUrl, mailFrom, { dkim: settings.dkim ?? null });
  const folder = path.join(settings.dataDir, 'mail');
  log.info({ folder }, 'no SMTP_URL: emails are written to this folder as .eml files');
  return openMailFolder(folder, mailFrom, log);
}
