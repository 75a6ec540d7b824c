// The overall status in words: a sentence, never vaguer or kinder than the facts below it, and a line of details.

import { DAY, type Millis } from '../../../core/model/time.ts';
import { coverageWords, percentOfAll } from '../../../core/page/coverage-words.ts';
import type { OverallStatus } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import { type PageContext, phrases, plainOf, unbreakable } from '../context.ts';
import { isOver, plannedEnd } from './incidents.ts';
import { icon } from './status-style.ts';

/** With more names than this, a sentence counts instead of listing. */
const NAMED = 3;

/** The states in which components are unwell, worst first. */
const UNWELL = ['major_outage', 'partial_outage', 'degraded_performance', 'under_maintenance'] as const;

/**
 * The overall status: its state, the sentence as HTML and as plain text (for the title and for chats), and the details
 * that the sentence leaves out, as HTML in one line and as plain phrases.
 */
export function overallText(ctx: PageContext) {
  const { overall } = ctx.snapshot;
  const html = sentence(overall, ctx);
  const health = overall.state;
  const said = details(ctx);
  return {
    health,
    icon: icon(health),
    html,
    plain: plainOf(html),
    detailsHtml: phrases(said),
    details: said.map(plainOf),
  };
}

/** The overall status for a picture, in the words of the card: nothing that changes with each minute. */
export function overallForPicture(ctx: PageContext) {
  const { overall } = ctx.snapshot;
  // A picture is looked at on other days, too.
  const still: PageContext = { ...ctx, time: at => ({ html: escapeHtml(ctx.dates.dateTime(at)) }) };
  const when = whenOf(ctx);
  return {
    health: overall.state,
    headline: plainOf(sentence(overall, still)),
    notes: [
      ...(when === null ? [] : [when.words.replace('{time}', ctx.dates.dateTime(when.at))]),
      ...notes(still).map(plainOf),
    ],
    // Beside a state that nobody knows, a good figure would be kinder than the page.
    uptime: overall.isNothingKnown ? '' : plainOf(uptimeOfAll(ctx)?.html ?? ''),
  };
}

/** Since when, or for a maintenance until when, as words with `{time}` and the moment, to be written in the reader's zone. */
export function whenOf(ctx: PageContext): { readonly words: string; readonly at: Millis } | null {
  const { since, state } = ctx.snapshot.overall;
  const isUntil = state === 'under_maintenance';
  const at = isUntil ? plannedEnd(ctx) : since;
  return at === null ? null : { words: ctx.say(isUntil ? 'widget.until' : 'widget.since'), at };
}

/** Returns what is unknown and should not be, as HTML; null if nothing is. */
function doubt({ interrupted, stalePage }: OverallStatus, ctx: PageContext): string | null {
  if (stalePage !== undefined) return ctx.html('overall.stale', { since: ctx.time(stalePage) });
  if (!interrupted) return null;
  const names = few(interrupted.names);
  return ctx.html('overall.interrupted', { names, since: ctx.time(interrupted.since) });
}

function few(names: readonly string[]): string {
  return (names.length > 8 ? [...names.slice(0, 8), `+${names.length - 8}`] : names).join(', ');
}

function sentence(overall: OverallStatus, ctx: PageContext): string {
  const { state, worst, total, isNothingKnown, noReports, loose } = overall;
  if (worst.length > 0) {
    const n = worst.length;
    const isAll = n === total && n > 1;
    const names = isAll ? ctx.say('overall.all') : namesOf(worst, total, ctx);
    return ctx.html(`overall.${state as (typeof UNWELL)[number]}`, { names, n });
  }
  if (loose.length === 1) return ctx.html('overall.loose', { title: loose[0]! });
  if (loose.length > 1) return ctx.html('overall.loose_many', { n: loose.length });
  const unsure = doubt(overall, ctx);
  if (unsure !== null) return unsure;
  if (noReports) return ctx.html('overall.missing');
  if (total === 0) return ctx.html('overall.none');
  if (!isNothingKnown) return ctx.html(state === 'no_data' ? 'overall.well_so_far' : 'overall.well');
  return ctx.html(isUnchecked(ctx) ? 'overall.empty' : 'overall.no_data');
}

/** "API and Database", or "4 of 6 components". */
function namesOf(names: readonly string[], total: number, ctx: PageContext): string {
  if (names.length <= NAMED) return ctx.dates.list(names);
  return ctx.say('overall.count', { count: names.length, total });
}

/** Whether no check has run yet. One that ran may have been without a result. */
export function isUnchecked({ snapshot: { checkedAt, components } }: PageContext): boolean {
  return checkedAt === null && components.every(({ seen }) => seen === null);
}

/** The line below the sentence: since or until when, what else is unwell or unknown; when all is well, how it has been. */
function details(ctx: PageContext): string[] {
  const { overall, networkDownSince } = ctx.snapshot;
  const { since, state } = overall;
  const time = state === 'under_maintenance' ? untilHtml(ctx) : since === null ? null : sinceHtml(since, ctx);
  return [
    ...(time === null ? [] : [time]),
    ...notes(ctx),
    ...(networkDownSince === null ? [] : [ctx.html('blind', { since: ctx.time(networkDownSince) })]),
    ...(state === 'operational' ? record(ctx) : []),
  ];
}

function sinceHtml(since: Millis, ctx: PageContext): string {
  const duration = unbreakable(ctx.dates.duration(ctx.at - since));
  return ctx.html('overall.since', { since: ctx.time(since), duration });
}

/** Until when the maintenance in progress is planned; null if it is overdue. */
function untilHtml(ctx: PageContext): string | null {
  const end = plannedEnd(ctx);
  if (end === null) return null;
  const duration = unbreakable(ctx.dates.duration(end - ctx.at));
  return ctx.html('overall.until', { until: ctx.time(end), duration });
}

function notes(ctx: PageContext): string[] {
  const { overall, missingSince } = ctx.snapshot;
  const { worst, total, loose, interrupted } = overall;
  const said: string[] = [];
  const unsure = doubt(overall, ctx);
  if (unsure !== null && worst.length + loose.length > 0) said.push(unsure);
  said.push(...others(overall, ctx));
  // A lone title is already in the headline; otherwise list the titles.
  if (worst.length > 0 || loose.length > 1)
    for (const title of loose) said.push(ctx.html('overall.also', { title }));
  // If nothing is known at all, the headline says so, unless it names an incident.
  const unknown = overall.unknown.filter(name => !interrupted?.names.includes(name));
  if (unknown.length > 0 && (unknown.length < total || loose.length > 0))
    said.push(ctx.html('overall.unknown', { names: few(unknown) }));
  const headlineSaysNoReports = overall.noReports && worst.length === 0 && unsure === null;
  if (missingSince !== null && !headlineSaysNoReports) said.push(ctx.html('overall.missing'));
  else if (overall.unread > 0 && missingSince === null)
    said.push(ctx.html('overall.unread', { n: overall.unread }));
  return said;
}

/** The other unwell components, a phrase for each state: "API partly down". */
function others({ state, total }: OverallStatus, ctx: PageContext): string[] {
  return UNWELL.filter(one => one !== state).flatMap(one => {
    const names = ctx.snapshot.components
      .filter(({ health }) => health === one)
      .map(({ component }) => component.name);
    return names.length === 0
      ? []
      : [ctx.html(`overall.other.${one}`, { names: namesOf(names, total, ctx) })];
  });
}

/** How it has been: since when without an incident, and the uptime of all components. */
function record(ctx: PageContext): string[] {
  const { incidents, at } = ctx.snapshot;
  const uptime = uptimeOfAll(ctx);
  if (uptime === null) return [];
  // Where little was observed, no report does not mean that there was nothing.
  if (uptime.isPartial) return [uptime.html];
  // Not `Math.max(...)`: there may be more incidents than a call has room for.
  const last = incidents
    .filter(isOver)
    .reduce((end, { resolved }) => Math.max(end, resolved ?? 0), uptime.from);
  const quiet = Math.floor((at - last) / DAY);
  return [...(quiet > 0 ? [ctx.html('overall.quiet', { n: quiet })] : []), uptime.html];
}

/** The uptime of all components, with its coverage where that is low; null without a whole day. */
function uptimeOfAll(ctx: PageContext): { html: string; isPartial: boolean; from: Millis } | null {
  const { components, at } = ctx.snapshot;
  const percent = percentOfAll(components);
  if (percent === null) return null;
  const from = Math.min(...components.map(({ uptime }) => uptime.from));
  const n = Math.floor((at - from) / DAY);
  if (n === 0) return null;
  const html = ctx.html('overall.uptime', { percent: ctx.dates.percent(percent), n });
  const coverage = coverageWords(components, ctx.say);
  return { html: coverage ? `${html} (${coverage})` : html, isPartial: coverage !== null, from };
}
