// Cron expressions: which are read, when they fire, what none of it depends on, and what it costs.
import { afterEach, describe, expect, test } from 'vitest';
import { faultOfCron, nextFiring, roughPeriod } from '../../../../src/core/model/checks/cron.ts';
import {
  DAY,
  HOUR,
  iso,
  MINUTE,
  type Millis,
  parseInstant,
  SECOND,
} from '../../../../src/core/model/time.ts';
import { ownTime } from '../../../own-time.ts';

const at = (text: string) => parseInstant(text) as Millis;
const firings = (expression: string, from: string, count: number) => {
  const found: string[] = [];
  for (let next: Millis | null = at(from); found.length < count; ) {
    next = nextFiring(expression, next as Millis);
    if (next === null) break;
    found.push(iso(next).replace(/(?:T00:00)?:00Z$/, ''));
  }
  return found;
};

describe('what is read', () => {
  // 29 November 2026 is a Sunday.
  test.each([
    ['* * * * *', '2026-11-29T00:00:30Z', ['2026-11-29T00:01', '2026-11-29T00:02']],
    ['30 * * * * *', '2026-11-29T00:00:30Z', ['2026-11-29T00:01:30Z']],
    ['*/20 * * * *', '2026-11-29T00:00:30Z', ['2026-11-29T00:20', '2026-11-29T00:40', '2026-11-29T01:00']],
    [
      '1-5/2,40 * * * *',
      '2026-11-29T00:00:30Z',
      ['2026-11-29T00:01', '2026-11-29T00:03', '2026-11-29T00:05', '2026-11-29T00:40'],
    ],
    [
      '0 22-2 * * *',
      '2026-11-29T00:30:00Z',
      ['2026-11-29T01:00', '2026-11-29T02:00', '2026-11-29T22:00', '2026-11-29T23:00', '2026-11-30'],
    ],
    ['58-3/2 * * * *', '2026-11-29T00:00:30Z', ['2026-11-29T00:02', '2026-11-29T00:58', '2026-11-29T01:00']],
    ['*/90 * * * *', '2026-11-29T00:30:00Z', ['2026-11-29T01:00', '2026-11-29T02:00']],
    ['0 0 * * FRI-MON', '2026-11-29T00:00:00Z', ['2026-11-30', '2026-12-04', '2026-12-05', '2026-12-06']],
    ['0 0 * * mon', '2026-11-29T00:00:00Z', ['2026-11-30', '2026-12-07']],
    ['0 0 * * Monday,wednesday', '2026-11-29T00:00:00Z', ['2026-11-30', '2026-12-02']],
    ['0 0 * * 7', '2026-11-29T00:00:00Z', ['2026-12-06']],
    ['0 0 * * 1-7', '2026-11-28T00:00:00Z', ['2026-11-29', '2026-11-30']],
    [
      '0 0 1 nov-February *',
      '2026-11-29T00:00:00Z',
      ['2026-12-01', '2027-01-01', '2027-02-01', '2027-11-01'],
    ],
    ['0 0 1 MAY,june *', '2026-11-29T00:00:00Z', ['2027-05-01', '2027-06-01']],
    ['0 0 L * *', '2026-11-29T00:00:00Z', ['2026-11-30', '2026-12-31']],
    ['0 0 L-3 * *', '2026-02-01T00:00:00Z', ['2026-02-25', '2026-03-28']],
    ['0 0 LW * *', '2026-10-01T00:00:00Z', ['2026-10-30']],
    ['0 0 15W * *', '2026-11-01T00:00:00Z', ['2026-11-16']],
    ['0 0 * * 5L', '2026-11-29T00:00:00Z', ['2026-12-25']],
    ['0 0 * * TUE#1', '2026-11-29T00:00:00Z', ['2026-12-01', '2027-01-05']],
    // A day of the month or a day of the week: either, as in every cron.
    ['0 0 13 * FRI', '2026-12-01T00:00:00Z', ['2026-12-04', '2026-12-11', '2026-12-13']],
    ['0 0 31 2 MON', '2026-11-29T00:00:00Z', ['2027-02-01']],
    ['0 0 29 2 *', '2026-11-29T00:00:00Z', ['2028-02-29', '2032-02-29']],
  ])('%s', (expression, from, expected) => {
    expect([faultOfCron(expression), firings(expression, from, expected.length)]).toEqual([null, expected]);
  });

  test.each([
    '',
    'every minute',
    '@daily',
    '* * * *',
    '* * * * * * *',
    '60 * * * *',
    '0 24 * * *',
    '0 0 32 * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * 0 *',
    '0 0 * * 8',
    '0 0 * * 9-1',
    '*/0 * * * *',
    '5-1/0 * * * *',
    '*/2/2 * * * *',
    '1,,2 * * * *',
    'H * * * *',
    '-5 * * * *',
    '+5 * * * *',
    '1.5 * * * *',
    '0 0 * * mondays',
    '0 0 MON * *',
    '0 0 1 1 * 2027',
    '0 0 L-40 * * x',
  ])('not %j', expression => {
    expect(faultOfCron(expression)).toBe('shape');
  });

  test.each(['0 0 31 2 *', '0 0 31 4,6 *', '0 0 30 feb *', '0 0 0 31 11 *'])('%s never fires', expression => {
    expect([faultOfCron(expression), nextFiring(expression, at('2026-11-29T00:00:00Z'))]).toEqual([
      'never',
      null,
    ]);
  });
});

test.each([
  ['* * * * *', MINUTE],
  ['*/5 * * * *', 5 * MINUTE],
  ['0,30 * * * *', 30 * MINUTE],
  ['*/5 9-17 * * 1-5', 5 * MINUTE],
  ['0 9-17 * * *', HOUR],
  ['0 22-2 * * *', HOUR],
  ['0 * * * *', HOUR],
  ['0 */6 * * *', 6 * HOUR],
  ['0 3 * * *', DAY],
  ['0 3 * * 1', 7 * DAY],
  ['0 3 * * MON-FRI', 7 * DAY],
  ['0 3 1 * *', 7 * DAY],
  ['0 0 29 2 *', 7 * DAY],
  ['0 0 31 2 *', 7 * DAY],
  ['*/10 * * * * *', 10 * SECOND],
  ['30 * * * * *', MINUTE],
  ['* * * * * *', SECOND],
])('%s fires roughly every %d ms', (cron, period) => {
  expect(roughPeriod(cron)).toBe(period);
});

describe('the zone of the machine', () => {
  const before = process.env.TZ;
  afterEach(() => {
    // A variable set to undefined is the word "undefined".
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  // Around each of these the local clock jumps: by an hour, by half of one, at midnight, by a whole day.
  test.each([
    ['Europe/Rome', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['America/Havana', '2026-11-01T05:00:00Z'],
    ['Asia/Beirut', '2026-10-24T21:00:00Z'],
    ['Africa/Cairo', '2026-10-29T21:00:00Z'],
    ['America/Santiago', '2026-04-05T03:00:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('%s changes nothing', (zone, shift) => {
    const expressions = [
      '* * * * *',
      '*/7 * * * * *',
      '30 2 * * *',
      '0 0 * * *',
      '15 1,2 25 * 0',
      '0 0 L * *',
    ];
    const moments = Array.from({ length: 50 }, (_, i) => at(shift) + (i - 25) * 5 * MINUTE + 25 * SECOND);
    const all = () => expressions.map(one => moments.map(moment => nextFiring(one, moment)));
    process.env.TZ = 'UTC';
    const expected = all();
    process.env.TZ = zone;
    expect(new Date(at(shift) - DAY).getTimezoneOffset()).not.toBe(
      new Date(at(shift) + DAY).getTimezoneOffset(),
    );
    expect(all()).toEqual(expected);
  });
});

test('a firing far away costs no more than a near one', () => {
  const took = ownTime(() => {
    for (let i = 0; i < 200; i++) nextFiring('0 0 29 2 *', at('2026-11-29T00:00:00Z') + i * HOUR);
  });
  expect(took / 200).toBeLessThan(5);
});
