// The API's description: a valid OpenAPI document that agrees with what the server really takes.

import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import {
  changeSchema,
  openSchema,
  pushSchema,
  updateSchema,
} from '../../../src/core/incidents/api/bodies.ts';
import { openapi } from '../../../src/web/api/openapi.ts';
import { INBOUND, type Operation, READS, WRITES } from '../../../src/web/api/operations.ts';
import { sourcesIn } from '../../guards/sources.ts';
import { site } from '../../makers.ts';
import { openWorld, SITE } from '../../walks/world.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes, asserted field by field
const document = openapi(site()) as any;

describe('/api/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    const ids = [...WRITES, ...READS, ...INBOUND].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of each body what its schema says, and every field in words', () => {
    for (const [path, method, schema] of [
      ['/api/incidents', 'post', openSchema],
      ['/api/incidents/{id}', 'patch', changeSchema],
      ['/api/incidents/{id}/updates', 'post', updateSchema],
      ['/api/metrics/{metric}', 'post', pushSchema],
    ] as const) {
      const { schema: body, example } = document.paths[path][method].requestBody.content['application/json'];
      expect(Object.keys(body.properties)).toEqual(Object.keys(schema.shape));
      expect(body.additionalProperties).toBe(false);
      expect(schema.safeParse(example).success).toBe(true);
      for (const field of Object.values(body.properties)) {
        expect(field).toMatchObject({ description: expect.stringMatching(/\w{3}/) });
      }
    }
    const { required, properties } =
      document.paths['/api/incidents'].post.requestBody.content['application/json'].schema;
    expect(required).toEqual(['title', 'severity']);
    expect(properties.severity.enum).toEqual(['minor', 'major', 'critical']);
    expect(properties.started).toMatchObject({ type: 'string', format: 'date-time' });
  });

  it('names nothing that is not there, and every JSON answer is as it says', async () => {
    const world = await openWorld({
      env: { API_TOKEN: 'a-token-of-this-test' },
      site: target => `${SITE(target)}\nmetrics: [{ id: orders, name: Orders }]`,
      files: FILES,
    });
    await world.pass(60, 1);
    const token = { authorization: 'Bearer a-token-of-this-test' };
    const told = (await world.get('/api/openapi.json')).json;
    expect(told.servers).toEqual([{ url: world.url }]);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema(told, 'api');
    const validate = (ref: string, body: unknown, what: string) => {
      const check = ajv.getSchema(`api${ref}`);
      expect(check, ref).toBeTypeOf('function');
      check?.(body);
      expect(check?.errors ?? [], what).toEqual([]);
    };
    const asked: string[] = [];
    const ask = async (
      method: string,
      address: string,
      operation: Operation,
      status: number,
      body?: string,
    ) => {
      const form = body?.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
      const headers = { accept: 'application/json', ...token, ...(body ? { 'content-type': form } : {}) };
      const response = await fetch(new URL(address, world.url), { method, headers, body: body ?? null });
      expect([address, response.status], address).toEqual([address, status]);
      const type = response.headers.get('content-type') ?? '';
      const described = told.paths[operation.path][operation.method].responses[status].content;
      const [kind] = Object.keys(described) as [string];
      expect(type, address).toContain(kind);
      const text = await response.text();
      const ref = described[kind].schema.$ref as string | undefined;
      expect(ref !== undefined, address).toBe(/json/.test(type));
      if (ref) validate(ref, JSON.parse(text), `${address} ${text.slice(0, 300)}`);
      asked.push(`${operation.method} ${operation.path}`);
    };
    const names: Record<string, string> = {
      component: 'api',
      metric: 'orders',
      id: '20260310_known',
      token: world.system.heartbeatToken('jobs'),
      sender: 'uptime',
    };
    const filled = ({ path }: Operation) => path.replace(/\{(\w+)\}/, (_, name: string) => names[name] ?? '');
    await world.post('/api/metrics/orders', { value: 1 }, token);
    for (const operation of READS) {
      await ask('GET', filled(operation), operation, 200);
      for (const [name, values] of Object.entries(operation.query ?? {})) {
        for (const value of values) await ask('GET', `${filled(operation)}?${name}=${value}`, operation, 200);
      }
    }
    for (const operation of INBOUND) {
      const secret = operation.path.startsWith('/webhooks/') ? '?token=the-webhook-token-of-this-test' : '';
      const body =
        operation.method === 'get' ? undefined : (JSON.stringify(operation.example) ?? 'status=down&msg=x');
      await ask(operation.method.toUpperCase(), filled(operation) + secret, operation, 200, body);
    }
    names.id = '20260310_slow-sign-in';
    for (const operation of WRITES) {
      const { method, example, status } = operation;
      const body = JSON.stringify(example);
      await ask(method.toUpperCase(), filled(operation), operation, status, body);
    }
    // Refusals, in the shape that is promised.
    for (const [method, address, body] of [
      ['GET', '/api/components/nothing/latency.json', undefined],
      ['GET', '/api/components/api/latency.json?range=1y', undefined],
      ['POST', '/api/incidents', '{"severity":"huge"}'],
      ['POST', '/heartbeats/unknown', undefined],
      ['POST', '/webhooks/uptime', '{}'],
    ] as const) {
      const response = await fetch(new URL(address, world.url), {
        method,
        body: body ?? null,
        headers: { 'content-type': 'application/json', ...(address.startsWith('/api') ? token : {}) },
      });
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      validate('#/components/schemas/Problem', await response.json(), address);
    }
    const all = Object.entries(told.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map(method => `${method} ${path}`),
    );
    expect([...new Set(asked)].sort()).toEqual(all.sort());
    const page = await world.get('/api', { 'accept-language': 'de' });
    expect(page.text).toContain('Was Besucher bemerken');
    expect(page.text).toContain('POST /api/incidents');
    expect(page.text).toContain('POST /heartbeats/{token}');
  });

  it('names every JSON address that a route answers', () => {
    const paths = Object.keys(document.paths);
    const routes = sourcesIn('web')
      .filter(source => /router\.\w+\(/.test(source))
      .flatMap(source =>
        [
          ...source.matchAll(
            /'(\/(?:api\/|status\/(?:feed|widget|badge|maintenance)|heartbeats|healthz|readyz)[^']*)'/g,
          ),
        ].map(([, route]) => (route as string).replace(/:(\w+)/g, '{}')),
      );
    const known = paths.map(path => path.replace(/\{\w+\}/g, '{}'));
    const outside = ['/api/v2/*path', '/api/openapi.json', '/status/widget', '/status/widget.js'];
    expect(routes.length).toBeGreaterThan(12);
    expect([...new Set(routes)].filter(route => !known.includes(route) && !outside.includes(route))).toEqual(
      [],
    );
  });
});

const FILES = {
  '20260310_known.md':
    '---\ntitle: x\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\n---\nx\n',
  '20260312_upkeep.md':
    '---\ntitle: Upkeep\nstatus: scheduled\nscheduled_start: 2026-03-12T02:00:00Z\nscheduled_end: 2026-03-12T03:00:00Z\ncomponents: [api]\n---\nSoon.\n',
};
