// Schemas of the JSON documents that the server returns; the API's description is made from them.
import * as z from 'zod';
import { COMPONENT_STATUSES } from '../../core/model/component.ts';
import { SEVERITIES } from '../../core/model/incident.ts';
import { AGGREGATES } from '../../core/model/metric.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import { BODIES } from '../statuspage/bodies.ts';

const object = z.strictObject;
const list = (shape: z.core.$ZodLooseShape) => z.array(z.strictObject(shape));
const each = (schema: z.ZodType, ...names: string[]) => Object.fromEntries(names.map(name => [name, schema]));

const text = z.string();
const time = z.iso.datetime();
const count = z.number().int();
const percent = z.number().min(0).max(100);
const health = z.enum([...COMPONENT_STATUSES, 'no_data']);
const ranged = { range: z.enum(RANGES), from: time, to: time, step_seconds: z.number().positive() };
const severity = z.enum(SEVERITIES);

const Uptime = object({
  asOf: time,
  days: count.positive(),
  components: list({
    id: text,
    name: text,
    status: health,
    window: object({ start: time, end: time }),
    ...each(z.number().nonnegative(), 'total_seconds', 'downtime_seconds', 'excluded_seconds'),
    ...each(z.number().nonnegative(), 'observed_seconds', 'unobserved_seconds'),
    ...each(percent.nullable(), 'coverage', 'uptime', 'strict', 'statuspage'),
    intervals: list({
      ...{ start: time, end: time, incident: text.nullable(), severity },
      weight: z.number().min(0).max(1),
      source: text.optional(),
    }),
  }),
});

const window = object({ start: time, end: time.nullable() });
const ReportedVsMeasured = object({
  incident: text,
  written: window,
  measured: window.nullable(),
  outages: window.array(),
  ...each(z.number().nullable(), 'detection_lag_seconds', 'first_update_lag_seconds'),
});

const Latency = object({
  component: object({ id: text, name: text }),
  ...ranged,
  unit: z.literal('ms'),
  points: list({
    start: time,
    count,
    ok: count,
    ...each(z.number().nonnegative().nullable(), 'p50', 'p95', 'p99'),
    imported: z.literal(true).optional(),
  }),
});

const Metric = object({
  metric: object({ id: text, name: text, unit: text, aggregate: z.enum(AGGREGATES) }),
  ...ranged,
  points: list({ start: time, count: count.positive(), ...each(z.number(), 'value', 'min', 'max') }),
});

const Widget = object({
  wrong: z.boolean(),
  state: health,
  color: text,
  key: text,
  url: z.url(),
  at: time.nullable(),
  words: z.record(text, object({ text, when: text.nullable(), more: text, close: text })),
});

const JsonFeed = object({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: text,
  home_page_url: z.url(),
  feed_url: z.url(),
  description: text,
  language: text,
  authors: list({ name: text, url: z.url() }),
  items: list({
    id: text,
    url: z.url(),
    ...each(text, 'title', 'content_html'),
    ...each(time, 'date_published', 'date_modified'),
    tags: z.array(text),
  }),
});

const result = {
  action: z.enum(['opened', 'joined', 'resolved', 'held', 'ignored']),
  incident: text.nullable(),
  why: text.optional(),
};
const level = z.enum(['error', 'warning']);

/** `scheduled-maintenances/upcoming.json` → `ScheduledMaintenancesUpcoming`. */
export function documentOf(statuspage: string): string {
  return statuspage
    .replace(/\.json$/, '')
    .replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export const DOCUMENTS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(BODIES).map(([name, schema]) => [documentOf(name), schema])),
  Uptime,
  ReportedVsMeasured,
  Latency,
  Metric,
  Widget,
  JsonFeed,
  Fine: object({ ok: z.literal(true) }),
  Received: object({ ok: z.literal(true), ...result, results: z.array(z.looseObject(result)).optional() }),
  Ready: z.looseObject({
    ok: z.boolean(),
    snapshot: object({ version: text, at: time }),
    problems: z.array(z.looseObject({ level, ...each(text, 'where', 'what', 'fix', 'message') })),
  }),
  Subscribed: object({ ok: z.boolean(), result: text }),
  WriteResult: object({ id: text, url: z.url() }),
  Pushed: object({ id: text, at: time, value: z.number(), url: z.url() }),
  // RFC 9457, with the errors of a body by field.
  Problem: z.looseObject({
    type: text,
    title: text,
    status: count,
    detail: text,
    errors: list({ field: text, pointer: text, detail: text }).optional(),
  }),
};
