// The chart of response times, and the same as rows for readers.

import type { Millis } from '../../../core/model/time.ts';
import type { Point } from '../../../core/monitoring/rollup.ts';
import type { Tell } from '../context.ts';
import type { Series } from '../series.ts';
import { draw } from './chart-svg.ts';

/** What is drawn, and the same as rows for readers. */
export interface Chart {
  readonly svg: string;
  readonly rows: readonly {
    readonly at: string;
    readonly p50: string;
    readonly p95: string;
    readonly count: number;
    readonly ok: number;
  }[];
}

type Timed = Point & { readonly p50: Millis; readonly p95: Millis };

/** Draws a component's series; null where no answer took a measurable time. */
export function chart(series: Series, name: string, tell: Tell): Chart | null {
  const timed = series.points.filter((point): point is Timed => point.p50 !== null && point.p95 !== null);
  if (timed.length === 0) return null;
  const newestFirst = [...series.points].reverse();
  return {
    svg: draw(
      series,
      timed.map(({ start, p50, p95 }) => ({ start, mid: p50, top: p95 })),
      { scale: tell.dates.millis, label: labelOf(timed, name, tell) },
      tell,
    ),
    rows: newestFirst.map(({ start, p50, p95, count, ok }) => ({
      at: tell.time(start).html,
      p50: p50 === null ? '–' : tell.dates.millis(p50),
      p95: p95 === null ? '–' : tell.dates.millis(p95),
      count,
      ok,
    })),
  };
}

function labelOf(timed: readonly Timed[], name: string, tell: Tell): string {
  return tell.say('response.chart', {
    name,
    low: tell.dates.millis(Math.min(...timed.map(point => point.p50))),
    high: tell.dates.millis(Math.max(...timed.map(point => point.p50))),
    most: tell.dates.millis(Math.max(...timed.map(point => point.p95))),
  });
}
