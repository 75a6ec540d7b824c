// Metrics of the operator's own, from rollups: each one's page with its chart, and the same as JSON.

import type { Request, Response, Router } from 'express';
import { figureOf, type Metric } from '../../core/model/metric.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import { DRAWN_FROM, type Range, SPAN_LENGTH, startOfSpan } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { makeLater } from '../cache/async-cache.ts';
import { sendRendered } from '../cache/rendered.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { rangeLimit } from '../http/rate-limit.ts';
import { OPEN_TO_ALL } from '../statuspage/paths.ts';
import { json, rangeOf } from './latency.ts';
import { CACHED } from './routes.ts';
import type { MetricSeries } from './series.ts';
import { asksLang, contextOf, langOf } from './visitor.ts';

export function customMetricRoutes(router: Router, web: Web): void {
  const later = makeLater(web.refresh.current);
  const limit = rangeLimit();

  router.get('/api/metrics/:id.json', limit, async (req, res) => {
    const range = rangeOf(req);
    const rendered = await later(`json ${String(req.params.id)} ${range}`, async snapshot => {
      const metric = metricIn(snapshot, req);
      return metric ? json(metricJson(metric, await metricSeriesOf(web, metric, range, snapshot.at))) : null;
    });
    if (!rendered) throw new Refusal(404, 'There is no such metric.');
    await sendRendered(req, res, rendered, {
      'Cache-Control': CACHED,
      Vary: 'Accept-Encoding',
      ...OPEN_TO_ALL,
    });
  });
  router.options('/api/metrics/:id.json', (_req, res: Response) => {
    res
      .set({ ...OPEN_TO_ALL, 'Access-Control-Allow-Methods': 'GET, HEAD' })
      .status(204)
      .end();
  });

  router.get('/status/metrics/:id', limit, async (req, res, next) => {
    const range = rangeOf(req);
    const key = `page ${langOf(req)} ${asksLang(req)} ${web.base()} ${String(req.params.id)} ${range}`;
    const rendered = await later(key, async snapshot => {
      const metric = metricIn(snapshot, req);
      if (!metric) return null;
      const series = await metricSeriesOf(web, metric, range, snapshot.at);
      const body = web.pages.metric(contextOf(web, snapshot, req), metric.id, series);
      return body === null ? null : { type: 'text/html; charset=utf-8', body };
    });
    if (!rendered) return next();
    await sendRendered(req, res, rendered, {
      'Cache-Control': CACHED,
      Vary: 'Accept-Encoding, Accept-Language',
    });
  });
}

/** `/api/metrics/ID.json`: `value` is what the metric's aggregate makes of each stretch's values. */
export function metricJson(metric: Metric, { range, span, from, to, stretches }: MetricSeries): object {
  const { id, name, unit, aggregate } = metric;
  return {
    metric: { id, name, unit, aggregate },
    range,
    from: isoMillis(from),
    to: isoMillis(to),
    step_seconds: SPAN_LENGTH[span] / 1000,
    points: stretches.map(({ start, rollup }) => ({
      start: isoMillis(start),
      count: rollup.count,
      value: figureOf(rollup, aggregate),
      min: rollup.min,
      max: rollup.max,
    })),
  };
}

/** A metric's series of a range, as of `to` (epoch ms). */
export async function metricSeriesOf(
  { readMetric }: Pick<Web, 'readMetric'>,
  { id }: Metric,
  range: Range,
  to: Millis,
): Promise<MetricSeries> {
  const { span, length } = DRAWN_FROM[range];
  const from = startOfSpan(span, to - length);
  // A value of a clock that runs ahead lies beyond the chart for a moment.
  const stretches = (await readMetric(id, span, from)).filter(({ start }) => start <= to);
  return { range, span, from, to, stretches };
}

function metricIn(snapshot: Snapshot, req: Request): Metric | undefined {
  return snapshot.site.metrics.find(({ id }) => id === req.params.id);
}
