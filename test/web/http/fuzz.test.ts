// Anything at every address: never a 5xx, never a hang, never markup given back, always the documented shape.

import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routesIn } from '../../guards/sources.ts';
import { openWorld, SITE } from '../../walks/world.ts';

/** Markup that must never come back as such, in whatever it was hidden. */
const MARK = '<zz"\'>';
const TOKEN = 'the-webhook-token-of-this-test';
const API = 'the-api-token-of-this-test';
/** Longer than anything takes on a machine ten times too busy; ms. */
const PATIENCE = 15_000;

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly nosniff: boolean;
  readonly text: string;
}

const word = fc.oneof(
  fc.constantFrom('api', 'live', 'subscribe', '..', '.', '%2e%2e', '%00', '%', '%ff', '%e0%a4%a', '', MARK),
  fc.constantFrom(
    '20260310_open',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '2026-03',
    '9999-12',
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.constantFrom(
    'a'.repeat(300),
    'ü'.repeat(50),
    `${MARK}.svg`,
    'api.svg',
    'x.atom',
    'feed.atom',
    'summary.json',
  ),
);
const ROUTES = [
  '/',
  '/api',
  '/api/incidents',
  '/api/incidents/:id',
  '/api/incidents/:id/claim.json',
  '/api/incidents/:id/updates',
  '/api/components/:id/latency.json',
  '/api/metrics/:id',
  '/api/metrics/:id.json',
  '/api/openapi.json',
  '/api/uptime.json',
  '/api/v2/:id',
  '/api/v2/:id/:id',
  '/api/v2/summary.json',
  '/healthz',
  '/heartbeats/:id',
  '/history',
  '/history.:id',
  '/history.atom',
  '/history.rss',
  '/incidents/:id',
  '/incidents/:id.json',
  '/metrics',
  '/readyz',
  '/robots.txt',
  '/status',
  '/status/assets/:id',
  '/status/badge.svg',
  '/status/badge/:id',
  '/status/badge/:id.svg',
  '/status/brand/:id',
  '/status/brand/:id/:id',
  '/status/components/:id',
  '/status/confirm',
  '/status/events',
  ...['atom', 'rss', 'json', ':id'].flatMap(end => [`/status/feed.${end}`, `/status/feed/:id.${end}`]),
  '/status/feed/:id',
  '/status/history',
  '/status/history/:id',
  '/status/incidents/:id',
  '/status/live',
  '/status/maintenance.ics',
  '/status/maintenance/:id',
  '/status/maintenance/:id.ics',
  '/status/metrics/:id',
  '/status/og.png',
  '/status/og/:id',
  '/status/og/:id.png',
  '/status/manage',
  '/status/subscribe',
  '/status/unsubscribe',
  '/status/uptime',
  '/status/widget',
  '/status/widget.js',
  '/status/widget.json',
  '/uptime',
  '/webhooks/:id',
  ...['uptime', 'alertmanager', 'grafana', 'pingdom', 'betterstack', 'uptime-kuma'].map(
    name => `/webhooks/${name}`,
  ),
  ...['healthchecks', 'generic', 'sns', 'mine', '__proto__', 'git', 'resend'].map(
    name => `/webhooks/${name}`,
  ),
  '/:id',
  '/:id/:id/:id',
];
/** Behind a token and a body: asked more often, or hardly ever reached. */
const DEEP = [
  ...['/api/incidents', '/api/incidents/20260310_open', '/api/incidents/20260310_open/updates'],
  ...['/api/metrics/orders', '/api/metrics/orders.json', '/status/metrics/orders'],
  ...['/api/components/api/latency.json', '/status/components/api', '/status/badge/api.svg'],
];
const DEEPER = ['/webhooks/uptime', '/webhooks/generic', '/webhooks/alertmanager', '/webhooks/mine'];
const path = fc
  .tuple(
    fc.oneof(fc.constantFrom(...ROUTES), fc.constantFrom(...DEEP, ...DEEPER)),
    fc.array(word, { minLength: 3, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([route, words, encoded]) =>
    route.replace(/:id/g, () => {
      const next = words.shift() ?? '';
      return encoded ? encodeURIComponent(Buffer.from(next).toString()) : next;
    }),
  );
const name = fc.constantFrom(
  'token',
  'email',
  'lang',
  'v',
  'show',
  'components',
  'range',
  'status',
  'msg',
  'month',
  'a[b]',
  '__proto__',
);
const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(TOKEN, MARK, 'de', '1e999', '\u0000', 'a@b.com'),
);
const query = fc.oneof(
  fc.constant(''),
  fc.array(fc.tuple(name, text), { maxLength: 4 }).map(pairs => `?${new URLSearchParams(pairs)}`),
  fc.constantFrom(
    '?',
    '?%',
    '?&&&',
    '?a=%ff',
    `?${'a&'.repeat(2000)}`,
    `?range=${'9'.repeat(5000)}`,
    '?range=24h&range=7d',
    '?range[]=24h&range[x]=7d',
    '?show=response&show=uptime',
    '?lang[toString]=x',
    `?email=a@b.com${'&components=api'.repeat(1500)}`,
    `?${Array.from({ length: 1200 }, (_, n) => `k${n}=${MARK}`)
      .map(encodeURI)
      .join('&')}`,
    `?token=${TOKEN}`,
    `?email=${encodeURIComponent(MARK)}`,
  ),
);
const method = fc.oneof(
  { arbitrary: fc.constantFrom('GET', 'POST'), weight: 6 },
  {
    arbitrary: fc.constantFrom('HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'),
    weight: 2,
  },
);
const value = fc.oneof(
  fc.string({ maxLength: 30, unit: 'grapheme-ascii' }),
  fc.constantFrom('*', '*/*', MARK, 'text/html', 'a'.repeat(4000)),
);
const headers = fc
  .tuple(
    fc.record(
      {
        accept: fc.constantFrom(
          'text/html',
          'application/json',
          '*/*',
          '',
          'x',
          'text/html;q=x',
          `${'a/b,'.repeat(200)}`,
        ),
        'accept-encoding': fc.constantFrom('gzip', 'br;q=0', '*;q=1e9', 'identity;q=0', ',,;', ';q='),
        'accept-language': fc.constantFrom('de', 'en;q=', '*', `${'x-'.repeat(300)}`, MARK),
        'content-type': fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'text/plain',
          'text/plain; charset=klingon',
          'application/json; charset=utf-7',
          'application/json; charset="utf-8", text/html',
          'application/problem+json',
          'application/vnd.api+json;ext=x',
          'multipart/form-data',
          'multipart/mixed; boundary=""',
          'text/html',
          'application/xml',
          ';',
          'application/json;'.repeat(50),
          MARK,
          '',
        ),
        'content-encoding': fc.constantFrom(
          undefined,
          undefined,
          undefined,
          'gzip',
          'br',
          'deflate',
          'zstd',
          'gzip, gzip',
          MARK,
        ),
        authorization: fc.constantFrom(
          undefined,
          undefined,
          `Bearer ${API}`,
          `Bearer ${TOKEN}`,
          'Bearer',
          'Basic',
          'Basic %%%',
          'Digest x',
          MARK,
        ),
        'if-none-match': fc.constantFrom('*', '"x"', 'W/"', ','),
        'if-modified-since': fc.constantFrom('yesterday', '0'),
        range: fc.constantFrom('bytes=0-1', 'bytes=-', 'lines=1'),
        origin: fc.constantFrom('https://evil.example', 'null', MARK),
        'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin', MARK),
        'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x, y', MARK),
        'x-forwarded-proto': fc.constantFrom('https', MARK),
        'x-http-method-override': fc.constantFrom('DELETE'),
        'idempotency-key': value,
        expect: fc.constantFrom('100-continue', 'miracles'),
        cookie: value,
      },
      { requiredKeys: [] },
    ),
    fc.boolean(),
  )
  .map(
    ([all, known]) =>
      [Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), known] as const,
  )
  .map(([all, known]) =>
    known ? { ...all, authorization: `Bearer ${API}`, 'x-webhook-token': TOKEN } : all,
  );
/** The same header more than once, the second time with something else. */
const twice = fc.constantFrom(
  undefined,
  undefined,
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-encoding',
  'authorization',
  'x-webhook-token',
  'idempotency-key',
  'if-none-match',
  'origin',
  'cookie',
  'x-forwarded-for',
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record(
    {
      title: text,
      severity: fc.constantFrom('minor', 'critical', MARK),
      status: fc.constantFrom('down', 'up', 'resolved', 'investigating', MARK),
      message: text,
      components: fc.array(word, { maxLength: 3 }),
      started: fc.constantFrom('2026-03-10T10:00:00Z', '0000-00-00', MARK),
      monitor_name: text,
      alert_type: fc.constantFrom('down', 'up', MARK),
      alerts: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
      Type: fc.constantFrom('Notification', 'SubscriptionConfirmation', MARK),
      SigningCertURL: fc.constantFrom('http://169.254.169.254/x', MARK),
    },
    { requiredKeys: [] },
  ),
);
const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  json.map(each => Buffer.from(JSON.stringify(each))),
  json.map(each => gzipSync(JSON.stringify(each))),
  fc.array(fc.tuple(name, text), { maxLength: 5 }).map(pairs => Buffer.from(`${new URLSearchParams(pairs)}`)),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.alloc(200_000, 'a'),
    Buffer.from('['.repeat(20_000)),
    Buffer.from(`{"a":"${MARK}`),
    gzipSync(Buffer.alloc(5_000_000)),
  ),
);

/** Sends it; null for what no client can put on the wire (an address with a space or a control character). */
function ask(
  port: number,
  method: string,
  path: string,
  headers: object,
  body: Buffer,
): Promise<Reply | null> {
  return new Promise((resolve, reject) => {
    const isSendable =
      /^[\x21-\x7e\x80-\xff]+$/.test(path) &&
      Object.values(headers)
        .flat()
        .every(each => /^[\x20-\x7e]*$/.test(each));
    if (!isSendable) return resolve(null);
    const sends = !['GET', 'HEAD'].includes(method);
    const own = sends ? { 'content-length': body.length } : {};
    // A refused upload may be cut while it is still being sent: the answer came, or the error is real.
    const isCuttable = sends && body.length > 0;
    const timer = setTimeout(() => reject(new Error('no answer')), PATIENCE);
    const req = request({ port, method, path, headers: { ...headers, ...own }, agent: false }, res => {
      const type = res.headers['content-type'] ?? '';
      const done = (text: string) => {
        clearTimeout(timer);
        const nosniff = res.headers['x-content-type-options'] === 'nosniff';
        resolve({ status: res.statusCode ?? 0, type, nosniff, text });
      };
      if (type.startsWith('text/event-stream')) {
        done('');
        return req.destroy();
      }
      const chunks: Buffer[] = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('end', () => done(Buffer.concat(chunks).toString()));
      res.on('error', error => {
        clearTimeout(timer);
        if (isCuttable) resolve(null);
        else reject(new Error(`answered ${res.statusCode}, then broke off`, { cause: error }));
      });
    });
    req.on('error', error => {
      clearTimeout(timer);
      const { code } = error as NodeJS.ErrnoException;
      if (isCuttable && (code === 'ECONNRESET' || code === 'EPIPE')) resolve(null);
      else reject(error);
    });
    req.end(sends ? body : undefined);
  });
}

function judge({ status, type, nosniff, text }: Reply, method: string): void {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  expect(nosniff).toBe(true);
  expect(text).not.toContain('<zz');
  if (status < 400 || method === 'HEAD') return;
  if (type.startsWith('text/html')) {
    expect(text).toMatch(/^<!DOCTYPE html>[\s\S]*<h1>/);
    return;
  }
  expect(type).toMatch(/^application\/(problem\+)?json/);
  const told = JSON.parse(text) as Record<string, unknown>;
  if (type.includes('problem')) {
    expect(told).toMatchObject({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/\w/),
    });
  } else expect(told).toMatchObject({ ok: false });
}

test('every address of the server is among those that are asked', () => {
  const found = routesIn().map(route => route.replace(/[:*]\w+/g, ':id'));
  expect(found.length).toBeGreaterThan(40);
  expect(
    [...new Set(found)].filter(
      route => !ROUTES.includes(route) && !ROUTES.includes(route.replace(/\/$/, '')),
    ),
  ).toEqual([]);
});

const MAPPED = (target: string) => `${SITE(target)}
metrics: [{ id: orders, name: Orders }]
webhooks:
  mine: { monitor: "$.title", status: "$..status" }
`;

const NOTHING = Buffer.alloc(0);
const TOLD = { 'x-webhook-token': TOKEN };

/** Asked before anything else: every way in and out is taken, whatever chance makes of the rest. */
const CERTAIN: readonly [
  number,
  'GET' | 'POST' | 'PUT',
  string,
  string,
  Record<string, string>,
  undefined,
  Buffer<ArrayBuffer>,
][] = [
  [200, 'GET', '/status/live', '', {}, undefined, NOTHING],
  [
    400,
    'POST',
    '/webhooks/uptime',
    '',
    { ...TOLD, 'content-type': 'application/json' },
    undefined,
    Buffer.from('{'),
  ],
  [401, 'POST', '/webhooks/uptime', '', {}, undefined, NOTHING],
  [404, 'GET', '/nothing', '', {}, undefined, NOTHING],
  [405, 'PUT', '/api/v2/status.json', '', {}, undefined, NOTHING],
  [413, 'POST', '/webhooks/uptime', '', TOLD, undefined, Buffer.alloc(200_000, 'a')],
  [
    415,
    'POST',
    '/webhooks/uptime',
    '',
    { ...TOLD, 'content-type': 'text/html' },
    undefined,
    Buffer.from('a'),
  ],
  [
    422,
    'POST',
    '/api/incidents',
    '',
    { authorization: `Bearer ${API}`, 'content-type': 'application/json' },
    undefined,
    Buffer.from('{}'),
  ],
];

/** What was asked and answered, for whoever reads a failure. */
function inWords(verb: string, address: string, head: object, body: Buffer, reply: Reply | null): string {
  const sent = `${verb} ${address.slice(0, 300)}\n${JSON.stringify(head).slice(0, 1000)}\n${body.length} bytes: ${body.toString('latin1', 0, 200)}`;
  return `${sent}\n→ ${reply ? `${reply.status} ${reply.type}\n${reply.text.slice(0, 500)}` : 'no answer'}`;
}

test('whatever is asked, however', async () => {
  const world = await openWorld({ site: MAPPED, env: { API_TOKEN: API, TRUST_PROXY: '1' } });
  const port = Number(new URL(world.url).port);
  const answered: number[] = [];
  let now = 0;
  await fc.assert(
    fc.asyncProperty(
      method,
      path,
      query,
      headers,
      twice,
      body,
      async (verb, address, search, once, name, content) => {
        if (++now % 50 === 0) await world.pass(1);
        // Each from another address: the limits are other tests', here every address is to be reached.
        const from = { 'x-forwarded-for': `10.${now >> 16}.${(now >> 8) & 255}.${now & 255}` };
        const head: Record<string, string | string[]> = { ...from, ...once };
        const there = name && head[name];
        if (name) head[name] = [typeof there === 'string' ? there : MARK, '*, x'];
        let reply: Reply | null = null;
        try {
          reply = await ask(port, verb, address + search, head, content);
          if (reply) judge(reply, verb);
        } catch (error) {
          const { message } = error as Error;
          throw new Error(`${message}\n${inWords(verb, address + search, head, content, reply)}`, {
            cause: error,
          });
        }
        if (reply) answered.push(reply.status);
      },
    ),
    {
      numRuns: 1500,
      interruptAfterTimeLimit: 25_000,
      markInterruptAsFailure: false,
      examples: CERTAIN.map(([, ...asked]) => asked),
    },
  );
  // It got in as well as being refused, or it has tested nothing; on a busy machine it asks less.
  expect(answered.slice(0, CERTAIN.length)).toEqual(CERTAIN.map(([status]) => status));
  expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await world.get('/status/live')).status).toBe(200);
}, 60_000);

test.each([
  ['no HTTP at all', 'HELLO\r\n\r\n', 400],
  ['a control character in the address', 'GET /a\u0001b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['headers of 100 kB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nConnection: close\r\n\r\n', 400],
  ['an address of 100 kB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  [
    'chunks of no length',
    `POST /webhooks/uptime?token=${TOKEN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
  ],
  [
    'an unknown transfer encoding',
    'POST /webhooks/uptime HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nx',
    400,
  ],
  ['HTTP/9', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['an absolute address', 'GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
  ['a star', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
  ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  [
    'an upgrade',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    200,
  ],
  [
    'an expectation',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    200,
  ],
])('on the wire: %s', async (_name, bytes, status) => {
  const world = await openWorld();
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () => socket.end(bytes));
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE, () => reject(new Error('no answer')));
    socket.on('data', chunk => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  if (status < 400) return;
  expect(head).toMatch(/content-type: application\/problem\+json/i);
  expect(JSON.parse(body)).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.stringMatching(/\w/),
  });
});
