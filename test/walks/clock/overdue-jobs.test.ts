// A job whose report is overdue is never green, and its outage is put off once between two reports: restarts, steps of
// the clock and another target hide nothing.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { iso } from '../../../src/core/model/time.ts';
import { openWorld, SECRET, type World } from '../world.ts';

const SITE = (target: string) => `
components:
  - { id: api, name: API, schedule: "*/5 * * * * *", check: { type: http, url: "${target}" } }
  - { id: jobs, name: Backup, check: { type: heartbeat, period: 60s, grace: 10s } }
`;

const health = (world: World, id = 'jobs') =>
  world.system.snapshot().components.find(({ component }) => component.id === id)?.health;
const report = (world: World) => world.post(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
const opened = async () => {
  const world = await openWorld({ site: SITE, env: { SECRET } });
  await world.pass(5, 1);
  expect((await report(world)).status).toBe(200);
  await world.pass(5, 1);
  expect(health(world)).toBe('operational');
  return world;
};
/** Restarts it; it is off for so many seconds. */
const off = (world: World, seconds: number) => world.restart(async () => world.stepClock(seconds));
/** Whether it was green after so long without a report; until it is down. */
async function untilDown(world: World, step: () => Promise<void>, atMost: number) {
  const since = world.now() - 5_000;
  const green: number[] = [];
  for (let turn = 0; turn < atMost; turn++) {
    await step();
    const silent = (world.now() - since) / 1000;
    if (health(world) === 'major_outage') return { silent, green };
    if (health(world) === 'operational' && silent > 72) green.push(silent);
  }
  return { silent: null, green };
}

test('a server that restarts oftener than the job reports finds it dead, and is never green meanwhile', async () => {
  const world = await opened();
  const found = await untilDown(
    world,
    async () => {
      await world.pass(50, 5);
      await off(world, 2);
      await world.pass(1);
    },
    8,
  );
  expect(found.green).toEqual([]);
  expect(found.silent).toBeLessThan(260);
  await world.restart();
  await world.pass(100, 5);
  expect(world.system.snapshot().incidents).toHaveLength(1);
});

test('small steps forward, again and again, the same', async () => {
  const world = await opened();
  const found = await untilDown(
    world,
    async () => {
      await world.pass(47, 1);
      world.stepClock(3);
      await world.pass(1);
    },
    10,
  );
  expect(found.green).toEqual([]);
  expect(found.silent).toBeLessThan(260);
});

test('one short restart: no data from when the report is overdue until it is an outage, or comes', async () => {
  const world = await opened();
  await world.pass(40, 5);
  await off(world, 3);
  await world.pass(10, 1);
  expect(health(world)).toBe('operational');
  await world.pass(20, 1);
  expect(health(world)).toBe('no_data');
  expect((await world.get('/status/live')).text).toContain('No data for Backup');
  await report(world);
  await world.pass(1);
  expect(health(world)).toBe('operational');
});

test('after a restart an overdue job is no data at once, and stays so until it is down', async () => {
  const world = await opened();
  await world.pass(40, 5);
  await off(world, 3);
  await world.pass(40, 1);
  expect(health(world)).toBe('no_data');
  await off(world, 3);
  expect(health(world)).toBe('no_data');
  const shown: (string | undefined)[] = [];
  for (let second = 0; second < 100; second++) {
    await world.pass(1);
    shown.push(health(world));
    await world.system.tick();
    shown.push(health(world));
  }
  expect([...new Set(shown)]).toEqual(['no_data', 'major_outage']);
});

test('a clock set back over a restart makes no report of the future one of now', async () => {
  const world = await opened();
  await world.restart(async () => world.stepClock(-7200));
  await world.pass(5, 1);
  expect(health(world)).toBe('no_data');
  await world.pass(80, 1);
  expect(health(world)).toBe('major_outage');
  expect(world.system.snapshot().incidents[0]?.updates[0]?.body).toContain(
    'has not reported since 2026-03-10 10:0',
  );
});

test('another target while the server was off is no data until a look at it ends', async () => {
  let hangs = false;
  const world = await openWorld({
    site: target =>
      `components: [{ id: api, name: API, schedule: "0 3 * * *", check: { type: http, url: "${target}/a" } }]`,
    outside: {
      probe: () =>
        hangs
          ? new Promise(() => {})
          : Promise.resolve({ outcome: 'up', latency: 1, seen: 'HTTP 200' } as never),
    },
  });
  await world.pass(5, 1);
  expect(health(world, 'api')).toBe('operational');
  await world.restart();
  expect(health(world, 'api')).toBe('operational');
  const file = path.join(world.dir, 'status', 'status.yaml');
  const text = await readFile(file, 'utf8');
  hangs = true;
  await world.restart(() => writeFile(file, text.replace('/a"', '/b"')));
  expect(health(world, 'api')).toBe('no_data');
});

test('another target is looked at at once, and is no data before', async () => {
  const asked: string[] = [];
  const world = await openWorld({
    site: target =>
      `components: [{ id: api, name: API, schedule: "0 3 * * *", check: { type: http, url: "${target}/a" } }]`,
    outside: {
      probe: async check => {
        const { url } = check as { url: string };
        asked.push(new URL(url).pathname);
        const ok = url.endsWith('/a');
        return {
          outcome: ok ? 'up' : 'down',
          latency: 1,
          seen: ok ? 'HTTP 200' : 'HTTP 503',
        } as never;
      },
    },
  });
  await world.pass(5, 1);
  expect([asked, health(world, 'api')]).toEqual([['/a'], 'operational']);
  const file = path.join(world.dir, 'status', 'status.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('/a"', '/b"'));
  await world.pass(3, 1);
  expect(asked.slice(0, 2)).toEqual(['/a', '/b']);
  expect(health(world, 'api')).not.toBe('operational');
  await world.pass(120, 1);
  expect(health(world, 'api')).toBe('major_outage');
  // And back: what is well again is known at once, too.
  await writeFile(file, text);
  await world.pass(60, 1);
  expect(health(world, 'api')).toBe('operational');
  // Another edit, of something else, is no other target.
  const looks = asked.length;
  await writeFile(file, text.replace('name: API', 'name: The API'));
  await world.pass(60, 1);
  expect(asked).toHaveLength(looks);
  expect(health(world, 'api')).toBe('operational');
});

describe('another token in status.yaml: what the old address said is nothing of the new one', () => {
  const edit = async (world: World, token: string) => {
    const file = path.join(world.dir, 'status', 'status.yaml');
    const text = (await readFile(file, 'utf8')).replace(/, token: \w+/, '');
    await writeFile(file, text.replace('grace: 10s', token ? `grace: 10s, token: ${token}` : 'grace: 10s'));
  };
  const said = async (world: World) => JSON.stringify((await world.get('/readyz')).json.problems);

  test('no data until the first report by it; down only when its period and grace have passed since the edit', async () => {
    const world = await opened();
    await report(world);
    await world.pass(50, 5);
    await edit(world, 'abcdefgh1');
    await world.pass(2, 1);
    expect(health(world)).toBe('no_data');
    expect((await world.post(`/heartbeats/abcdefgh1`)).status).toBe(200);
    await world.pass(1);
    expect(health(world)).toBe('operational');

    await edit(world, 'abcdefgh2');
    await world.pass(2, 1);
    const shown: (string | undefined)[] = [];
    for (let second = 0; second < 67; second++) {
      // Whoever still calls the old address is not heard.
      if (second % 20 === 0) expect((await world.post('/heartbeats/abcdefgh1')).status).toBe(404);
      await world.pass(1);
      shown.push(health(world));
    }
    expect(new Set(shown)).toEqual(new Set(['no_data']));
    await world.pass(4, 1);
    expect(health(world)).toBe('major_outage');
    await world.post('/heartbeats/abcdefgh2');
    await world.pass(2, 1);
    expect(health(world)).toBe('operational');
  });

  test('over a restart, and when it changed while the server was off', async () => {
    const world = await opened();
    await world.restart(() => edit(world, 'abcdefgh1'));
    expect(health(world)).toBe('no_data');
    await world.pass(30, 1);
    await world.restart();
    expect(health(world)).toBe('no_data');
    await world.pass(30, 1);
    expect(health(world)).toBe('no_data');
    await world.pass(45, 1);
    expect(health(world)).toBe('major_outage');
  });

  test('the old token back makes the old report count again; so does an edit of anything else', async () => {
    const world = await opened();
    await edit(world, 'abcdefgh1');
    await world.pass(5, 1);
    expect(health(world)).toBe('no_data');
    await edit(world, '');
    await world.pass(2, 1);
    expect(health(world)).toBe('operational');
    const file = path.join(world.dir, 'status', 'status.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('grace: 10s', 'grace: 90s'));
    await world.pass(2, 1);
    expect(health(world)).toBe('operational');
  });

  test.each([-7200, 7200])(
    'a clock that steps by %d s meanwhile hides it no longer than once more',
    async by => {
      const world = await opened();
      await edit(world, 'abcdefgh1');
      await world.pass(10, 1);
      world.stepClock(by);
      const shown: (string | undefined)[] = [];
      for (let second = 0; second < 60; second++) {
        await world.pass(1);
        shown.push(health(world));
      }
      expect(new Set(shown)).toEqual(new Set(['no_data']));
      await world.pass(75, 1);
      expect(health(world)).toBe('major_outage');
    },
  );

  test('a third token gets its own time; a job that is down stays down', async () => {
    const world = await opened();
    await edit(world, 'abcdefgh1');
    await world.pass(50, 1);
    await edit(world, 'abcdefgh2');
    await world.pass(60, 1);
    expect(health(world)).toBe('no_data');
    await world.pass(15, 1);
    expect(health(world)).toBe('major_outage');
    await edit(world, 'abcdefgh3');
    await world.pass(5, 1);
    expect(health(world)).toBe('major_outage');
  });

  test('a job that never reported is no data, whatever its token', async () => {
    const world = await openWorld({ site: SITE, env: { SECRET } });
    await edit(world, 'abcdefgh1');
    await world.pass(200, 5);
    expect(health(world)).toBe('no_data');
  });

  test('another SECRET is another token', async () => {
    const env = { SECRET };
    const world = await openWorld({ site: SITE, env });
    await report(world);
    await world.restart();
    expect(health(world)).toBe('operational');
    env.SECRET = 'another-secret-of-thirty-two-letters';
    await world.restart();
    expect(health(world)).toBe('no_data');
  });

  test.each([-3600, -120, 3600])(
    'after a step of %d s no time is named at which no report came, and none changes',
    async by => {
      const world = await openWorld({ site: target => SITE(target).replace('60s', '24h'), env: { SECRET } });
      await report(world);
      const reported = iso(world.now());
      await world.pass(300, 5);
      await edit(world, 'abcdefgh1');
      await world.pass(5, 1);
      world.stepClock(by);
      await world.pass(150, 5);
      const ofJob = async () => {
        const { problems } = (await world.get('/readyz')).json;
        return problems.find(({ where }: { where: string }) => where === 'component jobs').what as string;
      };
      const first = await ofJob();
      expect(first).toContain('has a new token');
      for (const time of first.match(/\d{4}-\d\d-\d\dT[\d:]+Z/g) ?? []) expect(time).toBe(reported);
      await world.pass(20, 1);
      expect(await ofJob()).toBe(first);
    },
  );

  test('the operator is told what to do', async () => {
    const world = await openWorld({ site: target => SITE(target).replace('60s', '24h'), env: { SECRET } });
    await report(world);
    await world.pass(5, 1);
    await edit(world, 'abcdefgh1');
    await world.pass(150, 5);
    expect(await said(world)).toContain('has a new token, and has not reported with it yet');
    expect(await said(world)).toContain('npm run status -- heartbeat-url jobs');
    await world.post('/heartbeats/abcdefgh1');
    await world.pass(2, 1);
    expect(await said(world)).not.toContain('token');
  });
});
