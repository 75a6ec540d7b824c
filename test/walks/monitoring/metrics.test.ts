// Metrics of the operator's own, over HTTP: a value is sent once and is on the page, in the chart and in JSON.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, iso } from '../../../src/core/model/time.ts';
import { openWorld, SITE, type World } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
const METRICS = `
metrics:
  - { id: orders, name: Orders, unit: orders/min, aggregate: avg }
  - { id: peak, name: Peak, aggregate: max }
  - { id: sold, name: Sold, unit: €, aggregate: sum }
  - { id: queue, name: Emails waiting, aggregate: last }
`;
const withMetrics = (target: string) => SITE(target) + METRICS;
const open = (options: Parameters<typeof openWorld>[0] = {}) =>
  openWorld({ site: withMetrics, env: { API_TOKEN: TOKEN }, ...options });
const bearer = { authorization: `Bearer ${TOKEN}` };
const push = (world: World, id: string, body: unknown, headers = {}) =>
  world.post(`/api/metrics/${id}`, body, { ...bearer, ...headers });
const points = async (world: World, id: string, range = '24h') =>
  (await world.get(`/api/metrics/${id}.json?range=${range}`)).json.points;

describe('a value', () => {
  test('is answered with what is kept, and is on the page, in the chart and in JSON', async () => {
    const world = await open();
    expect((await world.get('/status/live')).text).toContain('No data');
    const sent = await push(world, 'orders', { value: 12.5 });
    expect(sent.status).toBe(201);
    const url = `${world.url}/status/metrics/orders`;
    expect(sent.json).toEqual({ id: 'orders', at: '2026-03-10T12:00:00.000Z', value: 12.5, url });
    expect(sent.headers.get('location')).toBe(url);
    expect(sent.headers.get('cache-control')).toBe('no-store');
    await push(world, 'orders', { value: 7.5, at: '2026-03-10T12:00:30Z' });
    await world.pass(60);
    const live = (await world.get('/status/live')).text;
    expect(live).toContain('<a href="/status/metrics/orders">Orders</a>');
    expect(live).toContain('10\u00a0orders/min');
    const page = await world.get('/status/metrics/orders');
    expect(page.text).toContain('<svg class="chart wide"');
    expect(page.text).toContain('24-hour average');
    expect((await world.get('/status/metrics/orders?lang=de')).text).toContain(
      'Durchschnitt der letzten 24 Stunden',
    );
    const { json, headers } = await world.get('/api/metrics/orders.json');
    expect(json).toEqual({
      metric: { id: 'orders', name: 'Orders', unit: 'orders/min', aggregate: 'avg' },
      range: '24h',
      from: '2026-03-09T12:00:00.000Z',
      to: '2026-03-10T12:01:00.000Z',
      step_seconds: 600,
      points: [{ start: '2026-03-10T12:00:00.000Z', count: 2, value: 10, min: 7.5, max: 12.5 }],
    });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const again = await world.get('/api/metrics/orders.json', {
      'if-none-match': headers.get('etag') as string,
    });
    expect(again.status).toBe(304);
  });

  test.each([
    ['orders', 2],
    ['peak', 5],
    ['sold', 6],
    ['queue', 2],
  ])('of %s becomes %d with others, in every range and after a restart', async (id, figure) => {
    const world = await open();
    for (const [value, minute] of [
      [5, '01'],
      [2, '03'],
      [-1, '02'],
    ] as const) {
      await push(world, id, { value, at: `2026-03-10T11:${minute}:00Z` });
    }
    await world.pass(60);
    for (const range of ['24h', '7d', '90d']) {
      expect(await points(world, id, range)).toMatchObject([{ count: 3, value: figure, min: -1, max: 5 }]);
    }
    await world.restart();
    expect(await points(world, id)).toMatchObject([{ value: figure }]);
    expect(world.system.snapshot().metrics.find(({ metric }) => metric.id === id)?.value).toBe(figure);
  });

  test('counts once for each moment: the same again is 200, another one 409', async () => {
    const world = await open();
    const value = { value: 3, at: '2026-03-10T11:00:00Z' };
    const first = await push(world, 'sold', value);
    const second = await push(world, 'sold', value);
    expect([first.status, second.status, second.json]).toEqual([201, 200, first.json]);
    const other = await push(world, 'sold', { ...value, value: 4 });
    expect([other.status, other.json.detail]).toEqual([409, expect.stringContaining('another value')]);
    await Promise.all([1, 2, 3].map(() => push(world, 'peak', value)));
    await world.pass(60);
    expect(await points(world, 'sold')).toMatchObject([{ count: 1, value: 3 }]);
    expect(await points(world, 'peak')).toMatchObject([{ count: 1 }]);
  });

  test('without a moment is never lost to another of the same millisecond; a key makes it one', async () => {
    const world = await open();
    await Promise.all([1, 2, 3].map(() => push(world, 'sold', { value: 5 })));
    const key = { 'idempotency-key': 'once' };
    const keyed = [
      await push(world, 'sold', { value: 5 }, key),
      await push(world, 'sold', { value: 5 }, key),
    ];
    expect(keyed.map(answer => answer.json.at)).toEqual([keyed[0]?.json.at, keyed[0]?.json.at]);
    await world.pass(60);
    expect(await points(world, 'sold')).toMatchObject([{ count: 4, value: 20 }]);
  });

  test('of long ago is in the long range only, stays one, and the figure of today is today’s', async () => {
    const world = await open();
    const old = { value: 9, at: iso(world.now() - 90 * DAY + HOUR) };
    expect((await push(world, 'queue', old)).status).toBe(201);
    await world.pass(60);
    expect(await points(world, 'queue', '7d')).toEqual([]);
    expect(await points(world, 'queue', '90d')).toMatchObject([{ count: 1, value: 9 }]);
    expect(world.system.snapshot().metrics.map(({ value }) => value)).toEqual([null, null, null, null]);
    expect((await push(world, 'queue', old)).status).toBe(200);
  });
});

describe('what is refused', () => {
  test.each([
    ['{"value":"12"}', 'value'],
    ['{"value":null}', 'value'],
    ['{"value":true}', 'value'],
    ['{"value":[1]}', 'value'],
    ['{"value":1e999}', 'value'],
    ['{"value":-1e16}', 'value'],
    ['{}', 'value'],
    ['{"value":1,"at":"yesterday"}', 'at'],
    ['{"value":1,"at":1773144000000}', 'at'],
    ['{"value":1,"at":"2026-03-10T12:01:01Z"}', 'at'],
    ['{"value":1,"at":"2025-12-10T11:59:59Z"}', 'at'],
    ['{"value":1,"unit":"ms"}', 'unit'],
  ])('%s is 422, by the field %s', async (body, field) => {
    const world = await open();
    const answer = await push(world, 'orders', body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json.errors).toMatchObject([{ field, pointer: `#/${field}` }]);
  });

  test.each(['{"value":NaN}', '{"value":Infinity}', '', 'value=1'])('%s is no JSON: 400', async body => {
    expect((await push(await open(), 'orders', body)).status).toBe(400);
  });

  test('a wrong token 401, no API_TOKEN 403, an unknown metric 404', async () => {
    const world = await open();
    const wrong = await world.post('/api/metrics/orders', { value: 1 }, { authorization: 'Bearer nope' });
    expect([wrong.status, (await world.post('/api/metrics/orders', { value: 1 })).status]).toEqual([
      401, 401,
    ]);
    for (const id of ['nope', '__proto__', 'api', 'orders.json']) {
      expect([id, (await push(world, id, { value: 1 })).status]).toEqual([id, 404]);
    }
    for (const path of ['/api/metrics/nope.json', '/status/metrics/nope']) {
      expect([path, (await world.get(path)).status]).toEqual([path, 404]);
    }
    expect((await world.get('/api/metrics/orders.json?range=1y')).status).toBe(400);
    const off = await open({ env: {} });
    expect((await push(off, 'orders', { value: 1 })).status).toBe(403);
  });
});

test('old rollups are pruned, days stay, and a repeat is known as long as it may come', async () => {
  const world = await open();
  const first = { value: 1, at: iso(world.now()) };
  await push(world, 'orders', first);
  const { pruneMeasurements } = await import('../../../src/store/monitoring/prune.ts');
  const db = await world.openDb();
  const spans = async () => {
    const rows = await db.selectFrom('metric_rollups').select('span').orderBy('span').execute();
    return rows.map(row => row.span);
  };
  expect(await spans()).toEqual(['day', 'hour', 'slot']);
  await pruneMeasurements(db, world.now() + 3 * DAY);
  expect(await spans()).toEqual(['day', 'hour']);
  await pruneMeasurements(db, world.now() + 90 * DAY);
  expect(await spans()).toEqual(['day']);
  expect((await push(world, 'orders', first)).status).toBe(200);
  await pruneMeasurements(db, world.now() + 92 * DAY);
  expect(await db.selectFrom('metric_points').selectAll().execute()).toEqual([]);
  expect(await spans()).toEqual(['day']);
  await db.destroy();
});

test('a page without metrics has no section; twenty of them cost it less than a kilobyte', async () => {
  const bare = await openWorld();
  const plain = (await bare.get('/status/live')).text;
  expect(plain).not.toContain('id="metrics"');
  expect((await bare.get('/api/v2/summary.json')).status).toBe(200);
  const many = Array.from({ length: 20 }, (_, i) => `  - { id: m${i}, name: Metric number ${i}, unit: ms }`);
  const full = await open({ site: target => `${SITE(target)}\nmetrics:\n${many.join('\n')}\n` });
  for (let i = 0; i < 20; i++) await push(full, `m${i}`, { value: 1.37 * i });
  await full.pass(60);
  const rich = (await full.get('/status/live')).text;
  expect(rich).toContain('26.03\u00a0ms');
  expect(gzipSync(rich).length - gzipSync(plain).length).toBeLessThan(1000);
});

test('status.yaml: duplicates are an error, strange keys a warning', async () => {
  const { readSite } = await import('../../../src/config/site-file.ts');
  const read = (metrics: string) =>
    readSite(`${SITE('http://x')}\nmetrics: ${metrics}\n`, 'status.yaml', {}, null, 'http://localhost');
  expect(read('[{ id: a, name: A }]').value?.metrics).toEqual([
    { id: 'a', name: 'A', unit: '', aggregate: 'avg', from: null },
  ]);
  expect(read('[{ id: a, name: A }, { id: a, name: B }]').problems).toMatchObject([
    { level: 'error', what: 'the metric "a" is defined twice' },
  ]);
  expect(read('[{ id: a, name: A, units: ms }]').problems).toMatchObject([
    { level: 'warning', fix: expect.stringContaining('unit') },
  ]);
  for (const wrong of ['[{ id: A, name: A }]', '[{ id: a }]', '[{ id: a, name: A, aggregate: p95 }]', '{}']) {
    expect([wrong, read(wrong).value]).toEqual([wrong, null]);
  }
});
