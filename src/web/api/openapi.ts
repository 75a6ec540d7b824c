// The OpenAPI 3.1 document of the API, made from the schemas that validate its bodies.
import * as z from 'zod';
import { isKey, type Say, sayIn } from '../../core/i18n/words.ts';
import type { Site } from '../../core/model/site.ts';
import { DOCUMENTS } from './documents.ts';
import { INBOUND, type Operation, READS, WRITES } from './operations.ts';

/** A field of a body, as described in the document and on the page. */
export interface Field {
  readonly name: string;
  readonly required: boolean;
  /** JSON Schema draft 2020-12, as used by OpenAPI 3.1. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
}

/** The fields of a body's schema, described in the language of `say`. */
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

export function openapi(site: Site): object {
  const say = sayIn('en');
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of [...WRITES, ...READS, ...INBOUND]) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation, say) };
  }
  return {
    openapi: '3.1.0',
    info: { title: site.title, version: '1', description: say('api.lead') },
    servers: [{ url: site.url }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: say('api.write_lead') },
        webhook: { type: 'apiKey', in: 'query', name: 'token', description: say('api.webhook') },
      },
      schemas: Object.fromEntries(
        Object.entries(DOCUMENTS).map(([name, schema]) => [name, jsonSchema(schema, 'output')]),
      ),
    },
  };
}

const REFUSALS: Record<string, string> = {
  400: 'The body is not JSON.',
  401: 'The token is missing or wrong.',
  403: 'The writing API is off (API_TOKEN is not set), or the token may only read.',
  404: 'There is no such incident or metric.',
  409: 'The server cannot change the file, the incident is already over, or the metric has another value at that time.',
  422: 'Some fields are not valid, or the Idempotency-Key was used with another body.',
  429: 'Too many requests.',
  503: 'The file cannot be written now.',
};

const WEBHOOKS: Record<string, string> = {
  400: 'The body does not have the monitor’s format.',
  401: 'The token is missing or wrong.',
  404: 'There is no such sender.',
  413: 'The request is too large.',
  429: 'Too many requests.',
};

function described(operation: Operation, say: Say): object {
  const { id, summary, status, type, path, answer, query = {} } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(found => found[1] as string);
  const schema = answer ? { $ref: `#/components/schemas/${answer}` } : { type: 'string' };
  const content = { [type]: { schema } };
  const isWrite = WRITES.includes(operation);
  const isWebhook = path.startsWith('/webhooks/');
  return {
    operationId: id,
    summary: say(summary),
    ...(isWrite ? { security: [{ token: [] }] } : {}),
    ...(isWebhook ? { security: [{ webhook: [] }, { token: [] }] } : {}),
    parameters: [
      ...names.map(name => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, values]) => {
        return { name, in: 'query', schema: { type: 'string', enum: values, default: values[0] } };
      }),
      ...(isWrite ? [idempotencyKey(say)] : []),
    ],
    ...bodyOf(operation, say),
    responses: {
      ...(answer === 'Pushed' && { 200: { description: 'The value was already stored.', content } }),
      [status]: { description: say(summary), content },
      ...refused(refusalsOf(operation)),
    },
  };
}

function idempotencyKey(say: Say): object {
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return { name: 'Idempotency-Key', in: 'header', description: say('api.key'), schema };
}

function refusalsOf(operation: Operation): Readonly<Record<string, string | undefined>> {
  const { path, query } = operation;
  const isOfOne = path.includes('{');
  if (path.startsWith('/webhooks/')) return WEBHOOKS;
  if (!WRITES.includes(operation)) {
    return isOfOne || query ? { 400: REFUSALS[400], 404: 'There is nothing with this id.' } : {};
  }
  const { 404: _, 409: __, ...others } = REFUSALS;
  return isOfOne ? REFUSALS : others;
}

function bodyOf({ body, form, example }: Operation, say: Say): object {
  if (form) {
    const content = { 'application/x-www-form-urlencoded': { schema: bodySchema(form, say) } };
    return { requestBody: { content } };
  }
  if (!body) return {};
  const content = { 'application/json': { schema: bodySchema(body, say), example } };
  return { requestBody: { required: true, content } };
}

function refused(refusals: Readonly<Record<string, string | undefined>>): object {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    Object.entries(refusals).map(([code, description]) => [code, { description, content }]),
  );
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

function jsonSchema(body: z.ZodType, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { io });
  return schema;
}
