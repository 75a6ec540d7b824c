// Dates, durations, numbers and lists in a language, in the site's time zone.

import type { Lang } from '../model/lang.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';
import { spell, type Unit } from './spell.ts';
import { sayIn } from './words.ts';

export type Dates = ReturnType<typeof makeDates>;

// Intl formatters are slow to make, and there are few pairs of language and zone.
const made = new Map<string, Dates>();

/** The formats for a language and an IANA zone; an unknown zone falls back to UTC. */
export function datesIn(lang: Lang, timezone: string): Dates {
  const key = `${lang} ${timezone}`;
  let dates = made.get(key);
  if (!dates) {
    dates = makeDates(lang, known(timezone));
    made.set(key, dates);
  }
  return dates;
}

/** A table of formats, each made once; long because there are many. */
function makeDates(lang: Lang, timeZone: string) {
  // British order and the 24-hour clock: AM and PM would be ambiguous.
  const locale = lang === 'en' ? 'en-GB' : lang;
  const say = sayIn(lang);
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const weekday = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const minutes = { hour: '2-digit', minute: '2-digit' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const dateTime = format({ ...date, ...clock, timeZone });
  const time = format({ ...clock, timeZone });
  const exact = { ...minutes, second: '2-digit' } as const;
  const dayOf = format({ ...date, timeZone });
  const dayMonth = format({ day: 'numeric', month: 'short', timeZone });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const fraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const dayAndMonth = { day: 'numeric', month: 'long', timeZone: 'UTC' } as const;
  const heading = format({ weekday: 'long', ...dayAndMonth });
  const headingOfYear = format({ weekday: 'long', ...dayAndMonth, year: 'numeric' });
  const days = format(dayAndMonth);
  const weekdayName = format({ weekday: 'long', timeZone: 'UTC' });
  const short = format({ ...weekday, timeZone: 'UTC' });
  const shortOfYear = format({ ...weekday, year: 'numeric', timeZone: 'UTC' });
  const month = format({ month: 'long', year: 'numeric', timeZone: 'UTC' });
  const shortMonth = format({ month: 'short', year: 'numeric', timeZone: 'UTC' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 2 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const sameDay = (a: Millis, b: Millis) => dayOf.format(a) === dayOf.format(b);
  const momentsOf = (style: Intl.DateTimeFormatOptions) => ({
    time: format({ ...style, timeZone }),
    ofYear: format({ day: 'numeric', month: 'short', ...style, timeZone }),
    ofAnyYear: format({ ...date, ...style, timeZone }),
  });
  const moments = { minutes: momentsOf(minutes), exact: momentsOf(exact) };
  const bare = moments.minutes.time;
  const zoneAt = (at: Millis) => time.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
  // Over a change of the clocks both ends name their zone: else it may seem to end before it begins.
  const rangeOf = (day: Intl.DateTimeFormatOptions, clock: Intl.DateTimeFormatOptions) => {
    const usual = format({ ...day, ...clock, timeZone });
    return (start: Millis, end: Millis) => {
      if (zoneAt(start) === zoneAt(end)) return usual.formatRange(start, end);
      const zoned = { ...clock, timeZoneName: 'short', timeZone } as const;
      const ofDay = sameDay(start, end) ? {} : day;
      return `${format({ ...day, ...zoned }).format(start)} – ${format({ ...ofDay, ...zoned }).format(end)}`;
    };
  };
  const windowOf = (more: Intl.DateTimeFormatOptions) => ({
    minutes: rangeOf({ ...weekday, ...more }, minutes),
    exact: rangeOf({ ...weekday, ...more }, exact),
  });
  const windows = { thisYear: windowOf({}), anyYear: windowOf({ year: 'numeric' }) };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone });
  const localDay = (at: Millis) => iso.format(at);
  const daysBetween = (a: Millis, b: Millis) =>
    Math.round((Date.parse(localDay(a)) - Date.parse(localDay(b))) / DAY);
  const isOfYear = (at: Millis, now: Millis) => localDay(at).slice(0, 4) === localDay(now).slice(0, 4);
  const moment = (at: Millis, now: Millis, style: 'minutes' | 'exact' = 'minutes') => {
    const { time, ofYear, ofAnyYear } = moments[style];
    const days = daysBetween(at, now);
    if (days === 0) return time.format(at);
    if (Math.abs(days) === 1) return `${relative.format(days, 'day')} ${time.format(at)}`;
    return (isOfYear(at, now) ? ofYear : ofAnyYear).format(at);
  };
  const spelled = (length: Millis, unit: 'duration.days' | 'duration.within_days'): string => {
    if (length < MINUTE) return say('duration.short');
    const days = Math.floor(length / DAY);
    const hours = Math.floor((length % DAY) / HOUR);
    const minutes = Math.floor((length % HOUR) / MINUTE);
    const parts: string[] = [];
    if (days) parts.push(say(unit, { n: days }));
    if (hours) parts.push(say('duration.hours', { n: hours }));
    if (minutes && !days) parts.push(say('duration.minutes', { n: minutes }));
    return parts.join(' ');
  };
  const duration = (length: Millis) => spelled(length, 'duration.days');
  const counted = (n: number, unit: Unit) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'millisecond' ? 'short' : 'long',
      maximumFractionDigits: 2,
    }).format(n);
  return {
    /** `23 Nov 2026, 14:30 UTC` */
    dateTime: (at: Millis) => dateTime.format(at),
    /** `14:30 UTC` when on the same day as `near`, else with the date. */
    dateTimeNear: (at: Millis, near: Millis) => (sameDay(at, near) ? time : dateTime).format(at),
    /** `23 Nov 2026, 14:30–16:00 UTC`: date and zone once, if both times are on one day, and the clocks do not change. */
    dateTimes: rangeOf(date, clock),
    /**
     * A moment on a page that names its zone once: `14:30` today, `yesterday 14:30`, `23 Nov, 14:30` this year, else with
     * the year; `exact` with seconds. The page's script writes the same in the visitor's zone.
     */
    moment,
    /** `14:30 · 12 min ago`: with its age, while it is of today. On the day `under`, whose heading stands above: `14:30`. */
    momentAgo(at: Millis, now: Millis, under?: string) {
      if (at > now || daysBetween(at, now) !== 0)
        return localDay(at) === under ? bare.format(at) : moment(at, now);
      const [unit, n] = ageOf(now - at);
      return `${bare.format(at)} · ${say(`ago.${unit}`, { n })}`;
    },
    /** `Mon, 30 Nov, 14:50 – 16:20`: one date when both ends are of one day. */
    window: (start: Millis, end: Millis, now: Millis, style?: 'exact') =>
      windows[isOfYear(start, now) ? 'thisYear' : 'anyYear'][style ?? 'minutes'](start, end),
    /** `14:50 – 16:20`, for moments of one day. */
    clocks: rangeOf({}, minutes),
    /** The day in the site's zone, `2026-11-23`. */
    localDay,
    /** Days of the week, 0 is Monday → `Monday and Sunday`. */
    weekdays: (days: readonly number[]) => list.format(days.map(day => weekdayName.format((day + 4) * DAY))),
    /** A day `2026-11-23` → `Monday, 23 November`, with its year if that is not the year of `today`. */
    day: (day: string, today: string) =>
      (day.slice(0, 4) === today.slice(0, 4) ? heading : headingOfYear).format(Date.parse(day)),
    /** Two days → `18 – 24 November`. */
    dayRange: (from: string, to: string) => days.formatRange(Date.parse(from), Date.parse(to)),
    /** A UTC day `2026-11-23` → `Mon 23 Nov`, with its year if that is not the year of `now`. */
    shortDay: (day: string, now: Millis) =>
      (isOfYear(Date.parse(day), now) ? short : shortOfYear).format(Date.parse(day)),
    /** `2026-11` → `November 2026`. */
    month: (text: string) => month.format(Date.parse(`${text}-01`)),
    /** `2026-11` → `Nov 2026`. */
    shortMonth: (text: string) => shortMonth.format(Date.parse(`${text}-01`)),
    /** `14:30`, where the zone is shown elsewhere. */
    clock: (at: Millis) => bare.format(at),
    /** `23 Nov` */
    dayMonth: (at: Millis) => dayMonth.format(at),
    /** `12 min`, `1 h 5 min`, `2 days 4 h`: the two largest units, rounded down. */
    duration,
    /** `2 hours 5 minutes`, `340 ms`: in full words. */
    spelled: (length: Millis) => spell(length, counted),
    /** The same after "over" or "in": in German `2 Tagen`. */
    within: (length: Millis) => spelled(length, 'duration.within_days'),
    /** The same, with seconds below an hour: `48 s`, `1 min 40 s`. */
    lag(length: Millis) {
      const n = Math.floor((length % MINUTE) / SECOND);
      if (length >= HOUR || (n === 0 && length >= MINUTE)) return duration(length);
      const seconds = say('duration.seconds', { n });
      return length < MINUTE ? seconds : `${duration(length)} ${seconds}`;
    },
    /** `1,240 ms`, rounded. */
    millis: (length: Millis) => `${whole.format(length)}\u00a0ms`,
    /** `1,240`, `12.5`, `0.00217`: only significant digits. */
    number(value: number) {
      const size = Math.abs(value);
      return (size >= 1000 ? whole : size >= 1 ? fraction : small).format(value);
    },
    /** `1.2k`, for the scales of charts. */
    compact: (value: number) => compact.format(value),
    /** `99.98%`, from a number with two decimals. */
    percent: (value: number) => percent.format(value / 100),
    /** `API, Dashboard and Database` */
    list: (names: readonly string[]) => list.format(names),
  };
}

/** An age in its largest unit, rounded down: `['minutes', 12]`. */
function ageOf(age: Millis): ['seconds' | 'minutes' | 'hours', number] {
  if (age < MINUTE) return ['seconds', Math.floor(age / SECOND)];
  return age < HOUR ? ['minutes', Math.floor(age / MINUTE)] : ['hours', Math.floor(age / HOUR)];
}

function known(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
