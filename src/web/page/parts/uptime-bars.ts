// Uptime bars: one SVG per component with one rect per day, and a list of the days with trouble.

import type { Values } from '../../../core/i18n/words.ts';
import { worst } from '../../../core/model/component.ts';
import { incidentPath } from '../../../core/model/incident.ts';
import { memoized, memoizedText } from '../../../core/model/memo.ts';
import { MINUTE } from '../../../core/model/time.ts';
import { coverageWords, knownPercent } from '../../../core/page/coverage-words.ts';
import type { ComponentView, DayCell } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { CODE } from './status-style.ts';

// A bar is 6 wide and begins every 8: ninety bars make 718, the card's inner width in px, so they are sharp.
const PITCH = 8;
const WIDTH = 6;
const TALL = 24;
/** Days shown on a phone. */
export const NARROW = 30;

// Bars of bad days are taller, bars without data are short: readable without color.
const HEIGHT: Record<string, number> = { o: 18, m: 18, d: 20, p: 22, x: 24, n: 3 };

/**
 * Draws a component's days and lists those with trouble, newest first.
 * @param most how many days are listed: a page of many components stays small whatever the history
 */
export function uptimeBars(
  view: ComponentView,
  titles: ReadonlyMap<string, string>,
  ctx: PageContext,
  most: number,
) {
  const { days } = view;
  const all = days
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => cell.state !== 'operational' && cell.state !== 'no_data')
    .reverse();
  const bad = all
    .slice(0, most)
    .map(({ cell, index }) => badDay(cell, index, titles, dayUptime(view, cell, ctx), ctx));
  const listed = new Set(bad.map(({ index }) => index));
  const badWord = ctx.say('component.bad_days', { n: all.length });
  return {
    svg: stripOf(
      codesOf(days),
      summary(view, all.length, badWord, ctx),
      days[0]?.day,
      unlisted(view, listed, ctx),
    ),
    bad,
    badWord,
    days: days.length,
  };
}

/**
 * The strip of days.
 * @param codes a letter for each day, oldest first
 * @param label what it shows; null for a strip that repeats what stands beside it
 * @param uptimes the uptime of days for their cards, as from `unlisted`
 */
export function stripOf(codes: string, label: string | null, from = '', uptimes = ''): string {
  const width = codes.length * PITCH - (PITCH - WIDTH);
  // Without a style attribute, `width` is cut for phones (the newest 30 days); wide pages override it.
  const cut =
    codes.length > NARROW ? Math.round((width * 10_000) / (NARROW * PITCH - (PITCH - WIDTH))) / 100 : 100;
  const name = label === null ? 'aria-hidden="true"' : `role="img" aria-label="${escapeHtml(label)}"`;
  return `<svg ${name} viewBox="0 0 ${width} ${TALL}" preserveAspectRatio="none" width="${cut}%" height="${TALL}" data-from="${from}"${uptimes && ` data-up="${escapeHtml(uptimes)}"`}>${barsOf(codes)}</svg>`;
}

/** Each day's worst state of some components. Cached, because every page of a Snapshot shows it. */
export const worstDays = memoized((components: readonly ComponentView[]) =>
  (components[0]?.days ?? []).map((_, i) => worst(components.map(view => view.days[i]?.state ?? 'no_data'))),
);

function codesOf(days: readonly DayCell[]): string {
  return days.map(({ state }) => CODE[state]).join('');
}

/** Many components have the same days, so equal bars are drawn once. */
const barsOf = memoizedText(1000, codes => [...codes].map(bar).join(''));

function bar(code: string, i: number): string {
  const height = HEIGHT[code]!;
  const attribute = code === 'o' ? '' : ` class="${code}"`;
  // The stroke of a hollow bar is drawn inside its box.
  const [inset, w, h] = code === 'm' ? [1, WIDTH - 2, height - 2] : [0, WIDTH, height];
  return `<rect x="${i * PITCH + inset}" y="${TALL - height + inset}" width="${w}" height="${h}"${attribute}/>`;
}

function summary(view: ComponentView, bad: number, badWord: string, ctx: PageContext): string {
  const { name } = view.component;
  const percent = knownPercent(view);
  if (percent === null) return ctx.say('component.bars_none', { name });
  const coverage = coverageWords([view], ctx.say);
  const blank = view.days.filter(cell => cell.state === 'no_data').length;
  const said = { name, bad: bad > 0 ? badWord : ctx.say('component.no_bad'), n: view.days.length };
  return [
    sayUptime('component.bars', view, percent, ctx, said),
    ...(coverage ? [coverage] : []),
    ...(blank > 0 ? [ctx.say('component.blank', { n: blank })] : []),
  ].join('; ');
}

/** A sentence with the uptime; it names the time covered if that is less than the whole window. */
export function sayUptime(
  key: 'component.figure' | 'component.bars',
  view: ComponentView,
  figure: number,
  ctx: PageContext,
  values: Values = {},
): string {
  const said = { ...values, percent: ctx.dates.percent(figure) };
  const { total } = view.uptime;
  if (coversWholeWindow(view)) return ctx.say(key, said);
  if (total < MINUTE) return ctx.say(`${key}_new`, said);
  return ctx.say(`${key}_over`, { ...said, duration: ctx.dates.within(total) });
}

/** Whether the figure covers the whole uptime window. */
export function coversWholeWindow({ uptime: { from, window } }: ComponentView): boolean {
  return from <= window.start;
}

/** `99.31% uptime · 20 of 24 hours observed`: a day's part of the uptime. */
function dayUptime({ component }: ComponentView, { uptime }: DayCell, ctx: PageContext): string {
  if (uptime === null) return `${ctx.say('page.uptime')}: ${ctx.say('state.no_data')}`;
  const words = uptime.percent === 100 ? wholeDay(ctx) : percentWords(uptime.percent, ctx);
  const coverage = uptime.seen && coverageWords([{ component, uptime: uptime.seen }], ctx.say);
  return coverage ? `${words} · ${coverage}` : words;
}

/** `12:99.31% uptime|40:…`: the days that have another uptime than a good day, and stand in no list. */
function unlisted(view: ComponentView, listed: ReadonlySet<number>, ctx: PageContext): string {
  const usual = wholeDay(ctx);
  return view.days
    .flatMap((cell, index) => {
      if (cell.state === 'no_data' || listed.has(index)) return [];
      const words = dayUptime(view, cell, ctx);
      return words === usual ? [] : [`${index}:${words}`];
    })
    .join('|');
}

/** The uptime of a good day: the script's, too. Most days are. */
export const wholeDay = memoized((ctx: PageContext) => percentWords(100, ctx));

function percentWords(percent: number, ctx: PageContext): string {
  return ctx.say('component.uptime', { percent: ctx.dates.percent(percent) });
}

/** How many incidents of one day are linked. */
const MAX_LINKS = 5;

/** @param index the day's position among the bars, 0 the oldest */
function badDay(
  cell: DayCell,
  index: number,
  titles: ReadonlyMap<string, string>,
  uptime: string,
  ctx: PageContext,
) {
  return {
    index,
    day: cell.day,
    date: ctx.dates.shortDay(cell.day, ctx.at),
    states: cell.stretches.map(({ state, time }) => ({
      code: CODE[state],
      name: ctx.say(`state.${state}`),
      time: time > 0 ? ctx.dates.duration(time) : null,
    })),
    uptime,
    incidents: cell.incidents.slice(0, MAX_LINKS).map(id => ({
      title: titles.get(id) ?? id,
      url: ctx.page(incidentPath(id)),
    })),
  };
}
