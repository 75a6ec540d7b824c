// Draws charts and sparklines of figures over time as SVG on the server, readable without script, color or sight.
import { type ScaleTime, scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { DAY, type Millis } from '../../../core/model/time.ts';
import { type Range, SPAN_LENGTH } from '../../../core/monitoring/rollup.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import type { ResponseTimes } from '../series.ts';

/** One interval: the figure of the line, and of the upper line if there are two. */
interface Drawn {
  readonly start: Millis;
  readonly mid: number;
  readonly top: number | null;
}

/**
 * Drawn twice, for wide pages and for phones: a drawing that shrinks takes its words with it. The narrow one is as wide as
 * a card's inside on a screen of 360 px, where the plot is 160 px high.
 */
const SIZES = [
  { name: 'wide', width: 718, height: 220, ticks: 7 },
  { name: 'narrow', width: 294, height: 204, ticks: 3 },
] as const;
type Size = (typeof SIZES)[number];

/** Room for the labels: left for the scale, below for the times, above for the peak. */
const LEFT = 56;
const BELOW = 24;
const ABOVE = 18;

interface Chart extends Omit<ResponseTimes, 'points'> {
  /** At least one point, oldest first. */
  readonly points: readonly Drawn[];
  /** Formats a figure beside the grid, and the peak. */
  readonly scale: (value: number) => string;
  /** Describes the whole chart in words. */
  readonly label: string;
}

/** Draws a chart. The scale begins at 0, or below for negative figures; a few outliers do not flatten the rest. */
export function drawChart(chart: Chart, ctx: PageContext): string {
  return SIZES.map(size => drawing(chart, size, ctx)).join('');
}

function drawing({ points, scale, label, ...over }: Chart, size: Size, ctx: PageContext): string {
  const { span, from, to } = over;
  const { width, height } = size;
  const x = scaleUtc([from, to], [LEFT, width - 1]);
  const highest = Math.max(0, ...points.map(({ mid, top }) => top ?? mid));
  const y = scaleOf(points, [height - BELOW, ABOVE]).nice(4);
  const middle = ({ start }: Drawn) => x(Math.min(start + SPAN_LENGTH[span] / 2, to));
  const upper = (point: Drawn) => y(point.top ?? point.mid);
  const path = (d: string | null, className: string) =>
    d === null ? '' : `<path class="${className}" d="${d}"/>`;
  const between = area<Drawn>(middle, point => y(point.mid), upper).digits(1);
  const low = line<Drawn>(middle, point => y(point.mid)).digits(1);
  const drawn = unbroken(points, SPAN_LENGTH[span]).map(run => {
    // A single point has no line, so draw a dot.
    const only = run.length === 1 ? run[0] : undefined;
    const lone = only ? dot(middle(only), y(only.mid)) : '';
    const band = run.some(point => point.top !== null) ? path(between(run), 'band') : '';
    // The script reads from the paths where a figure stands.
    return band + path(low(run), 'mid') + lone;
  });
  const levels = y.ticks(4).map(value => {
    const at = round(y(value));
    return `<path class="grid" d="M${LEFT} ${at}H${width}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(scale(value))}</text>`;
  });
  const peak = highest > y.domain()[1]! ? peakOf(points, highest, middle, { width, scale }) : '';
  const frame = `data-from="${from}" data-to="${to}" data-left="${LEFT}"`;
  const dots = '<circle r="3"/>'.repeat(points.some(point => point.top !== null) ? 2 : 1);
  const cursor = `<g class="cursor"><path d="M0 ${ABOVE}V${height - BELOW}"/>${dots}</g>`;
  const all = [...levels, ...timesBelow(x, over.range, size, ctx), ...drawn, peak, cursor].join('');
  return `<svg class="chart ${size.name}" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${width} ${height}" ${frame}>${all}</svg>`;
}

/** Twice the size at which sparklines are shown: whole numbers are short, and still fine enough. */
const SPARK = { width: 288, height: 56 };

/**
 * Draws the slots of the last 24 hours as one line, with gaps where there is nothing, and a dot at the newest; on the
 * scale of the chart. `label` describes it in words.
 */
export function drawSpark(points: readonly Drawn[], to: Millis, label: string): string {
  const { width, height } = SPARK;
  const x = scaleUtc([to - DAY, to], [2, width - 6]).clamp(true);
  const y = scaleOf(points, [height - 6, 6]);
  const middle = ({ start }: Drawn) => x(Math.min(start + SPAN_LENGTH.slot / 2, to));
  const path = line<Drawn>(middle, point => y(point.mid)).digits(0);
  const runs = unbroken(points, SPAN_LENGTH.slot);
  const lines = runs.filter(run => run.length > 1).map(run => path(run));
  const alone = runs.filter(run => run.length === 1).map(([point]) => point!);
  const dots = [...new Set([...alone, points.at(-1)!])].map(point => dot(middle(point), y(point.mid)));
  return `<svg class="spark" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${width} ${height}"><path class="mid" d="${lines.join('')}"/>${dots.join('')}</svg>`;
}

/** From 0, or below for negative figures, to the highest; a few outliers do not flatten the rest. */
function scaleOf(points: readonly Drawn[], range: readonly [number, number]) {
  const figures = points.flatMap(({ mid, top }) => [mid, top ?? mid]);
  const domain = [Math.min(0, ...figures), withoutOutliers(figures)] as const;
  return scaleLinear(domain[0] === domain[1] ? [0, 1] : domain, range).clamp(true);
}

/** The highest figure; if a few are far above nearly all others, twice what those reach. */
function withoutOutliers(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const nearly = sorted[Math.floor((sorted.length - 1) * 0.97)]!;
  const highest = Math.max(0, sorted.at(-1)!);
  return nearly > 0 && highest > 4 * nearly ? 2 * nearly : highest;
}

/** The figure of a peak that is above the scale, at its place. */
function peakOf(
  points: readonly Drawn[],
  highest: number,
  middle: (point: Drawn) => number,
  { width, scale }: { readonly width: number; readonly scale: (value: number) => string },
): string {
  const at = middle(points.find(({ mid, top }) => (top ?? mid) === highest)!);
  const anchor = at > width - 60 ? 'end' : at < LEFT + 60 ? 'start' : 'middle';
  return `<text class="peak" x="${round(at)}" y="${ABOVE - 5}" text-anchor="${anchor}">▲ ${escapeHtml(scale(highest))}</text>`;
}

/** The times below the chart; the script writes them in the visitor's zone. */
function timesBelow(
  x: ScaleTime<number, number>,
  range: Range,
  { width, height, ticks }: Size,
  ctx: PageContext,
) {
  // A label at the edge would be cut off or overlap the scale.
  const inside = (moment: Date) => x(moment) > LEFT + 16 && x(moment) < width - 20;
  return x
    .ticks(ticks)
    .filter(inside)
    .map(moment => {
      const at = moment.getTime();
      const text = range === '24h' ? ctx.dates.clock(at) : ctx.dates.dayMonth(at);
      const how = range === '24h' ? ' data-clock' : '';
      return `<text x="${round(x(at))}" y="${height - 6}" text-anchor="middle" data-at="${at}"${how}>${escapeHtml(text)}</text>`;
    });
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

function dot(x: number, y: number): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
