// History: which months have incidents, and the months a visitor asked for.
import type { IncidentView, Snapshot } from '../../core/snapshot.ts';
import { utcDay } from '../../core/time.ts';
import { beginning, type Card, card } from './incidents.ts';
import type { Tell } from './tell.ts';

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
      url: tell.link(`/status/history/${month}`),
      count: n > 0 ? tell.say('history.count', { n }) : tell.say('history.none'),
      here: month === here,
    }));
}

/** Whether `YYYY-MM` lies between the first and the last of the listed months: quiet ones have pages too. */
export function covers(list: readonly Month[], month: string): boolean {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return false;
  return month <= list[0]!.month && month >= list[list.length - 1]!.month;
}

/** The entries of one month, newest first. */
export function monthCards(snapshot: Snapshot, month: string, tell: Tell): MonthCards {
  const cards = entries(snapshot)
    .filter(entry => monthOf(entry) === month)
    .sort((a, b) => beginning(b) - beginning(a))
    .map(entry => card(entry, tell));
  return { month, name: tell.dates.month(month), cards };
}

/** The month before `2026-01` is `2025-12`. */
export function before(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

function entries(snapshot: Snapshot): IncidentView[] {
  return [...snapshot.incidents, ...snapshot.maintenances];
}

function monthOf(entry: IncidentView): string {
  return utcDay(beginning(entry)).slice(0, 7);
}
