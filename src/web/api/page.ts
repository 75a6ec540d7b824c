// The page at /api, for developers.

import type { PageContext } from '../page/context.ts';
import type { Page } from '../page/layout.ts';
import { type Field, fieldsOfBody } from './openapi.ts';
import { INBOUND, type Operation, READS, WRITES } from './operations.ts';

/** Write operations with their fields, then the documents to read and the reports to send, by kind. */
export function apiPage(ctx: PageContext): Page {
  const title = ctx.say('api.title');
  return {
    view: 'api',
    about: { title, description: ctx.say('api.lead'), path: '/api', live: false },
    data: {
      title,
      writes: WRITES.map(operation => call(operation, ctx)),
      reads: byKind(READS, ctx, ({ path, live }) => {
        return { path, url: live || path.includes('{') ? null : ctx.link(path) };
      }),
      inbound: byKind(INBOUND, ctx, ({ method, path }) => ({ path: `${method.toUpperCase()} ${path}` })),
    },
  };
}

function byKind(operations: readonly Operation[], ctx: PageContext, shown: (operation: Operation) => object) {
  return [...new Set(operations.map(({ summary }) => summary))].map(kind => ({
    summary: ctx.say(kind),
    paths: operations.filter(({ summary }) => summary === kind).map(shown),
  }));
}

function call({ id, method, path, summary, body, example }: Operation, ctx: PageContext) {
  const metric = ctx.site.metrics[0]?.id ?? 'orders';
  const address = path.replace('{id}', '20251106_slow-sign-in').replace('{metric}', metric);
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: ctx.say(summary),
    fields: (body ? fieldsOfBody(body, ctx.say) : []).map(field => ({
      ...field,
      type: typeOf(field, ctx),
      required: field.required ? ctx.say('api.required') : '',
    })),
    example: [
      `curl -X ${method.toUpperCase()} ${ctx.site.url}${address} \\`,
      `  -H 'Authorization: Bearer API_TOKEN' \\`,
      `  -d '${JSON.stringify(example)}'`,
    ].join('\n'),
  };
}

function typeOf({ schema }: Field, ctx: PageContext): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(', ');
  if (schema.type === 'number') return ctx.say('api.type.number');
  if (schema.type === 'array') return ctx.say('api.type.list');
  return ctx.say(schema.format === 'date-time' ? 'api.type.time' : 'api.type.text');
}
