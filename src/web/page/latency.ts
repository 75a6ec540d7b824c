// Response times, from rollups: a component's own page with its chart, and the same as JSON.

import type { Request, Response, Router } from 'express';
import type { Component } from '../../core/model/component.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import { DRAWN_FROM, RANGES, type Range, SPAN_LENGTH, startOfSpan } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { jsonText } from '../../core/text/printable.ts';
import { makeLater } from '../cache/async-cache.ts';
import { type Answer, sendRendered } from '../cache/rendered.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { rangeLimit } from '../http/rate-limit.ts';
import { OPEN_TO_ALL } from '../statuspage/paths.ts';
import { CACHED } from './routes.ts';
import type { Series } from './series.ts';
import { asksLang, contextOf, langOf } from './visitor.ts';

export function latencyRoutes(router: Router, web: Web): void {
  const later = makeLater(web.refresh.current);
  const limit = rangeLimit();

  router.get('/api/components/:id/latency.json', limit, async (req, res) => {
    const range = rangeOf(req);
    const rendered = await later(`json ${String(req.params.id)} ${range}`, async snapshot => {
      const component = componentIn(snapshot, req);
      const series = component && (await seriesOf(web, component, range, snapshot.at));
      return series ? json(latencyJson(component, series)) : null;
    });
    if (!rendered) throw new Refusal(404, 'There is no such component.');
    await sendRendered(req, res, rendered, {
      'Cache-Control': CACHED,
      Vary: 'Accept-Encoding',
      ...OPEN_TO_ALL,
    });
  });
  router.options('/api/components/:id/latency.json', (_req, res: Response) => {
    res
      .set({ ...OPEN_TO_ALL, 'Access-Control-Allow-Methods': 'GET, HEAD' })
      .status(204)
      .end();
  });

  router.get('/status/components/:id', limit, async (req, res, next) => {
    const range = rangeOf(req);
    const lang = langOf(req);
    const key = `page ${lang} ${asksLang(req)} ${web.base()} ${String(req.params.id)} ${range}`;
    const rendered = await later(key, async snapshot => {
      const component = componentIn(snapshot, req);
      if (!component) return null;
      const series = await seriesOf(web, component, range, snapshot.at);
      const body = web.pages.component(contextOf(web, snapshot, req), component.id, series);
      return body === null ? null : { type: 'text/html; charset=utf-8', body };
    });
    if (!rendered) return next();
    await sendRendered(req, res, rendered, {
      'Cache-Control': CACHED,
      Vary: 'Accept-Encoding, Accept-Language',
    });
  });
}

/** `/api/components/ID/latency.json`: times in ms, of answers; `ok` counts the checks that were not down. */
export function latencyJson(component: Component, { range, span, from, to, points }: Series): object {
  return {
    component: { id: component.id, name: component.name },
    range,
    from: isoMillis(from),
    to: isoMillis(to),
    step_seconds: SPAN_LENGTH[span] / 1000,
    unit: 'ms',
    points: points.map(({ start, ...point }) => ({ start: isoMillis(start), ...point })),
  };
}

/** A component's series of a range, as of `to` (epoch ms). */
export async function seriesOf(
  { series }: Pick<Web, 'series'>,
  { id }: Component,
  range: Range,
  to: Millis,
): Promise<Series> {
  const { span, length } = DRAWN_FROM[range];
  const from = startOfSpan(span, to - length);
  return { range, span, from, to, points: await series(id, span, from) };
}

/** The range a request asks for; refuses what is none. */
export function rangeOf({ query }: Request): Range {
  const { range = '24h' } = query;
  const known = RANGES.find(one => one === range);
  if (!known) throw new Refusal(400, `range is one of ${RANGES.join(', ')}.`);
  return known;
}

function componentIn(snapshot: Snapshot, req: Request): Component | undefined {
  return snapshot.site.components.find(({ id }) => id === req.params.id);
}

/** A body as JSON that stays harmless as HTML. */
export function json(body: object): Answer {
  return { type: 'application/json; charset=utf-8', body: jsonText(body) };
}
