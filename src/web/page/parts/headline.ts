// The overall status in words: one sentence, never vaguer or kinder than the facts below it.

import type { Values } from '../../../core/i18n/words.ts';
import { badness } from '../../../core/model/component.ts';
import type { OverallStatus } from '../../../core/page/snapshot.ts';
import { type PageContext, plainOf } from '../context.ts';
import { icon } from './status-style.ts';

/** With more names than this, the sentence counts instead of listing. */
const NAMED = 3;

/**
 * The overall status: its state, the sentence as HTML and as plain text (for the title and for chats), and in `notes`
 * further sentences with what the first leaves out.
 */
export function overallText(ctx: PageContext) {
  const { overall } = ctx.snapshot;
  const html = sentence(overall, ctx);
  return { health: overall.state, icon: icon(overall.state), html, plain: plainOf(html), notes: notes(ctx) };
}

/** The overall status for a picture: without durations, the time on a line of its own. */
export function overallForPicture(ctx: PageContext) {
  const { overall } = ctx.snapshot;
  const since =
    overall.since === null ? [] : [ctx.say('component.since', { since: ctx.dates.dateTime(overall.since) })];
  return {
    health: overall.state,
    headline: plainOf(sentence({ ...overall, since: null }, ctx, 'dateTime')),
    notes: [...since, ...notes(ctx, 'dateTime')],
  };
}

/** Returns what is unknown and should not be, as HTML; null if nothing is. */
function doubt({ interrupted, stalePage }: OverallStatus, ctx: PageContext, style: Style): string | null {
  if (stalePage !== undefined) return ctx.html('overall.stale', { since: ctx.time(stalePage, style) });
  if (!interrupted) return null;
  const names = few(interrupted.names);
  return ctx.html('overall.interrupted', { names, since: ctx.time(interrupted.since, style) });
}

type Style = 'near' | 'dateTime';

function few(names: readonly string[]): string {
  return (names.length > 8 ? [...names.slice(0, 8), `+${names.length - 8}`] : names).join(', ');
}

function sentence(overall: OverallStatus, ctx: PageContext, style: Style = 'near'): string {
  const { state, worst, total, isNothingKnown, noReports, loose } = overall;
  if (worst.length === 0) {
    if (loose.length === 1) return ctx.html('overall.loose', { title: loose[0]! });
    if (loose.length > 1) return ctx.html('overall.loose_many', { n: loose.length });
    const unsure = doubt(overall, ctx, style);
    if (unsure !== null) return unsure;
    if (noReports) return ctx.html('overall.missing');
    if (total === 0) return ctx.html('overall.none');
    if (!isNothingKnown) return ctx.html(state === 'no_data' ? 'overall.well_so_far' : 'overall.well');
    return ctx.html(isUnchecked(ctx) ? 'overall.empty' : 'overall.no_data');
  }
  if (state === 'under_maintenance' && worst.length <= NAMED) {
    return ctx.html('overall.maintenance', { names: worst.join(', ') });
  }
  const since = overall.since === null ? null : ctx.time(overall.since, 'near');
  // Unbreakable, so that "1 h" and "37 min" stay on one line.
  const duration = overall.since === null ? '' : unbreakable(ctx.dates.duration(ctx.at - overall.since));
  const say = (key: 'overall.named' | 'overall.many' | 'overall.all', values: Values) =>
    since ? ctx.html(`${key}_since`, { ...values, since, duration }) : ctx.html(key, values);
  if (worst.length === total && total > 1) return say('overall.all', { state: ctx.say(`state.${state}`) });
  if (worst.length <= NAMED) {
    return say('overall.named', { names: worst.join(', '), state: ctx.say(`in.${state}`) });
  }
  return say('overall.many', { state: ctx.say(`state.${state}`), count: worst.length, total });
}

/** Whether no check has run yet. One that ran may have been without a result. */
export function isUnchecked({ snapshot: { checkedAt, components } }: PageContext): boolean {
  return checkedAt === null && components.every(({ seen }) => seen === null);
}

function notes(ctx: PageContext, style: Style = 'near'): string[] {
  const { overall, missingSince } = ctx.snapshot;
  const said: string[] = [];
  const { worst, affected, total, loose, interrupted } = overall;
  const unsure = doubt(overall, ctx, style);
  if (unsure !== null && worst.length + loose.length > 0) said.push(plainOf(unsure));
  if (affected > worst.length) said.push(others(overall, ctx));
  // A lone title is already in the headline; otherwise list the titles.
  if (worst.length > 0 || loose.length > 1)
    for (const title of loose) said.push(ctx.say('overall.also', { title }));
  // If nothing is known at all, the headline says so, unless it names an incident.
  const unknown = overall.unknown.filter(name => !interrupted?.names.includes(name));
  if (unknown.length > 0 && (unknown.length < total || loose.length > 0))
    said.push(ctx.say('overall.unknown', { names: few(unknown) }));
  const headlineSaysNoReports = overall.noReports && worst.length === 0 && unsure === null;
  if (missingSince !== null && !headlineSaysNoReports) said.push(ctx.say('overall.missing'));
  else if (overall.unread > 0 && missingSince === null)
    said.push(ctx.say('overall.unread', { n: overall.unread }));
  return said;
}

/** The other affected components: by name if there are few. */
function others({ state, worst, affected }: OverallStatus, ctx: PageContext): string {
  const rest = ctx.snapshot.components.filter(({ health }) => badness(health) > 0 && health !== state);
  if (rest.length === 0 || rest.length > NAMED) {
    return ctx.say('overall.others', { n: affected - worst.length });
  }
  return rest
    .map(({ component: { name }, health }) =>
      ctx.say('overall.named', { names: name, state: ctx.say(`in.${health}`) }),
    )
    .join(' · ');
}

function unbreakable(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
