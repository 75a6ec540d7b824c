// Routes of charts: a component's response times and an operator's metrics, as pages and as JSON.
import type { Request, Response, Router } from 'express';
import { figureOf, type Metric } from '../../core/model/metric.ts';
import { isoMillis } from '../../core/model/time.ts';
import { RANGES, type Range, SPAN_LENGTH } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { makeAsyncCache } from '../cache/async-cache.ts';
import { CACHED, OPEN_TO_ALL, VARY_LANGUAGE } from '../cache/cache-control.ts';
import { HTML, jsonBody, sendRendered } from '../cache/encoded-response.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';
import type { PageRequest } from './context.ts';
import { type MetricSeries, type ResponseTimes, readLatency, readMetricSeries } from './series.ts';
import { requestOf, visitorOf } from './visitor.ts';

interface Charted<Thing, Read> {
  readonly page: string;
  readonly json: string;
  readonly find: (snapshot: Snapshot, id: string) => Thing | undefined;
  readonly missing: string;
  readonly read: (id: string, range: Range, snapshot: Snapshot) => Promise<Read>;
  readonly toPage: (request: PageRequest, id: string, read: Read) => string | null;
  readonly toJson: (thing: Thing, read: Read) => object;
}

export function chartRoutes(router: Router, web: Web): void {
  const { db, pages } = web;
  charted(router, web, {
    json: '/api/components/:id/latency.json',
    page: '/status/components/:id',
    find: ({ site }, id) => site.components.find(one => one.id === id),
    missing: 'There is no such component.',
    read: (id, range, { at }) => readLatency(db, id, range, at),
    toPage: pages.component,
    toJson: latencyJson,
  });
  charted(router, web, {
    json: '/api/metrics/:id.json',
    page: '/status/metrics/:id',
    find: ({ site }, id) => site.metrics.find(one => one.id === id),
    missing: 'There is no such metric.',
    read: (id, range, { at }) => readMetricSeries(db, id, range, at),
    toPage: pages.metric,
    toJson: metricJson,
  });
}

function charted<Thing, Read>(router: Router, web: Web, kind: Charted<Thing, Read>): void {
  const cached = makeAsyncCache(web.refresh.current);
  const limit = limited(LIMITS.ranges);

  router.get(kind.json, limit, async (req, res) => {
    const range = rangeOf(req);
    const id = String(req.params.id);
    const rendered = await cached(`json ${id} ${range}`, async snapshot => {
      const thing = kind.find(snapshot, id);
      return thing ? jsonBody(kind.toJson(thing, await kind.read(id, range, snapshot))) : null;
    });
    if (!rendered) throw new Refusal(404, kind.missing);
    const headers = { 'Cache-Control': CACHED, Vary: 'Accept-Encoding', ...OPEN_TO_ALL };
    await sendRendered(req, res, rendered, headers);
  });
  router.options(kind.json, (_req, res: Response) => {
    const headers = { ...OPEN_TO_ALL, 'Access-Control-Allow-Methods': 'GET, HEAD' };
    res.set(headers).status(204).end();
  });

  router.get(kind.page, limit, async (req, res, next) => {
    const range = rangeOf(req);
    const id = String(req.params.id);
    const visitor = visitorOf(req);
    const key = `page ${visitor.lang} ${visitor.langAsked} ${web.base()} ${id} ${range}`;
    const rendered = await cached(key, async snapshot => {
      if (!kind.find(snapshot, id)) return null;
      const body = kind.toPage(requestOf(web, snapshot, visitor), id, await kind.read(id, range, snapshot));
      return body === null ? null : { type: HTML, body };
    });
    if (!rendered) return next();
    await sendRendered(req, res, rendered, { 'Cache-Control': CACHED, Vary: VARY_LANGUAGE });
  });
}

/** `/api/components/ID/latency.json`: response times in ms; `ok` counts the checks that were not down. */
export function latencyJson(
  { id, name }: { readonly id: string; readonly name: string },
  { points, ...over }: ResponseTimes,
): object {
  return {
    component: { id, name },
    ...rangeJson(over),
    unit: 'ms',
    points: points.map(({ start, ...point }) => ({ start: isoMillis(start), ...point })),
  };
}

/** `/api/metrics/ID.json`: `value` is the metric's aggregate of each interval. */
export function metricJson(
  { id, name, unit, aggregate }: Metric,
  { stretches, ...over }: MetricSeries,
): object {
  return {
    metric: { id, name, unit, aggregate },
    ...rangeJson(over),
    points: stretches.map(({ start, rollup }) => ({
      start: isoMillis(start),
      count: rollup.count,
      value: figureOf(rollup, aggregate),
      min: rollup.min,
      max: rollup.max,
    })),
  };
}

function rangeJson({ range, from, to, span }: Omit<ResponseTimes, 'points'>): object {
  return { range, from: isoMillis(from), to: isoMillis(to), step_seconds: SPAN_LENGTH[span] / 1000 };
}

function rangeOf({ query }: Request): Range {
  const { range = '24h' } = query;
  const known = RANGES.find(one => one === range);
  if (!known) throw new Refusal(400, `range must be one of ${RANGES.join(', ')}.`);
  return known;
}
