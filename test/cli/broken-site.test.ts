// With a mistake in status.yaml, or a variable that is not set here, there is still something to report.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { addresses } from '../../src/cli/addresses.ts';
import { check } from '../../src/cli/check.ts';
import { incident } from '../../src/cli/incident.ts';
import { maintenance } from '../../src/cli/maintenance.ts';
import { openTerminal } from './terminal.ts';

const [create, update, resolve] = incident;
const [announce] = maintenance;
const [webhook] = addresses;
const NEW = ['--title', 'API slow', '--severity', 'minor', '--message', 'It takes a minute.', '--yes'];
const ID = '20261123_api-slow';
const MISTAKE = `group_within: 60
components:
  - { id: api, name: API, check: { type: manual } }
  - { id: db, name: Database, check: { type: databse } }
`;
const UNSET = `notify: { channels: [{ type: slack, url: "\${SLACK_URL}" }] }
components:
  - { id: api, name: API, check: { type: manual } }
  - { id: web, name: Web, check: { type: http, url: "https://\${WEB_HOST}/" } }
`;

test('a mistake is a warning, and the rest is used', async () => {
  const terminal = await openTerminal(MISTAKE);
  const { code, err, out } = await terminal.run(create, ...NEW);
  expect(code).toBe(0);
  expect(err).toMatch(
    /status\.yaml:1: `group_within`.*\(warning: the rest is used\)\n.*status\.yaml:4: .*database/,
  );
  expect(out).toContain(`Written. https://status.levqor.ai/status/incidents/${ID}`);
  await expect(terminal.run(create, ...NEW, '--components', 'apu')).rejects.toThrow('Nothing was written');
  expect((await terminal.run(update, ID, '--message', 'x', '--yes')).code).toBe(0);
  expect((await terminal.run(webhook)).err).toContain('group_within');
  const looked = await terminal.run(check, 'api');
  expect([looked.code, looked.err]).toEqual([0, expect.stringContaining('group_within')]);
  const planned = ['--title', 'x', '--start', '1h', '--end', '1h', '--message', 'x', '--yes'];
  expect((await terminal.run(announce, ...planned)).code).toBe(0);
});

test('a variable counts only where it is needed', async () => {
  const terminal = await openTerminal(UNSET);
  expect(await terminal.run(create, ...NEW)).toMatchObject({ code: 0, err: '' });
  expect(await terminal.run(webhook)).toMatchObject({ code: 0, err: '' });
  expect(await terminal.run(check, 'api')).toMatchObject({ code: 0, err: '' });
  expect(await terminal.run(check, 'web')).toMatchObject({
    code: 1,
    out: 'web  not checked: WEB_HOST is not set here\n',
  });
});

test.each([
  ['is no YAML', 'components: [\n'],
  ['has no component', 'title: x\ncomponents: []\n'],
  ['is not there', null],
])('status.yaml %s: what names its components is written all the same', async (_, text) => {
  const terminal = await openTerminal(text ?? '');
  if (text === null) await rm(`${terminal.cli.env.statusDir}/status.yaml`);
  await expect(terminal.run(create, ...NEW)).rejects.toThrow('status.yaml');
  const { code, err, out } = await terminal.run(create, ...NEW, '--components', 'api');
  expect([code, err]).toEqual([0, expect.stringContaining('(warning: ')]);
  expect(out).toContain(`Written. https://status.levqor.ai/status/incidents/${ID}`);
  expect((await terminal.run(resolve, ID, '--message', 'x', '--yes')).code).toBe(0);
  for (const command of [webhook, check]) await expect(terminal.run(command)).rejects.toThrow('status.yaml');
});

test('in a folder that is no page, nothing is written, whatever is named', async () => {
  const terminal = await openTerminal();
  await rm(terminal.cli.env.statusDir, { recursive: true });
  const tried = terminal.run(create, ...NEW, '--components', 'api');
  await expect(tried).rejects.toThrow(/status\.yaml: there is no such file — set DATA_DIR and STATUS_DIR/);
  expect(existsSync(terminal.cli.env.statusDir)).toBe(false);
});

test('an address made of a variable that is not set here is said to be a guess', async () => {
  const site = 'url: "https://${PAGE_HOST}"\ncomponents:\n  - { id: api, name: API }\n';
  const terminal = await openTerminal(site, { PUBLIC_URL: undefined });
  const { out, err } = await terminal.run(webhook);
  expect(out).toMatch(/^http:\/\/localhost:3000\/webhooks\/uptime/);
  expect(err).toContain('uses a variable that is not set here');
});
