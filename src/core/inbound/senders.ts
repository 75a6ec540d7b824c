// The supported senders, by the last word of their webhook's path.
import type { InboundSettings } from '../model/site.ts';
import { A_MONITOR } from '../text/machine-texts.ts';
import { alertmanager, grafana } from './senders/alerts/alertmanager.ts';
import { azureMonitor } from './senders/alerts/azure-monitor.ts';
import { datadog } from './senders/alerts/datadog.ts';
import { gcp } from './senders/alerts/gcp.ts';
import { newrelic } from './senders/alerts/newrelic.ts';
import { opsgenie } from './senders/alerts/opsgenie.ts';
import { pagerduty } from './senders/alerts/pagerduty.ts';
import { sns } from './senders/alerts/sns.ts';
import { zabbix } from './senders/alerts/zabbix.ts';
import { generic } from './senders/generic.ts';
import { betterstack } from './senders/uptime/betterstack.ts';
import { checkly } from './senders/uptime/checkly.ts';
import { cronitor } from './senders/uptime/cronitor.ts';
import { healthchecks } from './senders/uptime/healthchecks.ts';
import { hetrixtools } from './senders/uptime/hetrixtools.ts';
import { pingdom } from './senders/uptime/pingdom.ts';
import { site24x7 } from './senders/uptime/site24x7.ts';
import { statuscake } from './senders/uptime/statuscake.ts';
import { uptimeKuma } from './senders/uptime/uptime-kuma.ts';
import { uptimerobot } from './senders/uptime/uptimerobot.ts';
import { fromSender, type SenderResult, type WebhookReader } from './signal.ts';

interface Sender {
  /** Its name in published texts. */
  readonly called: string;
  read(input: unknown): SenderResult;
}

/** Monitors of what visitors use: what matches no component is published. `uptimerobot` is at `/webhooks/uptime`. */
const UPTIME: Readonly<Record<string, Sender>> = {
  uptimerobot: { called: 'UptimeRobot', read: uptimerobot },
  pingdom: { called: 'Pingdom', read: pingdom },
  betterstack: { called: 'Better Stack', read: betterstack },
  'uptime-kuma': { called: 'Uptime Kuma', read: uptimeKuma },
  healthchecks: { called: 'Healthchecks', read: healthchecks },
  statuscake: { called: 'StatusCake', read: statuscake },
  checkly: { called: 'Checkly', read: checkly },
  site24x7: { called: 'Site24x7', read: site24x7 },
  hetrixtools: { called: 'HetrixTools', read: hetrixtools },
  cronitor: { called: 'Cronitor', read: cronitor },
};

/** Senders of alerts about internal things too, written for the people on call. */
const ALERTS: Readonly<Record<string, Sender>> = {
  alertmanager: { called: 'Alertmanager', read: alertmanager },
  grafana: { called: 'Grafana', read: grafana },
  sns: { called: 'CloudWatch', read: sns },
  pagerduty: { called: 'PagerDuty', read: pagerduty },
  opsgenie: { called: 'Opsgenie', read: opsgenie },
  datadog: { called: 'Datadog', read: datadog },
  newrelic: { called: 'New Relic', read: newrelic },
  'azure-monitor': { called: 'Azure Monitor', read: azureMonitor },
  gcp: { called: 'Google Cloud', read: gcp },
  zabbix: { called: 'Zabbix', read: zabbix },
};

const KNOWN: Readonly<Record<string, Sender>> = {
  ...UPTIME,
  ...ALERTS,
  generic: { called: A_MONITOR, read: generic },
};

/** Without a prototype: `SENDERS['constructor']` must be undefined, as the name comes from outside. */
export const SENDERS: Readonly<Record<string, WebhookReader>> = Object.assign(
  Object.create(null),
  Object.fromEntries(Object.entries(KNOWN).map(([name, { read }]) => [name, fromSender(name, read)])),
);

/** Returns a sender's name in published texts; one mapped in status.yaml is "a monitor". */
export function calledOf(sender: string): string {
  return (Object.hasOwn(KNOWN, sender) ? KNOWN[sender]?.called : undefined) ?? A_MONITOR;
}

/** Whether a sender's reports that match no component are held, not published. */
export function isHeldUnmatched(sender: string, { unmatched }: InboundSettings): boolean {
  return unmatched === 'hold' && !Object.hasOwn(UPTIME, sender);
}

/** Whether the text of a sender's reports is published, beside its title and what it says of the state. */
export function isTextPublished(sender: string, { text }: InboundSettings): boolean {
  return text === 'publish' || !Object.hasOwn(ALERTS, sender);
}

/**
 * The address of a webhook. UptimeRobot appends its variables to it as it stands, so its address ends where a
 * parameter may begin.
 */
export function webhookUrl(site: string, sender: string, token: string): string {
  return `${site}/webhooks/${sender}?token=${token}${sender === 'uptime' || sender === 'uptimerobot' ? '&' : ''}`;
}
