// Metrics on the pages: a row on the live page, and each metric's page with its chart.
import { figureOf, type Metric, type MetricStretch, type MetricView } from '../../core/model/metric.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { rangeLinks } from './parts/chart.ts';
import { drawChart, drawSpark } from './parts/chart-svg.ts';
import type { MetricSeries } from './series.ts';

/**
 * `figure` is `12.5 orders/min`; `how` describes it, such as `24-hour average`, and is empty without a figure.
 * `whole` is both, `newest` the latest value with its time, and `spark` the line of 24 hours; without values the last two are
 * null.
 */
export function metricRow({ metric, value, newest, day }: MetricView, ctx: PageContext) {
  const { name, unit, aggregate } = metric;
  const figure = value === null ? ctx.say('metric.no_value') : amount(value, unit, ctx);
  const how = value === null ? '' : ctx.say(`metric.${aggregate}`);
  return {
    name,
    url: ctx.page(pathOf(metric.id)),
    figure,
    how,
    // The newest value is not said twice.
    whole: aggregate === 'last' ? null : `${figure} · ${how}`,
    newest: newest && { figure: amount(newest.value, unit, ctx), timeHtml: ctx.time(newest.at, 'ago').html },
    spark: newest && drawSpark(pointsOf(day, aggregate), ctx.at, chartWords(metric, day, ctx)),
  };
}

function pointsOf(day: readonly MetricStretch[], aggregate: Metric['aggregate']) {
  return day.map(({ start, rollup }) => ({ start, mid: figureOf(rollup, aggregate), top: null }));
}

/** What a chart shows, in words; needs a value. */
function chartWords({ name, unit, aggregate }: Metric, over: readonly MetricStretch[], ctx: PageContext) {
  const values = over.map(({ rollup }) => figureOf(rollup, aggregate));
  const said = (value: number) => amount(value, unit, ctx);
  return ctx.say('metric.chart', {
    name,
    low: said(values.reduce((a, b) => Math.min(a, b))),
    high: said(values.reduce((a, b) => Math.max(a, b))),
    last: said(values.at(-1) as number),
  });
}

export function metricPage(ctx: PageContext, id: string, series: MetricSeries): Page | null {
  const view = ctx.snapshot.metrics.find(({ metric }) => metric.id === id);
  if (!view) return null;
  const { name, unit, aggregate } = view.metric;
  const path = pathOf(id);
  const row = metricRow(view, ctx);
  const said = (value: number) => amount(value, unit, ctx);
  const points = series.stretches.map(one => ({ ...one, value: figureOf(one.rollup, aggregate) }));
  // For averages, also show the highest value, which may be the problem.
  const hasTop = aggregate === 'avg';
  const values = points.map(({ value }) => value);
  const drawn = () =>
    drawChart(
      {
        ...series,
        points: points.map(({ start, rollup, value }) => ({
          start,
          mid: value,
          top: hasTop ? rollup.max : null,
        })),
        scale: value => scaled(value, unit, ctx),
        label: chartWords(view.metric, series.stretches, ctx),
      },
      ctx,
    );
  return {
    view: 'metric',
    about: { title: name, description: `${name}: ${row.figure} (${row.how})`, path, live: true },
    data: {
      row,
      ranges: rangeLinks(path, series, ctx),
      value: ctx.say(`metric.value.${aggregate}`),
      hasTop,
      svg: values.length === 0 ? null : drawn(),
      rows: [...points].reverse().map(({ start, rollup, value }) => ({
        at: ctx.time(start).html,
        value: said(value),
        least: said(rollup.min),
        most: said(rollup.max),
        count: rollup.count,
      })),
      json: `${ctx.link(`/api/metrics/${encodeURIComponent(id)}.json`)}?range=${series.range}`,
    },
  };
}

function pathOf(id: string): string {
  return `/status/metrics/${encodeURIComponent(id)}`;
}

function amount(value: number, unit: string, ctx: PageContext): string {
  const figure =
    isBytes(unit) || Math.abs(value) >= MILLION ? scaled(value, unit, ctx) : ctx.dates.number(value);
  return unit === '' || isBytes(unit) ? figure : `${figure}\u00a0${unit}`;
}

const MILLION = 1e6;
const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

const isBytes = (unit: string) => /^(b|bytes?)$/i.test(unit);

/** A short figure: `1.25 TB`, `12.5k`. */
function scaled(value: number, unit: string, ctx: PageContext): string {
  if (!isBytes(unit)) return ctx.dates.compact(value);
  const power = Math.min(Math.floor(Math.log10(Math.max(Math.abs(value), 1)) / 3), BYTES.length - 1);
  return `${ctx.dates.number(value / 1000 ** power)}\u00a0${BYTES[power]}`;
}
