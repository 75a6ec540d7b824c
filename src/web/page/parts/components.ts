// The components as listed on the page: groups, rows and their texts.
import type { Health } from '../../../core/model/component.ts';
import { memoized } from '../../../core/model/memo.ts';
import type { Render } from '../../../core/model/ports/render.ts';
import { MINUTE, type Millis } from '../../../core/model/time.ts';
import { coverageWords, knownPercent, percentOfAll } from '../../../core/page/coverage-words.ts';
import type { ComponentView, GroupView } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { plannedEnd, titlesOf } from './incidents.ts';
import { CODE, icon } from './status-style.ts';
import { NARROW, sayUptime, stripOf, uptimeBars, wholeDay, worstDays } from './uptime-bars.ts';

/** The groups of the component section, in the site's order, as HTML; one row per step. */
export function* groups(ctx: PageContext, render: Render) {
  const titles = titlesOf(ctx.snapshot);
  const drawn = [];
  for (const [i, group] of ctx.snapshot.groups.entries()) {
    const rows: string[] = [];
    const level = group.name === null ? 'h3' : 'h4';
    for (const view of group.components) {
      rows.push(render('parts/component', { row: componentRow(view, titles, ctx), ctx, level }));
      yield;
    }
    drawn.push({ ...groupOf(group, i, ctx), rows });
  }
  return drawn;
}

/** The key to the bars of some components: the states that they show, and the uptime of a day when all was well. */
export function barKey(components: readonly ComponentView[], ctx: PageContext) {
  const shown = shownStates(components);
  const states = (Object.keys(CODE) as Health[])
    .filter(state => shown.has(state))
    .map(state => ({ code: CODE[state], state: ctx.say(`state.${state}`) }));
  return { states, whole: wholeDay(ctx) };
}

const shownStates = memoized(
  (components: readonly ComponentView[]) =>
    new Set(components.flatMap(view => view.days.map(({ state }) => state))),
);

/** The scale of all strips; on a phone they show fewer days, and the figures stay those of the whole window. */
export function scale(ctx: PageContext) {
  const { days } = ctx.site.uptime;
  return {
    ago: ctx.say('component.ago', { n: days }),
    agoNarrow: ctx.say('component.ago', { n: Math.min(days, NARROW) }),
    window: ctx.say('component.window', { n: days }),
  };
}

/** A group is open while there are few components, or while one in it is not well. */
function groupOf(group: GroupView, i: number, ctx: PageContext) {
  const isUnwell = group.components.some(({ health }) => health !== 'operational' && health !== 'no_data');
  const open = isUnwell || ctx.snapshot.components.length <= FEW;
  const isPartly = group.health === 'no_data' && group.components.some(({ health }) => health !== 'no_data');
  const percent = percentOfAll(group.components);
  const codes = worstDays(group.components).map(state => CODE[state]);
  return {
    id: `g-${i}`,
    name: group.name,
    code: CODE[group.health],
    icon: icon(group.health),
    state: isPartly ? ctx.say('state.partly_unknown') : shortState(group.health, ctx),
    count: ctx.say('component.group', { n: group.components.length }),
    open,
    // Of a closed group, the worst of each day and the figure of all.
    strip: open || codes.length === 0 ? null : stripOf(codes.join(''), null),
    figure: open || percent === null ? null : ctx.dates.percent(percent),
  };
}

/** With so many components or fewer, all groups are open. */
const FEW = 12;

/**
 * One component's row.
 * @param titles incident titles by id
 * @param isWhole whether all its days are listed, not only the latest
 */
export function componentRow(
  view: ComponentView,
  titles: ReadonlyMap<string, string>,
  ctx: PageContext,
  isWhole = false,
) {
  const { component, health } = view;
  const bars = uptimeBars(view, titles, ctx, isWhole ? Number.POSITIVE_INFINITY : MAX_DAYS);
  // The state "No data" says that there is no figure either.
  const hasFigure = health !== 'no_data' || knownPercent(view) !== null;
  return {
    id: `c-${component.id}`,
    name: component.name,
    url: ctx.page(`/status/components/${encodeURIComponent(component.id)}`),
    more: ctx.say('component.more', { name: component.name }),
    description: component.description,
    code: CODE[health],
    icon: icon(health),
    state: ctx.say(`state.${health}`),
    stateHtml: stateHtml(view, ctx),
    isWell: health === 'operational',
    upstream: upstreamTrouble(view, ctx),
    failingHtml: failing(view, ctx),
    // The scale of the card names the window; other times are named in the row.
    figure: hasFigure ? figureWords(view, ctx) : '',
    uptime: hasFigure ? uptimeWords(view, ctx) : '',
    bars,
    ago: ctx.say('component.ago', { n: bars.days }),
    agoNarrow: ctx.say('component.ago', { n: Math.min(bars.days, NARROW) }),
  };
}

/** How many bad days a row lists; the component's page has all. */
const MAX_DAYS = 5;

/** The state where something stands beside it, no longer than a phone has room for. */
function shortState(health: Health, ctx: PageContext): string {
  return ctx.say(health === 'degraded_performance' ? 'state.degraded_short' : `state.${health}`);
}

/** The state with its beginning, or with its end if that is planned, and since when nothing newer is known. */
function stateHtml({ component, health, since, stall }: ComponentView, ctx: PageContext): string {
  const state = shortState(health, ctx);
  const until = health === 'under_maintenance' ? plannedEnd(ctx, component.id) : null;
  const isUnwell = health !== 'operational' && health !== 'no_data';
  const said =
    until !== null
      ? ctx.html('component.state_until', { until: ctx.time(until) })
      : isUnwell && since !== null
        ? ctx.html('component.state_since', { state, since: ctx.time(since) })
        : ctx.html(`state.${health}`);
  if (!stall?.isInterrupted) return said;
  return `${said} · ${ctx.html('component.interrupted', { since: ctx.time(stall.since) })}`;
}

/** A sentence with its `since`, if that is known. */
function sinceKnown(
  key: 'component.upstream' | 'component.failing',
  since: Millis | null,
  ctx: PageContext,
  values = {},
): string {
  if (since === null) return ctx.html(key, values);
  return ctx.html(`${key}_since`, { ...values, since: ctx.time(since) });
}

/** For third parties: trouble that the provider itself reports, quoted and linked. */
function upstreamTrouble({ component, health, since, upstream }: ComponentView, ctx: PageContext) {
  const { check } = component;
  if (check.type !== 'statuspage' || health === 'operational' || upstream === null) return null;
  const page = new URL(check.url);
  const provider = { html: `<a href="${escapeHtml(page.href)}" rel="noopener">${escapeHtml(page.host)}</a>` };
  const html = sinceKnown('component.upstream', since, ctx, { provider });
  return { html, words: upstream };
}

/** A failing check that the color of a maintenance would hide. */
function failing({ failing, seen }: ComponentView, ctx: PageContext): string | null {
  if (!failing) return null;
  const why = seen === null ? '' : ` (${escapeHtml(seen)})`;
  return sinceKnown('component.failing', failing.since, ctx) + why;
}

/** The figure of a row: the scale of the card names its window, so only another time is named. */
export const figureWords = (view: ComponentView, ctx: PageContext) =>
  withCoverage(view, ctx, figure => sayUptime('component.figure', view, figure, ctx));

/** `99.89% in 90 days`: the figure with its time. */
const uptimeWords = (view: ComponentView, ctx: PageContext) =>
  withCoverage(view, ctx, figure => {
    const percent = ctx.dates.percent(figure);
    const { total } = view.uptime;
    return total < MINUTE
      ? ctx.say('component.uptime_new', { percent })
      : ctx.say('component.figure_over', { percent, duration: ctx.dates.within(total) });
  });

/** The uptime with its coverage, if that is partial. */
function withCoverage(view: ComponentView, ctx: PageContext, said: (figure: number) => string): string {
  const figure = knownPercent(view);
  if (figure === null) return ctx.say('component.no_uptime');
  const words = said(figure);
  const coverage = coverageWords([view], ctx.say);
  return coverage ? `${words} · ${coverage}` : words;
}
