// `webhooks log`: what came, what was done, newest first.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { webhooksLog } from '../../src/cli/webhooks.ts';
import { openDatabase } from '../../src/store/db/database.ts';
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
  const json = (await terminal.run(webhooksLog, '--json')).out.trim().split('\n');
  expect(json.map(line => JSON.parse(line).status)).toEqual([401, 200]);
  await expect(terminal.run(webhooksLog, 'all')).rejects.toThrow(/"all"/);
});
