// An operator says that the machine's incident is over while its source still fails: what was measured counts, and page,
// feeds, API and emails tell one story.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mailsTo, subjects, turn, type Watched, watched } from '../notify/watched.ts';

const FILE = '20260310_api-down.md';
const ID = '20260310_api-down';
const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const now = (world: Watched) => `${new Date(world.now()).toISOString().slice(0, 19)}Z`;

async function edit(world: Watched, change: (text: string) => string): Promise<void> {
  const before = await world.read(FILE);
  expect(change(before)).not.toBe(before);
  await world.write(FILE, change(before));
  await world.pass(10, 5);
}
const said = (world: Watched, label: string, words: string) => (text: string) =>
  text.replace('\n## ', `\n## ${label} ${now(world)}\n${words}\n\n## `);
const keys = (at: string) => (text: string) =>
  text.replace('status: investigating', `status: resolved\nresolved: ${at}`);

const seconds = (from: string | number, to: string | number) => (+new Date(to) - +new Date(from)) / 1000;
async function downtime(world: Watched, id = 'api'): Promise<number> {
  const { components } = (await world.get('/api/uptime.json')).json;
  return components.find((one: { id: string }) => one.id === id).downtime_seconds;
}
const row = (world: Watched, id = 'api') =>
  world.system.snapshot().components.find(({ component }) => component.id === id)!.health;
const updates = async (world: Watched): Promise<{ status: string; body: string }[]> =>
  (await world.get('/api/v2/incidents.json')).json.incidents[0].incident_updates;
const measured = async (world: Watched) => (await world.get(`/api/incidents/${ID}/claim.json`)).json.measured;

type Way = (world: Watched) => (text: string) => string;
const WAYS: [string, Way][] = [
  ['a section alone', world => said(world, 'Resolved', 'I fixed it.')],
  ['its keys alone', world => keys(now(world))],
  ['both', world => text => keys(now(world))(said(world, 'Resolved', 'I fixed it.')(text))],
  ['its keys, dated back', () => keys('2026-03-10T12:01:30Z')],
];

describe('what a check measured counts, whatever its file says of the end', () => {
  test.each(WAYS)('%s; the check recovers soon', async (_, way) => {
    const world = await watched();
    await turn(world, ['api'], 503, 120);
    await edit(world, way(world));
    await world.pass(20, 5);
    await edit(world, said(world, 'Update', 'We watch.'));
    const soFar = await measured(world);
    expect(soFar.end).toBeNull();
    // Counts of the page are of the minute.
    expect(await downtime(world)).toBe(seconds(soFar.start, world.system.snapshot().at));
    expect(row(world)).toBe('major_outage');
    await turn(world, ['api'], 200, 120);
    const { start, end } = await measured(world);
    expect(end).not.toBeNull();
    expect(await downtime(world)).toBe(seconds(start, end));
    expect(row(world)).toBe('operational');
  });

  test.each(WAYS)('%s; the check fails on: one story, to its end', async (_, way) => {
    const world = await watched();
    await turn(world, ['api'], 503, 120);
    await edit(world, way(world));
    await edit(world, said(world, 'Update', 'We watch.'));
    await world.pass(240, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).not.toContain('not working either');
    await edit(world, said(world, 'Update', 'Hm.'));
    expect((await updates(world))[0]).toMatchObject({ status: 'investigating', body: 'Hm.' });
    await turn(world, ['api'], 200, 120);
    const { start, end } = await measured(world);
    expect(await downtime(world)).toBe(seconds(start, end));
    expect(subjects(world, 'ann').filter(subject => subject === '[RESOLVED] API Down').length).toBeLessThan(
      3,
    );
    expect(subjects(world, 'ann').at(-1)).toBe('[RESOLVED] API Down');
  });

  test('of a check that had joined it, too', async () => {
    const world = await watched();
    await turn(world, ['api'], 503, 40);
    await turn(world, ['db'], 503, 100);
    expect(await world.files()).toEqual([FILE]);
    await edit(world, keys(now(world)));
    await turn(world, ['api', 'db'], 200, 60);
    const { components } = (await world.get('/api/uptime.json')).json;
    const ends = components
      .slice(0, 2)
      .map(({ intervals }: never) => (intervals as { end: string }[]).at(-1)!.end);
    expect(ends[0]).toBe(ends[1]);
    expect(seconds(ends[0], world.now())).toBeLessThan(60);
  });

  test('what its file does not name is excluded', async () => {
    const world = await watched();
    await turn(world, ['api'], 503, 120);
    await edit(world, text => keys(now(world))(text).replace('components: [api]', 'components: []'));
    await turn(world, ['api'], 200, 120);
    expect(await downtime(world)).toBe(0);
  });

  test('the end that another monitor never reports is its operator’s', async () => {
    const world = await watched();
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    await world.pass(120, 5);
    const end = now(world);
    await edit(world, keys(end));
    await world.pass(600, 60);
    expect(await downtime(world)).toBe(seconds((await measured(world)).start, end));
  });

  test('the outage that had joined an operator’s incident, whose file is deleted', async () => {
    const mine = '20260310_mine.md';
    const world = await watched();
    await world.write(
      mine,
      '---\ntitle: Slow\nstatus: identified\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\ncomponents: [api]\n---\nWe look.\n',
    );
    await world.pass(30, 5);
    await turn(world, ['api'], 503, 120);
    await turn(world, ['api'], 200, 60);
    const known = (await world.get('/api/uptime.json')).json.components[0].intervals.filter(
      (one: { source?: string }) => one.source,
    );
    expect(known).toHaveLength(1);
    await rm(path.join(world.dir, 'status/incidents', mine));
    await world.pass(60, 5);
    const { components } = (await world.get('/api/uptime.json')).json;
    expect(components[0].intervals).toEqual([{ ...known[0], incident: null }]);
    expect(components[0].downtime_seconds).toBe(seconds(known[0].start, known[0].end));
    for (const page of ['/status/live', '/status/uptime', '/status/components/api'])
      expect([page, (await world.get(page)).status]).toEqual([page, 200]);
  });
});

test('words after a section Resolved of an open incident have its status everywhere', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 120);
  await edit(world, said(world, 'Identified', 'A disk.'));
  await edit(world, said(world, 'Resolved', 'I fixed it.'));
  await edit(world, said(world, 'Update', 'Not yet.'));
  expect((await updates(world)).map(({ status }) => status).slice(0, 2)).toEqual([
    'investigating',
    'investigating',
  ]);
  const { items } = (await world.get('/status/feed.json')).json;
  expect(items[0].title).toBe('API Down – Investigating');
  expect(mailsTo(world, 'ann').at(-1)!.text).toMatch(/^INVESTIGATING[\s\S]*Not yet\./);
  expect(world.hook.got.at(-1)!.json.incident.incident_updates[0]).toMatchObject({
    status: 'investigating',
    body: 'Not yet.',
  });
  await turn(world, ['api'], 200, 90);
  expect((await updates(world)).map(({ status }) => status).slice(0, 2)).toEqual(['resolved', 'identified']);
});

describe('a late report of another monitor, after an operator’s end', () => {
  const report = (world: Watched, type: 'down' | 'up') =>
    world.post(HOOK, { alert_type: type, monitor_name: 'API' });

  const ended = async () => {
    const world = await watched();
    await turn(world, ['api'], 503, 120);
    await edit(world, keys(now(world)));
    expect((await report(world, 'down')).json).toMatchObject({ action: 'held' });
    await world.pass(60, 5);
    expect(await world.files()).toEqual([FILE]);
    return world;
  };
  const told = ['[INCIDENT] API Down', '[RESOLVED] API Down'];

  test('the check fails on: both continue in its incident', async () => {
    const world = await ended();
    await world.pass(180, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).toMatch(/opened_by: "probe:api, uptimerobot:/);
    await turn(world, ['api'], 200, 30);
    expect(await world.read(FILE)).toContain('status: investigating');
    await report(world, 'up');
    await world.pass(90, 5);
    expect(subjects(world, 'ann')).toEqual([...told, '[UPDATE] API Down', '[RESOLVED] API Down']);
  });

  test('the check recovers: the monitor continues it', async () => {
    const world = await ended();
    await turn(world, ['api'], 200, 60);
    expect(await world.files()).toEqual([FILE]);
    await report(world, 'up');
    await world.pass(90, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(subjects(world, 'ann').at(-1)).toBe('[RESOLVED] API Down');
  });

  test('both recover: nothing is told again', async () => {
    const world = await ended();
    await report(world, 'up');
    await turn(world, ['api'], 200, 600);
    expect(await world.files()).toEqual([FILE]);
    expect(subjects(world, 'ann')).toEqual(told);
  });
});
