// The supported senders, by the last word of their webhook's path.
import { alertmanager, grafana } from './senders/alertmanager.ts';
import { betterstack } from './senders/betterstack.ts';
import { generic } from './senders/generic.ts';
import { healthchecks } from './senders/healthchecks.ts';
import { pingdom } from './senders/pingdom.ts';
import { sns } from './senders/sns.ts';
import { uptimeKuma } from './senders/uptime-kuma.ts';
import { uptimerobot } from './senders/uptimerobot.ts';
import { fromSender, type SenderResult, type WebhookReader } from './signal.ts';

/** `/webhooks/uptime` is `uptimerobot`; the other paths are the names here. `called`: its name in published texts. */
const KNOWN: Readonly<Record<string, { readonly called: string; read(input: unknown): SenderResult }>> = {
  uptimerobot: { called: 'UptimeRobot', read: uptimerobot },
  alertmanager: { called: 'Alertmanager', read: alertmanager },
  grafana: { called: 'Grafana', read: grafana },
  pingdom: { called: 'Pingdom', read: pingdom },
  betterstack: { called: 'Better Stack', read: betterstack },
  'uptime-kuma': { called: 'Uptime Kuma', read: uptimeKuma },
  healthchecks: { called: 'Healthchecks', read: healthchecks },
  generic: { called: 'a monitor', read: generic },
  sns: { called: 'CloudWatch', read: sns },
};

/** Without a prototype: `SENDERS['constructor']` must be undefined, as the name comes from outside. */
export const SENDERS: Readonly<Record<string, WebhookReader>> = Object.assign(
  Object.create(null),
  Object.fromEntries(Object.entries(KNOWN).map(([name, { read }]) => [name, fromSender(name, read)])),
);

/** What published texts call a sender; one mapped in status.yaml is "a monitor". */
export function calledOf(sender: string): string {
  return (Object.hasOwn(KNOWN, sender) ? KNOWN[sender]?.called : undefined) ?? 'a monitor';
}
