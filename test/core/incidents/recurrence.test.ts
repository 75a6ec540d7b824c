// Recurring maintenance: its occurrences, and the notices ahead of each.

import fc from 'fast-check';
import rrule from 'rrule';
import { describe, expect, test } from 'vitest';
import { isCalledOff } from '../../../src/core/incidents/completion.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { coveredBy, noticesOf, stateAt } from '../../../src/core/incidents/maintenance.ts';
import {
  occurrenceOn as occurrenceIn,
  occurrencesOf as occurrencesIn,
  readOccurrenceId,
  repetitionOf,
} from '../../../src/core/incidents/recurrence.ts';
import { beginnings as beginningsIn, readRule } from '../../../src/core/incidents/recurrence-rule.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import type { Span } from '../../../src/core/model/time.ts';
import { DAY, HOUR, iso, MINUTE, parseInstant } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import { ownTime } from '../../own-time.ts';

const at = (text: string) => parseInstant(text) as number;
const occurrencesOf = (incident: Incident, now: number) => occurrencesIn(incident, now, 'UTC');
const occurrenceOn = (incident: Incident, day: string) => occurrenceIn(incident, day, 'UTC');
type Rule = Parameters<typeof beginningsIn>[0];
function* beginnings(rule: Rule, start: number, from = start) {
  for (const { at } of beginningsIn(rule, start, 'UTC', from)) yield at;
}

function maintenance(more = '', body = '\n## Scheduled 2026-11-01 10:00 UTC\nWeekly work.\n'): Incident {
  const head =
    'title: Database work\nstatus: scheduled\nscheduled_start: 2026-11-08T02:00:00Z\nscheduled_end: 2026-11-08T03:00:00Z\ncomponents: [db]';
  const { value, problems } = parseIncident('db.md', 'db', `---\n${head}\n${more}\n---\n${body}`);
  expect(problems).toEqual([]);
  return value!;
}

const WEEKLY = 'rrule: FREQ=WEEKLY;BYDAY=SU';

test.each([
  ['FREQ=WEEKLY;BYDAY=SU', true],
  ['RRULE:FREQ=MONTHLY;BYDAY=1SU', true],
  ['FREQ=DAILY;COUNT=3', true],
  ['freq=weekly;byday=su;until=20261231t020000z', true],
  ['FREQ=DAILY;BYHOUR=2,14', false],
  ['FREQ=DAILY;BYMINUTE=5', false],
  ['FREQ=YEARLY;BYEASTER=0', false],
  ['FREQ=HOURLY', false],
  ['FREQ=SECONDLY', false],
  ['BYDAY=SU', false],
  ['every sunday', false],
  ['FREQ=NEVER', false],
  ['', false],
])('the rule %j', (text, fine) => {
  expect(readRule(text) !== null).toBe(fine);
});

describe('occurrences', () => {
  const ids = (now: string, more = WEEKLY, body?: string) =>
    occurrencesOf(maintenance(more, body), at(now)).map(({ id }) => id);

  test('are the past ones, those of the next weeks, and always the next', () => {
    expect(ids('2026-11-01')).toEqual(['db', 'db--2026-11-15', 'db--2026-11-22', 'db--2026-11-29']);
    expect(ids('2026-11-20').slice(0, 3)).toEqual(['db', 'db--2026-11-15', 'db--2026-11-22']);
    expect(ids('2026-11-09', 'rrule: FREQ=YEARLY')).toEqual(['db', 'db--2027-11-08']);
    expect(ids('2026-11-01', 'rrule: FREQ=WEEKLY;COUNT=2')).toEqual(['db', 'db--2026-11-15']);
    expect(ids('2026-11-01', '')).toEqual(['db']);
    expect(ids('2026-11-01', 'rrule: FREQ=WEEKLY;BYDAY=WE;COUNT=1')).toEqual(['db', 'db--2026-11-11']);
  });

  test('each follows the clock by itself, and what was written in it is its own', () => {
    const body =
      '\n## Scheduled 2026-11-01 10:00 UTC\nWeekly work.\n\n## Completed 2026-11-15 02:20 UTC\nDone early.\n';
    const all = occurrencesOf(maintenance(WEEKLY, body), at('2026-11-22T02:30:00Z'));
    expect(all.slice(0, 3).map(one => stateAt(one, at('2026-11-22T02:30:00Z')))).toEqual([
      'completed',
      'completed',
      'in_progress',
    ]);
    expect(all[1]?.updates.map(({ body }) => body)).toEqual(['Weekly work.', 'Done early.']);
    expect(all[2]?.updates.map(({ body }) => body)).toEqual(['Weekly work.']);
    expect(all[1]?.scheduled).toEqual({ start: at('2026-11-15T02:00:00Z'), end: at('2026-11-15T03:00:00Z') });
  });
});

describe('what stands where in a series', () => {
  const show = (all: readonly Incident[]) =>
    all.map(({ id, updates }) => [
      id,
      ...updates.map(({ status, body, quiet }) => `${quiet ? 'quiet ' : ''}${status} ${body}`.trim()),
    ]);
  const written = (body: string, now = '2026-11-16', more = `${WEEKLY};COUNT=3`) =>
    occurrencesOf(maintenance(more, body), at(now));

  test.each(['Cancelled', 'canceled', 'CALLED OFF', 'Called-off.'])(
    '`%s` calls its occurrence off',
    heading => {
      const off = (day: string) =>
        `\nPlan.\n\n## ${heading} 2026-11-13 10:00 UTC\noccurrence: ${day}\n\nNot this one.\n`;
      const [first, second, third] = written(off('2026-11-15'));
      expect([first, second, third].map(one => [one!.status, isCalledOff(one!)])).toEqual([
        ['scheduled', false],
        ['completed', true],
        ['scheduled', false],
      ]);
      expect(second!.updates.at(-1)).toMatchObject({ status: 'completed', body: 'Not this one.' });
      // A day without an occurrence: words in the occurrence before, which do not prolong what it covers.
      const unknown = written(off('2026-11-16'));
      expect(unknown[0]!.updates.at(-1)).toMatchObject({ status: 'scheduled', body: 'Not this one.' });
      expect(coveredBy(unknown[0]!, stateAt(unknown[0]!, at('2026-11-16'))).end).toBe(
        at('2026-11-08T03:00:00Z'),
      );
    },
  );

  test('the next one that takes place is shown, however far away it is', () => {
    const off = (...days: string[]) =>
      `\nPlan.\n${days.map(day => `\n## Completed 2026-11-20 10:00 UTC\noccurrence: ${day}\nOff.\n`).join('')}`;
    const ids = (body: string, rule = 'FREQ=MONTHLY') =>
      occurrencesOf(maintenance(`rrule: ${rule}`, body), at('2026-11-21')).map(({ id }) => id);
    expect(ids(off())).toEqual(['db', 'db--2026-12-08']);
    expect(ids(off('2026-12-08'))).toEqual(['db', 'db--2026-12-08', 'db--2027-01-08']);
    const both = ['db', 'db--2026-12-08', 'db--2027-01-08'];
    expect(ids(off('2026-12-08', '2027-01-08'))).toEqual([...both, 'db--2027-02-08']);
    expect(ids(off('2026-12-08', '2027-01-08'), 'FREQ=MONTHLY;COUNT=3')).toEqual(both);
  });

  test("the text before the first section is each one's, and news in one alone", () => {
    const started = `started: 2026-11-08T02:00:00Z\n${WEEKLY};COUNT=3`;
    const all = written('\nWe back up.\n', '2026-11-16', started);
    expect(show(all)).toEqual([
      ['db', 'scheduled We back up.'],
      ['db--2026-11-15', 'quiet scheduled We back up.'],
      ['db--2026-11-22', 'quiet scheduled We back up.'],
    ]);
    expect(
      announcements(all, new Set(), at('2026-11-08T02:00:00Z'), false).filter(({ quiet }) => !quiet),
    ).toHaveLength(1);
  });

  test('a section of one is in no other, whatever else is written', () => {
    expect(show(written('\n## Completed 2026-11-15 02:20 UTC\nDone early.\n'))).toEqual([
      ['db', 'quiet scheduled'],
      ['db--2026-11-15', 'completed Done early.'],
      ['db--2026-11-22', 'quiet scheduled'],
    ]);
    // Begun early: the first one's.
    expect(show(written('\nPlan.\n\n## In progress 2026-11-08 01:50 UTC\nEarly.\n'))).toEqual([
      ['db', 'scheduled Plan.', 'in_progress Early.'],
      ['db--2026-11-15', 'quiet scheduled Plan.'],
      ['db--2026-11-22', 'quiet scheduled Plan.'],
    ]);
  });

  test('one that was written late is news in the occurrence it was written in, as before', () => {
    const all = written('\nLate.\n', '2026-11-16', `started: 2026-11-15T12:00:00Z\n${WEEKLY};COUNT=3`);
    expect(show(all).map(([id, update]) => [id, update])).toEqual([
      ['db', 'quiet scheduled Late.'],
      ['db--2026-11-15', 'scheduled Late.'],
      ['db--2026-11-22', 'quiet scheduled Late.'],
    ]);
  });

  test('an update without a status does not take over that of the occurrence before', () => {
    const body = '\n## Completed 2026-11-08 02:20 UTC\nDone.\n\n## Update 2026-11-15 02:10 UTC\nAgain.\n';
    const all = written(body, '2026-11-15T02:30:00Z');
    expect(show(all)[1]).toEqual(['db--2026-11-15', 'scheduled Again.']);
    expect(all.map(one => stateAt(one, at('2026-11-15T02:30:00Z')))).toEqual([
      'completed',
      'in_progress',
      'scheduled',
    ]);
  });

  test('the day of an occurrence finds it, the first too', () => {
    expect(occurrenceOn(maintenance(`${WEEKLY};COUNT=2`), '2026-11-08')?.id).toBe('db');
    expect(occurrenceOn(maintenance(`${WEEKLY};COUNT=2`), '2026-11-15')?.id).toBe('db--2026-11-15');
    expect(occurrenceOn(maintenance(WEEKLY), '2027-12-05')?.id).toBe('db--2027-12-05');
    for (const day of ['2026-11-09', '2026-11-01', '2026-02-31']) {
      expect(occurrenceOn(maintenance(WEEKLY), day)).toBeNull();
    }
    expect(occurrenceOn(maintenance(), '2026-11-08')).toBeNull();
    expect(readOccurrenceId('db--2026-11-08')).toEqual({ series: 'db', day: '2026-11-08' });
    expect(readOccurrenceId('db-2026-11-08')).toBeNull();
  });
});

describe('a series ended with `status: completed`', () => {
  const NOW = at('2026-12-01');
  const ended = (more: string, body: string) => {
    const head =
      'title: Database work\nstatus: completed\nscheduled_start: 2026-11-08T02:00:00Z\nscheduled_end: 2026-11-08T03:00:00Z\ncomponents: [db]';
    return parseIncident(
      'db.md',
      'db',
      `---\n${head}\nstarted: 2026-11-01T10:00:00Z\n${WEEKLY}\n${more}\n---\n${body}`,
    );
  };
  const shown = (more: string, body: string) =>
    occurrencesOf(ended(more, body).value!, NOW).map(one => [
      one.id,
      stateAt(one, NOW),
      (coveredBy(one).end - one.scheduled!.start) / MINUTE,
    ]);
  const past = [
    ['db', 'completed', 60],
    ['db--2026-11-15', 'completed', 60],
  ];

  test('by a section, or `resolved`: what was stays, what would come does not', () => {
    const section = '\nWeekly.\n\n## Completed 2026-11-20 10:00 UTC\nNo more.\n';
    expect(shown('', section)).toEqual(past);
    expect(shown('resolved: 2026-11-20T10:00:00Z', '\nWeekly.\n')).toEqual(past);
    const all = occurrencesOf(ended('resolved: 2026-11-20T10:00:00Z', '\nWeekly.\n').value!, NOW);
    expect(all.map(({ resolved }) => resolved)).toEqual([null, null]);
    expect(ended('', section).problems).toEqual([]);
  });

  test('in an occurrence: that one ends with it, and no other', () => {
    expect(shown('resolved: 2026-11-15T02:20:00Z', '\nWeekly.\n')).toEqual([
      ['db', 'completed', 60],
      ['db--2026-11-15', 'completed', 20],
    ]);
  });

  test('before the first: that one did not take place', () => {
    expect(shown('', '\nWeekly.\n\n## Completed 2026-11-03 10:00 UTC\nCalled off.\n')).toEqual([
      ['db', 'completed', 0],
    ]);
    expect(repetitionOf(ended('', '\n## Completed 2026-11-03 10:00 UTC\nOff.\n').value!)).toBeNull();
  });

  test('without a time: the first stays, and the operator is asked for one', () => {
    expect(shown('', '\nWeekly.\n')).toEqual([['db', 'completed', 60]]);
    expect(ended('', '\nWeekly.\n').problems).toMatchObject([
      { level: 'warning', line: 3, what: expect.stringContaining('has no time of its end') },
    ]);
  });

  test('other programs are told how many there were', () => {
    const value = ended('', '\n## Completed 2026-11-20 10:00 UTC\nNo more.\n').value!;
    expect(repetitionOf(value)?.rule).toBe('RRULE:FREQ=WEEKLY;BYDAY=SU;COUNT=2');
  });
});

describe('mail about maintenance', () => {
  const mailed = (now: string, incidents: readonly Incident[], seen = new Set<string>()) =>
    announcements(incidents, seen, at(now), false, [DAY, HOUR])
      .filter(({ quiet }) => !quiet)
      .map(({ incidentId, update }) => `${incidentId} ${update.key} ${update.body}`);

  test('a recurring one is announced once, not with each occurrence', () => {
    const now = '2026-11-01T10:01:00Z';
    expect(mailed(now, occurrencesOf(maintenance(WEEKLY), at(now)))).toEqual([
      'db 2026-11-01T10:00:00Z#0 Weekly work.',
    ]);
  });

  test('notices go out a day and an hour ahead', () => {
    const [one] = occurrencesOf(maintenance(), 0) as [Incident];
    const keys = (now: string) =>
      noticesOf(one, [DAY, HOUR], at(now))
        .filter(({ quiet }) => !quiet)
        .map(({ key, at }) => `${key} ${iso(at)}`);
    expect(keys('2026-11-07T01:59:59Z')).toEqual([]);
    expect(keys('2026-11-07T02:00:00Z')).toEqual(['2026-11-08T02:00:00Z-1440m 2026-11-07T02:00:00Z']);
    expect(keys('2026-11-08T01:00:00Z')).toEqual(['2026-11-08T02:00:00Z-60m 2026-11-08T01:00:00Z']);
    expect(keys('2026-11-08T02:00:00Z')).toEqual([]);
    expect(mailed('2026-11-07T02:00:00Z', [one])).toEqual([
      'db 2026-11-08T02:00:00Z-1440m This maintenance begins in 1 day.',
    ]);
  });

  test('a server that slept through the first notice sends the second alone', () => {
    expect(mailed('2026-11-08T01:04:00Z', [maintenance()])).toEqual([
      'db 2026-11-08T02:00:00Z-60m This maintenance begins in 1 hour.',
    ]);
  });

  test.each([
    ['2026-11-07T02:05:00Z', '2026-11-07T02:00:00Z', 'in 1 day'],
    ['2026-11-07T07:10:00Z', '2026-11-07T07:10:00Z', 'in about 19 hours'],
    ['2026-11-08T00:00:00Z', '2026-11-08T00:00:00Z', 'in about 2 hours'],
    ['2026-11-08T00:20:00Z', '2026-11-08T00:20:00Z', 'in 1 hour 40 minutes'],
    ['2026-11-08T01:59:50Z', '2026-11-08T01:59:50Z', 'in 1 minute'],
  ])('said at %s, a notice is of %s and says what is left: %s', (now, said, words) => {
    const leads = now < '2026-11-08T01' ? [DAY] : [HOUR];
    const [notice] = noticesOf(maintenance(), leads, at(now));
    expect([notice?.body, iso(notice?.at ?? 0), notice?.quiet]).toEqual([
      `This maintenance begins ${words}.`,
      said,
      undefined,
    ]);
  });

  test('a notice a day late is noted and not said', () => {
    const [one] = occurrencesOf(maintenance(), 0) as [Incident];
    expect(noticesOf(one, [3 * DAY], at('2026-11-06T02:00:01Z')).map(({ quiet }) => quiet)).toEqual([true]);
  });

  test('what is announced now needs no notice that was due before: one email, not two', () => {
    const now = '2026-11-07T08:00:00Z';
    const late = maintenance('', '\n## Scheduled 2026-11-07 00:00 UTC\nSoon.\n');
    expect(mailed(now, [late])).toEqual(['db 2026-11-07T00:00:00Z#0 Soon.']);
    const all = announcements([late], new Set(), at(now), false, [DAY, HOUR]);
    expect(all.map(({ update, quiet }) => [update.key, Boolean(quiet)])).toEqual([
      ['2026-11-07T00:00:00Z#0', false],
      ['2026-11-08T02:00:00Z-1440m', true],
    ]);
    // The one that falls due later comes.
    const seen = new Set(all.map(({ incidentId, key }) => `${incidentId} ${key}`));
    expect(mailed('2026-11-08T01:00:00Z', [late], seen)).toEqual([
      'db 2026-11-08T02:00:00Z-60m This maintenance begins in 1 hour.',
    ]);
  });

  test('nothing is said twice, nor of what was announced later than the notice, nor once it is over', () => {
    const late = maintenance('', '\n## Scheduled 2026-11-07 20:00 UTC\nSoon.\n');
    expect(noticesOf(late, [DAY, HOUR], at('2026-11-07T20:01:00Z'))).toEqual([]);
    const done = { ...maintenance(), status: 'completed' as const };
    expect(noticesOf(done, [DAY, HOUR], at('2026-11-08T01:30:00Z'))).toEqual([]);
    const seen = new Set(['db 2026-11-01T10:00:00Z#0', 'db 2026-11-08T02:00:00Z-1440m']);
    expect(mailed('2026-11-07T02:01:00Z', [maintenance()], seen)).toEqual([]);
  });

  test('the words name the lead', () => {
    const [notice] = noticesOf(maintenance(), [90 * MINUTE], at('2026-11-08T00:30:00Z'));
    expect(notice?.body).toBe('This maintenance begins in 1 hour 30 minutes.');
    expect(noticesOf(maintenance(), [2 * DAY], at('2026-11-06T02:00:00Z'))[0]?.body).toContain('2 days');
  });
});

describe('years later', () => {
  test.each([
    'FREQ=DAILY',
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=DAILY;BYDAY=MO,WE',
    'FREQ=DAILY;INTERVAL=2;BYMONTH=2,3',
    'FREQ=WEEKLY',
    'FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA',
    'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO',
    'FREQ=WEEKLY;UNTIL=20300101T000000Z',
    'FREQ=DAILY;COUNT=1200',
  ])('%s: the occurrences are those that a walk from the first one finds', rule => {
    const series = maintenance(`rrule: ${rule}`);
    const start = (series.scheduled as Span).start;
    const all = new rrule.RRule({ ...rrule.RRule.parseString(rule), dtstart: new Date(start) });
    for (const days of [300, 400, 777, 1200, 1500]) {
      const now = start + days * DAY + 5 * HOUR;
      const [from, to] = [new Date(Math.max(start, now - 366 * DAY)), new Date(now + 35 * DAY)];
      const expected = all.between(from, to, true).map(date => date.getTime());
      const found = occurrencesOf(series, now).map(({ scheduled }) => (scheduled as Span).start);
      expect([
        days,
        found.filter(
          one => one >= from.getTime() && one <= to.getTime() && (one !== start || expected[0] === start),
        ),
      ]).toEqual([days, expected]);
    }
  });

  test('an occurrence of each day costs after fifty years what it costs after two', () => {
    const series = maintenance('rrule: FREQ=DAILY');
    const cost = (years: number) => {
      return ownTime(() => occurrencesOf(series, at('2026-11-08T02:00:00Z') + years * 365 * DAY));
    };
    cost(1);
    const near = cost(2);
    expect(cost(50)).toBeLessThan(5 * near + 50);
  });
});

describe('a rule that names no day, or hardly one, holds nobody', () => {
  const STRANGE = [
    ...['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].map(freq => `FREQ=${freq};BYMONTH=2;BYMONTHDAY=30`),
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYDAY=MO',
    'FREQ=DAILY;BYMONTHDAY=32',
    'FREQ=DAILY;BYMONTH=13',
    'FREQ=DAILY;BYYEARDAY=367',
    'FREQ=DAILY;BYYEARDAY=1;BYMONTH=12',
    'FREQ=YEARLY;BYWEEKNO=54',
    'FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1',
    'FREQ=MONTHLY;BYDAY=6SU',
    'FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2',
    'FREQ=WEEKLY;BYDAY=SU;BYSETPOS=-8',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTH=3;BYMONTHDAY=1',
    'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=31',
  ];
  const UNUSUAL = [
    'FREQ=WEEKLY;BYDAY=SU;UNTIL=20200101T000000Z',
    'FREQ=DAILY;COUNT=1000000000',
    'FREQ=DAILY;INTERVAL=1000000000',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU',
    'FREQ=YEARLY;INTERVAL=400',
    'FREQ=DAILY;BYMONTHDAY=8;BYMONTH=11;BYSETPOS=1,1,-1;COUNT=2',
  ];
  const front = (rule: string, start = '2026-11-08') =>
    `---\ntitle: X\nstatus: completed\nscheduled_start: ${start}T02:00:00Z\nscheduled_end: ${start}T03:00:00Z\nrrule: ${rule}\n---\n`;

  test.each(STRANGE)('%s is an error with its line', rule => {
    const read = () => parseIncident('x.md', 'x', front(rule));
    expect(read()).toEqual({
      value: null,
      problems: [
        expect.objectContaining({ level: 'error', line: 6, what: expect.stringContaining('rrule') }),
      ],
    });
    expect(ownTime(read)).toBeLessThan(300);
  });

  test.each(['FREQ=DAILY;INTERVAL=0', 'FREQ=DAILY;COUNT=0', `FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(999)}1`])(
    '%s is no rule',
    rule => expect(readRule(rule)).toBeNull(),
  );

  test.each(UNUSUAL)('%s is kept', rule => {
    for (const start of ['2026-11-08', '1970-01-01', '0100-01-01']) {
      const series = parseIncident('x.md', 'x', front(rule, start)).value;
      const took = ownTime(() => {
        for (const now of ['2026-11-01', '2027-01-01', '2999-01-01']) {
          if (series) expect(occurrencesOf(series, at(now)).length).toBeLessThan(405);
        }
        if (series) repetitionOf(series);
      });
      expect(took).toBeLessThan(600);
    }
  });

  test('any other names the days that the library finds', () => {
    const some = (least: number, most: number) =>
      fc.uniqueArray(
        fc.integer({ min: least, max: most }).filter(n => n !== 0),
        { maxLength: 3 },
      );
    const rules = fc
      .record({
        freq: fc.constantFrom(0, 1, 2, 3),
        interval: fc.integer({ min: 1, max: 5 }),
        count: fc.option(fc.integer({ min: 1, max: 30 })),
        until: fc.option(
          fc.date({ min: new Date('2020-01-01'), max: new Date('2025-01-01'), noInvalidDate: true }),
        ),
        wkst: fc.integer({ min: 0, max: 6 }),
        bymonth: some(1, 12),
        bymonthday: fc.oneof(fc.constant([]), some(-31, 31)),
        byyearday: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, some(-366, 366)),
        // Of the next year's first week, the library knows only the number 1: not -52 or -53, which may be the same.
        byweekno: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, some(-51, 53)),
        weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
        nth: fc.option(fc.integer({ min: -5, max: 5 }).filter(n => n !== 0)),
        // The library counts a day of two places twice, and clamps a place below -1.
        bysetpos: fc.constantFrom([], [], [], [-1], [1], [2], [3]),
      })
      .map(({ weekdays, nth, ...rule }) => {
        const byweekday = weekdays.map(day => new rrule.Weekday(day, rule.freq < 2 && nth ? nth : undefined));
        // The library begins the first week, and the first year's weeks, on the start itself.
        const bysetpos = rule.freq === 2 ? [] : rule.bysetpos;
        const byweekno = rule.freq === 0 ? rule.byweekno : [];
        return { ...rule, byweekday, bysetpos, byweekno };
      });
    const start = fc.date({
      min: new Date('2019-01-01T02:00:00Z'),
      max: new Date('2021-01-01'),
      noInvalidDate: true,
    });
    const end = Date.UTC(2025, 0, 1);
    fc.assert(
      fc.property(rules, start, (options, date) => {
        date.setUTCMilliseconds(0);
        const text = rrule.RRule.optionsToString(options as never);
        const read = readRule(text);
        if (!read) throw new Error(text);
        const until = options.until ?? new Date(end);
        const rule = new rrule.RRule({ ...read, dtstart: date, until });
        const mine = [...beginnings(rule.options, date.getTime())].map(iso);
        // The library takes minutes to find none.
        const theirs = mine.length === 0 ? [] : rule.all().map(one => iso(one.getTime()));
        expect([text, mine]).toEqual([text, theirs]);
        // Whatever is entered later goes on the same.
        const late = Date.UTC(2022, 5, 5);
        const rest = mine.filter(one => (parseInstant(one) as number) >= late);
        expect([text, [...beginnings(rule.options, date.getTime(), late)].map(iso)]).toEqual([text, rest]);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('an undated section of a series', () => {
  const read = (...headings: string[]) => {
    const body = headings.map(one => `## ${one}\nsaid ${one}\n`).join('\n');
    const head =
      'title: Work\nstatus: scheduled\nstarted: 2026-11-01T10:00:00Z\nscheduled_start: 2026-11-08T02:00:00Z\nscheduled_end: 2026-11-08T03:00:00Z\ncomponents: [db]';
    const { value, problems } = parseIncident(
      'db.md',
      'db',
      `---\n${head}\n${WEEKLY}\n---\nWeekly.\n\n${body}`,
    );
    const told = value!.updates
      .slice(1)
      .map(update => `${iso(update.at).slice(5, 16)} ${update.body.split('\n')[0]}`);
    return { told, errors: problems.map(({ level, what }) => `${level}: ${what}`) };
  };
  const GUESS = expect.stringMatching(
    /^error: .*the maintenance repeats: its day is a guess, so this is not an update/,
  );

  test.each([
    [['In progress 2026-11-22 02:00 UTC', 'Update 02:20 UTC', 'Completed 02:41 UTC'], '11-22T02:41'],
    [['In progress 2026-11-22 02:00 UTC', 'Completed 02:41 UTC'], '11-22T02:41'],
    [
      ['Completed 2026-11-15 02:41 UTC', 'In progress 2026-11-22 02:00 UTC', 'Completed 02:41 UTC'],
      '11-22T02:41',
    ],
    [['In progress 2026-11-22 23:50 UTC', 'Verifying 00:10 UTC'], '11-23T00:10'],
    [['Completed 2026-11-22 02:41 UTC', 'Update 03:30 UTC'], '11-22T03:30'],
  ])('follows the dated one beside it: %j', (headings, last) => {
    for (const all of [headings, headings.toReversed()]) {
      const { told, errors } = read(...all);
      expect(errors).toEqual([]);
      expect(told.at(-1)).toBe(`${last} said ${headings.at(-1)}`);
      expect(told).toHaveLength(headings.length);
    }
  });

  test.each([
    [['Completed 02:41 UTC']],
    [['In progress 02:00 UTC', 'Completed 02:41 UTC']],
    [['Completed 2026-11-22 02:41 UTC', 'In progress 02:00 UTC']],
    [['Completed 2026-11-22 02:30 UTC', 'Completed 02:41 UTC']],
    [['In progress 2026-11-22 02:00 UTC', 'In progress 02:05 UTC']],
    [['Scheduled 2026-11-01 10:00 UTC', 'In progress 02:00 UTC']],
    [['Update 20:00 UTC', 'In progress 2026-11-22 02:00 UTC', 'Completed 2026-11-22 02:41 UTC']],
  ])('is an error where any occurrence may be meant: %j', headings => {
    for (const all of [headings, headings.toReversed()]) {
      const { told, errors } = read(...all);
      const undated = headings.filter(one => !one.includes('2026'));
      expect(errors).toEqual(undated.map(() => GUESS));
      expect(told.map(one => one.slice(17).replace('said ', ''))).toEqual(
        headings.filter(one => !undated.includes(one)),
      );
    }
  });

  test('at the time of `started` is its announcement', () => {
    expect(read('Scheduled 10:00 UTC', 'Completed 2026-11-22 02:41 UTC')).toMatchObject({ errors: [] });
  });
});
