// The inbound monitors we understand, by the last word of their webhook's path.
import { alertmanager, grafana } from './alertmanager.ts';
import { betterstack } from './betterstack.ts';
import { generic } from './generic.ts';
import { healthchecks } from './healthchecks.ts';
import { pingdom } from './pingdom.ts';
import type { Reader } from './signal.ts';
import { sns } from './sns.ts';
import { uptimeKuma } from './uptime-kuma.ts';
import { uptimerobot } from './uptimerobot.ts';

/**
 * `/webhooks/uptime` reads `uptimerobot`; every other path is the sender's own name here. Without a
 * prototype: `INBOUND['constructor']` is undefined, as a path from outside should find it.
 */
export const INBOUND: Readonly<Record<string, Reader>> = Object.assign(Object.create(null), {
  uptimerobot,
  alertmanager,
  grafana,
  pingdom,
  betterstack,
  'uptime-kuma': uptimeKuma,
  healthchecks,
  generic,
  sns,
});
