// Filing against a folder that comes and goes, a database that is lost, and files in styles of their own.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const DOWN = { alert_type: 'down', monitor_name: 'Shop' };
const UP = { alert_type: 'up', monitor_name: 'Shop' };
const incidentsOf = ({ dir }: World) => path.join(dir, 'status', 'incidents');
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);
const problems = ({ system }: World) => system.snapshot().problems.map(({ what }) => what);
const A = `---
title: Slow
status: identified
severity: minor
started: 2026-03-10T11:50:00Z
components: []
---
We look.
`;
/** Fails for good, or answers for good. */
const turn = async (world: World, status: number) => {
  world.service.status = status;
  await world.pass(300, 10);
};

describe('a recovery that comes while', () => {
  test('the folder is away is in the file as soon as it is back', async () => {
    const world = await openWorld();
    await subscribed(world, 'a@example.com');
    await world.post(HOOK, DOWN);
    await world.pass(60, 30);
    const folder = incidentsOf(world);
    await rename(folder, `${folder}.away`);
    const up = await world.post(HOOK, UP);
    expect(up.json).toEqual({ ok: true, action: 'resolved', incident: '20260310_shop-down' });
    await world.pass(2, 1);
    await rename(`${folder}.away`, folder);
    await world.pass(2, 1);
    expect(await world.read('20260310_shop-down.md')).toContain('resolved: 2026-03-10T12:01:01Z');
    await world.pass(60, 10);
    const subjects = world.mails.map(({ subject }) => subject).filter(one => one?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] Shop Down', '[RESOLVED] Shop Down']);
  });

  test('the folder is away over a restart waits for it', async () => {
    const world = await openWorld();
    await world.post(HOOK, DOWN);
    await world.pass(60, 30);
    const folder = incidentsOf(world);
    await world.restart(() => rename(folder, `${folder}.away`));
    await world.post(HOOK, UP);
    await world.pass(10, 1);
    await rename(`${folder}.away`, folder);
    await world.pass(1);
    expect(standing(world)).toEqual(['20260310_shop-down resolved']);
  });

  test('the file is deleted and restored is written into it then', async () => {
    const world = await openWorld();
    await turn(world, 500);
    const file = path.join(incidentsOf(world), '20260310_api-down.md');
    const text = await readFile(file, 'utf8');
    await rm(file);
    await world.pass(1);
    await turn(world, 200);
    expect(await world.files()).toEqual([]);
    await writeFile(file, text);
    await world.pass(1);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test('the database is lost is known from the first checks of the new one, once', async () => {
    const world = await openWorld();
    await turn(world, 500);
    await world.restart(async () => {
      await rm(path.join(world.dir, 'data'), { recursive: true });
      world.service.status = 200;
    });
    await world.pass(180, 10);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
    const text = await world.read('20260310_api-down.md');
    expect(text).toMatch(/^API is working again\.$/m);
    // A person who opens it again knows better.
    await world.write(
      '20260310_api-down.md',
      text.replace('status: resolved', 'status: monitoring').replace(/^resolved: .*\n/m, ''),
    );
    await world.pass(600, 10);
    expect(standing(world)).toEqual(['20260310_api-down monitoring']);
  });
});

describe('a file an operator wrote in', () => {
  test.each([
    ['a comment where its end will stand', 'components:', 'resolved: # not yet\ncomponents:'],
    ['a folded status', 'status: investigating', 'status: >-\n  investigating'],
  ])('%s is resolved all the same', async (_, before, after) => {
    const world = await openWorld();
    await turn(world, 500);
    const text = await world.read('20260310_api-down.md');
    await world.write('20260310_api-down.md', text.replace(before, after));
    await turn(world, 200);
    expect([standing(world), problems(world)]).toEqual([['20260310_api-down resolved'], []]);
  });

  test('a way no machine should edit is left alone, named on /readyz, and resolved once it is mended', async () => {
    const world = await openWorld();
    await turn(world, 500);
    const text = await world.read('20260310_api-down.md');
    const mine = text.replace('\n---\n', '\r---\r');
    await world.write('20260310_api-down.md', mine);
    await turn(world, 200);
    expect(await world.read('20260310_api-down.md')).toBe(mine);
    expect((await world.get('/readyz')).text).toContain('the server cannot safely edit the file');
    await world.write('20260310_api-down.md', text);
    await world.pass(1);
    expect([standing(world), problems(world)]).toEqual([['20260310_api-down resolved'], []]);
  });
});

test('an outage while the folder is away is shown, and filed where the folder is back, however late', async () => {
  const world = await openWorld();
  await world.post(HOOK, UP);
  await world.write('20260310_a.md', A);
  await world.pass(1);
  const folder = incidentsOf(world);
  await rename(folder, `${folder}.away`);
  await world.pass(1);
  expect((await world.post(HOOK, DOWN)).json).toMatchObject({ incident: '20260310_shop-down' });
  expect(standing(world)).toEqual(['20260310_shop-down investigating', '20260310_a identified']);
  expect(problems(world).join()).toContain('its folder is missing');
  await world.pass(30, 10);
  await rename(`${folder}.away`, folder);
  await world.pass(1);
  expect(await world.files()).toEqual(['20260310_a.md', '20260310_shop-down.md']);
  expect(problems(world).join()).not.toContain('gone');
  await rename(folder, `${folder}.away`);
  await world.pass(1);
  await world.post(HOOK, { ...DOWN, monitor_name: 'Till' });
  await world.pass(3 * 3600, 600);
  expect(standing(world)).toHaveLength(3);
  await rename(`${folder}.away`, folder);
  await world.pass(1);
  expect(await world.files()).toContain('20260310_till-down.md');
});

test('a parent’s incident that is kept open though its check is well takes the child in', async () => {
  const status: Record<string, number> = { '/p': 200, '/c': 200 };
  const server = createServer((req, res) => res.writeHead(status[req.url as string] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const check = (at: string) => `check: { type: http, url: "${base}${at}" }`;
  const world = await openWorld({
    site: () =>
      `components:\n  - { id: p, name: P, ${check('/p')} }\n  - { id: c, name: C, depends_on: [p], ${check('/c')} }\n`,
  });
  status['/p'] = 500;
  await world.pass(300, 10);
  status['/p'] = 200;
  await world.pass(180, 10);
  const text = await world.read('20260310_p-down.md');
  const open = text.replace('status: resolved', 'status: monitoring').replace(/^resolved: .*\n/m, '');
  await world.write('20260310_p-down.md', open);
  await world.pass(300, 30);
  status['/c'] = 500;
  await world.pass(300, 10);
  expect(standing(world)).toEqual(['20260310_p-down monitoring']);
  expect(await world.read('20260310_p-down.md')).toContain('opened_by: "probe:p, probe:c"\n');
});

describe('a source speaks for itself', () => {
  const EVERY = 'schedule: "*/10 * * * * *"';
  const TWO = (url: string) => `title: T
group_within: 30s
components:
  - { id: api, name: API, ${EVERY}, check: { type: http, url: "${url}/health", timeout: 2s } }
  - { id: db, name: DB, ${EVERY}, check: { type: http, url: "${url}/health", timeout: 2s } }
`;
  const ONE = (url: string) => `title: T
components: [ { id: api, name: API, ${EVERY}, check: { type: http, url: "${url}/health", timeout: 2s } } ]
`;
  const clear = async (world: World) => {
    for (const file of await world.files()) await rm(path.join(incidentsOf(world), file));
  };

  test('checks that fail together anew share a file, though recoveries wait for the one that was deleted', async () => {
    const world = await openWorld({ site: TWO });
    await subscribed(world, 'a@example.com');
    await turn(world, 200);
    await turn(world, 500);
    await clear(world);
    await turn(world, 200);
    await world.pass(3600, 120);
    world.mails.length = 0;
    await turn(world, 500);
    expect(world.system.snapshot().incidents.map(({ title }) => title)).toEqual(['API and DB Down']);
    expect(world.mails.map(({ subject }) => subject)).toEqual(['[INCIDENT] API and DB Down']);
    const down = world.system.snapshot().components.map(({ uptime }) => uptime.downtime > 0);
    expect(down).toEqual([true, true]);
  });

  test('a file another source has under the old name is not its own: it joins that, and both must end', async () => {
    const world = await openWorld({ site: ONE });
    await turn(world, 200);
    await turn(world, 500);
    await turn(world, 200);
    await clear(world);
    await world.pass(60, 10);
    await world.post(HOOK, { ...DOWN, monitor_name: 'API' });
    await turn(world, 500);
    await world.post(HOOK, { ...UP, monitor_name: 'API' });
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(await world.read('20260310_api-down.md')).toContain('opened_by: "uptimerobot:API, probe:api"\n');
    await turn(world, 200);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test('what it says waits behind what a person must mend, and all of it is told', async () => {
    const world = await openWorld({ site: ONE });
    await turn(world, 200);
    await turn(world, 500);
    const [name] = (await world.files()) as [string];
    const text = await world.read(name);
    await world.write(name, text.replace('\n---\n', '\r---\r'));
    await world.pass(5, 1);
    await turn(world, 200);
    await turn(world, 500);
    await world.write(name, text);
    await world.pass(600, 10);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(world.system.snapshot().incidents[0]!.updates).toHaveLength(3);
  });
});
