// Words: both languages whole, the language chosen as asked, plurals and dates as people write them.
import { describe, expect, it } from 'vitest';
import { datesIn } from '../../../src/core/i18n/dates.ts';
import { de } from '../../../src/core/i18n/de.ts';
import { en } from '../../../src/core/i18n/en.ts';
import { type Key, negotiate, sayIn } from '../../../src/core/i18n/words.ts';
import { DAY, HOUR, MINUTE } from '../../../src/core/model/time.ts';

const AT = Date.UTC(2026, 10, 23, 23, 30);
const KEYS = Object.keys(en) as Key[];

/** The `{names}` a sentence fills in; a plural's are those of its "other". */
function blanks(entry: string | { one: string; other: string }): string[] {
  const text = typeof entry === 'string' ? entry : entry.other;
  return [...text.matchAll(/\{(\w+)\}/g)].map(found => found[1]!).sort();
}

describe('catalogues', () => {
  it('have the same keys, and fill in the same names', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
    for (const key of KEYS) expect([key, blanks(de[key])]).toEqual([key, blanks(en[key])]);
  });

  it('hold no markup: sentences go into HTML as they are', () => {
    for (const key of KEYS)
      for (const entry of [en[key], de[key]]) expect(JSON.stringify(entry)).not.toMatch(/[<>&]/);
  });

  it.each([
    ['en', 1, '1 earlier update'],
    ['en', 2, '2 earlier updates'],
    ['de', 1, '1 frühere Meldung'],
    ['de', 0, '0 frühere Meldungen'],
  ] as const)('%s: %i → %s', (lang, n, text) => {
    expect(sayIn(lang)('incident.older', { n })).toBe(text);
  });

  it('does not read a value as a name to fill in', () => {
    expect(sayIn('en')('component.since', { since: '{n}', n: 1 })).toBe('since {n}');
  });
});

describe('negotiate', () => {
  it.each([
    [undefined, undefined, 'en'],
    ['', undefined, 'en'],
    ['de', undefined, 'de'],
    ['de-AT,en;q=0.5', undefined, 'de'],
    ['fr;q=1, en;q=0.4, de;q=0.9', undefined, 'de'],
    ['fr, es', undefined, 'en'],
    ['de;q=0, en;q=0.1', undefined, 'en'],
    ['de', 'en', 'en'],
    ['en', 'de-CH', 'de'],
    ['de', 'klingon', 'de'],
    ['de', ['en', 'de'], 'de'],
  ] as const)('%s, ?lang=%s → %s', (header, query, lang) => {
    expect(negotiate(header, query)).toBe(lang);
  });
});

it('reads only the beginning of an endless header', () => {
  expect(negotiate(`${'x,'.repeat(100_000)}de`, undefined)).toBe('en');
});

describe('dates', () => {
  it('are written in the site’s zone, which they name', () => {
    expect(datesIn('en', 'UTC').dateTime(AT)).toBe('23 Nov 2026, 23:30 UTC');
    expect(datesIn('de', 'Europe/Berlin').dateTime(AT)).toBe('24. Nov. 2026, 00:30 MEZ');
    expect(datesIn('en', 'No/Where').dateTime(AT)).toBe('23 Nov 2026, 23:30 UTC');
  });

  it.each([
    ['en', 'UTC', -HOUR, '22:30', '22:30 · 1 h ago'],
    ['en', 'UTC', -5 * MINUTE, '23:25', '23:25 · 5 min ago'],
    ['de', 'UTC', -30_000, '23:29', '23:29 · vor 30 Sek.'],
    ['en', 'Europe/Berlin', -HOUR, 'yesterday 23:30', 'yesterday 23:30'],
    ['de', 'Europe/Berlin', -HOUR, 'gestern 23:30', 'gestern 23:30'],
    ['en', 'UTC', HOUR, 'tomorrow 00:30', 'tomorrow 00:30'],
    ['en', 'UTC', 10 * MINUTE, '23:40', '23:40'],
    ['en', 'UTC', -2 * DAY, '21 Nov, 23:30', '21 Nov, 23:30'],
    ['de', 'UTC', -2 * DAY, '21. Nov., 23:30', '21. Nov., 23:30'],
    ['en', 'UTC', -400 * DAY, '19 Oct 2025, 23:30', '19 Oct 2025, 23:30'],
  ] as const)('%s in %s, %i ms from now: %s', (lang, zone, away, text, withAge) => {
    const dates = datesIn(lang, zone);
    expect([dates.moment(AT + away, AT), dates.momentAgo(AT + away, AT)]).toEqual([text, withAge]);
  });

  it('a window names one date when both ends share it', () => {
    const plain = (text: string) => text.replace(/[\u2009\u00a0]/g, ' ').replace(/ ?– ?/g, ' – ');
    const { window } = datesIn('en', 'UTC');
    const at = Date.UTC(2026, 10, 30, 14, 50);
    expect(plain(window(at, at + 90 * MINUTE, AT))).toMatch(/^Mon,? 30 Nov, 14:50 – 16:20$/);
    expect(plain(window(at, at + DAY, AT))).toMatch(/^Mon,? 30 Nov, 14:50 – Tue,? 1 Dec, 14:50$/);
    expect(plain(window(at - 365 * DAY, at - 365 * DAY + HOUR, AT))).toMatch(
      /^Sun,? 30 Nov 2025, 14:50 – 15:50$/,
    );
  });

  it.each([
    ['en', 'CEST', 'CET', 'Sun 25 Oct, ', '25 Oct 2026, '],
    ['de', 'MESZ', 'MEZ', 'So., 25. Okt., ', '25. Okt. 2026, '],
  ] as const)(
    '%s: over a change of the clocks, both ends name their zone',
    (lang, summer, winter, day, date) => {
      const { window, dateTimes, clocks } = datesIn(lang, 'Europe/Berlin');
      const plain = (text: string) => text.replace(/[\u2009\u00a0]/g, ' ').replace('Sun,', 'Sun');
      const [start, end] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 15)];
      const both = `02:30 ${summer} – 02:15 ${winter}`;
      expect(plain(window(start, end, AT))).toBe(day + both);
      expect(plain(window(start, end, AT, 'exact'))).toContain(`02:30:00 ${summer} – 02:15:00 ${winter}`);
      expect([plain(dateTimes(start, end)), plain(clocks(start, end))]).toEqual([date + both, both]);
      // Of two days, both name their day.
      expect(plain(window(start - DAY, end, AT))).toMatch(
        new RegExp(`24.*02:30 ${summer} – .*25.*02:15 ${winter}$`),
      );
      expect(dateTimes(start - HOUR, start)).not.toContain(winter);
    },
  );

  it('days and months stay UTC in every zone', () => {
    expect(datesIn('en', 'America/New_York').day('2026-11-23', '2026-11-30')).toMatch(
      /^Monday,? 23 November$/,
    );
    expect(datesIn('en', 'UTC').day('2025-11-23', '2026-11-30')).toMatch(/^Sunday,? 23 November 2025$/);
    expect(datesIn('de', 'Asia/Tokyo').month('2026-11')).toBe('November 2026');
  });

  it.each([
    [30_000, 'under a minute', 'unter einer Minute'],
    [12 * MINUTE + 59_000, '12 min', '12 Min.'],
    [HOUR + 5 * MINUTE, '1 h 5 min', '1 Std. 5 Min.'],
    [DAY + 3 * MINUTE, '1 day', '1 Tag'],
    [2 * DAY + 4 * HOUR + MINUTE, '2 days 4 h', '2 Tage 4 Std.'],
  ])('%i ms is %s, %s', (length, english, german) => {
    expect(datesIn('en', 'UTC').duration(length)).toBe(english);
    expect(datesIn('de', 'UTC').duration(length)).toBe(german);
  });

  it('percentages never round up', () => {
    expect(datesIn('en', 'UTC').percent(99.99)).toBe('99.99%');
    expect(datesIn('en', 'UTC').percent(100)).toBe('100.00%');
    expect(datesIn('de', 'UTC').percent(0.29)).toMatch(/^0,29\s%$/u);
  });
});

it('says a time in German after "in"', () => {
  const de = datesIn('de', 'UTC');
  expect(de.within(79 * 86_400_000 + 16 * 3_600_000)).toBe('79 Tagen 16 Std.');
  expect(de.within(86_400_000)).toBe('1 Tag');
  expect(de.duration(2 * 86_400_000)).toBe('2 Tage');
});
