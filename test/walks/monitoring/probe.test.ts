// Walk 2: a failing check becomes a markdown incident, and its recovery resolves it.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed } from '../world.ts';

describe('a check that fails', () => {
  test('three times in a row opens "API Down", back-dated; recovering resolves the same file', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.pass(60);
    expect((await world.get('/api/v2/components.json')).json.components[0].status).toBe('operational');
    world.service.status = 503;
    await world.pass(240, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    const text = await world.read('20260310_api-down.md');
    expect(text).toMatch(/title: API Down\nstatus: investigating\nseverity: critical\n/);
    expect(text).toMatch(/opened_by: "?probe:api"?\n/);
    expect(text).toContain('503');
    const page = await world.get('/status/live');
    expect(page.text).toContain('API Down');
    expect((await world.get('/api/v2/status.json')).json.status.indicator).not.toBe('none');

    world.service.status = 200;
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    expect(await world.read('20260310_api-down.md')).toMatch(
      /status: resolved[\s\S]*resolved: 2026-03-10T12:/,
    );
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    const evidence = (await world.get('/api/uptime.json')).json.components[0];
    expect(evidence.intervals).toMatchObject([{ incident: '20260310_api-down', severity: 'critical' }]);
    expect(evidence.uptime).toBeLessThan(100);
  });

  test('again within half an hour continues the same incident', async () => {
    const world = await openWorld();
    for (const status of [503, 200, 503]) {
      world.service.status = status;
      await world.pass(240, 10);
    }
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    const text = await world.read('20260310_api-down.md');
    expect(text).toContain('status: investigating');
    expect(text).not.toMatch(/^resolved:/m);
    expect(text.match(/^## /gm)).toHaveLength(3);
  });

  test('once is not an outage', async () => {
    const world = await openWorld();
    await world.pass(60);
    world.service.status = 503;
    await world.pass(1);
    world.service.status = 200;
    await world.pass(300, 10);
    expect(await world.files()).toEqual([]);
  });

  test('slower than two seconds on average opens "High API Latency", major', async () => {
    const world = await openWorld({
      site: target => `
components:
  - { id: api, name: API, check: { type: http, url: "${target}" }, detect: { latency: 50ms, window: 5m } }
`,
    });
    world.service.delay = 90;
    await world.pass(300, 30);
    const [file] = await world.files();
    expect(await world.read(file as string)).toMatch(
      /title: High API Latency\nstatus: investigating\nseverity: major/,
    );
    world.service.delay = 0;
    await world.pass(900, 30);
    expect(await world.read(file as string)).toContain('status: resolved');
  });

  test('in a maintenance window files nothing, unless it outlasts the window', async () => {
    const world = await openWorld({
      files: {
        '20260310_upgrade.md': `---\ntitle: API upgrade\nstatus: scheduled\nscheduled_start: 2026-03-10T11:50:00Z\nscheduled_end: 2026-03-10T12:20:00Z\ncomponents: [api]\n---\nWe upgrade.\n`,
      },
    });
    world.service.status = 503;
    await world.pass(600, 30);
    expect(await world.files()).toEqual(['20260310_upgrade.md']);
    expect((await world.get('/api/v2/components.json')).json.components[0].status).toBe('under_maintenance');
    await world.pass(900, 30);
    expect(await world.files()).toEqual(['20260310_api-down.md', '20260310_upgrade.md']);
  });

  test('is not resolved over a person: without opened_by the file is theirs', async () => {
    const world = await openWorld();
    world.service.status = 503;
    await world.pass(240, 10);
    const text = await world.read('20260310_api-down.md');
    await world.write('20260310_api-down.md', text.replace(/^opened_by:.*\n/m, ''));
    world.service.status = 200;
    await world.pass(240, 10);
    expect(await world.read('20260310_api-down.md')).toContain('status: investigating');
  });

  test('is remembered over a restart: neither filed twice nor forgotten', async () => {
    const world = await openWorld();
    world.service.status = 503;
    await world.pass(240, 10);
    await world.restart();
    await world.pass(120, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    world.service.status = 200;
    await world.pass(180, 10);
    expect(await world.read('20260310_api-down.md')).toContain('status: resolved');
  });

  test('with a folder that cannot be written is shown all the same, and filed once it can', async () => {
    const world = await openWorld();
    const folder = `${world.dir}/status/incidents`;
    await rename(folder, `${folder}.away`);
    await writeFile(folder, 'a file where the folder should be');
    world.service.status = 503;
    await world.pass(240, 10);
    expect((await world.get('/status/live')).text).toContain('API Down');
    const ready = await world.get('/readyz');
    expect(ready.status).toBe(200);
    const messages = ready.json.problems.map(({ message }: { message: string }) => message);
    expect(messages.join('\n')).toMatch(
      /cannot be written: its folder is missing, or the file itself; it is shown on the page/,
    );
    await rm(folder);
    await mkdir(folder);
    await world.pass(10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });
});

describe('a heartbeat', () => {
  test('restores at once and is missed at period + grace', async () => {
    const world = await openWorld();
    const path = `/heartbeats/${world.system.heartbeatToken('jobs')}`;
    const status = async () => {
      await world.pass(1);
      const { components } = (await world.get('/api/v2/components.json')).json;
      return components.find((row: { name: string }) => row.name === 'Background Jobs').status;
    };
    expect((await world.get(path)).status).toBe(200);
    expect(await status()).toBe('operational');
    await world.pass(357, 1);
    expect(await world.files()).toEqual([]);
    await world.pass(3, 1);
    expect(await world.files()).toEqual(['20260310_jobs-down.md']);
    expect(await status()).toBe('major_outage');
    expect((await world.post(path)).status).toBe(200);
    expect(await status()).toBe('operational');
    expect(await world.read('20260310_jobs-down.md')).toContain('status: resolved');
    for (const [word, code, then] of [
      ['down&msg=queue+stuck', 200, 'major_outage'],
      ['crashed', 400, 'major_outage'],
      ['%20OK%20', 200, 'operational'],
      ['down%20', 200, 'major_outage'],
      ['1', 200, 'operational'],
      ['critical', 200, 'major_outage'],
    ] as const) {
      expect((await world.get(`${path}?status=${word}`)).status, word).toBe(code);
      expect(await status(), word).toBe(then);
    }
    expect((await world.get('/heartbeats/wrong-token')).status).toBe(404);
  });
});
