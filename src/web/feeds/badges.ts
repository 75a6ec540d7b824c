// Badges: flat SVGs with the status, uptime or response time, for READMEs and dashboards.

import { sayIn } from '../../core/i18n/words.ts';
import type { Health } from '../../core/model/component.ts';
import type { Site } from '../../core/model/site.ts';
import { coverageWords, knownPercent, percentOfAll } from '../../core/page/coverage-words.ts';
import { isLoose } from '../../core/page/overall-status.ts';
import type { ComponentView, Snapshot } from '../../core/page/snapshot.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import { xmlAttribute } from './xml.ts';

/** The kinds of badge; the first is the default. */
export const BADGES = ['status', 'uptime', 'response'] as const;
export type BadgeShow = (typeof BADGES)[number];

/**
 * `/status/badge.svg`, `/status/badge/:component.svg`; `?show=uptime` for the uptime over the page's days,
 * `?show=response` for the median response time of a day.
 * A component that does not exist reads "unknown", because an image cannot show a 404. The site's uptime is that of all
 * components, rounded down, so that one failed minute never reads 100 %. Its response time is that of the slowest
 * component.
 */
export function badge(snapshot: Snapshot, componentId?: string, show: BadgeShow = 'status'): string {
  const view = snapshot.components.find(each => each.component.id === componentId);
  const name = shorten(
    view?.component.name ?? (componentId === undefined ? snapshot.site.title : componentId),
  );
  if (componentId !== undefined && !view) return draw(name, 'unknown', GREY);
  if (show === 'uptime') return uptimeBadge(name, view ? [view] : snapshot.components, snapshot.site);
  if (show === 'response') return responseBadge(name, view ? [view] : snapshot.components);
  if (view) return componentBadge(name, view, snapshot);
  const { state, isNothingKnown, total, worst, loose } = snapshot.overall;
  // No component has this state: it is that of incidents.
  if (worst.length === 0 && loose.length > 0) return draw(name, openWords(loose.length), COLORS[state]);
  const isPartly = state === 'no_data' && !isNothingKnown && total > 0;
  return draw(name, isPartly ? 'partly unknown' : WORDS[state], COLORS[state]);
}

/** Not "operational" beside an open incident that names the component, though no component is unwell by it. */
function componentBadge(name: string, { component, health }: ComponentView, { incidents }: Snapshot): string {
  const open = incidents.filter(view => isLoose(view) && view.affected.some(({ id }) => id === component.id));
  return health === 'operational' && open.length > 0
    ? draw(name, openWords(open.length), COLORS.degraded_performance)
    : draw(name, WORDS[health], COLORS[health]);
}

function openWords(count: number): string {
  return count === 1 ? 'open incident' : `${count} open incidents`;
}

const GREY = '#57606a';

/** Dark enough for white text at 4.5:1. The text gives the status; the color repeats it. */
export const COLORS: Record<Health, string> = {
  operational: '#15803d',
  under_maintenance: '#1d4ed8',
  degraded_performance: '#b45309',
  partial_outage: '#c2410c',
  major_outage: '#b91c1c',
  no_data: GREY,
};

const WORDS: Record<Health, string> = {
  operational: 'operational',
  under_maintenance: 'maintenance',
  degraded_performance: 'degraded',
  partial_outage: 'partial outage',
  major_outage: 'major outage',
  no_data: 'no data',
};

/** Green down to 99 %, as on other badges: three nines in 90 days are two hours, and one per cent is a day. */
function colorOfPercent(percent: number): string {
  if (percent >= 99.9) return COLORS.operational;
  if (percent >= 99) return '#4d7c0f';
  if (percent >= 97) return COLORS.degraded_performance;
  return percent >= 95 ? COLORS.partial_outage : COLORS.major_outage;
}

/** Amber if the median response is slower than the operator's limit. */
function responseBadge(name: string, views: readonly ComponentView[]): string {
  const label = `${name} response 24h`;
  const known = views.filter(({ response }) => response !== null);
  const slowest = Math.max(...known.map(({ response }) => response as number));
  if (known.length === 0) return draw(label, WORDS.no_data, GREY);
  const slow = known.some(({ component, response }) => (response as number) > component.detect.latency);
  return draw(label, timeOf(slowest), slow ? COLORS.degraded_performance : COLORS.operational);
}

function timeOf(millis: number): string {
  return millis < 10_000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`;
}

/** Components without a figure are left out. Coverage below 95 % is shown beside the uptime. */
function uptimeBadge(name: string, views: readonly ComponentView[], { uptime: { days } }: Site): string {
  const label = `${name} uptime ${days}d`;
  const percent = percentOfAll(views);
  if (percent === null) return draw(label, WORDS.no_data, GREY);
  const coverage = coverageWords(
    views.filter(view => knownPercent(view) !== null),
    sayIn('en'),
  );
  const value = [`${percent.toFixed(2)}%`, ...(coverage ? [coverage] : [])].join(' · ');
  return draw(label, value, colorOfPercent(percent));
}

function draw(label: string, value: string, color: string): string {
  const left = widthOf(label) + 12;
  const right = widthOf(value) + 12;
  const whole = left + right;
  const words = `${label}: ${value}`;
  // `textLength` makes the text fit with any font that replaces Verdana.
  const text = (at: number, width: number, what: string) =>
    `<text x="${at}" y="14" textLength="${width - 12}" lengthAdjust="spacingAndGlyphs">${escapeHtml(what)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="20" viewBox="0 0 ${whole} 20" role="img" aria-label="${xmlAttribute(words)}">
<title>${escapeHtml(words)}</title>
<clipPath id="r"><rect width="${whole}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3f4650"/><rect x="${left}" width="${right}" height="20" fill="${color}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${text(6, left, label)}${text(left + 6, right, value)}</g>
</svg>
`;
}

/** The width of a text in Verdana 11 px, accurate enough that `textLength` does not squeeze it visibly. */
function widthOf(text: string): number {
  let sum = 0;
  for (const char of text) {
    if (/[ijl.,:;'!|()[\]f t/-]/.test(char)) sum += 4.6;
    else if (/[mwMW@%]/.test(char)) sum += 10.5;
    else if (/[A-Z]/.test(char)) sum += 7.8;
    else sum += char.codePointAt(0)! > 0x2e80 ? 12 : 6.8;
  }
  return Math.ceil(sum);
}

function shorten(name: string): string {
  const characters = [...name];
  return characters.length <= 40 ? name : `${characters.slice(0, 39).join('')}…`;
}
