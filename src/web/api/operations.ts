// What the API can be asked, as one table: the OpenAPI document and the page at /api are made of it.
import * as z from 'zod';
import type { Key } from '../../core/i18n/words.ts';
import { changeSchema, openSchema, pushSchema, updateSchema } from '../../core/incidents/api-bodies.ts';
import { DETAILS, KINDS } from '../../core/model/subscriber.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import { BADGES } from '../feeds/badges.ts';
import { STATUSPAGE } from '../statuspage/statuspage.ts';
import { documentOf } from './documents.ts';

export interface Operation {
  readonly method: 'get' | 'post' | 'patch';
  /** With `{names}` where values go. */
  readonly path: string;
  readonly id: string;
  readonly summary: Key;
  /** Of the answer when all is well. */
  readonly status: 200 | 201;
  readonly type: string;
  /** The document it answers with, by its name in DOCUMENTS; absent for what is no JSON. */
  readonly answer?: string;
  /** Only a running server can say it: a static copy does not. */
  readonly live?: true;
  /** What may be asked for behind `?`: the name, and its values, the first when it is left out. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly body?: z.ZodType;
  /** The same, sent as a form; it may be left out. */
  readonly form?: z.ZodType;
  /** A body that would be taken. */
  readonly example?: object;
}

const JSON_TYPE = 'application/json';

/** Behind the token. */
export const WRITES: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/incidents',
    id: 'openIncident',
    summary: 'api.open',
    status: 201,
    type: JSON_TYPE,
    answer: 'Written',
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
    type: JSON_TYPE,
    answer: 'Written',
    body: changeSchema,
    example: { severity: 'critical' },
  },
  {
    method: 'post',
    path: '/api/incidents/{id}/updates',
    id: 'addUpdate',
    summary: 'api.update',
    status: 201,
    type: JSON_TYPE,
    answer: 'Written',
    body: updateSchema,
    example: { status: 'resolved', message: 'Signing in is fast again.' },
  },
  {
    method: 'post',
    path: '/api/metrics/{metric}',
    id: 'pushMetric',
    summary: 'api.push',
    status: 201,
    type: JSON_TYPE,
    answer: 'Pushed',
    body: pushSchema,
    example: { value: 12.5 },
  },
];

const read = (path: string, id: string, summary: Key, answer?: string, type = JSON_TYPE): Operation => {
  return { method: 'get', path, id, summary, status: 200, type, ...(answer ? { answer } : {}) };
};
const text = (path: string, id: string, summary: Key, type: string) =>
  read(path, id, summary, undefined, type);
const range = { query: { range: RANGES } };
const show = { query: { show: BADGES } };
const feedJson = 'application/feed+json';

/** Open to everybody. */
export const READS: readonly Operation[] = [
  ...Object.keys(STATUSPAGE).map(name =>
    read(`/api/v2/${name}`, camel(name), 'api.statuspage', documentOf(name)),
  ),
  read('/api/uptime.json', 'uptime', 'api.uptime', 'Uptime'),
  { ...read('/api/components/{component}/latency.json', 'latency', 'api.latency', 'Latency'), ...range },
  { ...read('/api/metrics/{metric}.json', 'metric', 'api.metric', 'Metric'), ...range },
  read('/api/incidents/{id}/claim.json', 'claim', 'api.claim', 'Claim'),
  text('/status/feed.atom', 'feedAtom', 'api.feed', 'application/atom+xml'),
  text('/status/feed.rss', 'feedRss', 'api.feed', 'application/rss+xml'),
  read('/status/feed.json', 'feedJson', 'api.feed', 'JsonFeed', feedJson),
  text('/status/feed/{component}.atom', 'componentFeedAtom', 'api.feed', 'application/atom+xml'),
  text('/status/feed/{component}.rss', 'componentFeedRss', 'api.feed', 'application/rss+xml'),
  read('/status/feed/{component}.json', 'componentFeedJson', 'api.feed', 'JsonFeed', feedJson),
  text('/history.atom', 'historyAtom', 'api.history', 'application/atom+xml'),
  text('/history.rss', 'historyRss', 'api.history', 'application/rss+xml'),
  text('/status/maintenance.ics', 'calendar', 'api.calendar', 'text/calendar'),
  text('/status/maintenance/{component}.ics', 'componentCalendar', 'api.calendar', 'text/calendar'),
  { ...text('/status/badge.svg', 'badge', 'api.badge', 'image/svg+xml'), ...show },
  { ...text('/status/badge/{component}.svg', 'componentBadge', 'api.badge', 'image/svg+xml'), ...show },
  read('/status/widget.json', 'widget', 'api.widget', 'Widget'),
  { ...read('/healthz', 'health', 'api.health', 'Fine'), live: true },
  { ...read('/readyz', 'ready', 'api.health', 'Ready'), live: true },
];

const anything = z.looseObject({});
const said = z.object({
  status: z.enum(['up', 'down']).optional(),
  msg: z.string().max(500).optional(),
});
const wished = z.object({
  email: z.email(),
  components: z.array(z.string()).optional(),
  kinds: z.enum(KINDS).optional(),
  detail: z.enum(DETAILS).optional(),
});

/** What others tell us: the token is in the address, or they need none. */
export const DOORS: readonly Operation[] = [
  {
    ...read('/heartbeats/{token}', 'beat', 'api.heartbeat', 'Fine'),
    query: { status: ['up', 'down'] },
  },
  {
    ...read('/heartbeats/{token}', 'tell', 'api.heartbeat', 'Fine'),
    method: 'post',
    form: said,
  },
  {
    ...read('/webhooks/{sender}', 'webhook', 'api.webhook', 'Received'),
    method: 'post',
    body: anything,
    example: { alert_type: 'down', monitor_name: 'API' },
  },
  {
    ...read('/status/subscribe', 'subscribe', 'api.subscribe', 'Subscribed'),
    method: 'post',
    body: wished,
    example: { email: 'you@example.com', components: ['api'] },
  },
];

/** `incidents/unresolved.json` → `incidentsUnresolved`. */
function camel(name: string): string {
  return name.replace(/\.json$/, '').replace(/[/-]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
