// The components as listed on the page: groups, rows and their texts.
import type { Health } from '../../../core/model/component.ts';
import type { Render } from '../../../core/model/ports/render.ts';
import type { Millis } from '../../../core/model/time.ts';
import { coverageWords, knownPercent } from '../../../core/page/coverage-words.ts';
import type { ComponentView, GroupView } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { titlesOf } from './incidents.ts';
import { CODE, icon } from './status-style.ts';
import { coversWholeWindow, NARROW, sayUptime, uptimeBars } from './uptime-bars.ts';

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

export function legend(ctx: PageContext) {
  return (Object.keys(CODE) as Health[]).map(state => ({
    code: CODE[state],
    state: ctx.say(`state.${state}`),
  }));
}

function groupOf(group: GroupView, i: number, ctx: PageContext) {
  // Missing data is no trouble: an unconfigured check does not unfold its group.
  const open = group.components.some(({ health }) => health !== 'operational' && health !== 'no_data');
  const isPartly = group.health === 'no_data' && group.components.some(({ health }) => health !== 'no_data');
  return {
    id: `g-${i}`,
    name: group.name,
    code: CODE[group.health],
    icon: icon(group.health),
    state: ctx.say(isPartly ? 'state.partly_unknown' : `state.${group.health}`),
    count: ctx.say('component.group', { n: group.components.length }),
    open,
  };
}

/**
 * One component's row.
 * @param titles incident titles by id
 */
export function componentRow(view: ComponentView, titles: ReadonlyMap<string, string>, ctx: PageContext) {
  const { component, health } = view;
  const bars = uptimeBars(view, titles, ctx);
  return {
    id: `c-${component.id}`,
    name: component.name,
    url: ctx.page(`/status/components/${encodeURIComponent(component.id)}`),
    description: component.description,
    code: CODE[health],
    icon: icon(health),
    state: ctx.say(`state.${health}`),
    sinceHtml: sinceHtml(view, ctx),
    upstream: upstreamTrouble(view, ctx),
    failingHtml: failing(view, ctx),
    uptime: uptimeWords(view, ctx),
    uptimeDays: uptimeDays(view, bars.days, ctx),
    bars,
    ago: ctx.say('component.ago', { n: bars.days }),
    agoNarrow: ctx.say('component.ago', { n: Math.min(bars.days, NARROW) }),
  };
}

/** Since when the component has this state, and since when nothing newer is known. */
function sinceHtml({ health, since, stall }: ComponentView, ctx: PageContext): string | null {
  const near = (at: Millis) => ({ since: ctx.time(at, 'near') });
  // The start is shown only for trouble: visitors need that, not "operational since".
  const quiet = since === null || health === 'operational' || health === 'no_data';
  const parts = [
    ...(quiet ? [] : [ctx.html('component.since', near(since))]),
    ...(stall?.isInterrupted ? [ctx.html('component.interrupted', near(stall.since))] : []),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}

/** A sentence with its `since`, if that is known. */
function sinceKnown(
  key: 'component.upstream' | 'component.failing',
  since: Millis | null,
  ctx: PageContext,
  values = {},
): string {
  if (since === null) return ctx.html(key, values);
  return ctx.html(`${key}_since`, { ...values, since: ctx.time(since, 'near') });
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

/** An uptime over the whole window says so if fewer bars are shown; the coverage text names the days, too. */
function uptimeDays(view: ComponentView, days: number, ctx: PageContext): string | null {
  const whole = knownPercent(view) !== null && coversWholeWindow(view);
  const isCovered = coverageWords([view], ctx.say) === null;
  return whole && isCovered && days > NARROW ? ctx.say('component.uptime_days', { n: days }) : null;
}

/** The uptime in words, with its time if less than the whole window, and its coverage if that is partial. */
function uptimeWords(view: ComponentView, ctx: PageContext): string {
  const figure = knownPercent(view);
  if (figure === null) return ctx.say('component.no_uptime');
  const words = sayUptime('component.uptime', view, figure, ctx);
  const coverage = coverageWords([view], ctx.say);
  return coverage ? `${words} · ${coverage}` : words;
}
