// The calendar, read back by a library that did not write it.

import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { plansNow, type ToldPlan } from '../../../src/core/incidents/plans.ts';
import { occurrencesOf, repetitionOf } from '../../../src/core/incidents/recurrence.ts';
import { DAY, iso, MINUTE, parseInstant } from '../../../src/core/model/time.ts';
import { compose } from '../../../src/core/page/compose.ts';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { maintenanceIcs } from '../../../src/web/feeds/calendar.ts';
import { site } from '../../makers.ts';
import { at, NOW, snapshot } from '../tiny-snapshots.ts';
import { facts, moved } from './snapshot-with-news.ts';

describe('the calendar', () => {
  const events = (text: string) =>
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(each => new ICAL.Event(each));
  const byTitle = (title: string) => events(maintenanceIcs(facts())).find(event => event.summary === title)!;

  it('is read back: when, what, where', () => {
    const event = byTitle('Move, of; servers');
    expect(event.startDate.toJSDate()).toEqual(new Date(at('20:00:00')));
    expect(event.endDate.toJSDate()).toEqual(new Date(at('21:00:00')));
    expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
    expect(event.sequence).toBe(1);
    expect(event.description).toBe('Affects: Database\n\nScheduled: Later.\n\nScheduled: At night.');
    const value = (name: string) => String(event.component.getFirstPropertyValue(name));
    expect(value('url')).toBe('https://status.acme.io/status/incidents/move');
    expect(value('status')).toBe('CONFIRMED');
    expect(value('transp')).toBe('TRANSPARENT');
    expect(value('dtstamp')).toBe('2026-11-23T08:30:00Z');
  });

  it('cancels what never began, and shortens what ended early', () => {
    expect(byTitle('off').component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(byTitle('early').component.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(byTitle('early').endDate.toJSDate()).toEqual(new Date(at('06:00:00')));
  });

  it('is narrowed to a component, empty without maintenance, and named', () => {
    expect(events(maintenanceIcs(facts(), 'db')).map(event => event.summary)).toEqual(['Move, of; servers']);
    expect(events(maintenanceIcs(snapshot()))).toEqual([]);
    const calendar = new ICAL.Component(ICAL.parse(maintenanceIcs(facts(), 'db')));
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe('Acme: Database maintenance');
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
  });

  it('keeps its UIDs when the page moves, and its bytes when nothing changes', () => {
    const uids = (of: Snapshot) => events(maintenanceIcs(of)).map(event => event.uid);
    expect(uids(moved())).toEqual(uids(facts()));
    expect(maintenanceIcs({ ...facts(), at: NOW + 60_000 })).toBe(maintenanceIcs(facts()));
  });

  it('has CRLF lines of at most 75 octets', () => {
    const lines = maintenanceIcs(facts()).split('\r\n');
    for (const line of lines) {
      expect(line).not.toContain('\n');
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });
});

describe('a recurring maintenance', () => {
  const read = (rule: string, start: string, sections = '', more = '') => {
    const end = iso((parseInstant(start) as number) + 90 * MINUTE);
    const head = `title: Upkeep\nstatus: scheduled\nscheduled_start: ${start}\nscheduled_end: ${end}\nrrule: ${rule}${more}`;
    const words = `\n## Scheduled 2025-01-01 10:00 UTC\nAs every week.\n${sections}`;
    const { value, problems } = parseIncident('up.md', 'up', `---\n${head}\ncomponents: []\n---\n${words}`);
    expect(problems).toEqual([]);
    return value!;
  };
  const calendarAt = (
    file: ReturnType<typeof read>,
    now: number,
    timezone = 'UTC',
    plans: readonly ToldPlan[] = [],
  ) =>
    maintenanceIcs(
      compose(
        {
          site: { ...site(), timezone },
          plans,
          incidents: occurrencesOf(file, now, timezone),
          unfiled: new Set(),
          measured: new Map(),
          networkDownSince: null,
          problems: [],
          revision: 'r',
        },
        now,
      ),
    );
  const vevents = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  /** Every beginning and end a calendar program draws, until `last`. */
  function drawn(text: string, last: number): string[] {
    const all = vevents(text);
    const found: string[] = [];
    for (const one of all.filter(each => !each.hasProperty('recurrence-id'))) {
      const event = new ICAL.Event(one, {
        exceptions: all.filter(
          each =>
            each.hasProperty('recurrence-id') &&
            each.getFirstPropertyValue('uid') === new ICAL.Event(one).uid,
        ),
      });
      if (!event.isRecurring()) {
        found.push(`${iso(event.startDate.toJSDate().getTime())} ${iso(event.endDate.toJSDate().getTime())}`);
        continue;
      }
      const moments = event.iterator();
      // In a night in which the clocks change, the rule's moment is another than that of the exception for it.
      for (let at = moments.next(); at && at.toJSDate().getTime() <= last + DAY; at = moments.next()) {
        const { startDate, endDate } = event.getOccurrenceDetails(at);
        if (startDate.toJSDate().getTime() > last) continue;
        found.push(`${iso(startDate.toJSDate().getTime())} ${iso(endDate.toJSDate().getTime())}`);
      }
    }
    return found.sort();
  }
  const ours = (file: ReturnType<typeof read>, now: number, last: number, zone = 'UTC') =>
    occurrencesOf(file, now, zone)
      .filter(({ scheduled }) => scheduled!.start <= last)
      .map(({ scheduled }) => `${iso(scheduled!.start)} ${iso(scheduled!.end)}`)
      .sort();

  const days = fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], { minLength: 1, maxLength: 3 });
  const shape = fc.oneof(
    fc.constant('FREQ=DAILY'),
    days.map(list => `FREQ=WEEKLY;BYDAY=${list}`),
    fc.constant('FREQ=WEEKLY'),
    fc.tuple(fc.constantFrom(1, 2, 3, 4, -1), days).map(([n, [day]]) => `FREQ=MONTHLY;BYDAY=${n}${day}`),
    fc.constantFrom(1, 15, 31, -1).map(day => `FREQ=MONTHLY;BYMONTHDAY=${day}`),
    fc.constant('FREQ=MONTHLY'),
    fc.constantFrom(2, 3, 10).map(month => `FREQ=YEARLY;BYMONTH=${month};BYMONTHDAY=5`),
  );
  const end = fc.oneof(
    fc.constant(''),
    fc.integer({ min: 1, max: 20 }).map(count => `;COUNT=${count}`),
    fc.integer({ min: 5, max: 500 }).map(day => {
      const until = iso(Date.UTC(2025, 1, 1) + day * DAY).replace(/[-:]/g, '');
      return `;UNTIL=${until}`;
    }),
  );
  it('is one event with its rule, and other programs draw the occurrences that the page shows', () => {
    fc.assert(
      fc.property(
        shape,
        fc.integer({ min: 1, max: 3 }),
        end,
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 300 }),
        (rule, interval, stop, day, later) => {
          const start = Date.UTC(2025, 1, 1) + day * DAY + 2 * 60 * MINUTE;
          const file = read(`${rule};INTERVAL=${interval}${stop}`, iso(start));
          const now = start + later * DAY;
          const last = now + 35 * DAY;
          const text = calendarAt(file, now);
          expect(drawn(text, last)).toEqual(ours(file, now, last));
          const wanted = !repetitionOf(file) || repetitionOf(file)!.at === start ? 1 : 2;
          expect(vevents(text)).toHaveLength(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Chatham',
    'Africa/Casablanca',
    'America/Sao_Paulo',
    'Africa/Cairo',
  ];
  it('is drawn by other programs at the same moments in every zone, over all changes of the clocks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        shape,
        end,
        // Every half hour of a year: also those that do not exist, or exist twice, and windows over a change.
        fc.integer({ min: 0, max: 2 * 24 * 365 }),
        fc.integer({ min: 0, max: 300 }),
        (zone, rule, stop, half, later) => {
          const start = Date.UTC(2025, 1, 1) + half * 30 * MINUTE;
          const file = read(`${rule}${stop}`, iso(start));
          const now = start + later * DAY;
          const last = now + 35 * DAY;
          expect(drawn(calendarAt(file, now, zone), last)).toEqual(ours(file, now, last, zone));
        },
      ),
      { numRuns: 300, examples: [['Africa/Casablanca', 'FREQ=DAILY', '', 6242, 214]] },
    );
  });

  it.each(ZONES.slice(1))('defines %s as it is, for years', zone => {
    const file = read('FREQ=WEEKLY', '2025-02-02T02:00:00Z');
    const text = calendarAt(file, Date.UTC(2025, 2, 1), zone);
    const defined = new ICAL.Timezone(
      new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vtimezone') as ICAL.Component,
    );
    expect(defined.tzid).toBe(zone);
    const print = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2032, 0, 1); at += 31 * 60 * MINUTE) {
      const wall = print.format(at).replace(' ', 'T');
      const clock = ICAL.Time.fromDateTimeString(wall);
      clock.zone = defined;
      const read = clock.toUnixTime() * 1000;
      // A wall time may exist twice.
      expect([wall, [0, 30, 60].includes(Math.abs(at - read) / MINUTE)]).toEqual([wall, true]);
      if (read !== at) expect(print.format(read)).toBe(print.format(at));
    }
    expect(vevents(text)[0]!.getFirstProperty('dtstart')!.getParameter('tzid')).toBe(zone);
  });

  it('keeps yearly changes as a rule, which is all that many programs read', () => {
    const file = read('FREQ=WEEKLY', '2025-02-02T02:00:00Z');
    const rules = (zone: string) =>
      calendarAt(file, Date.UTC(2025, 2, 1), zone)
        .split('\r\n')
        .filter(line => line.startsWith('RRULE:FREQ=YEARLY'));
    expect(rules('Europe/Berlin')).toEqual([
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
    ]);
    expect(rules('America/New_York')).toEqual([
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
      'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU',
    ]);
  });

  it('has the zone of its file before that of the site, and the site’s without one', () => {
    const own = read('FREQ=WEEKLY', '2025-02-02T02:00:00Z', '', '\ntimezone: europe/berlin');
    const lines = calendarAt(own, Date.UTC(2025, 1, 20), 'America/New_York').split('\r\n');
    expect(lines).toContain('DTSTART;TZID=Europe/Berlin:20250202T030000');
    expect(lines.filter(line => line.startsWith('TZID:'))).toEqual(['TZID:Europe/Berlin']);
    expect(calendarAt(own, Date.UTC(2025, 1, 20))).toContain('TZID:Europe/Berlin');
  });

  it('strikes out what was deleted, a series too, and raises SEQUENCE with a move', () => {
    const file = read('FREQ=WEEKLY', '2025-02-02T02:00:00Z');
    const berlin = { ...site(), timezone: 'Europe/Berlin' };
    const now = Date.UTC(2025, 1, 20);
    const first = plansNow([], [file], berlin, now, true);
    const there = vevents(calendarAt(file, now, 'Europe/Berlin', first))[0]!;
    const moved = { ...file, scheduled: { ...file.scheduled!, start: file.scheduled!.start - 60 * MINUTE } };
    const second = plansNow(first, [moved], berlin, now + DAY, true);
    const after = vevents(calendarAt(moved, now + DAY, 'Europe/Berlin', second))[0]!;
    const of = (event: ICAL.Component, name: string) => String(event.getFirstPropertyValue(name));
    expect(of(after, 'uid')).toBe(of(there, 'uid'));
    expect([of(there, 'sequence'), of(after, 'sequence')]).toEqual(['0', '1']);
    expect([of(after, 'dtstart'), of(after, 'dtstamp')]).toEqual([
      '2025-02-02T02:00:00',
      '2025-02-21T00:00:00Z',
    ]);
    const gone = plansNow(second, [], berlin, now + 2 * DAY, true);
    const other = read('FREQ=DAILY', '2025-02-02T02:00:00Z', '', '\ntimezone: Asia/Kathmandu');
    const text = calendarAt({ ...other, id: 'other' }, now + 3 * DAY, 'Europe/Berlin', gone);
    const struck = vevents(text).find(event => of(event, 'uid') === of(there, 'uid'))!;
    expect([of(struck, 'status'), of(struck, 'sequence'), of(struck, 'rrule')]).toEqual([
      'CANCELLED',
      '2',
      'FREQ=WEEKLY',
    ]);
    expect(of(struck, 'dtstart')).toBe('2025-02-02T02:00:00');
    expect(text.match(/^TZID:.*$/gm)).toEqual(['TZID:Asia/Kathmandu', 'TZID:Europe/Berlin']);
  });

  it('has exceptions where more was written, struck out where it was called off', () => {
    const sections = [
      '## Completed 2025-02-09 02:20 UTC\nDone early.',
      '## Completed 2025-02-16 04:00 UTC\nIt took longer.',
      '## Verifying 2025-02-23 02:30 UTC\nLooking.',
    ];
    const file = read('FREQ=WEEKLY', '2025-02-02T02:00:00Z', `\n${sections.join('\n\n')}\n`);
    const now = parseInstant('2025-02-26T00:00:00Z') as number;
    const text = calendarAt(file, now);
    expect(drawn(text, parseInstant('2025-03-03T00:00:00Z') as number)).toEqual([
      '2025-02-02T02:00:00Z 2025-02-02T03:30:00Z',
      '2025-02-09T02:00:00Z 2025-02-09T02:20:00Z',
      '2025-02-16T02:00:00Z 2025-02-16T04:00:00Z',
      '2025-02-23T02:00:00Z 2025-02-23T03:30:00Z',
      '2025-03-02T02:00:00Z 2025-03-02T03:30:00Z',
    ]);
    const all = vevents(text);
    expect(all).toHaveLength(4);
    expect(new Set(all.map(each => each.getFirstPropertyValue('uid'))).size).toBe(1);
    expect(all.map(each => each.getFirstPropertyValue('sequence'))).toEqual([3, 3, 3, 3]);
    const looked = all.find(each =>
      String(each.getFirstPropertyValue('recurrence-id')).startsWith('2025-02-23'),
    );
    expect(looked!.getFirstPropertyValue('description')).toContain('Verifying: Looking.');
  });

  it('is CANCELLED where its file says that it was over before it began', () => {
    const head = `title: Off\nstatus: completed\nscheduled_start: 2025-02-02T02:00:00Z\nscheduled_end: 2025-02-02T03:00:00Z`;
    const words =
      '\n## Scheduled 2025-01-01 10:00 UTC\nSoon.\n\n## Completed 2025-01-20 10:00 UTC\nCalled off.\n';
    const file = parseIncident('off.md', 'off', `---\n${head}\ncomponents: []\n---\n${words}`).value!;
    const [one] = vevents(calendarAt(file, parseInstant('2025-01-21T00:00:00Z') as number));
    expect(one!.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(one!.getFirstPropertyValue('sequence')).toBe(1);
  });
});
