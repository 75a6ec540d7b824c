// A component's page: its row, its response times and its incidents.
import { escapeHtml } from '../../core/text/markdown.ts';
import { BADGES } from '../feeds/badges.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { chart, rangeLinks } from './parts/chart.ts';
import { barKey, componentRow } from './parts/components.ts';
import { incidentCard, titlesOf } from './parts/incidents.ts';
import type { ResponseTimes } from './series.ts';

/** How many incidents are listed; the history page has all of them. */
const MAX_INCIDENTS = 10;

export function componentPage(ctx: PageContext, id: string, series: ResponseTimes): Page | null {
  const { snapshot } = ctx;
  const view = snapshot.components.find(({ component }) => component.id === id);
  if (!view) return null;
  const { name, description } = view.component;
  const row = { ...componentRow(view, titlesOf(snapshot), ctx, true), url: null };
  const [part, path] = [encodeURIComponent(id), `/status/components/${encodeURIComponent(id)}`];
  return {
    view: 'component',
    about: {
      title: `${name}: ${row.state}`,
      description: [description, row.uptime].filter(Boolean).join('. '),
      path,
      live: true,
      health: view.health,
    },
    data: {
      row,
      uptimeHtml: escapeHtml(row.uptime),
      key: barKey([view], ctx),
      chart: chart(series, name, ctx),
      ranges: rangeLinks(path, series, ctx),
      badges: BADGES.map(show => ({
        name: ctx.say(`badge.${show}`, { name }),
        url: `${ctx.link(`/status/badge/${part}.svg`)}?show=${show}`,
      })),
      json: `${ctx.link(`/api/components/${part}/latency.json`)}?range=${series.range}`,
      incidents: snapshot.incidents
        .filter(({ affected }) => affected.some(one => one.id === id))
        .slice(0, MAX_INCIDENTS)
        .map(incident => incidentCard(incident, ctx)),
    },
  };
}
