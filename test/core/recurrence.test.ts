// Recurring maintenance: its occurrences, and the notices ahead of each.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/core/incident.ts';
import { parseIncident } from '../../src/core/incident-file.ts';
import { noticesOf, stateAt } from '../../src/core/maintenance.ts';
import { announcements } from '../../src/core/notification.ts';
import { occurrencesOf, readRule } from '../../src/core/recurrence.ts';
import { DAY, HOUR, iso, MINUTE, parseInstant } from '../../src/core/time.ts';

const at = (text: string) => parseInstant(text) as number;

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
      'db 2026-11-08T02:00:00Z-1440m This maintenance begins in 24 hours.',
    ]);
  });

  test('a server that slept through the first notice sends the second alone', () => {
    expect(mailed('2026-11-08T01:30:00Z', [maintenance()])).toEqual([
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
    const [notice] = noticesOf(maintenance(), [90 * MINUTE], at('2026-11-08T01:00:00Z'));
    expect(notice?.body).toBe('This maintenance begins in 90 minutes.');
    expect(noticesOf(maintenance(), [2 * DAY], at('2026-11-07T01:00:00Z'))[0]?.body).toContain('2 days');
  });
});
