// The API's description: a valid OpenAPI document that agrees with what the server really takes.
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { changeSchema, openSchema, pushSchema, updateSchema } from '../../src/core/write-body.ts';
import { openapi } from '../../src/web/openapi.ts';
import { READS, WRITES } from '../../src/web/operations.ts';
import { site } from '../makers.ts';
import { openWorld, SITE } from '../walks/world.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes, asserted field by field
const document = openapi(site()) as any;

describe('/api/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    const ids = [...WRITES, ...READS].map(({ id }) => id);
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

  it('names nothing that is not there', async () => {
    const known =
      '---\ntitle: x\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\n---\nx\n';
    const world = await openWorld({
      env: { API_TOKEN: 'a-token-of-this-test' },
      site: target => `${SITE(target)}\nmetrics: [{ id: orders, name: Orders }]`,
      files: { '20260310_known.md': known },
    });
    expect((await world.get('/api/openapi.json')).json.servers).toEqual([{ url: world.url }]);
    const filled = { component: 'api', metric: 'orders', id: '20260310_known' };
    for (const { path, type } of READS) {
      const answer = await world.get(
        path.replace(/\{(\w+)\}/, (_, name: keyof typeof filled) => filled[name]),
      );
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-type')).toContain(type);
    }
    for (const { path, method, example } of WRITES) {
      const response = await fetch(
        new URL(path.replace('{id}', '20260310_slow-sign-in').replace('{metric}', 'orders'), world.url),
        {
          method: method.toUpperCase(),
          headers: { authorization: 'Bearer a-token-of-this-test' },
          body: JSON.stringify(example),
        },
      );
      expect([path, response.ok]).toEqual([path, true]);
    }
    const page = await world.get('/api', { 'accept-language': 'de' });
    expect(page.text).toContain('Was Besucher bemerken');
    expect(page.text).toContain('POST /api/incidents');
  });
});
