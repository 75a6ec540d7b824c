// Reported late: another monitor says that it failed when the check of its component has recovered. One outage, one story.
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';
import { ago, monitorsOf, post, type Say } from './monitors.ts';

const FILE = '20260310_api-down.md';
const SITE = (url: string) => `title: T
components:
  - { id: api, name: API, schedule: "*/5 * * * * *", check: { type: http, url: "${url}/health" }, detect: { failures: 2, recoveries: 1 }, match: [Shop] }
  - { id: db, name: Database, check: { type: manual } }
`;

/** The check failed for two minutes, and recovered; `sooner` seconds before now. */
async function recovered(sooner: number): Promise<World> {
  const world = await openWorld({ site: SITE });
  await world.pass(20, 10);
  await subscribed(world, 'ann@example.com');
  world.service.status = 500;
  await world.pass(120, 5);
  world.service.status = 200;
  await world.pass(5, 1);
  expect(await world.read(FILE)).toContain('status: resolved\n');
  await world.pass(sooner, sooner > 100 ? 30 : 5);
  return world;
}

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject ?? '').filter(subject => subject.startsWith('['));
const { generic, robot, alertmanager } = monitorsOf('api');
const monitors: readonly (readonly [string, Say])[] = [
  ['another monitor', generic],
  ['UptimeRobot', robot],
  ['Alertmanager', alertmanager],
];

const holds = monitors.flatMap(([name, say]) =>
  (say === generic ? [90, 5, null] : [90]).map(
    seconds => [name, seconds === null ? 'now' : `${seconds} s ago`, say, seconds] as const,
  ),
);
test.each(holds)(
  'before the end is told, %s says that it failed %s: the same goes on',
  async (...[, , say, at]) => {
    const world = await recovered(20);
    expect(await say(world, 'down', at)).toMatchObject({ incident: '20260310_api-down' });
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).toMatch(/^status: investigating$/m);
    await world.pass(200, 20);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
    expect(await say(world, 'up', 3)).toMatchObject({ action: 'resolved', incident: '20260310_api-down' });
    await world.pass(900, 100);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    expect(await world.files()).toEqual([FILE]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  },
);

const tolds = monitors.flatMap(([name, say]) =>
  [[90, 150], ...(say === generic ? [[1500, 1600]] : []), ...(say === robot ? [[170, null]] : [])].map(
    ([sooner, at]) => [name, at === null ? 'now' : `${at} s ago`, sooner!, say, at!] as const,
  ),
);
test.each(tolds)(
  '%s says that it failed %s, %i s after the end, which was told: the same goes on',
  async (...[, , sooner, say, at]) => {
    const world = await recovered(sooner);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    expect(await say(world, 'down', at)).toMatchObject({ incident: '20260310_api-down' });
    await world.pass(100, 20);
    expect(subjects(world).slice(2)).toEqual(['[UPDATE] API Down']);
    expect(world.mails.at(-1)!.text).toContain('Still unstable.');
    await say(world, 'up', 3);
    await world.pass(200, 20);
    expect(subjects(world).slice(2)).toEqual(['[UPDATE] API Down', '[RESOLVED] API Down']);
    expect(await world.files()).toEqual([FILE]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  },
);

test('its outage was over by then, too: nothing is told, and nothing opened', async () => {
  const world = await recovered(90);
  const one = { labels: { alertname: 'ApiErrors', component: 'api' }, startsAt: ago(world, 150) };
  const { results } = await post(world, 'alertmanager', {
    ...{ version: '4', status: 'resolved', groupLabels: {}, commonLabels: {} },
    alerts: [
      { ...one, status: 'firing' },
      { ...one, status: 'resolved', endsAt: ago(world, 100) },
    ],
  });
  expect(results).toMatchObject([{ incident: '20260310_api-down' }, { incident: '20260310_api-down' }]);
  await world.pass(300, 20);
  expect(await world.files()).toEqual([FILE]);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
});

test('its time is within the outage: that goes on without a gap, under the title that an operator gave it', async () => {
  const world = await recovered(20);
  await world.write(FILE, (await world.read(FILE)).replace('title: API Down', 'title: Checkout fails'));
  await generic(world, 'down', 60);
  await world.pass(100, 20);
  const [incident] = world.system.snapshot().incidents;
  const { started, title, openedBy } = incident!;
  expect([title, openedBy]).toEqual(['Checkout fails', 'probe:api, generic:Shop']);
  const [api] = (await world.get('/api/uptime.json')).json.components;
  expect(api.downtime_seconds).toBe((Date.parse(api.window.end) - started) / 1000);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
});

test('after two outages, of the first one: one section says so, at the end', async () => {
  const world = await recovered(90);
  world.service.status = 500;
  await world.pass(30, 5);
  world.service.status = 200;
  await world.pass(90, 5);
  const before = await world.read(FILE);
  const sections = before.split(/^(?=## )/m).slice(1);
  await bettered(world, 'down', 250);
  await world.pass(30, 5);
  const [newest, ...others] = (await world.read(FILE)).split(/^(?=## )/m).slice(1);
  expect(newest).toContain('Still unstable. Shop is down, says Better Stack: Status 503');
  expect(others).toEqual(sections);
  const [api] = (await world.get('/api/uptime.json')).json.components;
  const started = Date.parse(/^started: (\S+)$/m.exec(before)![1]!);
  expect(api.downtime_seconds).toBe((Date.parse(api.window.end) - started) / 1000);
});

const mine = (at: string) =>
  `---\ntitle: Slow sign-in\nstatus: investigating\nseverity: major\nstarted: ${at}\ncomponents: [api]\n---\n\n## Investigating ${at}\nWe look.\n`;

const bettered: Say = (world, kind, seconds) => {
  const [started_at, resolved_at] = [ago(world, seconds ?? 0), kind === 'up' ? ago(world, 0) : null];
  const attributes = {
    name: 'Shop',
    url: 'https://shop.example/',
    cause: 'Status 503',
    started_at,
    resolved_at,
  };
  const relationships = { monitor: { data: { id: '77', type: 'monitor' } } };
  return post(world, 'betterstack', { data: { id: '25', type: 'incident', attributes, relationships } });
};
const pingdom: Say = (world, kind, seconds) =>
  post(world, 'pingdom', {
    ...{ check_id: 12, check_name: 'Shop', current_state: kind.toUpperCase() },
    ...{ state_changed_timestamp: Math.floor(world.now() / 1000) - (seconds ?? 0) },
  });

describe('the operator’s end counts', () => {
  /** An incident on the API, its own or the machine's, that its operator ended a moment ago. */
  async function endedBy(file: string): Promise<World> {
    const world = await recovered(file === FILE ? 0 : 2400);
    if (file === FILE) world.service.status = 500;
    else await world.write(file, mine(ago(world, 0)));
    await world.pass(120, 5);
    const text = await world.read(file);
    expect(text).toContain('status: investigating\n');
    const end = `status: resolved\nresolved: ${ago(world, 1)}`;
    await world.write(file, text.replace('status: investigating', end));
    world.service.status = 200;
    await world.pass(15, 5);
    world.mails.length = 0;
    return world;
  }

  const files = [FILE, '20260310_slow-sign-in.md'];
  const saying = [...monitors, ['Better Stack', bettered], ['Pingdom', pingdom]] as const;
  // Each sender about one of the files, in turn.
  test.each(saying.map(([name, say], at) => [files[at % 2]!, name, say] as const))(
    '%s: what %s reports of a time before it, and is over soon, is part of it',
    async (file, _, say) => {
      const world = await endedBy(file);
      const before = [await world.files(), await world.read(file)];
      const answer = { action: 'joined', incident: file.replace('.md', '') };
      expect(await say(world, 'down', 60)).toMatchObject(answer);
      await world.pass(60, 5);
      expect(await say(world, 'up', 3)).toMatchObject({ action: 'resolved' });
      await world.pass(300, 20);
      expect([await world.files(), await world.read(file)]).toEqual(before);
      expect(subjects(world)).toEqual([]);
    },
  );

  test.each(files)('%s: what fails on for three minutes opens its own, from that end', async file => {
    const world = await endedBy(file);
    await generic(world, 'down', 60);
    await world.pass(5, 5);
    const [problem] = (await world.get('/readyz')).json.problems;
    expect(problem.what).toMatch(/^generic:Shop still fails, and since \S+ no incident holds it$/);
    await world.pass(200, 10);
    const end = /^resolved: (\S+?)(\.\d+)?Z$/m.exec(await world.read(file))![1];
    expect(await world.read('20260310_shop-down.md')).toContain(`started: ${end}Z\n`);
    expect(subjects(world)).toEqual(['[INCIDENT] Shop Down']);
    expect(await world.files()).toHaveLength(file === FILE ? 2 : 3);
  });
});

test('another monitor’s outage that began later than that opens its own', async () => {
  const world = await recovered(420);
  expect(await generic(world, 'down', null)).toMatchObject({
    action: 'opened',
    incident: '20260310_shop-down',
  });
});
