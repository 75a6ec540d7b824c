// `webhook-url` and `heartbeat-url ID`: the addresses that monitors and jobs call.
import { nearest } from '../core/problem.ts';
import { deriveSecret } from '../core/token.ts';
import { heartbeatToken } from '../work/beats.ts';
import { type Command, Misuse, Refused, secretOf, siteOf } from './command.ts';

export const addresses: readonly Command[] = [
  {
    name: 'webhook-url',
    usage: '[SENDER]',
    summary: 'the address UptimeRobot and other monitors post to',
    help: 'SENDER is uptime (UptimeRobot, the default), alertmanager, grafana, pingdom, betterstack,\nuptime-kuma, healthchecks, sns, generic, or a name of `webhooks:` in status.yaml. The address holds the token: treat it as a password.',
    async run([sender = 'uptime'], cli) {
      const token = cli.env.webhookToken ?? deriveSecret(await secretOf(cli), 'webhook');
      cli.out(`${(await siteOf(cli)).url}/webhooks/${sender}?token=${token}`);
      return 0;
    },
  },
  {
    name: 'heartbeat-url',
    usage: 'ID',
    summary: 'the address a job calls to say it is alive',
    help: 'ID is a component with `check: { type: heartbeat }`. The job calls it with GET or POST each period;\n`?status=down&msg=…` says that it failed.',
    async run([id], cli) {
      if (!id) throw new Misuse('Name the component.');
      const site = await siteOf(cli);
      const listening = site.components.filter(({ check }) => check.type === 'heartbeat');
      const component = listening.find(one => one.id === id);
      if (!component) {
        const ids = listening.map(one => one.id);
        const near = nearest(id, ids);
        const hint = near ? `did you mean ${near}?` : `there are: ${ids.join(', ') || 'none'}`;
        throw new Refused(`No component "${id}" waits for a heartbeat — ${hint}`);
      }
      cli.out(`${site.url}/heartbeats/${heartbeatToken(component, await secretOf(cli))}`);
      return 0;
    },
  },
];
