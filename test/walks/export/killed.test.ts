// kill -9 while the copy is drawn, committed and pushed: the branch is always whole, and the next server goes on.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { git } from '../git/repository.ts';

const INCIDENT = (n: number) =>
  `---\ntitle: Trouble number ${n}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\nx\n`;

/** Kills what is left of a group of processes, and says whether anything was. */
function endGroup(leader: number | undefined): 'gone' | 'killed' {
  try {
    process.kill(-(leader as number), 'SIGKILL');
    return 'killed';
  } catch {
    return 'gone';
  }
}

test('killed at every stage of a push', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-mirror-kill-'));
  const servers: ChildProcess[] = [];
  onTestFinished(async () => {
    // A killed server leaves the git it had started: each server is a group of its own, and the folder goes after all.
    for (const { pid } of servers) await expect.poll(() => endGroup(pid), { timeout: 20_000 }).toBe('gone');
    rmSync(dir, { recursive: true, force: true });
  });
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
  const start = () => {
    const server = spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore', detached: true });
    servers.push(server);
    return server;
  };
  const area = path.join(dir, 'data', 'mirror');
  const names = (folder: string) => {
    try {
      return readdirSync(folder);
    } catch {
      return []; // not there yet, or made anew just now
    }
  };
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
  const whole = () => {
    try {
      git(bare, 'fsck', '--strict', '--no-dangling');
      return 'whole';
    } catch (error) {
      return String((error as { stderr: string }).stderr);
    }
  };
  let server = start();
  for (const [n, stage] of stages.entries()) {
    say(n);
    // Some stages last a millisecond: whoever misses one kills at whichever comes then.
    const patience = performance.now() + 8000;
    while (!stage() && performance.now() < patience) await new Promise(resolve => setTimeout(resolve, 1));
    const gone = new Promise(resolve => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    expect(page()).toMatch(/^$|<\/html>$/);
    // A push outlives its server, and git's own check does not understand objects that come while it looks.
    await expect.poll(whole, { timeout: 20_000, interval: 100 }).toBe('whole');
    server = start();
  }
  say(99);
  await expect.poll(page, { timeout: 60_000, interval: 200 }).toContain('Trouble number 99');
  await expect.poll(whole, { timeout: 20_000, interval: 100 }).toBe('whole');
  for (const commit of git(bare, 'rev-list', 'gh-pages').split('\n')) {
    expect(git(bare, 'show', `${commit}:index.html`)).toMatch(/<\/html>$/);
    expect(JSON.parse(git(bare, 'show', `${commit}:status/copy.json`))).toMatchObject({
      at: expect.any(String),
    });
  }
}, 180_000);
