// Answers from memory: the same, to the byte, as those that go through every guard and route; and no more of
// them than memory may hold.
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Rendered } from '../../../src/web/cache/encoded-response.ts';
import { CachedResponse } from '../../../src/web/cache/fast-path.ts';
import { IS_SENT_AS_IS } from '../../../src/web/cache/raw-head.ts';
import { SnapshotCache } from '../../../src/web/cache/snapshot-cache.ts';
import { chooseEncoding } from '../../../src/web/http/encoding.ts';
import { snapshot } from '../../makers.ts';
import { openWorld } from '../../walks/world.ts';

const INCIDENT = `---
title: API Latency Spike
status: investigating
severity: major
started: 2026-03-10T11:00:00Z
---
Investigating.
`;
const PATHS = [
  '/',
  '/status/live',
  '/status/incidents/20260310_x',
  '/status/history',
  '/api/v2/summary.json',
  '/api/v2/status.json',
  '/status/feed.atom',
  '/status/maintenance.ics',
  '/status/badge.svg',
  '/status/widget.json',
  '/status/widget',
  '/status/widget.js',
  '/status/assets/status.css',
];

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** One request, nothing decoded; without what differs between any two answers. */
function raw(url: string, method: string, headers: Record<string, string>, agent: Agent): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, res => {
      const chunks: Buffer[] = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const lines: Record<string, string> = {};
        for (const [name, value] of Object.entries(res.headers))
          if (name !== 'date') lines[name] = `${value}`;
        resolve({ status: res.statusCode ?? 0, headers: lines, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end();
  });
}

const coding = fc.oneof(
  fc.constantFrom(
    '',
    'gzip',
    'gzip, deflate, br, zstd',
    'br;q=0',
    'br;q=0, gzip;q=0.1',
    '*',
    '*;q=0',
    'gzip;q=0, *',
  ),
  fc.constantFrom('identity', 'GZIP', 'gzip;q=0.000', ' br ; q=0.2 , gzip;q=0.3', ';;,,q=1', 'x'.repeat(300)),
  fc
    .array(fc.tuple(fc.constantFrom('br', 'gzip', 'identity', '*', 'zstd'), fc.integer({ min: 0, max: 10 })))
    .map(list => list.map(([name, q]) => `${name};q=${q / 10}`).join(', ')),
);
const language = fc.constantFrom('', 'de', 'de-AT, en;q=0.5', 'en', 'fr', 'fr, de;q=0.1', 'de;q=0, en', '*');
const headers = fc.record(
  {
    'accept-encoding': coding,
    'accept-language': language,
    range: fc.constantFrom('bytes=0-9', 'bytes=5-', 'lines=1-2'),
    accept: fc.constantFrom('text/html', 'application/json', '*/*'),
    'if-modified-since': fc.constant('Tue, 10 Mar 2026 12:00:00 GMT'),
    'x-forwarded-proto': fc.constantFrom('https', 'http'),
    origin: fc.constant('https://elsewhere.example'),
    connection: fc.constantFrom('close', 'keep-alive'),
  },
  { requiredKeys: [] },
);
const known = fc.constantFrom('none', 'same', 'weak', 'list', 'other', 'any');

describe('an answer from memory', () => {
  test('may reuse its head on this version of Node', () => {
    expect(IS_SENT_AS_IS).toBe(true);
  });

  test('is the answer of the whole way through, whatever headers ask for it', async () => {
    const world = await openWorld({ files: { '20260310_x.md': INCIDENT } });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const ask = (path: string, method: string, sent: Record<string, string>) =>
      raw(world.url + path, method, sent, agent);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        fc.constantFrom('GET', 'HEAD'),
        headers,
        known,
        async (path, method, some, knows) => {
          const sent = { ...some } as Record<string, string>;
          const { etag = '' } = (await ask(path, 'GET', sent)).headers;
          const match = {
            same: etag,
            weak: `W/${etag}`,
            list: `"a", ${etag}`,
            other: '"a"',
            any: '*',
            none: '',
          };
          if (match[knows]) sent['if-none-match'] = match[knows];
          // A query nobody handed out never is answered from memory.
          const cold = await ask(`${path}?x=1`, method, sent);
          const hot = await ask(path, method, sent);
          const again = await ask(path, method, sent);
          expect(hot).toEqual(cold);
          expect(again).toEqual(cold);
          expect(hot.status).toBe(['none', 'other'].includes(knows) ? 200 : 304);
          expect(hot.headers['content-security-policy']).toBeTruthy();
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    ['one string', 'gzip'],
    ['a head and bytes', 'identity'],
  ])('asked for in a row on one connection comes in order, as %s', async (_, encoding) => {
    const world = await openWorld({ files: { '20260310_x.md': INCIDENT } });
    const accept = { 'accept-encoding': encoding };
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const { body } = await raw(`${world.url}/status/live`, 'GET', accept, agent);
    expect(body.length < 14_000).toBe(encoding === 'gzip');
    const ask = (method: string, end = 'keep-alive') =>
      `${method} /status/live HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\nConnection: ${end}\r\n\r\n`;
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const row = ['GET', 'GET', 'HEAD', 'GET', 'HEAD', 'GET'].map(method => ask(method));
    socket.write(row.join('') + ask('GET', 'close'));
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece);
    const text = Buffer.concat(pieces).toString('latin1');
    const parts = text.split('HTTP/1.1 200 OK\r\n').slice(1);
    const bodies = parts.map(part => part.slice(part.indexOf('\r\n\r\n') + 4));
    const whole = body.toString('latin1');
    expect(bodies).toEqual([whole, whole, '', whole, '', whole, whole]);
  });

  test('is kept under the address it was asked at, whatever stands behind a second question mark', async () => {
    const world = await openWorld();
    const { version } = world.system.snapshot();
    const ask = (path: string) => fetch(world.url + path).then(answer => answer.text());
    await ask(`/status/history?lang=de?v=${version}`);
    expect(await ask('/status/history?lang=de')).toContain('<html lang="de"');
    await ask(`/status/badge/api.svg?show=uptime?v=${version}`);
    expect(await ask('/status/badge/api.svg?show=uptime')).toContain('uptime');
    // What was handed out is still the address without it.
    expect(await ask(`/status/live?v=${version}`)).toBe(await ask('/status/live'));
  });

  test('never reaches Express, the first one for a minute of its own apart', async () => {
    const world = await openWorld({ files: { '20260310_x.md': INCIDENT } });
    for (const path of PATHS) await world.get(path);
    const before = await throughExpress(world);
    for (const path of PATHS) expect((await world.get(path)).status).toBe(200);
    const version = world.system.snapshot().version;
    for (const path of PATHS.slice(0, 6)) await world.get(`${path}?v=${version}`);
    expect(await throughExpress(world)).toBe(before + 1);
    // A minute later everything was made ahead: still nobody has to wait for it.
    await world.pass(60);
    expect(world.system.snapshot().version).not.toBe(version);
    const pages = await Promise.all(PATHS.map(path => world.get(path)));
    expect(pages.map(({ status }) => status)).toEqual(PATHS.map(() => 200));
    expect(await throughExpress(world)).toBe(before + 2);
  });

  test('of a changed status.yaml has the headers of the new one', async () => {
    const world = await openWorld();
    await world.get('/status/live');
    expect((await world.get('/status/live')).headers.get('strict-transport-security')).toBeNull();
    const { writeFile, readFile } = await import('node:fs/promises');
    const file = `${world.dir}/status/status.yaml`;
    await writeFile(file, `url: https://status.levqor.ai\n${await readFile(file, 'utf8')}`);
    await world.pass(2);
    const page = await world.get('/status/live');
    expect(page.headers.get('strict-transport-security')).toContain('max-age=');
    expect(page.headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
  });
});

/** Requests timed by /metrics: those that reached Express, the asking one not among them. */
async function throughExpress(world: Awaited<ReturnType<typeof openWorld>>): Promise<number> {
  const { text } = await world.get('/metrics');
  const counts = [...text.matchAll(/^status_live_request_duration_seconds_count\{.*\} (\d+)/gm)];
  return counts.reduce((sum, [, n]) => sum + Number(n), 0);
}

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['gzip, br', 'br'],
  ['br;q=0', 'identity'],
  ['br;q=0, *', 'gzip'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['*;q=0, gzip', 'gzip'],
  ['gzip;q=1.0, br;q=0.9', 'gzip'],
  ['gzip;q=0.5, br;q=0.5', 'br'],
  ['BR', 'br'],
  ['deflate, zstd', 'identity'],
  ['identity;q=1, gzip;q=0', 'identity'],
])('Accept-Encoding %j is answered in %s', (accept, encoding) => {
  expect(chooseEncoding(accept)).toBe(encoding);
});

describe('memory', () => {
  const text = (length: number) => () => ({ type: 'text/plain', body: 'x'.repeat(length) });

  test('holds so many answers and no more, the newest asked for', () => {
    const cache = new SnapshotCache(snapshot([]));
    cache.render('live', text(10));
    for (let i = 0; i < 2_000; i++) {
      cache.render(`/status/incidents/${i}`, text(10));
      cache.render('live', text(10));
    }
    expect(cache.kept.size).toBe(500);
    expect(cache.kept.has('live')).toBe(true);
  });

  test('holds so many bytes and no more, and forgets the addresses of what it drops', () => {
    const cache = new SnapshotCache(snapshot([]));
    for (let i = 0; i < 100; i++) {
      const rendered = cache.render(`${i}`, text(1_000_000)) as Rendered;
      cache.warm('en', `/${i}`, new CachedResponse(rendered, {}, cache.snapshot.site));
    }
    expect(cache.kept.size).toBe(16);
    expect([...cache.responses.en.keys()]).toEqual(Array.from({ length: 16 }, (_, i) => `/${84 + i}`));
  });

  test('holds so many addresses and no more', () => {
    const cache = new SnapshotCache(snapshot([]));
    const rendered = new Rendered({ type: 'text/plain', body: 'x' });
    for (let i = 0; i < 5_000; i++) {
      cache.warm('de', `/${i}`, new CachedResponse(rendered, {}, cache.snapshot.site));
    }
    expect(cache.responses.de.size).toBe(1_000);
  });
});
