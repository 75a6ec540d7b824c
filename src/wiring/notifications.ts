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

export interface NotificationWiring
  extends Parts<'db' | 'secret' | 'snapshot' | 'writable' | 'clock' | 'log'> {
  readonly env: Environment;
  readonly render: Render;
  /** For tests: where a chat service is, in place of its own address. */
  readonly dial?: ((url: URL) => URL | null) | undefined;
}

/** Opens the notifications with their transports; `ring` asks for a round soon. */
export async function openNotifications(wiring: NotificationWiring, ring: () => void) {
  const { env, dial, log, snapshot } = wiring;
  const mailFrom = () => env.mailFrom ?? defaultSender(snapshot().site);
  const mail = openMail(env, mailFrom, log);
  // Said at the start, in words; emails wait in the outbox until it is mended.
  const checked = mail.verify().then(wrong => {
    if (wrong !== null) log.warn({ why: wrong }, `mail cannot leave: ${wrong}`);
  });
  const notifications = await Notifications.open({
    ...wiring,
    emails: makeEmails(wiring.render),
    mail,
    mailFrom,
    sendToChannel: makeChannels(dial ? { dial } : {}),
    payload: webhookPayload,
    ring,
  });
  return {
    notifications,
    /** For emails that have no subscriber. */
    mail: { mail, mailFrom },
    /** What the webhook of a mail provider needs; null where RESEND_WEBHOOK_SECRET is not set. */
    bounces:
      env.resendSecret === null ? null : { secret: env.resendSecret, suppress: notifications.suppress },
    async close() {
      await notifications.close();
      mail.close();
      await checked;
    },
  };
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
