// What one address may do: counted fairly, in bounded memory, and never to the harm of who knows the token.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { isPrivate } from '../../../src/core/model/checks/private-address.ts';
import { LIMITS } from '../../../src/web/http/limits.ts';
import { loggedPath } from '../../../src/web/http/logged-path.ts';
import { boundedStore, clientAddressKey } from '../../../src/web/http/rate-limit.ts';
import { openWorld, subscribed, type World } from '../../walks/world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TOKEN = 'the-webhook-token-of-this-test';

/** The statuses of so many requests, counted. */
async function tally(times: number, ask: (i: number) => Promise<{ status: number }>) {
  const counts: Record<number, number> = {};
  for (let i = 0; i < times; i += 10) {
    const asked = Array.from({ length: Math.min(10, times - i) }, (_, j) => ask(i + j));
    for (const { status } of await Promise.all(asked)) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

describe('addresses', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.8', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::9', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['nonsense', 'other nonsense', true],
    [undefined, '', true],
  ])('%s and %s are counted together: %s', (one, other, together) => {
    expect(clientAddressKey(one) === clientAddressKey(other)).toBe(together);
  });

  test.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['100.64.0.1', true],
    ['0.0.0.0', true],
    ['192.168.1.1', true],
    ['fd00::1', true],
    ['fe80::1%eth0', true],
    ['192.0.2.7', false],
    ['::ffff:192.0.2.7', false],
    ['2001:db8::1', false],
    ['nonsense', false],
    [undefined, false],
  ])('%s is near: %s', (address, near) => {
    expect(isPrivate(address)).toBe(near);
  });
});

describe('the store of counts', () => {
  test('counts over a window that begins with the first, and forgets it after', async () => {
    let now = 1000;
    const store = boundedStore(60, 10, () => now);
    const hits = async (key: string) => (await store.increment(key)).totalHits;
    expect([await hits('a'), await hits('a'), await hits('b')]).toEqual([1, 2, 1]);
    now += 59;
    expect(await hits('a')).toBe(3);
    await store.decrement('a');
    expect(await hits('a')).toBe(3);
    now += 1;
    expect(await hits('a')).toBe(1);
    await store.resetKey('a');
    expect(await hits('a')).toBe(1);
  });

  test('a flood of addresses forgets the oldest, never the newest, and holds no more than it may', async () => {
    const store = boundedStore(60_000, 1000, () => 0);
    const hits = async (key: string) => (await store.increment(key)).totalHits;
    expect(await hits('quiet')).toBe(1);
    for (let i = 0; i < 3000; i++) {
      await hits(`flood ${i}`);
      // Who comes again and again stays counted.
      if (i % 100 === 0) expect(await hits('busy')).toBe(i / 100 + 1);
    }
    expect(await hits('flood 2999')).toBe(2);
    expect(await hits('quiet')).toBe(1);
  });

  test('a million addresses cost no memory', async () => {
    const store = boundedStore(60_000);
    const fill = async () => {
      for (let i = 0; i < 300_000; i++) await store.increment(`${i}:${Math.random()}`);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const full = await fill();
    await fill();
    expect(((await fill()) - full) / 1e6).toBeLessThan(15);
  });
});

describe('without a proxy', () => {
  test('X-Forwarded-For buys nobody another try', async () => {
    const world = await openWorld();
    const counts = await tally(LIMITS.subscribe.most + 5, i =>
      world.get(`/status/subscribe?email=user${i}@example.com`, { 'x-forwarded-for': `192.0.2.${i}` }),
    );
    expect(counts).toEqual({ 200: LIMITS.subscribe.most, 429: 5 });
  });
});

describe('behind a proxy', () => {
  const get = (world: World, i: number, client: string) =>
    world.get(`/status/subscribe?email=user${i}@example.com`, { 'x-forwarded-for': client });

  test('each visitor is counted by itself, by the last address the proxy wrote', async () => {
    const world = await openWorld({ env: { TRUST_PROXY: '1' } });
    const most = LIMITS.subscribe.most;
    // What stands before it is the visitor's own claim.
    expect(await tally(most + 2, i => get(world, i, `10.9.9.${i}, 192.0.2.1`))).toEqual({
      200: most,
      429: 2,
    });
    expect((await get(world, 100, '192.0.2.2')).status).toBe(200);
    const limited = await get(world, 101, '192.0.2.1');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(3000);
  });

  test('an IPv6 visitor is its network', async () => {
    const world = await openWorld({ env: { TRUST_PROXY: '1' } });
    const most = LIMITS.subscribe.most;
    const counts = await tally(most + 2, i => get(world, i, `2001:db8:1:1::${i.toString(16)}`));
    expect(counts).toEqual({ 200: most, 429: 2 });
    expect((await get(world, 99, '2001:db8:1:2::1')).status).toBe(200);
  });
});

describe('guessing', () => {
  const ways: [
    string,
    (world: World) => Promise<{ status: number }>,
    (world: World) => Promise<{ status: number }>,
    number,
  ][] = [
    [
      'a webhook',
      world => world.post(`/webhooks/generic?token=${randomBytes(9).toString('hex')}`, {}),
      world => world.post(`/webhooks/generic?token=${TOKEN}`, { monitor: 'x', status: 'up' }),
      401,
    ],
    [
      'the writing API',
      world => world.post('/api/incidents', {}, { authorization: 'Bearer guessed' }),
      world => world.post('/api/incidents', {}, { authorization: 'Bearer the-api-token-of-this-test' }),
      401,
    ],
    [
      'a heartbeat',
      world => world.get(`/heartbeats/${randomBytes(9).toString('hex')}`),
      world => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`),
      404,
    ],
    [
      'a bounce webhook',
      world => world.post('/webhooks/resend', {}, { 'svix-id': 'x' }),
      world => world.get('/status/live'),
      401,
    ],
    [
      'leaving',
      world => world.post('/status/unsubscribe?token=a.b.c.d'),
      world => world.get('/status/live'),
      400,
    ],
  ];
  test.each(ways)('%s is cut short, and who knows the token is not', async (_name, guess, know, refusal) => {
    const env = {
      API_TOKEN: 'the-api-token-of-this-test',
      RESEND_WEBHOOK_SECRET: 'whsec_c2VjcmV0LW9mLXRoaXM=',
    };
    const world = await openWorld({ env });
    const { most } = LIMITS.guesses;
    expect(await tally(most + 5, () => guess(world))).toEqual({ [refusal]: most, 429: 5 });
    expect([200, 201, 422]).toContain((await know(world)).status);
    // A stranger must not fill the disk with lines about him, nor find the tokens in it.
    const told = world.logged.filter(({ level }) => level !== 'debug');
    expect(told.length).toBeLessThanOrEqual(3);
    expect(JSON.stringify(told)).not.toMatch(/guessed|[0-9a-f]{18}/);
  });

  test('a stranger at the address of git’s webhook does not use up the monitors’', async () => {
    const world = await openWorld();
    expect(await tally(650, () => world.post('/webhooks/git', {}))).toEqual({ 404: 650 });
    const hook = { monitorFriendlyName: 'API', monitorID: 7, alertType: 1 };
    expect((await world.post(`/webhooks/uptime?token=${TOKEN}`, hook)).status).toBe(200);
  });

  test('everybody may leave from one address: right tokens are not counted', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.write(
      '20260310_x.md',
      '---\ntitle: X\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:01Z\n---\nX',
    );
    await world.pass(5, 1);
    const header = String(
      world.mails.at(-1)?.headers.get('list') && JSON.stringify(world.mails.at(-1)?.headers.get('list')),
    );
    const token = /token=([^"&>\\]+)/.exec(header)?.[1] as string;
    const counts = await tally(LIMITS.guesses.most + 10, () =>
      world.post(
        `/status/unsubscribe?token=${token}`,
        new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
      ),
    );
    expect(counts).toEqual({ 200: LIMITS.guesses.most + 10 });
  });

  test('a thousand jobs may beat from one address; one token not without end', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `job${i}`);
    const site = () =>
      `title: T\ncomponents:\n${ids
        .map(
          id =>
            `  - { id: ${id}, name: ${id}, check: { type: heartbeat, period: 5m, token: token-of-${id} } }`,
        )
        .join('\n')}\n`;
    const world = await openWorld({ site });
    expect(await tally(300, i => world.get(`/heartbeats/token-of-job${i}`))).toEqual({ 200: 300 });
    const { most } = LIMITS.heartbeats;
    expect(await tally(most + 2, () => world.get('/heartbeats/token-of-job0'))).toEqual({
      200: most - 1,
      429: 3,
    });
  });
});

test('charts and forms are counted, the page and what is cacheable never', async () => {
  const world = await openWorld();
  const { ranges, forms } = LIMITS;
  const chart = () => world.get('/api/components/api/latency.json');
  expect(await tally(ranges.most + 3, chart)).toEqual({ 200: ranges.most, 429: 3 });
  const form = () => world.get('/status/confirm?token=x');
  expect(await tally(forms.most + 3, form)).toEqual({ 400: forms.most, 429: 3 });
  expect(await tally(700, i => world.get(i % 2 ? '/status/live' : '/api/v2/summary.json'))).toEqual({
    200: 700,
  });
});

describe('what is too long', () => {
  test('an address is 414', async () => {
    const world = await openWorld();
    const fits = await world.get(`/status/live?${'x'.repeat(LIMITS.url - 13)}`);
    const long = await world.get(`/status/live?${'x'.repeat(LIMITS.url - 12)}`);
    expect([fits.status, long.status, long.json.detail]).toEqual([
      200,
      414,
      `The address is longer than ${LIMITS.url} characters.`,
    ]);
  });

  test.each([
    ['/status/subscribe', LIMITS.form_body, {}],
    [`/webhooks/generic?token=${TOKEN}`, LIMITS.webhook_body, {}],
    ['/api/incidents', LIMITS.write_body, { authorization: 'Bearer the-api-token-of-this-test' }],
    ['/webhooks/resend', LIMITS.webhook_body, {}],
  ])('a body to %s is 413', async (path, most, headers) => {
    const env = {
      API_TOKEN: 'the-api-token-of-this-test',
      RESEND_WEBHOOK_SECRET: 'whsec_c2VjcmV0LW9mLXRoaXM=',
    };
    const world = await openWorld({ env });
    const sent = (size: number) => world.post(path, { a: 'x'.repeat(size - 8) }, headers);
    expect((await sent(most)).status).not.toBe(413);
    expect((await sent(most + 1)).status).toBe(413);
  });

  test('a stranger’s push notice is read without being held', async () => {
    const world = await openWorld({
      site: () =>
        'title: T\ncontent: { git: { remote: origin, secret: the-secret-of-the-host } }\ncomponents: [{ id: a, name: A, check: { type: manual } }]\n',
    });
    const port = Number(new URL(world.url).port);
    const size = 20_000_000;
    const push = () =>
      new Promise<number>((resolve, reject) => {
        const headers = { 'x-hub-signature-256': 'sha256=00', 'content-length': size };
        const req = request({ port, method: 'POST', path: '/webhooks/git', headers }, res => {
          res.resume().on('end', () => resolve(res.statusCode as number));
        });
        req.on('error', reject);
        const piece = Buffer.alloc(100_000, 'x');
        let sent = 0;
        const more = (): void => {
          while (sent < size) {
            sent += piece.length;
            if (!req.write(piece)) return void req.once('drain', more);
          }
          req.end();
        };
        more();
      });
    const before = process.memoryUsage();
    let peak = 0;
    const watch = setInterval(() => {
      const { external, arrayBuffers } = process.memoryUsage();
      peak = Math.max(peak, external + arrayBuffers);
    }, 5);
    const statuses = await Promise.all(Array.from({ length: 10 }, push));
    clearInterval(watch);
    expect(statuses).toEqual(Array(10).fill(401));
    // 200 MB were sent; held, they would be counted twice here.
    expect((peak - before.external - before.arrayBuffers) / 1e6).toBeLessThan(150);
  });
});

test.each([
  ['/status/live', '/status/live'],
  ['/heartbeats/the-secret-token', '/heartbeats/…'],
  ['/x/heartbeats/the-secret-token/y', '/x/heartbeats/…'],
  ['/Heartbeats/the-secret-token', '/Heartbeats/…'],
  ['/%68eartbeat%53/the-secret-token', '/heartbeatS/…'],
  ['/a\u001b[31m\nb', '/a[31mb'],
  [`/${'a'.repeat(500)}`, `/${'a'.repeat(78)}…`],
])('of a path, the log tells what it may: %j', (path, told) => {
  expect(loggedPath(path)).toBe(told);
});
