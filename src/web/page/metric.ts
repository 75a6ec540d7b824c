// Metrics as the pages show them: a row on the live page, and the page of each with its chart.
import { figureOf, type MetricView } from '../../core/model/metric.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Tell } from './context.ts';
import { draw } from './parts/chart-svg.ts';
import type { MetricSeries } from './series.ts';

export interface MetricRow {
  readonly name: string;
  readonly url: string;
  /** `12.5 orders/min` */
  readonly figure: string;
  /** What the figure is: `average of 24 hours`; empty without one. */
  readonly how: string;
}

/** The live page's rows, in the order of status.yaml. */
export function metricRows({ metrics }: Snapshot, tell: Tell): MetricRow[] {
  return metrics.map(view => row(view, tell));
}

function row({ metric, value }: MetricView, tell: Tell): MetricRow {
  return {
    name: metric.name,
    url: tell.page(pathOf(metric.id)),
    figure: value === null ? tell.say('metric.no_value') : amount(value, metric.unit, tell),
    how: value === null ? '' : tell.say(`metric.${metric.aggregate}`),
  };
}

/** Everything the page of one metric shows. */
export function metricFacts(view: MetricView, series: MetricSeries, tell: Tell) {
  const { id, name, unit, aggregate } = view.metric;
  const points = series.stretches.map(({ start, rollup }) => {
    return { start, rollup, value: figureOf(rollup, aggregate) };
  });
  const said = (value: number) => amount(value, unit, tell);
  const values = points.map(({ value }) => value);
  const newest = values.at(-1);
  // Where values are averaged, the highest of them may be what hurt.
  const hasTop = aggregate === 'avg';
  return {
    ...row(view, tell),
    ranges: RANGES.map(range => ({
      name: tell.say(`response.${range}`),
      url: tell.page(pathOf(id), `range=${range}`),
      here: range === series.range,
    })),
    value: tell.say(`metric.value.${aggregate}`),
    hasTop,
    svg:
      newest === undefined
        ? null
        : draw(
            series,
            points.map(({ start, rollup, value }) => ({
              start,
              mid: value,
              top: hasTop ? rollup.max : null,
            })),
            {
              scale: tell.dates.compact,
              label: tell.say('metric.chart', {
                name,
                low: said(values.reduce((a, b) => Math.min(a, b))),
                high: said(values.reduce((a, b) => Math.max(a, b))),
                last: said(newest),
              }),
            },
            tell,
          ),
    rows: [...points].reverse().map(({ start, rollup, value }) => ({
      at: tell.time(start).html,
      value: said(value),
      least: said(rollup.min),
      most: said(rollup.max),
      count: rollup.count,
    })),
    json: `${tell.link(`/api/metrics/${encodeURIComponent(id)}.json`)}?range=${series.range}`,
  };
}

function pathOf(id: string): string {
  return `/status/metrics/${encodeURIComponent(id)}`;
}

function amount(value: number, unit: string, tell: Tell): string {
  const figure = tell.dates.number(value);
  return unit === '' ? figure : `${figure}\u00a0${unit}`;
}
