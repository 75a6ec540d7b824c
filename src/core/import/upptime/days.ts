// What an Upptime repository says of its days: since when it watches a site, and the minutes in which it was down.
import {
  DAY,
  MINUTE,
  type Millis,
  parseInstant,
  type Span,
  startOfUtcDay,
  utcDay,
} from '../../model/time.ts';
import { EMPTY_ROLLUP } from '../../monitoring/rollup.ts';
import { foreignYaml, isRecord } from '../foreign-yaml.ts';
import type { ImportedSpan } from '../imported.ts';

/** What `history/SLUG.yml` says. */
export interface SiteHistory {
  /** Null where it is not said: in files of its first months. */
  readonly since: Millis | null;
  readonly until: Millis | null;
  readonly isUp: boolean;
}

export function readSiteHistory(text: string): SiteHistory | null {
  // The first versions wrote a list of one.
  const data = foreignYaml(text.replace(/^- /gm, ''));
  if (!data) return null;
  const at = (key: string) => parseInstant(String(data[key] ?? ''));
  return { since: at('startTime'), until: at('lastUpdated'), isUp: data.status === 'up' };
}

/** What `history/summary.json` says of a site. */
export interface Summed {
  readonly name: string;
  readonly slug: string;
  /** By UTC day; the days of the last year with any. */
  readonly minutesDown: ReadonlyMap<string, number>;
}

export function readSummary(data: unknown): readonly Summed[] {
  if (!Array.isArray(data)) return [];
  return data.filter(isRecord).flatMap(({ name, slug, dailyMinutesDown: daily }) => {
    if (typeof name !== 'string' || typeof slug !== 'string') return [];
    const minutes = Object.entries(isRecord(daily) ? daily : {}).map(
      ([day, all]) => [day, Number(all)] as const,
    );
    return [{ name, slug, minutesDown: new Map(minutes.filter(([, all]) => all > 0)) }];
  });
}

/** How often Upptime looks. */
const PERIOD = 5 * MINUTE;
/** How far back its summary says the minutes of days. */
const SUMMED = 364 * DAY;

/**
 * The days of a component, as if Upptime had looked every five minutes: as many looks failed as fit the minutes in which it
 * was down. These are the minutes of its summary or of its outages, whichever are more: the summary counts the last hundred
 * issues and the last year, and short outages are deleted from the issues. The first day begins when it was first watched;
 * the day of the newest data is not whole yet, and is left out.
 * @param outages the times of its issues, in the order of their beginnings; null: no issues were given, and days before the summary's are not known
 */
export function measuredDays(
  component: string,
  { since, until }: SiteHistory,
  minutesDown: ReadonlyMap<string, number>,
  outages: readonly Span[] | null,
): readonly ImportedSpan[] {
  if (since === null || until === null) return [];
  const known = outages === null ? Math.max(since, startOfUtcDay(until - SUMMED)) : since;
  const days: ImportedSpan[] = [];
  for (let start = startOfUtcDay(known); start + DAY <= until; start += DAY) {
    const watched: Span = { start: Math.max(start, known), end: start + DAY };
    const observed = watched.end - watched.start;
    const checks = Math.floor(observed / PERIOD);
    const down = Math.max((minutesDown.get(utcDay(start)) ?? 0) * MINUTE, timeWithin(watched, outages ?? []));
    const failed = down === 0 ? 0 : Math.min(checks, Math.max(1, Math.round(down / PERIOD)));
    if (checks > 0)
      days.push({
        component,
        span: 'day',
        start,
        rollup: { ...EMPTY_ROLLUP, checks, ok: checks - failed, observed },
      });
  }
  return days;
}

/** How much of a span is within others, ms. The others are in the order of their beginnings. */
function timeWithin({ start, end }: Span, others: readonly Span[]): Millis {
  let sum = 0;
  let counted = start;
  for (const other of others) {
    const until = Math.min(other.end, end);
    sum += Math.max(0, until - Math.max(other.start, counted));
    counted = Math.max(counted, until);
  }
  return sum;
}
