// The supported outside monitors, by the last word of their webhook's path.
import { alertmanager, grafana } from './senders/alertmanager.ts';
import { betterstack } from './senders/betterstack.ts';
import { generic } from './senders/generic.ts';
import { healthchecks } from './senders/healthchecks.ts';
import { pingdom } from './senders/pingdom.ts';
import { sns } from './senders/sns.ts';
import { uptimeKuma } from './senders/uptime-kuma.ts';
import { uptimerobot } from './senders/uptimerobot.ts';
import { fromProvider, type WebhookReader } from './signal.ts';

/** `/webhooks/uptime` is `uptimerobot`; the other paths are the names here. */
const SENDERS = {
  uptimerobot,
  alertmanager,
  grafana,
  pingdom,
  betterstack,
  'uptime-kuma': uptimeKuma,
  healthchecks,
  generic,
  sns,
};

/** Without a prototype: `INBOUND['constructor']` must be undefined, as the name comes from outside. */
export const INBOUND: Readonly<Record<string, WebhookReader>> = Object.assign(
  Object.create(null),
  Object.fromEntries(Object.entries(SENDERS).map(([name, read]) => [name, fromProvider(name, read)])),
);
