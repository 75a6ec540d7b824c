// A renamed incident file is the same incident: its sources stay in it, and it ends with the last of them.
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const TOKEN = 'token=the-webhook-token-of-this-test';
const SITE = (url: string) => `title: T
group_within: 1m
components:
  - { id: api, name: API, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s } }
  - { id: db, name: Database, match: [Store], check: { type: manual } }
  - { id: web, name: Web, match: [Shop], check: { type: manual } }
`;
/** Three checks that fail and recover one by one. */
const THREE = (url: string) => `title: T
components:
${['api', 'db', 'web'].map(id => `  - { id: ${id}, name: ${id.toUpperCase()}, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s, contains: ${id}-ok } }`).join('\n')}
`;

const OURS = '20260310_ours.md';
const RENAMED = '20260310_renamed.md';
const DOWN = '20260310_api-down.md';
const ours = (end = '') =>
  `---\ntitle: We look into it\nstatus: ${end ? 'resolved' : 'identified'}\nseverity: minor\nstarted: 2026-03-10T11:50:00Z\n${end ? `resolved: ${end}\n` : ''}components: [api]\n---\n## Identified 11:55 UTC\nA deploy that we made this morning broke the connection pool.\n`;

const move = (world: World, from: string, to: string) =>
  rename(path.join(world.dir, 'status/incidents', from), path.join(world.dir, 'status/incidents', to));
const robot = async (world: World, kind: 'down' | 'up', monitor = 'Shop') =>
  (await world.post(`/webhooks/uptime?${TOKEN}`, { alert_type: kind, monitor_name: monitor })).json;
const turn = async (world: World, status: number, seconds = 60) => {
  world.service.status = status;
  await world.pass(seconds, 5);
};
const standing = ({ system }: World) =>
  system
    .snapshot()
    .incidents.map(({ id, status }) => `${id} ${status}`)
    .sort();
const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const stretches = async (world: World, id = 'api') => {
  const { components } = (await world.get('/api/uptime.json')).json;
  const { intervals } = components.find((one: { id: string }) => one.id === id);
  return intervals
    .filter(({ source }: { source?: string }) => source)
    .map(({ source, incident, severity }: Record<string, string>) => `${source} in ${incident}, ${severity}`);
};

type Renaming = (world: World, renaming: () => Promise<void>) => Promise<void>;
const RENAMINGS: readonly (readonly [string, Renaming])[] = [
  ['while the server runs', (_, renaming) => renaming()],
  [
    'before a restart',
    async (world, renaming) => {
      await renaming();
      await world.pass(5);
      await world.restart();
    },
  ],
  ['while the server is stopped', (world, renaming) => world.restart(renaming)],
];

describe.each(RENAMINGS)('an operator’s incident, renamed %s', (_, renamed) => {
  test('keeps what a source measured; after its end, a source that still fails opens its own', async () => {
    const world = await openWorld({ site: SITE, files: { [OURS]: ours() } });
    await turn(world, 500);
    expect(await stretches(world)).toEqual(['probe:api in 20260310_ours, critical']);
    await renamed(world, () => move(world, OURS, RENAMED));
    await world.pass(10, 5);
    expect(await stretches(world)).toEqual(['probe:api in 20260310_renamed, critical']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.write(RENAMED, ours('2026-03-10T12:02:00Z'));
    await world.pass(360, 5);
    expect(await world.files()).toEqual([DOWN, RENAMED]);
    expect(await world.read(DOWN)).toContain('started: 2026-03-10T12:02:00Z\n');
    await turn(world, 200);
    expect(standing(world)).toEqual(['20260310_api-down resolved', '20260310_renamed resolved']);
  });
});

test('an operator’s incident, renamed and ended in one step, twice renamed, and back again', async () => {
  for (const names of [[RENAMED], [RENAMED, '20260310_again.md'], [RENAMED, OURS]]) {
    const world = await openWorld({ site: SITE, files: { [OURS]: ours() } });
    await turn(world, 500);
    let last = OURS;
    for (const name of names.slice(0, -1)) {
      await move(world, last, name);
      await world.pass(10, 5);
      last = name;
    }
    const name = names.at(-1)!;
    await world.write(last, ours('2026-03-10T12:01:00Z'));
    await move(world, last, name);
    await world.pass(240, 5);
    expect(await world.files()).toEqual([name, DOWN].sort());
    expect(await world.read(DOWN)).toContain('started: 2026-03-10T12:01:00Z\n');
  }
});

test('a monitor is answered with the name that the file has now, and ends what it is in', async () => {
  const world = await openWorld({
    site: url => SITE(url).replace('name: API,', 'name: API, match: [Api robot],'),
    files: { [OURS]: ours() },
  });
  expect(await robot(world, 'down', 'Api robot')).toMatchObject({
    action: 'joined',
    incident: '20260310_ours',
  });
  await move(world, OURS, RENAMED);
  await world.pass(10, 5);
  const again = { action: 'ignored', incident: '20260310_renamed' };
  expect(await robot(world, 'down', 'Api robot')).toMatchObject(again);
  await world.write(RENAMED, ours('2026-03-10T12:00:30Z'));
  await world.pass(30, 5);
  expect(await robot(world, 'down', 'Api robot')).toMatchObject(again);
  expect(await robot(world, 'up', 'Api robot')).toMatchObject({ action: 'resolved' });
  await world.pass(300, 5);
  expect(await world.files()).toEqual([RENAMED]);
});

/** An incident of three checks, the API's unstable, after an edit and under another name. */
async function unstable(edit: (text: string) => string): Promise<World> {
  const world = await openWorld({ site: THREE });
  await subscribed(world, 'user@example.com');
  world.service.body = 'api-ok db-ok web-ok';
  await world.pass(20, 5);
  world.service.body = '';
  await world.pass(120, 5);
  const [file] = (await world.files()) as [string];
  expect(await world.files()).toHaveLength(1);
  world.service.body = 'api-ok';
  await world.pass(120, 5);
  world.service.body = '';
  await world.pass(120, 5);
  const text = await world.read(file);
  expect(text).toMatch(/^opened_by: .*probe:api.*$/m);
  await move(world, file, RENAMED);
  await world.write(RENAMED, edit(text));
  await world.pass(20, 5);
  world.service.body = 'web-ok';
  await world.pass(60, 5);
  world.service.body = 'db-ok web-ok';
  await world.pass(120, 5);
  return world;
}

test.each([
  ['renamed', (text: string) => text],
  ['renamed, with another title', (text: string) => text.replace(/title: .*/, 'title: The shop is down')],
])('an incident of three checks, one of them unstable, %s, ends with the last of them', async (_, edit) => {
  const world = await unstable(edit);
  expect(standing(world)).toEqual(['20260310_renamed investigating']);
  expect(subjects(world).filter(one => one?.startsWith('[RESOLVED]'))).toEqual([]);
  expect(world.system.snapshot().components.map(({ health }) => health)).toEqual([
    'major_outage',
    'operational',
    'operational',
  ]);
  world.service.body = 'api-ok db-ok web-ok';
  await world.pass(120, 5);
  expect(standing(world)).toEqual(['20260310_renamed resolved']);
  await world.pass(120, 5);
  expect(subjects(world).filter(one => one?.startsWith('[RESOLVED]'))).toHaveLength(1);
});

test('its newest heading at an earlier time takes the API off the list: its check brings that back', async () => {
  // Before the one that came before it.
  const world = await unstable(text => text.replace(/(?<=## .*)12:04:\d\d UTC/, '12:02:00 UTC'));
  await world.pass(60, 5);
  expect(standing(world)).toEqual(['20260310_renamed investigating']);
  expect(world.system.snapshot().components.map(({ health }) => health)).toEqual([
    'major_outage',
    'operational',
    'operational',
  ]);
  world.service.body = 'api-ok db-ok web-ok';
  await world.pass(120, 5);
  expect(standing(world).filter(one => !one.endsWith(' resolved'))).toEqual([]);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
});

test('a slow check, down too: a renamed incident ends when both are well', async () => {
  const world = await openWorld({
    site: url => SITE(url).replace('timeout: 2s }', 'timeout: 2s }, detect: { latency: 50ms, window: 30s }'),
  });
  world.service.delay = 80;
  await world.pass(60, 5);
  const [file] = (await world.files()) as [string];
  await turn(world, 500);
  expect(await world.read(file)).toMatch(/^opened_by: .*latency:api, probe:api/m);
  await move(world, file, RENAMED);
  await turn(world, 200);
  expect(standing(world)).toEqual(['20260310_renamed investigating']);
  world.service.delay = 0;
  await world.pass(120, 5);
  expect(standing(world)).toEqual(['20260310_renamed resolved']);
});

test('a machine’s incident, renamed, keeps what joined it', async () => {
  const world = await openWorld({
    site: url => SITE(url).replace('name: API,', 'name: API, match: [Shop],'),
  });
  await turn(world, 500);
  expect(await robot(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_api-down' });
  await move(world, DOWN, RENAMED);
  await world.pass(10, 5);
  const joined = ['uptimerobot:Shop in 20260310_renamed, critical'];
  expect(await stretches(world, 'web')).toEqual(joined);
  await turn(world, 200);
  expect(standing(world)).toEqual(['20260310_renamed investigating']);
  expect(await robot(world, 'up')).toMatchObject({ action: 'resolved', incident: '20260310_renamed' });
  expect(await stretches(world, 'web')).toEqual(joined);
  expect(standing(world)).toEqual(['20260310_renamed resolved']);
});

test('a new incident after another of that name was renamed has its own name and sources', async () => {
  const world = await openWorld({
    site: url => SITE(url).replace('name: API,', 'name: API, match: [Shop],'),
  });
  await turn(world, 500);
  await robot(world, 'down');
  await move(world, DOWN, RENAMED);
  await world.pass(10, 5);
  await turn(world, 200);
  await robot(world, 'up');
  await world.pass(3600, 60);
  await turn(world, 500);
  expect(standing(world)).toEqual(['20260310_api-down-2 investigating', '20260310_renamed resolved']);
  expect(await stretches(world, 'web')).toEqual(['uptimerobot:Shop in 20260310_renamed, critical']);
  expect(await robot(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_api-down-2' });
  await world.restart();
  await turn(world, 200);
  expect(standing(world)[0]).toBe('20260310_api-down-2 investigating');
  expect(await robot(world, 'up')).toMatchObject({ action: 'resolved', incident: '20260310_api-down-2' });
  expect(standing(world)[0]).toBe('20260310_api-down-2 resolved');
});

test('a deleted one is no more: a source that fails again opens its own', async () => {
  const world = await openWorld({
    site: SITE,
    files: { [OURS]: ours(), '20260101_old.md': ours('2026-03-10T11:56:00Z').replace('api', 'db') },
  });
  await turn(world, 500);
  await rm(path.join(world.dir, 'status/incidents', OURS));
  await world.pass(30, 5);
  // What its check measured meanwhile stays.
  expect(await stretches(world)).toEqual(['probe:api in null, critical']);
  await turn(world, 200);
  await turn(world, 500);
  expect(standing(world)).toContain('20260310_api-down investigating');
});
