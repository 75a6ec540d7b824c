// A history that came from another status page: former components keep their names, and former addresses lead on.
import { expect, test } from 'vitest';
import { openWorld, SITE, type World } from '../world.ts';

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
      `${SITE(target).replace('id: jobs, ', 'id: jobs, group: Core, ')}\nretired:\n  - { id: login, name: Old Login }\n`,
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
