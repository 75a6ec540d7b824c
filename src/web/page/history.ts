// The history pages: months with incidents, and months a visitor requested.

import type { Key } from '../../core/i18n/words.ts';
import { utcDay } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { beginning, incidentCard } from './parts/incidents.ts';

/** @param month `YYYY-MM`, or null for the newest three. The page is null if the month is not in the history. */
export function historyPage(ctx: PageContext, month: string | null): Page | null {
  const months = monthsOf(ctx.snapshot);
  if (month !== null && !covers(months, month)) return null;
  const now = utcDay(ctx.at).slice(0, 7);
  // Nothing is claimed of months before the page existed.
  const first = [
    ...months.keys(),
    ...ctx.snapshot.components.map(one => utcDay(one.uptime.from).slice(0, 7)),
  ].sort()[0]!;
  const newest = [now, monthAt(now, -1), monthAt(now, -2)].filter(one => one >= first);
  const shown = month === null ? newest : [month];
  const title = month
    ? ctx.say('history.month', { month: ctx.dates.month(month) })
    : ctx.say('history.title');
  const path = '/status/history';
  // The months before and after the one shown, including empty ones.
  const turn = (month === null ? [] : (['prev', 'next'] as const)).flatMap(rel => {
    const other = monthAt(month as string, rel === 'prev' ? -1 : 1);
    if (!covers(months, other)) return [];
    const label = ctx.say(rel === 'prev' ? 'incident.earlier' : 'incident.later');
    return [{ rel, label, month: other, name: ctx.dates.month(other), url: ctx.page(`${path}/${other}`) }];
  });
  // What stands on the page is not listed again.
  const others = [...months].filter(([one]) => ![...shown, ...turn.map(({ month }) => month)].includes(one));
  const listed = (title: Key, some: typeof others) => ({
    title: ctx.say(title),
    months: some.map(([one, n]) => ({
      name: ctx.dates.month(one),
      url: ctx.page(`${path}/${one}`),
      count: n > 0 ? ctx.say('history.count', { n }) : ctx.say('history.none'),
    })),
  });
  const lists = [
    listed('page.upcoming', others.filter(([one]) => one > now).reverse()),
    listed(
      'history.months',
      others.filter(([one]) => one <= now),
    ),
  ];
  return {
    view: 'history',
    about: {
      title,
      description: `${ctx.site.title}: ${title}`,
      path: month ? `${path}/${month}` : path,
      live: false,
    },
    data: {
      title,
      single: month !== null,
      lists: lists.filter(({ months }) => months.length > 0),
      shownMonths: shown.map(one => monthCards(one, ctx)),
      turn,
    },
  };
}

/** The months with entries, and the current one, newest first, with the number of entries. */
function monthsOf(snapshot: Snapshot): ReadonlyMap<string, number> {
  const counts = new Map([[utcDay(snapshot.at).slice(0, 7), 0]]);
  for (const entry of entries(snapshot)) {
    const month = monthOf(entry);
    counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? 1 : -1)));
}

/** Whether a month is between the first and the last of the listed months: empty months have pages too. */
function covers(months: ReadonlyMap<string, number>, month: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return false;
  const listed = [...months.keys()];
  return month <= listed[0]! && month >= listed.at(-1)!;
}

/** The entries of one month, newest first; `sum` is "3 incidents · 1 maintenance", null for an empty month. */
function monthCards(month: string, ctx: PageContext) {
  const shown = entries(ctx.snapshot)
    .filter(entry => monthOf(entry) === month)
    .sort((a, b) => beginning(b) - beginning(a));
  const maintenances = shown.filter(entry => entry.scheduled !== null).length;
  const incidents = shown.length - maintenances;
  const counts = [
    ...(incidents > 0 ? [ctx.say('history.incidents', { n: incidents })] : []),
    ...(maintenances > 0 ? [ctx.say('history.maintenances', { n: maintenances })] : []),
  ];
  return {
    month,
    name: ctx.dates.month(month),
    cards: shown.map(entry => incidentCard(entry, ctx)),
    sum: counts.join(' · ') || null,
  };
}

/** The month `after` months after `YYYY-MM`. */
function monthAt(month: string, after: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return utcDay(Date.UTC(year, number - 1 + after)).slice(0, 7);
}

function entries(snapshot: Snapshot): IncidentView[] {
  return [...snapshot.incidents, ...snapshot.maintenances];
}

function monthOf(entry: IncidentView): string {
  return utcDay(beginning(entry)).slice(0, 7);
}
