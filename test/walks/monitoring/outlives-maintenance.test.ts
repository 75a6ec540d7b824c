// An outage that outlives its maintenance counts from the end of the window: what it joins by then stays as it is told.
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';
import { subjects } from './two-checks.ts';

const IDS = ['o1', 'o2', 'o3'] as const;
type Id = (typeof IDS)[number];

interface Watched extends World {
  readonly answers: Record<Id, number>;
}

const upkeep = (components: string, end: string, start = '11:50') =>
  `---\ntitle: Upkeep of ${components}\nstatus: scheduled\nstarted: 2026-03-09T10:00:00Z\nscheduled_start: 2026-03-10T${start}:00Z\nscheduled_end: 2026-03-10T${end}:00Z\ncomponents: [${components}]\n---\nWe work.\n`;

/** Three checked components with one subscriber; `windows` are the ends of their maintenances. */
async function watched(
  windows: Partial<Record<Id, string>>,
  more: Readonly<Record<string, string>> = {},
  parent = '',
): Promise<Watched> {
  const answers = { o1: 200, o2: 200, o3: 200 };
  const server = createServer((req, res) => res.writeHead(answers[req.url?.slice(1) as Id] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const check = (id: Id) =>
    `  - { id: ${id}, name: ${id.toUpperCase()}, match: [${id === 'o3' ? 'o3' : 'Both'}], schedule: "*/10 * * * * *", check: { type: http, url: "${base}/${id}" }, detect: { latency: 1m }${id === 'o1' ? parent : ''} }\n`;
  const works = Object.entries(windows).map(([id, end]) => [`20260309_${id}.md`, upkeep(id, end)]);
  const world = await openWorld({
    site: () => `title: T\ncomponents:\n${IDS.map(check).join('')}`,
    files: { ...Object.fromEntries(works), ...more },
  });
  await world.pass(20, 10);
  await subscribed(world, 'ann@example.com');
  return Object.assign(Object.create(world, Object.getOwnPropertyDescriptors(world)) as World, { answers });
}

/** All three fail, one after the other. */
async function fail(world: Watched, order: readonly Id[] = IDS): Promise<void> {
  for (const id of order) {
    world.answers[id] = 500;
    await world.pass(10, 5);
  }
  await world.pass(60, 5);
}

const until = async (world: World, time: string) =>
  world.pass((Date.parse(`2026-03-10T${time}Z`) - world.now()) / 1000, 10);
/** The title names what joined; which that is depends on the story. */
const told = (world: World) =>
  subjects(world)
    .filter(one => !one.startsWith('[MAINTENANCE]'))
    .map(one => one.replace(/\] (?:O\d(?:, | and )?)+ Down/, '] Down').replace(/\] O\d.* Down/, '] Down'));
const incident = async (world: World) =>
  (await world.get('/api/v2/incidents.json')).json.incidents.find(
    ({ scheduled_for }: { scheduled_for?: string }) => !scheduled_for,
  );
const affected = async (world: World) =>
  (await incident(world)).components.map(({ name }: { name: string }) => name).sort();
/** The sections of a file: time of day, and the components that it lists. */
const sections = (text: string) =>
  [...text.matchAll(/^## \w+ \S+ (\d\d:\d\d:\d\d) UTC\n(?:severity: .*\n)?(?:components: \[(.*)\])?/gm)]
    .map(([, at, list]) => `${at} ${list ?? ''}`.trim())
    .reverse();
const FILE = '20260310_o2-down.md';

describe('each joins the open incident when its window ends', () => {
  test.each([
    ['o3 first', { o1: '12:40', o3: '12:20' }, ['12:20:00 o2, o3', '12:40:00 o2, o3, o1'], IDS],
    ['o1 first', { o1: '12:20', o3: '12:40' }, ['12:20:00 o2, o1', '12:40:00 o2, o1, o3'], IDS],
    [
      'o2 was the last to fail',
      { o1: '12:20', o3: '12:40' },
      ['12:20:00 o2, o1', '12:40:00 o2, o1, o3'],
      ['o3', 'o1', 'o2'] as const,
    ],
  ])('%s', async (_, windows, expected, order) => {
    const world = await watched(windows);
    await fail(world, order);
    expect(told(world)).toEqual(['[INCIDENT] Down']);
    await until(world, '12:30:00');
    expect(told(world)).toEqual(['[INCIDENT] Down', '[UPDATE] Down']);
    await until(world, '12:55:00');
    expect((await world.files()).filter(one => one.includes('0310'))).toEqual([FILE]);
    const text = await world.read(FILE);
    expect(sections(text).slice(1)).toEqual(expected);
    expect(await affected(world)).toEqual(['O1', 'O2', 'O3']);
    expect(told(world)).toEqual(['[INCIDENT] Down', '[UPDATE] Down', '[UPDATE] Down']);
    expect((await world.get('/status/live')).text).toMatch(/O2[^<]*O\d[^<]*O\d/);

    for (const id of IDS) world.answers[id] = 200;
    await world.pass(200, 5);
    expect(await world.read(FILE)).toContain('status: resolved\n');
    expect(told(world).slice(3)).toEqual(['[RESOLVED] Down']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    const { components } = (await world.get('/api/uptime.json')).json;
    // From the end of each window to the first good look.
    const minutes = components.map((one: { downtime_seconds: number }) =>
      Math.floor(one.downtime_seconds / 60),
    );
    const since = (end: string) => 55 - Number(end.slice(3));
    expect(minutes).toEqual([since(windows.o1), 54, since(windows.o3)]);
  });

  test('after a restart, too', async () => {
    const world = await watched({ o1: '12:40', o3: '12:20' });
    await fail(world);
    await world.restart();
    await until(world, '12:30:00');
    await world.restart();
    await until(world, '12:55:00');
    await world.restart();
    expect(sections(await world.read(FILE)).slice(1)).toEqual(['12:20:00 o2, o3', '12:40:00 o2, o3, o1']);
    expect(await affected(world)).toEqual(['O1', 'O2', 'O3']);
  });
});

test('alone, it begins with the end of the window; two windows in a row are one', async () => {
  const world = await watched(
    {},
    {
      '20260309_a.md': upkeep('o1', '12:10'),
      '20260309_b.md': upkeep('o1', '12:20', '12:10'),
    },
  );
  world.answers.o1 = 500;
  await until(world, '12:25:00');
  expect(await world.read('20260310_o1-down.md')).toContain('started: 2026-03-10T12:20:00Z\n');
  world.answers.o1 = 200;
  await world.pass(200, 5);
  expect(told(world)).toEqual(['[INCIDENT] Down', '[RESOLVED] Down']);
});

test('that began before the window counts from its beginning', async () => {
  const world = await watched({}, { '20260309_o1.md': upkeep('o1', '12:20', '12:01') });
  await until(world, '12:00:30');
  world.answers.o1 = 500;
  await until(world, '12:00:45');
  await until(world, '12:25:00');
  expect(await world.read('20260310_o1-down.md')).toMatch(/started: 2026-03-10T12:00:\d\dZ\n/);
});

test('that is completed early counts from the completion', async () => {
  const world = await watched({ o1: '12:40' });
  await fail(world);
  await until(world, '12:10:00');
  const text = await world.read('20260309_o1.md');
  await world.write(
    '20260309_o1.md',
    `${text.replace('scheduled\n', 'completed\n')}\n## Completed 2026-03-10 12:09 UTC\nDone.\n`,
  );
  await until(world, '12:15:00');
  expect((await world.read('20260310_o2-down.md')).match(/components: \[o2, o3, o1\]/)).not.toBeNull();
  expect(sections(await world.read(FILE)).at(-1)).toBe('12:09:00 o2, o3, o1');
});

const ALERT = { status: 'firing', labels: { alertname: 'Slow', component: 'o1' }, annotations: {} };
const alert = (world: World, ...alerts: object[]) =>
  world.post('/webhooks/alertmanager?token=the-webhook-token-of-this-test', {
    ...{ version: '4', status: 'firing', receiver: 'x', groupLabels: {}, commonLabels: {} },
    alerts: alerts.map(one => ({ ...ALERT, ...one })),
  });

test('that was over before the window’s end is never filed, however late it is heard of', async () => {
  const world = await watched({ o1: '12:20' });
  await until(world, '12:30:00');
  const [startsAt, endsAt] = ['2026-03-10T12:05:00Z', '2026-03-10T12:15:00Z'];
  const { json } = await alert(world, { startsAt }, { status: 'resolved', startsAt, endsAt });
  expect(json).toMatchObject({ ok: true, incident: null });
  expect(told(world)).toEqual([]);
  expect((await world.files()).filter(one => one.includes('0310'))).toEqual([]);
});

test('another monitor’s, reported within the window, is held: it opens an incident if it outlasts that', async () => {
  const world = await watched({ o3: '12:20' });
  const down = (monitor_name: string) =>
    world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', { alert_type: 'down', monitor_name });
  expect((await down('o3')).json).toEqual({
    ok: true,
    action: 'held',
    incident: null,
    why: 'a maintenance of its component is under way: it opens an incident if it is still down after that',
  });
  expect((await down('o3')).json).toMatchObject({ action: 'ignored', incident: null });
  expect(told(world)).toEqual([]);
  await until(world, '12:21:00');
  expect(told(world)).toEqual(['[INCIDENT] o3 Down']);
  expect((await down('o3')).json).toMatchObject({ action: 'ignored', incident: '20260310_o3-down' });
});

test('another monitor’s, reported after the window, counts from its end', async () => {
  const world = await watched({ o1: '12:20' });
  await until(world, '12:30:00');
  const { json } = await alert(world, { startsAt: '2026-03-10T12:05:00Z' });
  expect(await world.read(`${json.incident}.md`)).toContain('started: 2026-03-10T12:20:00Z\n');
});

describe('what is reported of the time before an incident', () => {
  test.each(['2026-03-10T11:40:00Z', '2026-03-10T12:00:26Z', '2026-03-10T12:00:40Z'])(
    'at %s',
    async startsAt => {
      const world = await watched({});
      world.answers.o2 = 500;
      await until(world, '12:05:00');
      const firing = { startsAt, labels: { alertname: 'Both' } };
      expect((await alert(world, firing)).json).toMatchObject({ action: 'joined' });
      await until(world, '12:20:00');
      expect(await affected(world)).toEqual(['O1', 'O2']);
      expect(told(world)).toEqual(['[INCIDENT] Down', '[UPDATE] Down']);
    },
  );
});

test('what its parent explained meanwhile is carried through what was written meanwhile', async () => {
  const world = await watched({}, {}, ', depends_on: [o3]');
  await fail(world, ['o2', 'o3', 'o1']);
  await until(world, '12:05:00');
  world.answers.o3 = 200;
  await until(world, '12:15:00');
  expect((await world.files()).filter(one => one.includes('0310'))).toEqual([FILE]);
  expect(await affected(world)).toEqual(['O1', 'O2']);
  expect(told(world).map(one => one.split(' ')[0])).toEqual(['[INCIDENT]', '[UPDATE]']);
  world.answers.o1 = 200;
  world.answers.o2 = 200;
  await world.pass(200, 5);
  expect(told(world).at(-1)).toMatch(/^\[RESOLVED\]/);
});
