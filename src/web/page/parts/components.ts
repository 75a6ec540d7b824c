// Components as the page lists them: groups, rows, and the words in each.
import type { Health } from '../../../core/model/component.ts';
import { MINUTE, type Millis } from '../../../core/model/time.ts';
import type { ComponentView, GroupView, Snapshot } from '../../../core/page/snapshot.ts';
import type { Steps } from '../../../core/page/steps.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { Tell } from '../context.ts';
import { coverageWords } from './coverage.ts';
import { CODE, icon } from './status-style.ts';
import { knownPercent, NARROW, type Strip, strip } from './uptime-bars.ts';

export interface Row {
  readonly id: string;
  readonly name: string;
  /** Of its own page. */
  readonly url: string | null;
  readonly description: string | null;
  readonly code: string;
  readonly icon: string;
  readonly state: string;
  readonly sinceHtml: string | null;
  /** What a provider's own page says of its trouble, in its words. */
  readonly upstream: { readonly html: string; readonly words: string } | null;
  /** Under maintenance: that its check fails, as HTML. */
  readonly failingHtml: string | null;
  readonly uptime: string;
  /** What the figure spans, where a phone shows fewer bars than that. */
  readonly uptimeDays: string | null;
  readonly strip: Strip;
  readonly ago: string;
  readonly agoNarrow: string;
}

export interface Group {
  readonly id: string;
  readonly name: string | null;
  readonly code: string;
  readonly icon: string;
  readonly state: string;
  readonly count: string;
  /** Opens by itself when something in it is not well. */
  readonly open: boolean;
  /** As HTML. */
  readonly rows: readonly string[];
}

/** A row as HTML, its name a heading of that level. */
export type DrawRow = (row: Row, level: 'h3' | 'h4') => string;

/** The component section's groups, in the site's order; a row a step. */
export function* groups(snapshot: Snapshot, tell: Tell, draw: DrawRow): Steps<Group[]> {
  const titles = new Map(
    [...snapshot.incidents, ...snapshot.maintenances].map(({ id, title }) => [id, title]),
  );
  const drawn: Group[] = [];
  for (const [i, group] of snapshot.groups.entries()) {
    const rows: string[] = [];
    for (const view of group.components) {
      rows.push(draw(row(view, titles, tell), group.name === null ? 'h3' : 'h4'));
      yield;
    }
    drawn.push({ ...groupOf(group, i, tell), rows });
  }
  return drawn;
}

/** The key to the bars: every state, best first. */
export function key(tell: Tell): { code: string; state: string }[] {
  const order: Health[] = [
    ...(['operational', 'degraded_performance', 'partial_outage', 'major_outage'] as const),
    ...(['under_maintenance', 'no_data'] as const),
  ];
  return order.map(state => ({ code: CODE[state], state: tell.say(`state.${state}`) }));
}

function groupOf(group: GroupView, i: number, tell: Tell): Omit<Group, 'rows'> {
  // Absence of data is no trouble: an unconfigured check does not unfold its group.
  const open = group.components.some(({ health }) => health !== 'operational' && health !== 'no_data');
  const isPartly = group.health === 'no_data' && group.components.some(({ health }) => health !== 'no_data');
  return {
    id: `g-${i}`,
    name: group.name,
    code: CODE[group.health],
    icon: icon(group.health),
    state: tell.say(isPartly ? 'state.partly_unknown' : `state.${group.health}`),
    count: tell.say('component.group', { n: group.components.length }),
    open,
  };
}

/** One component's row. */
export function row(view: ComponentView, titles: ReadonlyMap<string, string>, tell: Tell): Row {
  const { component, health } = view;
  const drawn = strip(view, titles, tell);
  return {
    id: `c-${component.id}`,
    name: component.name,
    url: tell.page(`/status/components/${encodeURIComponent(component.id)}`),
    description: component.description,
    code: CODE[health],
    icon: icon(health),
    state: tell.say(`state.${health}`),
    sinceHtml: sinceHtml(view, tell),
    upstream: upstream(view, tell),
    failingHtml: failing(view, tell),
    uptime: uptimeWords(view, tell),
    uptimeDays: uptimeDays(view, drawn.days, tell),
    strip: drawn,
    ago: tell.say('component.ago', { n: drawn.days }),
    agoNarrow: tell.say('component.ago', { n: Math.min(drawn.days, NARROW) }),
  };
}

/** How long it has been so, and since when that is all that is known. */
function sinceHtml({ health, since, stall }: ComponentView, tell: Tell): string | null {
  const near = (at: Millis) => ({ since: tell.time(at, 'near') });
  // "Operational since" would be a boast; trouble's beginning is a fact a visitor needs.
  const quiet = since === null || health === 'operational' || health === 'no_data';
  const parts = [
    ...(quiet ? [] : [tell.html('component.since', near(since))]),
    ...(stall?.told ? [tell.html('component.interrupted', near(stall.since))] : []),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}

const REPORTS = 'upstream reports: ';

/** Third parties: trouble that a provider itself reports, quoted and linked. */
function upstream({ component, health, since, seen }: ComponentView, tell: Tell): Row['upstream'] {
  const { check } = component;
  if (check.type !== 'statuspage' || health === 'operational' || !seen?.startsWith(REPORTS)) return null;
  const page = new URL(check.url);
  const provider = { html: `<a href="${escapeHtml(page.href)}" rel="noopener">${escapeHtml(page.host)}</a>` };
  const html =
    since === null
      ? tell.html('component.upstream', { provider })
      : tell.html('component.upstream_since', { provider, since: tell.time(since, 'near') });
  return { html, words: seen.slice(REPORTS.length) };
}

/** What the colour of a maintenance would hide. */
function failing({ failing, seen }: ComponentView, tell: Tell): string | null {
  if (!failing) return null;
  const why = seen === null ? '' : ` (${escapeHtml(seen)})`;
  const { since } = failing;
  const said =
    since === null
      ? tell.html('component.failing', {})
      : tell.html('component.failing_since', { since: tell.time(since, 'near') });
  return `${said}${why}`;
}

/** A figure over the whole window says so where fewer bars stand above it; its coverage names the days too. */
function uptimeDays(view: ComponentView, days: number, tell: Tell): string | null {
  const whole = knownPercent(view) !== null && view.uptime.from <= view.uptime.window.start;
  const isCovered = coverageWords([view], tell.say) === null;
  return whole && isCovered && days > NARROW ? tell.say('component.uptime_days', { n: days }) : null;
}

/** A figure over less than the whole window says over how much, and one that was partly measured, of how much. */
function uptimeWords(view: ComponentView, tell: Tell): string {
  const figure = knownPercent(view);
  if (figure === null) return tell.say('component.no_uptime');
  const coverage = coverageWords([view], tell.say);
  return [figureWords(view, figure, tell), ...(coverage ? [coverage] : [])].join(' · ');
}

function figureWords({ uptime }: ComponentView, figure: number, tell: Tell): string {
  const percent = tell.dates.percent(figure);
  if (uptime.from <= uptime.window.start) return tell.say('component.uptime', { percent });
  if (uptime.total < MINUTE) return tell.say('component.uptime_new', { percent });
  return tell.say('component.uptime_over', { percent, duration: tell.dates.within(uptime.total) });
}
