// A history that came from another status page: former components keep their names, and former addresses lead on.
import { expect, test } from 'vitest';
import { importGatus } from '../../../src/core/import/gatus/gatus.ts';
import { importUpptime } from '../../../src/core/import/upptime/upptime.ts';
import { importUptimeRobot } from '../../../src/core/import/uptimerobot.ts';
import { openWorld, SITE, subscribed, type World } from '../world.ts';

const OLD = `---
title: Login fails
status: resolved
severity: critical
started: 2026-02-20T10:00:00Z
resolved: 2026-02-20T11:00:00Z
components: [login, api]
opened_by: "statuspage:zzz999yyy888"
aliases: [zzz999yyy888, /issues/2026-02-20-login]
---

## Resolved 2026-02-20 11:00:00 UTC
Login works again.

## Investigating 2026-02-20 10:00:00 UTC
Nobody can log in.
`;
const LOGIN_ONLY = OLD.replace('components: [login, api]', 'components: [login]')
  .replace(/aliases.*\n/, 'aliases: [m1]\n')
  .replace('zzz999yyy888', 'm1')
  .replaceAll('2026-02-20', '2026-02-21')
  .replace('Login fails', 'Login is slow');

const openMoved = () =>
  openWorld({
    site: target =>
      `aliases: [/status/acme]\n${SITE(target).replace('id: jobs, ', 'id: jobs, group: Core, ')}\nretired:\n  - { id: login, name: Old Login }\n`,
    files: { '20260220_login-fails.md': OLD, '20260221_login-is-slow.md': LOGIN_ONLY },
  } as Parameters<typeof openWorld>[0]);

const redirect = async (world: World, from: string) => {
  const { status, headers } = await world.get(from);
  return [status, headers.get('location')?.replace(/^https?:\/\/[^/]+/, '')];
};

test('a former component is named on the permalink and in the history, and stands nowhere else', async () => {
  const world = await openMoved();
  await world.pass(10, 5);
  expect((await world.get('/status/incidents/20260220_login-fails')).text).toContain('formerly: Old Login');
  const history = (await world.get('/status/history/2026-02')).text;
  expect(history.match(/formerly: Old Login/g)).toHaveLength(2);
  expect(history).not.toContain('affects no component');
  expect((await world.get('/status/live')).text).not.toMatch(/>\s*Old Login/);
  const { components } = (await world.get('/api/v2/components.json')).json;
  expect(components.map(({ name }: { name: string }) => name)).not.toContain('Old Login');
  // What only a former component suffered is nobody's downtime.
  const uptime = (await world.get('/api/uptime.json')).json.components;
  const incidents = uptime.flatMap(({ intervals }: { intervals: { incident: string }[] }) =>
    intervals.map(one => one.incident),
  );
  expect(new Set(incidents)).toEqual(new Set(['20260220_login-fails']));
  expect((await world.get('/readyz')).json.problems).toEqual([]);
});

test('former addresses of pages redirect, and those of JSON answer as their duplicate', async () => {
  const world = await openMoved();
  await world.pass(10, 5);
  const permalink = '/status/incidents/20260220_login-fails';
  for (const from of ['/incidents/zzz999yyy888', '/issues/2026-02-20-login', '/issues/2026-02-20-login/'])
    expect(await redirect(world, from)).toEqual([301, permalink]);
  for (const from of ['/index.xml', '/issues/index.xml', '/rss'])
    expect(await redirect(world, from)).toEqual([301, '/status/feed.rss']);
  expect(await redirect(world, '/affected/api/')).toEqual([301, '/status/components/api']);
  expect(await redirect(world, '/status/acme')).toEqual([301, '/status/live']);
  expect(await redirect(world, '/history/api')).toEqual([301, '/status/components/api']);
  expect(await redirect(world, '/endpoints/core_background-jobs')).toEqual([301, '/status/components/jobs']);
  const [, listed] = (await world.get('/api/v2/incidents.json')).json.incidents;
  expect(listed.name).toBe('Login fails');
  const answers = ['/api/v2/incidents/zzz999yyy888.json', '/incidents/zzz999yyy888.json'];
  for (const from of [
    ...answers,
    `/api/v2/incidents/${listed.id}.json`,
    '/incidents/20260220_login-fails.json',
  ]) {
    const { status, json } = await world.get(from);
    expect([from, status, json.incident, typeof json.page.id]).toEqual([from, 200, listed, 'string']);
  }
  for (const from of [
    '/api/v2/incidents/abc.json',
    '/incidents/abc',
    '/affected/nothing',
    '/history/nothing',
  ])
    expect((await world.get(from)).status).toBe(404);
});

test('what another page told is emailed to nobody, from whichever product it comes', async () => {
  const now = Date.parse('2026-03-10T11:50:00Z');
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString().slice(0, 19);
  const issue = {
    number: 4,
    title: '🛑 API is down',
    body: 'In 1a2b3c, API was **down**.',
    state: 'closed',
    labels: [{ name: 'status' }, { name: 'api' }],
    created_at: `${at(50)}Z`,
    closed_at: `${at(20)}Z`,
    user: { login: 'x' },
  };
  const upptime = importUpptime(
    [
      {
        name: '.upptimerc.yml',
        text: 'owner: o\nrepo: r\nsites:\n  - name: API\n    url: https://api.example.com\n',
      },
    ],
    [
      {
        name: 'issues.json',
        text: JSON.stringify([
          issue,
          { ...issue, number: 5, state: 'open', closed_at: null, created_at: `${at(10)}Z` },
        ]),
      },
    ],
    [],
  );
  const gatus = importGatus(
    [
      {
        name: 'config.yaml',
        text: `announcements:\n  - { timestamp: ${at(5)}Z, type: information, message: Hello }\nendpoints:\n  - { name: API, url: "https://api.example.com", conditions: ["[STATUS] == 200"] }\n`,
      },
    ],
    [],
    now,
  );
  const robot = importUptimeRobot(
    [
      {
        name: 'logs.csv',
        rows: [
          {
            Event: 'Down',
            Monitor: 'API',
            'Date-Time': at(40).replace('T', ' '),
            Reason: 'x',
            Duration: '60',
          },
        ],
      },
    ],
    [],
  );
  const incidents = [upptime, gatus, robot].flatMap(made => made.incidents);
  expect(incidents).toHaveLength(4);
  const world = await openWorld({ files: {} });
  await subscribed(world, 'olga@example.com');
  const before = world.mails.length;
  for (const { id, text } of incidents) await world.write(`${id}.md`, text);
  await world.pass(600, 20);
  expect(world.system.snapshot().incidents).toHaveLength(4);
  expect(world.mails.slice(before).map(({ subject }) => subject)).toEqual([]);
});
