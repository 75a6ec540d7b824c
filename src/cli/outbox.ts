// `outbox`, `outbox retry`, `outbox release` and `mail test`: shows and releases waiting deliveries, and tests mail.
import { SILENT } from '../core/model/ports/log.ts';
import { printProblem } from '../core/model/problem.ts';
import { readAddress } from '../core/model/subscriber.ts';
import { iso } from '../core/model/time.ts';
import { defaultSender, unsentProblems } from '../core/notify/mail.ts';
import { count } from '../core/text/count.ts';
import { openMail } from '../outside/mail.ts';
import { retryChannels } from '../store/notify/channels.ts';
import { outboxDepth, release, retryAll, troubled } from '../store/notify/outbox.ts';
import { type Command, command, databaseCommand, Misuse, Refused, siteOf } from './shared/command.ts';
import { printList } from './shared/list.ts';

export const outbox: readonly Command[] = [
  databaseCommand(
    {
      name: 'outbox',
      usage: '[--json]',
      summary: 'list emails and channel messages that wait, are retried, or were given up, and why',
      help: 'The latest fifty of each with their last error; no addresses. --json prints an array of them.',
    },
    async (db, typed, cli) => {
      const { email, channels } = await outboxDepth(db);
      const rows = (await troubled(db, 50)).map(one => ({
        id: one.channel === 'email' ? `${one.id}` : `${one.subscriber_id} ${one.id}`,
        kind: one.kind,
        next: one.state === 'pending' ? `retry ${iso(one.due_at)}` : 'given up',
        attempts: one.attempts,
        error: one.error,
      }));
      printList(rows, typed, cli);
      if (typed.flags.has('json')) return;
      for (const [channel, depth] of channels)
        cli.out(`${channel}: ${depth.pending} waiting, ${depth.givenUp} given up`);
      cli.out(`email: ${email.pending} waiting, ${email.givenUp} given up`);
    },
  ),
  databaseCommand(
    {
      name: 'outbox retry',
      usage: '',
      summary: 'send waiting messages now, and retry those given up',
      help: 'The running server sends them within a second.',
    },
    async (db, _, cli) => {
      // Dead channels first, or their messages would stay in the outbox.
      await retryChannels(db);
      const { emails, messages } = await retryAll(db, cli.clock());
      const more = messages === 0 ? '' : `, ${count(messages, 'message')} to channels`;
      cli.out(`Due now: ${count(emails, 'email')}${more}`);
    },
  ),
  databaseCommand(
    {
      name: 'outbox release',
      usage: '',
      summary: 'send the incident emails that the storm guard (mail.storm) holds back',
      help: 'All incident emails waiting now are sent; the next storm is held back again.',
    },
    async (db, _, cli) => {
      const releasedCount = await release(db, cli.clock());
      cli.out(`${count(releasedCount, 'incident email')} released`);
    },
  ),
  command(
    {
      name: 'mail test',
      usage: 'ADDRESS',
      summary: 'send a test email now, and show what is wrong if it fails',
      help: 'Sends directly to SMTP_URL (or writes to DATA_DIR/mail without it), not through the outbox.',
      lacking: 'Give the email address to send to.',
    },
    async ({ words: [typed] }, cli) => {
      const to = readAddress(typed);
      if (to === null)
        throw new Misuse(`"${typed}" is not an email address; write one like you@example.com.`);
      const site = await siteOf(cli);
      const from = cli.env.mailFrom ?? defaultSender(site);
      const mail = openMail(cli.env, () => from, SILENT);
      const text = `This is a test email from ${site.title} (${site.url}), sent by \`status mail test\`.\n`;
      const sent = await mail.send({
        to,
        form: { subject: `Test: ${site.title}`, text, html: `<p>${text.replace(/[<>&]/g, '')}</p>` },
        blanks: {},
        sentAt: cli.clock(),
        messageId: `<test.${cli.clock()}@${new URL(site.url).hostname}>`,
        references: null,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      mail.close();
      if (!sent.ok) throw new Refused(`The email was not sent: ${sent.error}`);
      for (const problem of unsentProblems(cli.env, site)) cli.err(printProblem(problem));
      cli.out(
        cli.env.smtpUrl ? `Sent to ${to}.` : `Written to ${cli.env.dataDir}/mail (no SMTP_URL is set).`,
      );
    },
  ),
];
