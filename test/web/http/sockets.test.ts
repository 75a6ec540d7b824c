// Sockets that are slow, many or silent: each is ended in time, and the page is answered fast meanwhile.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LIMITS } from '../../../src/web/http/limits.ts';
import { openServer, type ServerRules, type WebServer } from '../../../src/web/http/server.ts';

const BIG = Buffer.alloc(30_000_000, 'x');
const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const GET_BIG = GET.replace('/', '/big');
const told: { fields: Record<string, unknown>; message: string }[] = [];
afterEach(() => void told.splice(0));

/** A server whose times are a twentieth of the real ones: a page at `/`, thirty megabytes at `/big`. */
async function serving(limits: Partial<ServerRules['limits']> = {}, isVisitor = () => false) {
  const log = {
    warn: (fields: object, message: string) => void told.push({ fields: { ...fields }, message }),
  };
  const small = { headers_time: 500, request_time: 1500, idle_time: 3000, read_time: 1000, read_rate: 1e9 };
  const server = (await openServer(0, '127.0.0.1', {
    limits: { ...LIMITS, ...small, ...limits },
    isVisitor,
    log,
  })) as WebServer;
  server.serve((req, res) => {
    handled.push(req.url as string);
    req.resume();
    const began = performance.now();
    if (req.url === '/big') {
      res.on('close', () => void lasted.push(performance.now() - began));
    }
    if (req.url?.startsWith('/nr/')) setImmediate(() => res.end(`<${req.url}>`));
    else if (req.method === 'GET') res.end(req.url === '/big' ? BIG : 'the page');
    else req.on('end', () => res.end('taken'));
  });
  /** The addresses asked for, in the order they were handed on. */
  const handled: string[] = [];
  /** How long large answers lasted, fetched or cut. */
  const lasted: number[] = [];
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
  /** Opens a connection and sends so much; `ended` holds how long it lasted, and what came. */
  const open = async (text: string, reads = true) => {
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket);
    const began = performance.now();
    const pieces: Buffer[] = [];
    if (reads) socket.on('data', data => void pieces.push(data));
    socket.on('error', () => {});
    const ended = new Promise<{ after: number; came: string }>(resolve => {
      socket.once('close', () => {
        resolve({ after: performance.now() - began, came: Buffer.concat(pieces).toString('latin1') });
      });
    });
    await new Promise<void>(resolve => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    socket.write(text);
    return { socket, ended };
  };
  const page = async () => {
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    return { text: await answer.text(), took: performance.now() - began };
  };
  return { open, page, lasted, handled };
}

/** Keeps sending an email on each, so that none is ever silent. */
function dribble(sockets: readonly Socket[]): void {
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('a');
  }, 100);
  onTestFinished(() => clearInterval(timer));
}

describe('slowloris', () => {
  test.each([
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['a body that never ends', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n'],
    ['chunks that never end', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n'],
  ])('%s: cut in time, the page is answered meanwhile', async (_name, text) => {
    const { open, page } = await serving();
    const slow = await Promise.all(Array.from({ length: 300 }, () => open(text)));
    dribble(slow.map(({ socket }) => socket));
    const during = [await page(), await page(), await page()];
    expect(during.map(({ text }) => text)).toEqual(['the page', 'the page', 'the page']);
    expect(Math.min(...during.map(({ took }) => took))).toBeLessThan(500);
    const ends = await Promise.all(slow.map(({ ended }) => ended));
    expect(Math.max(...ends.map(({ after }) => after))).toBeLessThan(10_000);
  });

  test('one that says nothing at all is cut too', async () => {
    const { open } = await serving();
    const { ended } = await open('');
    expect((await ended).after).toBeLessThan(10_000);
  });

  test('who asks for much and reads nothing is cut; who reads is not', async () => {
    const { open, page, lasted } = await serving();
    for (let i = 0; i < 20; i++) await open(GET_BIG, false);
    const reader = await open(GET_BIG);
    expect((await page()).text).toBe('the page');
    expect((await reader.ended).came.length).toBeGreaterThan(BIG.length);
    await expect.poll(() => lasted.length, { timeout: 10_000 }).toBe(21);
  });

  test('a larger answer may take longer', async () => {
    const { open, lasted } = await serving({ read_time: 300, read_rate: 15_000_000 });
    await open(GET_BIG, false);
    await expect.poll(() => lasted.length, { timeout: 10_000 }).toBe(1);
    expect(lasted[0]).toBeGreaterThan(2000);
  });
});

describe('many requests on one connection', () => {
  const pipelined = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `/nr/${from + index}`);

  test('a flood that is not read is ended after a bounded number, the rest untouched; told once', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { open, page, handled } = await serving();
    const flood = pipelined('/').repeat(4000);
    const floods = await Promise.all(Array.from({ length: 5 }, () => open(flood, false)));
    const most = 5 * LIMITS.requests_per_connection;
    await expect.poll(() => handled.length, { timeout: 5000 }).toBe(most);
    // Who does not read hears of the end only when it does.
    for (const { socket } of floods) socket.resume();
    await Promise.all(floods.map(({ ended }) => ended));
    expect(handled.length).toBe(most);
    expect((await page()).text).toBe('the page');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(120_000);
    expect(told).toMatchObject([
      { fields: { requests: 5 }, message: expect.stringContaining('5 with more than 1000 requests') },
    ]);
  });

  test('thirty-two are answered in order, again and again on the same connection', async () => {
    const { open } = await serving();
    const { socket } = await open('');
    let came = '';
    socket.on('data', data => {
      came += data.toString('latin1');
    });
    const answered = () => [...came.matchAll(/<(.+?)>/g)].map(([, path]) => path);
    for (let from = 0; from < 320; from += 32) {
      socket.write(
        numbers(from, from + 32)
          .map(pipelined)
          .join(''),
      );
      await expect.poll(() => answered().length, { timeout: 5000 }).toBe(from + 32);
    }
    expect(answered()).toEqual(numbers(0, 320));
    expect(told).toEqual([]);
  });

  test('one that always has some waiting is counted by those, not by all it ever asked', async () => {
    const { open } = await serving();
    const { socket } = await open('');
    let came = '';
    let asked = 32;
    socket.on('data', data => {
      came += data.toString('latin1');
      // For each answer another question: the line is never empty.
      for (const done = came.split('<').length - 1; asked < 1000 && asked < done + 32; asked++) {
        socket.write(pipelined(`/nr/${asked}`));
      }
    });
    socket.write(numbers(0, 32).map(pipelined).join(''));
    const answered = () => [...came.matchAll(/<(.+?)>/g)].map(([, path]) => path);
    await expect.poll(() => answered().length, { timeout: 10_000 }).toBe(1000);
    expect(answered()).toEqual(numbers(0, 1000));
  });
});

describe('too many', () => {
  test('per address are ended, and a place is free again when one leaves', async () => {
    const { open } = await serving(
      { connections_per_address: 20, headers_time: 20_000, request_time: 20_000 },
      () => true,
    );
    const held = await Promise.all(Array.from({ length: 20 }, () => open('GET')));
    const beyond = await Promise.all(Array.from({ length: 5 }, () => open(GET)));
    for (const { ended } of beyond) expect((await ended).came).toBe('');
    held[0]?.socket.destroy();
    const again = async () => (await (await open(GET)).ended).came;
    await expect.poll(again, { timeout: 5000 }).toContain('the page');
  });

  test('in all are not let in; the operator is told once a minute, with how many', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { open } = await serving({ connections: 60, headers_time: 20_000, request_time: 20_000 });
    await Promise.all(Array.from({ length: 60 }, () => open('GET')));
    const beyond = await Promise.all(Array.from({ length: 7 }, () => open(GET)));
    for (const { ended } of beyond) expect((await ended).came).toBe('');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(told).toMatchObject([
      { fields: { full: 7 }, message: expect.stringContaining('7 over the limit of 60') },
    ]);
    vi.advanceTimersByTime(120_000);
    expect(told).toHaveLength(1);
  });
});
