// The page at /api: what programs may ask, for people who write them.

import type { Tell } from '../page/context.ts';
import { type Field, fieldsOfBody } from './openapi.ts';
import type { Operation } from './operations.ts';
import { DOORS, READS, WRITES } from './operations.ts';

export interface ApiCall {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: string;
    readonly description: string;
  }[];
  /** A command for a terminal. */
  readonly example: string;
}

export interface ApiRead {
  readonly summary: string;
  readonly paths: readonly { readonly path: string; readonly url: string | null }[];
}

/** Everything the page shows: calls that write with their fields, and what can be read, by kind. */
export function apiCalls(tell: Tell): {
  readonly writes: readonly ApiCall[];
  readonly reads: readonly ApiRead[];
  readonly doors: readonly ApiRead[];
} {
  return {
    writes: WRITES.map(operation => call(operation, tell)),
    reads: byKind(
      READS,
      ({ path, live }) => ({ path, url: live || path.includes('{') ? null : tell.link(path) }),
      tell,
    ),
    doors: byKind(
      DOORS,
      ({ method, path }) => ({ path: `${method.toUpperCase()} ${path}`, url: null }),
      tell,
    ),
  };
}

function byKind(
  operations: readonly Operation[],
  shown: (operation: Operation) => ApiRead['paths'][number],
  tell: Tell,
): ApiRead[] {
  const kinds = [...new Set(operations.map(({ summary }) => summary))];
  return kinds.map(kind => ({
    summary: tell.say(kind),
    paths: operations.filter(({ summary }) => summary === kind).map(shown),
  }));
}

function call({ id, method, path, summary, body, example }: Operation, tell: Tell): ApiCall {
  const metric = tell.site.metrics[0]?.id ?? 'orders';
  const fields = body ? fieldsOfBody(body, tell.say) : [];
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: tell.say(summary),
    fields: fields.map(field => ({
      name: field.name,
      type: typeOf(field, tell),
      required: field.required ? tell.say('api.required') : '',
      description: field.description,
    })),
    example: [
      `curl -X ${method.toUpperCase()} ${tell.site.url}${path.replace('{id}', '20251106_slow-sign-in').replace('{metric}', metric)} \\`,
      `  -H 'Authorization: Bearer API_TOKEN' \\`,
      `  -d '${JSON.stringify(example)}'`,
    ].join('\n'),
  };
}

function typeOf({ schema }: Field, tell: Tell): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(', ');
  if (schema.type === 'number') return tell.say('api.type.number');
  if (schema.type === 'array') return tell.say('api.type.list');
  return tell.say(schema.format === 'date-time' ? 'api.type.time' : 'api.type.text');
}
