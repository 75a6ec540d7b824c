// Reported late: another monitor says that it failed when the check of its component has recovered. One outage, one story.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_api-down.md';
const TOKEN = 'token=the-webhook-token-of-this-test';
const SITE = (url: string) => `title: T
components:
  - { id: api, name: API, schedule: "*/5 * * * * *", check: { type: http, url: "${url}/health" }, detect: { failures: 2, recoveries: 1 }, match: [Shop] }
  - { id: db, name: Database, check: { type: manual } }
`;

/** The check failed for two minutes, and recovered; `sooner` seconds before now. */
async function recovered(sooner: number): Promise<World> {
  const world = await openWorld({ site: SITE });
  await world.pass(20, 5);
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
const ago = (world: World, seconds: number) => new Date(world.now() - seconds * 1000).toISOString();
const post = async (world: World, sender: string, body: object) =>
  (await world.post(`/webhooks/${sender}?${TOKEN}`, body)).json;

/** How each monitor says that it failed (or recovered) so many seconds ago; null: it gives no time. */
type Say = (world: World, kind: 'down' | 'up', seconds: number | null) => Promise<Record<string, unknown>>;
const generic: Say = (world, status, seconds) =>
  post(world, 'generic', {
    ...{ monitor: 'Shop', component: 'api', status },
    ...(seconds === null ? {} : { at: ago(world, seconds) }),
  });
const robot: Say = (world, kind, seconds) =>
  post(world, 'uptime', {
    ...{ alert_type: kind, monitor_name: 'Shop' },
    ...(seconds === null ? {} : { alert_datetime: String(Math.floor(world.now() / 1000) - seconds) }),
  });
const alert =
  (sender: string): Say =>
  async (world, kind, seconds) => {
    const startsAt = kind === 'down' ? ago(world, seconds ?? 0) : '2026-03-10T12:01:00Z';
    const one = {
      ...{ status: kind === 'down' ? 'firing' : 'resolved', startsAt, fingerprint: 'abc' },
      ...{ labels: { alertname: 'ApiErrors', component: 'api' }, annotations: {} },
      ...(kind === 'up' ? { endsAt: ago(world, seconds ?? 0) } : {}),
    };
    const body = { version: '4', status: one.status, groupLabels: {}, commonLabels: {}, alerts: [one] };
    return post(world, sender, body);
  };
const monitors: readonly (readonly [string, Say])[] = [
  ['another monitor', generic],
  ['UptimeRobot', robot],
  ['Alertmanager', alert('alertmanager')],
  ['Grafana', alert('grafana')],
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

test('the operator’s end counts: another monitor’s report waits while the check may continue it', async () => {
  const world = await recovered(0);
  world.service.status = 500;
  await world.pass(30, 5);
  const text = await world.read(FILE);
  expect(text).toContain('status: investigating\n');
  await world.write(
    FILE,
    text.replace('status: investigating', `status: resolved\nresolved: ${ago(world, 1)}`),
  );
  await world.pass(5, 5);
  expect(await generic(world, 'down', 60)).toMatchObject({ action: 'held', incident: null });
});

test('another monitor’s outage that began later than that opens its own', async () => {
  const world = await recovered(420);
  expect(await generic(world, 'down', null)).toMatchObject({
    action: 'opened',
    incident: '20260310_shop-down',
  });
});
