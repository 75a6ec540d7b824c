// The addresses for monitors and jobs: with the token the server takes, or none at all.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addresses } from '../../src/cli/addresses.ts';
import { keptSecret } from '../../src/config/secret.ts';
import { SENDERS } from '../../src/core/inbound/senders.ts';
import { deriveSecret } from '../../src/core/model/token.ts';
import { openTerminal } from './terminal.ts';

const [webhook, heartbeat] = addresses;
const OWN = `webhooks:
  nagios: { monitor: "$.host", status: "$.state" }
components:
  - { id: jobs, name: Jobs, check: { type: heartbeat, period: 5m, grace: 1m, token: "\${JOBS_TOKEN}" } }
`;

test('they hold the tokens the server takes', async () => {
  const terminal = await openTerminal();
  expect((await terminal.run(webhook)).out).toMatch(
    /^https:\/\/status\.levqor\.ai\/webhooks\/uptime\?token=[\w-]{20,}&\n$/,
  );
  expect((await terminal.run(heartbeat, 'jobs')).out).toMatch(/\/heartbeats\/[\w-]{20,}\n$/);
  await expect(terminal.run(heartbeat, 'job')).rejects.toThrow('did you mean jobs?');
});

test('without a heartbeat, heartbeat-url says how to make one', async () => {
  const terminal = await openTerminal('components:\n  - { id: api, name: API, check: { type: manual } }\n');
  await expect(terminal.run(heartbeat)).rejects.toThrow(
    /^No component has a heartbeat — give one `check: \{ type: heartbeat, period: 24h \}`, with how often the job reports, in status\.yaml$/,
  );
});

describe('the secret', () => {
  test('is never made in a folder nobody named: a token of another secret opens nothing', async () => {
    const terminal = await openTerminal(undefined, { SECRET: undefined });
    const { dataDir } = terminal.cli.env;
    for (const run of [() => terminal.run(webhook), () => terminal.run(heartbeat, 'jobs')]) {
      await expect(run()).rejects.toThrow(
        `No server has run with DATA_DIR=${dataDir}, so there is no secret yet — set DATA_DIR and STATUS_DIR to the server’s values, or start the server once`,
      );
    }
    expect(existsSync(dataDir)).toBe(false);
    await mkdir(dataDir);
    await writeFile(path.join(dataDir, 'secret'), 'half');
    await expect(terminal.run(webhook)).rejects.toThrow('no secret yet');
    expect((await stat(path.join(dataDir, 'secret'))).size).toBe(4);
  });

  test('is made where the folder of a server yet to run is named', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'status-live-data-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const named = path.join(dir, 'data');
    const terminal = await openTerminal(undefined, { SECRET: undefined, DATA_DIR: named });
    const { out, err } = await terminal.run(webhook);
    expect(err).toBe(`No server has run with DATA_DIR=${named} yet: its secret is created now.\n`);
    const made = await keptSecret(named);
    expect(out).toContain(`?token=${deriveSecret(made.value!, 'webhook')}&\n`);
    expect((await terminal.run(webhook)).err).toBe('');
  });

  test('is the one the server made', async () => {
    const terminal = await openTerminal(undefined, { SECRET: undefined });
    await mkdir(terminal.cli.env.dataDir, { recursive: true });
    const made = await keptSecret(terminal.cli.env.dataDir);
    const token = deriveSecret(made.value!, 'webhook');
    expect((await terminal.run(webhook)).out).toContain(`?token=${token}&\n`);
  });

  test('is not needed where the token is given', async () => {
    const given = { SECRET: undefined, WEBHOOK_TOKEN: 'sixteen-characters', JOBS_TOKEN: 'of-the-jobs' };
    const terminal = await openTerminal(OWN, given);
    expect((await terminal.run(webhook)).out).toContain('?token=sixteen-characters&\n');
    // By its id or name; and the only one there is needs neither.
    for (const typed of [['jobs'], ['jObs'], []])
      expect((await terminal.run(heartbeat, ...typed)).out).toContain('/heartbeats/of-the-jobs\n');
    expect(existsSync(terminal.cli.env.dataDir)).toBe(false);
  });

  test('a token made of a variable that is not set here is not guessed', async () => {
    const terminal = await openTerminal(OWN);
    await expect(terminal.run(heartbeat, 'jobs')).rejects.toThrow('JOBS_TOKEN, which is not set here');
  });
});

test('a sender the server does not answer gets no address', async () => {
  const terminal = await openTerminal(OWN);
  expect((await terminal.run(webhook, 'nagios')).out).toContain('/webhooks/nagios?token=');
  // Only UptimeRobot appends to the address.
  expect((await terminal.run(webhook, 'sns')).out).toMatch(/\/webhooks\/sns\?token=[\w-]+\n$/);
  expect((await terminal.run(webhook, 'uptimerobot')).out).toMatch(/&\n$/);
  for (const sender of Object.keys(SENDERS))
    expect(webhook!.help).toContain(sender === 'uptimerobot' ? 'uptime' : sender);
  await expect(terminal.run(webhook, 'nagois')).rejects.toThrow('did you mean nagios?');
  await expect(terminal.run(webhook, 'bogus')).rejects.toThrow(
    /^There is no webhook "bogus" — available: uptime, .*alertmanager.*, nagios$/,
  );
  await expect(terminal.run(webhook, 'git')).rejects.toThrow('no webhook "git"');
  await expect(terminal.run(webhook, 'sns', 'x')).rejects.toThrow('Unknown argument "x"');
});
