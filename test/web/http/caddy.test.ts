// Behind a real Caddy with the configuration of docs/deploy: the page is passed on, the numbers are this machine's.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../free-port.ts';
import { openWorld } from '../../walks/world.ts';
import { METRICS_ADDRESSES } from './metrics-addresses.ts';

const CADDY = ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'].find(existsSync);

/** A world behind Caddy without TLS; `ask` asks Caddy from an address of 127.0.0.0/8, nothing tidied up on the way. */
async function behindCaddy(): Promise<(address: string, from: string) => Promise<number>> {
  const world = await openWorld({ env: { TRUST_PROXY: '1', PUBLIC_URL: 'https://status.levqor.ai' } });
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-caddy-'));
  const port = await freePort();
  const ours = (await readFile('docs/deploy/Caddyfile', 'utf8'))
    .replace(/^status\.levqor\.ai/m, `http://127.0.0.1:${port}`)
    .replace('127.0.0.1:3000', new URL(world.url).host.replace('localhost', '127.0.0.1'));
  const file = path.join(dir, 'Caddyfile');
  await writeFile(file, `{\n\tadmin off\n}\n${ours}`);
  const caddy = spawn(CADDY as string, ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    stdio: 'ignore',
  });
  const gone = new Promise(resolve => caddy.once('exit', resolve));
  onTestFinished(async () => {
    caddy.kill('SIGTERM');
    await gone;
    await rm(dir, { recursive: true, force: true });
  });
  const ask = (address: string, from: string) =>
    new Promise<number>((resolve, reject) => {
      const to = { host: '127.0.0.1', port, path: address, localAddress: from, agent: false };
      request(to, res => res.resume().on('end', () => resolve(res.statusCode ?? 0)))
        .on('error', reject)
        .end();
    });
  const ready = () => ask('/healthz', '127.0.0.1').catch(({ code }) => code);
  await expect.poll(ready, { timeout: 25_000 }).toBe(200);
  return ask;
}

describe.runIf(CADDY)('behind Caddy', () => {
  test('only this machine reads the numbers, however their address is spelled', async () => {
    const ask = await behindCaddy();
    for (const address of METRICS_ADDRESSES) {
      expect([address, await ask(address, '127.0.0.3')]).toEqual([address, 403]);
    }
    expect(await ask('/metrics', '127.0.0.1')).toBe(200);
    expect(await ask('/status/live', '127.0.0.3')).toBe(200);
  });
});
