// The statuspage probe against fakes of a provider's page.
import { describe, expect, test } from 'vitest';
import { deserted, expectPublishable, http, probe, tcp } from '../loopback.ts';

function page(summary: unknown, status = 200): Promise<number> {
  return http((request, response) => {
    if (request.url !== '/api/v2/summary.json') return response.writeHead(404).end();
    response.writeHead(status).end(typeof summary === 'string' ? summary : JSON.stringify(summary));
  });
}

const check = (port: number, more = {}) => ({ type: 'statuspage', url: `http://127.0.0.1:${port}`, ...more });

const SUMMARY = {
  page: { id: 'x', name: 'Resend' },
  status: { indicator: 'major', description: 'Partial System Outage' },
  components: [
    { id: 'abc', name: 'Sending', status: 'operational' },
    { id: 'def', name: 'API', status: 'major_outage' },
    { id: 'ghi', name: 'Dashboard', status: 'degraded_performance' },
    { id: 'jkl', name: 'Webhooks', status: 'on_fire' },
  ],
  incidents: [{ name: 'API errors, see https://evil.example/x' }],
};

describe('the whole page', () => {
  test.each([
    ['none', 'All Systems Operational', 'up'],
    ['minor', 'Minor Service Outage', 'degraded'],
    ['major', 'Partial System Outage', 'degraded'],
    ['critical', 'Major Service Outage', 'down'],
    ['maintenance', 'Service Under Maintenance', 'up'],
  ])('%s: %s', async (indicator, description, outcome) => {
    const port = await page({ status: { indicator, description } });
    expect(await probe(check(port))).toEqual({
      outcome,
      latency: null,
      seen: `upstream reports: ${description}`,
      upstream: description,
    });
  });

  test('its open incident is quoted, without its links', async () => {
    const { outcome, seen } = await probe(check(await page(SUMMARY)));
    expect(outcome).toBe('degraded');
    expect(seen).toBe('upstream reports: Partial System Outage – API errors, see …');
  });

  test.each(['/', '/api/v2', '/api/v2/', '/api/v2/status.json', '?utm=x'])(
    'its address may end in %s',
    async end => {
      const port = await page(SUMMARY);
      const url = `http://127.0.0.1:${port}${end}`;
      expect(await probe({ type: 'statuspage', url })).toMatchObject({ outcome: 'degraded' });
    },
  );
});

describe('one component', () => {
  test.each([
    ['Sending', 'up', 'upstream reports: Operational'],
    [' sending ', 'up', 'upstream reports: Operational'],
    ['def', 'down', /^upstream reports: Major Outage/],
    ['Dashboard', 'degraded', /^upstream reports: Degraded Performance/],
    ['Webhooks', 'unknown', 'upstream status page: its status is not recognised'],
    ['Fax', 'unknown', 'upstream status page: the component is not on the page'],
  ])('%s', async (component, outcome, seen) => {
    const result = await probe(check(await page(SUMMARY), { component }));
    expect(result.outcome).toBe(outcome);
    expect(result.seen).toMatch(seen);
  });
});

describe('a page that cannot be read says nothing about the service', () => {
  test.each([
    ['an error', '{}', 503, 'HTTP 503'],
    ['no JSON', '<html>', 200, 'answered with something that is not a status summary'],
    ['a JSON text', '"ok"', 200, 'answered with something that is not a status summary'],
    ['null', 'null', 200, 'answered with something that is not a status summary'],
    ['an empty object', '{}', 200, 'its status is not recognised'],
    ['a word of JavaScript', '{"status":{"indicator":"constructor"}}', 200, 'its status is not recognised'],
    ['odd shapes', '{"status":7,"components":{},"incidents":"x"}', 200, 'its status is not recognised'],
  ])('%s', async (_, body, status, words) => {
    const result = await probe(check(await page(body, status)));
    expect(result).toMatchObject({
      outcome: 'unknown',
      latency: null,
      seen: `upstream status page: ${words}`,
    });
  });

  test('odd components', async () => {
    const port = await page({ components: [null, 7, 'x', { name: 7 }], status: {} });
    expect(await probe(check(port, { component: 'API' }))).toMatchObject({
      outcome: 'unknown',
      seen: 'upstream status page: the component is not on the page',
    });
  });

  test('odd incidents', async () => {
    const port = await page({ status: { indicator: 'critical' }, incidents: 'many' });
    expect(await probe(check(port))).toEqual({
      outcome: 'down',
      latency: null,
      seen: 'upstream reports: Critical',
      upstream: 'Critical',
    });
  });

  test('refused and silent', async () => {
    const refused = await probe(check(await deserted()));
    expect(refused).toMatchObject({
      outcome: 'unknown',
      seen: 'upstream status page: refused the connection',
    });
    const silent = await probe(check(await tcp(), { timeout: '200ms' }));
    expect(silent).toMatchObject({
      outcome: 'unknown',
      seen: 'upstream status page: timed out after 200 ms',
    });
    expectPublishable(refused.seen);
  });
});
