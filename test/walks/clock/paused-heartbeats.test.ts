// The real process, stopped for fifteen seconds: the jobs that reported to it meanwhile, or tried to, are not down.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../free-port.ts';

vi.setConfig({ testTimeout: 120_000 });

const sleep = (millis: number) => new Promise(resolve => setTimeout(resolve, millis));

test('stopped for longer than period and grace: who beats is never down, who stopped beating is found', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-paused-'));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const component = (id: string) =>
    `  - { id: ${id}, name: ${id}, check: { type: heartbeat, period: 10s, grace: 2s, token: the-token-of-${id} } }`;
  const lines = ['living', 'dead'].map(component);
  await writeFile(path.join(dir, 'status', 'status.yaml'), `title: T\ncomponents:\n${lines.join('\n')}\n`);
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1', STATUS_DIR: path.join(dir, 'status') };
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { ...env, DATA_DIR: path.join(dir, 'data') },
  });
  const gone = new Promise(resolve => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await gone;
    await rm(dir, { recursive: true, force: true });
  });
  const beat = async (id: string) => {
    const address = `http://127.0.0.1:${port}/heartbeats/the-token-of-${id}`;
    return (await fetch(address, { method: 'POST', signal: AbortSignal.timeout(2000) })).status;
  };
  await expect.poll(() => beat('dead').catch(() => null), { timeout: 60_000 }).toBe(200);
  expect(await beat('living')).toBe(200);

  let beats = 0;
  const client = setInterval(
    () =>
      void beat('living').then(
        () => beats++,
        () => {},
      ),
    3000,
  );
  onTestFinished(() => clearInterval(client));
  await sleep(1000);
  child.kill('SIGSTOP');
  await sleep(15_000);
  const unheard = beats;
  child.kill('SIGCONT');
  const continued = Date.now();
  const incidents = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v2/incidents.json`);
    const { incidents } = (await answer.json()) as { incidents: { name: string; started_at: string }[] };
    return incidents.map(({ name, started_at }) => ({ name, after: Date.parse(started_at) - continued }));
  };
  // As soon as it answers, and while the living one goes on.
  expect(await incidents()).toEqual([]);
  await expect.poll(async () => (await incidents()).length, { timeout: 30_000, interval: 200 }).toBe(1);
  const [found] = await incidents();
  expect(found?.name).toBe('dead Down');
  expect(found?.after).toBeGreaterThan(11_000);
  expect(found?.after).toBeLessThan(15_000);
  expect(beats).toBeGreaterThan(unheard);
});
