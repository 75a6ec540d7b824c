// The live page: overall status, open incidents, all components, and the last two weeks. Also the page of the widget.
import type { Render } from '../../core/model/ports/render.ts';
import type { Steps } from '../../core/model/turns/steps.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { metricRow } from './metric.ts';
import { groups, legend } from './parts/components.ts';
import { isUnchecked, overallText } from './parts/headline.ts';
import { happening, incidentCard, pastDays, upcoming } from './parts/incidents.ts';

const PAST_DAYS = 14;

/** Made in steps, one component each, so that requests run in between on a page of a thousand. */
export function* livePage(ctx: PageContext, render: Render): Steps<Page> {
  const { snapshot } = ctx;
  const overall = overallText(ctx);
  const data = {
    overall,
    checkedHtml: checkedHtml(ctx),
    happening: happening(snapshot).map(incident => incidentCard(incident, ctx)),
    upcoming: upcoming(snapshot).map(incident => incidentCard(incident, ctx)),
    legend: legend(ctx),
    metrics: snapshot.metrics.map(view => metricRow(view, ctx)),
    past: pastDays(PAST_DAYS, ctx),
  };
  yield;
  return {
    view: 'live',
    about: {
      title: overall.plain,
      description: overall.notes.join('. ') || ctx.say('page.description', { title: ctx.site.title }),
      path: '/status/live',
      live: true,
      health: overall.health,
    },
    data: { ...data, groups: yield* groups(ctx, render) },
  };
}

/** One line for an iframe. */
export function widgetPage(ctx: PageContext): Page {
  const overall = overallText(ctx);
  const about = { title: overall.plain, description: overall.plain, path: null, live: false };
  return { view: 'widget', about, data: { overall, live: `${ctx.site.url}/status/live` } };
}

/** When anything was last checked, and why not since then. */
function checkedHtml(ctx: PageContext): string {
  const { checkedAt, networkDownSince, at, site } = ctx.snapshot;
  // If all components are manual, nothing will ever be checked: "not yet" would raise doubts without reason. And a check
  // without a result is no check to name.
  const byHand = site.components.length > 0 && site.components.every(({ check }) => check.type === 'manual');
  const checked =
    checkedAt === null
      ? ctx.html(byHand || !isUnchecked(ctx) ? 'by_hand' : 'unchecked', { time: ctx.time(at) })
      : // The script appends "2 min ago".
        ctx.html('checked', {
          time: { html: ctx.time(checkedAt).html.replace('<time ', '<time data-ago ') },
        });
  if (networkDownSince === null) return checked;
  return `${checked} · ${ctx.html('blind', { since: ctx.time(networkDownSince, 'near') })}`;
}
