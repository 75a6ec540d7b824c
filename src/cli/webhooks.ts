// `webhooks log`: prints the last hundred webhooks and what each one did.
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import { iso } from '../core/model/time.ts';
import { loggedWebhooks } from '../store/incidents/webhooks-log.ts';
import { databaseCommand } from './shared/command.ts';

export const webhooksLog = databaseCommand(
  {
    name: 'webhooks log',
    usage: '[--json]',
    summary: 'list what monitors sent, and what the server did',
    help: 'The last hundred, newest first, without secrets and addresses. `--json` prints one object per line.',
  },
  async (db, { flags }, cli) => {
    const json = flags.has('json');
    const log = await loggedWebhooks(db);
    if (log.length === 0 && !json) cli.out('No webhooks received yet.');
    for (const webhook of log) cli.out(json ? JSON.stringify(webhook) : lines(webhook));
  },
);

function lines({ at, sender, status, action, incident, why, body }: LoggedWebhook): string {
  const done = [action, incident, why === null ? null : `(${why})`].filter(word => word !== null);
  return `${iso(at)}  ${sender}  ${status} ${done.join(' ')}\n    ${body}`;
}
