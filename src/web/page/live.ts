// The live page: overall status, open incidents, all components, and the last two weeks. Also the page of the widget.
import type { Render } from '../../core/model/ports/render.ts';
import type { Steps } from '../../core/model/turns/steps.ts';
import { lastCheckOf } from '../../core/page/overall-status.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { metricRow } from './metric.ts';
import { barKey, groups, scale } from './parts/components.ts';
import { isUnchecked, overallText } from './parts/headline.ts';
import { happening, incidentCard, pastDays, upcomingCards } from './parts/incidents.ts';

const PAST_DAYS = 14;

/** Made in steps, one component each, so that requests run in between on a page of a thousand. */
export function* livePage(ctx: PageContext, render: Render): Steps<Page> {
  const { snapshot } = ctx;
  const overall = overallText(ctx);
  const active = happening(snapshot);
  const data = {
    overall,
    checkedHtml: checkedHtml(ctx),
    isWatched: isWatched(ctx),
    nowTitle: ctx.say(active.some(({ scheduled }) => !scheduled) ? 'page.open' : 'page.maintenance_now'),
    happening: active.map(incident => incidentCard(incident, ctx)),
    upcoming: upcomingCards(ctx),
    key: barKey(snapshot.components, ctx),
    scale: scale(ctx),
    metrics: snapshot.metrics.map(view => metricRow(view, ctx)),
    past: pastDays(PAST_DAYS, ctx),
  };
  yield;
  return {
    view: 'live',
    about: {
      title: overall.plain,
      description: overall.details.join(' · ') || ctx.say('page.description', { title: ctx.site.title }),
      path: '/status/live',
      live: true,
      health: overall.health,
    },
    data: { ...data, groups: yield* groups(ctx, render) },
  };
}

/** The status card for an iframe, in two lines. */
export function widgetPage(ctx: PageContext): Page {
  const overall = overallText(ctx);
  const about = { title: overall.plain, description: overall.plain, path: null, live: false };
  return { view: 'widget', about, data: { overall, live: `${ctx.site.url}/status/live` } };
}

/**
 * When anything was last checked: the script keeps it true to the second. If all components are manual, nothing will ever
 * be checked, and "not yet" would raise doubts without reason; a check without a result is no check to name.
 */
function checkedHtml(ctx: PageContext): string {
  const { checkedAt, at, site } = ctx.snapshot;
  const checked = lastCheckOf(ctx.snapshot.components) ?? checkedAt;
  if (checked !== null) return ctx.html('checked', { time: ctx.time(Math.min(checked, at), 'ago') });
  const isByHand =
    site.components.length > 0 && site.components.every(({ check }) => check.type === 'manual');
  return ctx.html(isByHand || !isUnchecked(ctx) ? 'by_hand' : 'unchecked', { time: ctx.time(at) });
}

/** Whether checks run as they should: else nothing beside "Checked" may look alive. */
function isWatched({ snapshot: { checkedAt, networkDownSince, overall } }: PageContext): boolean {
  const isInterrupted = overall.interrupted !== undefined || overall.stalePage !== undefined;
  return checkedAt !== null && networkDownSince === null && !isInterrupted;
}
