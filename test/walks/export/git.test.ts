// The static copy as a git branch: real repositories, a remote that refuses, diverges, hangs or is gone.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPublish } from '../../../src/content/git/mirror-branch.ts';
import { makeWriteMirror } from '../../../src/content/mirror.ts';
import type { ExportFile } from '../../../src/core/model/ports/export-file.ts';
import { git } from '../git/repository.ts';
import { openWorld, type World } from '../world.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const never = new AbortController().signal;

function bareRepository(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-mirror-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const bare = path.join(root, 'mirror.git');
  git(root, 'init', '-q', '--bare', '-b', 'gh-pages', bare);
  return bare;
}

const SITE = (remote: string, more = '') => `title: Levqor Status
url: https://status.levqor.ai
components:
  - { id: api, name: API, check: { type: manual } }
export: { schedule: "*/5 * * * *", to: { git: { remote: "${remote}"${more} } } }
`;
const openMirrored = (remote: string, more = '') =>
  openWorld({ site: () => SITE(remote, more), env: { PATH: process.env.PATH ?? '' } });

/** Lets the next commit be due; /readyz follows a second later. */
async function fiveMinutes(world: World): Promise<void> {
  await world.pass(300, 60);
  await world.pass(1);
}
const told = async (world: World) => {
  const answer = await world.get('/readyz');
  expect(answer.status).toBe(200);
  return (answer.json.problems as { where: string; what: string; fix: string }[]).filter(({ where }) =>
    where.startsWith('export'),
  );
};
const show = (bare: string, name: string) => git(bare, 'show', `gh-pages:${name}`);
const count = (bare: string) => Number(git(bare, 'rev-list', '--count', 'gh-pages'));

describe('export.to a git branch', () => {
  test('the whole site, a commit a change, with what GitHub Pages needs', async () => {
    const bare = bareRepository();
    const world = await openMirrored(bare, ', cname: mirror.levqor.ai');
    await world.pass(1);
    expect(count(bare)).toBe(1);
    expect(git(bare, 'log', '-1', '--format=%an: %s', 'gh-pages')).toBe('Status Live: Status');
    expect(show(bare, 'CNAME')).toBe('mirror.levqor.ai');
    expect(show(bare, '.nojekyll')).toBe('');
    expect(show(bare, 'index.html')).toContain('All systems operational');
    expect(show(bare, '404.html')).toContain('href="https://mirror.levqor.ai/status/live/index.html"');
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    await fiveMinutes(world);
    expect(show(bare, 'index.html')).toContain('API is down');
    expect(show(bare, 'status/incidents/20260310_api-down/index.html')).toContain('API Down');
    const changed = git(bare, 'diff', '--name-only', 'gh-pages~1', 'gh-pages').split('\n');
    expect(changed).toContain('status/copy.json');
    expect(changed).not.toContain('.nojekyll');
    expect(await told(world)).toEqual([]);
    rmSync(path.join(world.dir, 'status', 'incidents', '20260310_api-down.md'));
    await fiveMinutes(world);
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'gh-pages')).not.toContain('api-down');
  });

  test('a remote that is gone or refuses: said on /readyz, tried again, caught up; the page goes on', async () => {
    const bare = bareRepository();
    renameSync(bare, `${bare}.away`);
    const world = await openMirrored(`file://bot:hunter2@${bare}`);
    await world.pass(1);
    await world.pass(1);
    const [gone] = await told(world);
    expect(gone).toMatchObject({ where: 'export.to.git', what: expect.stringContaining('git ls-remote') });
    expect(JSON.stringify(world.logged)).not.toContain('hunter2');
    expect(JSON.stringify(gone)).not.toContain('hunter2');
    expect((await world.get('/status/live')).status).toBe(200);
    renameSync(`${bare}.away`, bare);

    const other = bareRepository();
    const hook = path.join(other, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "not today" >&2\nexit 1\n', { mode: 0o755 });
    const refused = await openMirrored(other);
    await refused.pass(1);
    await refused.pass(1);
    expect(await told(refused)).toMatchObject([{ what: expect.stringContaining('not today') }]);
    rmSync(hook);
    // Sooner than its schedule.
    await refused.pass(60);
    await refused.pass(1);
    expect(await told(refused)).toEqual([]);
    expect(count(other)).toBe(1);
  });

  test('somebody else’s commit is built upon, their file stays; a branch of other things is refused', async () => {
    const bare = bareRepository();
    const world = await openMirrored(bare);
    await world.pass(1);
    const desk = path.join(path.dirname(bare), 'desk');
    git(path.dirname(bare), 'clone', '-q', bare, desk);
    writeFileSync(path.join(desk, 'CNAME'), 'mirror.example.com\n');
    writeFileSync(path.join(desk, 'index.html'), 'by hand');
    git(desk, 'add', '-A');
    git(desk, 'commit', '-qm', 'Set the domain');
    git(desk, 'push', '-q', 'origin', 'gh-pages');
    await fiveMinutes(world);
    expect(git(bare, 'log', '--format=%an', 'gh-pages').split('\n')).toEqual([
      'Status Live',
      'Olga',
      'Status Live',
    ]);
    expect(show(bare, 'CNAME')).toBe('mirror.example.com');
    expect(show(bare, 'index.html')).toContain('All systems operational');

    const strange = bareRepository();
    const code = path.join(path.dirname(strange), 'code');
    git(path.dirname(strange), 'clone', '-q', strange, code);
    writeFileSync(path.join(code, 'main.c'), 'int main;');
    git(code, 'add', '-A');
    git(code, 'commit', '-qm', 'Our program');
    git(code, 'push', '-q', 'origin', 'HEAD:gh-pages');
    const lost = await openMirrored(strange);
    await lost.pass(1);
    await lost.pass(1);
    expect(await told(lost)).toMatchObject([
      { what: 'the branch gh-pages contains files that are not from an export', fix: 'name a new branch' },
    ]);
    expect(git(strange, 'ls-tree', '-r', '--name-only', 'gh-pages')).toBe('main.c');
  });

  test('what a killed server left behind does not stand in the way of the next', async () => {
    const bare = bareRepository();
    const world = await openMirrored(bare);
    await world.pass(1);
    const area = path.join(world.dir, 'data', 'mirror');
    writeFileSync(path.join(area, 'repository.git', 'index.lock'), '');
    writeFileSync(path.join(area, 'repository.git', 'refs', 'heads', 'published.lock'), '');
    writeFileSync(path.join(area, 'site', 'status', 'copy.json'), '{"at": "half');
    await world.restart();
    await world.pass(1);
    expect(count(bare)).toBe(2);
    // Even the repository itself may be torn.
    writeFileSync(path.join(area, 'repository.git', 'HEAD'), '');
    await fiveMinutes(world);
    rmSync(path.join(area, 'repository.git', 'objects'), { recursive: true, force: true });
    await fiveMinutes(world);
    await fiveMinutes(world);
    expect(await told(world)).toEqual([]);
    expect(JSON.parse(show(bare, 'status/copy.json')).at).toBe(new Date(world.now() - 1000).toISOString());
  });

  test('an operator’s repository around the data folder is never touched', async () => {
    const bare = bareRepository();
    const world = await openMirrored(bare);
    git(world.dir, 'init', '-q');
    await world.pass(1);
    rmSync(path.join(world.dir, 'data', 'mirror', 'repository.git'), { recursive: true });
    await fiveMinutes(world);
    expect(git(world.dir, 'status', '--porcelain', '-uno')).toBe('');
    expect(() => git(world.dir, 'rev-parse', '--verify', 'HEAD')).toThrow();
    expect(count(bare)).toBe(2);
  });
});

describe('the history of the branch', () => {
  const file = (text: string): ExportFile => ({ path: 'index.html', key: null, body: () => text });
  function openArea(most: number, timeout = 60_000) {
    const bare = bareRepository();
    const dir = path.join(path.dirname(bare), 'area');
    mkdirSync(dir);
    const variables = { PATH: process.env.PATH };
    const publish = openPublish(dir, makeWriteMirror(), { variables, most, timeout });
    const to = { remote: bare, branch: 'gh-pages' };
    return { bare, dir, publish: (text: string, signal = never) => publish([file(text)], to, signal) };
  }

  test('begins anew after so many commits, and the area forgets the old ones', async () => {
    const { bare, dir, publish } = openArea(3);
    const counts: number[] = [];
    for (let n = 1; n <= 7; n++) {
      expect(await publish(`page ${n}`)).toEqual({ written: 1 });
      counts.push(count(bare));
    }
    expect(counts).toEqual([1, 2, 3, 1, 2, 3, 1]);
    expect(show(bare, 'index.html')).toBe('page 7');
    const local = git(path.join(dir, 'repository.git'), 'count-objects', '-v');
    expect(local).toMatch(/^count: [0-3]$/m);
    expect(await publish('page 7')).toEqual({ written: 0 });
    expect(count(bare)).toBe(1);
  });

  test('where the host forbids that, it grows, and nothing is lost', async () => {
    const { bare, publish } = openArea(2);
    git(bare, 'config', 'receive.denyNonFastForwards', 'true');
    for (let n = 1; n <= 4; n++) expect(await publish(`page ${n}`)).toEqual({ written: 1 });
    expect(count(bare)).toBe(4);
  });

  test('a remote that hangs is given up, and so is one when the server stops', async () => {
    const hang = '#!/bin/sh\ntouch asked\nexec sleep 20\n';
    const { bare, publish } = openArea(5, 1500);
    writeFileSync(path.join(bare, 'hooks', 'pre-receive'), hang, { mode: 0o755 });
    expect(await publish('a')).toMatchObject({ what: expect.stringContaining('took longer than 1.5 s') });
    const stop = new AbortController();
    const patient = openArea(5);
    writeFileSync(path.join(patient.bare, 'hooks', 'pre-receive'), hang, { mode: 0o755 });
    const pushed = patient.publish('a', stop.signal);
    await expect.poll(() => existsSync(path.join(patient.bare, 'asked')), { timeout: 15_000 }).toBe(true);
    stop.abort();
    expect(await pushed).toMatchObject({ where: 'export.to.git' });
  });
});
