// Reminders, wired: what was reminded of stands in the database; emails go out by the mail channel.

import type { Log } from '../core/model/ports/log.ts';
import type { Clock } from '../core/model/time.ts';
import { shortId } from '../core/model/token.ts';
import type { FailingChannel } from '../core/notify/failing-channels.ts';
import type { SendMail } from '../core/notify/mail.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import { escapeHtml } from '../core/text/markdown.ts';
import type { Db } from '../store/db/database.ts';
import { forgetReminders, noteReminder, readReminders } from '../store/notify/reminders.ts';
import type { Warnings } from '../work/monitoring/warnings.ts';
import { domainOf } from '../work/notify/email.ts';
import { makeRemind } from '../work/notify/remind.ts';

export interface RemindParts {
  readonly db: Db;
  readonly snapshot: () => Snapshot;
  readonly send: SendMail;
  readonly mailFrom: () => string;
  readonly failing: () => Promise<readonly FailingChannel[]>;
  readonly warn: Pick<Warnings, 'current' | 'mailed'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One round of reminding; see work/remind.ts. */
export function openRemind({ db, snapshot, send, mailFrom, failing, warn, clock, log }: RemindParts) {
  return makeRemind({
    snapshot,
    reminded: () => readReminders(db),
    note: (id, now) => noteReminder(db, id, now),
    forgetBut: open => forgetReminders(db, open),
    failing,
    warnings: warn.current,
    mailed: warn.mailed,
    // To operators: no template, nothing to unsubscribe from.
    async send(to, { subject, text }, key) {
      const sent = await send({
        to,
        form: { subject, text, html: `<pre>${escapeHtml(text)}</pre>` },
        blanks: {},
        sentAt: clock(),
        messageId: `<${shortId(key)}@${domainOf(mailFrom())}>`,
        references: null,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return sent.ok ? null : sent.error;
    },
    log,
  });
}
