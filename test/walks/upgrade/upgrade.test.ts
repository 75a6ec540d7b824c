// What a released version wrote, this one opens with all it holds. `FREEZE=1.3 npx vitest run test/walks/upgrade` keeps the
// present schema for later versions.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import Sqlite from '#sqlite';
import { iso } from '../../../src/core/model/time.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { allSubscribers } from '../../../src/store/notify/subscribers.ts';
import { openPeer } from '../notify/channel-peer.ts';
import type { World } from '../world.ts';
import { dumped, FROZEN, releases, rowCounts, shapeOf, thaw } from './frozen.ts';
import { AS_OPERATOR, alert, LIVED, live, openLife, REPEATED, SIGN_IN } from './life.ts';

const databaseOf = (world: World) => path.join(world.dir, 'data', 'status.db');

test('a database can be frozen with something in every table', async () => {
  const peer = await openPeer();
  const world = await openLife(peer);
  await live(world, peer);
  expect(iso(world.now())).toBe(LIVED);
  await world.restart(async () => {
    const file = databaseOf(world);
    const empty = Object.entries(rowCounts(file)).flatMap(([table, rows]) => (rows === 0 ? [table] : []));
    expect(empty).toEqual([]);
    const { FREEZE } = process.env;
    if (!FREEZE) return;
    const into = path.join(FROZEN, FREEZE);
    mkdirSync(into, { recursive: true });
    writeFileSync(path.join(into, 'status.sql'), dumped(file));
    cpSync(path.join(world.dir, 'status', 'incidents'), path.join(into, 'incidents'), { recursive: true });
  });
});

describe.each(releases())('a database of version %s', release => {
  const from = path.join(FROZEN, release);
  const sql = readFileSync(path.join(from, 'status.sql'), 'utf8');

  /** This version, started on what the released one left. */
  async function upgraded() {
    const peer = await openPeer();
    let before: Record<string, number> = {};
    const prepare = (dir: string) => {
      mkdirSync(path.join(dir, 'data'));
      const file = path.join(dir, 'data', 'status.db');
      thaw(file, sql);
      before = rowCounts(file);
      cpSync(path.join(from, 'incidents'), path.join(dir, 'status', 'incidents'), { recursive: true });
    };
    const world = await openLife(peer, { prepare, now: LIVED });
    return { world, peer, before };
  }

  test('has the tables, columns and indexes of a new one, and every row', async () => {
    const { world, before } = await upgraded();
    const fresh = path.join(world.dir, 'fresh.db');
    const db = openDatabase(fresh);
    await allSubscribers(db);
    await db.destroy();
    expect(shapeOf(databaseOf(world))).toEqual(shapeOf(fresh));
    const after = rowCounts(databaseOf(world));
    const lost = Object.entries(before).filter(([table, rows]) => (after[table] ?? 0) < rows);
    expect(lost).toEqual([]);
  });

  test('its page shows the incidents, the measurements and the metrics as they were', async () => {
    const { world } = await upgraded();
    const page = (await world.get('/status/live')).text;
    for (const words of ['Crash loop', 'Slow sign-in', 'Fast again.', 'Database maintenance', '12.5'])
      expect(page).toContain(words);
    const { components } = (await world.get('/api/uptime.json')).json;
    expect(components[0]).toMatchObject({ id: 'api', downtime_seconds: 2764, status: 'major_outage' });
    expect(components[0].observed_seconds).toBeGreaterThan(2700);
    const { points } = (await world.get('/api/metrics/orders.json')).json;
    expect(points).toMatchObject([{ count: 1, value: 12.5 }]);
    const { problems } = (await world.get('/readyz')).json;
    expect(problems.map(({ what }: { what: string }) => what)).toEqual([
      expect.stringContaining('"Crash loop" is open and has had no update'),
      expect.stringContaining('the metric "Queue" gets no value'),
      expect.stringContaining('the alert "Strange" matches no component'),
    ]);
  });

  test('what was told is not told again, what waited goes out once, and subscribers are who they were', async () => {
    const { world, peer } = await upgraded();
    await world.pass(600, 5);
    expect(world.mails.map(({ subject, to }) => [subject, JSON.stringify(to)])).toEqual([
      ['[RESOLVED] Slow sign-in', expect.stringContaining('bob@example.com')],
    ]);
    expect(peer.got.map(({ path: to, body }) => [to, body.includes('Slow sign-in')])).toEqual([
      ['/services/T0/B0/ops', true],
      ['/services/T0/B0/team', true],
    ]);
    const sqlite = new Sqlite(databaseOf(world), { readonly: true });
    const rows = sqlite
      .prepare(
        "SELECT address, state, components, kinds, detail FROM subscribers WHERE owner = 'visitor' ORDER BY address",
      )
      .raw()
      .all();
    sqlite.close();
    expect(rows).toEqual([
      ['ann@example.com', 'confirmed', '["api"]', 'all', 'all'],
      ['asked@example.com', 'pending', null, 'all', 'all'],
      ['bob@example.com', 'confirmed', null, 'incidents', 'ends'],
      ['https://hooks.slack.com/services/T0/B0/team', 'confirmed', null, 'all', 'all'],
    ]);
    // An address that refused all email is not asked again.
    await world.get('/status/subscribe?email=gone@example.com');
    await world.pass(5);
    expect(JSON.stringify(world.mails)).not.toContain('gone@example.com');
  });

  test('requests and alerts from before are known', async () => {
    const { world } = await upgraded();
    const repeated = await world.post('/api/incidents', SIGN_IN, REPEATED);
    expect([repeated.status, repeated.json.id]).toEqual([201, '20260310_slow-sign-in']);
    const ended = await alert(world, 'Crash loop', 'api', LIVED);
    expect([ended.json]).toMatchObject([{ action: 'resolved', incident: '20260310_crash-loop' }]);
    expect(await world.files()).toHaveLength(3);
    const text = await world.read('20260310_crash-loop.md');
    expect(text).toContain('status: resolved');
    const update = { status: 'identified', message: 'Again slow.' };
    expect(
      (await world.post('/api/incidents/20260310_slow-sign-in/updates', update, AS_OPERATOR)).status,
    ).toBe(201);
  });
});
