// A machine without a battery starts in 1970, and its clock is set later: nothing of 1970 is believed then.
import { expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';

const INCIDENT = (started: string, resolved?: string) => `---
title: Slow database
status: ${resolved ? 'resolved' : 'investigating'}
severity: major
started: ${started}
${resolved ? `resolved: ${resolved}\n` : ''}components: [dashboard]
---
We look.
`;
const FILES = {
  '20260310_db.md': INCIDENT('2026-03-10T11:00:00Z'),
  '20260309_old.md': INCIDENT('2026-03-09T11:00:00Z', '2026-03-09T12:00:00Z'),
};
const NOON = Date.UTC(2026, 2, 10, 12);
const beat = (world: World) => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
const figures = async (world: World) => {
  const { components } = (await world.get('/api/uptime.json')).json;
  return Object.fromEntries(components.map((one: { id: string }) => [one.id, one]));
};
const setRight = async (world: World) => {
  world.stepClock((NOON - world.now()) / 1000);
  await world.pass(5, 1);
};

test.each(['1970-01-01T00:00:10Z', '2000-01-01T00:00:10Z'])(
  'started at %s on a new database, then set: incidents and figures are as their files and looks have them',
  async now => {
    const world = await openWorld({ now, files: FILES });
    await beat(world);
    // Long enough for a job to be called down.
    await world.pass(600, 20);
    const said = JSON.stringify((await world.get('/readyz')).json.problems);
    expect(said).toContain(`the clock of this machine says ${now.slice(0, 10)}: it was never set`);
    await setRight(world);
    await beat(world);
    await world.pass(300, 20);
    for (const restarts of [false, true]) {
      if (restarts) await world.restart();
      await world.pass(2, 1);
      const { api, dashboard, jobs } = await figures(world);
      expect(api).toMatchObject({ status: 'operational', uptime: 100 });
      expect(api.total_seconds).toBeLessThan(400);
      expect(api.coverage).toBeGreaterThan(70);
      for (const { observed_seconds, total_seconds } of [api, jobs])
        expect(observed_seconds).toBeLessThanOrEqual(total_seconds);
      expect(jobs.total_seconds).toBeLessThan(400);
      expect(jobs.uptime).toBeGreaterThan(90);
      expect(
        dashboard.intervals.map(({ start, end }: { start: string; end: string }) => [start, end]),
      ).toEqual([
        ['2026-03-09T11:00:00.000Z', '2026-03-09T12:00:00.000Z'],
        ['2026-03-10T11:00:00.000Z', expect.stringMatching(/^2026-03-10T12:0/)],
      ]);
    }
    const problems = JSON.stringify((await world.get('/readyz')).json.problems);
    expect(problems).not.toMatch(/lay in the future|was never set/);
    expect((await world.get('/status/incidents/20260310_db')).text).not.toContain('1970');
  },
);

test('a clock that was never set is said once, not each second anew', async () => {
  const world = await openWorld({ now: '1970-01-01T00:00:10Z', files: FILES });
  const said = new Set<string>();
  for (let second = 0; second < 30; second++) {
    await world.pass(1);
    const { problems } = (await world.get('/readyz')).json;
    for (const { where, what } of problems) if (where === 'clock') said.add(what);
  }
  expect([...said]).toHaveLength(1);
  expect(world.logged.filter(({ message }) => message.includes('was never set'))).toHaveLength(1);
});

test('started in 1970 on a database that knows better: what it knows stays', async () => {
  const world = await openWorld({ now: '2026-03-09T12:00:00Z', files: FILES });
  await world.pass(300, 20);
  await world.restart(async () => world.stepClock(-world.now() / 1000));
  await world.pass(60, 20);
  await setRight(world);
  await world.pass(60, 20);
  const { api, dashboard } = await figures(world);
  expect(api.window.start).toBe('2025-12-10T12:01:05.000Z');
  expect(api.total_seconds).toBeLessThanOrEqual(86_400 + 65);
  expect(dashboard.intervals[0].start).toBe('2026-03-09T11:00:00.000Z');
  expect(dashboard.intervals).toHaveLength(2);
});
