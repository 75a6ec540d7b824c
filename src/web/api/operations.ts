// All operations of the API in one table. Routes, the OpenAPI document, the page at /api and the static copy are made
// from it.
import * as z from 'zod';
import type { Key } from '../../core/i18n/words.ts';
import { changeSchema, openSchema, pushSchema, updateSchema } from '../../core/incidents/api/bodies.ts';
import { DETAILS, KINDS } from '../../core/model/subscriber.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { BADGES, type BadgeShow, badge } from '../feeds/badges.ts';
import { maintenanceIcs } from '../feeds/calendar.ts';
import { atom, jsonFeed, rss } from '../feeds/feeds.ts';
import { widgetJson } from '../page/parts/widget.ts';
import { STATUSPAGE } from '../statuspage/statuspage.ts';
import { documentOf } from './documents.ts';
import { uptimeJson } from './evidence.ts';

export interface Operation {
  readonly method: 'get' | 'post' | 'patch';
  /** With `{names}` for parameters. */
  readonly path: string;
  readonly id: string;
  readonly summary: Key;
  /** The status of a successful response. */
  readonly status: 200 | 201;
  readonly type: string;
  /** The name of the returned document in DOCUMENTS; absent if it is not JSON. */
  readonly answer?: string;
  /** True if only a running server can answer; the static copy leaves it out. */
  readonly live?: true;
  /** Query parameters by name, with their values; the first value is the default. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly body?: z.ZodType;
  /** The body sent as a form; optional. */
  readonly form?: z.ZodType;
  readonly example?: object;
}

/** A document about the whole site and, at `pathOfOne`, about one component. */
export interface PublicDocument extends Operation {
  readonly pathOfOne?: string;
  /** Returns text, or an object to be sent as JSON. */
  readonly make: (snapshot: Snapshot, component: string | undefined, show: BadgeShow) => string | object;
}

const JSON_TYPE = 'application/json';

const read = (path: string, id: string, summary: Key, answer?: string, type = JSON_TYPE): Operation => {
  return { method: 'get', path, id, summary, status: 200, type, ...(answer ? { answer } : {}) };
};

const writes = (
  method: Operation['method'],
  path: string,
  id: string,
  summary: Key,
  answer: string,
  body: z.ZodType,
  example: object,
): Operation => {
  return {
    ...read(path, id, summary, answer),
    method,
    status: method === 'patch' ? 200 : 201,
    body,
    example,
  };
};

/** These need the token. */
export const WRITES: readonly Operation[] = [
  writes('post', '/api/incidents', 'openIncident', 'api.open', 'WriteResult', openSchema, {
    title: 'Slow sign-in',
    status: 'investigating',
    severity: 'major',
    components: ['dashboard'],
    message: 'Signing in takes up to a minute.',
  }),
  writes('patch', '/api/incidents/{id}', 'changeIncident', 'api.change', 'WriteResult', changeSchema, {
    severity: 'critical',
  }),
  writes('post', '/api/incidents/{id}/updates', 'addUpdate', 'api.update', 'WriteResult', updateSchema, {
    status: 'resolved',
    message: 'Signing in is fast again.',
  }),
  writes('post', '/api/metrics/{metric}', 'pushMetric', 'api.push', 'Pushed', pushSchema, { value: 12.5 }),
];

const text = (path: string, id: string, summary: Key, type: string) =>
  read(path, id, summary, undefined, type);
const ATOM = 'application/atom+xml';
const RSS = 'application/rss+xml';
const range = { query: { range: RANGES } };

/** Pure functions of the Snapshot, at paths of the site. */
const UPTIME: PublicDocument = {
  ...read('/api/uptime.json', 'uptime', 'api.uptime', 'Uptime'),
  make: uptimeJson,
};
const FEEDS: readonly PublicDocument[] = [
  {
    ...text('/status/feed.atom', 'feedAtom', 'api.feed', ATOM),
    pathOfOne: '/status/feed/{component}.atom',
    make: (snapshot, component) => atom(snapshot, component),
  },
  {
    ...text('/status/feed.rss', 'feedRss', 'api.feed', RSS),
    pathOfOne: '/status/feed/{component}.rss',
    make: (snapshot, component) => rss(snapshot, component),
  },
  {
    ...read('/status/feed.json', 'feedJson', 'api.feed', 'JsonFeed', 'application/feed+json'),
    pathOfOne: '/status/feed/{component}.json',
    make: (snapshot, component) => jsonFeed(snapshot, component),
  },
];
/** At Statuspage's paths, with one entry per incident as there. */
const HISTORY: readonly PublicDocument[] = [
  {
    ...text('/history.atom', 'historyAtom', 'api.history', ATOM),
    make: snapshot => atom(snapshot, undefined, 'incident'),
  },
  {
    ...text('/history.rss', 'historyRss', 'api.history', RSS),
    make: snapshot => rss(snapshot, undefined, 'incident'),
  },
];
const CALENDAR: PublicDocument = {
  ...text('/status/maintenance.ics', 'calendar', 'api.calendar', 'text/calendar'),
  pathOfOne: '/status/maintenance/{component}.ics',
  make: maintenanceIcs,
};
const BADGE: PublicDocument = {
  ...text('/status/badge.svg', 'badge', 'api.badge', 'image/svg+xml'),
  pathOfOne: '/status/badge/{component}.svg',
  query: { show: BADGES },
  make: badge,
};
const WIDGET: PublicDocument = {
  ...read('/status/widget.json', 'widget', 'api.widget', 'Widget'),
  make: widgetJson,
};

export const PUBLIC_DOCUMENTS: readonly PublicDocument[] = [
  UPTIME,
  ...FEEDS,
  ...HISTORY,
  CALENDAR,
  BADGE,
  WIDGET,
];

function ofOne({ path, pathOfOne = path, id, ...document }: PublicDocument): Operation {
  return { ...document, path: pathOfOne, id: `component${id[0]?.toUpperCase()}${id.slice(1)}` };
}

export const READS: readonly Operation[] = [
  ...Object.keys(STATUSPAGE).map(name =>
    read(`/api/v2/${name}`, camel(name), 'api.statuspage', documentOf(name)),
  ),
  UPTIME,
  { ...read('/api/components/{component}/latency.json', 'latency', 'api.latency', 'Latency'), ...range },
  { ...read('/api/metrics/{metric}.json', 'metric', 'api.metric', 'Metric'), ...range },
  read('/api/incidents/{id}/claim.json', 'claim', 'api.claim', 'ReportedVsMeasured'),
  ...FEEDS,
  ...FEEDS.map(ofOne),
  ...HISTORY,
  ...[CALENDAR, BADGE].flatMap(document => [document, ofOne(document)]),
  WIDGET,
  { ...read('/healthz', 'health', 'api.health', 'Fine'), live: true },
  { ...read('/readyz', 'ready', 'api.health', 'Ready'), live: true },
];

/** Requests from monitors and jobs. The token is in the address, or none is needed. */
export const INBOUND: readonly Operation[] = [
  {
    ...read('/heartbeats/{token}', 'beat', 'api.heartbeat', 'Fine'),
    query: { status: ['up', 'down'] },
  },
  {
    ...read('/heartbeats/{token}', 'tell', 'api.heartbeat', 'Fine'),
    method: 'post',
    form: z.object({ status: z.enum(['up', 'down']).optional(), msg: z.string().max(500).optional() }),
  },
  {
    ...read('/webhooks/{sender}', 'webhook', 'api.webhook', 'Received'),
    method: 'post',
    body: z.looseObject({}),
    example: { alert_type: 'down', monitor_name: 'API' },
  },
  {
    ...read('/status/subscribe', 'subscribe', 'api.subscribe', 'Subscribed'),
    method: 'post',
    body: z.object({
      email: z.email(),
      components: z.array(z.string()).optional(),
      kinds: z.enum(KINDS).optional(),
      detail: z.enum(DETAILS).optional(),
    }),
    example: { email: 'you@example.com', components: ['api'] },
  },
];

/** `incidents/unresolved.json` → `incidentsUnresolved`. */
function camel(name: string): string {
  return name.replace(/\.json$/, '').replace(/[/-]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
