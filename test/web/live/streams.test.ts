// Open streams: hundreds are told of a change at once and in slices, readers that do not read are dropped, and
// there are only so many.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Web } from '../../../src/web/context.ts';
import { errorHandler } from '../../../src/web/errors.ts';
import { streamsWithin } from '../../../src/web/http/descriptors.ts';
import { LIMITS } from '../../../src/web/http/limits.ts';
import { eventRoutes } from '../../../src/web/live/events.ts';
import { Streams } from '../../../src/web/live/streams.ts';
import { snapshot } from '../../makers.ts';
import { openWorld } from '../../walks/world.ts';

const ASK = 'GET /status/events HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A reader of a stream: all that came so far, and whether it was cut off. */
interface Reader {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

function read(port: number, ask = ASK): Reader {
  const socket = connect(port, '127.0.0.1', () => socket.write(ask));
  const reader: Reader = { socket, text: '', closed: false };
  socket.setEncoding('utf8').on('data', text => {
    reader.text += text;
  });
  socket
    .on('error', () => undefined)
    .once('close', () => {
      reader.closed = true;
    });
  onTestFinished(() => void socket.destroy());
  return reader;
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; !what(); i++) {
    if (i > 2_000) throw new Error('it does not come about');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

test('five hundred open pages hear of a change, once each, and the page of its version is ready', async () => {
  const world = await openWorld();
  const { port } = new URL(world.url);
  const readers = Array.from({ length: 500 }, () => read(Number(port)));
  await until(() => readers.every(({ text }) => text.includes('event: snapshot')));
  await world.get('/status/live');
  await world.write(
    '20260310_x.md',
    '---\ntitle: Trouble\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T11:59:00Z\n---\nWe look.\n',
  );
  await world.pass(1);
  const { version } = world.system.snapshot();
  await until(() => readers.every(({ text }) => text.includes(`id: ${version}`)));
  for (const { text } of readers) expect(text.split(`id: ${version}`)).toHaveLength(2);
  expect((await world.get(`/status/live?v=${version}`)).text).toContain('Trouble');
});

test('requests get through while thousands are told', async () => {
  const streams = new Streams(() => ': still here\n\n');
  const written: number[] = [];
  let turns = 0;
  const server = createServer((_req, res) => {
    res.writeHead(200);
    const { write } = res;
    // When each stream was written to, counted in turns of the loop.
    res.write = ((...all: Parameters<typeof write>) => {
      written.push(turns);
      return write.apply(res, all);
    }) as typeof write;
    streams.add(res, 'hello');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    streams.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  for (let i = 0; i < 700; i++) read(port);
  await until(() => streams.count === 700);
  written.length = 0;
  let going = true;
  const turn = () => {
    turns++;
    if (going) setImmediate(turn);
  };
  turn();
  streams.broadcast('news');
  streams.broadcast('newer news');
  await until(() => written.length >= 700);
  going = false;
  const most = Math.max(...[...new Set(written)].map(at => written.filter(one => one === at).length));
  expect(most).toBeLessThanOrEqual(400);
  expect(new Set(written).size).toBeGreaterThanOrEqual(3);
});

test('a reader that does not read is dropped before it holds memory; the others go on', async () => {
  const streams = new Streams(() => ': still here\n\n');
  const server = createServer((_req, res) => {
    res.writeHead(200);
    streams.add(res, 'hello');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    streams.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const [good, bad] = [read(port), read(port)];
  await until(() => streams.count === 2 && bad.text.includes('hello'));
  bad.socket.pause();
  const news = 'x'.repeat(500_000);
  for (let i = 0; i < 200 && streams.count === 2; i++) {
    streams.broadcast(`${i} ${news}`);
    await until(() => good.text.endsWith(`${news}\r\n`));
    good.text = '';
  }
  expect(streams.count).toBe(1);
  expect(good.closed).toBe(false);
});

test('more than fit are refused and told why; one that leaves makes room; the head alone is answered', async () => {
  const app = express();
  const cache = { shown: snapshot([]), subscribe: () => () => undefined };
  const refresh = { current: () => snapshot([]), lastCheck: () => null };
  const end = eventRoutes(app, { cache, refresh, maxStreams: 2 } as unknown as Web);
  app.use(errorHandler({ log: { error: () => undefined } } as unknown as Web));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    end();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const ask = (method: string) =>
    fetch(`http://127.0.0.1:${port}/status/events`, { method, headers: { accept: 'application/json' } });
  const readers = [read(port), read(port)];
  await until(() => readers.every(({ text }) => text.includes('event: snapshot')));
  const refused = await ask('GET');
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('asks every minute')]);
  readers[0]?.socket.destroy();
  for (let i = 0, { status } = refused; status === 503; i++) {
    if (i > 500) throw new Error('no room was made');
    ({ status } = await ask('HEAD'));
  }
  expect(await (await ask('HEAD')).text()).toBe('');
});

test('one public address may hold so many; a near one all there are, and another its own', async () => {
  const app = express().set('trust proxy', true);
  const cache = { shown: snapshot([]), subscribe: () => () => undefined };
  const refresh = { current: () => snapshot([]), lastCheck: () => null };
  const end = eventRoutes(app, { cache, refresh, maxStreams: 100_000 } as unknown as Web);
  app.use(errorHandler({ log: { error: () => undefined } } as unknown as Web));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    end();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const from = (address: string, method = 'GET') =>
    read(port, ASK.replace('GET', method).replace('\r\n\r\n', `\r\nX-Forwarded-For: ${address}\r\n\r\n`));
  const statusOf = async (reader: Reader) => {
    await until(() => reader.text.includes('\r\n\r\n'));
    return Number(reader.text.slice(9, 12));
  };
  const { streams_per_address: most } = LIMITS;
  // Two addresses of one IPv6 network are one.
  const readers = Array.from({ length: most }, (_, i) => from(`2001:db8::${(i % 2) + 1}`));
  for (const reader of readers) expect(await statusOf(reader)).toBe(200);
  expect(await statusOf(from('2001:db8::3'))).toBe(503);
  expect(await statusOf(from('2001:db8::3', 'HEAD'))).toBe(503);
  expect(await statusOf(from('192.0.2.7'))).toBe(200);
  expect(await statusOf(from('10.0.0.1'))).toBe(200);
  readers[0]?.socket.destroy();
  let status = 503;
  for (let i = 0; status === 503; i++) {
    if (i > 500) throw new Error('no room was made');
    status = await statusOf(from('2001:db8::3'));
  }
  expect(await statusOf(from('2001:db8::4'))).toBe(503);
  // A near address (a proxy that tells nobody's) is not held to it.
  const near = Array.from({ length: most }, () => from('10.0.0.1'));
  for (const reader of near) expect(await statusOf(reader)).toBe(200);
});

test('the process is asked what it may hold open, and says what to do when that is too little', () => {
  expect(streamsWithin(Number.MAX_SAFE_INTEGER)).toEqual({ max: 10_000, problem: null });
  expect(streamsWithin(20_000)).toEqual({ max: 10_000, problem: null });
  const { max, problem } = streamsWithin(4_096);
  expect(max).toBe(3_096);
  expect(problem).toMatchObject({
    where: 'ulimit -n',
    what: expect.stringContaining('4096 files, so 3096 pages'),
    fix: expect.stringContaining('LimitNOFILE='),
  });
  expect(streamsWithin(1_024).max).toBe(512);
});

test('a page without news learns when its server last checked', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const world = await openWorld();
  const reader = read(Number(new URL(world.url).port));
  await until(() => reader.text.includes('event: snapshot'));
  await world.pass(61, 1);
  vi.advanceTimersByTime(20_000);
  await until(() => reader.text.includes('event: checked'));
  const [, at] = /event: checked\ndata: \{"at":"([^"]+)"\}/.exec(reader.text)!;
  expect(world.now() - Date.parse(at!)).toBeLessThan(60_000);
  expect((await world.get('/status/live')).text).toMatch(
    /Checked <time datetime="2026-03-10T12:0\d(:\d\d)?Z" data-ago/,
  );
});
