// kill -9 while the copy is drawn, committed and pushed: the branch is always whole, and the next server goes on.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { git } from './repository.ts';

const INCIDENT = (n: number) =>
  `---\ntitle: Trouble number ${n}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\nx\n`;

test('killed at every stage of a push', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-mirror-kill-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const bare = path.join(dir, 'mirror.git');
  git(dir, 'init', '-q', '--bare', '-b', 'gh-pages', bare);
  mkdirSync(path.join(dir, 'status', 'incidents'), { recursive: true });
  writeFileSync(
    path.join(dir, 'status', 'status.yaml'),
    `title: T\nexport: { schedule: "* * * * * *", to: { git: { remote: "${bare}" } } }\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n`,
  );
  const say = (n: number) => writeFileSync(path.join(dir, 'status', 'incidents', 'a.md'), INCIDENT(n));
  const env = {
    ...process.env,
    ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: path.join(dir, 'data'),
  };
  const start = () => spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
  const area = path.join(dir, 'data', 'mirror');
  const names = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  const page = () => {
    try {
      return git(bare, 'show', 'gh-pages:index.html');
    } catch {
      return '';
    }
  };
  const stages = [
    // The first copy is being written.
    () => existsSync(path.join(area, 'site', 'api', 'v2')),
    // git holds its index.
    () => names(path.join(area, 'repository.git')).includes('index.lock'),
    // Objects are being made.
    () => names(path.join(area, 'repository.git', 'objects')).some(name => /^tmp/.test(name)),
    // The remote takes them in.
    () => names(path.join(bare, 'objects')).some(name => /incoming|^tmp/.test(name)),
  ];
  let server = start();
  onTestFinished(() => void server.kill('SIGKILL'));
  for (const [n, stage] of stages.entries()) {
    say(n);
    // Some stages last a millisecond: whoever misses one kills at whichever comes then.
    const patience = performance.now() + 8000;
    while (!stage() && performance.now() < patience) await new Promise(resolve => setTimeout(resolve, 1));
    const gone = new Promise(resolve => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    git(bare, 'fsck', '--strict', '--no-dangling');
    expect(page()).toMatch(/^$|<\/html>$/);
    server = start();
  }
  say(99);
  await expect.poll(page, { timeout: 60_000, interval: 200 }).toContain('Trouble number 99');
  git(bare, 'fsck', '--strict', '--no-dangling');
  for (const commit of git(bare, 'rev-list', 'gh-pages').split('\n')) {
    expect(git(bare, 'show', `${commit}:index.html`)).toMatch(/<\/html>$/);
    expect(JSON.parse(git(bare, 'show', `${commit}:status/copy.json`))).toMatchObject({
      at: expect.any(String),
    });
  }
}, 180_000);
