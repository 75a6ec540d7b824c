// The JSON documents that the server answers with, as schemas: the API's description is made of them.
import * as z from 'zod';
import { SEVERITIES } from '../../core/model/incident.ts';
import { AGGREGATES } from '../../core/model/metric.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import { BODIES } from '../statuspage/bodies.ts';

const time = z.iso.datetime();
const percent = z.number().min(0).max(100);
const seconds = z.number().nonnegative();
const health = z.enum([
  'operational',
  'under_maintenance',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'no_data',
]);
const ranged = { range: z.enum(RANGES), from: time, to: time, step_seconds: z.number().positive() };

const Uptime = z.strictObject({
  asOf: time,
  days: z.number().int().positive(),
  components: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      status: health,
      window: z.strictObject({ start: time, end: time }),
      total_seconds: seconds,
      downtime_seconds: seconds,
      excluded_seconds: seconds,
      observed_seconds: seconds,
      unobserved_seconds: seconds,
      coverage: percent.nullable(),
      uptime: percent.nullable(),
      strict: percent.nullable(),
      statuspage: percent.nullable(),
      intervals: z.array(
        z.strictObject({
          start: time,
          end: time,
          incident: z.string(),
          severity: z.enum(SEVERITIES),
          weight: z.number().min(0).max(1),
        }),
      ),
    }),
  ),
});

const window = z.strictObject({ start: time, end: time.nullable() });
const Claim = z.strictObject({
  incident: z.string(),
  written: window,
  measured: window.nullable(),
  detection_lag_seconds: z.number().nullable(),
  first_update_lag_seconds: z.number().nullable(),
});

const millis = z.number().nonnegative().nullable();
const Latency = z.strictObject({
  component: z.strictObject({ id: z.string(), name: z.string() }),
  ...ranged,
  unit: z.literal('ms'),
  points: z.array(
    z.strictObject({
      start: time,
      count: z.number().int(),
      ok: z.number().int(),
      p50: millis,
      p95: millis,
      p99: millis,
    }),
  ),
});

const Metric = z.strictObject({
  metric: z.strictObject({
    id: z.string(),
    name: z.string(),
    unit: z.string(),
    aggregate: z.enum(AGGREGATES),
  }),
  ...ranged,
  points: z.array(
    z.strictObject({
      start: time,
      count: z.number().int().positive(),
      value: z.number(),
      min: z.number(),
      max: z.number(),
    }),
  ),
});

const Widget = z.strictObject({
  wrong: z.boolean(),
  state: health,
  color: z.string(),
  key: z.string(),
  url: z.url(),
  words: z.record(z.string(), z.strictObject({ text: z.string(), more: z.string(), close: z.string() })),
});

const JsonFeed = z.strictObject({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: z.string(),
  home_page_url: z.url(),
  feed_url: z.url(),
  description: z.string(),
  language: z.string(),
  authors: z.array(z.strictObject({ name: z.string(), url: z.url() })),
  items: z.array(
    z.strictObject({
      id: z.string(),
      url: z.url(),
      title: z.string(),
      content_html: z.string(),
      date_published: time,
      date_modified: time,
      tags: z.array(z.string()),
    }),
  ),
});

const Fine = z.strictObject({ ok: z.literal(true) });
const result = {
  action: z.enum(['opened', 'resolved', 'ignored']),
  incident: z.string().nullable(),
  why: z.string().optional(),
};
const Received = z.strictObject({
  ok: z.literal(true),
  ...result,
  results: z.array(z.looseObject(result)).optional(),
});

const Ready = z.looseObject({
  ok: z.boolean(),
  snapshot: z.strictObject({ version: z.string(), at: time }),
  problems: z.array(
    z.looseObject({
      level: z.enum(['error', 'warning']),
      where: z.string(),
      what: z.string(),
      fix: z.string(),
      message: z.string(),
    }),
  ),
});

const Subscribed = z.strictObject({ ok: z.boolean(), result: z.string() });
const Written = z.strictObject({ id: z.string(), url: z.url() });
const Pushed = z.strictObject({ id: z.string(), at: time, value: z.number(), url: z.url() });

/** RFC 9457, with the faults of a body by field. */
const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), pointer: z.string(), detail: z.string() })).optional(),
});

/** `scheduled-maintenances/upcoming.json` → `ScheduledMaintenancesUpcoming`. */
export function documentOf(statuspage: string): string {
  return statuspage
    .replace(/\.json$/, '')
    .replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Every document by its name. */
export const DOCUMENTS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(BODIES).map(([name, schema]) => [documentOf(name), schema])),
  Uptime,
  Claim,
  Latency,
  Metric,
  Widget,
  JsonFeed,
  Fine,
  Received,
  Ready,
  Subscribed,
  Written,
  Pushed,
  Problem,
};
