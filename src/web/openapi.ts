// The OpenAPI 3.1 document of the API, made from the schemas that check its bodies.
import * as z from 'zod';
import type { Site } from '../core/site.ts';
import { isKey, type Say, sayIn } from '../core/words/words.ts';
import { type Operation, READS, WRITES } from './operations.ts';

/** A field of a body as the document and the page describe it. */
export interface Field {
  readonly name: string;
  readonly required: boolean;
  /** JSON Schema, of draft 2020-12 as OpenAPI 3.1 has it. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
}

/** The fields of a body's schema, described in the words of `say`. */
export function fieldsOfBody(body: z.ZodType, say: Say): Field[] {
  const schema = jsonSchema(body);
  const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
  const required = (schema.required ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => {
    const key = `api.field.${name}`;
    const description = isKey(key) ? say(key) : '';
    return { name, required: required.includes(name), schema: property, description };
  });
}

/** `/api/openapi.json`. */
export function openapi(site: Site): object {
  const say = sayIn('en');
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of [...WRITES, ...READS]) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation, say) };
  }
  return {
    openapi: '3.1.0',
    info: { title: site.title, version: '1', description: say('api.lead') },
    servers: [{ url: site.url }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: say('api.write_lead') } },
      schemas: {
        Written: {
          type: 'object',
          required: ['id', 'url'],
          properties: { id: { type: 'string' }, url: { type: 'string', format: 'uri' } },
        },
        Pushed: {
          type: 'object',
          required: ['id', 'at', 'value', 'url'],
          properties: {
            id: { type: 'string' },
            at: { type: 'string', format: 'date-time' },
            value: { type: 'number' },
            url: { type: 'string', format: 'uri' },
          },
        },
        Problem: PROBLEM,
      },
    },
  };
}

/** RFC 9457, with the faults of a body by field. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'pointer', 'detail'],
        properties: {
          field: { type: 'string' },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
} as const;

const REFUSALS: Record<string, string> = {
  400: 'The body is not JSON.',
  401: 'The token is missing or wrong.',
  403: 'The writing API is off: API_TOKEN is not set.',
  404: 'There is no such incident or metric.',
  409: 'The file cannot be changed by machine; or the metric has another value at that moment.',
  422: 'Some fields are not right, or the Idempotency-Key was used with another body.',
  429: 'Too many requests.',
  503: 'The file cannot be written now.',
};

function described(operation: Operation, say: Say): object {
  const { id, summary, status, type, body, example, path, answer = 'Written' } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(found => found[1] as string);
  const parameters = names.map(name => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
  const fine = { description: say(summary) };
  if (!body) {
    const schema = type.endsWith('json') ? { type: 'object' } : { type: 'string' };
    const responses = { [status]: { ...fine, content: { [type]: { schema } } } };
    return { operationId: id, summary: say(summary), parameters, responses };
  }
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const refusals = Object.entries(REFUSALS)
    .filter(([code]) => names.length > 0 || (code !== '404' && code !== '409'))
    .map(([code, description]) => [code, { description, content: problem }]);
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: say('api.key'),
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  };
  const written = { [type]: { schema: { $ref: `#/components/schemas/${answer}` } } };
  const again = answer === 'Pushed' && { 200: { description: 'It was known already.', content: written } };
  return {
    operationId: id,
    summary: say(summary),
    security: [{ token: [] }],
    parameters: [...parameters, key],
    requestBody: { required: true, content: { [type]: { schema: bodySchema(body, say), example } } },
    responses: { ...again, [status]: { ...fine, content: written }, ...Object.fromEntries(refusals) },
  };
}

function bodySchema(body: z.ZodType, say: Say): object {
  const schema = jsonSchema(body);
  const fields = fieldsOfBody(body, say);
  return {
    ...schema,
    properties: Object.fromEntries(
      fields.map(({ name, schema: property, description }) => [name, { ...property, description }]),
    ),
  };
}

function jsonSchema(body: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { io: 'input' });
  return schema;
}
