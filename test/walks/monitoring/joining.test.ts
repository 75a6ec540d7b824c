// One outage, one incident: what a check, a latency rule and other monitors report of one component is one story.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { stretchesOf } from '../../../src/core/incidents/impact.ts';
import { openWorld, subscribed, type World } from '../world.ts';
import { checked } from './two-checks.ts';

const FILE = '20260310_api-down.md';
const TOKEN = 'token=the-webhook-token-of-this-test';
const SITE = (url: string) => `title: T
components:
  - { id: api, name: API, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s }, match: [Shop], detect: { latency: 1m } }
  - { id: db, name: Database, check: { type: manual }, match: [Shop and stock] }
  - { id: app, name: App, check: { type: manual } }
`;
const opened = (options: Parameters<typeof openWorld>[0] = {}) => openWorld({ site: SITE, ...options });

const post = async (world: World, sender: string, body: object) =>
  (await world.post(`/webhooks/${sender}?${TOKEN}`, body)).json;
const robot = (world: World, kind: 'down' | 'up', monitor = 'Shop') =>
  post(world, 'uptime', { alert_type: kind, monitor_name: monitor });
const other = (world: World, kind: 'down' | 'up', monitor = 'Shop') =>
  post(world, 'generic', { monitor, status: kind });
const turn = async (world: World, status: number, seconds = 60) => {
  world.service.status = status;
  await world.pass(seconds, 5);
};
const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);
const rows = ({ system }: World) => system.snapshot().components.map(({ health }) => health);
const openedBy = async (world: World, file = FILE) => /^opened_by: (.*)$/m.exec(await world.read(file))?.[1];

/** An operator's incident, open, by default about the API. */
const mine = (components = 'components: [api]\n', severity = 'minor') =>
  `---\ntitle: We look into it # ours\nstatus: identified\nseverity: ${severity}\nstarted: 2026-03-10T11:50:00Z\n${components}---\n## Identified 11:55 UTC\nA bad deploy.\n`;
const MINE = '20260310_mine.md';
const ended = (at: string, components?: string) =>
  mine(components).replace('status: identified', `status: resolved\nresolved: ${at}`);

test('a check and two monitors of one component are one incident, one email, and end with the last of them', async () => {
  const world = await opened();
  await subscribed(world, 'user@example.com');
  await turn(world, 500);
  expect(await robot(world, 'down')).toEqual({
    ok: true,
    action: 'joined',
    incident: '20260310_api-down',
  });
  expect(await robot(world, 'down')).toMatchObject({ action: 'ignored', incident: '20260310_api-down' });
  expect(await other(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_api-down' });
  expect(await world.files()).toEqual([FILE]);
  expect(await openedBy(world)).toBe('"probe:api, uptimerobot:Shop, generic:Shop"');
  expect(await robot(world, 'up')).toEqual({
    ok: true,
    action: 'resolved',
    incident: '20260310_api-down',
    why: 'recovered; the incident stays open until the last of its sources has recovered',
  });
  expect(await robot(world, 'up')).toMatchObject({ action: 'ignored' });
  await turn(world, 200);
  expect(standing(world)).toEqual(['20260310_api-down investigating']);
  expect(rows(world)[0]).toBe('major_outage');
  expect(await other(world, 'up')).toMatchObject({ action: 'resolved', incident: '20260310_api-down' });
  expect(standing(world)).toEqual(['20260310_api-down resolved']);
  await world.pass(120, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
});

test('in every order: the monitor first, then the check; a restart and a lost database between', async () => {
  const world = await opened();
  expect(await robot(world, 'down')).toMatchObject({ action: 'opened', incident: '20260310_shop-down' });
  await turn(world, 500);
  await world.restart();
  expect(await world.files()).toEqual(['20260310_shop-down.md']);
  expect(await openedBy(world, '20260310_shop-down.md')).toBe('"uptimerobot:Shop, probe:api"');
  await world.restart(() => rm(path.join(world.dir, 'data'), { recursive: true }));
  await turn(world, 500);
  expect(await robot(world, 'down')).toMatchObject({ action: 'ignored', incident: '20260310_shop-down' });
  await turn(world, 200);
  expect(standing(world)).toEqual(['20260310_shop-down investigating']);
  await robot(world, 'up');
  expect(standing(world)).toEqual(['20260310_shop-down resolved']);
});

test.each([
  ['as the monitor calls it', (text: string) => text, 'API and Database Down'],
  ['by its operator', (text: string) => text.replace('title: api Down', 'title: Trouble'), 'Trouble'],
])('a monitor’s incident that checks of other components join, titled %s', async (_, edit, title) => {
  const world = await checked();
  expect(await robot(world, 'down', 'api')).toMatchObject({ action: 'opened', incident: FILE.slice(0, -3) });
  await world.write(FILE, edit(await world.read(FILE)));
  world.answers.api = 500;
  await world.pass(20, 5);
  expect(await openedBy(world)).toBe('"uptimerobot:api, probe:api"');
  expect(await world.read(FILE)).toMatch(/^title: (api Down|Trouble)$/m);
  world.answers.db = 500;
  await world.pass(30, 5);
  expect(await openedBy(world)).toBe('"uptimerobot:api, probe:api, probe:db"');
  expect(await world.read(FILE)).toContain(`title: ${title}\n`);
});

test('a name with commas is one source, alone and beside others', async () => {
  const world = await opened();
  const name = 'Shop, eu:west, probe:db';
  const say = (status: 'down' | 'up') => post(world, 'generic', { monitor: name, status, component: 'api' });
  expect(await say('down')).toMatchObject({ action: 'opened' });
  expect(await say('down')).toMatchObject({ action: 'ignored' });
  await say('up');
  expect(standing(world)).toEqual([expect.stringMatching(/ resolved$/)]);
  await world.pass(3600, 600);
  await turn(world, 500);
  const joined = await say('down');
  expect(joined).toMatchObject({ action: 'joined', incident: expect.stringMatching(/_api-down$/) });
  expect(await openedBy(world, `${joined.incident}.md`)).toBe(`["probe:api", "generic:${name}"]`);
  await turn(world, 200);
  expect(standing(world)[0]).toBe(`${joined.incident} investigating`);
  await say('up');
  expect(standing(world)[0]).toBe(`${joined.incident} resolved`);
});

test('one that fails again while others fail joins again; after the end the same file goes on', async () => {
  const world = await opened();
  await robot(world, 'down');
  await turn(world, 500);
  await robot(world, 'up');
  await world.pass(10, 5);
  expect(await robot(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_shop-down' });
  await turn(world, 200);
  await robot(world, 'up');
  expect(standing(world)).toEqual(['20260310_shop-down resolved']);
  await world.pass(600, 60);
  expect(await robot(world, 'down')).toMatchObject({ action: 'opened', incident: '20260310_shop-down' });
  expect(standing(world)).toEqual(['20260310_shop-down investigating']);
  await robot(world, 'up');
  expect(standing(world)).toEqual(['20260310_shop-down resolved']);
});

test.each([
  ['while the other still failed', { A: [0, 480], B: [60, 300] }, ['B', 'A'], []],
  ['before the other failed', { A: [0, 180], B: [240, 480] }, ['A', 'B'], [180, 240]],
] as const)('two monitors: the one that recovered first, %s, is heard last', async (_, outages, by, well) => {
  const world = await opened();
  const at = (seconds: number) => new Date(Date.UTC(2026, 2, 10, 12, 0, seconds)).toISOString();
  const say = (monitor: 'A' | 'B', status: 'down' | 'up') =>
    post(world, 'generic', {
      ...{ monitor, status, component: 'db' },
      at: at(outages[monitor][status === 'down' ? 0 : 1]),
    });
  await world.pass(600, 30);
  await say('A', 'down');
  await say('B', 'down');
  await say(by[1], 'up');
  expect(await say(by[0], 'up')).toMatchObject({ action: 'resolved', incident: '20260310_a-down' });
  expect(await world.files()).toEqual(['20260310_a-down.md']);
  const file = parseIncident('', '', await world.read('20260310_a-down.md')).value!;
  const inFile = stretchesOf(file, world.system.snapshot().site.components).filter(
    ({ affected }) => affected.length === 0,
  );
  expect(inFile.flatMap(({ start, end }) => [start, end ?? 0])).toEqual(
    well.map(second => Date.parse(at(second))),
  );
  const seconds = Array.from({ length: 600 }, (_, second) =>
    Object.values(outages).some(([from, to]) => from <= second && second < to),
  ).filter(Boolean).length;
  const [, db] = (await world.get('/api/uptime.json')).json.components;
  expect(db.downtime_seconds).toBe(seconds);
});

test('one that matches no component joins nothing, and nothing joins it', async () => {
  const world = await opened({ files: { [MINE]: mine('') } });
  expect(await robot(world, 'down', 'Elsewhere')).toMatchObject({ action: 'opened' });
  expect(await world.files()).toContain('20260310_elsewhere-down.md');
});

test('a source of wider effect adds what it brings, and takes only that away', async () => {
  const world = await opened({
    site: url =>
      SITE(url).replace('match: [Shop and stock]', 'match: [Both]').replace('match: [Shop]', 'match: [Both]'),
  });
  await subscribed(world, 'user@example.com');
  await turn(world, 500);
  expect(await robot(world, 'down', 'Both')).toMatchObject({
    action: 'joined',
    incident: '20260310_api-down',
  });
  const text = await world.read(FILE);
  expect(text).toContain('title: API Down\n');
  expect(text).toMatch(/## Investigating \S+ \S+ UTC\ncomponents: \[api, db\]\n\nBoth is down/);
  expect(rows(world)).toEqual(['major_outage', 'major_outage', 'operational']);
  await robot(world, 'up', 'Both');
  expect(rows(world)).toEqual(['major_outage', 'operational', 'operational']);
  await turn(world, 200);
  expect(standing(world)).toEqual(['20260310_api-down resolved']);
});

test('a worse source makes the machine’s incident worse', async () => {
  const world = await opened({
    site: url => SITE(url).replace('latency: 1m', 'latency: 1m, severity: minor'),
  });
  await turn(world, 500);
  expect(rows(world)[0]).toBe('degraded_performance');
  await robot(world, 'down');
  expect(rows(world)[0]).toBe('major_outage');
  expect(await world.read(FILE)).toMatch(/## Investigating \S+ \S+ UTC\nseverity: critical\n/);
});

describe('an operator’s incident', () => {
  test('takes everything in, byte for byte as it is, and no machine ends it', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    await subscribed(world, 'user@example.com');
    await turn(world, 500);
    expect(await robot(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_mine' });
    expect(await robot(world, 'down')).toMatchObject({ action: 'ignored', incident: '20260310_mine' });
    expect(await world.files()).toEqual([MINE]);
    // Written: minor. Measured: critical.
    expect(rows(world)[0]).toBe('major_outage');
    await turn(world, 200);
    // The monitor still says so.
    expect(rows(world)[0]).toBe('major_outage');
    expect(await robot(world, 'up')).toEqual({
      ok: true,
      action: 'resolved',
      incident: '20260310_mine',
      why: 'recovered; the incident stays open until you end it',
    });
    expect(rows(world)[0]).toBe('degraded_performance');
    await world.pass(600, 30);
    expect(standing(world)).toEqual(['20260310_mine identified']);
    expect(await world.read(MINE)).toBe(mine());
    expect(subjects(world)).toEqual([]);
  });

  test('counts what was measured, from the first failing look to the first good one, at the worse of both', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    await turn(world, 500);
    await turn(world, 200);
    const [api] = (await world.get('/api/uptime.json')).json.components;
    const measured = api.intervals.filter(({ source }: { source?: string }) => source);
    expect(measured).toEqual([
      {
        ...{ start: '2026-03-10T12:00:05.000Z', end: '2026-03-10T12:01:10.000Z' },
        ...{ incident: '20260310_mine', severity: 'critical', weight: 1, source: 'probe:api' },
      },
    ]);
    expect(api.intervals).toHaveLength(2);
    // From 11:50 on, once.
    expect(api.downtime_seconds).toBe(12 * 60);
  });

  test('a joined source that gets worse counts as that from then on; the file stays as it is', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    const say = (severity: string) => post(world, 'generic', { monitor: 'Shop', status: 'down', severity });
    expect(await say('minor')).toMatchObject({ action: 'joined' });
    await world.pass(60, 5);
    expect(rows(world)[0]).toBe('degraded_performance');
    expect(await say('critical')).toMatchObject({ action: 'joined', incident: '20260310_mine' });
    await world.pass(60, 5);
    const shown = async () => {
      const { components, status } = (await world.get('/api/v2/summary.json')).json;
      return [rows(world)[0], components[0].status, status.indicator];
    };
    const worse = ['major_outage', 'major_outage', 'major'];
    expect(await shown()).toEqual(worse);
    expect((await world.get('/status/live')).text).toMatch(/Major outage\s+since[^·]{0,80}12:01/);
    await world.restart();
    expect(await shown()).toEqual(worse);
    await other(world, 'up');
    expect(rows(world)[0]).toBe('degraded_performance');
    expect(await world.read(MINE)).toBe(mine());
    const [api] = (await world.get('/api/uptime.json')).json.components;
    const measured = api.intervals.filter(({ source }: { source?: string }) => source);
    expect(
      measured.map(({ start, end, severity }: Record<string, string>) => [start, end, severity]),
    ).toEqual([
      ['2026-03-10T12:00:00.000Z', '2026-03-10T12:01:00.000Z', 'minor'],
      ['2026-03-10T12:01:00.000Z', '2026-03-10T12:02:00.000Z', 'critical'],
    ]);
  });

  test.each([
    ['a file with CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    [
      'no components, named by the title',
      (text: string) => text.replace('components: [api]\n', '').replace('We look into it', 'API trouble'),
    ],
    ['about everything', (text: string) => text.replace('components: [api]\n', '')],
    ['components: all', (text: string) => text.replace('[api]', 'all')],
    ['silent', (text: string) => text.replace('severity', 'notify: false\nseverity')],
  ])('takes it in: %s', async (_, edit) => {
    const world = await opened({ files: { [MINE]: edit(mine()) } });
    await turn(world, 500);
    await turn(world, 200);
    expect(await world.files()).toEqual([MINE]);
    expect(await world.read(MINE)).toBe(edit(mine()));
  });

  test.each([
    ['over', ended('2026-03-10T11:58:00Z')],
    ['about nothing', mine('components: []\n')],
    ['about another component', mine('components: [db]\n')],
    ['where the component is well', mine('components: [{ id: api, status: operational }]\n')],
    [
      'planned',
      mine()
        .replace('identified', 'scheduled')
        .replace(
          'started',
          'scheduled_end: 2026-03-12T10:00:00Z\nscheduled_start: 2026-03-11T10:00:00Z\nstarted',
        ),
    ],
  ])('takes nothing in: %s', async (_, text) => {
    const world = await opened({ files: { [MINE]: text } });
    await turn(world, 500);
    expect(await world.files()).toEqual([FILE, MINE]);
    expect(await world.read(MINE)).toBe(text);
  });

  test('that cannot be read just now is joined once it can', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    await world.pass(5, 5);
    await world.write(MINE, mine().replace('status: identified', 'status: [').slice(0, 80));
    await turn(world, 500);
    expect(await world.files()).toEqual([MINE]);
    expect(rows(world)[0]).toBe('major_outage');
    await world.write(MINE, mine());
    await world.pass(5, 5);
    expect(await robot(world, 'down')).toMatchObject({ action: 'joined', incident: '20260310_mine' });
    await turn(world, 200);
    expect(await world.files()).toEqual([MINE]);
    const [api] = (await world.get('/api/uptime.json')).json.components;
    expect(api.intervals.map(({ source }: { source?: string }) => source)).toContain('probe:api');
  });

  test('gets what a source of wider effect brings; its other bytes stay', async () => {
    const site = (url: string) =>
      SITE(url)
        .replace('match: [Shop]', 'depends_on: [db]')
        .replace(
          'check: { type: manual }, match',
          `schedule: "*/10 * * * * *", check: { type: http, url: "${url}/db" }, detect: { latency: 1m }, match`,
        );
    const world = await opened({ site, files: { [MINE]: mine() } });
    await turn(world, 500);
    expect(await world.files()).toEqual([MINE]);
    const text = await world.read(MINE);
    expect(text).toMatch(
      /## Identified \S+ 12:\S+ UTC\ncomponents: \[api, \{ id: db, status: major_outage \}\]\n/,
    );
    expect(text.replace(/## Identified \S+ 12:[\s\S]*?(?=## Identified 11:55)/, '')).toBe(mine());
    await turn(world, 200, 120);
    expect(rows(world)).toEqual(['degraded_performance', 'operational', 'operational']);
    expect(standing(world)).toEqual(['20260310_mine identified']);
  });

  test('ends: a source that still fails three minutes later opens its own, from that end', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    await subscribed(world, 'user@example.com');
    await turn(world, 500);
    await robot(world, 'down');
    await world.write(MINE, ended('2026-03-10T12:01:00Z'));
    await world.pass(150, 5);
    expect(await robot(world, 'down')).toMatchObject({ action: 'ignored' });
    expect(await world.files()).toEqual([MINE]);
    await world.restart();
    await world.pass(40, 5);
    expect(await world.files()).toEqual([FILE, MINE]);
    const text = await world.read(FILE);
    expect(text).toContain('started: 2026-03-10T12:01:00Z\n');
    expect(await openedBy(world)).toBe('"probe:api, uptimerobot:Shop"');
    expect(await world.read(MINE)).toBe(ended('2026-03-10T12:01:00Z'));
    await robot(world, 'up');
    await turn(world, 200);
    expect(standing(world).sort()).toEqual(['20260310_api-down resolved', '20260310_mine resolved']);
    await world.pass(120, 5);
    expect(subjects(world)).toEqual([
      '[RESOLVED] We look into it',
      '[INCIDENT] API Down',
      '[RESOLVED] API Down',
    ]);
  });

  test('ends, and the source recovers within three minutes: nothing more', async () => {
    const world = await opened({ files: { [MINE]: mine() } });
    await turn(world, 500);
    await world.write(MINE, ended('2026-03-10T12:01:00Z'));
    await world.pass(60, 5);
    await turn(world, 200, 300);
    expect(await world.files()).toEqual([MINE]);
    const [api] = (await world.get('/api/uptime.json')).json.components;
    // Nothing was written for the time after the end; it was measured.
    expect(api.intervals.at(-1)).toMatchObject({
      start: '2026-03-10T12:00:05.000Z',
      end: '2026-03-10T12:02:10.000Z',
    });
  });
});

test('a check that recovers while a milder alert of its component goes on does not say that this works again', async () => {
  const world = await opened();
  await subscribed(world, 'user@example.com');
  await turn(world, 500, 700);
  const alert = (status: 'firing' | 'resolved') =>
    post(world, 'alertmanager', {
      alerts: [
        {
          status,
          labels: { alertname: 'SlowQueries', severity: 'warning', component: 'api' },
          fingerprint: 'a',
        },
      ],
    });
  expect(await alert('firing')).toMatchObject({ action: 'joined', incident: '20260310_api-down' });
  await turn(world, 200);
  expect(rows(world)[0]).toBe('degraded_performance');
  expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down']);
  const says =
    'API passes its check again. The check failed for 11 minutes 40 seconds.\n\nOthers still report this incident.\n';
  expect(world.mails.at(-1)!.text).toContain(says);
  expect(await world.read(FILE)).toContain(says);
  expect((await world.get('/status/live?lang=de')).text).toContain('API besteht die Prüfung wieder.');
  expect(await alert('resolved')).toMatchObject({ action: 'resolved' });
  await world.pass(80, 5);
  expect(subjects(world).slice(2)).toEqual(['[RESOLVED] API Down']);
});

describe('slowness', () => {
  const SLOW = (url: string) => SITE(url).replace('latency: 1m', 'latency: 50ms, window: 30s');
  test('is its own incident; an outage after it is the same story, told at once, and both must end', async () => {
    const world = await opened({ site: SLOW });
    await subscribed(world, 'user@example.com');
    world.service.delay = 120;
    await turn(world, 200);
    expect(await world.files()).toEqual(['20260310_api-latency.md']);
    world.service.delay = 0;
    await turn(world, 500);
    expect(await world.files()).toEqual(['20260310_api-latency.md']);
    expect(await openedBy(world, '20260310_api-latency.md')).toBe('"latency:api, probe:api"');
    expect(rows(world)[0]).toBe('major_outage');
    // Down is worse than slow.
    expect(subjects(world)).toEqual(['[INCIDENT] High API Latency', '[UPDATE] High API Latency']);
    await turn(world, 200, 120);
    expect(standing(world)).toEqual(['20260310_api-latency resolved']);
  });

  test('that outlives an outage is what the incident says again, until it ends', async () => {
    const world = await opened({ site: SLOW });
    await subscribed(world, 'user@example.com');
    const slow = '20260310_api-latency.md';
    world.service.delay = 120;
    await turn(world, 200);
    await turn(world, 500, 120);
    expect(rows(world)[0]).toBe('major_outage');
    await turn(world, 200);
    expect(rows(world)[0]).toBe('partial_outage');
    const text = await world.read(slow);
    expect(text).toMatch(
      /## Update \S+ \S+ UTC\nseverity: major\ncomponents: \[api\]\n\nAPI is working again, but slowly\. The outage lasted 2 minutes\.\n/,
    );
    expect((await world.get('/api/v2/summary.json')).json.incidents[0].impact).toBe('major');
    expect((await world.get('/status/live')).text).toContain('but slowly.');
    await world.restart();
    await world.pass(12 * 60, 30);
    expect(await world.read(slow)).toBe(text);
    expect(world.mails.at(-1)!.text).toContain(
      'API is working again, but slowly. The outage lasted 2 minutes.',
    );
    const [api] = (await world.get('/api/uptime.json')).json.components;
    const critical = api.intervals.filter((one: { severity: string }) => one.severity === 'critical');
    const during = { start: '2026-03-10T12:01:11.000Z', end: '2026-03-10T12:03:11.000Z' };
    // As written, and as measured.
    expect(critical).toMatchObject([during, { ...during, source: 'probe:api' }]);
    world.service.delay = 0;
    await world.pass(180, 5);
    expect(standing(world)).toEqual(['20260310_api-latency resolved']);
    expect(await world.read(slow)).toMatch(/responding in time again[^\n]*It was slow for 1\d min/);
  });
});
