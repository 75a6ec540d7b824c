// All HTML pages as pure functions of the Snapshot. Each page's file decides the content; templates only arrange it.

import type { Render } from '../core/model/ports/render.ts';
import { finish, type Steps } from '../core/model/turns/steps.ts';
import { apiPage } from './api/page.ts';
import { componentPage } from './page/component.ts';
import { type PageContext, type PageRequest, pageContext } from './page/context.ts';
import { historyPage } from './page/history.ts';
import { incidentPage } from './page/incident.ts';
import { errorPage, type Page, pageFrame } from './page/layout.ts';
import { livePage, widgetPage } from './page/live.ts';
import { metricPage } from './page/metric.ts';
import { entryOf } from './page/parts/order.ts';
import { canDraw, incidentPicture, sitePicture } from './page/parts/picture.ts';
import { uptimePage } from './page/uptime.ts';
import * as subscribe from './subscribe/pages.ts';

export type Pages = ReturnType<typeof makePages>;

/**
 * Makes the pages from the function that fills templates. A page returns null if its subject does not exist.
 * @param draws whether pictures can be drawn here
 */
export function makePages(render: Render, draws = canDraw()) {
  const filled = (ctx: PageContext, { view, about, data }: Page) =>
    render(`pages/${view}`, { ctx, page: pageFrame(ctx, about, draws), ...data });

  const page =
    <Rest extends unknown[], Made extends Page | null>(make: (ctx: PageContext, ...rest: Rest) => Made) =>
    (request: PageRequest, ...rest: Rest) => {
      const ctx = pageContext(request);
      const made = make(ctx, ...rest);
      return (made && filled(ctx, made)) as Made extends Page ? string : null;
    };

  /** The live page, one component per step. */
  function* liveInSteps(request: PageRequest): Steps<string> {
    const ctx = pageContext(request);
    return filled(ctx, yield* livePage(ctx, render));
  }

  return {
    liveInSteps,
    live: (request: PageRequest) => finish(liveInSteps(request)),
    widget: page(widgetPage),
    incident: page(incidentPage),
    component: page(componentPage),
    metric: page(metricPage),
    history: page(historyPage),
    uptime: page(uptimePage),
    api: page(apiPage),
    subscribe: page(subscribe.subscribePage),
    channel: page(subscribe.channelPage),
    confirmation: page(subscribe.confirmationPage),
    confirm: page(subscribe.confirmPage),
    unsubscribe: page(subscribe.unsubscribePage),
    manage: page(subscribe.preferencesPage),
    error: page(errorPage),
    /** The picture of the site or of an incident, as SVG. */
    picture(request: PageRequest, id: string | null): string | null {
      const ctx = pageContext(request);
      if (id === null) return sitePicture(ctx);
      const incident = entryOf(ctx.snapshot, id);
      return incident ? incidentPicture(incident, ctx) : null;
    },
  };
}
