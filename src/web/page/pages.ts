// Pages: every HTML answer as a pure function of the Snapshot. Judgements are made here and in page/;
// templates only arrange.

import type { Render } from '../../core/model/ports/render.ts';
import type { Choice, Subscriber } from '../../core/model/subscriber.ts';
import { utcDay } from '../../core/model/time.ts';
import { finish, type Steps } from '../../core/page/steps.ts';
import { apiCalls } from '../api/page.ts';
import { type AskedChannel, askedFacts, type SubscribeForm, subscribeFacts } from '../subscribe/page.ts';
import { componentFacts } from './component.ts';
import type { PageContext } from './context.ts';
import { makeTell, type Tell } from './context.ts';
import { before, covers, monthCards, months, turn } from './history.ts';
import { type About, layout } from './layout.ts';
import { metricFacts, metricRows } from './metric.ts';
import { checkedHtml } from './parts/checked.ts';
import { type DrawRow, groups, key } from './parts/components.ts';
import { choices, problem, wishes } from './parts/forms.ts';
import { overallText } from './parts/headline.ts';
import { card, happening, pastDays, upcoming } from './parts/incidents.ts';
import { entryOf } from './parts/order.ts';
import { incidentPicture, sitePicture } from './parts/picture.ts';
import { incidentFacts } from './permalink.ts';
import { liveBlog } from './search-engines.ts';
import type { MetricSeries, Series } from './series.ts';

export type Notice =
  | 'check_inbox'
  | 'confirmed'
  | 'unsubscribed'
  | 'unsubscribed_before'
  | 'unsubscribe_link_sent'
  | 'saved'
  | 'asked_again'
  | 'link_invalid';

/** A problem is a key of the catalogue without `problem.` (`email_invalid`) or a finished sentence. */
export interface Pages {
  live(ctx: PageContext): string;
  /** The same in steps. */
  living(ctx: PageContext): Steps<string>;
  /** null when there is no such incident. */
  incident(ctx: PageContext, id: string): string | null;
  /** `month` as `YYYY-MM`, or null for the newest three; null when the month is none of the history's. */
  history(ctx: PageContext, month: string | null): string | null;
  /** One line for an iframe. */
  widget(ctx: PageContext): string;
  /** What programs may ask. */
  api(ctx: PageContext): string;
  /** null when there is no such component. */
  component(ctx: PageContext, id: string, series: Series): string | null;
  /** null when there is no such metric. */
  metric(ctx: PageContext, id: string, series: MetricSeries): string | null;
  subscribe(ctx: PageContext, form: SubscribeForm): string;
  /** A channel was asked to confirm. */
  channel(ctx: PageContext, asked: AskedChannel): string;
  notice(ctx: PageContext, kind: Notice): string;
  confirm(ctx: PageContext, token: string): string;
  unsubscribe(
    ctx: PageContext,
    form: { readonly token: string | null; readonly email: string; readonly problem: string | null },
  ): string;
  manage(
    ctx: PageContext,
    form: {
      readonly token: string;
      readonly email: string;
      readonly choice: Choice;
      /** What became of the last choice; `none`: nothing was chosen, so nothing was kept. */
      readonly done: 'saved' | 'none' | null;
      readonly channel?: Subscriber['channel'] | null;
    },
  ): string;
  error(ctx: PageContext, status: number, detail?: string): string;
  /** The picture of the site, or of an incident, as SVG; null when there is no such incident. */
  picture(ctx: PageContext, incident: string | null): string | null;
}

const PAST_DAYS = 14;
const ERRORS = [400, 403, 404, 413, 429, 500, 503] as const;

/** Makes the pages from the function that fills templates. */
export function makePages(render: Render): Pages {
  const page = (name: string, ctx: PageContext, tell: Tell, about: About, data: object) =>
    render(`pages/${name}`, { tell, page: layout(ctx, about, tell), ...data });

  /** A page of words and perhaps a form: never indexed, never refreshed. */
  const quiet = (
    name: string,
    ctx: PageContext,
    title: string,
    data: object,
    tell = tellOf(ctx),
    query: About['query'] = {},
  ) =>
    page(name, ctx, tell, { title, description: title, path: null, live: false, query }, { title, ...data });

  function* living(ctx: PageContext): Steps<string> {
    const tell = tellOf(ctx);
    const { snapshot } = ctx;
    const overall = overallText(snapshot, tell);
    const about: About = {
      title: overall.plain,
      description: overall.notes.join('. ') || tell.say('page.description', { title: snapshot.site.title }),
      path: '/status/live',
      live: true,
      health: overall.health,
    };
    const data = {
      overall,
      checkedHtml: checkedHtml(snapshot, tell),
      happening: happening(snapshot).map(incident => card(incident, tell)),
      upcoming: upcoming(snapshot).map(incident => card(incident, tell)),
      key: key(tell),
      metrics: metricRows(snapshot, tell),
      past: pastDays(snapshot, PAST_DAYS, tell),
    };
    yield;
    const draw: DrawRow = (row, level) => render('parts/component', { row, tell, level });
    const drawn = yield* groups(snapshot, tell, draw);
    return page('live', ctx, tell, about, { ...data, groups: drawn });
  }

  return {
    live: ctx => finish(living(ctx)),
    living,

    incident(ctx, id) {
      const incident = entryOf(ctx.snapshot, id);
      if (!incident) return null;
      const tell = tellOf(ctx);
      const facts = incidentFacts(incident, ctx.snapshot, tell);
      const about: About = {
        title: `${facts.state}: ${incident.title}`,
        description: facts.summary,
        path: `/status/incidents/${encodeURIComponent(id)}`,
        live: true,
        health: facts.health,
        picture: { path: `/status/og/${encodeURIComponent(id)}.png`, svg: incidentPicture(incident, tell) },
      };
      const data = liveBlog(incident, ctx.snapshot.site.url + about.path, tell);
      return page('incident', ctx, tell, about, { incident: facts, data });
    },

    component(ctx, id, series) {
      const view = ctx.snapshot.components.find(({ component }) => component.id === id);
      if (!view) return null;
      const tell = tellOf(ctx);
      const facts = componentFacts(ctx.snapshot, view, series, tell);
      const about: About = {
        title: `${view.component.name}: ${facts.row.state}`,
        description: [view.component.description, facts.row.uptime].filter(Boolean).join('. '),
        path: `/status/components/${encodeURIComponent(id)}`,
        live: true,
        health: view.health,
      };
      return page('component', ctx, tell, about, { facts });
    },

    metric(ctx, id, series) {
      const view = ctx.snapshot.metrics.find(({ metric }) => metric.id === id);
      if (!view) return null;
      const tell = tellOf(ctx);
      const facts = metricFacts(view, series, tell);
      const about: About = {
        title: view.metric.name,
        description: `${view.metric.name}: ${facts.figure} (${facts.how})`,
        path: `/status/metrics/${encodeURIComponent(id)}`,
        live: true,
      };
      return page('metric', ctx, tell, about, { facts });
    },

    history(ctx, month) {
      const tell = tellOf(ctx);
      const list = months(ctx.snapshot, month, tell);
      if (month !== null && !covers(list, month)) return null;
      const now = utcDay(ctx.snapshot.at).slice(0, 7);
      const shown = month === null ? [now, before(now), before(before(now))] : [month];
      const title = month
        ? tell.say('history.month', { month: tell.dates.month(month) })
        : tell.say('history.title');
      const about: About = {
        title,
        description: `${ctx.snapshot.site.title}: ${title}`,
        path: month ? `/status/history/${month}` : '/status/history',
        live: false,
      };
      const shownMonths = shown.map(one => monthCards(ctx.snapshot, one, tell));
      const data = {
        title,
        single: month !== null,
        months: list,
        shownMonths,
        turn: turn(list, month, tell),
      };
      return page('history', ctx, tell, about, data);
    },

    widget(ctx) {
      const tell = tellOf(ctx);
      const overall = overallText(ctx.snapshot, tell);
      const about: About = { title: overall.plain, description: overall.plain, path: null, live: false };
      return page('widget', ctx, tell, about, { overall, live: `${ctx.snapshot.site.url}/status/live` });
    },

    api(ctx) {
      const tell = tellOf(ctx);
      const title = tell.say('api.title');
      const about: About = { title, description: tell.say('api.lead'), path: '/api', live: false };
      return page('api', ctx, tell, about, { title, ...apiCalls(tell) });
    },

    subscribe(ctx, form) {
      const tell = tellOf(ctx);
      const title = tell.say('subscribe.title');
      const about: About = {
        title,
        description: tell.say('subscribe.lead'),
        path: '/status/subscribe',
        live: false,
      };
      return page('subscribe', ctx, tell, about, {
        title,
        ...subscribeFacts(ctx.snapshot, form, tell),
      });
    },

    channel(ctx, asked) {
      const tell = tellOf(ctx);
      return quiet('channel', ctx, tell.say('channel.asked'), askedFacts(asked, tell), tell, null);
    },

    notice(ctx, kind) {
      const tell = tellOf(ctx);
      const text = tell.say(`notice.${kind}_text`);
      const bad = kind === 'link_invalid';
      return quiet('notice', ctx, tell.say(`notice.${kind}`), { text, bad, retry: bad }, tell, null);
    },

    confirm(ctx, token) {
      const tell = tellOf(ctx);
      return quiet('confirm', ctx, tell.say('confirm.title'), { token }, tell, { token });
    },

    unsubscribe(ctx, form) {
      const tell = tellOf(ctx);
      const data = { ...form, problem: problem(form.problem, tell) };
      return quiet(
        'unsubscribe',
        ctx,
        tell.say('unsubscribe.title'),
        data,
        tell,
        form.token ? { token: form.token } : {},
      );
    },

    manage(ctx, form) {
      const tell = tellOf(ctx);
      const { components } = form.choice;
      const chosen = { all: components === null, choices: choices(ctx.snapshot, components ?? []) };
      const data = { channel: null, ...form, ...chosen, wishes: wishes(form.choice, tell) };
      return quiet('manage', ctx, tell.say('manage.title'), data, tell, { token: form.token });
    },

    error(ctx, status, detail) {
      const tell = tellOf(ctx);
      const known = ERRORS.find(code => code === status) ?? (status < 500 ? 400 : 500);
      const text = tell.say(`error.${known}_text`);
      return quiet('error', ctx, tell.say(`error.${known}`), { status, text, detail: detail ?? null }, tell);
    },

    picture(ctx, id) {
      if (id === null) return sitePicture(ctx.snapshot, tellOf(ctx));
      const incident = entryOf(ctx.snapshot, id);
      return incident ? incidentPicture(incident, tellOf(ctx)) : null;
    },
  };
}

function tellOf(ctx: PageContext): Tell {
  return makeTell(ctx.lang, ctx.snapshot.site, ctx.base, ctx.snapshot.at, ctx.langAsked);
}
