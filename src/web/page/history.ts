// History: which months have incidents, and the months a visitor asked for.

import { utcDay } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { Tell } from './context.ts';
import { beginning, type Card, card } from './parts/incidents.ts';

export interface Month {
  /** `2026-11` */
  readonly month: string;
  readonly name: string;
  readonly url: string;
  readonly count: string;
  readonly here: boolean;
}

export interface MonthCards {
  readonly month: string;
  readonly name: string;
  readonly cards: readonly Card[];
  /** "3 incidents · 1 maintenance"; null when there was nothing. */
  readonly sum: string | null;
}

/** The months that have entries, and this one, newest first. */
export function months(snapshot: Snapshot, here: string | null, tell: Tell): Month[] {
  const counts = new Map([[utcDay(snapshot.at).slice(0, 7), 0]]);
  for (const entry of entries(snapshot)) {
    const month = monthOf(entry);
    counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([month, n]) => ({
      month,
      name: tell.dates.month(month),
      url: tell.page(`/status/history/${month}`),
      count: n > 0 ? tell.say('history.count', { n }) : tell.say('history.none'),
      here: month === here,
    }));
}

/** Whether `YYYY-MM` lies between the first and the last of the listed months: quiet ones have pages too. */
export function covers(list: readonly Month[], month: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return false;
  return month <= list[0]!.month && month >= list[list.length - 1]!.month;
}

/** The months before and after the one shown, quiet ones too. */
export function turn(list: readonly Month[], month: string | null, tell: Tell) {
  const links: { rel: 'prev' | 'next'; name: string; url: string }[] = [];
  if (month === null) return links;
  for (const [rel, other] of [
    ['prev', before(month)],
    ['next', after(month)],
  ] as const) {
    const url = tell.page(`/status/history/${other}`);
    if (covers(list, other)) links.push({ rel, name: tell.dates.month(other), url });
  }
  return links;
}

/** The entries of one month, newest first. */
export function monthCards(snapshot: Snapshot, month: string, tell: Tell): MonthCards {
  const told = entries(snapshot)
    .filter(entry => monthOf(entry) === month)
    .sort((a, b) => beginning(b) - beginning(a));
  const upkeep = told.filter(entry => entry.scheduled !== null).length;
  const counts = [
    ...(told.length > upkeep ? [tell.say('history.incidents', { n: told.length - upkeep })] : []),
    ...(upkeep > 0 ? [tell.say('history.maintenances', { n: upkeep })] : []),
  ];
  const sum = counts.length > 0 ? counts.join(' · ') : null;
  return { month, name: tell.dates.month(month), cards: told.map(entry => card(entry, tell)), sum };
}

/** The month before `2026-01` is `2025-12`. */
export function before(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

function after(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

function entries(snapshot: Snapshot): IncidentView[] {
  return [...snapshot.incidents, ...snapshot.maintenances];
}

function monthOf(entry: IncidentView): string {
  return utcDay(beginning(entry)).slice(0, 7);
}
