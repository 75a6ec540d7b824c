// Behind a real nginx with the configuration of docs/deploy: streams pass, and the page outlives its server.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '../../../src/web/http/limits.ts';
import { freePort } from '../../free-port.ts';
import { openWorld, type World } from '../../walks/world.ts';
import { METRICS_ADDRESSES } from './metrics-addresses.ts';

const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(existsSync);

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

interface Asked {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  /** The visitor's own address, one of 127.0.0.0/8. */
  readonly from?: string;
}

/** A world behind nginx; `ask` asks nginx. */
async function behindNginx(): Promise<{
  world: World;
  ask(path: string, asked?: Asked): Promise<Answer>;
  open(path: string): Promise<IncomingMessage>;
  age(): Promise<void>;
}> {
  const world = await openWorld({ env: { TRUST_PROXY: '1', PUBLIC_URL: 'https://status.levqor.ai' } });
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-nginx-'));
  // nginx's workers are another user.
  await chmod(dir, 0o777);
  await mkdir(path.join(dir, 'logs'));
  const key = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
  ];
  const names = ['-subj', '/CN=status.levqor.ai', '-keyout', `${dir}/key.pem`, '-out', `${dir}/chain.pem`];
  execFileSync('openssl', [...key, ...names], { stdio: 'pipe' });
  const port = await freePort();
  const ours = (await readFile('docs/deploy/nginx.conf', 'utf8'))
    .replace('127.0.0.1:3000', new URL(world.url).host.replace('localhost', '127.0.0.1'))
    .replace('/var/cache/nginx/status-live', `${dir}/cache`)
    .replace(/listen 443/g, `listen 127.0.0.1:${port}`)
    .replace(/ *listen \[::\]:443.*\n/g, '')
    .replace(/server \{\s+listen 80;[\s\S]*?\n\}\n/, '')
    .replace(/\/etc\/letsencrypt\/live\/status\.levqor\.ai\/fullchain\.pem/, `${dir}/chain.pem`)
    .replace(/\/etc\/letsencrypt\/live\/status\.levqor\.ai\/privkey\.pem/, `${dir}/key.pem`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const around = `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1;
events { worker_connections 200; }
http { access_log off; ${temporary.map(name => `${name}_temp_path ${dir}/${name};`).join(' ')}
${ours} }`;
  await writeFile(path.join(dir, 'nginx.conf'), around);
  const nginx: ChildProcess = spawn(NGINX as string, ['-p', dir, '-c', path.join(dir, 'nginx.conf')], {
    stdio: 'pipe',
  });
  let said = '';
  nginx.stderr?.on('data', data => {
    said += data;
  });
  const gone = new Promise(resolve => nginx.once('exit', resolve));
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await gone;
    await rm(dir, { recursive: true, force: true });
  });

  const open = (address: string, { headers = {}, method = 'GET', from }: Asked = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const host = { host: 'status.levqor.ai', ...headers };
      const to = { port, host: '127.0.0.1', servername: 'status.levqor.ai', rejectUnauthorized: false };
      const more = { agent: false, ...(from ? { localAddress: from } : {}) };
      request({ ...to, ...more, path: address, method, headers: host }, resolve)
        .on('error', reject)
        .end();
    });
  const ask = async (address: string, asked?: Asked): Promise<Answer> => {
    const res = await open(address, asked);
    const chunks: Buffer[] = [];
    for await (const chunk of res) chunks.push(chunk);
    return { status: res.statusCode as number, headers: res.headers, text: Buffer.concat(chunks).toString() };
  };
  await expect
    .poll(
      () =>
        ask('/healthz').then(
          ({ status }) => status,
          () => said,
        ),
      { timeout: 25_000 },
    )
    .toBe(200);
  /** Makes what nginx keeps an hour older than it may be: its files begin with a version, then until when. */
  const age = async () => {
    const cache = path.join(dir, 'cache');
    for (const name of await readdir(cache, { recursive: true })) {
      if (!/[0-9a-f]{32}$/.test(name)) continue;
      const file = await openFile(path.join(cache, name), 'r+');
      const then = Buffer.alloc(16);
      for (const at of [0, 8])
        then.writeBigInt64LE(BigInt(Math.floor(performance.timeOrigin / 1000) - 3600), at);
      await file.write(then, 0, 16, 8);
      await file.close();
    }
  };
  return { world, ask, open, age };
}

describe.runIf(NGINX)('behind nginx', () => {
  test('the page outlives its server, for every visitor alike; what is private is never kept', async () => {
    const { world, ask, age } = await behindNginx();
    const chrome = { 'accept-encoding': 'gzip, deflate, br, zstd', 'accept-language': 'en-GB,en;q=0.9' };
    const first = await ask('/status/live', { headers: chrome });
    expect([first.status, first.headers['x-cache'], first.headers['content-encoding']]).toEqual([
      200,
      'MISS',
      'br',
    ]);
    // Another browser's lines are the same page.
    const firefox = { 'accept-encoding': 'gzip, deflate, br', 'accept-language': 'fr, en;q=0.5' };
    const second = await ask('/status/live', { headers: firefox });
    expect([second.headers['x-cache'], second.headers.etag]).toEqual(['HIT', first.headers.etag]);
    const known = await ask('/status/live', {
      headers: { ...chrome, 'if-none-match': first.headers.etag as string },
    });
    expect([known.status, known.text]).toEqual([304, '']);
    const german = await ask('/status/live', { headers: { 'accept-language': 'de-AT,de' } });
    expect(german.text).toContain('<html lang="de"');
    expect(german.headers['content-security-policy']).toContain("default-src 'none'");
    await ask('/api/v2/summary.json');
    const forms = ['/status/subscribe', '/status/confirm?token=x', '/healthz', '/readyz'];
    for (const address of forms) await ask(address);

    await world.system.close();
    await age();
    const stale = await ask('/status/live', { headers: chrome });
    expect([stale.status, stale.headers['x-cache'], stale.headers.etag]).toEqual([
      200,
      'STALE',
      first.headers.etag,
    ]);
    const api = await ask('/api/v2/summary.json');
    expect([api.status, api.headers['x-cache'], JSON.parse(api.text).status.indicator]).toEqual([
      200,
      'STALE',
      'none',
    ]);
    for (const address of forms) expect([address, (await ask(address)).status]).toEqual([address, 502]);
  });

  test('a change is told at once through it, and the page it names is the new one', async () => {
    const { world, ask, open } = await behindNginx();
    const before = await ask('/status/live');
    const stream = await open('/status/events');
    onTestFinished(() => void stream.destroy());
    expect(stream.headers['content-type']).toContain('text/event-stream');
    let told = '';
    stream.on('data', data => {
      told += data;
    });
    await expect.poll(() => told, { timeout: 10_000 }).toContain(world.system.snapshot().version);
    await world.write(
      '20260310_x.md',
      '---\ntitle: Storm\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z\n---\nX',
    );
    await world.pass(1);
    const { version } = world.system.snapshot();
    await expect.poll(() => told, { timeout: 10_000 }).toContain(version);
    const after = await ask(`/status/live?v=${version}`);
    expect([before.text.includes('Storm'), after.text.includes('Storm')]).toEqual([false, true]);
  });

  test('visitors are counted one by one, whatever they say of themselves', async () => {
    const { ask } = await behindNginx();
    const { most } = LIMITS.forms;
    const form = (from: string, i: number) =>
      ask('/status/confirm?token=x', { from, headers: { 'x-forwarded-for': `192.0.2.${i}` } });
    const statuses: number[] = [];
    for (let i = 0; i < most + 3; i++) statuses.push((await form('127.0.0.1', i)).status);
    expect(statuses).toEqual([...Array(most).fill(400), 429, 429, 429]);
    expect((await form('127.0.0.2', 0)).status).toBe(400);
    // Only this machine reads the numbers.
    for (const address of [...METRICS_ADDRESSES, '/x/../metrics']) {
      expect([address, (await ask(address, { from: '127.0.0.3' })).status]).toEqual([address, 403]);
    }
    expect((await ask('/metrics', { from: '127.0.0.1' })).status).toBe(200);
  });
});
