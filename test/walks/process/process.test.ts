// The process as its supervisor sees it: it starts or says why not, ends when told to, and has few files to give.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../free-port.ts';
import { openWorld } from '../world.ts';

// A machine that does other things takes its time to start a process.
vi.setConfig({ testTimeout: 120_000 });

interface Started {
  readonly dir: string;
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly exit: Promise<{ code: number | null; after: number }>;
  /** `http://127.0.0.1:PORT`, once it serves. */
  url(): Promise<string>;
}

/** Starts the program itself; `around` is a shell command before it. */
async function start(
  options: {
    env?: Record<string, string>;
    args?: string[];
    around?: string;
    components?: string;
    secret?: number;
    /** Another user, if this one may do anything, and a folder of incidents that it may not write. */
    isLocked?: boolean;
  } = {},
): Promise<Started> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-process-'));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const components = options.components ?? '{ id: api, name: API, check: { type: manual } }';
  await writeFile(path.join(dir, 'status', 'status.yaml'), `title: T\ncomponents: [ ${components} ]\n`);
  if (options.secret !== undefined) {
    await mkdir(path.join(dir, 'data'));
    await writeFile(path.join(dir, 'data', 'secret'), 'a-secret-kept-from-before\n');
    await chmod(path.join(dir, 'data', 'secret'), options.secret);
  }
  const user = options.isLocked && process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;
  if (options.isLocked) {
    await mkdir(path.join(dir, 'data'), { recursive: true });
    if (user) await chown(path.join(dir, 'data'), user.uid, user.gid);
    await chmod(dir, 0o755);
    await chmod(path.join(dir, 'status', 'incidents'), 0o555);
  }
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: path.join(dir, 'data'),
    ...options.env,
  };
  const line = [process.execPath, ...(options.args ?? []), 'dist/main.js'];
  const child = options.around
    ? spawn('bash', ['-c', `${options.around}; exec "$@"`, 'bash', ...line], { env })
    : spawn(line[0] as string, line.slice(1), { env, ...user });
  let text = '';
  child.stdout?.on('data', data => {
    text += data;
  });
  child.stderr?.on('data', data => {
    text += data;
  });
  const exit = new Promise<{ code: number | null; after: number }>(resolve => {
    child.once('exit', code => resolve({ code, after: performance.now() }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(dir, { recursive: true, force: true });
  });
  return {
    dir,
    child,
    out: () => text,
    exit,
    async url() {
      await expect.poll(() => text, { timeout: 60_000 }).toMatch(/localhost:\d+\/status\/live/);
      return `http://127.0.0.1:${/localhost:(\d+)/.exec(text)?.[1]}`;
    },
  };
}

describe('told to stop', () => {
  test('it ends streams with a word about when to come back, closes idle connections, and is gone with 0', async () => {
    const program = await start();
    const url = await program.url();
    const stream = await fetch(`${url}/status/events`);
    const body = stream.text();
    // An idle connection, and one whose request never arrives whole.
    await fetch(url, { headers: { connection: 'keep-alive' } }).then(answer => answer.text());
    const half = connect(Number(new URL(url).port), '127.0.0.1');
    half.on('error', () => {});
    half.write('GET / HTTP/1.1\r\nHost: x\r\n');
    onTestFinished(() => void half.destroy());
    const began = performance.now();
    program.child.kill('SIGTERM');
    const { code, after } = await program.exit;
    expect(code).toBe(0);
    expect(after - began).toBeLessThan(18_000);
    expect(program.out()).toContain('"stopped"');
    expect((await body).trimEnd().split('\n').at(-1)).toMatch(/^retry: [1-4]\d{3}$/);
  });

  test('twice, it is gone at once', async () => {
    // A check that takes its time holds up the end.
    const slow = createServer(() => {});
    await new Promise<void>(resolve => slow.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      slow.closeAllConnections();
      slow.close();
    });
    const asked = new Promise(resolve => slow.once('request', resolve));
    const target = `http://127.0.0.1:${(slow.address() as { port: number }).port}`;
    const program = await start({
      components: `{ id: api, name: API, check: { type: http, url: "${target}", timeout: 60s } }`,
    });
    const half = connect(Number(new URL(await program.url()).port), '127.0.0.1');
    half.on('error', () => {});
    half.write('GET / HTTP/1.1\r\nHost: x\r\n');
    onTestFinished(() => void half.destroy());
    await asked;
    program.child.kill('SIGTERM');
    await expect.poll(program.out, { timeout: 10_000 }).toContain('stopping');
    const began = performance.now();
    program.child.kill('SIGTERM');
    const { code, after } = await program.exit;
    expect([code, after - began < 10_000]).toEqual([1, true]);
  });
});

describe('it says why it does not start', () => {
  test('a taken port', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const program = await start({ env: { PORT: String(port) } });
    expect((await program.exit).code).toBe(1);
    expect(program.out()).toContain(
      `PORT: port ${port} is in use — stop the program that uses it, or set PORT to another port`,
    );
  });

  test('an address of another machine', async () => {
    const program = await start({ env: { HOST: '192.0.2.1' } });
    expect((await program.exit).code).toBe(1);
    expect(program.out()).toContain(
      'HOST: 192.0.2.1 is not an address of this machine — set HOST to an address of this machine, or to 0.0.0.0 for all',
    );
  });
});

test('a bug is logged as what it is and ends the process, for the supervisor to start it again', async () => {
  const bug = 'data:text/javascript,process.once("SIGUSR2",()=>{Promise.reject(new Error("a bug"))})';
  const program = await start({ args: ['--import', bug] });
  await program.url();
  program.child.kill('SIGUSR2');
  expect((await program.exit).code).toBe(1);
  const line =
    program
      .out()
      .split('\n')
      .find(text => text.includes('a bug stopped')) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    level: 60,
    origin: 'unhandledRejection',
    err: { message: 'a bug', stack: expect.stringContaining('Error: a bug') },
  });
});

test('told to stop while it still starts, it ends without an error', async () => {
  const early =
    'import net from "node:net";const listen=net.Server.prototype.listen;' +
    'net.Server.prototype.listen=function(...args){this.once("listening",()=>process.kill(process.pid,"SIGTERM"));return listen.apply(this,args)}';
  const program = await start({ args: ['--import', `data:text/javascript,${encodeURIComponent(early)}`] });
  expect((await program.exit).code).toBe(0);
});

describe('a log that cannot be written', () => {
  const refusing = 'process.once("SIGUSR2",()=>{Promise.reject(new Error("a bug"))})';
  test.each([
    ['nobody reads it', 'exec > >(head -c 1 > /dev/null) 2>&1'],
    ['no room on its disk', 'exec > /dev/full 2>&1'],
  ])('%s: the page is answered, it ends when told to, and a bug ends it', async (_, around) => {
    for (const [signal, code] of [
      ['SIGTERM', 0],
      ['SIGUSR2', 1],
    ] as const) {
      const port = await freePort();
      const program = await start({
        env: { PORT: String(port) },
        args: ['--import', `data:text/javascript,${refusing}`],
        around,
      });
      const page = () =>
        fetch(`http://127.0.0.1:${port}/status/live`).then(
          answer => answer.status,
          () => 0,
        );
      await expect.poll(page, { timeout: 60_000 }).toBe(200);
      program.child.kill(signal);
      expect((await program.exit).code).toBe(code);
      expect(program.out()).toBe('');
    }
  });
});

test('a secret that others may read is told at the start, and how to close it', async () => {
  const program = await start({ secret: 0o644 });
  await program.url();
  expect(program.out()).toMatch(
    /other than the owner can read or write .*data\/secret\\" .*mode 0644.*chmod 600 /,
  );
  const closed = await start({ secret: 0o600 });
  await closed.url();
  expect(closed.out()).not.toContain('chmod');
});

test('visitors cannot use up the open files: checks go on and the page is answered', async () => {
  const target = createServer((_req, res) => res.end('ok'));
  await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    target.closeAllConnections();
    target.close();
  });
  const address = `http://127.0.0.1:${(target.address() as { port: number }).port}`;
  const program = await start({
    around: 'ulimit -n 900',
    components: `{ id: api, name: API, schedule: "* * * * * *", check: { type: http, url: "${address}" } }`,
  });
  const url = await program.url();
  const agent = connect(Number(new URL(url).port), '127.0.0.1');
  agent.setEncoding('utf8').on('error', () => {});
  let got = '';
  agent.on('data', data => {
    got += data;
  });
  onTestFinished(() => void agent.destroy());
  const crowd: Socket[] = [];
  onTestFinished(() => {
    for (const socket of crowd) socket.destroy();
  });
  let refused = 0;
  for (let i = 0; i < 1000; i++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => void refused++);
    crowd.push(socket);
  }
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(700);
  let checks = 0;
  target.on('request', () => void checks++);
  await expect.poll(() => checks, { timeout: 10_000 }).toBeGreaterThan(2);
  agent.write('GET /api/v2/components.json HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(() => got, { timeout: 10_000 }).toContain('"status":"operational"');
  expect(program.out()).not.toMatch(/EMFILE|changed the state/);
});

test('under load, what can wait is put off in words; the page, its data and whoever reports go on', async () => {
  let overloaded = false;
  const world = await openWorld({
    env: { API_TOKEN: 'the-api-token-of-this-test' },
    isOverloaded: () => overloaded,
  });
  await world.get('/status/live');
  overloaded = true;
  const html = { accept: 'text/html' };
  for (const path of [
    '/status/subscribe',
    '/status/confirm?token=x',
    '/status/components/api',
    '/status/og.png',
  ]) {
    const answer = await world.get(path, html);
    expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '10']);
  }
  for (const path of ['/api/components/api/latency.json', '/status/events', '/status/history/2026-03']) {
    const { status, json } = await world.get(path, { accept: 'application/json' });
    expect([path, status, json.detail]).toEqual([
      path,
      503,
      expect.stringContaining('Try again in a moment'),
    ]);
  }
  const going = [
    '/status/live',
    '/',
    '/api/v2/summary.json',
    '/status/feed.atom',
    '/history.rss',
    '/status/badge.svg',
  ];
  for (const path of [...going, '/healthz', '/readyz', '/metrics', '/status/widget.json']) {
    expect([path, (await world.get(path)).status]).toEqual([path, 200]);
  }
  // The page changes under load too.
  await world.write(
    '20260310_x.md',
    '---\ntitle: Storm\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\nX',
  );
  await world.pass(1);
  expect((await world.get('/status/live')).text).toContain('Storm');
  const reports = [
    world.post('/webhooks/generic?token=the-webhook-token-of-this-test', { monitor: 'x', status: 'down' }),
    world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`),
    world.post(
      '/api/incidents',
      { title: 'X', severity: 'minor', message: 'x' },
      { authorization: 'Bearer the-api-token-of-this-test' },
    ),
    world.post('/status/unsubscribe?token=x'),
  ];
  expect((await Promise.all(reports)).map(({ status }) => status)).toEqual([200, 200, 201, 400]);
  // Nobody's wrong address is worth a page of words now.
  const lost = await world.get('/nowhere', html);
  const form = await world.get('/status/subscribe', { ...html, 'accept-language': 'de' });
  expect([lost.status, lost.text]).toEqual([404, expect.stringContaining('<h1>Page not found')]);
  expect([form.status, form.text]).toEqual([503, expect.stringContaining('<h1>Gerade sind sehr viele hier')]);
  expect(form.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  overloaded = false;
  expect((await world.get('/status/subscribe', html)).status).toBe(200);
});

describe('a folder of incidents that it may not write', () => {
  test('is named before the first outage, with the command that mends it; no stack is logged', async () => {
    const token = 'a-token-for-this-test';
    const { dir, url, out } = await start({ isLocked: true, env: { API_TOKEN: token } });
    const base = await url();
    const folder = path.join(dir, 'status', 'incidents');
    const problems = async () =>
      (await (await fetch(`${base}/readyz`)).json()) as { ok: boolean; problems: object[] };
    const said = expect.objectContaining({
      level: 'warning',
      where: folder,
      what: expect.stringContaining('(EACCES)'),
      fix: expect.stringMatching(/chown -R \d+:\d+ \S+\/status$/),
    });
    expect(await problems()).toMatchObject({ ok: true, problems: [said] });
    const refused = await fetch(`${base}/api/incidents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: 'API Down', severity: 'major', components: ['api'], message: 'Down.' }),
    });
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringContaining('let the server write'),
    ]);
    expect(out()).toMatch(/an incident of the API cannot be written/);
    expect(out()).not.toMatch(/\\n\s+at |"stack"/);

    await chmod(folder, 0o777);
    await expect.poll(problems, { timeout: 10_000 }).toMatchObject({ problems: [] });
  });
});
