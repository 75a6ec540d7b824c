// Metrics read from an http check's answer: no second request, and what cannot be read is said, not an outage.
import { describe, expect, test } from 'vitest';
import { readSite } from '../../../src/config/site-file.ts';
import { printProblem } from '../../../src/core/model/problem.ts';
import { openWorld, type World } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
const SITE = (target: string) => `
components:
  - { id: api, name: API, check: { type: http, url: "${target}", json: { "$.ok": true }, max_body: 200 } }
metrics:
  - { id: queue, name: Queue, unit: jobs, aggregate: last, from: { component: api, json: "$.queue.depth" } }
  - { id: load, name: Load, from: { component: api, json: "$.load" } }
`;
const opened = () => openWorld({ site: SITE, env: { API_TOKEN: TOKEN } });
const points = async (world: World, id: string) => (await world.get(`/api/metrics/${id}.json`)).json.points;
const problems = async (world: World) => (await world.get('/readyz')).json.problems;
const body = (queue: unknown, more = {}) =>
  JSON.stringify({ ok: true, queue: { depth: queue }, load: 0.5, ...more });

describe('a metric read from a check', () => {
  test('has a value each time the check has run, and no request of its own', async () => {
    const world = await opened();
    world.service.body = body(17);
    await world.pass(5 * 60, 60);
    const [point] = await points(world, 'queue');
    expect(point).toMatchObject({ value: 17, min: 17, max: 17 });
    const checks = /checks_total\{component="api",type="http",outcome="up"} (\d+)/.exec(
      (await world.get('/metrics')).text,
    );
    expect(point.count).toBe(Number(checks?.[1]));
    world.service.body = body(3);
    await world.pass(60);
    expect(await points(world, 'queue')).toMatchObject([{ value: 3, min: 3, max: 17 }]);
    expect(await points(world, 'load')).toMatchObject([{ value: 0.5 }]);
    expect((await world.get('/status/live')).text).toContain('3\u00a0jobs');
    // A value sent beside those read would be counted with them.
    const sent = await world.post('/api/metrics/queue', { value: 1 }, { authorization: `Bearer ${TOKEN}` });
    expect([sent.status, sent.json.detail]).toEqual([
      409,
      expect.stringContaining('read from the check of "api"'),
    ]);
  });

  test.each([
    ['nothing there', JSON.stringify({ ok: true, load: 1 }), /\$\.queue\.depth was not found/],
    ['a word', body('17'), /is not a number/],
    ['null', body(null), /is not a number/],
    ['a number beyond all counting', `{"ok":true,"load":1,"queue":{"depth":1e300}}`, /beyond 10\^15/],
  ])('with %s, says so and nothing is down', async (_, answer, words) => {
    const world = await opened();
    world.service.body = answer;
    await world.pass(5 * 60, 60);
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
    expect(await world.files()).toEqual([]);
    const [problem, ...others] = await problems(world);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      level: 'warning',
      where: 'component api',
      what: expect.stringMatching(words),
    });
    expect(world.logged.filter(({ message }) => message.includes('gets no value'))).toHaveLength(1);
    expect(await points(world, 'queue')).toEqual([]);
    expect(await points(world, 'load')).toHaveLength(1);
    world.service.body = body(2);
    await world.pass(60);
    expect(await problems(world)).toEqual([]);
    expect(await points(world, 'queue')).toMatchObject([{ value: 2 }]);
  });

  test.each([
    ['an answer beyond `max_body`', body(1, { text: 'x'.repeat(300) }), /larger than `max_body`/],
    ['an answer that is no JSON', 'ok', /not JSON/],
    ['several values', '{"depth":[1,2]}', /matches 2 values/],
  ])('with %s, of a check that expects no JSON', async (_, answer, words) => {
    const world = await openWorld({
      site: target => `
components: [{ id: api, name: API, check: { type: http, url: "${target}", max_body: 200 } }]
metrics: [{ id: queue, name: Queue, from: { component: api, json: "$..depth[*]" } }]
`,
    });
    world.service.body = answer;
    await world.pass(5 * 60, 60);
    expect(await world.files()).toEqual([]);
    expect((await problems(world)).map(({ what }: { what: string }) => what)).toEqual([
      expect.stringMatching(words),
    ]);
  });

  test('of a check that fails has no value, and what is wrong is the check', async () => {
    const world = await opened();
    world.service.body = body(1);
    await world.pass(60, 30);
    const [{ count }] = await points(world, 'queue');
    world.service.status = 503;
    await world.pass(5 * 60, 60);
    expect((await points(world, 'queue'))[0].count).toBe(count);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    expect(await problems(world)).toEqual([]);
  });
});

describe('in status.yaml', () => {
  const COMPONENTS = `components:
  - { id: api, name: API, check: { type: http, url: "http://x" } }
  - { id: head, name: Head, check: { type: http, url: "http://x", method: HEAD } }
  - { id: jobs, name: Jobs, check: { type: heartbeat } }
metrics:
  - id: queue
    name: Queue
    from:
`;
  const told = (from: string) =>
    readSite(`${COMPONENTS}${from}`, 'status.yaml', {}, null, 'http://localhost').problems.map(printProblem);

  test.each([
    [
      '      component: apu\n      json: $.a\n',
      'status.yaml:9: there is no component "apu" to read a metric from — did you mean api?',
    ],
    [
      '      component: nowhere\n      json: $.a\n',
      'status.yaml:9: there is no component "nowhere" to read a metric from — use one of: api, head, jobs',
    ],
    [
      '      component: jobs\n      json: $.a\n',
      'status.yaml:9: the check of "jobs" is of type heartbeat: it has no response to read a number from — name a component with an http check, or remove `from` and send the values',
    ],
    [
      '      component: head\n      json: $.a\n',
      'status.yaml:9: the check of "head" uses HEAD: the response has no body — use method: GET',
    ],
  ])('%j is refused with its line', (from, line) => {
    expect(told(from)).toEqual([line]);
  });

  test('a JSONPath that is none is refused with its line, a stray key is a warning', () => {
    expect(told('      component: api\n      json: queue.depth\n')).toEqual([
      expect.stringMatching(/^status\.yaml:10: .*not a JSONPath/),
    ]);
    expect(told('      component: api\n      json: $.a\n      jsn: $.b\n')).toEqual([
      expect.stringMatching(/^status\.yaml:11: .*json/),
    ]);
  });
});
