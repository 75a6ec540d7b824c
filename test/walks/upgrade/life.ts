// Fifty minutes of a server, in which something comes into every table of its database.
import { expect } from 'vitest';
import type { Peer } from '../notify/channel-peer.ts';
import { says } from '../notify/channel-peer.ts';
import { openWorld, SITE, subscribed, type World, type WorldOptions } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
export const AS_OPERATOR = { authorization: `Bearer ${TOKEN}` };
export const REPEATED = { ...AS_OPERATOR, 'idempotency-key': 'once-only' };
const BEGUN = '2026-03-10T12:00:00Z';
/** When it has lived. */
export const LIVED = '2026-03-10T12:46:04Z';
export const SIGN_IN = {
  title: 'Slow sign-in',
  status: 'investigating',
  severity: 'major',
  components: ['dashboard'],
  message: 'Signing in takes a minute.',
};

const site = (target: string) => `
reminders: { after: 20m, to: ops@levqor.ai }
notify:
  visitors: {}
  channels: [{ id: ops, type: slack, url: "https://hooks.slack.com/services/T0/B0/ops" }]
# There is no repository: what is to be committed stays listed.
content: { git: { remote: origin } }
${SITE(target).trim()}
metrics:
  - { id: orders, name: Orders, unit: orders/min }
  - { id: queue, name: Queue, from: { component: api, json: "$.depth" } }
`;

const MAINTENANCE = `---
title: Database maintenance
status: scheduled
components: [dashboard]
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
---
## Scheduled 2026-03-10 12:00 UTC
We move to a larger machine.
`;

/** A world with these settings; the chats it posts to are `peer`. */
export function openLife(peer: Peer, options: WorldOptions = {}): Promise<World> {
  const dial = (url: URL) => new URL(url.pathname, peer.url);
  return openWorld({ site, env: { API_TOKEN: TOKEN }, now: BEGUN, dial, ...options });
}

/** Lives until something of each kind has happened, and the news of the last minute waits. */
export async function live(world: World, peer: Peer): Promise<void> {
  const refuse = (code: number, who: string) => (address: string) =>
    address.startsWith(who) ? { code, text: 'no' } : null;
  await subscribed(world, 'ann@example.com', ['api']);
  await subscribed(world, 'bob@example.com', new URLSearchParams({ kinds: 'incidents', detail: 'ends' }));
  await subscribed(world, 'gone@example.com');
  const slack = new URLSearchParams({ url: 'https://hooks.slack.com/services/T0/B0/team' });
  await world.post('/status/subscribe', slack);
  await world.pass(1);
  const link = /https?:[^\s|>]+confirm[^\s|>]+/.exec(peer.got.at(-1)?.body ?? '')?.[0] ?? '';
  const token = new URL(link).searchParams.get('token') as string;
  expect((await world.post('/status/confirm', new URLSearchParams({ token }))).status).toBe(200);
  await world.get('/status/subscribe?email=asked@example.com');

  await world.write('20260312_database-maintenance.md', MAINTENANCE);
  expect((await world.post('/api/metrics/orders', { value: 12.5 }, AS_OPERATOR)).status).toBe(201);
  await world.post('/webhooks/heartbeat/jobs');
  // Refused for good, again and again: the address gets nothing any more.
  world.smtp.refuse = refuse(550, 'gone');
  expect((await world.post('/api/incidents', SIGN_IN, REPEATED)).status).toBe(201);
  await alert(world, 'Crash loop', 'api');
  await alert(world, 'Strange', 'of nobody');
  // The check of API fails for a while, and its response has no number for the queue.
  world.service.status = 500;
  await world.pass(10 * 60, 60);
  world.service.status = 200;
  await world.pass(35 * 60, 60);
  // The news of the last minute finds neither a mail server nor a chat.
  world.smtp.refuse = refuse(450, 'bob');
  peer.answer = says(503);
  const end = { status: 'resolved', message: 'Fast again.' };
  expect((await world.post('/api/incidents/20260310_slow-sign-in/updates', end, AS_OPERATOR)).status).toBe(
    201,
  );
  await world.pass(60, 1);
}

/** Alertmanager reports an alert; with `endsAt` it is over. */
export function alert(world: World, alertname: string, component: string, endsAt?: string) {
  const one = {
    status: endsAt ? 'resolved' : 'firing',
    labels: { alertname, component, severity: 'critical' },
    annotations: { summary: `${alertname} fires` },
    startsAt: BEGUN,
    endsAt: endsAt ?? '0001-01-01T00:00:00Z',
    fingerprint: `f-${alertname}`,
  };
  const body = { version: '4', groupKey: '{}', status: one.status, alerts: [one] };
  return world.post('/webhooks/alertmanager?token=the-webhook-token-of-this-test', body);
}
