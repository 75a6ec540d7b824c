// Uptime Kuma's database: monitors become components with checks, stretches of down incidents, heartbeats measurements.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readKumaFile } from '../../../src/cli/import/kuma-file.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { importUptimeKuma } from '../../../src/core/import/uptime-kuma/uptime-kuma.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { iso } from '../../../src/core/model/time.ts';
import { openTerminal } from '../../cli/terminal.ts';
import { type KumaDatabase, openKuma } from './kuma-database.ts';

const importOf = async ({ file }: KumaDatabase, page?: string) =>
  importUptimeKuma(await readKumaFile(file, page), 'kuma.db', []);
const read = ({ id, text }: { id: string; text: string }) => {
  const { value, problems } = parseIncident(id, id, text);
  expect(problems).toEqual([]);
  return value!;
};
const saidOf = ({ remarks }: { remarks: readonly { kind: string; what: string }[] }) =>
  remarks.map(({ kind, what }) => `${kind}: ${what}`);

/** status.yaml made of it, read with a value for each variable it asks for. */
const siteOf = (made: Awaited<ReturnType<typeof importOf>>) => {
  const text = newSiteYaml(made);
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
  const values = (name: string) => (/_URL$/.test(name) ? 'postgres://u:p@db.example.com/x' : 'secret-value');
  const variables = Object.fromEntries(names.map(name => [name, values(name)]));
  const { value, problems } = readSite(text, 'status.yaml', variables, null, 'http://localhost:3000');
  expect(problems).toEqual([]);
  return { site: value!, text, names };
};

const HTTP = { type: 'http', url: 'https://shop.example.com/health', interval: 60 };

describe('checks of monitors', () => {
  const CASES: readonly (readonly [
    string,
    Record<string, string | number>,
    Record<string, unknown>,
    Record<string, unknown>?,
  ])[] = [
    [
      'http with its fields',
      {
        ...HTTP,
        method: 'POST',
        body: '{"ping": 1}',
        headers: '{"Accept": "text/plain"}',
        accepted_statuscodes_json: '["200-299","401"]',
        maxredirects: 3,
        maxretries: 2,
        timeout: 24,
        http_body_encoding: 'json',
      },
      {
        type: 'http',
        method: 'POST',
        body: '{"ping": 1}',
        headers: { 'Content-Type': 'application/json', Accept: 'text/plain' },
        expect: ['200-299', '401'],
        redirects: 3,
        timeout: 24_000,
      },
      { detect: { failures: 3, recoveries: 1 } },
    ],
    ['a keyword', { ...HTTP, type: 'keyword', keyword: 'Welcome' }, { contains: 'Welcome' }],
    [
      'an inverted keyword',
      { ...HTTP, type: 'keyword', keyword: 'Fatal', invert_keyword: 1 },
      { not_contains: 'Fatal' },
    ],
    [
      'JSON',
      { ...HTTP, type: 'json-query', json_path: 'db.nodes[0].ok', expected_value: 'true' },
      { json: { '$.db.nodes[0].ok': true } },
    ],
    [
      'JSON as text',
      { ...HTTP, type: 'json-query', json_path: '$.status', expected_value: 'fine' },
      { json: { '$.status': 'fine' } },
    ],
    ['no notice of a certificate', { ...HTTP, expiry_notification: 0 }, { tls_days: 0 }],
    [
      'a port',
      { type: 'port', hostname: 'db.example.com', port: 5432, interval: 300 },
      { type: 'tcp', host: 'db.example.com', port: 5432 },
      { schedule: '*/5 * * * *' },
    ],
    [
      'dns',
      {
        type: 'dns',
        hostname: 'example.com',
        dns_resolve_type: 'MX',
        dns_resolve_server: '1.1.1.1',
        port: 53,
        interval: 60,
      },
      { type: 'dns', name: 'example.com', record: 'MX', server: '1.1.1.1' },
    ],
    [
      'push',
      { type: 'push', push_token: 'aB3dE5fG7h', interval: 3600, maxretries: 2, retry_interval: 60 },
      { type: 'heartbeat', period: 3_600_000, grace: 120_000, token: 'secret-value' },
    ],
    [
      'a database',
      {
        type: 'postgres',
        database_connection_string: 'postgres://app:hunter22@db/x',
        database_query: 'SELECT 2',
        interval: 60,
      },
      { type: 'database', query: 'SELECT 2', url: 'postgres://u:p@db.example.com/x' },
    ],
  ];
  test.each(CASES.map(([name, monitor, check, more]) => [name, monitor, check, more ?? {}] as const))(
    '%s',
    async (_, monitor, check, more) => {
      const kuma = await openKuma();
      kuma.insert('monitor', { name: 'Shop', ...monitor });
      const { components } = siteOf(await importOf(kuma)).site;
      expect(components).toMatchObject([{ id: 'shop', name: 'Shop', match: ['1', 'Shop'], check, ...more }]);
    },
  );

  const MANUAL: readonly (readonly [string, Record<string, string | number>, string])[] = [
    ['ping', { type: 'ping', hostname: 'h' }, 'no check does what its type “ping” does'],
    ['paused', { ...HTTP, active: 0 }, 'it is paused there'],
    ['upside down', { ...HTTP, upside_down: 1 }, 'it is upside down there'],
    ['another login', { ...HTTP, auth_method: 'ntlm' }, 'no check can log in as it does (ntlm)'],
    ['an odd record', { type: 'dns', hostname: 'h.example', dns_resolve_type: 'CAA' }, 'of the type CAA'],
    ['no address', { ...HTTP, url: 'ftp://example.com' }, '`url` cannot be used'],
  ];
  test.each(MANUAL)('%s becomes manual, and that is said', async (_, monitor, why) => {
    const kuma = await openKuma();
    kuma.insert('monitor', { name: 'Shop', interval: 60, ...monitor });
    const made = await importOf(kuma);
    expect(siteOf(made).site.components).toMatchObject([{ check: { type: 'manual' } }]);
    expect(saidOf(made).join()).toContain(why);
  });

  test('no secret is written, and the variables for them are named', async () => {
    const kuma = await openKuma();
    const SECRETS = ['hunter22', 'sEcReT1', 'tok-99', 'pw-77', 'key-55', 'bo-33', 'pushToken1'];
    kuma.insert(
      'monitor',
      { ...HTTP, name: 'A', auth_method: 'basic', basic_auth_user: 'u', basic_auth_pass: 'hunter22' },
      { ...HTTP, name: 'B', headers: '{"X-Auth": "sEcReT1", "User-Agent": "kuma"}' },
      { ...HTTP, name: 'C', url: 'https://u:pw-77@c.example.com/x?token=tok-99&page=2' },
      { ...HTTP, name: 'D', body: '{"password": "bo-33"}', method: 'POST' },
      { name: 'E', type: 'mysql', database_connection_string: 'mysql://u:key-55@h/d', interval: 60 },
      { name: 'F', type: 'push', push_token: 'pushToken1', interval: 60 },
    );
    const made = await importOf(kuma);
    const { text, names, site } = siteOf(made);
    for (const secret of SECRETS) expect(text + saidOf(made).join()).not.toContain(secret);
    expect(site.components.find(({ id }) => id === 'c')!.check).toMatchObject({
      url: 'https://c.example.com/x?token=secret-value&page=2',
      headers: { Authorization: 'Basic secret-value' },
    });
    for (const name of names)
      expect(saidOf(made).join()).toContain(`set the environment variable ${name} to`);
  });

  test('what is not the same here is said', async () => {
    const kuma = await openKuma(2);
    kuma.insert(
      'monitor',
      { ...HTTP, name: 'A', ignore_tls: 1, proxy_id: 1, interval: 50 },
      {
        ...HTTP,
        name: 'B',
        type: 'json-query',
        json_path: '$count(x)',
        expected_value: '3',
        json_path_operator: '>',
      },
      { ...HTTP, name: 'C', headers: 'none' },
      { name: 'D', type: 'dns', hostname: 'd.example', conditions: '[{"type":"expression"}]', interval: 60 },
    );
    const said = saidOf(await importOf(kuma)).join('\n');
    for (const words of [
      'its certificate is verified here',
      'without its proxy',
      'every 50 s becomes `* * * * *`',
      'its JSON query “$count(x) > 3”',
      'its headers, which are no JSON',
      'its conditions',
    ])
      expect(said).toContain(words);
  });
});

describe('components', () => {
  test('are those on status pages, in the groups and the order there; a group shows those in it', async () => {
    const kuma = await openKuma();
    kuma.insert(
      'monitor',
      { ...HTTP, name: 'Web' },
      { ...HTTP, name: 'Secret backoffice' },
      { name: 'Cluster', type: 'group', interval: 60 },
      { ...HTTP, name: 'Node', parent: 3 },
      { ...HTTP, name: 'API', description: 'For partners' },
    );
    kuma.insert(
      'status_page',
      { slug: 'draft', title: 'Draft', published: 0 },
      { slug: 'main', title: 'Shop status' },
    );
    kuma.insert(
      'group',
      { name: 'Second', weight: 2, status_page_id: 2 },
      { name: 'First', weight: 1, status_page_id: 2 },
      { name: 'Draft', status_page_id: 1 },
    );
    kuma.insert(
      'monitor_group',
      { monitor_id: 1, group_id: 1 },
      { monitor_id: 5, group_id: 2 },
      { monitor_id: 3, group_id: 1, weight: 2000 },
      { monitor_id: 2, group_id: 3 },
    );
    kuma.insert('tag', { name: 'component', color: '#fff' });
    kuma.insert('monitor_tag', { monitor_id: 5, tag_id: 1, value: 'partner-api' });
    kuma.insert('incident', {
      title: 'Not yet',
      content: 'x',
      created_date: '2026-03-01 08:00:00',
      status_page_id: 1,
    });
    const made = await importOf(kuma);
    expect(made.title).toBe('Shop status');
    // What only admins see there is in no file here.
    expect(newSiteYaml(made)).not.toMatch(/For partners|draft/);
    expect(newSiteYaml(made)).toContain('/status/main');
    expect(saidOf(made)).toContainEqual(
      expect.stringContaining('left out: the descriptions of its monitors'),
    );
    expect(made.incidents).toEqual([]);
    expect(made.components).toMatchObject([
      { id: 'api', group: 'First', match: ['5', 'API', 'partner-api'] },
      { id: 'web', group: 'Second' },
      { id: 'node', group: 'Cluster' },
    ]);
    expect(saidOf(made)).toContainEqual(
      expect.stringMatching(/^left out: the monitor “Secret backoffice” \(2\), which is on no published/),
    );
  });

  test('of several status pages one is chosen: another may be for somebody else', async () => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Ours' }, { ...HTTP, name: 'Theirs' });
    kuma.insert('status_page', { slug: 'ours', title: 'Ours' }, { slug: 'theirs', title: 'Theirs' });
    kuma.insert('group', { name: 'A', status_page_id: 1 }, { name: 'B', status_page_id: 2 });
    kuma.insert('monitor_group', { monitor_id: 1, group_id: 1 }, { monitor_id: 2, group_id: 2 });
    const note = { content: 'x', created_date: '2026-03-01 08:00:00' };
    kuma.insert(
      'incident',
      { ...note, title: 'Our note', status_page_id: 1 },
      { ...note, title: 'Their note', status_page_id: 2 },
    );
    const work = { description: 'x', start_date: '2026-03-02 08:00:00', end_date: '2026-03-02 09:00:00' };
    kuma.insert('maintenance', { ...work, title: 'Our work' }, { ...work, title: 'Their work' });
    kuma.insert(
      'monitor_maintenance',
      { monitor_id: 1, maintenance_id: 1 },
      { monitor_id: 2, maintenance_id: 2 },
    );
    await expect(importOf(kuma)).rejects.toThrow(
      'it has several status pages (ours, theirs) — choose one with --page SLUG',
    );
    await expect(importOf(kuma, 'x')).rejects.toThrow(
      'no published status page "x" — give one of: ours, theirs',
    );
    const one = await importOf(kuma, 'ours');
    expect(one.components.map(({ name }) => name)).toEqual(['Ours']);
    expect(one.incidents.map(read).map(({ title }) => title)).toEqual(['Our work', 'Our note']);
    expect(JSON.stringify(one)).not.toMatch(/their/i);
    expect((await importOf(kuma, 'all')).components).toHaveLength(2);
  });

  test('without a page all monitors are taken, in their groups; equal names are told apart', async () => {
    const kuma = await openKuma();
    kuma.insert(
      'monitor',
      { name: 'Europe', type: 'group', interval: 60 },
      { name: 'Berlin', type: 'group', parent: 1, interval: 60 },
      { ...HTTP, name: 'API', parent: 2 },
      { ...HTTP, name: 'API' },
    );
    expect((await importOf(kuma)).components).toMatchObject([
      { id: 'api', name: 'API', group: 'Europe / Berlin' },
      { id: 'api-4', name: 'API (4)', group: null },
    ]);
  });
});

/** A second reading: each heartbeat in turn, as Kuma shows them. */
function outagesByHand({ db }: KumaDatabase) {
  const beats = db.prepare('SELECT * FROM heartbeat ORDER BY monitor_id, time').all() as Record<
    string,
    string
  >[];
  const found: { monitor: string; start: string; end: string }[] = [];
  let down: (typeof found)[number] | null = null;
  for (const { monitor_id, time, status } of beats) {
    if (down && down.monitor !== monitor_id) down = null;
    if (Number(status) === 0 && !down) {
      down = { monitor: monitor_id!, start: time!, end: time! };
      found.push(down);
    } else if (down) {
      down.end = time!;
      if (Number(status) === 1 || Number(status) === 3) down = null;
    }
  }
  return found.map(({ monitor, start, end }) => ({
    monitor,
    span: [start, end].map(time => `${time.slice(0, 19).replace(' ', 'T')}Z`),
  }));
}

describe('outages', () => {
  const STRETCHES: readonly (readonly [string, readonly string[], number])[] = [
    ['one', ['1 20', '0', '0', '1 30'], 1],
    ['two of one monitor on one day', ['1 20', '0', '1 9', '0', '0', '1 30'], 2],
    ['retries are none', ['1 20', '2', '2', '1 30'], 0],
    ['the retries before are not in it', ['1 20', '2', '0', '0', '1 30'], 1],
    ['a restart in the middle does not cut it', ['0', '2', '0', '1 30'], 1],
    ['a maintenance ends it', ['0', '3', '3', '1 30'], 1],
    ['a maintenance is none', ['1 5', '3', '3', '1 30'], 0],
    ['one that goes on is closed at the last heartbeat', ['1 5', '0', '0', '0'], 1],
  ];
  test.each(STRETCHES)('%s', async (_, beats, number) => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' }, { ...HTTP, name: 'Other' });
    kuma.beats(1, '2026-03-05 10:00:00.250', ...beats);
    kuma.beats(2, '2026-03-05 10:00:30.250', '1 5', ...beats);
    const made = await importOf(kuma);
    const incidents = made.incidents.map(read);
    const byHand = outagesByHand(kuma);
    expect(byHand).toHaveLength(2 * number);
    const shown = incidents.map(one => ({
      component: one.components![0]!.id,
      span: [one.started, one.resolved!].map(iso),
      severity: one.severity,
      title: one.title,
      updates: one.updates.map(({ status }) => status),
    }));
    const wanted = byHand.map(({ monitor, span }) => ({
      component: Number(monitor) === 1 ? 'shop' : 'other',
      span,
      severity: 'critical',
      title: Number(monitor) === 1 ? 'Shop Down' : 'Other Down',
      updates: ['investigating', 'resolved'],
    }));
    expect(shown).toEqual(expect.arrayContaining(wanted));
    expect(shown).toHaveLength(wanted.length);
    expect(new Set(made.incidents.map(({ source }) => source)).size).toBe(made.incidents.length);
    expect(new Set(made.incidents.map(({ id }) => id)).size).toBe(made.incidents.length);
    // Kuma does not publish what it saw, which may name hosts.
    for (const { text } of made.incidents) expect(text).not.toContain('10.1.2.3');
  });

  test('one that goes on is open where no check here can end it, and never said to be over', async () => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' }, { ...HTTP, name: 'Wren', type: 'ping' });
    for (const id of [1, 2]) kuma.beats(id, `2026-03-05 10:00:0${id}`, '1 5', '0', '0');
    const [shop, wren] = (await importOf(kuma)).incidents.map(read);
    expect(shop).toMatchObject({ status: 'resolved', title: 'Shop Down' });
    expect(shop!.updates.at(-1)!.body).toBe('The imported record ends here, while Shop was still down.');
    expect(wren).toMatchObject({ status: 'investigating', resolved: null, title: 'Wren Down' });
    expect(wren!.updates.map(({ quiet }) => quiet)).toEqual([true]);
  });

  test('one that was paused while it was down ends with its last heartbeat', async () => {
    const kuma = await openKuma();
    kuma.insert(
      'monitor',
      { name: 'Wren', type: 'ping', interval: 60, active: 0 },
      { ...HTTP, name: 'Shop', active: 0 },
    );
    for (const id of [1, 2]) kuma.beats(id, `2026-03-05 10:00:0${id}`, '1 5', '0', '0');
    const made = await importOf(kuma);
    expect(made.incidents.map(read)).toMatchObject([{ status: 'resolved' }, { status: 'resolved' }]);
    expect(saidOf(made)).toContain(
      'changed: “Wren” was paused while it was down: the outage ends with its last heartbeat',
    );
  });

  test('while Kuma was off nothing is known: the outage ends with its last failed heartbeat', async () => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.beats(1, '2026-03-05 10:00:00', '1 5', '0', '0');
    kuma.insert('heartbeat', {
      monitor_id: 1,
      status: 1,
      time: '2026-03-09 10:02:00.000',
      ping: 4,
      duration: 345_600,
    });
    const made = await importOf(kuma);
    expect(made.incidents.map(read)).toMatchObject([{ resolved: Date.UTC(2026, 2, 5, 10, 2) }]);
    expect(saidOf(made)).toContainEqual(
      expect.stringContaining('1 outage after which Uptime Kuma did not look'),
    );
  });
});

describe('measurements', () => {
  test('heartbeats of ten minutes, an hour and a day, with response times', async () => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.beats(1, '2026-03-05 09:58:00', '1 10', '1 10', '1 30', '0', '3');
    kuma.beats(1, '2026-01-01 00:00:00', '1 50');
    const { history } = await importOf(kuma);
    const shown = history.map(({ span, start, rollup: { checks, ok, sum, min, max, observed } }) => [
      span,
      iso(start),
      [checks, ok, sum, min, max, observed],
    ]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['slot', '2026-03-05T09:50:00Z', [2, 2, 20, 10, 10, 120_000]],
        ['slot', '2026-03-05T10:00:00Z', [2, 1, 30, 30, 30, 120_000]],
        ['hour', '2026-03-05T09:00:00Z', [2, 2, 20, 10, 10, 120_000]],
        ['hour', '2026-03-05T10:00:00Z', [2, 1, 30, 30, 30, 120_000]],
        ['day', '2026-03-05T00:00:00Z', [4, 3, 50, 10, 30, 240_000]],
        ['day', '2026-01-01T00:00:00Z', [1, 1, 50, 50, 50, 60_000]],
      ]),
    );
    expect(shown).toHaveLength(6);
    expect(
      [...history.find(({ start }) => iso(start) === '2026-03-05T00:00:00Z')!.rollup.sketch.values()].sort(),
    ).toEqual([1, 2]);
  });

  test('statistics of version 2 count where they know more than the heartbeats that are left', async () => {
    const kuma = await openKuma(2);
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.beats(1, '2026-03-05 10:00:00', '0', '1 9');
    const day = Date.UTC(2026, 2, 5) / 1000;
    kuma.insert('stat_daily', {
      monitor_id: 1,
      timestamp: day,
      ping: 21.5,
      ping_min: 8,
      ping_max: 90,
      up: 1000,
      down: 40,
    });
    kuma.insert('stat_hourly', {
      monitor_id: 1,
      timestamp: day + 36_000,
      ping: 9,
      ping_min: 9,
      ping_max: 9,
      up: 1,
      down: 0,
    });
    const made = await importOf(kuma);
    const of = (span: string) => made.history.filter(one => one.span === span).map(({ rollup }) => rollup);
    expect(of('day')).toMatchObject([
      { checks: 1040, ok: 1000, sum: 21_500, min: 8, max: 90, observed: 62_400_000 },
    ]);
    expect(of('hour')).toMatchObject([{ checks: 2, ok: 1 }]);
    expect(saidOf(made)).toContainEqual(expect.stringContaining('only averages are kept'));
  });

  test('300,000 heartbeats take seconds', async () => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.db.exec(`
      INSERT INTO heartbeat (monitor_id, status, time, ping, duration)
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299999)
      SELECT 1, i % 1000 <> 0, strftime('%Y-%m-%d %H:%M:%f', 1767225600 + 60 * i, 'unixepoch'), 20 + i % 90, 60 FROM n`);
    const begun = process.cpuUsage();
    const made = await importOf(kuma);
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(10_000);
    expect(made.incidents).toHaveLength(300);
    expect(
      made.history.filter(({ span }) => span === 'day').reduce((sum, one) => sum + one.rollup.checks, 0),
    ).toBe(300_000);
  });
});

test('notes: a pinned one of trouble is open, another ends at its last edit; none names a component', async () => {
  const kuma = await openKuma();
  kuma.insert('monitor', { ...HTTP, name: 'Shop' });
  kuma.insert(
    'incident',
    {
      title: 'Slow *today*',
      content: 'We **know**.\n\n- a\n- b',
      style: 'danger',
      created_date: '2026-02-01 08:00:00',
      last_updated_date: '2026-02-01 09:30:00',
      pin: 0,
    },
    { title: 'Moving', content: 'On Friday.', style: 'warning', created_date: '2026-03-01 08:00:00', pin: 1 },
    { title: 'Hello', content: 'Help desk.', style: 'info', created_date: '2026-03-02 08:00:00', pin: 1 },
  );
  const made = await importOf(kuma);
  const [slow, moving, hello] = made.incidents.map(read);
  expect(hello).toMatchObject({ status: 'resolved', resolved: Date.UTC(2026, 2, 2, 8), components: [] });
  expect(saidOf(made).join()).toContain('it is a notice and no incident there, so it is over here');
  expect(slow).toMatchObject({
    title: 'Slow *today*',
    severity: 'major',
    components: [],
    status: 'resolved',
  });
  expect([slow!.started, slow!.resolved!].map(iso)).toEqual(['2026-02-01T08:00:00Z', '2026-02-01T09:30:00Z']);
  expect(slow!.updates.map(({ body }) => body)).toEqual(['We **know**.\n\n- a\n- b', 'Resolved.']);
  expect(moving).toMatchObject({
    severity: 'minor',
    components: [],
    status: 'investigating',
    resolved: null,
  });
  expect(moving!.updates.map(({ body }) => body)).toEqual(['On Friday.']);
});

describe('maintenance', () => {
  const BERLIN = {
    timezone: 'Europe/Berlin',
    start_date: '2026-03-02 00:00:00',
    start_time: '02:00',
    end_time: '03:30',
  };
  const ONCE = { strategy: 'single', start_date: '2026-07-01 02:00:00', end_date: '2026-07-01 04:00:00' };
  const CASES: readonly (readonly [string, Record<string, string | number>, string[], string | undefined])[] =
    [
      ['single, by the server’s zone', ONCE, ['2026-07-01T01:00:00Z', '2026-07-01T03:00:00Z'], undefined],
      [
        'single, in its zone',
        { ...ONCE, timezone: 'Asia/Tokyo' },
        ['2026-06-30T17:00:00Z', '2026-06-30T19:00:00Z'],
        undefined,
      ],
      [
        'on weekdays',
        { ...BERLIN, strategy: 'recurring-weekday', weekdays: '[0,3]' },
        ['2026-03-04T01:00:00Z', '2026-03-04T02:30:00Z'],
        'FREQ=WEEKLY;BYDAY=SU,WE',
      ],
      [
        'every third day, until a day',
        { ...BERLIN, strategy: 'recurring-interval', interval_day: 3, end_date: '2026-06-01 00:00:00' },
        ['2026-03-02T01:00:00Z', '2026-03-02T02:30:00Z'],
        'FREQ=DAILY;INTERVAL=3;UNTIL=20260531T220000Z',
      ],
      [
        'on days of the month',
        { ...BERLIN, strategy: 'recurring-day-of-month', days_of_month: '[15,"lastDay1"]' },
        ['2026-03-15T01:00:00Z', '2026-03-15T02:30:00Z'],
        'FREQ=MONTHLY;BYMONTHDAY=15,-1',
      ],
      [
        'over midnight',
        {
          ...BERLIN,
          strategy: 'recurring-interval',
          interval_day: 1,
          start_time: '23:00',
          end_time: '01:00',
        },
        ['2026-03-02T22:00:00Z', '2026-03-03T00:00:00Z'],
        'FREQ=DAILY',
      ],
      [
        'cron',
        {
          timezone: 'UTC',
          start_date: '2026-03-02 00:00:00',
          strategy: 'cron',
          cron: '30 4 * * 1-3',
          duration: 5400,
        },
        ['2026-03-02T04:30:00Z', '2026-03-02T06:00:00Z'],
        'FREQ=WEEKLY;BYDAY=MO,TU,WE',
      ],
    ];
  test.each(CASES)('%s', async (_, row, span, rrule) => {
    const kuma = await openKuma();
    kuma.insert('setting', { key: 'serverTimezone', value: '"Europe/Lisbon"' });
    kuma.insert(
      'monitor',
      { ...HTTP, name: 'Shop' },
      { name: 'All', type: 'group', interval: 60 },
      { ...HTTP, name: 'API', parent: 2 },
    );
    kuma.insert('maintenance', { title: 'Upgrade', description: 'Back soon.', ...row });
    kuma.insert(
      'monitor_maintenance',
      { monitor_id: 1, maintenance_id: 1 },
      { monitor_id: 2, maintenance_id: 1 },
    );
    const made = await importOf(kuma);
    expect(made.timezone).toBe('Europe/Lisbon');
    const [one] = made.incidents.map(read);
    expect(one).toMatchObject({
      title: 'Upgrade',
      status: 'scheduled',
      components: [{ id: 'shop' }, { id: 'api' }],
    });
    expect([one!.scheduled!.start, one!.scheduled!.end].map(iso)).toEqual(span);
    expect(one!.rrule).toBe(rrule);
    expect(one!.updates.map(({ body }) => body)).toEqual(['Back soon.']);
    if (rrule) expect(one!.timezone).toBe(row.timezone);
  });

  test.each([
    ['manual', { strategy: 'manual' }, 'it is switched on by hand'],
    ['switched off', { ...ONCE, active: 0 }, 'it is switched off'],
    ['no rule for it', { strategy: 'cron', cron: '*/5 3 * * *', duration: 60 }, 'no rule says (*/5 3 * * *)'],
    ['no days', { ...BERLIN, strategy: 'recurring-weekday', weekdays: '[]' }, 'no rule says'],
    ['an unknown zone', { ...ONCE, timezone: 'Mars/North' }, 'its time zone “Mars/North” is not known'],
  ])('%s is left out, and why', async (_, row, why) => {
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.insert('maintenance', { title: 'Upgrade', description: '', ...row });
    const made = await importOf(kuma);
    expect(made.incidents).toEqual([]);
    expect(saidOf(made).join()).toContain(why);
  });
});

describe('the command', () => {
  const filled = async (kuma: KumaDatabase) => {
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.beats(1, '2026-03-05 10:00:00', '1 20', '0', '1 9', '0', '1 30');
    return kuma;
  };

  test('a dry run writes nothing, the first run all, the second nothing', async () => {
    const terminal = await openTerminal();
    const { file } = await filled(await openKuma());
    const incidents = path.join(terminal.dir, 'status', 'incidents');
    const dry = await terminal.run(importing, 'uptime-kuma', file, '--dry-run');
    expect(dry.out).toContain('2 incidents to write');
    expect(await readdir(incidents)).toEqual([]);
    const first = await terminal.run(importing, 'uptime-kuma', file);
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toContain('2 incidents written');
    expect(first.out).toContain('Stored: measurements of 1 component since 2026-03-05');
    expect((await readdir(incidents)).sort()).toEqual(['20260305_shop-down-2.md', '20260305_shop-down.md']);
    const second = await terminal.run(importing, 'uptime-kuma', file);
    expect(second.out).toContain('0 incidents written, 2 already there, 0 updated');
    expect(second.out).toContain('are there already');
  });

  test('an outage that goes on at the first import gets its later end at the next', async () => {
    const terminal = await openTerminal();
    const kuma = await openKuma();
    kuma.insert('monitor', { ...HTTP, name: 'Shop' });
    kuma.beats(1, '2026-03-05 10:00:00', '1 20', '0', '0');
    const run = async () => (await terminal.run(importing, 'uptime-kuma', kuma.file)).out;
    expect(await run()).toContain('1 incident written');
    kuma.beats(1, '2026-03-05 10:03:00', '0', '0', '1 30');
    expect(await run()).toContain('0 incidents written, 0 already there, 1 updated, 0 kept.');
    const file = path.join(terminal.dir, 'status', 'incidents', '20260305_shop-down.md');
    expect(await readFile(file, 'utf8')).toContain('resolved: 2026-03-05T10:05:00Z');
    expect(await run()).toContain('0 incidents written, 1 already there, 0 updated, 0 kept.');
  });

  test('an incident of another source with the same name is another one', async () => {
    const terminal = await openTerminal();
    const { file } = await filled(await openKuma());
    const own =
      '---\ntitle: Shop Down\nstatus: resolved\nseverity: critical\nstarted: 2026-03-05T20:00:00Z\nresolved: 2026-03-05T20:05:00Z\ncomponents: [api]\nopened_by: probe:api\n---\n';
    await terminal.write('incidents/20260305_shop-down.md', own);
    expect((await terminal.run(importing, 'uptime-kuma', file)).out).toContain('2 incidents written');
    const folder = path.join(terminal.dir, 'status', 'incidents');
    expect((await readdir(folder)).sort()).toEqual([
      '20260305_shop-down-2.md',
      '20260305_shop-down-3.md',
      '20260305_shop-down.md',
    ]);
    expect((await terminal.run(importing, 'uptime-kuma', file)).out).toContain(
      '0 incidents written, 2 already there, 0 updated',
    );
  });

  test('the database stays as it is, also while Kuma runs', async () => {
    const terminal = await openTerminal();
    const { file, db } = await filled(await openKuma());
    const bytes = async () => [
      await readFile(file),
      existsSync(`${file}-wal`) && (await readFile(`${file}-wal`)),
    ];
    const before = await bytes();
    expect(before[1]).toBeInstanceOf(Buffer);
    await terminal.run(importing, 'uptime-kuma', file);
    expect(await bytes()).toEqual(before);
    // A file alone, without log: nothing is made beside it.
    db.pragma('wal_checkpoint(TRUNCATE)');
    const alone = path.join(terminal.dir, 'copy', 'kuma.db');
    await terminal.write('../copy/kuma.db', '');
    await writeFile(alone, await readFile(file));
    expect((await terminal.run(importing, 'uptime-kuma', alone)).out).toContain('2 already there');
    expect(await readdir(path.dirname(alone))).toEqual(['kuma.db']);
  });

  test('what is no database of Kuma is refused, and so is an empty one', async () => {
    const terminal = await openTerminal();
    const notes = await terminal.write(
      '../notes.db',
      'just some text, which is longer than a header of a database would be, by far.',
    );
    await expect(terminal.run(importing, 'uptime-kuma', notes)).rejects.toThrow(
      'notes.db: this is not a database of Uptime Kuma',
    );
    const { file, db } = await openKuma();
    await expect(terminal.run(importing, 'uptime-kuma', file)).rejects.toThrow('there is nothing to import');
    db.pragma('wal_checkpoint(TRUNCATE)');
    const torn = path.join(terminal.dir, 'torn.db');
    await writeFile(torn, (await readFile(file)).fill(0xff, 4096));
    await expect(terminal.run(importing, 'uptime-kuma', torn)).rejects.toThrow(
      'torn.db: the database is damaged',
    );
    db.exec('DROP TABLE heartbeat');
    await expect(terminal.run(importing, 'uptime-kuma', file)).rejects.toThrow(
      'not a database of Uptime Kuma',
    );
  });
});
