// Repetition: how often a recurring maintenance repeats, in words.
import type { Dates } from '../i18n/dates.ts';
import type { Say } from '../i18n/words.ts';
import { isCalledOff } from '../incidents/completion.ts';
import { occurrencesOf } from '../incidents/recurrence.ts';
import { readRule } from '../incidents/recurrence-rule.ts';
import type { Incident } from '../model/incident.ts';
import type { Site } from '../model/site.ts';

/** How often a rule repeats: every so many periods, on days of the week (0 is Monday; none: as its start says). */
interface Frequency {
  readonly period: (typeof PERIODS)[number];
  readonly n: number;
  readonly weekdays: readonly number[];
}

/** In the order of the library's numbers. */
const PERIODS = ['years', 'months', 'weeks', 'days'] as const;

/** How often a series repeats, if a few words say that, and its next window, in a reader's words; null if none is left. */
export function repetitionInWords(
  { series, scheduled }: Incident,
  site: Site,
  say: Say,
  dates: Dates,
): string | null {
  if (!series?.rrule || !scheduled) return null;
  const isNext = (one: Incident) => one.scheduled!.start > scheduled.start && !isCalledOff(one);
  const next = occurrencesOf(series, scheduled.start, site.timezone).find(isNext);
  if (!next) return null;
  const time = say('email.next_window', { time: dates.dateTime(next.scheduled!.start) });
  const often = frequencyOf(series.rrule);
  if (!often || often.weekdays.length === 0)
    return [...(often ? [say(`repeats.${often.period}`, { n: often.n })] : []), time].join(', ');
  // The days are those of its zone, and in the site's they may be others.
  if ((series.timezone ?? site.timezone) !== site.timezone) return time;
  const days = dates.weekdays(often.weekdays);
  return `${say('repeats.on', { often: say('repeats.weeks', { n: often.n }), days })}, ${time}`;
}

/** The frequency of a rule that a few words tell: one day in each period, or days of the week; null for any other. */
function frequencyOf(text: string): Frequency | null {
  const { freq, interval, byweekday, bymonthday, ...more } = readRule(text) ?? {};
  const period = PERIODS[freq as number];
  const isPlain = Object.keys(more).every(key => ['count', 'until', 'wkst'].includes(key));
  if (!period || !isPlain) return null;
  const weekdays = [byweekday ?? []].flat() as readonly { readonly weekday: number; readonly n?: number }[];
  const days = [...weekdays, ...[bymonthday ?? []].flat()];
  const isNth = weekdays.some(({ n }) => n !== undefined);
  const isUsual =
    days.length === 0 ||
    (period === 'weeks' && bymonthday === undefined && !isNth) ||
    (period === 'months' && days.length === 1 && (weekdays.length === 0 || isNth));
  const named = period === 'weeks' ? weekdays.map(({ weekday }) => weekday).sort() : [];
  return isUsual ? { period, n: interval ?? 1, weekdays: named } : null;
}
