// `webhooks log`: prints the last hundred webhooks and what each one did.
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import { iso } from '../core/model/time.ts';
import { loggedWebhooks } from '../store/incidents/webhooks-log.ts';
import { databaseCommand } from './shared/command.ts';

export const webhooksLog = databaseCommand(
  {
    name: 'webhooks log',
    usage: '[--json]',
    summary: 'what monitors sent lately, and what was done about it',
    help: 'The last hundred, newest first, secrets and addresses hidden. `--json` prints one object a line.',
  },
  async (db, { flags }, cli) => {
    const json = flags.has('json');
    const log = await loggedWebhooks(db);
    if (log.length === 0 && !json) cli.out('No webhook has come yet.');
    for (const webhook of log) cli.out(json ? JSON.stringify(webhook) : lines(webhook));
  },
);

function lines({ at, sender, status, action, incident, why, body }: LoggedWebhook): string {
  const done = [action, incident, why === null ? null : `(${why})`].filter(word => word !== null);
  return `${iso(at)}  ${sender}  ${status} ${done.join(' ')}\n    ${body}`;
}
