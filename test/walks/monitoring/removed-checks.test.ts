// A check that status.yaml takes away ends what it opened: nobody else would.
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { readMeasured } from '../../../src/store/monitoring/component-status.ts';
import { Metrics } from '../../../src/web/ops/metrics.ts';
import { openMonitoring } from '../../../src/wiring/monitoring.ts';
import { ClockSteps } from '../../../src/work/timing/clock-steps.ts';
import { component, NOW, site } from '../../makers.ts';
import { openWorld, subscribed, type World, type WorldOptions } from '../world.ts';

const FILE = '20260310_api-down.md';
const API = (url: string, more = '') =>
  `  - { id: api, name: API, schedule: "*/10 * * * * *", check: { type: http, url: "${url}", timeout: 2s }${more} }\n`;
const DASHBOARD = '  - { id: dashboard, name: Dashboard, check: { type: manual } }\n';
const SITE = (...components: string[]) => `title: T\ncomponents:\n${components.join('')}`;

interface Opened extends World {
  readonly target: string;
  /** Writes status.yaml anew. */
  edit(...components: string[]): Promise<void>;
  readonly siteFile: string;
}

async function opened({
  parts = url => [API(url), DASHBOARD],
  ...rest
}: Omit<WorldOptions, 'site'> & { parts?: (url: string) => string[] } = {}): Promise<Opened> {
  let target = '';
  const world = await openWorld({
    ...rest,
    site: url => {
      target = `${url}/health`;
      return SITE(...parts(target));
    },
  });
  const siteFile = path.join(world.dir, 'status', 'status.yaml');
  await world.pass(60, 10);
  return Object.assign(Object.create(world, Object.getOwnPropertyDescriptors(world)) as World, {
    target,
    siteFile,
    edit: (...components: string[]) => writeFile(siteFile, SITE(...components)),
  });
}

const turn = async (world: World, status: number, seconds = 60) => {
  world.service.status = status;
  await world.pass(seconds, 10);
};
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);
const subjects = (world: World, to: string) =>
  world.mails
    .filter(mail => JSON.stringify(mail.to).includes(to))
    .map(({ subject }) => subject as string)
    .filter(one => one.startsWith('['));

describe('an open incident of a check ends, and says why, when', () => {
  test('its component is removed; those who were told are told, and it may come back', async () => {
    const world = await opened();
    await subscribed(world, 'all@example.com');
    await subscribed(world, 'api@example.com', ['api']);
    await subscribed(world, 'other@example.com', ['dashboard']);
    await turn(world, 500);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    await world.edit(DASHBOARD);
    await world.pass(13, 1);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
    const text = await world.read(FILE);
    expect(text).toMatch(/^API is no longer monitored: it was removed from the configuration\.$/m);
    // Edited at 12:02:01 and noticed a second later.
    const noticed = /resolved: (.*)/.exec(text)?.[1];
    expect(new Date(world.now()).getTime() - Date.parse(noticed as string)).toBeGreaterThanOrEqual(10_000);
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
    await world.pass(120, 10);
    for (const reader of ['all@', 'api@']) {
      expect(subjects(world, reader)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    }
    expect(subjects(world, 'other@')).toEqual([]);
    // It comes back well: no trace of the outage is left.
    world.service.status = 200;
    await world.edit(API(world.target), DASHBOARD);
    await world.pass(60, 10);
    expect(world.system.snapshot().components.map(({ health }) => health)).toEqual([
      'operational',
      'operational',
    ]);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
    // And fails again: that is told.
    await turn(world, 500);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    await turn(world, 200);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test.each([
    [
      'its check becomes manual',
      '  - { id: api, name: API, check: { type: manual } }\n',
      'its check was changed to manual',
    ],
    ['its check loses its target', API(''), 'its check is no longer configured'],
    [
      'its id changes',
      API('http://127.0.0.1:1/').replace('id: api', 'id: api2').replace('*/10 *', '0 0'),
      'it was removed from the configuration',
    ],
  ])('%s', async (_what, component, why) => {
    const world = await opened();
    await turn(world, 500);
    await world.edit(component, DASHBOARD);
    await world.pass(13, 1);
    expect(standing(world)).toContain('20260310_api-down resolved');
    expect(await world.read(FILE)).toContain(`API is no longer monitored: ${why}.`);
  });

  test('its component comes back while its service still fails: the same file goes on', async () => {
    const world = await opened();
    await turn(world, 500);
    await world.edit(DASHBOARD);
    await world.pass(13, 1);
    await world.edit(API(world.target), DASHBOARD);
    await world.pass(60, 10);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(world.system.snapshot().components[0]?.health).toBe('major_outage');
    // Taken away once more, it ends once more.
    await world.edit(DASHBOARD);
    await world.pass(13, 1);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test('the component of a latency incident is removed', async () => {
    const world = await opened({
      parts: url => [API(url, ', detect: { latency: 1ms, window: 1m }'), DASHBOARD],
    });
    world.service.delay = 20;
    await world.pass(60, 10);
    expect(standing(world)).toEqual(['20260310_api-latency investigating']);
    await world.edit(DASHBOARD);
    await world.pass(13, 1);
    expect(standing(world)).toEqual(['20260310_api-latency resolved']);
    expect(await world.read('20260310_api-latency.md')).toContain(
      'The response time of API is no longer measured: it was removed from the configuration.',
    );
  });

  test('a heartbeat is removed', async () => {
    const jobs = '  - { id: jobs, name: Jobs, check: { type: heartbeat, period: 1m, grace: 1m } }\n';
    const world = await opened({ parts: () => [jobs, DASHBOARD] });
    await world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
    await world.pass(180, 10);
    expect(standing(world)).toEqual(['20260310_jobs-down investigating']);
    await world.edit(DASHBOARD);
    await world.pass(13, 1);
    expect(standing(world)).toEqual(['20260310_jobs-down resolved']);
  });

  test.each([[false], [true]])(
    'it was removed while the server was off (database lost: %s)',
    async isLost => {
      const world = await opened();
      await turn(world, 500);
      await world.restart(async () => {
        await world.edit(DASHBOARD);
        if (isLost) await rm(path.join(world.dir, 'data'), { recursive: true });
      });
      await world.pass(13, 1);
      expect(standing(world)).toEqual(['20260310_api-down resolved']);
      expect(await world.read(FILE)).toContain(
        'API is no longer monitored: it was removed from the configuration.',
      );
    },
  );

  test('it was held back by a maintenance: nothing of it is told afterwards', async () => {
    const world = await opened();
    await world.write(
      '20260310_upkeep.md',
      '---\ntitle: Upkeep\nstatus: scheduled\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\nscheduled_start: 2026-03-10T12:00:00Z\nscheduled_end: 2026-03-10T12:30:00Z\ncomponents: [api]\n---\nWe work.\n',
    );
    await turn(world, 500);
    await world.edit(DASHBOARD);
    await world.pass(3600, 60);
    expect(standing(world)).toEqual([]);
  });
});

describe('of several in one incident', () => {
  const BOTH = (url: string) => [
    API(url),
    API(url).replace('id: api, name: API', 'id: db, name: DB'),
    DASHBOARD,
  ];

  test('one removed leaves the end to the others', async () => {
    const world = await openedTogether();
    await world.edit(...BOTH(world.target).slice(1));
    await world.pass(120, 10);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(await world.read(FILE)).toContain(
      'API is no longer monitored: it was removed from the configuration.',
    );
    await turn(world, 200, 180);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test('the last one removed ends it, and nobody is said to work again', async () => {
    const world = await openedTogether();
    await world.edit(DASHBOARD);
    await world.pass(120, 10);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
    const text = await world.read(FILE);
    for (const name of ['API', 'DB']) {
      expect(text).toContain(`${name} is no longer monitored: it was removed from the configuration.`);
    }
    expect(text).not.toContain('working again');
  });

  test.each([15, 30, 45])(
    'one removed, back %d seconds later while the other goes: each is told once',
    async after => {
      const world = await openedTogether();
      const [api, db, dashboard] = BOTH(world.target) as [string, string, string];
      await world.edit(api, dashboard);
      await world.pass(after, 1);
      await world.edit(db, dashboard);
      const problems: string[] = [];
      for (let step = 0; step < 30; step++) {
        await world.pass(5, 1);
        const ready = (await world.get('/readyz')).json;
        problems.push(...ready.problems.map(({ message }: { message: string }) => message));
      }
      const text = await world.read(FILE);
      const said = (name: string) => [
        ...text.matchAll(new RegExp(`^${name} is no longer monitored: `, 'gm')),
      ];
      // DB, if it was well for long enough to be said so.
      expect([said('API').length, said('DB').length]).toEqual([1, after > 40 ? 1 : 0]);
      // What fails now is told; that API is no component any more is nothing to mend in a machine's file.
      expect(standing(world)).toEqual(['20260310_api-down investigating']);
      expect(problems.filter(one => one.includes('there is no component'))).toEqual([]);
      // What a person adds to it is looked at all the same.
      await world.write(
        FILE,
        text.replace('\n---\n', '\n---\n\n## Update 2026-03-10 12:20 UTC\ncomponents: [dashbord]\nx\n'),
      );
      await world.pass(5, 1);
      const ready: { problems: { message: string }[] } = (await world.get('/readyz')).json;
      expect(ready.problems.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/there is no component "dashbord" — did you mean dashboard/),
      );
    },
  );

  async function openedTogether() {
    const world = await opened({ parts: BOTH });
    await writeFile(world.siteFile, `group_within: 30s\n${SITE(...BOTH(world.target))}`);
    const edit = (...components: string[]) =>
      writeFile(world.siteFile, `group_within: 30s\n${SITE(...components)}`);
    await turn(world, 500, 90);
    expect(world.system.snapshot().incidents.map(({ title }) => title)).toEqual(['API and DB Down']);
    return Object.assign(world, { edit });
  }
});

describe('nothing ends', () => {
  test('while status.yaml is broken, away, or half written', async () => {
    const world = await opened();
    await turn(world, 500);
    const whole = await readFile(world.siteFile, 'utf8');
    await writeFile(world.siteFile, 'components: [');
    await world.pass(20, 5);
    await rename(world.siteFile, `${world.siteFile}.away`);
    await world.pass(20, 5);
    // Whole YAML, as far as it goes; a slow copy may stop there for seconds.
    await writeFile(world.siteFile, SITE(DASHBOARD));
    await world.pass(8, 1);
    await writeFile(world.siteFile, whole);
    await world.pass(20, 5);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(await world.read(FILE)).not.toContain('no longer');
  });

  test('that a person opened, or made theirs', async () => {
    const own =
      '---\ntitle: Letters are slow\nstatus: identified\nseverity: major\nstarted: 2026-03-10T11:50:00Z\ncomponents: []\n---\nWe look.\n';
    const world = await opened({ files: { '20260310_own.md': own } });
    await turn(world, 500);
    const theirs = (await world.read(FILE)).replace(/^opened_by: .*\n/m, '');
    await world.write(FILE, theirs);
    await world.pass(10, 1);
    await world.edit(DASHBOARD);
    await world.pass(60, 10);
    expect(await world.read('20260310_own.md')).toBe(own);
    expect(await world.read(FILE)).toBe(theirs);
  });

  test('that an inbound monitor opened: it says so itself', async () => {
    const world = await opened();
    const hook = '/webhooks/uptime?token=the-webhook-token-of-this-test';
    await world.post(hook, { alert_type: 'down', monitor_name: 'API' });
    await world.edit(DASHBOARD);
    await world.pass(60, 10);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    await world.post(hook, { alert_type: 'up', monitor_name: 'API' });
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });
});

test.each([
  ['removed', []],
  ['a heartbeat by then', [component('api', { check: checkSchema.parse({ type: 'heartbeat' }) })]],
  ['manual by then', [component('api')]],
])('a look that ends when its component is %s is not judged', async (_what, after) => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-'));
  const db = openDatabase(path.join(dir, 'status.db'));
  onTestFinished(async () => {
    await db.destroy();
    await rm(dir, { recursive: true });
  });
  const http = checkSchema.parse({ type: 'http', url: 'https://api.example' });
  let current = site({ components: [component('api', { check: http })] });
  let answer = () => {};
  const [clock, log] = [() => NOW, { debug() {}, info() {}, warn() {}, error() {} }];
  const watch = await openMonitoring({
    db,
    site: () => current,
    probe: () =>
      new Promise(resolve => {
        answer = () => resolve({ outcome: 'down', latency: null, seen: 'timed out' });
      }),
    secret: 'secret',
    clockSteps: new ClockSteps({ clock, monotonic: clock, log }),
    metrics: new Metrics(),
    ring: () => {},
    closers: [],
    clock,
    monotonic: clock,
    log,
  });
  await watch.recorder.note(current);
  watch.poll.startDue(NOW);
  current = site({ components: after });
  await watch.recorder.note(current);
  answer();
  await watch.poll.settled();
  expect((await readMeasured(db, NOW)).get('api')).toMatchObject({ firstCheck: null, checkedAt: null });
});
