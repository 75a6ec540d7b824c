// A component's own page: its row, its response times, what happened to it.
import { RANGES, type Range } from '../../core/monitoring/rollup.ts';
import type { ComponentView, Snapshot } from '../../core/page/snapshot.ts';
import { BADGES } from '../feeds/badges.ts';
import type { Tell } from './context.ts';
import { type Chart, chart } from './parts/chart.ts';
import { row } from './parts/components.ts';
import { card } from './parts/incidents.ts';
import type { Series } from './series.ts';

/** Incidents listed at most; the history has them all. */
const MOST = 10;

/** Everything the page of one component shows. */
export function componentFacts(snapshot: Snapshot, view: ComponentView, series: Series, tell: Tell) {
  const { id, name } = view.component;
  const titles = new Map(
    [...snapshot.incidents, ...snapshot.maintenances].map(incident => [incident.id, incident.title]),
  );
  const drawn: Chart | null = chart(series, name, tell);
  const path = `/status/components/${encodeURIComponent(id)}`;
  return {
    row: { ...row(view, titles, tell), url: null },
    chart: drawn,
    ranges: RANGES.map((range: Range) => ({
      name: tell.say(`response.${range}`),
      url: tell.page(path, `range=${range}`),
      here: range === series.range,
    })),
    badges: BADGES.map(show => ({
      name: tell.say(`badge.${show}`, { name }),
      url: `${tell.link(`/status/badge/${encodeURIComponent(id)}.svg`)}?show=${show}`,
    })),
    json: `${tell.link(`/api/components/${encodeURIComponent(id)}/latency.json`)}?range=${series.range}`,
    incidents: snapshot.incidents
      .filter(incident => incident.affected.some(affected => affected.id === id))
      .slice(0, MOST)
      .map(incident => card(incident, tell)),
  };
}
