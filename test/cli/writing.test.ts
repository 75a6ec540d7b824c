// The writing commands: what stands in the file afterwards, what is refused, and what is said before.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { addresses } from '../../src/cli/addresses.ts';
import type { Command } from '../../src/cli/command.ts';
import { incident } from '../../src/cli/incident.ts';
import { maintenance } from '../../src/cli/maintenance.ts';
import { schema } from '../../src/cli/schema.ts';
import { parseIncident } from '../../src/core/incident-file.ts';
import { iso } from '../../src/core/time.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const [create, update, resolve, list] = incident as [Command, Command, Command, Command];
const [announce] = maintenance as [Command];
const NEW = [
  '--title',
  'Login: fails',
  '--severity',
  'critical',
  '--components',
  'api,database',
  '--message',
  'Nobody can log in.',
];
const ID = '20261123_login-fails';

async function read({ dir }: Terminal, id = ID) {
  const text = await readFile(path.join(dir, 'status', 'incidents', `${id}.md`), 'utf8');
  return parseIncident(id, id, text).value!;
}

describe('incident', () => {
  test('new, update, resolve', async () => {
    const terminal = await openTerminal();
    const made = await terminal.run(create, ...NEW, '--next-update', '30m', '--yes');
    expect(made.out).toContain(`Written. https://status.levqor.ai/status/incidents/${ID}`);
    expect(await read(terminal)).toMatchObject({
      title: 'Login: fails',
      severity: 'critical',
      openedBy: null,
      components: [{ id: 'api' }, { id: 'database' }],
    });
    expect(iso((await read(terminal)).updates[0]?.promised ?? 0)).toBe('2026-11-23T10:36:00Z');
    await terminal.run(
      update,
      ID,
      '--status',
      'identified',
      '--severity',
      'minor',
      '--message',
      'Found.',
      '--at',
      '2026-11-23T10:20:00Z',
      '--yes',
    );
    const ended = await terminal.run(resolve, ID, '--message', 'Mended.', '--at', '30m', '--yes');
    expect(ended.out).toContain('+ ## Resolved 2026-11-23 10:36:00 UTC\n+ Mended.');
    const done = await read(terminal);
    expect(done).toMatchObject({ status: 'resolved', severity: 'critical' });
    expect(done.updates.map(({ status, change }) => [status, change?.severity])).toEqual([
      ['investigating', undefined],
      ['identified', 'minor'],
      ['resolved', undefined],
    ]);
    expect((await terminal.run(list)).out).toBe('Nothing is open or to come.\n');
    expect(JSON.parse((await terminal.run(list, '--all', '--format', 'json')).out)).toMatchObject([
      { id: ID, state: 'resolved' },
    ]);
  });

  test('one that is over already is written whole', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--status', 'resolved', '--started', '2026-11-23T09:00:00Z', '--yes');
    expect(await read(terminal)).toMatchObject({
      status: 'resolved',
      updates: [{ body: '' }, { status: 'resolved', body: 'Nobody can log in.' }],
    });
  });

  test('nothing is written without a yes, with a stranger’s component, or a bad word', async () => {
    const terminal = await openTerminal();
    await expect(terminal.run(create, ...NEW)).rejects.toThrow('--yes');
    await expect(terminal.run(create, ...NEW.with(5, 'apo'), '--yes')).rejects.toThrow('Nothing was written');
    await expect(terminal.run(create, ...NEW.with(3, 'bad'), '--yes')).rejects.toThrow('--severity');
    await expect(terminal.run(create, '--title', 'x', '--yes')).rejects.toThrow('--severity is missing');
    await expect(terminal.run(create, ...NEW, '--nonsense')).rejects.toThrow('nonsense');
    await expect(terminal.run(update, 'gone', '--message', 'x', '--yes')).rejects.toThrow(
      'There is no incident "gone"',
    );
    expect(await readdir(path.join(terminal.dir, 'status', 'incidents'))).toEqual([]);
  });

  test('the same title of the same day is numbered', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--yes');
    await terminal.run(create, ...NEW, '--yes');
    expect((await readdir(path.join(terminal.dir, 'status', 'incidents'))).sort()).toEqual([
      `${ID}-2.md`,
      `${ID}.md`,
    ]);
  });

  test('from a template, options winning', async () => {
    const terminal = await openTerminal();
    await terminal.write(
      'templates/outage.md',
      '---\ntitle: Everything is down\nseverity: critical\ncomponents: [api]\n---\nWe are looking into it.\n',
    );
    await terminal.run(create, '--template', 'outage', '--severity', 'major', '--yes');
    expect(await read(terminal, '20261123_everything-is-down')).toMatchObject({
      severity: 'major',
      components: [{ id: 'api' }],
      updates: [{ body: 'We are looking into it.' }],
    });
  });

  test('--edit opens $EDITOR without a shell, and what it saves is written', async () => {
    const terminal = await openTerminal();
    const script = path.join(terminal.dir, 'my editor.mjs');
    await writeFile(
      script,
      'import fs from "node:fs"; const f = process.argv[2]; fs.writeFileSync(f, fs.readFileSync(f, "utf8").replace("Nobody", "$(touch x) No one"));',
    );
    const link = path.join(terminal.dir, 'editor.mjs');
    await writeFile(link, await readFile(script));
    const cli = {
      ...terminal.cli,
      env: { ...terminal.cli.env, variables: { EDITOR: `${process.execPath} ${link}` } },
    };
    expect(await create.run([...NEW, '--edit', '--yes'], cli)).toBe(0);
    expect((await read(terminal)).updates[0]?.body).toBe('$(touch x) No one can log in.');
    const failing = { ...cli, env: { ...cli.env, variables: { EDITOR: 'false' } } };
    await expect(create.run([...NEW, '--edit', '--yes'], failing)).rejects.toThrow('nothing was written');
  });
});

test('maintenance new, repeating', async () => {
  const terminal = await openTerminal();
  await terminal.run(
    announce,
    '--title',
    'Database work',
    '--start',
    '2026-11-29T02:00:00Z',
    '--end',
    '90m',
    '--components',
    'database',
    '--message',
    'Brief pauses.',
    '--rrule',
    'FREQ=WEEKLY;BYDAY=SU',
    '--yes',
  );
  const made = await read(terminal, '20261123_database-work');
  expect(made).toMatchObject({
    status: 'scheduled',
    rrule: 'FREQ=WEEKLY;BYDAY=SU',
    updates: [{ body: 'Brief pauses.' }],
  });
  expect(iso(made.scheduled?.end ?? 0)).toBe('2026-11-29T03:30:00Z');
  expect((await terminal.run(list)).out).toContain('20261123_database-work');
});

test('addresses hold the tokens the server takes', async () => {
  const terminal = await openTerminal();
  const [webhook, heartbeat] = addresses;
  expect((await terminal.run(webhook)).out).toMatch(
    /^https:\/\/status\.levqor\.ai\/webhooks\/uptime\?token=[\w-]{20,}\n$/,
  );
  expect((await terminal.run(heartbeat, 'jobs')).out).toMatch(/\/heartbeats\/[\w-]{20,}\n$/);
  await expect(terminal.run(heartbeat, 'job')).rejects.toThrow('did you mean jobs?');
});

test('schemas are JSON Schema, of what may be written', async () => {
  const terminal = await openTerminal();
  const status = JSON.parse((await terminal.run(schema)).out);
  expect(status.properties.components.items.properties.check).toBeDefined();
  const front = JSON.parse((await terminal.run(schema, 'incident')).out);
  expect(Object.keys(front.properties)).toContain('next_update');
  expect(front.required).toEqual(['title', 'status']);
  await expect(terminal.run(schema, 'x')).rejects.toThrow('no schema');
});

test('the program: help, exit codes, no stack traces', async () => {
  const terminal = await openTerminal();
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [path.resolve('dist/cli.js'), ...args], {
      env: { ...process.env, STATUS_DIR: path.join(terminal.dir, 'status'), DATA_DIR: terminal.dir },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  const [help, unknown, misused, refused, fine] = await Promise.all([
    run('--help'),
    run('nope'),
    run('incident', 'new', '--yes'),
    run('heartbeat-url', 'x'),
    run('lint'),
  ]);
  expect(help).toMatchObject({ code: 0, text: expect.stringContaining('incident resolve') });
  expect(unknown.code).toBe(2);
  expect(misused).toMatchObject({
    code: 2,
    text: expect.stringContaining('Usage: npm run status -- incident new'),
  });
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('No component "x"') });
  expect(fine.code).toBe(0);
  for (const { text } of [unknown, misused, refused]) expect(text).not.toContain('    at ');
});
