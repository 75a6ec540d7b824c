// The watchdog by hand-moved clocks: what is called stalled, when, and what never is.
import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { roughPeriod } from '../../../src/core/model/checks/cron.ts';
import type { Component } from '../../../src/core/model/component.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../../../src/core/model/time.ts';
import { offsetOf } from '../../../src/core/monitoring/schedule-jitter.ts';
import { Watchdog } from '../../../src/work/monitoring/watchdog.ts';
import { component, snapshot, view } from '../../makers.ts';

/** A Tuesday. */
const T0 = Date.UTC(2026, 2, 10, 12);

function watching(of: Component, { checkedAt = T0 }: { checkedAt?: Millis | null } = {}) {
  let [wall, grown, stood] = [T0, 5000, 0];
  const rung: Millis[] = [];
  const dog = new Watchdog({
    clock: () => wall,
    monotonic: () => grown,
    awake: () => grown - stood,
    ring: () => rung.push(wall),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const shown = snapshot([{ ...view(of, 'operational', { at: T0 }), checkedAt, ...lookedAt(checkedAt) }]);
  return {
    dog,
    rung,
    now: () => wall,
    pass(millis: Millis) {
      wall += millis;
      grown += millis;
    },
    stand(millis: Millis) {
      stood += millis;
    },
    step(millis: Millis) {
      wall += millis;
    },
    /** `well`, `waits` (no data, nothing claimed), or `stalled`. */
    state() {
      dog.rounded();
      const { components } = dog.judged(shown);
      const { health, stall } = components[0]!;
      if (!stall) return health === 'operational' ? 'well' : health;
      expect(health).toBe('no_data');
      return stall.isInterrupted ? 'stalled' : 'waits';
    },
    shown: () => dog.judged(shown),
  };
}

const lookedAt = (at: Millis | null) => (at === null ? {} : { lastRun: { at, took: 0 } });

const http = (schedule = '* * * * *', timeout = '10s') =>
  component('api', {
    schedule,
    check: checkSchema.parse({ type: 'http', url: 'https://api.example', timeout }),
  });

/** When a component's looks fall due after a moment, the first `count` of them. */
function dueAfter({ id, schedule }: Component, at: Millis, count: number): Millis[] {
  const offset = offsetOf(id, schedule);
  const cron = new Cron(schedule, { timezone: 'UTC', paused: true, domAndDow: true });
  return cron.nextRuns(count, new Date(at - offset)).map(run => run.getTime() + offset);
}

const SCHEDULES = [
  '* * * * *',
  '*/5 * * * *',
  '*/10 * * * * *',
  '* * * * * *',
  '*/5 9-17 * * *',
  '*/5 9-17 * * 1-5',
  '0,1 * * * *',
  '0 0,1,2 * * *',
  '0 3 * * *',
  '0 3 * * 1',
  '0 3 1 * *',
  '59 23 31 12 *',
];

describe('a stall', () => {
  test.each(SCHEDULES)('of "%s" is two periods after the last look, ten seconds at least', schedule => {
    const of = http(schedule);
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    const second = dueAfter(of, T0, 2)[1]! - T0;
    watch.pass(Math.max(second, 2 * roughPeriod(schedule), 10 * SECOND));
    expect(watch.state()).toBe('well');
    watch.pass(1);
    expect(watch.state()).toBe('stalled');
  });

  test('of a check each minute begins after 2 minutes, to the second', () => {
    const of = http();
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    watch.pass(2 * MINUTE);
    expect(watch.state()).toBe('well');
    watch.pass(1);
    expect(watch.state()).toBe('stalled');
    watch.dog.ended(of, 0, 'well');
    expect(watch.state()).toBe('well');
    expect(watch.rung).toHaveLength(1);
  });

  test.each([
    ['before the first look ended, whatever the timeout', null, '5m', 10 * SECOND],
    ['after a quick look, whatever the timeout', 100, '5m', 10 * SECOND],
    ['after a look of half a period', 2.5 * SECOND, '60s', 10 * SECOND],
    [
      'after a look that took as long as the period',
      5 * SECOND,
      '60s',
      5 * SECOND + 5 * SECOND + 10 * SECOND,
    ],
    ['after a look that timed out', 60 * SECOND, '60s', 5 * SECOND + 60 * SECOND + 10 * SECOND],
  ])('of a check each five seconds %s', (_, took, timeout, limit) => {
    const of = http('*/5 * * * * *', timeout);
    const watch = watching(of, { checkedAt: took === null ? null : T0 });
    if (took === null) watch.state();
    else watch.dog.ended(of, took, 'well');
    watch.pass(limit);
    expect(watch.state()).toBe('well');
    watch.pass(1);
    expect(watch.state()).toBe('stalled');
  });

  test('of a schedule that never fires again there is none', () => {
    const of = http('0 0 30 2 *');
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    watch.pass(800 * DAY);
    expect(watch.state()).toBe('well');
  });

  test('a healthy check is never called stalled, whatever its schedule, while looks end within a period or take not much longer than the last', () => {
    const look = fc.record({
      longer: fc.integer({ min: 0, max: 10 * SECOND }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEDULES),
        fc.integer({ min: 0, max: 3 * MINUTE }),
        fc.array(look, { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 0, max: 30 * DAY }),
        (schedule, first, looks, at) => {
          const of = http(schedule, '5m');
          const watch = watching(of);
          watch.pass(at);
          watch.dog.ended(of, first, 'well');
          let last = first;
          for (const { longer, part } of looks) {
            // What fell due while a look ran is not made up for.
            const [due, second] = dueAfter(of, watch.now(), 2) as [Millis, Millis];
            const period = Math.min(second - due, roughPeriod(schedule));
            const most = 2 * last > second - due ? last + longer : period;
            last = Math.floor(part * Math.max(most, period));
            watch.pass(due - watch.now() + last);
            expect(watch.state()).toBe('well');
            watch.dog.ended(of, last, 'well');
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is old and no stall', () => {
  test('a pause of our own: waits for the next look, and is a stall when that does not end', () => {
    const of = http();
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    watch.pass(HOUR);
    watch.stand(HOUR);
    expect(watch.state()).toBe('waits');
    watch.pass(2 * MINUTE);
    expect(watch.state()).toBe('waits');
    watch.pass(SECOND);
    expect(watch.state()).toBe('stalled');
  });

  test.each([DAY, -DAY])('the wall clock stepped by %d ms', by => {
    const of = http();
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    watch.step(by);
    expect(watch.state()).toBe('well');
    watch.pass(5 * MINUTE);
    expect(watch.state()).toBe('stalled');
  });

  test.each([
    [0, 'well'],
    [2 * MINUTE, 'well'],
    [3 * MINUTE, 'waits'],
    [DAY, 'waits'],
    // From a clock that was wrong: how long ago nobody knows.
    [-DAY, 'waits'],
    [-10 * SECOND, 'waits'],
  ])('at a start, what the database saw %d ms ago', (ago, state) => {
    expect(watching(http(), { checkedAt: T0 - ago }).state()).toBe(state);
  });

  test.each([
    ['*/5 * * * * *', '60s', 10 * SECOND, 'well'],
    ['*/5 * * * * *', '60s', 11 * SECOND, 'waits'],
    ['0 3 * * 1', '10s', -DAY, 'waits'],
    ['0 3 * * 1', '10s', -1, 'well'],
  ])(
    'at a start, the age of the last look counts, not the timeout: "%s", %s, %d ms ago',
    (schedule, timeout, ago, state) => {
      expect(watching(http(schedule, timeout), { checkedAt: T0 - ago }).state()).toBe(state);
    },
  );

  test('the database is read only later: what it says is as old as it is', () => {
    const of = http();
    const watch = watching(of);
    const empty = snapshot([{ ...view(of, 'no_data', { at: T0 }), checkedAt: null }]);
    watch.dog.judged(empty);
    const late = snapshot([{ ...view(of, 'operational', { at: T0 }), lastRun: { at: T0 - DAY, took: 0 } }]);
    expect(watch.dog.judged(late).components[0]?.health).toBe('no_data');
  });

  test('a look that failed, or told nothing, leaves in doubt what was; one that answered well renews it', () => {
    const of = http();
    const watch = watching(of);
    watch.dog.ended(of, 0, 'well');
    watch.dog.ended(of, 0, 'bad');
    expect([watch.dog.doubts(of), watch.state()]).toEqual([false, 'well']);
    watch.pass(5 * MINUTE);
    expect([watch.dog.doubts(of), watch.state()]).toEqual([true, 'stalled']);
    watch.dog.ended(of, 0, 'bad');
    expect(watch.state()).toBe('stalled');
    watch.pass(MINUTE);
    watch.dog.ended(of, 0, 'bad');
    expect([watch.dog.doubts(of), watch.state()]).toEqual([true, 'stalled']);
    watch.pass(5 * MINUTE);
    expect(watch.state()).toBe('stalled');
    watch.dog.ended(of, 0, 'well');
    expect([watch.dog.doubts(of), watch.state()]).toEqual([false, 'well']);
  });

  test('another schedule does not make well what is in doubt', () => {
    const often = http('*/10 * * * * *');
    const watch = watching(http('0 3 * * *'));
    watch.dog.judged(snapshot([{ ...view(often, 'operational', { at: T0 }), ...lookedAt(T0) }]));
    watch.pass(HOUR);
    expect(watch.state()).toBe('waits');
  });

  test('another schedule in status.yaml begins anew', () => {
    const daily = http('0 3 * * *');
    const watch = watching(daily);
    watch.dog.ended(daily, 0, 'well');
    watch.pass(10 * HOUR);
    const often = snapshot([{ ...view(http(), 'operational', { at: T0 }), checkedAt: T0 }]);
    watch.dog.rounded();
    expect(watch.dog.judged(often).components[0]?.stall).toBeUndefined();
    watch.pass(3 * MINUTE);
    expect(watch.dog.judged(often).components[0]?.stall).toMatchObject({ isInterrupted: true });
  });

  test.each([
    ['manual', component('api', { check: checkSchema.parse({ type: 'manual' }) })],
    ['not configured', component('api', { check: checkSchema.parse({ type: 'http', url: '' }) })],
  ])('what nobody looks at: %s', (_, of) => {
    const watch = watching(of);
    watch.pass(DAY);
    expect(watch.state()).toBe('well');
  });
});

describe('what is shown of it', () => {
  test('the worse state that is known stays; what is well, and its group, is no data; the same Snapshot comes back after it', () => {
    const [api, web, db] = ['api', 'web', 'db'].map(id => ({ ...http(), id, name: id, group: 'Platform' }));
    const rows = [
      view(api!, 'major_outage', { since: T0 }),
      view(web!, 'operational'),
      view(db!, 'degraded_performance'),
    ];
    const watch = watching(http());
    const shown = snapshot(rows.map(row => ({ ...row, checkedAt: T0 })));
    watch.dog.rounded();
    expect(watch.dog.judged(shown)).toBe(shown);
    watch.pass(5 * MINUTE);
    watch.dog.rounded();
    const judged = watch.dog.judged(shown);
    expect(judged.components.map(({ health }) => health)).toEqual([
      'major_outage',
      'no_data',
      'degraded_performance',
    ]);
    expect(judged.overall).toMatchObject({
      state: 'major_outage',
      interrupted: { names: ['api', 'web', 'db'], since: T0 },
    });
    expect(judged.version).not.toBe(shown.version);
    expect(judged.problems).toHaveLength(3);
    for (const of of [api!, web!, db!]) watch.dog.ended(of, 0, 'well');
    expect(watch.dog.judged(shown)).toBe(shown);
  });

  test('one of a group of others that are well makes it, and the overall status, no data', () => {
    const [api, web] = ['api', 'web'].map(id => ({ ...http(), id, name: id, group: 'Platform' }));
    const watch = watching(http());
    const shown = snapshot([api!, web!].map(of => ({ ...view(of, 'operational'), checkedAt: T0 })));
    watch.dog.judged(shown);
    watch.pass(5 * MINUTE);
    watch.dog.ended(web!, 0, 'well');
    watch.dog.rounded();
    const { groups, overall } = watch.dog.judged(shown);
    expect([groups[0]?.health, overall.state]).toEqual(['no_data', 'no_data']);
  });

  test('without rounds for a minute of being awake the whole page is of then', () => {
    const watch = watching(http());
    watch.pass(HOUR);
    watch.stand(HOUR);
    expect(watch.shown().overall.stalePage).toBeUndefined();
    watch.pass(MINUTE + 1);
    expect(watch.shown().overall).toMatchObject({ state: 'no_data', stalePage: T0 });
    expect(watch.shown().problems).toHaveLength(1);
    watch.dog.rounded();
    expect(watch.shown().overall.stalePage).toBeUndefined();
  });
});

describe('another target in status.yaml', () => {
  const edited = (url: string, timeout = '10s', schedule = '*/5 * * * * *') =>
    component('api', { schedule, check: checkSchema.parse({ type: 'http', url, timeout }) });
  const before = edited('https://api.example');

  /** What is shown of each second after an edit of a check that ended well right before. */
  function seconds(count: number, edits: (second: number) => Component, quiet: Millis = 0) {
    const watch = watching(before);
    watch.dog.ended(before, 0, 'well');
    watch.dog.rounded();
    for (let passed = 0; passed < quiet; passed += SECOND) {
      watch.pass(SECOND);
      watch.dog.judged(snapshot([view(before, 'operational')]));
    }
    return Array.from({ length: count }, (_, second) => {
      watch.dog.rounded();
      const { stall } = watch.dog.judged(snapshot([view(edits(second), 'operational')])).components[0]!;
      watch.pass(SECOND);
      return stall && { since: stall.since - T0, isInterrupted: stall.isInterrupted };
    });
  }

  test.each([
    ['its address', () => edited('https://other.example')],
    ['its timeout', () => edited('https://api.example', '41s')],
    ['edited again and again', (second: number) => edited(`https://${second}.example`)],
  ])('%s: no data at once, interrupted ten seconds later, since the edit', (_, edits) => {
    const shown = seconds(35, edits);
    expect(shown.slice(0, 11)).toEqual(Array(11).fill({ since: 0, isInterrupted: false }));
    expect(shown.slice(11)).toEqual(Array(24).fill({ since: 0, isInterrupted: true }));
  });

  test.each([
    ['its timeout', () => edited('https://api.example', '41s')],
    ['its schedule', () => edited('https://api.example', '10s', '*/7 * * * * *')],
    ['its schedule, too', () => edited('https://other.example', '10s', '0 3 * * *')],
    ['edited again and again', (second: number) => edited(`https://${second}.example`)],
    ['and back', (second: number) => (second === 5 ? edited('https://other.example') : before)],
  ])('what was said to be interrupted is so since then: %s', (_, edits) => {
    expect(seconds(35, edits, 20 * SECOND)).toEqual(Array(35).fill({ since: 0, isInterrupted: true }));
  });
});

test('the newest run is known to the second, whatever the page was last made with', () => {
  const of = component('api', { name: 'API' });
  const { dog, pass, now } = watching(of);
  expect(dog.newestRun()).toBeNull();
  pass(20 * SECOND);
  dog.ended(of, 5, 'well');
  const at = now();
  pass(7 * SECOND);
  expect(dog.newestRun()).toBe(at);
});
