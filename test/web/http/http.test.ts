// HTTP manners: what caches, browsers and other programs rely on, on every public route.
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { openWorld } from '../../walks/world.ts';

const INCIDENT = `---
title: API Latency Spike
status: investigating
severity: major
started: 2026-03-10T11:00:00Z
---
Investigating.
`;
const PUBLIC = [
  '/',
  '/status/live',
  '/status/incidents/20260310_x',
  '/status/history',
  '/status/history/2026-03',
  '/api/v2/summary.json',
  '/api/v2/status.json',
  '/api/v2/components.json',
  '/api/v2/incidents.json',
  '/api/v2/incidents/unresolved.json',
  '/api/v2/scheduled-maintenances.json',
  '/api/v2/scheduled-maintenances/upcoming.json',
  '/api/v2/scheduled-maintenances/active.json',
  '/api/uptime.json',
  '/status/feed.atom',
  '/status/feed.rss',
  '/status/feed.json',
  '/history.atom',
  '/history.rss',
  '/status/maintenance.ics',
  '/status/badge.svg',
  '/status/badge/api.svg',
  '/api',
  '/api/openapi.json',
];

describe('every public answer', () => {
  test('has a strong ETag, the cache rules, and answers 304 and HEAD', async () => {
    const world = await openWorld({ files: { '20260310_x.md': INCIDENT } });
    for (const path of PUBLIC) {
      const full = await request(world.url).get(path).set('Accept-Encoding', 'identity');
      expect([path, full.status]).toEqual([path, 200]);
      expect(full.headers.etag, path).toMatch(/^"[\w-]+"$/);
      expect(full.headers['cache-control'], path).toBe(
        'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400',
      );
      expect(full.headers.vary, path).toContain('Accept-Encoding');
      const again = await request(world.url)
        .get(path)
        .set('Accept-Encoding', 'identity')
        .set('If-None-Match', `"other", W/${full.headers.etag}`);
      expect([path, again.status, again.text || '']).toEqual([path, 304, '']);
      const head = await request(world.url).head(path).set('Accept-Encoding', 'identity');
      expect([head.status, head.headers.etag, head.headers['content-length']]).toEqual([
        200,
        full.headers.etag,
        full.headers['content-length'],
      ]);
    }
  });

  test('is compressed as asked, each encoding with its own ETag', async () => {
    const world = await openWorld();
    const tags = new Set<string>();
    for (const [accept, given] of [
      ['gzip', 'gzip'],
      ['br;q=0.5, gzip;q=0.4', 'br'],
      ['br;q=0, gzip', 'gzip'],
      ['identity', undefined],
      ['*;q=0', undefined],
    ] as const) {
      const answer = await request(world.url).get('/status/live').set('Accept-Encoding', accept);
      expect([accept, answer.headers['content-encoding']]).toEqual([accept, given]);
      expect(answer.text).toContain('<h1');
      tags.add(String(answer.headers.etag));
    }
    expect(tags.size).toBe(3);
  });

  test('changes its ETag with a state, and by check times once a minute only', async () => {
    const world = await openWorld();
    const etag = async () => (await request(world.url).get('/status/live')).headers.etag;
    await world.pass(60);
    const first = await etag();
    await world.pass(50, 10);
    expect(await etag()).toBe(first);
    await world.pass(10);
    const second = await etag();
    expect(second).not.toBe(first);
    await world.write('20260310_x.md', INCIDENT);
    await world.pass(1);
    expect(await etag()).not.toBe(second);
  });

  test('carries a strict policy: no inline script or style, no framing', async () => {
    const world = await openWorld();
    const page = await request(world.url).get('/status/live');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/);
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe/);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['x-powered-by']).toBeUndefined();
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.text).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
    expect(page.text).toContain('http-equiv="refresh" content="60"');
  });

  test('of the API is open to every origin', async () => {
    const world = await openWorld();
    for (const path of [
      '/api/v2/summary.json',
      '/api/uptime.json',
      '/status/feed.json',
      '/status/badge.svg',
    ]) {
      const answer = await request(world.url).get(path).set('Origin', 'https://elsewhere.example');
      expect(answer.headers['access-control-allow-origin'], path).toBe('*');
      expect(answer.headers['cross-origin-resource-policy'], path).toBe('cross-origin');
    }
  });
});

describe('what is private', () => {
  test.each(['/status/subscribe', '/status/unsubscribe', '/status/manage?token=x', '/healthz', '/readyz'])(
    '%s is never stored',
    async path => {
      const world = await openWorld();
      const answer = await request(world.url).get(path);
      expect(answer.headers['cache-control']).toBe('no-store');
      if (path.startsWith('/status')) expect(answer.headers['referrer-policy']).toBe('no-referrer');
    },
  );
});

describe('what is not there', () => {
  test.each([
    '/nope',
    '/status/incidents/nope',
    '/status/history/1999-13',
    '/api/v2/nope.json',
    '/status/badge/x.svg',
  ])('%s is a 404: a page for people, JSON for programs', async path => {
    const world = await openWorld();
    const program = await request(world.url).get(path).set('Accept', 'application/json');
    expect([program.status, program.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    for (const accept of ['text/html', '*/*']) {
      const person = await request(world.url).get(path).set('Accept', accept);
      expect(person.status).toBe(404);
      if (!path.startsWith('/api')) expect(person.text).toContain('Levqor Status');
    }
  });
});

describe('the brand', () => {
  test('only files that status.yaml names are served, and none from outside the folder', async () => {
    const world = await openWorld({
      site: () =>
        'title: X\nbrand: { logo: logo.png }\ncomponents: [{ id: a, name: A, check: { type: manual } }]\n',
      brand: { 'logo.png': 'PNG' },
    });
    const { writeFile, symlink } = await import('node:fs/promises');
    const logo = await request(world.url).get('/status/brand/logo.png');
    expect([logo.status, logo.headers['content-type']]).toEqual([200, 'image/png']);
    for (const path of [
      '/status/brand/status.yaml',
      '/status/brand/..%2fdata%2fstatus.db',
      '/status/brand/other.png',
    ]) {
      expect((await request(world.url).get(path)).status, path).toBe(404);
    }
    const { rm } = await import('node:fs/promises');
    await rm(`${world.dir}/status/logo.png`);
    await writeFile(`${world.dir}/secret.png`, 'SECRET');
    await symlink(`${world.dir}/secret.png`, `${world.dir}/status/logo.png`);
    expect((await request(world.url).get('/status/brand/logo.png')).status).toBe(404);
  });
});

describe('GET /status/events', () => {
  test('tells the version at once and again when the state changes', async () => {
    const world = await openWorld();
    const answer = await fetch(`${world.url}/status/events`);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toContain(world.system.snapshot().version);
    await world.write('20260310_x.md', INCIDENT);
    await world.pass(1);
    const told = await read();
    expect(told).toContain(world.system.snapshot().version);
    expect(JSON.parse(/data: (.*)/.exec(told)?.[1] ?? '{}')).toMatchObject({ state: 'partial_outage' });
    await reader.cancel();
  });
});
