// Races and faults around the incident files: the page is never blank, no incident lost, none twice.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StatusFolder } from '../../../src/content/folder.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { freePort } from '../../free-port.ts';
import { openWorld, type World } from '../world.ts';

const TOKEN = 'the-webhook-token-of-this-test';
const INCIDENT = (title: string, body = 'Slow.') =>
  `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:30:00Z\ncomponents: []\n---\n\n## Update 11:30 UTC\n${body}\n`;

const titles = (world: World) =>
  world.system
    .snapshot()
    .incidents.map(({ title }) => title)
    .sort();
const problems = (world: World) =>
  world.system
    .snapshot()
    .problems.map(({ what }) => what)
    .join('\n');
const down = (world: World, name = 'Shop') =>
  world.post(`/webhooks/uptime?token=${TOKEN}`, { alert_type: 'down', monitor_name: name });
const up = (world: World, name = 'Shop') =>
  world.post(`/webhooks/uptime?token=${TOKEN}`, { alert_type: 'up', monitor_name: name });
const incidentsOf = (world: World) => path.join(world.dir, 'status', 'incidents');

describe('saving', () => {
  test('half-written, in place, by rename: the last good version stays until the whole is there', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    const file = path.join(incidentsOf(world), '20260310_a.md');
    const next = INCIDENT('Second');
    for (const length of [0, 3, 30, 60]) {
      await writeFile(file, next.slice(0, length));
      await world.pass(1);
      expect(titles(world)).toEqual(['First']);
      expect((await world.get('/status/live')).text).toContain('First');
    }
    await writeFile(file, next);
    await world.pass(1);
    expect(titles(world)).toEqual(['Second']);
    await writeFile(`${file}.tmp`, INCIDENT('Third'));
    await rename(`${file}.tmp`, file);
    await world.pass(1);
    expect(titles(world)).toEqual(['Third']);
    expect(problems(world)).toBe('');
  });

  test('a file deleted while shown is gone from the page; its permalink is a 404, not an error', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    expect((await world.get('/status/incidents/20260310_a')).status).toBe(200);
    await rm(path.join(incidentsOf(world), '20260310_a.md'));
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    expect((await world.get('/status/incidents/20260310_a')).status).toBe(404);
  });

  test('10 MB, not text, a link out of the folder: named, and nothing else suffers', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    const folder = incidentsOf(world);
    const secret = path.join(world.dir, 'secret.md');
    await writeFile(secret, INCIDENT('Not for visitors'));
    await symlink(secret, path.join(folder, '20260310_link.md'));
    await symlink(world.dir, path.join(folder, 'out'));
    await writeFile(path.join(folder, '20260310_big.md'), INCIDENT('Big', 'x'.repeat(10_000_000)));
    await writeFile(path.join(folder, '20260310_latin.md'), Buffer.from(INCIDENT('Caf\u00e9'), 'latin1'));
    await mkdir(path.join(folder, '20260310_folder.md'));
    await world.pass(1);
    expect(titles(world)).toEqual(['Caf\uFFFD', 'First']);
    for (const words of ['a link out of the folder', 'larger than 1 MB', 'not UTF-8'])
      expect(problems(world)).toContain(words);
    expect((await world.get('/readyz')).status).toBe(200);
  });

  test('an operator and the machine write the same file within milliseconds: both stand', async () => {
    const world = await openWorld();
    const { json } = await down(world);
    const file = path.join(incidentsOf(world), `${json.incident}.md`);
    const resolving = up(world);
    await appendFile(file, '\n## Identified 12:00:30 UTC\nA bad deploy.\n');
    await resolving;
    await world.pass(2, 1);
    const { value } = parseIncident('x', 'x', await readFile(file, 'utf8'));
    expect(value).toMatchObject({ status: 'resolved' });
    expect(value?.updates.map(({ status }) => status).sort()).toEqual([
      'identified',
      'investigating',
      'resolved',
    ]);
  });

  test('the folder replaced in one step, as `git checkout` does', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    const folder = incidentsOf(world);
    await mkdir(`${folder}.new`);
    await writeFile(path.join(`${folder}.new`, '20260310_b.md'), INCIDENT('Other branch'));
    await rename(folder, `${folder}.old`);
    await rename(`${folder}.new`, folder);
    await world.pass(1);
    expect(titles(world)).toEqual(['Other branch']);
    expect(problems(world)).toBe('');
  });

  test('the folder replaced in two steps, and seen to be missing in between: nothing is taken for deleted', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    const folder = incidentsOf(world);
    await mkdir(`${folder}.new`);
    await writeFile(path.join(`${folder}.new`, '20260310_b.md'), INCIDENT('Other branch'));
    await rename(folder, `${folder}.old`);
    await world.pass(1);
    expect((await world.get('/status/live')).status).toBe(200);
    await rename(`${folder}.new`, folder);
    await world.pass(1);
    expect(titles(world).sort()).toEqual(['First', 'Other branch']);
    expect(problems(world)).toContain('1 incident file is still missing (20260310_a.md)');
  });

  test('a folder that is there and cannot be read: what was read stays, the fact is named, until it can', async () => {
    const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
    const folder = incidentsOf(world);
    await rename(folder, `${folder}.away`);
    await symlink(folder, folder);
    await world.pass(90, 30);
    expect(titles(world)).toEqual(['First']);
    expect(problems(world)).toContain(
      'it cannot be read (ELOOP), so the incidents last read stay on the page',
    );
    await rm(folder);
    await rename(`${folder}.away`, folder);
    await writeFile(path.join(folder, '20260310_b.md'), INCIDENT('Second'));
    await world.pass(1);
    expect(titles(world).sort()).toEqual(['First', 'Second']);
    expect(problems(world)).not.toContain('cannot be read');
  });
});

describe('a folder that cannot be written', () => {
  test('an automatic incident is shown, kept over a restart, named, and filed once it can be', async () => {
    const world = await openWorld();
    const folder = incidentsOf(world);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    const opened = await down(world);
    expect(opened.json).toMatchObject({ action: 'opened' });
    expect(titles(world)).toEqual(['Shop Down']);
    expect(world.system.snapshot().incidents[0]?.unfiled).toBe(true);
    expect(problems(world)).toContain('the incident cannot be written');
    await world.restart();
    expect(titles(world)).toEqual(['Shop Down']);
    await up(world);
    expect(world.system.snapshot().incidents[0]).toMatchObject({ status: 'resolved', unfiled: true });
    await rm(folder);
    await world.pass(1);
    await world.pass(1);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
    const { value } = parseIncident('x', 'x', await world.read('20260310_shop-down.md'));
    expect(value).toMatchObject({ status: 'resolved' });
    expect(problems(world)).not.toContain('cannot be written');
  });
});

/** A small disk of its own needs the right to mount; CI has it. */
const mayMount = (() => {
  const at = mkdtempSync(path.join(tmpdir(), 'status-live-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at]).status === 0;
  if (mounted) spawnSync('umount', [at]);
  rmdirSync(at);
  return mounted;
})();

describe.runIf(mayMount)('a disk', () => {
  const disk = (world: World, options: string) => {
    const folder = incidentsOf(world);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    return folder;
  };

  test('that is full: the incident is shown, named with the reason, and filed once there is room', async () => {
    const world = await openWorld();
    const folder = disk(world, 'size=64k');
    await writeFile(path.join(folder, 'ballast'), Buffer.alloc(64 * 1024)).catch(() => undefined);
    await down(world);
    expect(titles(world)).toEqual(['Shop Down']);
    expect(problems(world)).toContain('cannot be written (ENOSPC)');
    expect((await world.get('/status/live')).text).toContain('Shop Down');
    await rm(path.join(folder, 'ballast'));
    await world.pass(1);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
    expect(problems(world)).not.toContain('cannot be written');
  });

  test('that is read-only: the same', async () => {
    const world = await openWorld();
    const folder = disk(world, 'size=64k,ro');
    await down(world);
    expect(titles(world)).toEqual(['Shop Down']);
    expect(problems(world)).toContain('cannot be written (EROFS)');
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    await world.pass(1);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
  });
});

test('a clock that jumps back and forth loses nothing and repeats nothing', async () => {
  const world = await openWorld({ files: { '20260310_a.md': INCIDENT('First') } });
  await down(world);
  await world.pass(3600);
  await world.pass(-7200);
  await up(world);
  await world.pass(86_400);
  expect(titles(world)).toEqual(['First', 'Shop Down']);
  expect(await world.files()).toEqual(['20260310_a.md', '20260310_shop-down.md']);
});

describe('the watcher', () => {
  async function openWatched(files: number, lay?: (dir: string) => Promise<void>) {
    const dir = await mkdtemp(path.join(tmpdir(), 'status-live-watch-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const folder = path.join(dir, 'incidents');
    if (lay) await lay(dir);
    else if (files > 0) await mkdir(path.join(folder, 'old'), { recursive: true });
    for (let index = 0; index < files; index++)
      await writeFile(path.join(folder, `20260101_${index}.md`), INCIDENT(`No ${index}`));
    const content = new StatusFolder(dir);
    let rings = 0;
    onTestFinished(await content.watch(() => rings++));
    // Beyond the moment in which a file counts as still being written, and is looked at whatever is heard.
    const settled = Date.now() + 200;
    await expect.poll(Date.now).toBeGreaterThan(settled);
    expect((await content.incidents()).incidents).toHaveLength(files);
    const seen = async (title: string, there: boolean) => {
      const found = async () => (await content.incidents()).incidents.some(one => one.title === title);
      await expect.poll(found, { timeout: 10_000, interval: 20 }).toBe(there);
    };
    return { dir, folder, content, seen, rings: () => rings };
  }

  test('a change is heard of among others, whichever way it is saved, without looking at every file', async () => {
    const { folder, content, seen, rings } = await openWatched(200);
    const file = path.join(folder, '20260101_7.md');
    await writeFile(file, INCIDENT('In place'));
    await seen('In place', true);
    await expect.poll(rings).toBeGreaterThan(0);
    const handle = await open(file, 'r+');
    await handle.write(INCIDENT('No place'));
    await handle.close();
    await seen('No place', true);
    await writeFile(`${file}~`, INCIDENT('By rename'));
    await rename(`${file}~`, file);
    await seen('By rename', true);
    await writeFile(path.join(folder, 'old', '20250101_new.md'), INCIDENT('Below'));
    await seen('Below', true);
    await rm(path.join(folder, 'old', '20250101_new.md'));
    await seen('Below', false);
    expect(await content.create('20260102_mine', INCIDENT('By us'))).toBe(true);
    expect((await content.incidents()).incidents.some(one => one.title === 'By us')).toBe(true);
    const before = await content.incidents();
    expect(await content.incidents()).toBe(before);
  });

  test('a folder that comes later, is swapped for another, or grows folders of its own', async () => {
    const { folder, seen } = await openWatched(0);
    await mkdir(folder);
    await writeFile(path.join(folder, '20260101_a.md'), INCIDENT('Later'));
    await seen('Later', true);
    await mkdir(`${folder}.new`);
    await writeFile(path.join(`${folder}.new`, '20260101_b.md'), INCIDENT('Swapped'));
    await rename(folder, `${folder}.old`);
    await rename(`${folder}.new`, folder);
    await seen('Swapped', true);
    await seen('Later', false);
    await mkdir(path.join(folder, '2026', '03'), { recursive: true });
    await writeFile(path.join(folder, '2026', '03', '20260303_c.md'), INCIDENT('Deep'));
    await seen('Deep', true);
    await writeFile(path.join(folder, '2026', '03', '20260303_c.md'), INCIDENT('Deep, changed'));
    await seen('Deep, changed', true);
    await rename(path.join(folder, '2026'), path.join(folder, 'y2026'));
    await writeFile(path.join(folder, 'y2026', '03', '20260303_c.md'), INCIDENT('Moved'));
    await seen('Moved', true);
    await seen('Deep, changed', false);
  });

  test('a mounted ConfigMap, whose files all lead through one link', async () => {
    const data = (dir: string, name: string) => path.join(dir, name, 'incidents');
    const { dir, seen } = await openWatched(1, async dir => {
      for (const name of ['..one', '..two']) await mkdir(data(dir, name), { recursive: true });
      await symlink('..one', path.join(dir, '..data'));
      await symlink(path.join('..data', 'incidents'), path.join(dir, 'incidents'));
      await writeFile(path.join(data(dir, '..two'), '20260101_0.md'), INCIDENT('Two'));
    });
    await symlink('..two', path.join(dir, '..next'));
    await rename(path.join(dir, '..next'), path.join(dir, '..data'));
    await seen('Two', true);
    await writeFile(path.join(data(dir, '..two'), '20260101_0.md'), INCIDENT('Two, changed'));
    await seen('Two, changed', true);
  });
});

test('kill -9 around filing, again and again: no incident twice, none lost', {
  timeout: 240_000,
}, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-kill-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const folder = path.join(dir, 'status', 'incidents');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(dir, 'status', 'status.yaml'),
    'title: x\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n',
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: dir,
    WEBHOOK_TOKEN: TOKEN,
    LOG_LEVEL: 'silent',
  };
  const start = async () => {
    const child = spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
    const alive = () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(alive, { timeout: 60_000, interval: 50 }).toBe(true);
    return child;
  };
  const tell = (name: string, kind: string) =>
    fetch(`${url}/webhooks/uptime?token=${TOKEN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ alert_type: kind, monitor_name: name }),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
  const answered: string[] = [];
  const asked: string[] = [];
  for (let round = 0; round < 7; round++) {
    const child = await start();
    const names = Array.from({ length: 12 }, (_, index) => `Monitor ${round} ${index}`);
    asked.push(...names);
    const sent = names.map(async name => ((await tell(name, 'down')) ? answered.push(name) : 0));
    // Later each round, so that it dies before, between and after the steps; in the last ones amid its answers.
    if (round < 5) await new Promise(resolve => setTimeout(resolve, 2 ** round * 6));
    else {
      const before = answered.length;
      await expect.poll(() => answered.length, { timeout: 30_000, interval: 1 }).toBeGreaterThan(before + 3);
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    await Promise.all(sent);
  }
  const last = await start();
  const filed = async () => (await readdir(folder)).filter(name => name.endsWith('.md'));
  const titles = async () =>
    Promise.all(
      (await filed()).map(
        async name => parseIncident(name, name, await readFile(path.join(folder, name), 'utf8')).value?.title,
      ),
    );
  // What was answered is kept, though nobody tells it again.
  expect(answered).not.toEqual([]);
  await expect
    .poll(titles, { timeout: 30_000, interval: 200 })
    .toEqual(expect.arrayContaining(answered.map(name => `${name} Down`)));
  // Told again: what came through is known, what did not is opened now.
  for (const name of asked) await tell(name, 'down');
  await expect
    .poll(async () => (await filed()).length, { timeout: 30_000, interval: 200 })
    .toBe(asked.length);
  last.kill('SIGTERM');
  await once(last, 'exit');
  const found = await Promise.all(
    (await filed()).map(
      async name => parseIncident(name, name, await readFile(path.join(folder, name), 'utf8')).value,
    ),
  );
  expect(found.map(incident => incident?.title).sort()).toEqual(asked.map(name => `${name} Down`).sort());
  expect(found.every(incident => incident?.updates.length === 1)).toBe(true);
  expect((await readdir(folder)).filter(name => !name.endsWith('.md')).length).toBeLessThanOrEqual(7 * 12);
});
