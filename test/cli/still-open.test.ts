// What the writing commands say of what goes on: another open incident, and a source that still fails.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { incident } from '../../src/cli/incident.ts';
import type { Command } from '../../src/cli/shared/command.ts';
import { MINUTE } from '../../src/core/model/time.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { insertTransition, markFiled } from '../../src/store/incidents/transitions.ts';
import { NOW, openTerminal } from './terminal.ts';

const [create, , resolve] = incident as [Command, Command, Command];
const ID = '20261123_api-down';
const SITE = `title: T
components:
  - { id: api, name: API, check: { type: http, url: "http://127.0.0.1:9/" } }
  - { id: database, name: Database, check: { type: manual } }
`;
const FILE = `---
title: API Down
status: investigating
severity: critical
started: 2026-11-23T10:00:00Z
components: [api]
opened_by: "probe:api"
---

## Investigating 2026-11-23 10:00:00 UTC
API has been failing its checks.
`;

/** The server's incident is open, and its check still fails. */
async function failing() {
  const terminal = await openTerminal(SITE);
  await terminal.write(`incidents/${ID}.md`, FILE);
  const db = openDatabase(terminal.cli.env.databaseFile);
  const [id, at, key] = ['probe:api', NOW - 6 * MINUTE, 'probe:api@1'];
  const shown = { title: 'API Down', slug: 'api-down', message: 'API fails.' };
  const down = { ...shown, source: id, kind: 'down' as const, at, key, severity: 'critical' as const };
  await insertTransition(db, { ...down, components: ['api'] }, at);
  await markFiled(db, 1, { name: ID, isJoined: false }, at);
  await db.destroy();
  return terminal;
}

const typed = (components: string, ...more: string[]) => [
  '--title',
  'No login',
  '--severity',
  'major',
  '--components',
  components,
  '--message',
  'Sorry.',
  ...more,
];

test('a new incident beside an open one of its component: named, with the command that continues that', async () => {
  const terminal = await failing();
  const refused = terminal.run(create, ...typed('database,api'));
  await expect(refused).rejects.toThrow('Add --yes to write it');
  const { out } = await terminal.run(create, ...typed('database,api', '--yes'));
  expect(out).toContain(`"API Down" (${ID}) is open on API: \`incident update ${ID}\` continues it.\n`);
  expect(await readdir(path.join(terminal.dir, 'status', 'incidents'))).toHaveLength(2);
  const other = await failing();
  expect((await other.run(create, ...typed('database', '--yes'))).out).not.toContain('is open on');
  const over = await other.run(create, ...typed('api', '--status', 'resolved', '--yes'));
  expect(over.out).not.toContain('is open on');
});

test('an incident that is ended while its source fails: what happens then is said', async () => {
  const said = 'probe:api still fails: it opens an incident of its own';
  const late = await failing();
  const end = [ID, '--message', 'Mended.', '--yes'];
  expect((await late.run(resolve, ...end, '--at', '5m')).out).toContain(`${said} at once.`);
  const terminal = await failing();
  const { out } = await terminal.run(resolve, ...end);
  expect(out).toContain(`${said} in 3 minutes unless it recovers.\n`);
  const beside = await failing();
  await beside.write(
    'incidents/20261123_slow.md',
    FILE.replace('opened_by: "probe:api"\n', '').replace('API Down', 'Slow'),
  );
  const joins = 'probe:api still fails: it joins 20261123_slow in 3 minutes unless it recovers.\n';
  expect((await beside.run(resolve, ...end)).out).toContain(joins);
  expect(out).not.toContain('is open on');
});
