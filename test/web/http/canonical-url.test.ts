// Spellings: an address has one; others are nothing, lead to it, or are answered with what was made for it.
import { request } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { SnapshotCache } from '../../../src/web/cache/snapshot-cache.ts';
import { canonicalPath } from '../../../src/web/http/canonical-url.ts';
import { openWorld } from '../../walks/world.ts';

const INCIDENT = `---
title: Überlast
status: investigating
severity: minor
started: 2026-03-10T11:00:00Z
---
Investigating.
`;
const FILES = { '20260310_überlast.md': INCIDENT };

/** The address as it stands, nothing tidied up on the way; redirects are told, not followed. */
function ask(url: string, path: string, method = 'GET'): Promise<{ status: number; location?: string }> {
  return new Promise((resolve, reject) => {
    request(url, { method, path, agent: false }, res => {
      const { statusCode: status = 0, headers } = res;
      res
        .resume()
        .on('end', () => resolve(headers.location ? { status, location: headers.location } : { status }));
    })
      .on('error', reject)
      .end();
  });
}

/** The keys under which something is made or found, and the addresses remembered, from now on. */
function watched(): { keys(): Set<string>; addresses(): Set<string> } {
  const render = vi.spyOn(SnapshotCache.prototype, 'render');
  const warm = vi.spyOn(SnapshotCache.prototype, 'warm');
  return {
    keys: () => new Set(render.mock.calls.map(([key]) => key)),
    addresses: () => new Set(warm.mock.calls.map(([, address]) => address)),
  };
}

test('capitals and a slash behind it make another address, which is nothing', async () => {
  const world = await openWorld({ files: FILES });
  for (const path of [
    '/status/LIVE',
    '/Status/live',
    '/STATUS/subscribe',
    '/status/OG.png',
    '/API/v2/summary.json',
    '/api/v2/Summary.json',
    '/api/v2/summary.json/',
    '/api/v2/incidents%2Funresolved.json',
    '/status/feed.atom/',
    '/status/Widget',
    '/status/badge.SVG',
    '/Metrics',
    '/metrics/',
    '/%6Detrics',
    '/Healthz',
    '/readyz/',
    '/%73tatus/live',
    '//status/live',
    '/status//live',
  ]) {
    expect([path, await ask(world.url, path)]).toEqual([path, { status: 404 }]);
  }
  for (const path of ['/Status/subscribe', '/status/subscribe/', '/Webhooks/generic', '/Heartbeats/x']) {
    expect([path, await ask(world.url, path, 'POST')]).toEqual([path, { status: 404 }]);
  }
});

describe('one answer', () => {
  test.each([
    [
      '/api/v2/summary.json',
      [
        '/api/v2/%73ummary.json',
        '/api/v2/%73%75mmary.json',
        '/api/v2/summary%2ejson',
        '/api/v2/summary%2Ejson',
      ],
    ],
    [
      '/status/incidents/20260310_%C3%BCberlast',
      ['/status/incidents/20260310_%c3%bcberlast', '/status/incidents/%32026%30310%5f%c3%BCberlast'],
    ],
    [
      '/status/badge/api.svg',
      ['/status/badge/%61pi.svg', '/status/badge/a%70i.svg', '/status/badge/%61%70%69.svg'],
    ],
    ['/status/feed/api.atom', ['/status/feed/%61pi.atom', '/status/feed/ap%69.atom']],
    ['/status/history/2026-03', ['/status/history/2026%2D03', '/status/history/2026%2d0%33']],
    [
      '/api/incidents/20260310_%C3%BCberlast/claim.json',
      ['/api/incidents/2%30260310_%c3%bcberlast/claim.json'],
    ],
  ])('for %s, however its emails are written', async (path, others) => {
    const world = await openWorld({ files: FILES });
    const { keys, addresses } = watched();
    // A lower ü first: what the first visitor writes is not what is remembered.
    for (const address of [...others, path]) {
      expect([address, await ask(world.url, address)]).toEqual([address, { status: 200 }]);
    }
    expect([keys().size, [...addresses()]]).toEqual([1, [path]]);
  });

  test('for a file with its hash; what a visitor hangs on it is not remembered', async () => {
    const world = await openWorld();
    const { text } = await world.get('/status/live');
    const css = /\/status\/assets\/status\.css\?v=[\w-]+/.exec(text)?.[0] as string;
    const { addresses } = watched();
    for (const path of [`${css}&a=1`, `${css}&a=2`, css, '/status/live?a=1']) {
      expect((await ask(world.url, path)).status).toBe(200);
    }
    expect([...addresses()]).toEqual([css]);
  });
});

describe('a slash behind a page', () => {
  test.each([
    ['/status/live/', '/status/live'],
    ['/status/live/?lang=de', '/status/live?lang=de'],
    ['/status/history/', '/status/history'],
    ['/status/history/2026-03/', '/status/history/2026-03'],
    ['/status/subscribe/', '/status/subscribe'],
    ['/status/components/api/', '/status/components/api'],
    ['/status/incidents/20260310_%C3%BCberlast/', '/status/incidents/20260310_%C3%BCberlast'],
    ['/incidents/20260310_%C3%BCberlast/', '/incidents/20260310_%C3%BCberlast'],
    ['/history/', '/history'],
    ['/uptime/', '/uptime'],
    ['/api/', '/api'],
  ])('%s leads to %s', async (path, location) => {
    const world = await openWorld({ files: FILES });
    for (const method of ['GET', 'HEAD']) {
      expect(await ask(world.url, path, method)).toEqual({ status: 308, location });
    }
    expect([200, 302]).toContain((await ask(world.url, location)).status);
  });

  test('stays beneath the path of PUBLIC_URL, with and without a proxy that strips it', async () => {
    const world = await openWorld({ env: { PUBLIC_URL: 'https://acme.example/health-page' } });
    const location = '/health-page/status/live';
    for (const path of ['/health-page/status/live/', '/status/live/']) {
      expect(await ask(world.url, path)).toEqual({ status: 308, location });
    }
    for (const path of [location, '/status/live', '/health-page/', '/health-page']) {
      expect([path, (await ask(world.url, path)).status]).toEqual([path, 200]);
    }
    for (const path of ['/Health-Page/status/live', '/health-page/metrics/']) {
      expect([path, (await ask(world.url, path)).status]).toEqual([path, 404]);
    }
  });

  test.each(['/status', '/api', '/status/live'])(
    'also where that path is %s, one of our own',
    async prefix => {
      const world = await openWorld({ env: { PUBLIC_URL: `https://acme.example${prefix}` } });
      const addresses = [
        '/status/live',
        '/status/subscribe',
        '/status/feed.atom',
        '/api/v2/status.json',
        '/api',
      ];
      for (const path of ['/', '/status/history', '/history.atom', '/robots.txt', '/healthz', ...addresses]) {
        for (const address of [path, `${prefix}${path}`]) {
          expect([address, (await ask(world.url, address)).status]).toEqual([address, 200]);
        }
      }
      expect((await ask(world.url, `${prefix}/nowhere`)).status).toBe(404);
    },
  );

  test.each([
    '//evil.example/',
    '//evil.example/status/live/',
    '/\\evil.example/',
    '/%2Fevil.example/',
    '/status//evil.example/',
    '/status/live//',
    '/status/live/%2F/',
  ])('leads nowhere else: %s', async path => {
    const world = await openWorld();
    expect(await ask(world.url, path)).toEqual({ status: 404 });
  });

  test('leads to this site, whichever site the request line names', async () => {
    const world = await openWorld();
    const told = await ask(world.url, 'http://evil.example/status/live/?lang=de');
    expect(told).toEqual({ status: 308, location: '/status/live?lang=de' });
  });
});

test('machines that report may put a slash behind their address', async () => {
  const world = await openWorld();
  const token = 'the-webhook-token-of-this-test';
  const hook = { monitor: 'x', status: 'up' };
  expect((await world.post(`/webhooks/generic/?token=${token}`, hook)).status).toBe(200);
  expect((await world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}/`)).status).toBe(200);
  expect((await world.post('/webhooks/generic/', hook)).status).toBe(401);
});

test('under load, no other spelling gets what is put off', async () => {
  const world = await openWorld({ isOverloaded: () => true });
  for (const path of [
    '/status/subscribe',
    '/STATUS/subscribe',
    '/status/OG.png',
    '/Status/Components/api',
    '/status/history/2026-03/',
  ]) {
    expect([path, (await ask(world.url, path)).status]).toEqual([path, 503]);
  }
});

test.each([
  ['/status/live', '/status/live'],
  ['/%73tatus/%c3%bc', '/status/%C3%BC'],
  ['/a%2fb', '/a%2Fb'],
  ['/a@b', '/a%40b'],
  ['/~x', '/~x'],
  ['/%7Ex', '/~x'],
  ['/%zz/%73', '/%zz/%73'],
])('the spelling of %s is %s', (path, own) => {
  expect([canonicalPath(path), canonicalPath(own)]).toEqual([own, own]);
});
