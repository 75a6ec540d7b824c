// Wires notifications: the mail transport, the chat services, and their dependencies.
import { defaultSender } from '../core/notify/mail.ts';
import { makeChannels } from '../outside/channels.ts';
import { openMail } from '../outside/mail.ts';
import { webhookPayload } from '../web/statuspage/webhook.ts';
import type { Warnings } from '../work/monitoring/warnings.ts';
import { makeEmails } from '../work/notify/email-texts.ts';
import { Notifications } from '../work/notify/notifications.ts';
import type { Base } from './base.ts';
import type { Content } from './content.ts';

export async function openNotifications(
  base: Base,
  { snapshot }: Content,
  warn: Warnings,
): Promise<Notifications> {
  const { env, render, storage, dial, closers, log } = base;
  const mailFrom = () => env.mailFrom ?? defaultSender(snapshot().site);
  const notifications = await Notifications.open({
    ...base,
    snapshot,
    emails: makeEmails(render),
    mail: openMail(env, mailFrom, log),
    mailFrom,
    sendToChannel: makeChannels(dial ? { dial } : {}),
    payload: webhookPayload,
    writable: () => storage.problem() === null && storage.leads(),
    warn,
    isClockUnsure: base.clockSteps.isUnsure,
  });
  closers.push(() => notifications.close());
  return notifications;
}
