// `webhook-url` and `heartbeat-url ID`: the addresses that monitors and jobs call.
import { SENDERS, webhookUrl } from '../core/inbound/senders.ts';
import type { Site } from '../core/model/site.ts';
import { deriveSecret } from '../core/model/token.ts';
import { heartbeatToken } from '../work/monitoring/heartbeats.ts';
import { type Command, command, hint, Refused, serverSecret } from './shared/command.ts';
import { componentLike, oneComponent } from './shared/components.ts';
import { readableSite } from './shared/readable-site.ts';

export const addresses: readonly Command[] = [
  command(
    {
      name: 'webhook-url',
      usage: '[SENDER]',
      summary: 'the address UptimeRobot and other monitors post to',
      help: `SENDER is uptime (UptimeRobot, the default), ${wrapped(Object.keys(SENDERS).slice(1))},\nor a name of \`webhooks:\` in status.yaml. The address contains the token: treat it as a password. UptimeRobot's ends in\n"&", because UptimeRobot appends its variables to it.`,
    },
    async ({ words: [sender = 'uptime'] }, cli) => {
      const { site } = await readableSite(cli);
      const known = sendersOf(site);
      if (!known.includes(sender))
        throw new Refused(`There is no webhook "${sender}" — ${hint(sender, known)}`);
      const token = cli.env.webhookToken ?? deriveSecret(await serverSecret(cli), 'webhook');
      cli.out(webhookUrl(site.url, sender, token));
    },
  ),
  command(
    {
      name: 'heartbeat-url',
      usage: '[ID]',
      summary: 'the address a job calls to say it is alive',
      help: 'ID is the id or name of a component with `check: { type: heartbeat, period: 24h, grace: 1h }`. The job calls it with GET\nor POST each period (5m, with a grace of 1m, when the check says nothing); `?status=down&msg=…` says that it failed.',
      example: 'background-jobs',
    },
    async (typed, cli) => {
      const { site, unsetIn } = await readableSite(cli);
      const listening = site.components.filter(({ check }) => check.type === 'heartbeat');
      if (listening.length > 1 && !cli.interactive) typed.require({ ID: typed.words[0] });
      const other = typed.words[0] && componentLike(typed.words[0], site.components);
      if (other && other.check.type !== 'heartbeat') {
        const ids = listening.map(({ id }) => id).join(', ') || 'none';
        throw new Refused(
          `"${other.id}" has a check of type ${other.check.type}, not heartbeat — heartbeats: ${ids}; or give it \`check: { type: heartbeat, period: 24h }\`, with how often the job reports, in status.yaml`,
        );
      }
      if (listening.length === 0)
        throw new Refused(
          'No component has a heartbeat — give one `check: { type: heartbeat, period: 24h }`, with how often the job reports, in status.yaml',
        );
      const component = await oneComponent(typed.words[0], listening, 'heartbeat component', cli);
      const { id } = component;
      const [unset] = unsetIn(id);
      if (unset) throw new Refused(`The check of "${id}" uses ${unset}, which is not set here — set it`);
      const own = component.check.type === 'heartbeat' && component.check.token;
      const token = heartbeatToken(component, own || (await serverSecret(cli)));
      cli.out(`${site.url}/heartbeats/${token}`);
    },
  ),
];

/** The last parts of the addresses under `/webhooks/`. */
function sendersOf({ webhooks, git }: Site): string[] {
  return ['uptime', ...Object.keys(SENDERS), ...Object.keys(webhooks), ...(git ? ['git'] : [])];
}

/** A list in lines of a terminal's width. */
function wrapped(words: readonly string[]): string {
  return words
    .join(', ')
    .replace(/(.{1,90})(, |$)/g, (_, line: string, rest) => (rest === '' ? line : `${line},\n`));
}
