// The file of a machine's incident is deleted while its source still fails: it is filed again, and told as one incident.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_api-down.md';
const TOKEN = 'token=the-webhook-token-of-this-test';
const SITE = (url: string) => `title: T
components:
  - { id: api, name: API, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s } }
  - { id: web, name: Web, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s }, match: [Shop] }
`;
const ALONE = (url: string) =>
  SITE(url)
    .replace(/ {2}- \{ id: api.*\n/, '')
    .replaceAll(/web/gi, w => (w === 'web' ? 'api' : 'API'));

const turn = async (world: World, status: number, seconds = 60) => {
  world.service.status = status;
  await world.pass(seconds, 5);
};
const remove = async (world: World) => {
  for (const file of await world.files()) await rm(path.join(world.dir, 'status', 'incidents', file));
};
const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);
const started = (text: string) => /^started: .*$/m.exec(text)?.[0];
const said = async (world: World) =>
  (await world.get('/readyz')).json.problems.map((one: { what: string }) => one.what).join('\n');

async function failing(site = ALONE): Promise<World> {
  const world = await openWorld({ site });
  await subscribed(world, 'user@example.com');
  await turn(world, 200);
  await turn(world, 500, 90);
  expect(standing(world)).toHaveLength(1);
  return world;
}

test('it is filed again after three minutes, from its beginning, and only its end is told', async () => {
  const world = await failing();
  const before = await world.read(FILE);
  await remove(world);
  await turn(world, 500, 60);
  expect(await said(world)).toMatch(
    /^API Down was deleted while its check still fails: it is filed again at /,
  );
  expect(await world.files()).toEqual([]);
  await turn(world, 500, 150);
  expect(await world.files()).toEqual([FILE]);
  expect(started(await world.read(FILE))).toBe(started(before));
  expect(await said(world)).toBe('');
  await turn(world, 500, 700);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
  await turn(world, 200, 180);
  expect(standing(world)).toEqual(['20260310_api-down resolved']);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
  const [api] = (await world.get('/api/uptime.json')).json.components;
  expect(api.uptime).toBeLessThan(100);
});

test('with a restart, after a relapse and several updates, and deleted twice', async () => {
  const world = await failing();
  await turn(world, 200, 30);
  await turn(world, 500, 60);
  const text = await world.read(FILE);
  await world.write(
    FILE,
    `${text}\n## Identified 12:04 UTC\nThe disk.\n\n## Monitoring 12:05 UTC\nA new disk.\n`,
  );
  await turn(world, 500, 300);
  const told = subjects(world);
  for (let times = 0; times < 2; times++) {
    await remove(world);
    await turn(world, 500, 60);
    await world.restart();
    await turn(world, 500, 200);
    expect(await world.files()).toEqual([FILE]);
  }
  await turn(world, 500, 700);
  expect(subjects(world)).toEqual(told);
  await turn(world, 200, 180);
  expect(subjects(world)).toEqual([...told, '[RESOLVED] API Down']);
});

test('several checks in one incident are one incident again', async () => {
  const world = await failing(SITE);
  const [file] = await world.files();
  const told = subjects(world);
  await remove(world);
  await turn(world, 500, 240);
  expect(await world.files()).toEqual([file]);
  await turn(world, 500, 700);
  await turn(world, 200, 180);
  expect(subjects(world).slice(told.length)).toEqual([told[0]!.replace('INCIDENT', 'RESOLVED')]);
});

test('a source that recovers within three minutes is not filed again', async () => {
  const world = await failing();
  await remove(world);
  await turn(world, 500, 60);
  await turn(world, 200, 600);
  expect([await world.files(), await said(world)]).toEqual([[], '']);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
});

test('one that was over before is deleted for good: a sender that never reports a recovery', async () => {
  const world = await openWorld({ site: ALONE });
  await world.post(`/webhooks/generic?${TOKEN}`, { monitor: 'Shop', status: 'down' });
  await world.pass(60, 5);
  const [file] = await world.files();
  const text = await world.read(file!);
  const over = text.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T12:01:00Z');
  await world.write(file!, over);
  await world.pass(180, 5);
  await remove(world);
  await world.restart();
  await world.pass(600, 10);
  expect([await world.files(), await said(world)]).toEqual([[], '']);
});

test('an operator’s incident that a check had joined: the check gets its own', async () => {
  const world = await openWorld({ site: ALONE });
  await world.write(
    '20260310_mine.md',
    '---\ntitle: We look\nstatus: identified\nseverity: minor\nstarted: 2026-03-10T11:50:00Z\ncomponents: [api]\n---\n## Identified 11:55 UTC\nWhy.\n',
  );
  await turn(world, 500, 90);
  expect(await world.files()).toEqual(['20260310_mine.md']);
  await remove(world);
  await turn(world, 500, 240);
  expect(standing(world)).toEqual(['20260310_api-down investigating']);
});
