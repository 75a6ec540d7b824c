// The calendar, read back by a library that did not write it.

import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
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
  const read = (rule: string, start: string, sections = '') => {
    const end = iso((parseInstant(start) as number) + 90 * MINUTE);
    const head = `title: Upkeep\nstatus: scheduled\nscheduled_start: ${start}\nscheduled_end: ${end}\nrrule: ${rule}`;
    const words = `\n## Scheduled 2025-01-01 10:00 UTC\nAs every week.\n${sections}`;
    const { value, problems } = parseIncident('up.md', 'up', `---\n${head}\ncomponents: []\n---\n${words}`);
    expect(problems).toEqual([]);
    return value!;
  };
  const calendarAt = (file: ReturnType<typeof read>, now: number) =>
    maintenanceIcs(
      compose(
        {
          site: site(),
          incidents: occurrencesOf(file, now),
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
      for (let at = moments.next(); at && at.toJSDate().getTime() <= last; at = moments.next()) {
        const { startDate, endDate } = event.getOccurrenceDetails(at);
        found.push(`${iso(startDate.toJSDate().getTime())} ${iso(endDate.toJSDate().getTime())}`);
      }
    }
    return found.sort();
  }
  const ours = (file: ReturnType<typeof read>, now: number, last: number) =>
    occurrencesOf(file, now)
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
          const wanted = !repetitionOf(file) || repetitionOf(file)!.start === start ? 1 : 2;
          expect(vevents(text)).toHaveLength(wanted);
        },
      ),
      { numRuns: 300 },
    );
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
