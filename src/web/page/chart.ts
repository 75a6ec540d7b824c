// The chart: response times as one SVG drawn on the server, readable without script, colour or sight.
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { escapeHtml } from '../../core/markdown.ts';
import { type Point, SPAN_LENGTH } from '../../core/rollup.ts';
import type { Millis } from '../../core/time.ts';
import type { Series } from '../latency.ts';
import type { Tell } from './tell.ts';

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

const WIDTH = 807;
const HEIGHT = 220;
/** Room for the labels: left of the scale, below the times. */
const LEFT = 56;
const BELOW = 24;
const ABOVE = 8;

type Timed = Point & { readonly p50: Millis; readonly p95: Millis };

/** Draws a component's series; null where no answer took a measurable time. */
export function chart(series: Series, name: string, tell: Tell): Chart | null {
  const timed = series.points.filter((point): point is Timed => point.p50 !== null && point.p95 !== null);
  if (timed.length === 0) return null;
  const newestFirst = [...series.points].reverse();
  return {
    svg: draw(series, timed, name, tell),
    rows: newestFirst.map(({ start, p50, p95, count, ok }) => ({
      at: tell.time(start).html,
      p50: p50 === null ? '–' : tell.dates.millis(p50),
      p95: p95 === null ? '–' : tell.dates.millis(p95),
      count,
      ok,
    })),
  };
}

function draw({ span, from, to, range }: Series, timed: readonly Timed[], name: string, tell: Tell): string {
  const x = scaleUtc([from, to], [LEFT, WIDTH - 1]);
  const most = Math.max(...timed.map(point => point.p95));
  const y = scaleLinear([0, most], [HEIGHT - BELOW, ABOVE]).nice(4);
  const middle = ({ start }: Timed) => x(Math.min(start + SPAN_LENGTH[span] / 2, to));
  const stretches = unbroken(timed, SPAN_LENGTH[span]);
  const path = (d: string | null, look: string) => (d === null ? '' : `<path class="${look}" d="${d}"/>`);
  const between = area<Timed>(
    middle,
    point => y(point.p50),
    point => y(point.p95),
  ).digits(1);
  const low = line<Timed>(middle, point => y(point.p50)).digits(1);
  const high = line<Timed>(middle, point => y(point.p95)).digits(1);
  const drawn = stretches.map(points => {
    // A line of one point is nothing; a dot is what was measured.
    const only = points.length === 1 ? points[0] : undefined;
    if (only) return dot(middle(only), y(only.p50), 'mid') + dot(middle(only), y(only.p95), 'top');
    return path(between(points), 'band') + path(high(points), 'top') + path(low(points), 'mid');
  });
  const levels = y.ticks(4).map(value => {
    const at = round(y(value));
    return `<path class="grid" d="M${LEFT} ${at}H${WIDTH}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(tell.dates.millis(value))}</text>`;
  });
  // A label at the very edge would be cut.
  const inside = (moment: Date) => x(moment) > LEFT + 20 && x(moment) < WIDTH - 20;
  const ticks = x.ticks(range === '24h' ? 6 : 7).filter(inside);
  const times = ticks.map(moment => {
    const at = moment.getTime();
    const text = range === '24h' ? tell.dates.clock(at) : tell.dates.dayMonth(at);
    return `<text x="${round(x(at))}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(text)}</text>`;
  });
  const label = tell.say('response.chart', {
    name,
    low: tell.dates.millis(Math.min(...timed.map(point => point.p50))),
    high: tell.dates.millis(Math.max(...timed.map(point => point.p50))),
    most: tell.dates.millis(most),
  });
  return `<svg class="chart" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${[...levels, ...times, ...drawn].join('')}</svg>`;
}

/** The points in runs without a gap: a line over time nobody measured would be invented. */
function unbroken(points: readonly Timed[], step: Millis): Timed[][] {
  const runs: Timed[][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    if (last && before && point.start - before.start <= step) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

function dot(x: number, y: number, look: string): string {
  return `<circle class="${look}" cx="${round(x)}" cy="${round(y)}" r="2"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
