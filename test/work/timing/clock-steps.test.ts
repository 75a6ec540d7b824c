// Steps of the wall clock: what is one, what is none, and what is said of it for how long.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { ClockSteps } from '../../../src/work/timing/clock-steps.ts';

function clocks() {
  let wall = Date.UTC(2026, 10, 29, 12);
  let grown = 1000;
  /** The process is stopped for so long while it reads the clocks. */
  let stopped = 0;
  const told: number[] = [];
  const logged: string[] = [];
  const clock = () => {
    [wall, grown, stopped] = [wall + stopped, grown + stopped, 0];
    return wall;
  };
  const monotonic = () => grown;
  const steps = new ClockSteps({
    clock,
    monotonic,
    log: { debug() {}, info() {}, error() {}, warn: (_fields, message) => void logged.push(message) },
  });
  steps.listen(by => void told.push(by));
  return {
    steps,
    told,
    logged,
    pass(ms: number, by = ms) {
      grown += ms;
      wall += by;
      steps.look();
    },
    stopWhileReading(ms: number) {
      stopped = ms;
    },
  };
}

describe('a step of the wall clock', () => {
  test.each([
    [-3 * SECOND, 'set back by 3 seconds'],
    [-10 * MINUTE, 'set back by 10 minutes, from 2026-11-29T12:00:01Z to 2026-11-29T11:50:01Z'],
    [-10 * 365 * DAY, 'set back by 3650 days'],
    [3 * SECOND, 'went forward by 3 seconds'],
    [8 * HOUR, 'went forward by 8 hours, from 2026-11-29T12:00:01Z to 2026-11-29T20:00:01Z'],
    [10 * 365 * DAY, 'went forward by 3650 days'],
  ])('of %d ms is told once, logged, and a problem for ten minutes', (by, said) => {
    const { pass, steps, told, logged } = clocks();
    pass(SECOND, SECOND + by);
    pass(SECOND);
    expect(told).toEqual([by]);
    expect(logged).toEqual([expect.stringContaining(said)]);
    expect(steps.problems()).toMatchObject([
      { level: 'warning', where: 'clock', what: expect.stringContaining(said) },
    ]);
    pass(10 * MINUTE - 2 * SECOND);
    expect(steps.problems()).toHaveLength(1);
    pass(2 * SECOND);
    expect(steps.problems()).toEqual([]);
  });

  test('is none: time that passes, a long stop, a clock led slowly, a stop between two readings', () => {
    const { pass, told, stopWhileReading } = clocks();
    for (const ms of [SECOND, 9 * SECOND, 8 * HOUR]) pass(ms);
    for (let i = 0; i < 10_000; i++) pass(SECOND, SECOND + (i < 5000 ? 1 : -1));
    stopWhileReading(9 * SECOND);
    pass(SECOND);
    pass(SECOND);
    expect(told).toEqual([]);
  });

  test('there and back again are two, and both stand', () => {
    const { pass, told, steps } = clocks();
    pass(SECOND, SECOND + HOUR);
    pass(MINUTE, MINUTE - HOUR);
    expect(told).toEqual([HOUR, -HOUR]);
    expect(steps.problems()).toMatchObject([
      { what: expect.stringContaining('went forward by 1 hour') },
      { what: expect.stringContaining('set back by 1 hour') },
    ]);
    pass(9 * MINUTE);
    expect(steps.problems()).toHaveLength(1);
  });

  test('of many the five largest stand, a small one hides no large one', () => {
    const { pass, steps, logged } = clocks();
    pass(SECOND, SECOND - DAY);
    for (const size of [5, 6, 7, 8, 9, 4]) pass(SECOND, SECOND - size * SECOND);
    expect(logged).toHaveLength(7);
    expect(steps.problems().map(({ what }) => /by (.+?), /.exec(what)?.[1])).toEqual([
      '1 day',
      '6 seconds',
      '7 seconds',
      '8 seconds',
      '9 seconds',
    ]);
  });
});
