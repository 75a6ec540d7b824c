// Response times over HTTP: from checks to chart and JSON, and every way to ask wrongly.
import { describe, expect, test } from 'vitest';
import { openWorld } from '../../walks/world.ts';

const JSON_PATH = '/api/components/api/latency.json';

test('the response badge says the median of a day, cached and open to any site', async () => {
  const world = await openWorld();
  const badge = (name: string) => world.get(`/status/${name}.svg?show=response`);
  expect((await badge('badge/api')).text).toContain('API response 24h: no data');
  await world.pass(600, 60);
  const { status, text, headers } = await badge('badge/api');
  expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  const [, said] = /<title>API response 24h: (\d+) ms<\/title>/.exec(text) ?? [];
  const { points } = (await world.get(`${JSON_PATH}?range=90d`)).json;
  expect(Math.abs(Number(said) - points[0].p50)).toBeLessThanOrEqual(1);
  expect(headers.get('cache-control')).toMatch(/^public, max-age=10/);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(
    (
      await world.get('/status/badge/api.svg?show=response', {
        'if-none-match': headers.get('etag') as string,
      })
    ).status,
  ).toBe(304);
  expect((await badge('badge')).text).toContain(`response 24h: ${said} ms`);
  expect((await badge('badge/jobs')).text).toContain('no data');
  const page = (await world.get('/status/components/api')).text;
  for (const show of ['status', 'uptime', 'response']) {
    expect(page).toContain(`<img src="/status/badge/api.svg?show=${show}" alt="API: `);
  }
});

describe('latency.json', () => {
  test('holds a point for each ten minutes that were checked', async () => {
    const world = await openWorld();
    await world.pass(1200, 60);
    const { status, json, headers } = await world.get(JSON_PATH);
    expect(status).toBe(200);
    expect(json).toMatchObject({ component: { id: 'api', name: 'API' }, range: '24h', unit: 'ms' });
    expect(json).toMatchObject({ from: '2026-03-09T12:20:00.000Z', to: '2026-03-10T12:20:00.000Z' });
    expect(json.step_seconds).toBe(600);
    const counts = json.points.map((point: { start: string; count: number; ok: number }) => [
      point.start,
      point.count,
      point.ok,
    ]);
    expect(counts).toEqual([
      ['2026-03-10T12:00:00.000Z', 9, 9],
      ['2026-03-10T12:10:00.000Z', 10, 10],
      ['2026-03-10T12:20:00.000Z', 1, 1],
    ]);
    const { p50, p95, p99 } = json.points[0];
    expect(p50 <= p95 && p95 <= p99).toBe(true);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('etag')).toMatch(/^"[\w-]+"$/);
    const again = await world.get(JSON_PATH, { 'if-none-match': headers.get('etag') as string });
    expect(again.status).toBe(304);
  });

  test.each([
    ['7d', 3600],
    ['90d', 86_400],
  ])('over %s has steps of %i seconds', async (range, step) => {
    const world = await openWorld();
    await world.pass(120, 60);
    const { json } = await world.get(`${JSON_PATH}?range=${range}`);
    expect(json).toMatchObject({ range, step_seconds: step });
    expect(json.points).toHaveLength(1);
  });

  test('counts a failed check, and of one never checked is empty', async () => {
    const world = await openWorld();
    world.service.status = 503;
    await world.pass(60);
    expect((await world.get(JSON_PATH)).json.points).toMatchObject([{ count: 1, ok: 0 }]);
    expect((await world.get('/api/components/dashboard/latency.json')).json.points).toEqual([]);
  });

  test('refuses what there is not', async () => {
    const world = await openWorld();
    const missing = await world.get('/api/components/nope/latency.json');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    for (const query of ['range=1y', 'range=', 'range=7d&range=24h', 'range=__proto__']) {
      const wrong = await world.get(`${JSON_PATH}?${query}`);
      expect([query, wrong.status]).toEqual([query, 400]);
      expect(wrong.json.detail).toContain('24h, 7d, 90d');
    }
    const page = await world.get('/status/components/nope', { accept: 'text/html' });
    expect([page.status, page.text.includes('<h1')]).toEqual([404, true]);
  });
});

test("a component's page is linked from the status page and changes with what was measured", async () => {
  const world = await openWorld();
  expect((await world.get('/status/live')).text).toContain('href="/status/components/api"');
  const before = await world.get('/status/components/api');
  expect(before.text).toContain('No response times were measured in this range.');
  await world.pass(180, 60);
  const after = await world.get('/status/components/api?range=7d');
  expect(after.text).toContain('<svg class="chart wide"');
  expect(after.headers.get('cache-control')).toMatch(/^public, max-age=10/);
  expect(after.headers.get('vary')).toContain('Accept-Language');
});
