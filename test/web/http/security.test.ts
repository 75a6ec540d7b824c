// What the browser is told to protect visitors by, route by route; and what a forged request gets.

import { request } from 'node:http';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../../walks/world.ts';

const INCIDENT =
  '---\ntitle: Spike\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T11:00:00Z\n---\nWe look.\n';
const BRAND = (_target: string) =>
  'title: Levqor Status\nbrand: { logo: logo.svg, css: own.css }\ncomponents: [{ id: api, name: API, check: { type: manual } }]\n';

const opened = (env: Record<string, string> = {}) =>
  openWorld({
    site: BRAND,
    files: { '20260310_spike.md': INCIDENT },
    brand: {
      'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
      'own.css': 'a{}',
    },
    env,
  });

/** Sends headers that fetch would not let through. */
function raw(world: World, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const req = request(new URL(path, world.url), { method, headers }, res => {
        const chunks: Buffer[] = [];
        res.on('data', chunk => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      req.on('error', reject);
      req.end();
    },
  );
}

describe('headers', () => {
  const PAGES = [
    '/',
    '/status/live',
    '/status/incidents/20260310_spike',
    '/status/history',
    '/status/components/api',
    '/api',
  ];
  const PRIVATE = [
    '/status/subscribe',
    '/status/unsubscribe',
    '/status/confirm?token=x',
    '/status/manage?token=x',
  ];
  const SHARED = [
    ...['/api/v2/summary.json', '/api/uptime.json', '/api/openapi.json', '/api/components/api/latency.json'],
    ...[
      '/status/feed.atom',
      '/status/feed.rss',
      '/status/feed.json',
      '/history.atom',
      '/status/maintenance.ics',
    ],
    ...['/status/badge.svg', '/status/badge/api.svg', '/status/widget.js', '/status/widget.json'],
  ];
  const EMBEDDED = [
    '/status/widget',
    '/status/og.png',
    '/status/brand/logo.svg',
    '/status/assets/status.css',
  ];
  const OTHERS = [
    '/healthz',
    '/readyz',
    '/metrics',
    '/robots.txt',
    '/nowhere',
    '/api/v2/nowhere.json',
    '/status',
  ];

  test('on every route: no sniffing, no features, no cookie, no program’s name, nothing inline', async () => {
    const world = await opened();
    for (const path of [...PAGES, ...PRIVATE, ...SHARED, ...EMBEDDED, ...OTHERS]) {
      const { status, headers } = await world.get(path, { accept: 'text/html' });
      expect([path, status < 500], path).toEqual([path, true]);
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect([path, headers.get('permissions-policy')]).toEqual([path, expect.stringContaining('camera=()')]);
      expect([path, headers.get('set-cookie'), headers.get('x-powered-by'), headers.get('server')]).toEqual([
        ...[path, null, null, null],
      ]);
      const policy = headers.get('content-security-policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")]);
      // An operator's SVG may style itself, in a sandbox.
      if (!path.includes('brand'))
        expect([path, policy]).not.toEqual([path, expect.stringContaining('unsafe')]);
      else expect(policy).toContain('sandbox');
      expect([path, /script-src [^;]*(unsafe|\*|data:)/.test(policy)]).toEqual([path, false]);
    }
  });

  test('pages stand for themselves: no frame, no other origin', async () => {
    const world = await opened();
    for (const path of [...PAGES, ...PRIVATE, '/nowhere']) {
      const { headers } = await world.get(path, { accept: 'text/html', origin: 'https://evil.example' });
      expect([path, headers.get('content-security-policy')?.includes("frame-ancestors 'none'")]).toEqual([
        path,
        true,
      ]);
      expect([path, headers.get('x-frame-options')]).toEqual([path, 'SAMEORIGIN']);
      expect([path, headers.get('cross-origin-resource-policy')]).toEqual([path, 'same-origin']);
      expect([path, headers.get('access-control-allow-origin')]).toEqual([path, null]);
    }
  });

  test('what belongs to one visitor is not kept, not indexed, and its address is told to nobody', async () => {
    const world = await opened();
    for (const path of PRIVATE) {
      const { headers } = await world.get(path, { accept: 'text/html' });
      expect([
        path,
        headers.get('cache-control'),
        headers.get('referrer-policy'),
        headers.get('x-robots-tag'),
      ]).toEqual([...[path, 'no-store', 'no-referrer', 'noindex']]);
    }
  });

  test('data, feeds, badges and the widget’s are open to every site; pictures and styles may be embedded', async () => {
    const world = await opened();
    for (const path of SHARED) {
      const { status, headers } = await world.get(path);
      const told = [headers.get('access-control-allow-origin'), headers.get('cross-origin-resource-policy')];
      expect([path, status, ...told]).toEqual([path, 200, '*', 'cross-origin']);
    }
    for (const path of EMBEDDED) {
      const { status, headers } = await world.get(path);
      expect([path, status, headers.get('cross-origin-resource-policy')]).toEqual([
        path,
        200,
        'cross-origin',
      ]);
    }
  });

  test('only the widget may be framed', async () => {
    const world = await opened();
    const { headers } = await world.get('/status/widget');
    expect(headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(headers.get('x-frame-options')).toBeNull();
  });

  test('https is asked for where the site has it, and only there', async () => {
    const plain = await (await opened()).get('/status/live');
    const world = await opened({ PUBLIC_URL: 'https://status.levqor.ai' });
    for (const path of ['/status/live', '/status/live', '/status/subscribe']) {
      const strict = await world.get(path);
      expect(strict.headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
      expect(strict.headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
      expect(strict.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
    expect(plain.headers.get('strict-transport-security')).toBeNull();
    expect(plain.headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
  });
});

describe('forged requests', () => {
  const FORMS = ['/status/subscribe', '/status/confirm', '/status/manage', '/status/unsubscribe'];
  const field = () => new URLSearchParams({ email: 'user@example.com' });

  test.each<[string, Record<string, string>, boolean]>([
    ['a form of ours', { 'sec-fetch-site': 'same-origin' }, true],
    ['typed by the visitor', { 'sec-fetch-site': 'none' }, true],
    ['curl', {}, true],
    ['another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['a sister site', { 'sec-fetch-site': 'same-site' }, false],
    ['another site that names our origin', { 'sec-fetch-site': 'cross-site', origin: 'OWN' }, false],
    ['an old browser here', { origin: 'OWN' }, true],
    ['an old browser elsewhere', { origin: 'https://evil.example' }, false],
    ['a sandbox', { origin: 'null' }, false],
    ['a prefix of our origin', { origin: 'OWN.evil.example' }, false],
    ['the public address', { origin: 'https://status.levqor.ai' }, true],
    ['the public address without https', { origin: 'http://status.levqor.ai' }, false],
  ])('a POST from %s', async (_name, headers, passes) => {
    const world = await opened({ PUBLIC_URL: 'https://status.levqor.ai' });
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', world.url)]),
    );
    for (const path of FORMS) {
      const { status } = await world.post(path, field(), own);
      expect([path, status === 403]).toEqual([path, !passes]);
    }
  });

  test('a picture on another site, or a look at the head alone, asks for no email; a link that is followed does', async () => {
    const world = await openWorld();
    const path = '/status/subscribe?email=ann@example.com';
    // Node's fetch writes its own Fetch Metadata.
    const foreign = (mode: string) =>
      supertest(world.url).get(path).set({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode });
    expect((await foreign('no-cors')).status).toBe(403);
    expect((await supertest(world.url).head(path)).status).toBe(200);
    await world.pass(1);
    expect(world.mails).toEqual([]);
    expect((await foreign('navigate')).status).toBe(200);
    await world.pass(1);
    expect(world.mails).toHaveLength(1);
  });

  test('mail programs, monitors and jobs may come from anywhere', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://mail.example' };
    expect(
      (
        await world.post(
          '/webhooks/generic?token=the-webhook-token-of-this-test',
          { monitor: 'x', status: 'up' },
          evil,
        )
      ).status,
    ).toBe(200);
    expect(
      (await world.post(`/heartbeats/${world.system.heartbeatToken('jobs')}`, undefined, evil)).status,
    ).toBe(200);
    expect((await world.post('/status/unsubscribe?token=x', undefined, evil)).status).toBe(400);
  });

  test('Host and X-Forwarded-Host never reach a link, a redirect or a cached page', async () => {
    const world = await opened({ TRUST_PROXY: '1' });
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const paths = [
      '/',
      '/status/live',
      '/status',
      '/uptime',
      '/status/incidents/20260310_spike',
      '/status/subscribe',
    ];
    for (const path of [
      ...paths,
      '/api/v2/summary.json',
      '/status/feed.atom',
      '/robots.txt',
      '/nowhere',
      '/status/widget.json',
    ]) {
      const answer = await raw(world, path, headers);
      expect([path, JSON.stringify(answer.headers) + answer.text]).not.toEqual([
        path,
        expect.stringContaining('evil'),
      ]);
      expect([path, (await world.get(path)).text.includes('evil')]).toEqual([path, false]);
    }
    await raw(world, '/status/subscribe?email=user@example.com', headers);
    await world.pass(1);
    expect(world.mails).toHaveLength(1);
    expect(JSON.stringify(world.mails)).not.toContain('evil');
  });

  test.each([
    '//evil.example',
    '//evil.example/status',
    '/\\evil.example',
    '/status//evil.example',
    '/%2f%2fevil.example',
    '/status/?next=//evil.example',
  ])('%s leads nowhere else', async path => {
    const world = await opened();
    const answer = await new Promise<{ status: number; location: string }>((resolve, reject) => {
      const port = Number(new URL(world.url).port);
      request({ port, path }, res => {
        res.resume();
        resolve({ status: res.statusCode ?? 0, location: String(res.headers.location ?? '') });
      })
        .on('error', reject)
        .end();
    });
    expect(answer.location).toMatch(/^(\/status\/live)?$/);
  });

  test.each([
    '/status/assets/..%2f..%2fpackage.json',
    '/status/assets/%2e%2e%2f%2e%2e%2fsrc%2fmain.ts',
    '/status/assets/....//package.json',
    '/status/brand/..%2f..%2fdata%2fsecret',
    '/status/brand/%2e%2e/status.yaml',
    '/status/brand/own.css%00.svg',
    '/status/brand/incidents/20260310_spike.md',
    '/status/incidents/..%2f..%2fstatus',
    '/status/og/..%2fx.png',
  ])('%s is not there', async path => {
    const world = await opened();
    const answer = await raw(world, path, {});
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/status-live"|readEnvironment|severity:|ENOENT|\/tmp\//);
  });

  test('an error tells nothing of the inside', async () => {
    const world = await opened({ API_TOKEN: 'the-api-token-of-this-test' });
    const api = { authorization: 'Bearer the-api-token-of-this-test' };
    const answers = await Promise.all([
      world.get('/status/incidents/%E0%A4%A'),
      world.post('/status/subscribe', '{"email": ', { 'content-type': 'application/json' }),
      world.post('/api/incidents', '{"title": ', api),
      world.post('/webhooks/generic?token=the-webhook-token-of-this-test', '{"a', {
        'content-type': 'application/json',
      }),
      world.post('/api/incidents/..%2f..%2fetc%2fpasswd/updates', { message: 'x' }, api),
    ]);
    for (const { status, text } of answers) {
      expect([400, 404, 422]).toContain(status);
      expect(text).not.toMatch(/node_modules|at \w+ \(|SyntaxError|position \d|\/tmp\/|\/src\//);
    }
  });
});

test('no address stands in the log, though mail servers repeat whom they refuse', async () => {
  const world = await openWorld();
  await subscribed(world, 'somebody@example.com');
  world.smtp.refuse = address => ({
    code: 550,
    text: `5.1.1 <${address}>: ${address} unknown (rcpt=${address})`,
  });
  await world.write('20260310_x.md', INCIDENT.replace('11:00:00', '12:00:01'));
  await world.pass(5, 1);
  const told = world.logged.filter(({ message }) => message === 'email not sent');
  expect(told).toMatchObject([{ fields: { error: expect.stringContaining('unknown') } }]);
  expect(JSON.stringify(world.logged)).not.toContain('somebody');
});

describe('names that are not data', () => {
  const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

  test('in bodies and queries change nothing', async () => {
    const world = await opened({ API_TOKEN: 'the-api-token-of-this-test' });
    const hostile =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"monitor":"x","status":"up"}';
    const type = { 'content-type': 'application/json' };
    await world.post('/webhooks/generic?token=the-webhook-token-of-this-test', hostile, type);
    await world.post(
      '/webhooks/uptime?token=the-webhook-token-of-this-test&__proto__[polluted]=1',
      hostile,
      type,
    );
    await world.post(
      '/status/subscribe?__proto__[polluted]=1',
      new URLSearchParams('__proto__[polluted]=1&constructor[prototype][polluted]=1&email=a@example.com'),
    );
    await world.post('/status/subscribe', hostile, type);
    await world.post('/api/incidents', hostile, {
      ...type,
      authorization: 'Bearer the-api-token-of-this-test',
    });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    for (const key of KEYS) {
      for (const path of [
        `/status/components/${key}`,
        `/api/components/${key}/latency.json`,
        `/api/v2/${key}`,
        `/api/metrics/${key}.json`,
        `/status/badge/${key}.svg`,
        `/status/feed/${key}.atom`,
        `/status/assets/${key}`,
        `/status/brand/${key}`,
      ]) {
        expect([path, (await world.get(path)).status]).toEqual([path, 404]);
      }
      const hook = await world.post(`/webhooks/${key}?token=the-webhook-token-of-this-test`, {});
      expect([key, hook.status]).toEqual([key, 404]);
    }
  });

  test('in the operator’s files neither: they are unknown keys', async () => {
    const front =
      '---\ntitle: Proto\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\n__proto__: { polluted: 1, components: [api] }\nconstructor: { prototype: { polluted: 1 } }\n---\nX\n';
    const world = await openWorld({ files: { '20260310_proto.md': front } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((await world.get('/status/live')).text).toContain('Proto');
    const { problems } = (await world.get('/readyz')).json;
    expect(JSON.stringify(problems)).toContain('__proto__');
  });
});
