// Times as people write them: each unambiguous form is exactly its moment, all others are mistakes with a line.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { cutSections } from '../../../../src/core/incidents/file/timeline.ts';
import { readDateTime } from '../../../../src/core/incidents/times/written-time.ts';
import { iso, isoMillis, MINUTE } from '../../../../src/core/model/time.ts';
import { ownTime } from '../../../own-time.ts';

const HEAD = `---
title: Anmeldung gestört
status: investigating
severity: major
started: 2026-11-25T08:00:00Z
components: [api]
---
`;

const read = (heading: string) => {
  const { sections, wrong } = cutSections(`## ${heading}\nwords`);
  expect(wrong).toEqual([]);
  return sections.map(({ dated, time, label, status }) => [dated ? isoMillis(time) : time, label ?? status]);
};

describe('28 November 2026, 23:12 UTC', () => {
  test.each([
    '28.11.2026 23:12',
    '28.11.2026, 23:12 Uhr',
    '28.11.2026 um 23:12 Uhr UTC',
    '28.11.2026 23.12 Uhr',
    '28.11.2026 23.12',
    '28. 11. 2026 23:12',
    '28-11-2026 23:12',
    '28/11/2026 23:12',
    '11/28/2026 11:12 PM',
    '2026/11/28 23:12',
    '2026.11.28 23:12',
    '2026-11-28 – 23:12',
    '2026-11-28 — 23:12 UTC',
    '2026-11-28 @ 23:12',
    '2026-11-28T23:12:00+0000',
    '2026-11-29T00:12:00+0100',
    '2026-11-29 00:12 UTC+1',
    '2026-11-28 18:12 (-05:00)',
    '2026-11-28 23:12 (UTC)',
    '2026-11-28 23:12 [GMT]',
    '(2026-11-28, 23:12 UTC)',
    '20261128 23:12',
    '20261128T2312Z',
    '20261128T231200Z',
    '28 November 2026 23:12',
    '28. November 2026 23:12',
    '28th of November 2026 at 23:12',
    '28-Nov-2026 23:12',
    '28Nov2026 23:12',
    'Nov 28, 2026 11:12 PM',
    'Nov. 28th 2026, 11:12pm',
    'November 28, 2026, at 11:12 p.m. UTC',
    '2026 Nov 28 23:12',
    'Sat, 28 Nov 2026 23:12:00 GMT',
    'Saturday, November 28, 2026 23:12',
    'Samstag, den 28.11.2026, 23:12 Uhr',
    'Sa., 28.11.2026 23:12',
    'Sa 28. Nov. 2026 23h12',
    'am 28.11.2026 um 23:12 Uhr',
    'on 28 Nov 2026 at 23:12',
    '28 novembre 2026 23h12',
    '28 de noviembre de 2026 23:12',
    '23:12, 28 November 2026',
    '23:12 UTC on Nov 28, 2026',
    '11:12 PM, Saturday 28 November 2026',
    '23:12 28.11.2026 UTC',
    '28.11.2026\u00a023:12\u202fUTC',
    '28\u00a0November\u20032026\u200b 23:12',
    '２８.１１.２０２６ ２３：１２',
    'Sat Nov 28 23:12:00 UTC 2026',
    'Sat Nov 28 11:12:00 PM UTC 2026',
    'Sat Nov 28 23:12:00 2026',
    'Sun Nov 29 00:12:00 2026 +0100',
    'Sa 28. Nov 23:12:00 UTC 2026',
    '2026\u201011\u201028 23:12',
    '2026\u201111\u201128 23:12',
    '2026\u201211\u201228 23:12',
    '2026\u201311\u201328 23:12',
    '2026\u221211\u221228 23:12',
    '28\u201111\u20112026 23:12',
    '28\u2011Nov\u20112026 23:12',
    '2026-11-28 22:12 \u221201:00',
    '2026-11-28 18:12 UTC\u22125',
    '2026-11-28 22:12 (\u22120100)',
  ])('%s', text => {
    expect(read(`Update ${text}`)).toEqual([['2026-11-28T23:12:00.000Z', null]]);
    expect(read(`Identified: ${text}`)).toEqual([['2026-11-28T23:12:00.000Z', 'identified']]);
    expect(read(`Rolled back – ${text}`)).toEqual([['2026-11-28T23:12:00.000Z', 'Rolled back']]);
    expect(isoMillis(readDateTime(text) as number)).toBe('2026-11-28T23:12:00.000Z');
  });
});

test.each([
  ['04/04/2026 09:00', '2026-04-04T09:00:00Z'],
  ['13/04/2026 09:00', '2026-04-13T09:00:00Z'],
  ['04/13/2026 09:00', '2026-04-13T09:00:00Z'],
  ['3.4.2026 9:00', '2026-04-03T09:00:00Z'],
  ['1. März 2026 12:00 AM', '2026-03-01T00:00:00Z'],
  ['Mar 1, 2026 12:30 pm', '2026-03-01T12:30:00Z'],
  ['31. Dez. 2026 3pm', '2026-12-31T15:00:00Z'],
  ['29 Feb 2028 00:00', '2028-02-29T00:00:00Z'],
  ['2024-8-29 3:30 PM', '2024-08-29T15:30:00Z'],
  ['Thu, 29 Aug 2024 7 Uhr', '2024-08-29T07:00:00Z'],
  ['1. Mai 2026 7 Uhr 30', '2026-05-01T07:30:00Z'],
  ['2026-11-28 10:00-11:00', '2026-11-28T21:00:00Z'],
])('%s is %s', (text, moment) => {
  expect(iso(readDateTime(text) as number)).toBe(moment);
  expect(read(`Update ${text}`)).toEqual([[`${moment.slice(0, -1)}.000Z`, null]]);
});

test.each([
  ['Update 3:30 PM', 15.5 * 60 * MINUTE, null],
  ['Update 3pm', 15 * 60 * MINUTE, null],
  ['Update at 9:05', 545 * MINUTE, null],
  ['Resolved 23h12', 1392 * MINUTE, 'resolved'],
  ['Looking at it 15:00 (UTC)', 900 * MINUTE, 'Looking at it'],
  ['Node 3 is back, 15:00', 900 * MINUTE, 'Node 3 is back'],
  ['Version 1.2.3 deployed 15:00', 900 * MINUTE, 'Version 1.2.3 deployed'],
  ['Deployed v2.31 15:00', 900 * MINUTE, 'Deployed v2.31'],
  ['Update #2 15:00', 900 * MINUTE, 'Update #2'],
  ['Zwischenstand 15 Uhr', 900 * MINUTE, 'Zwischenstand'],
])('“%s” has no date', (heading, time, label) => {
  expect(read(heading)).toEqual([[time, label]]);
});

describe('never another day', () => {
  test.each([
    ['03/04/2026 09:00', /may be 2026-04-03 or 2026-03-04/],
    ['3-4-2026 09:00', /may be 2026-04-03 or 2026-03-04/],
    ['3.4.26 09:00', /year of two digits/],
    ['28.11.26 09:00', /year of two digits/],
    ['28/11/26 09:00', /year of two digits/],
    ["29 Aug '24 09:00", /year of two digits/],
    ['28.11. 09:00', /without a year/],
    ['28. November 09:00', /without a year/],
    ['Nov 28 09:00', /without a year/],
    ['28/11 09:00', /without a year/],
    ['11-28 09:00', /without a year/],
    ['2026-13-01 10:00', /not a date that exists/],
    ['2026-02-31 10:00', /not a date that exists/],
    ['31 February 2026 10:00', /not a date that exists/],
    ['31. Februar 2026 10:00', /not a date that exists/],
    ['32 Nov 2026 10:00', /not a date that exists/],
    ['32 Nov', /without a year/],
    ['32 Nov 10:00', /without a year/],
    ['0.11.2026 10:00', /not a date that exists/],
    ['45/13/2026 10:00', /not a date that exists/],
    ['29 Feb 2026 10:00', /not a date that exists/],
    ['2026-W48-6 10:00', /is not a date/],
    ['2026-332 10:00', /is not a date/],
    ['2026_11_28 10:00', /is not a date/],
    ['25:99', /not a time of day/],
    ['24:00', /not a time of day/],
    ['2026-11-28 24:00', /not a time of day/],
    ['12:60', /not a time of day/],
    ['12:00:60', /not a time of day/],
    ['13:00 PM', /not a time of day/],
    ['0:30 pm', /not a time of day/],
    ['23.12', /may be a time or a day/],
    ['10:5', /cannot be read/],
    ['1530 UTC', /cannot be read/],
    ["3 o'clock", /cannot be read/],
    ['15:00 CET', /^"15:00 CET" names a time zone that is not supported/],
    ['10:20pm EST', /^"10:20pm EST" names a time zone that is not supported/],
    ['3:00 AM CET', /^"3:00 AM CET" names a time zone that is not supported/],
    ['3 a.m. (CET)', /^"3 a\.m\. \(CET\)" names a time zone that is not supported/],
    ['12026-11-28', /^"12026-11-28" is not a date/],
    ['12026-11-28 10:00', /^"12026-11-28" is not a date/],
    ['Mon Nov 28 23:12:00 UTC 2026', /names another day: that date is a Saturday/],
    ['Sa 28. Nov 23:12:00 CET 2026', /names a time zone that is not supported/],
    ['2026-11-29 0709', /cannot be read/],
    ['2026-11-29 0709 (UTC)', /cannot be read/],
    ['2026-11-29-0709', /cannot be read/],
    ['29.11.2026, 0709', /cannot be read/],
    ['Nov 29, 2026 0709', /cannot be read/],
    ['20261128 1530', /cannot be read/],
    ['20261128_153000', /is not a date/],
    ['1530', /cannot be read/],
    ['12 noon UTC', /cannot be read/],
    ['noon (GMT)', /cannot be read/],
    ['at midnight UTC', /cannot be read/],
    ['Ticket 12. 10:00 UTC', /^"12\." may be a date that cannot be read/],
    ['Nov 28 (EU)', /may be a date that cannot be read/],
    ['3:30 PM PST', /zone that is not supported/],
    ['3pm (ET)', /zone that is not supported/],
    ['23:12 Uhr MEZ', /zone that is not supported/],
    ['15:00 Europe/Berlin', /zone that is not supported/],
    ['15:00 local time', /zone that is not supported/],
    ['PST 08:12', /zone that is not supported \(PST\)/],
    ['(CET), 08:12', /zone that is not supported \(CET\)/],
    ['2025-11-06 EST 08:12', /zone that is not supported \(EST\)/],
    ['Europe/Berlin 08:12', /zone that is not supported/],
    ['GMT+1 08:12', /zone that is not supported \(GMT\+1\)/],
    ['local time 08:12', /zone that is not supported/],
    ['08 12', /cannot be read/],
    ['T+30', /cannot be read/],
    ['half past three', /cannot be read/],
    ['an hour ago', /cannot be read/],
    ['15:00 UTC by Anna', /cannot be read/],
    ['15:00 +25:00', /not a time of day/],
    ['2026-11-28', /a date but no time/],
    ['28.11.2026', /a date but no time/],
    ['Fri, 28 Nov 2026 10:00', /names another day: that date is a Saturday/],
    ['Montag, 28.11.2026 10:00', /names another day/],
    ['Thursday 10:00', /is not a date/],
    ['yesterday 10:00', /is not a date/],
    ['gestern, 10:00 Uhr', /is not a date/],
  ])('## Update %s', (text, what) => {
    const source = `${HEAD}\n## Investigating 08:00 UTC\nOld.\n\n## Update ${text}\nNew.\n`;
    const { value, problems } = parseIncident('a.md', 'a', source);
    expect(problems).toEqual([
      expect.objectContaining({ level: 'error', line: 12, what: expect.stringMatching(what) }),
    ]);
    // Nothing is lost, and no update stands at a moment nobody wrote.
    expect(value?.updates).toHaveLength(1);
    expect(value?.updates[0]?.body).toBe(`Old.\n\n## Update ${text}\nNew.`);
    expect(value?.isPartlyUnreadable).toBe(true);
  });

  test('a number that is not a date is written as the message says', () => {
    const read = (ticket: string) =>
      parseIncident(
        'a.md',
        'a',
        `${HEAD}\n## Investigating 08:00 UTC\nOld.\n\n## Update ${ticket} 10:00 UTC\nNew.\n`,
      );
    expect(read('Ticket 12.').problems[0]?.fix).toMatch(
      /; if the number is not a date, put # before it: #12$/,
    );
    expect(read('Ticket #12.').problems).toEqual([]);
  });

  test.each([
    'Rolled back 03/04/2026 09:00',
    'Rolled back 32 Nov 10:00',
    'Rolled back 28.11. 10:00',
    'Back to normal 25:99',
    'Rolled back 10:00 CET',
    'Aggiornamento 28 novembre 2026 ore 11',
    'Rolled back 28 Nov 2026 at 8',
    'Service restored 28 Nov 2026 15 UTC',
    'Service restored 28.11.2026 noon',
    'Rolled back on Thursday 10:00',
    'Zurückgerollt gestern 10:00',
  ])('## %s, whatever the label', heading => {
    expect(cutSections(`## ${heading}`)).toMatchObject({ sections: [], wrong: [{ line: 1 }] });
  });

  test.each(['Impact of 28.11.2026', 'Timeline', 'What we learned in May', '3 lessons', 'Version 1.2.33'])(
    '## %s is prose',
    heading => {
      expect(cutSections(`## ${heading}`)).toMatchObject({ sections: [], wrong: [], unreadable: [] });
    },
  );

  test('what stands above all others is kept with what is below, and adds no update', () => {
    const source = `${HEAD}\n## Resolved 25:10\nOver.\n\n## Investigating 08:00 UTC\nOld.\n`;
    const { value } = parseIncident('a.md', 'a', source);
    expect(value?.updates.map(({ key, body }) => [key, body])).toEqual([
      ['2026-11-25T08:00:00Z#0', 'Old.\n\n## Resolved 25:10\nOver.'],
    ]);
    const alone = parseIncident('a.md', 'a', `${HEAD}\n## Resolved 25:10\nOver.\n`).value;
    expect(alone?.updates.map(({ body }) => body)).toEqual(['## Resolved 25:10\nOver.']);
  });
});

test('front matter and promises are read alike', () => {
  const file = (started: string, fields = '') =>
    `---\ntitle: T\nstatus: investigating\nseverity: minor\nstarted: ${started}\n---\n\n## Update 28.11.2026 23:30\n${fields}\n`;
  const started = (text: string) => parseIncident('a.md', 'a', file(text)).value?.started;
  expect(iso(started('28.11.2026 23:12')!)).toBe('2026-11-28T23:12:00Z');
  expect(iso(started('"Nov 28, 2026 11:12 PM"')!)).toBe('2026-11-28T23:12:00Z');
  expect(iso(started('2026-11-28')!)).toBe('2026-11-28T00:00:00Z');
  for (const text of [
    '11/6/2025',
    '2026-02-30',
    '1764370800',
    '2026-11-28 10:00 CET',
    '10:30',
    '2026',
    'Thursday',
    '2026-11-28 25:00',
    '[2026-11-28]',
    'true',
    '0x134D871',
  ]) {
    const { value, problems } = parseIncident('a.md', 'a', file(text));
    expect(value).toBeNull();
    expect(problems).toEqual([expect.objectContaining({ level: 'error', line: 5 })]);
  }
  const promised = (text: string) => {
    const { value, problems } = parseIncident('a.md', 'a', file('2026-11-28', `next_update: ${text}\n`));
    return value ? iso(value.updates[0]!.promised!) : problems.map(({ level, line }) => [level, line]);
  };
  expect(promised('3:30 PM')).toBe('2026-11-29T15:30:00Z');
  expect(promised('29.11.2026 15:30')).toBe('2026-11-29T15:30:00Z');
  expect(promised('30m')).toBe('2026-11-29T00:00:00Z');
  expect(promised('03/04/2026 10:00')).toEqual([['error', 9]]);
  expect(promised('25:00')).toEqual([['error', 9]]);
});

const FORMS: readonly ((at: Date) => string)[] = [
  at => iso(at.getTime()),
  at => iso(at.getTime()).replace('T', ' ').replace('Z', ' UTC'),
  at => `${at.getUTCDate()}.${at.getUTCMonth() + 1}.${at.getUTCFullYear()} ${clock(at)}`,
  at => `${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}, ${clock(at)}`,
  at => `${at.getUTCFullYear()}-${at.getUTCMonth() + 1}-${at.getUTCDate()} ${clock(at)}`,
  at => `${part(at, { day: 'numeric', month: 'long', year: 'numeric' })} at ${clock(at)}`,
  at =>
    `${new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' }).format(at)}`,
  at =>
    `${new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).format(at)}`,
  at =>
    `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' }).format(at)}`,
  at =>
    `${new Intl.DateTimeFormat('de-DE', { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' }).format(at)} Uhr`,
  at =>
    `${new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).format(at)}`,
  at => at.toUTCString(),
];
const two = (n: number) => String(n).padStart(2, '0');
const clock = (at: Date) => at.toISOString().slice(11, 19);
const part = (at: Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(at);

const moment = fc
  .integer({ min: Date.parse('1990-01-01') / 1000, max: Date.parse('2060-01-01') / 1000 })
  .map(seconds => new Date(seconds * 1000));

test('any moment in any form is read as exactly that moment', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom(...FORMS), (at, form) => {
      expect([form(at), isoMillis(readDateTime(form(at)) as number)]).toEqual([form(at), at.toISOString()]);
      expect(read(`Update ${form(at)}`)).toEqual([[at.toISOString(), null]]);
    }),
    { numRuns: 1000 },
  );
});

test('a digit changed gives exactly what is written then, or a mistake', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom(...FORMS), fc.nat(), fc.nat({ max: 9 }), (at, form, place, digit) => {
      const text = form(at);
      const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
      const index = digits[place % digits.length]!;
      const changed = `${text.slice(0, index)}${digit}${text.slice(index + 1)}`;
      const got = readDateTime(changed);
      // What is read prints, in that form, as what was written.
      if (typeof got === 'number') {
        const plain = (words: string) => words.replace(/\b0(?=\d)/g, '');
        expect(plain(form(new Date(got)))).toBe(plain(changed));
      }
      const { sections, wrong } = cutSections(`## Update ${changed}`);
      expect([sections.length, wrong.length]).toEqual(typeof got === 'number' ? [1, 0] : [0, 1]);
    }),
    { numRuns: 2000 },
  );
});

test('no heading takes long', () => {
  const sign = fc.constantFrom(
    '1',
    '12',
    ':',
    '.',
    '/',
    '-',
    ' ',
    'nov',
    'T',
    'pm',
    ',',
    '(',
    'of',
    'UTC',
    'x',
    '+',
    ' h ',
    'min',
    'kl. ',
    "'",
  );
  // The names of days and months are collected once.
  cutSections('## Update friday november x 12:00');
  fc.assert(
    fc.property(fc.array(sign, { minLength: 50, maxLength: 200 }), signs => {
      expect(ownTime(() => cutSections(`## Update ${signs.join('')}`))).toBeLessThan(100);
    }),
    { numRuns: 300 },
  );
});
