// The chart of response times, and the same data as table rows.

import type { Millis } from '../../../core/model/time.ts';
import { type Point, RANGES } from '../../../core/monitoring/rollup.ts';
import type { PageContext } from '../context.ts';
import type { ResponseTimes } from '../series.ts';
import { drawChart } from './chart-svg.ts';

type TimedPoint = Point & { readonly p50: Millis; readonly p95: Millis };

/** Draws a component's series; null if no point has a response time. */
export function chart(series: ResponseTimes, name: string, ctx: PageContext) {
  const timed = series.points.filter(
    (point): point is TimedPoint => point.p50 !== null && point.p95 !== null,
  );
  if (timed.length === 0) return null;
  const { millis } = ctx.dates;
  const medians = timed.map(({ p50 }) => p50);
  const label = ctx.say('response.chart', {
    name,
    low: millis(Math.min(...medians)),
    high: millis(Math.max(...medians)),
    most: millis(Math.max(...timed.map(({ p95 }) => p95))),
  });
  const points = timed.map(({ start, p50, p95 }) => ({ start, mid: p50, top: p95 }));
  return {
    svg: drawChart({ ...series, points, scale: millis, label }, ctx),
    rows: [...series.points].reverse().map(({ start, p50, p95, count, ok }) => ({
      at: ctx.time(start).html,
      p50: p50 === null ? '–' : millis(p50),
      p95: p95 === null ? '–' : millis(p95),
      count,
      ok,
    })),
  };
}

export function rangeLinks(path: string, { range }: Pick<ResponseTimes, 'range'>, ctx: PageContext) {
  return RANGES.map(one => ({
    name: ctx.say(`response.${one}`),
    url: ctx.page(path, `range=${one}`),
    here: one === range,
  }));
}
