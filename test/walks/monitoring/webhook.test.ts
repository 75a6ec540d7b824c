// Walk 3: an inbound monitor's word becomes an incident, once, and its "up" resolves it.
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const TOKEN = 'the-webhook-token-of-this-test';
const HOOK = `/webhooks/uptime?token=${TOKEN}`;

describe('POST /webhooks/uptime', () => {
  test("the mission's own JSON: down opens, repeats do nothing, up resolves", async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const down = { alert_type: 'down', monitor_name: 'API' };
    const opened = await world.post(HOOK, down);
    expect(opened.status).toBe(200);
    expect(opened.json).toEqual({ ok: true, action: 'opened', incident: '20260310_api-down' });
    expect((await world.get('/status/live')).text).toContain('API Down');
    expect((await world.post(HOOK, down)).json).toMatchObject({ action: 'ignored' });
    await world.pass(60);
    const resolved = await world.post(HOOK, { ...down, alert_type: 'up' });
    expect(resolved.json).toEqual({ ok: true, action: 'resolved', incident: '20260310_api-down' });
    expect((await world.post(HOOK, { ...down, alert_type: 'up' })).json).toMatchObject({ action: 'ignored' });
    await world.pass(60, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
  });

  const robot = { monitorID: '777', monitorFriendlyName: 'Dashboard', monitorURL: 'https://levqor.ai' };
  const form = (fields: Record<string, string>) => new URLSearchParams(fields);
  test("UptimeRobot's own, as JSON, form and query, is one monitor", async () => {
    const world = await openWorld();
    const down = await world.post(HOOK, { ...robot, alertType: 1, alertDetails: 'HTTP 500' });
    expect(down.json).toMatchObject({ action: 'opened', incident: '20260310_dashboard-down' });
    expect((await world.post(HOOK, form({ ...robot, alertType: '1' }))).json.action).toBe('ignored');
    const query = new URLSearchParams({ ...robot, alertType: '2' });
    expect((await world.get(`${HOOK}&${query}`)).json).toMatchObject({ action: 'resolved' });
    const text = await world.read('20260310_dashboard-down.md');
    expect(text).toMatch(/opened_by: "?uptimerobot:777"?/);
    expect(text).toContain('HTTP 500');
    expect((await world.post(HOOK, { ...robot, alertType: 3 })).json.action).toBe('ignored');
  });

  test('JSON that `curl -d` calls a form is JSON', async () => {
    const world = await openWorld();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const to = HOOK.replace('uptime', 'generic');
    const json = JSON.stringify({ monitor: 'dashboard', status: 'down', message: 'a=b&c' });
    expect((await world.post(to, json, type)).json).toMatchObject({ action: 'opened' });
    const list = JSON.stringify([{ monitor: 'dashboard', status: 'up' }]);
    expect((await world.post(to, ` ${list}`, type)).json).toMatchObject({ action: 'resolved' });
    expect((await world.post(to, '{"monitor":', type)).status).toBe(400);
    await world.pass(5);
    expect((await world.post(to, 'monitor=dashboard&status=down', type)).json.action).toBe('opened');
  });

  test('failing again within 30 minutes continues the same file', async () => {
    const world = await openWorld();
    for (const alert_type of ['down', 'up']) {
      await world.post(HOOK, { alert_type, monitor_name: 'API' });
      await world.pass(600);
    }
    const again = await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    expect(again.json).toEqual({ ok: true, action: 'opened', incident: '20260310_api-down' });
    expect(await world.files()).toEqual(['20260310_api-down.md']);
  });

  test('a new database finds its open incident by the file', async () => {
    const world = await openWorld();
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    await world.loseDatabase();
    await world.restart();
    const again = await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    expect(again.json).toMatchObject({ action: 'ignored', incident: '20260310_api-down' });
    const up = await world.post(HOOK, { alert_type: 'up', monitor_name: 'API' });
    expect(up.json).toMatchObject({ action: 'resolved', incident: '20260310_api-down' });
    expect(await world.read('20260310_api-down.md')).toContain('status: resolved');
  });

  test('a monitor that matches no component paints nothing red, yet the overall status tells', async () => {
    const world = await openWorld();
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Some Other Thing' });
    const summary = (await world.get('/api/v2/summary.json')).json;
    expect(summary.incidents).toMatchObject([{ name: 'Some Other Thing Down' }]);
    const statuses = summary.components.map((row: { status: string }) => row.status);
    expect(new Set(statuses)).toEqual(new Set(['operational']));
    expect((await world.get('/status/live')).text).not.toContain('All systems operational');
    const ready = (await world.get('/readyz')).json;
    expect(ready.problems.map((problem: { message: string }) => problem.message).join()).toContain(
      'Some Other Thing',
    );
  });

  test.each([
    ['no token', '/webhooks/uptime', {}, 401],
    ['a wrong token', '/webhooks/uptime?token=wrong', {}, 401],
    ['a header', '/webhooks/uptime', { 'x-webhook-token': TOKEN }, 200],
    ['a bearer', '/webhooks/uptime', { authorization: `Bearer ${TOKEN}` }, 200],
    ['a basic password', '/webhooks/uptime', { authorization: `Basic ${btoa(`robot:${TOKEN}`)}` }, 200],
  ])('%s → %s', async (_name, address, headers, status) => {
    const world = await openWorld();
    const answer = await world.post(address, { alert_type: 'down', monitor_name: 'API' }, headers);
    expect(answer.status).toBe(status);
    expect(await world.files()).toHaveLength(status === 200 ? 1 : 0);
    expect(JSON.stringify(world.logged)).not.toContain(TOKEN);
  });

  const VARIABLES = 'monitorURL=https%3A%2F%2Flevqor.ai&monitorFriendlyName=Dashboard&alertType=1';
  const FIRST = `monitorID=777&${VARIABLES}`;
  test.each([
    ['the address we print', `${HOOK}&${FIRST}`],
    ['no separator', `${HOOK}${FIRST}`],
    ['another case', `${HOOK}MonitorId=777&${VARIABLES}`],
    ['a question mark', `${HOOK}?${FIRST}`],
    ['an encoded one', `${HOOK}%3F${FIRST}`],
    ['an encoded &', `${HOOK}%26${FIRST}`],
    ['an asterisk', `${HOOK}*monitorID*=777&${VARIABLES}`],
    ['two separators', `${HOOK}&?${FIRST}`],
  ])('variables appended to the address with %s are understood', async (_name, address) => {
    for (const method of ['get', 'post'] as const) {
      const world = await openWorld();
      const { json } = await world[method](address);
      expect(json).toEqual({ ok: true, action: 'opened', incident: '20260310_dashboard-down' });
      const text = await world.read('20260310_dashboard-down.md');
      expect(text).toContain('components: [dashboard]');
      expect(text).toMatch(/opened_by: "?uptimerobot:777"?/);
      expect(JSON.stringify(world.logged)).not.toContain(TOKEN);
    }
  });

  test('a JSON body counts beside what is glued to the token', async () => {
    const world = await openWorld();
    const answer = await world.post(`${HOOK}?monitorID=5`, { alert_type: 'down', monitor_name: 'API' });
    expect(answer.json).toMatchObject({ action: 'opened', incident: '20260310_api-down' });
    expect(await world.read('20260310_api-down.md')).toMatch(/opened_by: "?uptimerobot:5"?/);
  });

  test.each([
    ['a longer token', `${HOOK}x`],
    ['letters that are no variable', `${HOOK}monitor=7&${VARIABLES}`],
    ['the first letters of the token', `${HOOK.slice(0, -1)}?${FIRST}`],
    ['a wrong token', `/webhooks/uptime?token=${'x'.repeat(TOKEN.length)}?${FIRST}`],
    ['another sender', `/webhooks/generic?token=${TOKEN}?monitor=API&status=down`],
    ['a git host', `/webhooks/git?token=${TOKEN}?x=1`],
  ])('%s does not open', async (_name, address) => {
    const world = await openWorld();
    expect([401, 404]).toContain((await world.post(address)).status);
    expect(await world.files()).toEqual([]);
  });

  test.each<[string, unknown, Record<string, string>, number]>([
    ['broken JSON', '{"alert_type":', { 'content-type': 'application/json' }, 400],
    ['a JSON list', '[1,2]', { 'content-type': 'application/json' }, 400],
    ['a JSON number', '7', { 'content-type': 'application/json' }, 400],
    ['nothing', undefined, {}, 400],
    ['no monitor', { alert_type: 'down' }, {}, 400],
    ['a picture', 'GIF89a', { 'content-type': 'image/gif' }, 415],
    ['200 kB', { alert_type: 'down', monitor_name: 'x'.repeat(200_000) }, {}, 413],
    ['JSON as text', '{"alert_type":"down","monitor_name":"API"}', { 'content-type': 'text/plain' }, 200],
  ])('%s → %s', async (_name, body, headers, status) => {
    const world = await openWorld();
    const answer = await world.post(HOOK, body, headers);
    expect(answer.status).toBe(status);
    if (status !== 200)
      expect(answer.json).toMatchObject({ status, detail: expect.stringMatching(/\w+ \w+/) });
    expect((await world.get('/status/live')).status).toBe(200);
  });

  test('a name made to hurt becomes plain text and a plain file name', async () => {
    const world = await openWorld();
    const name = '../../etc/<script>alert(1)</script>"\n---\nstatus: resolved';
    expect((await world.post(HOOK, { alert_type: 'down', monitor_name: name })).status).toBe(200);
    const [file] = await world.files();
    expect(file).toMatch(/^20260310_[a-z0-9-]+\.md$/);
    expect(await world.read(file as string)).toMatch(/^status: investigating$/m);
    expect((await world.get('/status/live')).text).not.toContain('<script>alert');
  });
});

describe('what comes late', () => {
  const robot = { monitorID: '7', monitorFriendlyName: 'Shop' };
  const say = (world: World, alertType: 1 | 2, ago: number) =>
    world.post(HOOK, { ...robot, alertType, alertDateTime: Math.floor(world.now() / 1000) - ago });

  test('a "down" from before the recovery that was told first opens nothing', async () => {
    const world = await openWorld();
    expect((await say(world, 2, 10)).json).toEqual({
      ok: true,
      action: 'ignored',
      incident: null,
      why: 'it has no open incident',
    });
    await world.restart();
    expect((await say(world, 1, 60)).json).toEqual({
      ok: true,
      action: 'ignored',
      incident: null,
      why: 'too late: the monitor has already reported that it recovered at 2026-03-10T11:59:50Z',
    });
    expect(await world.files()).toEqual([]);
    expect((await say(world, 1, 5)).json).toMatchObject({ action: 'opened' });
  });

  test('a "down" between an outage and its recovery opens nothing again', async () => {
    const world = await openWorld();
    expect((await say(world, 1, 600)).json.action).toBe('opened');
    expect((await say(world, 2, 60)).json.action).toBe('resolved');
    // An older recovery takes nothing of that back.
    expect((await say(world, 2, 400)).json.action).toBe('ignored');
    expect((await say(world, 1, 300)).json).toMatchObject({ action: 'ignored', incident: null });
    expect(await world.read('20260310_shop-down.md')).toContain('status: resolved');
    expect((await say(world, 1, 30)).json.action).toBe('opened');
  });

  test('an "up" from before the newest "down" ends nothing, though that "down" told nothing new', async () => {
    const world = await openWorld();
    expect((await say(world, 1, 600)).json.action).toBe('opened');
    // The recovery at 300 s before now was answered 503, and is sent again.
    expect((await say(world, 1, 240)).json.action).toBe('ignored');
    await world.restart();
    expect((await say(world, 2, 300)).json).toMatchObject({
      action: 'ignored',
      incident: '20260310_shop-down',
      why: 'too late: the monitor has already reported that it failed at 2026-03-10T11:56:00Z',
    });
    expect(await world.read('20260310_shop-down.md')).toContain('status: investigating');
    expect((await say(world, 2, 60)).json.action).toBe('resolved');
  });

  test('an end with the time of its outage, or with its whole minute, is no late one', async () => {
    const world = await openWorld();
    await say(world, 1, 100);
    expect((await say(world, 2, 100)).json.action).toBe('resolved');
    await world.pass(1800);
    await say(world, 1, 45);
    expect((await say(world, 2, 60)).json.action).toBe('resolved');
  });

  test('what has no time counts in the order it came', async () => {
    const world = await openWorld();
    await say(world, 2, 0);
    for (const [alertType, action] of [
      [1, 'opened'],
      [2, 'resolved'],
      [1, 'opened'],
    ] as const) {
      await world.pass(1);
      expect((await world.post(HOOK, { ...robot, alertType })).json.action).toBe(action);
    }
  });

  test('in one list, the recovery before its outage, nothing is opened', async () => {
    const world = await openWorld();
    const at = (ago: number) => new Date(world.now() - ago * 1000).toISOString();
    const signals = [
      { monitor: 'API', status: 'up', at: at(30) },
      { monitor: 'API', status: 'down', at: at(60) },
    ];
    const answer = await world.post(HOOK.replace('uptime', 'generic'), signals);
    expect(answer.json).toMatchObject({ action: 'ignored', results: [{}, { action: 'ignored' }] });
    expect(await world.files()).toEqual([]);
  });
});

describe('an incident resolved by hand while its monitor says it is down', () => {
  const robot = { monitorID: '7', monitorFriendlyName: 'Shop', alertType: 1 };
  const opened = async () => {
    const world = await openWorld();
    const began = Math.floor(world.now() / 1000);
    await world.post(HOOK, { ...robot, alertDateTime: began });
    await world.pass(600, 60);
    const text = await world.read('20260310_shop-down.md');
    const end = 'status: resolved\nresolved: 2026-03-10T12:05:00Z';
    await world.write('20260310_shop-down.md', text.replace('status: investigating', end));
    return { world, began };
  };

  test('is named on /readyz until the monitor recovers', async () => {
    const { world } = await opened();
    await world.pass(1);
    const what =
      'it was resolved manually, but uptimerobot:7 has reported an outage since 2026-03-10T12:00:00Z, and no recovery';
    expect((await world.get('/readyz')).text).toContain(what);
    await world.post(HOOK, { ...robot, alertType: 2 });
    await world.pass(1);
    expect((await world.get('/readyz')).text).not.toContain('manually');
  });

  test.each([
    ['the same event again', 0],
    ['another from before the hand’s resolution', 120],
  ])('%s is answered with the reason', async (_, later) => {
    const { world, began } = await opened();
    await world.pass(1);
    const again = await world.post(HOOK, { ...robot, alertDateTime: began + later });
    expect(again.json).toEqual({
      ok: true,
      action: 'ignored',
      incident: '20260310_shop-down',
      why: expect.stringContaining('resolved manually'),
    });
  });

  test('what it says after that is an outage, however soon', async () => {
    const { world } = await opened();
    await expect
      .poll(async () => (await world.post(HOOK, { ...robot, alertDateTime: world.now() / 1000 })).json.action)
      .toBe('opened');
    expect(world.system.snapshot().incidents.some(({ status }) => status === 'investigating')).toBe(true);
  });
});
