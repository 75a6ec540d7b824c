// What is open stays on the page over a restart, though its file was spoilt before it.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import Sqlite from '#sqlite';
import { onSqlite, openWorld, type World } from '../world.ts';

const OPEN = `---
title: Dashboard broken
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
We look.
`;
const SPOILT = OPEN.replace('status: investigating', 'status: investigatin');
const RESOLVED = OPEN.replace('Dashboard broken', 'Over').replace(
  'status: investigating',
  'status: resolved\nresolved: 2026-03-10T11:55:00Z',
);
const UPKEEP = `---
title: Upgrade
status: scheduled
scheduled_start: 2026-03-10T12:30:00Z
scheduled_end: 2026-03-10T13:00:00Z
components: [api]
---
We upgrade.
`;

const titles = (world: World) => {
  const { incidents, maintenances } = world.system.snapshot();
  return [...incidents, ...maintenances].map(({ title }) => title);
};
const kept = async (world: World) => {
  const db = await world.openDb();
  const rows = await db.selectFrom('kept_files').select('name').orderBy('name').execute();
  await db.destroy();
  return rows.map(({ name }) => name);
};

describe('a file spoilt before a restart', () => {
  test('keeps its last good version on the page, with the mistake on /readyz', async () => {
    const world = await openWorld({ files: { '20260310_x.md': OPEN } });
    await world.pass(1);
    await world.write('20260310_x.md', SPOILT);
    await world.pass(1);
    await world.restart();
    expect(titles(world)).toEqual(['Dashboard broken']);
    expect(world.system.snapshot().overall.state).toBe('major_outage');
    expect((await world.get('/readyz')).text).toContain('did you mean investigating');
    // A second restart finds it, too, and once mended it is the file's own again.
    await world.restart();
    await world.write('20260310_x.md', OPEN.replace('broken', 'slow'));
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard slow']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('is in the static copy as on the page', async () => {
    const world = await openWorld({ files: { 'deep.md': OPEN } });
    await world.pass(1);
    await world.write('deep.md', SPOILT);
    await world.restart(async () => {
      const { readEnvironment } = await import('../../../src/config/environment.ts');
      const { readSnapshot } = await import('../../../src/wiring/export.ts');
      const { value: env } = readEnvironment({}, world.dir);
      const db = await world.openDb();
      const silent = { debug() {}, info() {}, warn() {}, error() {} };
      const { value } = await readSnapshot(env!, db, world.now, silent);
      await db.destroy();
      expect(value?.incidents.map(({ title }) => title)).toEqual(['Dashboard broken']);
    });
  });

  test('that is gone by then is gone; what is over is kept as well', async () => {
    const files = { '20260310_x.md': OPEN, '20260310_up.md': UPKEEP, '20260310_y.md': RESOLVED };
    const world = await openWorld({ files });
    await world.pass(1);
    expect(await kept(world)).toEqual(['20260310_up.md', '20260310_x.md', '20260310_y.md']);
    await world.restart(async () => rmSync(path.join(world.dir, 'status', 'incidents', '20260310_x.md')));
    expect(titles(world)).not.toContain('Dashboard broken');
    await world.pass(1);
    expect(await kept(world)).toEqual(['20260310_up.md', '20260310_y.md']);
  });

  test.runIf(onSqlite)('and a database that takes nothing costs visitors nothing', async () => {
    const world = await openWorld({ files: { '20260310_x.md': OPEN } });
    await world.pass(1);
    const other = new Sqlite(path.join(world.dir, 'data', 'status.db'));
    other.exec('BEGIN IMMEDIATE');
    await world.write('20260310_z.md', OPEN.replace('Dashboard broken', 'Later'));
    const passing = world.pass(1);
    // The page has it while the database still waits for the lock.
    await expect.poll(async () => (await world.get('/status/live')).text).toContain('Later');
    other.exec('COMMIT');
    other.close();
    await passing;
    await world.pass(1);
    expect(await kept(world)).toEqual(['20260310_x.md', '20260310_z.md']);
  });

  test.runIf(onSqlite)('is written down only when it changed', async () => {
    const world = await openWorld({ files: { '20260310_x.md': OPEN } });
    await world.pass(1);
    const wal = path.join(world.dir, 'data', 'status.db-wal');
    const holds = () => readFileSync(wal).toString('latin1').split('We look.').length;
    const before = holds();
    await world.pass(180, 30);
    expect(holds()).toBe(before);
  });
});
