// Statuspage's addresses over HTTP: every body by its schema, CORS, preflights, caching, old links.
import { describe, expect, test } from 'vitest';
import { BODIES } from '../../../src/web/statuspage/bodies.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { openWorld } from '../world.ts';

const FILES = {
  '20260310_open.md': `---
title: Elevated API errors
status: identified
severity: major
started: 2026-03-10T10:00:00Z
components: [api]
---
## Investigating 10:00 UTC
Looking <b>hard</b>.

## Identified 10:06 UTC
Bad deploy.
`,
  '20260309_over.md': `---
title: Slow mails
status: resolved
severity: minor
started: 2026-03-09T10:00:00Z
resolved: 2026-03-09T11:00:00Z
components: []
---
Slow.
`,
  '20260308_upkeep.md': `---
title: Database upkeep
status: scheduled
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
components: [dashboard]
---
Read-only for an hour.
`,
  '20260310_work.md': `---
title: Moving racks
status: scheduled
scheduled_start: 2026-03-10T11:30:00Z
scheduled_end: 2026-03-10T13:00:00Z
components: [jobs]
---
We move.
`,
};

describe('/api/v2', () => {
  test('every body over HTTP is Statuspage’s, cached, open to any site', async () => {
    const world = await openWorld({ files: FILES });
    expect(Object.keys(BODIES).sort()).toEqual(Object.keys(STATUSPAGE).sort());
    for (const [name, schema] of Object.entries(BODIES)) {
      const answer = await world.get(`/api/v2/${name}`);
      expect(answer.status).toBe(200);
      expect(() => schema.parse(answer.json), name).not.toThrow();
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400',
        'x-content-type-options': 'nosniff',
        vary: 'Accept-Encoding',
      });
      const etag = answer.headers.get('etag') as string;
      expect(etag).toMatch(/^"[^"]+"$/);
      expect((await world.get(`/api/v2/${name}`, { 'if-none-match': etag })).status).toBe(304);
    }
    const summary = (await world.get('/api/v2/summary.json')).json;
    expect(summary.incidents).toHaveLength(1);
    expect(summary.scheduled_maintenances).toHaveLength(2);
    expect((await world.get('/api/v2/scheduled-maintenances/active.json')).json).toMatchObject({
      scheduled_maintenances: [{ name: 'Moving racks', status: 'in_progress' }],
    });
  });

  test('HEAD has the headers without the body; OPTIONS answers a preflight; writing is 405', async () => {
    const world = await openWorld({ files: FILES });
    const ask = (method: string, headers = {}) =>
      fetch(new URL('/api/v2/status.json', world.url), { method, headers });
    const head = await ask('HEAD');
    const get = await ask('GET');
    expect(await head.text()).toBe('');
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(head.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await ask('OPTIONS', {
      origin: 'https://elsewhere.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-custom',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-custom');
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const refused = await ask(method);
      expect(refused.status, method).toBe(405);
      expect(refused.headers.get('allow')).toContain('GET');
      expect(await refused.json()).toMatchObject({ status: 405, title: 'Method Not Allowed' });
    }
    expect((await world.get('/api/v2/nothing.json')).json).toMatchObject({ status: 404 });
  });
});

describe('Statuspage’s addresses for people', () => {
  test('/history, /uptime and /incidents by file name and by the API’s id', async () => {
    const world = await openWorld({ files: FILES });
    expect((await world.get('/history')).text).toContain('Slow mails');
    const uptime = await world.get('/uptime');
    expect(uptime.status).toBe(200);
    expect(uptime.text).toContain('<h1>Uptime</h1>');
    expect((await world.get('/status/uptime')).text).toBe(uptime.text);
    expect((await world.get('/incidents/20260310_open')).text).toContain('Elevated API errors');
    const [incident] = (await world.get('/api/v2/incidents.json')).json.incidents;
    const coded = await world.get(`/incidents/${incident.id}`);
    expect([coded.status, coded.headers.get('location')]).toEqual([302, '/status/incidents/20260310_open']);
    expect(new URL(incident.shortlink).pathname).toBe('/status/incidents/20260310_open');
    expect((await world.get('/incidents/abcdefghijkl')).status).toBe(404);
    expect((await world.get('/history.atom')).status).toBe(200);
    expect((await world.get('/history.rss')).status).toBe(200);
  });
});
