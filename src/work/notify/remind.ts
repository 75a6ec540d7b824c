// Reminds the operators of open incidents without news, and mails each failing channel and each warning once.
import { lastWord, reminderEmail, remindersDue } from '../../core/filing/reminder.ts';
import { iso, type Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import { warningEmail, warningsDue } from '../../core/monitoring/warning.ts';
import { channelEmail, type FailingChannel, failureKey } from '../../core/notify/channel-health.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import { forgetReminders, noteReminder, readReminders } from '../../store/notify/reminders.ts';
import { domainOf } from './email-composer.ts';
import type { SomeNotificationParts } from './parts.ts';

interface RemindParts
  extends SomeNotificationParts<'db' | 'snapshot' | 'mail' | 'mailFrom' | 'warn' | 'clock' | 'log'> {
  readonly failing: () => Promise<readonly FailingChannel[]>;
}

/**
 * One round of reminders. A reminder that could not be sent is tried again; one sent just before a crash is sent twice.
 */
export function makeRemind({ db, snapshot, mail, mailFrom, failing, warn, clock, log }: RemindParts) {
  /** Sends an email to the operators, without template and unsubscribe link. */
  const mailed = async (
    to: string,
    { subject, text }: { readonly subject: string; readonly text: string },
    key: string,
    failure: string,
  ): Promise<boolean> => {
    const sent = await mail.send({
      to,
      form: { subject, text, html: `<pre>${escapeHtml(text)}</pre>` },
      blanks: {},
      sentAt: clock(),
      messageId: `<${shortId(key)}@${domainOf(mailFrom())}>`,
      references: null,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    if (!sent.ok) log.error({ about: key, error: sent.error }, failure);
    return sent.ok;
  };

  return async (now: Millis): Promise<void> => {
    const { site, incidents } = snapshot();
    const { after, to } = site.reminders;
    const known = await readReminders(db);
    const channels = await failing();
    const open = incidents.filter(({ status }) => status !== 'resolved').map(({ id }) => id);
    const current = [...open, ...channels.map(failureKey)];
    if ([...known.keys()].some(id => !current.includes(id))) await forgetReminders(db, current);
    for (const incident of remindersDue(incidents, known, after, now)) {
      const { id } = incident;
      const since = iso(lastWord(incident, now));
      log.warn({ incident: id, since }, 'reminding the operators of an open incident without updates');
      const email = reminderEmail(incident, site, now);
      if (!to || (await mailed(to, email, `reminder ${id} ${now}`, 'the reminder could not be sent')))
        await noteReminder(db, id, now);
    }
    if (to === null) return;
    const failure = 'the warning could not be sent';
    for (const channel of channels.filter(one => !known.has(failureKey(one)))) {
      const key = failureKey(channel);
      if (await mailed(to, channelEmail(channel, site), key, failure)) await noteReminder(db, key, now);
    }
    for (const warning of warningsDue(warn.current(site, now), now)) {
      const { source, since } = warning;
      const email = warningEmail(warning, site, now);
      if (await mailed(to, email, `warning ${source} ${since}`, failure)) await warn.mailed(source, now);
    }
  };
}
