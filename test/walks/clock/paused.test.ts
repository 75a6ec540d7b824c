// The real process, stopped for nine seconds in the middle of a check: neither slow nor down is what it watches.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../free-port.ts';

vi.setConfig({ testTimeout: 120_000 });

const sleep = (millis: number) => new Promise(resolve => setTimeout(resolve, millis));

/** A service that answers when told to. */
async function service() {
  const asked: ServerResponse[] = [];
  const one = { asked, answer: (res: ServerResponse) => void res.end('ok'), held: false };
  const server = createServer((_req, res) => {
    asked.push(res);
    if (!one.held) one.answer(res);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(one, { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` });
}

test('stopped while its checks wait: an answer counts without its time, a lost one is no failure', async () => {
  const [answering, silent, broken] = [await service(), await service(), await service()];
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-paused-'));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const detect = 'detect: { failures: 1, recoveries: 1, latency: 1s, window: 1s }';
  const component = (id: string, url: string, timeout: string) =>
    `  - { id: ${id}, name: ${id}, schedule: "* * * * * *", check: { type: http, url: "${url}", timeout: ${timeout} }, ${detect} }`;
  const lines = [
    component('answering', answering.url, '30s'),
    component('silent', silent.url, '5s'),
    component('broken', broken.url, '30s'),
  ];
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
  const get = async (address: string) => (await fetch(`http://127.0.0.1:${port}${address}`)).text();
  const states = async () => {
    const { components } = JSON.parse(await get('/api/uptime.json')) as { components: { status: string }[] };
    return components.map(({ status }) => status);
  };
  const well = ['operational', 'operational', 'operational'];
  await expect.poll(() => states().catch(() => null), { timeout: 60_000 }).toEqual(well);

  // Each check has asked and waits when the process is stopped.
  const all = [answering, silent, broken];
  for (const one of all) one.held = true;
  const waiting = all.map(({ asked }) => asked.length);
  await expect
    .poll(() => all.every(({ asked }, i) => asked.length > waiting[i]!), { timeout: 20_000, interval: 5 })
    .toBe(true);
  child.kill('SIGSTOP');
  await sleep(4000);
  answering.asked.at(-1)?.end('ok');
  broken.asked.at(-1)?.socket?.resetAndDestroy();
  await sleep(5000);
  for (const one of all) one.held = false;
  child.kill('SIGCONT');

  const counted = async (id: string, outcome: string) => {
    const line = `status_live_checks_total{component="${id}",type="http",outcome="${outcome}"} (\\d+)`;
    return Number(new RegExp(line).exec(await get('/metrics'))?.[1] ?? 0);
  };
  await expect.poll(() => counted('silent', 'unknown'), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => counted('broken', 'unknown'), { timeout: 20_000 }).toBeGreaterThan(0);
  const before = await counted('answering', 'up');
  await expect.poll(() => counted('answering', 'up'), { timeout: 20_000 }).toBeGreaterThan(before);
  await expect.poll(states, { timeout: 20_000 }).toEqual(well);
  for (const id of ['answering', 'silent', 'broken']) expect(await counted(id, 'down')).toBe(0);
  expect(await counted('answering', 'unknown')).toBe(0);
  for (const id of ['answering', 'silent', 'broken']) {
    const points = async () =>
      (JSON.parse(await get(`/api/components/${id}/latency.json`)) as { points?: { p99: number | null }[] })
        .points ?? [];
    // Right after the pause what can wait is put off.
    await expect.poll(async () => (await points()).length, { timeout: 60_000 }).toBeGreaterThan(0);
    for (const { p99 } of await points()) expect(p99 ?? 0).toBeLessThan(3000);
  }
  expect(JSON.parse(await get('/api/v2/incidents.json')).incidents).toEqual([]);
});
