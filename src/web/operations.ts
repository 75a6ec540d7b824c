// What the API can be asked, as one table: the OpenAPI document and the page at /api are made of it.
import type * as z from 'zod';
import type { Key } from '../core/words/words.ts';
import { changeSchema, openSchema, pushSchema, updateSchema } from '../core/write-body.ts';
import { STATUSPAGE } from './statuspage.ts';

export interface Operation {
  readonly method: 'get' | 'post' | 'patch';
  /** With `{names}` where values go. */
  readonly path: string;
  readonly id: string;
  readonly summary: Key;
  /** Of the answer when all is well. */
  readonly status: 200 | 201;
  readonly type: string;
  /** Schema of the answer, when it is not what was written of an incident. */
  readonly answer?: 'Pushed';
  readonly body?: z.ZodType;
  /** A body that would be taken. */
  readonly example?: object;
}

/** Behind the token. */
export const WRITES: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/incidents',
    id: 'openIncident',
    summary: 'api.open',
    status: 201,
    type: 'application/json',
    body: openSchema,
    example: {
      title: 'Slow sign-in',
      status: 'investigating',
      severity: 'major',
      components: ['dashboard'],
      message: 'Signing in takes up to a minute.',
    },
  },
  {
    method: 'patch',
    path: '/api/incidents/{id}',
    id: 'changeIncident',
    summary: 'api.change',
    status: 200,
    type: 'application/json',
    body: changeSchema,
    example: { severity: 'critical' },
  },
  {
    method: 'post',
    path: '/api/incidents/{id}/updates',
    id: 'addUpdate',
    summary: 'api.update',
    status: 201,
    type: 'application/json',
    body: updateSchema,
    example: { status: 'resolved', message: 'Signing in is fast again.' },
  },
  {
    method: 'post',
    path: '/api/metrics/{metric}',
    id: 'pushMetric',
    summary: 'api.push',
    status: 201,
    type: 'application/json',
    answer: 'Pushed',
    body: pushSchema,
    example: { value: 12.5 },
  },
];

const read = (path: string, id: string, summary: Key, type = 'application/json'): Operation => {
  return { method: 'get', path, id, summary, status: 200, type };
};

/** Open to everybody. */
export const READS: readonly Operation[] = [
  ...Object.keys(STATUSPAGE).map(name => read(`/api/v2/${name}`, camel(name), 'api.statuspage')),
  read('/api/uptime.json', 'uptime', 'api.uptime'),
  read('/api/metrics/{metric}.json', 'metric', 'api.metric'),
  read('/api/incidents/{id}/claim.json', 'claim', 'api.claim'),
  read('/status/feed.atom', 'feedAtom', 'api.feed', 'application/atom+xml'),
  read('/status/feed.rss', 'feedRss', 'api.feed', 'application/rss+xml'),
  read('/status/feed.json', 'feedJson', 'api.feed', 'application/feed+json'),
  read('/status/maintenance.ics', 'calendar', 'api.calendar', 'text/calendar'),
  read('/status/badge.svg', 'badge', 'api.badge', 'image/svg+xml'),
  read('/status/badge/{component}.svg', 'componentBadge', 'api.badge', 'image/svg+xml'),
];

/** `incidents/unresolved.json` → `incidentsUnresolved`. */
function camel(name: string): string {
  return name.replace(/\.json$/, '').replace(/[/-]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
