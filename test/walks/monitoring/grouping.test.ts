// group_within: components that fail at about the same time are one incident and one email, and each one's
// downtime is still its own.
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseInstant } from '../../../src/core/model/time.ts';
import { openWorld, subscribed, type World, type WorldOptions } from '../world.ts';

const IDS = ['api', 'dashboard', 'database'] as const;
type Id = (typeof IDS)[number];
const FILE = '20260310_api-down.md';

interface Services {
  /** What each answers next. */
  readonly status: Record<Id, number>;
}

/**
 * Three components, each with a service of its own; the API is looked at first in every minute. However
 * busy the machine, none of them is slow.
 */
async function opened(
  options: Omit<WorldOptions, 'site'> & { within?: string; more?: string; parent?: string } = {},
): Promise<World & Services> {
  const status = { api: 200, dashboard: 200, database: 200 };
  const server = createServer((req, res) => res.writeHead(status[req.url?.slice(1) as Id] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const { within = '60s', more = '', parent = '', ...rest } = options;
  const world = await openWorld({
    ...rest,
    site: () => `
title: Levqor Status
group_within: ${within}
components:
  - { id: api, name: API, schedule: "0 * * * * *", check: { type: http, url: "${base}/api" }, detect: { latency: 1m${more} }${parent} }
  - { id: dashboard, name: Dashboard, schedule: "10 * * * * *", check: { type: http, url: "${base}/dashboard" }, detect: { latency: 1m } }
  - { id: database, name: Database, schedule: "20 * * * * *", check: { type: http, url: "${base}/database" }, detect: { latency: 1m } }
`,
  });
  await world.pass(50, 5);
  return Object.assign(world, { status });
}

function all(world: Services, status: number): void {
  for (const id of IDS) world.status[id] = status;
}

const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));

/** What the server said it did, for whoever reads a failure. */
const story = (world: World) =>
  world.logged
    .filter(({ level, message }) => level !== 'debug' || message === 'checked')
    .map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`)
    .join('\n');

/** The times after a key or a heading, epoch ms, as a file writes them. */
function times(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map(
    ([, at = '']) => parseInstant(at.replace(' UTC', 'Z').replace(' ', 'T'))!,
  );
}

describe('components that fail together', () => {
  test('are one incident and one email; each one’s downtime is its own, to the second', async () => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    await subscribed(world, 'dba@example.com', ['database']);
    all(world, 503);
    await world.pass(200, 5);
    expect(await world.files(), story(world)).toEqual([FILE]);
    const text = await world.read(FILE);
    expect(text).toContain('title: "API, Dashboard and Database Down"\n');
    expect(text).toContain('opened_by: "probe:api, probe:dashboard, probe:database"\n');
    expect(subjects(world)).toEqual(Array(2).fill('[INCIDENT] API, Dashboard and Database Down'));
    expect(world.mails.at(-1)?.text).toContain('Database is not working (HTTP 503');
    expect(world.mails.at(-1)?.text).toContain('Affects: API, Dashboard and Database\n');

    all(world, 200);
    await world.pass(200, 5);
    const after = await world.read(FILE);
    expect(after).toContain('status: resolved\n');
    expect(subjects(world).slice(2)).toEqual(Array(2).fill('[RESOLVED] API, Dashboard and Database Down'));
    expect(world.mails.at(-1)?.text?.replace(/\s+/g, ' ')).toMatch(
      /API, Dashboard and Database are working again\. The outage lasted \d minutes?/,
    );

    // Database rows say what each check saw; the page's intervals must say the same.
    const { components } = (await world.get('/api/uptime.json')).json;
    const alone = await opened({ within: '0s', now: '2026-03-10T12:00:00Z' });
    await subscribed(alone, 'user@example.com');
    await subscribed(alone, 'dba@example.com', ['database']);
    all(alone, 503);
    await alone.pass(200, 5);
    expect(await alone.files()).toHaveLength(3);
    all(alone, 200);
    await alone.pass(200, 5);
    const single = (await alone.get('/api/uptime.json')).json.components;
    for (const [index, { id, intervals, downtime_seconds: seconds }] of components.entries()) {
      const spans = intervals.map(({ start, end }: { start: string; end: string }) => [start, end]);
      const own = single[index].intervals.map(({ start, end }: { start: string; end: string }) => [
        start,
        end,
      ]);
      expect([id, [spans.at(0)?.[0], spans.at(-1)?.[1]]]).toEqual([id, own[0]]);
      expect([id, seconds]).toEqual([id, single[index].downtime_seconds]);
    }
    expect(
      new Set(components.map(({ intervals }: { intervals: { start: string }[] }) => intervals[0]?.start))
        .size,
    ).toBe(3);
    expect(subjects(alone).filter(subject => subject?.startsWith('[INCIDENT]'))).toHaveLength(4);
    // Two walks in one: half a minute is too short where the machine is ten times too busy.
  }, 90_000);

  test('are told at once where nobody else is in doubt, and those that fail soon after join', async () => {
    const world = await opened({ within: '2m' });
    await subscribed(world, 'user@example.com');
    world.status.api = 503;
    await world.pass(45, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).toMatch(
      /title: API Down\n[\s\S]*components: \[api\]\nopened_by: "?probe:api"?\n/,
    );
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
    world.status.database = 503;
    await world.pass(200, 5);
    expect(await world.files()).toEqual([FILE]);
    const text = await world.read(FILE);
    expect(text).toContain('title: API and Database Down\n');
    expect(subjects(world).at(-1)).toBe('[UPDATE] API and Database Down');
    expect(text).toContain('opened_by: "probe:api, probe:database"\n');
    expect(text).toMatch(
      /## Investigating \S+ \S+ UTC\ncomponents: \[api, database\]\n\nDatabase is not working/,
    );
  });

  test.each([
    ['the second fails: one story', 503, ['[INCIDENT] API and Dashboard Down']],
    ['the second works after all: told then', 200, ['[INCIDENT] API Down']],
  ])('are shown at once, and news when the doubt is over: %s', async (_, then, told) => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    world.status.api = 503;
    await world.pass(15, 5);
    world.status.dashboard = 503;
    await world.pass(20, 5);
    // The API is down, of the dashboard nobody knows yet.
    await world.pass(10, 5);
    expect(await world.files()).toEqual([]);
    const shown = (await world.get('/api/v2/incidents/unresolved.json')).json.incidents;
    expect(shown.map(({ name }: { name: string }) => name)).toEqual(['API Down']);
    expect((await world.get('/status/incidents/20260310_api-down')).status).toBe(200);
    expect((await world.get('/status/feed.atom')).text).not.toContain('API Down');
    expect(subjects(world)).toEqual([]);
    world.status.dashboard = then;
    await world.pass(75, 5);
    expect(subjects(world)).toEqual(told);
    expect((await world.get('/status/feed.atom')).text).toContain(told[0]!.slice('[INCIDENT] '.length));
  });

  test('that recover one after the other leave it open for the rest, and relapse into it', async () => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    all(world, 503);
    await world.pass(200, 5);
    world.status.dashboard = 200;
    await world.pass(200, 5);
    const partly = await world.read(FILE);
    expect(partly).toMatch(/## Update \S+ \S+ UTC\ncomponents: \[api, database\]\n/);
    expect(subjects(world)).toHaveLength(1);
    // Ten minutes after the beginning.
    await world.pass(500, 10);
    expect(subjects(world)).toEqual([
      '[INCIDENT] API, Dashboard and Database Down',
      '[UPDATE] API, Dashboard and Database Down',
    ]);
    const states = async () => {
      const rows = (await world.get('/api/v2/components.json')).json.components as { status: string }[];
      return rows.map(({ status }) => status);
    };
    expect(await states()).toEqual(['major_outage', 'operational', 'major_outage']);
    world.status.dashboard = 503;
    await world.pass(260, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await states()).toEqual(['major_outage', 'major_outage', 'major_outage']);
    const [, dashboard] = (await world.get('/api/uptime.json')).json.components;
    const [back] = times(partly, /## Update (\S+ \S+ UTC)\ncomponents: \[api, database\]/g);
    const ends = dashboard.intervals.map(({ end }: { end: string }) => parseInstant(end));
    expect(ends).toContain(back);
    all(world, 200);
    await world.pass(200, 5);
    expect(await world.read(FILE)).toContain('status: resolved\n');
    // Within half an hour it is the same story again: only whoever failed is affected.
    world.status.database = 503;
    await world.pass(260, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await states()).toEqual(['operational', 'operational', 'major_outage']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('and recover one by one are in the feeds all the time, with what the page shows, and no entry goes', async () => {
    const world = await opened();
    const titles = async () => {
      const items = (await world.get('/status/feed.json')).json.items as { id: string; title: string }[];
      return items.map(({ id, title }) => `${id} ${title.replace(/^.* – /, '')}`).reverse();
    };
    const affected = new Map<string, string>();
    const onPage = async () => {
      const [one] = (await world.get('/api/v2/incidents.json')).json.incidents;
      // What an update says of its components is as of then, and stays.
      for (const { id, body, affected_components: all } of one.incident_updates) {
        const said = all
          .map((of: Record<string, string>) => `${of.name} ${of.old_status} ${of.new_status}`)
          .sort();
        const kept = affected.get(`${id} ${body}`) ?? said.join(', ');
        expect(said.join(', ')).toBe(kept);
        affected.set(`${id} ${body}`, kept);
      }
      return one.incident_updates.map(({ body }: { body: string }) => body.split('.')[0]).reverse();
    };
    all(world, 503);
    await world.pass(200, 5);
    let before = await titles();
    const shown = async (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        await world.pass(5, 5);
        const now = await titles();
        expect(now.slice(0, before.length)).toEqual(before);
        expect(now).toHaveLength((await onPage()).length);
        before = now;
      }
    };
    for (const id of IDS) {
      world.status[id] = 200;
      await shown(100);
    }
    expect((await onPage()).at(-1)).toMatch(/^API, Dashboard and Database are working again/);
    const of = (words: string) => [...affected].find(([key]) => key.includes(words))?.[1];
    const [down, well] = ['major_outage', 'operational'];
    expect(of('API is not working')).toBe(`API ${well} ${down}`);
    expect(of('Database is not working')).toBe(
      `API ${down} ${down}, Dashboard ${down} ${down}, Database ${well} ${down}`,
    );
    expect(of('API is working again')).toBe(
      `API ${down} ${well}, Dashboard ${down} ${down}, Database ${down} ${down}`,
    );
    expect(of('Database are working again')).toBe(`Database ${down} ${well}`);
    // A relapse before the end has held is in them, too.
    world.status.api = 503;
    await shown(150);
  }, 60_000);

  test('with a restart in the middle are still one, filed and mailed once', async () => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    all(world, 503);
    await world.pass(75, 5);
    expect(await world.files()).toEqual([]);
    await world.restart();
    await world.pass(120, 5);
    expect(await world.files()).toEqual([FILE]);
    await world.restart();
    all(world, 200);
    await world.pass(60, 5);
    await world.restart();
    await world.pass(120, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).toContain('status: resolved\n');
    expect(subjects(world)).toEqual([
      '[INCIDENT] API, Dashboard and Database Down',
      '[RESOLVED] API, Dashboard and Database Down',
    ]);
  });

  test('of which the first is confirmed last, by more failures, are one', async () => {
    const world = await opened({ more: ', failures: 6' });
    await subscribed(world, 'user@example.com');
    all(world, 503);
    await world.pass(115, 5);
    const file = '20260310_dashboard-down.md';
    expect(await world.files()).toEqual([file]);
    expect(await world.read(file)).not.toContain('probe:api');
    await world.pass(120, 5);
    expect(await world.files()).toEqual([file]);
    const sources = /^opened_by: "probe:dashboard, probe:database, probe:api"$/m;
    expect(await world.read(file)).toMatch(sources);
    all(world, 200);
    await world.pass(150, 5);
    expect(await world.files()).toEqual([file]);
    expect(subjects(world)).toEqual([
      '[INCIDENT] Dashboard and Database Down',
      '[UPDATE] API, Dashboard and Database Down',
      '[RESOLVED] API, Dashboard and Database Down',
    ]);
  });

  test('belong to the person who takes `opened_by` away', async () => {
    const world = await opened();
    all(world, 503);
    await world.pass(200, 5);
    const text = (await world.read(FILE)).replace(/^opened_by:.*\n/m, '');
    await world.write(FILE, text);
    all(world, 200);
    await world.pass(260, 5);
    expect(await world.read(FILE)).toBe(text);
    expect(await world.files()).toEqual([FILE]);
  });

  test('keep what a person wrote into the file meanwhile', async () => {
    const world = await opened();
    all(world, 503);
    await world.pass(200, 5);
    const said = '## Identified 12:05:30 UTC\n\nA switch lost its power.\n';
    const text = (await world.read(FILE))
      .replace('status: investigating', 'status: identified')
      .replace('## ', `${said}\n## `);
    await world.write(FILE, text);
    world.status.dashboard = 200;
    await world.pass(200, 5);
    const now = await world.read(FILE);
    expect(now).toContain(said);
    expect(now).toContain('status: identified\n');
    expect(now).toMatch(/## Update \S+ \S+ UTC\ncomponents: \[api, database\]\n/);
    all(world, 200);
    await world.pass(200, 5);
    expect(await world.read(FILE)).toContain('status: resolved\n');
  });

  test('but for those in maintenance, and those in an incident that another monitor opened', async () => {
    const world = await opened({
      files: {
        '20260310_upgrade.md':
          '---\ntitle: Database upgrade\nstatus: scheduled\nscheduled_start: 2026-03-10T11:50:00Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: [database]\n---\nWe upgrade.\n',
      },
    });
    all(world, 503);
    await world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
      alert_type: 'down',
      monitor_name: 'Dashboard',
    });
    expect(await world.files()).toContain('20260310_dashboard-down.md');
    await world.pass(200, 5);
    expect(await world.files()).toEqual([FILE, '20260310_dashboard-down.md', '20260310_upgrade.md']);
    expect(await world.read(FILE)).toContain('title: API Down\n');
    const theirs = await world.read('20260310_dashboard-down.md');
    expect(theirs).toContain('opened_by: "uptimerobot:Dashboard, probe:dashboard"\n');
  });

  test('where one depends on another, the parent speaks for the child found down before it', async () => {
    const world = await opened({ parent: ', depends_on: [database]' });
    await subscribed(world, 'user@example.com');
    world.status.api = 503;
    world.status.database = 503;
    await world.pass(200, 5);
    // The file keeps the name under which the page first showed it.
    expect(await world.files()).toEqual([FILE]);
    const text = await world.read(FILE);
    expect(text).toContain('title: Database Down\n');
    expect(text).toContain('components: [database, api]\n');
    expect(text).toMatch(/opened_by: "?probe:database"?\n/);
    all(world, 200);
    await world.pass(260, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(await world.read(FILE)).toContain('status: resolved\n');
    expect(subjects(world)).toEqual(['[INCIDENT] Database Down', '[RESOLVED] Database Down']);
  });

  test('each say how bad they are', async () => {
    const world = await opened({ more: ', severity: minor' });
    all(world, 503);
    await world.pass(200, 5);
    expect(await world.read(FILE)).toContain('severity: critical\n');
    const rows = (await world.get('/api/v2/components.json')).json.components as { status: string }[];
    expect(rows.map(({ status }) => status)).toEqual([
      'degraded_performance',
      'major_outage',
      'major_outage',
    ]);
  });
});
