// Draws a chart of figures over time as one SVG on the server, readable without script, color or sight.
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Millis } from '../../../core/model/time.ts';
import { SPAN_LENGTH } from '../../../core/monitoring/rollup.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import type { ResponseTimes } from '../series.ts';

/** One interval: the figure of the line, and of the upper line if there are two. */
interface Drawn {
  readonly start: Millis;
  readonly mid: number;
  readonly top: number | null;
}

const WIDTH = 807;
const HEIGHT = 220;
/** Room for the labels: left for the scale, below for the times. */
const LEFT = 56;
const BELOW = 24;
const ABOVE = 8;

/**
 * Draws at least one point, oldest first. The scale begins at 0, or below for negative figures.
 * @param scale formats a figure beside the grid
 * @param label describes the whole chart in words
 */
export function drawChart(
  { span, from, to, range }: Omit<ResponseTimes, 'points'>,
  points: readonly Drawn[],
  scale: (value: number) => string,
  label: string,
  ctx: PageContext,
): string {
  const x = scaleUtc([from, to], [LEFT, WIDTH - 1]);
  const figures = points.flatMap(({ mid, top }) => [mid, top ?? mid]);
  const domain = [Math.min(0, ...figures), Math.max(0, ...figures)] as const;
  const y = scaleLinear(domain[0] === domain[1] ? [0, 1] : domain, [HEIGHT - BELOW, ABOVE]).nice(4);
  const middle = ({ start }: Drawn) => x(Math.min(start + SPAN_LENGTH[span] / 2, to));
  const stretches = unbroken(points, SPAN_LENGTH[span]);
  const path = (d: string | null, className: string) =>
    d === null ? '' : `<path class="${className}" d="${d}"/>`;
  const upper = (point: Drawn) => y(point.top ?? point.mid);
  const between = area<Drawn>(middle, point => y(point.mid), upper).digits(1);
  const low = line<Drawn>(middle, point => y(point.mid)).digits(1);
  const high = line<Drawn>(middle, upper).digits(1);
  const drawn = stretches.map(run => {
    // A single point has no line, so draw a dot.
    const only = run.length === 1 ? run[0] : undefined;
    const two = run.some(point => point.top !== null);
    if (only) {
      return dot(middle(only), y(only.mid), 'mid') + (two ? dot(middle(only), upper(only), 'top') : '');
    }
    const band = two ? path(between(run), 'band') + path(high(run), 'top') : '';
    return band + path(low(run), 'mid');
  });
  const levels = y.ticks(4).map(value => {
    const at = round(y(value));
    return `<path class="grid" d="M${LEFT} ${at}H${WIDTH}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(scale(value))}</text>`;
  });
  // A label at the edge would be cut off or overlap the scale; on a phone, labels are twice as wide.
  const inside = (moment: Date) => x(moment) > LEFT + 40 && x(moment) < WIDTH - 20;
  const ticks = x.ticks(range === '24h' ? 6 : 7).filter(inside);
  const times = ticks.map(moment => {
    const at = moment.getTime();
    const text = range === '24h' ? ctx.dates.clock(at) : ctx.dates.dayMonth(at);
    return `<text x="${round(x(at))}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(text)}</text>`;
  });
  return `<svg class="chart" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${[...levels, ...times, ...drawn].join('')}</svg>`;
}

/** Splits the points at gaps: a line across time without measurements would be invented. */
function unbroken(points: readonly Drawn[], step: Millis): Drawn[][] {
  const runs: Drawn[][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    if (last && before && point.start - before.start <= step) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

function dot(x: number, y: number, className: string): string {
  return `<circle class="${className}" cx="${round(x)}" cy="${round(y)}" r="2"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
