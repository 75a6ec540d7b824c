// The wiring of notifications: the mail transport, the chat services, and what they are handed.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Render } from '../core/model/ports/render.ts';
import type { Site } from '../core/model/site.ts';
import type { MailTransport } from '../core/notify/mail.ts';
import { makeChannels } from '../outside/channels.ts';
import { openMailFolder } from '../outside/mail/folder.ts';
import { openSmtp } from '../outside/mail/smtp.ts';
import { webhookPayload } from '../web/statuspage/webhook.ts';
import { makeEmails } from '../work/notify/email-texts.ts';
import { Notifications } from '../work/notify/notifications.ts';
import type { Parts } from '../work/notify/parts.ts';

type Handed = Parts<'db' | 'secret' | 'snapshot' | 'writable' | 'warn' | 'ring' | 'clock' | 'log'>;

export interface NotificationWiring extends Handed {
  readonly env: Environment;
  readonly render: Render;
  /** For tests: where a chat service is, in place of its own address. */
  readonly dial?: ((url: URL) => URL | null) | undefined;
}

/** Opens the notifications with their transports. */
export function openNotifications(wiring: NotificationWiring): Promise<Notifications> {
  const { env, render, dial, log, snapshot } = wiring;
  const mailFrom = () => env.mailFrom ?? defaultSender(snapshot().site);
  return Notifications.open({
    ...wiring,
    emails: makeEmails(render),
    mail: openMail(env, mailFrom, log),
    mailFrom,
    sendToChannel: makeChannels(dial ? { dial } : {}),
    payload: webhookPayload,
  });
}

/** The mail transport: by SMTP_URL, else files in DATA_DIR/mail. */
export function openMail(env: Environment, mailFrom: () => string, log: Log): MailTransport {
  if (env.smtpUrl) return openSmtp(env.smtpUrl, mailFrom, { dkim: env.dkim });
  const folder = path.join(env.dataDir, 'mail');
  log.info({ folder }, 'no SMTP_URL: mail is written as .eml files');
  return openMailFolder(folder, mailFrom);
}

/** Without MAIL_FROM: the site's title at the host of its address. */
export function defaultSender(site: Site): string {
  const { hostname } = new URL(site.url);
  return `"${site.title.replace(/["\\\r\n]/g, '')}" <status@${hostname}>`;
}
