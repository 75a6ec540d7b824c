// `webhooks log`: the last hundred webhooks, and what was done about each.
import { parseArgs } from 'node:util';
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import { iso } from '../core/model/time.ts';
import { loggedWebhooks } from '../store/incidents/webhooks-log.ts';
import { type Command, nothingElse, withDatabase } from './shared/command.ts';

export const webhooksLog: Command = {
  name: 'webhooks log',
  usage: '[--json]',
  summary: 'what monitors sent lately, and what was done about it',
  help: 'The last hundred, newest first, secrets and addresses hidden. `--json` prints one object a line.',
  async run(args, cli) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    nothingElse(positionals);
    return withDatabase(cli, async db => {
      const log = await loggedWebhooks(db);
      if (log.length === 0 && !values.json) cli.out('No webhook has come yet.');
      for (const webhook of log) cli.out(values.json ? JSON.stringify(webhook) : lines(webhook));
      return 0;
    });
  },
};

function lines({ at, sender, status, action, incident, why, body }: LoggedWebhook): string {
  const done = [action, incident, why === null ? null : `(${why})`].filter(word => word !== null);
  return `${iso(at)}  ${sender}  ${status} ${done.join(' ')}\n    ${body}`;
}
