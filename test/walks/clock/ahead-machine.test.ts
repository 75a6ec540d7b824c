// What the machine filed while its clock was ahead: it ends when the service is back, and every output says so.
import { expect, test } from 'vitest';
import { makeProbes } from '../../../src/outside/probes.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const TOKEN = 'the-webhook-token-of-this-test';
const AHEAD = 24 * 3600;

const SITE = (target: string) => `
title: Levqor Status
group_within: 60s
components:
  - { id: api, name: API, check: { type: http, url: "${target}/health", timeout: 2s } }
  - { id: db, name: Database, check: { type: http, url: "${target}/db", timeout: 2s } }
  - { id: dashboard, name: Dashboard, check: { type: manual } }
  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 5m, grace: 1m } }
`;
const ALONE = (target: string) => `
title: Levqor Status
components:
  - { id: api, name: API, check: { type: http, url: "${target}/health", timeout: 2s } }
  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 5m, grace: 1m } }
`;

async function story(world: World, id: string) {
  const json = async (path: string) => (await world.get(path)).json;
  const summary = await json('/api/v2/summary.json');
  const uptime = (await json('/api/uptime.json')).components.find((one: { id: string }) => one.id === id);
  const { components, incidents } = world.system.snapshot();
  const view = components.find(({ component }) => component.id === id)!;
  return {
    health: view.health,
    indicator: summary.status.indicator,
    unresolved: summary.incidents.length,
    status: uptime.status,
    total: uptime.total_seconds,
    downtime: uptime.downtime_seconds,
    cells: view.days.flatMap(({ stretches }) => stretches).reduce((sum, { time }) => sum + time, 0) / 1000,
    states: incidents.map(({ state }) => state),
    badge: (await world.get(`/status/badge/${id}.svg`)).text.includes('major outage'),
    subjects: world.mails.map(({ subject }) => subject ?? '').filter(subject => subject.startsWith('[')),
    page: (await world.get('/status/live')).text,
  };
}

async function readyz(world: World) {
  return JSON.stringify((await world.get('/readyz')).json.problems);
}

const texts = async (world: World) => {
  const files = await world.files();
  return (await Promise.all(files.map(world.read))).join('\n');
};

/** Told once, over everywhere, counted from when it was first seen by the right clock. */
async function expectOver(world: World, id: string, least: number, most: number) {
  const now = await story(world, id);
  expect(now).toMatchObject({
    health: 'operational',
    indicator: 'none',
    unresolved: 0,
    status: 'operational',
    badge: false,
  });
  expect(new Set(now.states)).toEqual(new Set(['resolved']));
  expect(now.subjects.filter(subject => subject.startsWith('[RESOLVED]'))).toHaveLength(1);
  expect(now.downtime).toBeGreaterThanOrEqual(least);
  expect(now.downtime).toBeLessThanOrEqual(most);
  expect(now.cells).toBe(now.downtime);
  expect(now.total).toBeGreaterThan(0);
  expect(now.page).not.toContain('11 Mar 2026');
  const said = await texts(world);
  expect(said).not.toMatch(/lasted (0 ms|-)|after 0 ms|slow for 0 ms/);
  expect(await readyz(world)).not.toContain('it is open, but');
}

test.each([
  ['in the process', false],
  ['over a restart', true],
])('an outage filed while the clock was ahead ends when the service is back: %s', async (_, isRestarted) => {
  const world = await openWorld({ site: ALONE });
  await subscribed(world, 'olga@example.com');
  world.stepClock(AHEAD);
  await world.pass(60, 10);
  world.service.status = 503;
  await world.pass(300, 10);
  expect(await world.files()).toEqual(['20260311_api-down.md']);
  if (isRestarted) await world.restart(async () => world.stepClock(-AHEAD));
  else world.stepClock(-AHEAD);
  await world.pass(300, 10);
  expect(await story(world, 'api')).toMatchObject({ health: 'major_outage', badge: true, unresolved: 1 });
  world.service.status = 200;
  await world.pass(300, 10);
  await expectOver(world, 'api', 250, 500);
  const before = await story(world, 'api');
  await world.restart();
  await world.pass(120, 10);
  await expectOver(world, 'api', before.downtime, before.downtime);
  // When that moment comes, nothing is told or counted anew.
  world.stepClock(AHEAD);
  await world.pass(900, 300);
  const later = await story(world, 'api');
  expect(later.downtime).toBe(before.downtime);
  expect(later.subjects).toEqual(before.subjects);
  expect(later.unresolved).toBe(0);
});

test.each([
  ['begins the outage', 503],
  ['ends the outage', 200],
])('the clock is set back during the run that %s', async (_, during) => {
  let isArmed = true;
  let hasBegun = false;
  const probe = makeProbes();
  const world: World = await openWorld({
    site: target =>
      ALONE(target).replace('timeout: 2s }', 'timeout: 2s }, detect: { failures: 1, recoveries: 1 }'),
    outside: {
      async probe(check, signal) {
        const result = await probe(check, signal);
        if (isArmed && world.service.status === during && hasBegun) {
          isArmed = false;
          world.stepClock(-7 * 3600);
        }
        return result;
      },
    },
  });
  await subscribed(world, 'olga@example.com');
  await world.pass(120, 10);
  world.service.status = 503;
  hasBegun = true;
  await world.pass(300, 10);
  world.service.status = 200;
  await world.pass(180, 10);
  expect(isArmed).toBe(false);
  const now = await story(world, 'api');
  expect(now).toMatchObject({ health: 'operational', indicator: 'none', unresolved: 0, badge: false });
  expect(now.states).toEqual(['resolved']);
  expect(now.subjects).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
  expect(await readyz(world)).not.toContain('is in the future');
});

test('one that ended before the clock was set right stays ended', async () => {
  const world = await openWorld({ site: ALONE });
  await subscribed(world, 'olga@example.com');
  world.stepClock(AHEAD);
  await world.pass(60, 10);
  world.service.status = 503;
  await world.pass(300, 10);
  world.service.status = 200;
  await world.pass(300, 10);
  await world.restart(async () => world.stepClock(-AHEAD));
  await world.pass(300, 10);
  await expectOver(world, 'api', 0, 400);
});

test('a grouped outage that was filed ahead ends check by check', async () => {
  const world = await openWorld({ site: SITE });
  await subscribed(world, 'olga@example.com');
  world.stepClock(AHEAD);
  await world.pass(60, 10);
  world.service.status = 503;
  await world.pass(300, 10);
  expect(await world.files()).toHaveLength(1);
  await world.restart(async () => world.stepClock(-AHEAD));
  await world.pass(300, 10);
  expect(await story(world, 'db')).toMatchObject({ health: 'major_outage', badge: true, unresolved: 1 });
  world.service.status = 200;
  await world.pass(300, 10);
  await expectOver(world, 'db', 250, 550);
  await expectOver(world, 'api', 250, 550);
  expect(await texts(world)).not.toContain('resolved: 2026-03-11');
});

test('a slow service and a silent job, filed ahead, end too', async () => {
  const world = await openWorld({
    site: target => `
title: Levqor Status
components:
  - { id: api, name: API, check: { type: http, url: "${target}/health", timeout: 2s }, detect: { latency: 5ms, window: 2m } }
`,
  });
  await subscribed(world, 'olga@example.com');
  world.stepClock(AHEAD);
  world.service.delay = 60;
  await world.pass(400, 30);
  expect(await world.files()).toEqual(['20260311_api-latency.md']);
  world.stepClock(-AHEAD);
  await world.pass(120, 30);
  await world.restart(async () => {
    world.service.delay = 0;
    const site = await import('node:fs/promises');
    const file = `${world.dir}/status/status.yaml`;
    await site.writeFile(file, (await site.readFile(file, 'utf8')).replace('5ms', '900ms'));
  });
  await world.pass(600, 30);
  await expectOver(world, 'api', 60, 700);
});

test('a silent job filed ahead ends when it reports', async () => {
  const world = await openWorld({ site: ALONE });
  await subscribed(world, 'olga@example.com');
  const beat = () => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
  world.stepClock(AHEAD);
  await beat();
  await world.pass(900, 30);
  expect(await world.files()).toEqual(['20260311_jobs-down.md']);
  await world.restart(async () => world.stepClock(-AHEAD));
  await world.pass(120, 30);
  await beat();
  await world.pass(120, 30);
  await expectOver(world, 'jobs', 60, 200);
});

test('a monitor that recovered while the clock was ahead is believed when it fails again', async () => {
  const world = await openWorld({ site: SITE, env: { WEBHOOK_TOKEN: TOKEN } });
  await subscribed(world, 'olga@example.com');
  const say = (alert_type: string) =>
    world.post(`/webhooks/uptime?token=${TOKEN}`, {
      alert_type,
      monitor_name: 'Dashboard',
      monitor_id: '7',
      timestamp: Math.floor(world.now() / 1000),
    });
  world.stepClock(AHEAD);
  await say('down');
  await world.pass(60, 20);
  await say('up');
  await world.pass(60, 20);
  world.stepClock(-AHEAD);
  await world.pass(120, 30);
  expect(await story(world, 'dashboard')).toMatchObject({ health: 'operational', unresolved: 0 });
  expect((await say('down')).json).toMatchObject({ action: 'opened' });
  await world.pass(120, 30);
  expect(await story(world, 'dashboard')).toMatchObject({ health: 'major_outage', unresolved: 1 });
  await say('up');
  await world.pass(120, 30);
  expect(await story(world, 'dashboard')).toMatchObject({ health: 'operational', unresolved: 0 });
});

test('an outage told this very second has a length a second later', async () => {
  const world = await openWorld({ site: SITE, env: { WEBHOOK_TOKEN: TOKEN } });
  await world.pass(5, 1);
  await world.post(`/webhooks/uptime?token=${TOKEN}`, { alert_type: 'down', monitor_name: 'Dashboard' });
  await world.pass(2, 1);
  const now = await story(world, 'dashboard');
  expect(now.status).toBe('major_outage');
  expect(now.downtime).toBeGreaterThanOrEqual(1);
});

test('a check taken away after the clock was set right ends its incident now', async () => {
  const world = await openWorld({ site: ALONE });
  await subscribed(world, 'olga@example.com');
  world.stepClock(AHEAD);
  await world.pass(60, 10);
  world.service.status = 503;
  await world.pass(300, 10);
  await world.restart(async () => {
    world.stepClock(-AHEAD);
    const fs = await import('node:fs/promises');
    const file = `${world.dir}/status/status.yaml`;
    await fs.writeFile(
      file,
      'title: T\ncomponents:\n  - { id: other, name: Other, check: { type: manual } }\n',
    );
  });
  await world.pass(60, 5);
  const { states, unresolved, subjects } = await story(world, 'other');
  expect([states, unresolved]).toEqual([['resolved'], 0]);
  expect(subjects.filter(subject => subject.startsWith('[RESOLVED]'))).toHaveLength(1);
});

test('a first look that lies ahead is as old as now', async () => {
  const world = await openWorld({ site: ALONE, now: '2026-03-11T12:00:00Z' });
  await world.pass(300, 10);
  await world.restart(async () => world.stepClock(-AHEAD));
  await world.pass(5, 1);
  expect((await world.get('/status/live')).text).not.toContain('11 Mar');
  await world.pass(115, 5);
  const { total, page } = await story(world, 'api');
  expect(total).toBeGreaterThan(60);
  expect(total).toBeLessThan(200);
  expect(page).not.toContain('11 Mar');
});

test('a maintenance that covers an outage which was told before says so', async () => {
  const world = await openWorld({ site: ALONE });
  world.service.status = 503;
  await world.pass(300, 10);
  await world.write(
    '20260310_work.md',
    '---\ntitle: Work\nstatus: in_progress\nscheduled_start: 2026-03-10T11:00:00Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: all\n---\nWork.\n',
  );
  await world.pass(10, 5);
  expect(await readyz(world)).toContain('(20260310_api-down) reports it');
  expect(await readyz(world)).not.toContain('nobody is notified');
});
