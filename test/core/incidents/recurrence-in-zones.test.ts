// Recurring maintenance in a zone: its local time stays, its length stays, and one occurrence can be called off.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { unknownOccurrences } from '../../../src/core/incidents/lint/lint.ts';
import { shownProblems } from '../../../src/core/incidents/lint/shown.ts';
import { coveredBy, stateAt } from '../../../src/core/incidents/maintenance.ts';
import { occurrenceDay, occurrencesOf } from '../../../src/core/incidents/recurrence.ts';
import { momentAt, momentsAt, offsetAt } from '../../../src/core/incidents/times/zone.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { DAY, HOUR, iso, MINUTE, parseInstant } from '../../../src/core/model/time.ts';
import { site } from '../../makers.ts';

const at = (text: string) => parseInstant(text) as number;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Scoresbysund',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'Asia/Beirut',
];

function series(start: string, rule: string, more = '', body = '', minutes = 60): Incident {
  const end = iso(at(start) + minutes * MINUTE);
  const head = `title: Restart\nstatus: scheduled\nstarted: 2020-01-01T00:00:00Z\nscheduled_start: ${start}\nscheduled_end: ${end}\nrrule: ${rule}\ncomponents: [api]`;
  const { value, problems } = parseIncident('r.md', 'r', `---\n${head}\n${more}---\nWeekly.\n${body}`);
  expect(problems).toEqual([]);
  return value!;
}

/** By Intl alone: `2026-10-25 02:00 Sun`. */
function clockIn(zone: string, moment: number): string {
  const parts = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'short' });
  return `${parts.format(moment)} ${day.format(moment)}`;
}

const shown = (incident: Incident, now: string, zone: string, from: string, until: string) =>
  occurrencesOf(incident, at(now), zone)
    .map(({ id, scheduled }) => ({ id, ...scheduled! }))
    .filter(({ start }) => start >= at(from) && start <= at(until));

describe('the local time stays', () => {
  test.each([
    // Over both changes of 2026: 29 March and 25 October.
    ['Europe/Berlin', '2026-03-23T01:00:00Z', '02:00'],
    ['Europe/Berlin', '2026-10-11T02:00:00+02:00', '02:00'],
    ['Europe/Berlin', '2026-10-17T15:00:00-09:00', '02:00'],
    ['America/New_York', '2026-10-18T01:30:00-04:00', '01:30'],
    ['Australia/Lord_Howe', '2026-03-22T03:15:00+11:00', '03:15'],
    ['Pacific/Chatham', '2026-03-22T05:00:00+13:45', '05:00'],
    ['Asia/Kathmandu', '2026-03-22T05:00:00Z', '10:45'],
    ['UTC', '2026-03-22T03:00:00+01:00', '02:00'],
  ])('%s from %s: always at %s, an hour long', (zone, start, clock) => {
    for (const [own, siteZone] of [
      ['', zone],
      [`timezone: ${zone}\n`, 'America/Halifax'],
    ]) {
      const all = shown(series(start, 'FREQ=WEEKLY', own), start, siteZone as string, start, '2026-12-31');
      expect(all.length).toBeGreaterThan(4);
      for (const one of all) {
        expect(clockIn(zone, one.start).slice(11, 16)).toBe(clock);
        expect(one.end - one.start).toBe(HOUR);
      }
    }
  });

  test('the day of the week is that of the zone, whatever offset the start is written with', () => {
    const rule = 'FREQ=WEEKLY;BYDAY=SU';
    for (const start of ['2026-10-18T00:30:00+02:00', '2026-10-17T22:30:00Z', '2026-10-17T12:30:00-10:00']) {
      const all = shown(series(start, rule), '2026-10-17', 'Europe/Berlin', start, '2026-11-10');
      expect(all.map(one => [one.id, iso(one.start)])).toEqual([
        ['r', '2026-10-17T22:30:00Z'],
        ['r--2026-10-25', '2026-10-24T22:30:00Z'],
        ['r--2026-11-01', '2026-10-31T23:30:00Z'],
        ['r--2026-11-08', '2026-11-07T23:30:00Z'],
      ]);
    }
  });

  test.each([
    ['Europe/Berlin', '2026-03-27T02:30:00+01:00', ['02:30', '02:30', '03:30', '02:30'], '2026-03-29'],
    ['America/New_York', '2026-03-06T02:30:00-05:00', ['02:30', '02:30', '03:30', '02:30'], '2026-03-08'],
    ['Australia/Lord_Howe', '2026-10-02T02:15:00+10:30', ['02:15', '02:15', '02:45', '02:15'], '2026-10-04'],
    // Here the hour before midnight does not exist: the occurrence keeps its day.
    ['America/Scoresbysund', '2026-03-26T23:30:00-02:00', ['23:30', '23:30', '00:30', '23:30'], '2026-03-28'],
  ])(
    '%s: what does not exist is later by the length of the gap, under its own day',
    (zone, start, clocks, day) => {
      const all = shown(series(start, 'FREQ=DAILY;COUNT=4'), start, zone, start, '2026-12-31');
      expect(all.map(one => clockIn(zone, one.start).slice(11, 16))).toEqual(clocks);
      expect(all[2]?.id).toBe(`r--${day}`);
    },
  );

  test.each([
    ['Europe/Berlin', '2026-10-23T02:30:00+02:00', '2026-10-25T00:30:00Z'],
    ['America/New_York', '2026-10-30T01:30:00-04:00', '2026-11-01T05:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-03T01:45:00+11:00', '2026-04-04T14:45:00Z'],
  ])('%s: of what exists twice it is the first', (zone, start, first) => {
    const all = shown(series(start, 'FREQ=DAILY;COUNT=4'), start, zone, start, '2026-12-31');
    expect(iso(all[2]!.start)).toBe(first);
    expect(all[2]!.end - all[2]!.start).toBe(HOUR);
  });

  test('a start in the second of two equal hours is where it was written', () => {
    const all = shown(
      series('2026-10-25T02:30:00+01:00', 'FREQ=DAILY;COUNT=2'),
      '2026-10-25',
      'Europe/Berlin',
      '2026-10-01',
      '2026-12-31',
    );
    expect(all.map(one => iso(one.start))).toEqual(['2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z']);
  });

  test('in any zone, at any time: one local time, one length, a day each, as many as COUNT says', () => {
    const rules = ['FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=MO,SA', 'FREQ=DAILY;INTERVAL=3'];
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...rules),
        fc.integer({ min: 0, max: 4 * 24 * 366 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 15, max: 600 }),
        (zone, rule, quarter, count, length) => {
          const start = Date.UTC(2026, 0, 1) + quarter * 15 * MINUTE;
          const file = series(iso(start), `${rule};COUNT=${count}`, '', '', length);
          const all = occurrencesOf(file, start + 200 * DAY, zone);
          // A start that the rule does not match is one more.
          expect(all.length - count).toBe(all.length > count ? 1 : 0);
          const clock = clockIn(zone, start).slice(11, 16);
          for (const { id, scheduled, ...one } of all) {
            expect(scheduled!.end - scheduled!.start).toBe(length * MINUTE);
            const day = occurrenceDay({ id, scheduled, ...one }) as string;
            const wall = at(`${day}T${clock}:00Z`);
            const own = clockIn(zone, scheduled!.start);
            if (momentsAt(zone, wall).length > 0) expect(own.slice(0, 16)).toBe(`${day} ${clock}`);
            else expect(scheduled!.start).toBe(momentAt(zone, wall));
          }
          expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('offsets are those of Intl at any second of thirty years', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 1e9, max: 2e9 }), (zone, seconds) => {
        const wall = new Date(seconds * 1000 + offsetAt(zone, seconds * 1000)).toISOString();
        expect(wall.slice(0, 16).replace('T', ' ')).toBe(clockIn(zone, seconds * 1000).slice(0, 16));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['UNTIL=20261025', '2026-10-25'],
    ['UNTIL=20261025T003000', '2026-10-25'],
    ['UNTIL=20261025T002959', '2026-10-24'],
    ['UNTIL=20261024T223000Z', '2026-10-25'],
    ['UNTIL=20261024T222959Z', '2026-10-24'],
    ['until=20261024', '2026-10-24'],
  ])('%s: the last one is that of %s', (until, last) => {
    const file = series('2026-10-18T00:30:00+02:00', `FREQ=DAILY;${until}`);
    expect(occurrenceDay(occurrencesOf(file, at('2026-10-18'), 'Europe/Berlin').at(-1)!)).toBe(last);
  });
});

describe('rules of hours', () => {
  test.each([
    ['FREQ=DAILY;BYHOUR=2,14', 'BYHOUR sets a time of day'],
    ['FREQ=DAILY;byhour=2', 'BYHOUR sets a time of day'],
    ['FREQ=WEEKLY;BYDAY=SU;BYMINUTE=30', 'BYMINUTE sets a time of day'],
    ['RRULE:FREQ=DAILY;BYSECOND=0', 'BYSECOND sets a time of day'],
    ['FREQ=HOURLY', 'HOURLY is not supported'],
    ['freq=minutely;INTERVAL=30', 'MINUTELY is not supported'],
    ['FREQ=SECONDLY', 'SECONDLY is not supported'],
    ['DTSTART;TZID=Europe/Berlin:20261018T003000', 'DTSTART is not part of the rule'],
    ['FREQ=DAILY;EXDATE=20261018', 'EXDATE is not part of the rule'],
    ['every sunday', 'this is not a recurrence rule'],
  ])('%s: refused with its line, and why', (rule, why) => {
    const text = `---\ntitle: R\nstatus: scheduled\nscheduled_start: 2026-10-18T00:30Z\nscheduled_end: 2026-10-18T01:30Z\nrrule: "${rule}"\ncomponents: [api]\n---\n`;
    const { value, problems } = parseIncident('r.md', 'r', text);
    expect(value).toBeNull();
    expect(problems).toMatchObject([{ level: 'error', line: 6 }]);
    expect(problems[0]?.what + problems[0]!.fix).toContain(why);
  });
});

describe('`timezone:`', () => {
  const read = (more: string, start = '2026-10-18T00:30+02:00') =>
    parseIncident(
      'r.md',
      'r',
      `---\ntitle: R\nstatus: scheduled\nscheduled_start: ${start}\nscheduled_end: 2026-10-18T01:30+02:00\nrrule: FREQ=WEEKLY\ncomponents: [api]\n${more}---\n`,
    );

  test('that is no zone is an error with its line', () => {
    expect(read('timezone: Berlin\n')).toMatchObject({
      value: null,
      problems: [{ level: 'error', line: 8 }],
    });
    expect(read('timezone: Europe/Berlin\n').problems).toEqual([]);
    expect(read('timezone:\n').problems).toEqual([]);
  });

  test('beside a start without a zone: what is read is said', () => {
    expect(read('timezone: Europe/Berlin\n', '2026-10-17T22:30').problems).toMatchObject([
      {
        level: 'warning',
        line: 4,
        what: '`scheduled_start` names no zone, so it is UTC: 2026-10-18 00:30 in Europe/Berlin',
        fix: 'write 2026-10-18T00:30:00+02:00, or the time that you mean in the same way',
      },
    ]);
  });

  test('of an incident is said to do nothing', () => {
    const text =
      '---\ntitle: R\nstatus: investigating\nseverity: minor\nstarted: 2026-10-18T00:30Z\ntimezone: Europe/Berlin\n---\nx\n';
    expect(parseIncident('r.md', 'r', text).problems).toMatchObject([{ level: 'warning', line: 6 }]);
  });
});

describe('one occurrence is called off ahead', () => {
  const off = '\n## Completed 2026-10-20 09:00 UTC\noccurrence: 2026-11-01\n\nNot this time.\n';
  const file = series('2026-10-18T00:30:00+02:00', 'FREQ=WEEKLY;BYDAY=SU', '', off);
  const now = at('2026-10-21');
  const all = occurrencesOf(file, now, 'Europe/Berlin');

  test('it alone is completed, and covers no time; the series goes on', () => {
    expect(all.map(({ id, status }) => [id, status])).toEqual([
      ['r', 'scheduled'],
      ['r--2026-10-25', 'scheduled'],
      ['r--2026-11-01', 'completed'],
      ['r--2026-11-08', 'scheduled'],
      ['r--2026-11-15', 'scheduled'],
      ['r--2026-11-22', 'scheduled'],
    ]);
    const { start, end } = coveredBy(all[2]!);
    expect(end - start).toBe(0);
    expect(all.filter(({ updates }) => updates.some(({ body }) => body === 'Not this time.'))).toHaveLength(
      1,
    );
    expect(
      occurrencesOf(file, at('2026-11-01T12:00'), 'Europe/Berlin')
        .slice(0, 7)
        .map(one => stateAt(one, at('2026-11-01T12:00'))),
    ).toEqual(['completed', 'completed', 'completed', 'scheduled', 'scheduled', 'scheduled', 'scheduled']);
  });

  test('an update after it, of another occurrence, does not take its status over', () => {
    const more = `${off}\n## Update 2026-10-18 00:40 +02:00\nWe begin.\n\n## Update 2026-10-21 09:00 UTC\noccurrence: 2026-11-01\n\nIndeed.\n`;
    const one = series(
      '2026-10-18T00:30:00+02:00',
      'FREQ=WEEKLY;BYDAY=SU',
      '',
      more.replace('10-20', '10-12'),
    );
    const shown = occurrencesOf(one, now, 'Europe/Berlin');
    const said = ({ updates }: Incident) => updates.map(({ status, body }) => `${status} ${body}`);
    expect(said(shown[0]!)).toEqual(['scheduled Weekly.', 'scheduled We begin.']);
    expect(said(shown[2]!)).toEqual(['scheduled Weekly.', 'completed Not this time.', 'completed Indeed.']);
  });

  test('a series that is ended says so itself: what was said of one occurrence is not its end', () => {
    const text = `---\ntitle: R\nstatus: completed\nstarted: 2020-01-01T00:00:00Z\nscheduled_start: 2026-10-18T00:30:00+02:00\nscheduled_end: 2026-10-18T01:30:00+02:00\nrrule: FREQ=WEEKLY\ncomponents: [api]\n---\nx\n${off}`;
    const { value, problems } = parseIncident('r.md', 'r', text);
    expect(problems).toMatchObject([{ level: 'warning', line: 3 }]);
    expect(occurrencesOf(value!, now, 'Europe/Berlin').map(({ id }) => id)).toEqual(['r']);
  });

  test('one far ahead is shown at once, with none of those before it', () => {
    const far = series(
      '2026-10-18T00:30:00+02:00',
      'FREQ=WEEKLY',
      '',
      off.replace('2026-11-01', '2027-05-02'),
    );
    expect(
      occurrencesOf(far, now, 'Europe/Berlin')
        .map(({ id }) => id)
        .slice(-2),
    ).toEqual(['r--2026-11-22', 'r--2027-05-02']);
  });

  test('a day without one is named with its line, and the words stay where they were written', () => {
    const text = `---\n---\n${off}`;
    const wrong = series('2026-10-18T00:30:00+02:00', 'FREQ=WEEKLY', '', off.replace('11-01', '11-02'));
    expect(
      unknownOccurrences('r.md', wrong, 'Europe/Berlin', 0, text.replace('11-01', '11-02')),
    ).toMatchObject([{ level: 'warning', line: 5, what: expect.stringContaining('in Europe/Berlin') }]);
    expect(unknownOccurrences('r.md', file, 'Europe/Berlin', 0, text)).toEqual([]);
    const berlin = { ...site(), timezone: 'Europe/Berlin' };
    const ready = (one: Incident) => shownProblems([], [one], berlin, now).map(({ what }) => what);
    expect(ready(wrong)).toContainEqual(expect.stringContaining('`occurrence: 2026-11-02`'));
    expect(ready(file)).not.toContainEqual(expect.stringContaining('occurrence'));
    expect(occurrencesOf(wrong, now, 'Europe/Berlin')[0]?.updates.at(-1)?.body).toBe('Not this time.');
  });
});
