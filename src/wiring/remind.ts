// Reminders, wired: what was reminded of stands in the database; letters go out by the mail channel.
import type { FailingChannel } from '../core/failing.ts';
import type { Log } from '../core/log.ts';
import type { SendMail } from '../core/mail.ts';
import { escapeHtml } from '../core/markdown.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Clock } from '../core/time.ts';
import { shortId } from '../core/token.ts';
import type { Db } from '../store/database.ts';
import { forgetReminders, noteReminder, readReminders } from '../store/reminders.ts';
import { domainOf } from '../work/envelope.ts';
import { makeRemind } from '../work/remind.ts';
import type { Warn } from '../work/warn.ts';

export interface RemindParts {
  readonly db: Db;
  readonly snapshot: () => Snapshot;
  readonly send: SendMail;
  readonly mailFrom: () => string;
  readonly failing: () => Promise<readonly FailingChannel[]>;
  readonly warn: Warn;
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
