// `webhooks`: alerts that match no component. `webhooks log`: the last hundred webhooks and what each one did.
import { type HeldAlert, matchLine, stillHeld } from '../core/inbound/held.ts';
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import { iso } from '../core/model/time.ts';
import { heldAlerts } from '../store/incidents/held-alerts.ts';
import { loggedWebhooks } from '../store/incidents/webhooks-log.ts';
import { databaseCommand } from './shared/command.ts';
import { readableSite } from './shared/readable-site.ts';

export const webhooksHeld = databaseCommand(
  {
    name: 'webhooks',
    usage: '[--json]',
    summary: 'list alerts that match no component, with the `match:` line to write',
    help: 'Alerts of the last 30 days that were held and not published, newest first. Write the line in their component in\nstatus.yaml, or `inbound: { unmatched: publish }` to publish all such alerts. `--json` prints an array.',
  },
  async (db, { flags }, cli) => {
    const { site } = await readableSite(cli);
    const held = stillHeld(await heldAlerts(db, 0), site);
    if (flags.has('json'))
      cli.out(
        JSON.stringify(
          held.map(one => ({ ...one, match: matchLine(one) })),
          null,
          2,
        ),
      );
    else if (held.length === 0) cli.out('No alert is held. `webhooks log` lists what came.');
    else for (const one of held) cli.out(heldLines(one));
  },
);

function heldLines(one: HeldAlert): string {
  const often = one.times === 1 ? 'once' : `${one.times} times`;
  return `${iso(one.lastAt)}  ${one.sender}  held ${often}: ${one.name}\n    ${matchLine(one)}`;
}

export const webhooksLog = databaseCommand(
  {
    name: 'webhooks log',
    usage: '[--json]',
    summary: 'list what monitors sent, and what the server did',
    help: 'The last hundred, newest first, without secrets and addresses. `--json` prints an array.',
  },
  async (db, { flags }, cli) => {
    const log = await loggedWebhooks(db);
    if (flags.has('json')) cli.out(JSON.stringify(log, null, 2));
    else if (log.length === 0) cli.out('No webhooks received yet.');
    else for (const webhook of log) cli.out(lines(webhook));
  },
);

function lines({ at, sender, status, action, incident, why, body }: LoggedWebhook): string {
  const done = [action, incident, why === null ? null : `(${why})`].filter(word => word !== null);
  return `${iso(at)}  ${sender}  ${status} ${done.join(' ')}\n    ${body}`;
}
