// `webhooks`: what matches no component. `webhooks log`: what came, what was done, newest first.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { webhooksHeld, webhooksLog } from '../../src/cli/webhooks.ts';
import { signal } from '../../src/core/inbound/signal.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { noteHeld } from '../../src/store/incidents/held-alerts.ts';
import { logWebhook } from '../../src/store/incidents/webhooks-log.ts';
import { openTerminal } from './terminal.ts';

it('tells what came and what was done about it', async () => {
  const terminal = await openTerminal();
  // Of another folder than the server's, "none has come" would be a lie.
  await expect(terminal.run(webhooksLog)).rejects.toThrow(
    /no database yet: .* — set DATA_DIR and STATUS_DIR/,
  );
  await expect(terminal.run(webhooksLog, '--json')).rejects.toThrow(/no database yet/);
  await mkdir(path.dirname(terminal.cli.env.databaseFile), { recursive: true });
  const db = openDatabase(terminal.cli.env.databaseFile);
  expect(await terminal.run(webhooksLog)).toMatchObject({ code: 0, out: 'No webhooks received yet.\n' });
  const first = { at: Date.UTC(2026, 2, 10), sender: 'uptimerobot', status: 200, body: '{"a":1}' };
  await logWebhook(db, { ...first, action: 'opened', incident: '20260310_api-down', why: null });
  await logWebhook(db, {
    ...first,
    status: 401,
    action: 'refused',
    incident: null,
    why: 'the token is wrong',
  });
  await db.destroy();
  const { out } = await terminal.run(webhooksLog);
  expect(out).toBe(
    [
      '2026-03-10T00:00:00Z  uptimerobot  401 refused (the token is wrong)',
      '    {"a":1}',
      '2026-03-10T00:00:00Z  uptimerobot  200 opened 20260310_api-down',
      '    {"a":1}',
      '',
    ].join('\n'),
  );
  const json = JSON.parse((await terminal.run(webhooksLog, '--json')).out) as { status: number }[];
  expect(json.map(({ status }) => status)).toEqual([401, 200]);
  await expect(terminal.run(webhooksLog, 'all')).rejects.toThrow(/"all"/);
});

it('lists what matches no component, with the line to write', async () => {
  const site = (more: string) => `${more}components:\n  - { id: api, name: API, match: ["Known"] }\n`;
  const terminal = await openTerminal(site(''));
  await mkdir(path.dirname(terminal.cli.env.databaseFile), { recursive: true });
  const db = openDatabase(terminal.cli.env.databaseFile);
  const NONE = 'No alert is held. `webhooks log` lists what came.\n';
  expect((await terminal.run(webhooksHeld)).out).toBe(NONE);
  const at = Date.UTC(2026, 2, 10);
  const hold = (sender: string, name: string, more: object, time: number) =>
    noteHeld(db, `${sender}:${name}`, { ...signal('down', { name, ...more }), sender }, time);
  await hold('grafana', 'Disk "almost" full', {}, at);
  await hold('grafana', 'Disk "almost" full', {}, at + 60_000);
  await hold('pagerduty', 'A bump', { also: ['API Service'] }, at + 1000);
  await hold('datadog', 'CPU', { component: 'worker', also: ['x'] }, at);
  // A component matches it by now, and an uptime monitor's is published.
  await hold('grafana', 'known', {}, at);
  await hold('pingdom', 'Shop', {}, at);
  await db.destroy();
  expect((await terminal.run(webhooksHeld)).out).toBe(
    [
      '2026-03-10T00:01:00Z  grafana  held 2 times: Disk "almost" full',
      '    match: ["Disk \\"almost\\" full"]',
      '2026-03-10T00:00:01Z  pagerduty  held once: A bump',
      '    match: ["API Service"]',
      '2026-03-10T00:00:00Z  datadog  held once: CPU',
      '    match: ["worker"]',
      '',
    ].join('\n'),
  );
  const json = JSON.parse((await terminal.run(webhooksHeld, '--json')).out) as { match: string }[];
  expect(json.map(({ match }) => match)).toContain('match: ["API Service"]');
  await terminal.write('status.yaml', site('inbound: { unmatched: publish }\n'));
  expect((await terminal.run(webhooksHeld)).out).toBe(NONE);
  // A variable of the server's environment is of no account here.
  await terminal.write('status.yaml', site('notify: { channels: [{ type: slack, url: "${SLACK_URL}" }] }\n'));
  expect((await terminal.run(webhooksHeld)).out).toContain('API Service');
});
