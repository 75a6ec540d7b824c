// The poller by a hand-moved clock: when checks start, how many at once, and what never happens twice.
import { describe, expect, test } from 'vitest';
import { type CheckResult, checkSchema, type ProbeResult } from '../../../src/core/model/checks/check.ts';
import type { Component } from '../../../src/core/model/component.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../../../src/core/model/time.ts';
import { offsetOf } from '../../../src/core/monitoring/schedule-jitter.ts';
import { Poll } from '../../../src/work/monitoring/poll.ts';
import { component, site } from '../../makers.ts';

const UP: ProbeResult = { outcome: 'up', latency: 5, seen: 'HTTP 200' };
const MIDNIGHT = Date.UTC(2026, 2, 10);
const http = (id: string, over: Partial<Component> = {}) =>
  component(id, { check: checkSchema.parse({ type: 'http', url: `https://${id}.example` }), ...over });

function polling(
  components: readonly Component[],
  answer: (id: string, signal: AbortSignal) => Promise<ProbeResult> = async () => UP,
  hanging: 'believe' | 'record' | null = null,
  look: (check: Component['check']) => void = () => {},
) {
  let now = MIDNIGHT;
  let grown = 0;
  const started: [id: string, at: Millis][] = [];
  const late: Millis[] = [];
  const results: CheckResult[] = [];
  const ended: string[] = [];
  const errors: string[] = [];
  let recheck: Millis | null = null;
  const idOf = (check: Component['check']) => components.find(one => one.check === check)!.id;
  const poll = new Poll({
    site: () => site({ components }),
    probe: (check, signal) => {
      look(check);
      started.push([idOf(check), now]);
      return answer(idOf(check), signal);
    },
    network: {
      believe: async (_component, result) => (hanging === 'believe' ? new Promise(() => {}) : result),
    },
    recorder: {
      async result(_component, result) {
        if (hanging === 'record') await new Promise(() => {});
        results.push(result);
        return { transitions: [], recheckAt: recheck };
      },
    },
    warnings: { ofCheck: async () => {} },
    watchdog: { doubts: () => false, ended: ({ id }) => void ended.push(id) },
    count: (_component, lateness) => void late.push(lateness),
    ring: () => {},
    clock: () => now,
    monotonic: () => grown,
    awake: () => now,
    log: { debug() {}, info() {}, warn() {}, error: (_, message) => errors.push(message) },
  });
  return {
    poll,
    started,
    late,
    results,
    ended,
    errors,
    recheckAt(at: Millis | null) {
      recheck = at;
    },
    async until(at: Millis, step = SECOND) {
      while (now < at) {
        const to = Math.min(at, now + step);
        grown += to - now;
        now = to;
        poll.startDue(now);
        await settledSoon();
      }
    },
    /** Time passes and nobody calls. */
    jump(by: Millis) {
      now += by;
      grown += by;
    },
    /** The wall clock is set, by so much. */
    set(by: Millis) {
      now += by;
    },
    now: () => now,
  };
}

/** Lets everything that needs no clock happen. */
async function settledSoon(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe('the poller', () => {
  test('looks at a new component at once, then once a period at its own second', async () => {
    const world = polling([http('api')]);
    await world.until(MIDNIGHT + SECOND);
    expect(world.started).toEqual([['api', MIDNIGHT + SECOND]]);
    await world.until(MIDNIGHT + 5 * MINUTE);
    const offset = offsetOf('api', '* * * * *');
    const own = world.started.slice(1).map(([, at]) => at);
    const first = offset > SECOND ? 0 : 1;
    expect(own).toEqual(
      [0, 1, 2, 3, 4].map(minute => MIDNIGHT + offset + (minute + first) * MINUTE).slice(0, own.length),
    );
    expect(own.length).toBeGreaterThanOrEqual(4);
  });

  test('starts the checks of one schedule at different seconds', async () => {
    const all = Array.from({ length: 200 }, (_, i) => http(`c${i}`));
    const world = polling(all);
    await world.until(MIDNIGHT + SECOND);
    world.started.length = 0;
    await world.until(MIDNIGHT + SECOND + MINUTE);
    expect(world.started).toHaveLength(200);
    const seconds = new Set(world.started.map(([, at]) => at));
    expect(seconds.size).toBeGreaterThan(50);
    expect(Math.max(...world.late)).toBe(0);
  });

  test('never runs one check twice at once, and a hanging one delays no other', async () => {
    let release = (_: ProbeResult) => {};
    const hanging = new Promise<ProbeResult>(resolve => {
      release = resolve;
    });
    const world = polling([http('slow'), http('quick')], id =>
      id === 'slow' ? hanging : Promise.resolve(UP),
    );
    await world.until(MIDNIGHT + MINUTE + 15 * SECOND);
    const count = (id: string) => world.started.filter(([of]) => of === id).length;
    expect(count('slow')).toBe(1);
    expect(count('quick')).toBeGreaterThanOrEqual(2);
    release(UP);
    await world.until(MIDNIGHT + 3 * MINUTE);
    expect(count('slow')).toBeGreaterThanOrEqual(2);
    await world.poll.close();
  });

  test('gives up a run that never ends well after its timeout, and checks again by the schedule', async () => {
    const hung: (() => void)[] = [];
    const aborted: boolean[] = [];
    const world = polling([http('api')], (_, signal) => {
      signal.addEventListener('abort', () => aborted.push(true));
      return new Promise(resolve => hung.push(() => resolve(UP)));
    });
    // Twice its timeout of 10 s and a minute.
    await world.until(MIDNIGHT + 81 * SECOND);
    expect(world.started).toHaveLength(1);
    expect(world.errors).toEqual([]);
    await world.until(MIDNIGHT + 82 * SECOND);
    expect(aborted).toEqual([true]);
    expect(world.errors).toEqual([
      'stopped waiting for a check that does not finish; the server checks again',
    ]);
    await world.until(MIDNIGHT + 4 * MINUTE);
    expect(world.started.length).toBeGreaterThanOrEqual(2);
    // One that was given up and ends after all counts for nothing.
    const left = hung.length - 1;
    hung[0]?.();
    await settledSoon();
    expect([world.results, world.ended]).toEqual([[], []]);
    hung[left]?.();
    await settledSoon();
    expect([world.results.length, world.ended]).toEqual([1, ['api']]);
  });

  test('another target is looked at at once: what still asks the old one is given up', async () => {
    const schedule = '0 0 1 1 *';
    const check = (url: string) => checkSchema.parse({ type: 'http', url, timeout: '5m' });
    const components = [http('api', { schedule, check: check('https://old.example') })];
    const ends: (() => void)[] = [];
    const aborted: number[] = [];
    const world = polling(components, (_, signal) => {
      const run = ends.length;
      signal.addEventListener('abort', () => aborted.push(run));
      return new Promise(resolve => ends.push(() => resolve(UP)));
    });
    await world.until(MIDNIGHT + 3 * SECOND);
    components[0] = http('api', { schedule, check: check('https://new.example') });
    await world.until(MIDNIGHT + 10 * SECOND);
    expect(world.started.map(([, at]) => at - MIDNIGHT)).toEqual([SECOND, 4 * SECOND]);
    expect([aborted, world.errors]).toEqual([[0], []]);
    ends[0]!();
    await settledSoon();
    expect([world.results, world.ended]).toEqual([[], []]);
    ends[1]!();
    await settledSoon();
    expect([world.results.length, world.ended]).toEqual([1, ['api']]);
  });

  test('what waits for its turn is looked at as it is when that comes', async () => {
    const [schedule, looks] = ['0 0 1 1 *', [] as Component['check'][]];
    const components = Array.from({ length: 401 }, (_, i) => http(`c${i}`, { schedule }));
    const world = polling(
      components,
      (_, signal) => new Promise(resolve => signal.addEventListener('abort', () => resolve(UP))),
      null,
      check => looks.push(check),
    );
    await world.until(MIDNIGHT + 2 * SECOND);
    const check = checkSchema.parse({ type: 'http', url: 'https://new.example' });
    components[400] = http('c400', { schedule, check });
    await world.until(MIDNIGHT + 90 * SECOND);
    expect(looks[400]).toEqual(check);
  });

  test.each(['believe', 'record'] as const)('gives up a look whose %s never ends', async where => {
    const world = polling([http('api')], undefined, where);
    await world.until(MIDNIGHT + 4 * MINUTE);
    expect(world.started.length).toBeGreaterThanOrEqual(2);
    expect(world.ended).toEqual([]);
    // Nobody waits for what was given up.
    world.jump(2 * MINUTE);
    world.poll.startDue(world.now());
  });

  test('a thousand that hang leave their places to others', async () => {
    const all = Array.from({ length: 401 }, (_, i) => http(`c${i}`, { schedule: '0 0 1 1 *' }));
    const world = polling(all, id => (id === 'c400' ? Promise.resolve(UP) : new Promise(() => {})));
    await world.until(MIDNIGHT + 81 * SECOND);
    expect(world.ended).toEqual([]);
    await world.until(MIDNIGHT + 83 * SECOND);
    expect(world.ended).toEqual(['c400']);
  });

  test('looks again at once when a pause of our own cut a look short, and only once', async () => {
    const cut: ProbeResult = {
      outcome: 'unknown',
      latency: null,
      seen: 'our own process was paused',
      paused: true,
    };
    const world = polling([http('api', { schedule: '30 * * * *' })], async () => cut);
    await world.until(MIDNIGHT + MINUTE);
    expect(world.started.map(([, at]) => at - MIDNIGHT)).toEqual([SECOND, 2 * SECOND]);
    expect(world.results).toHaveLength(2);
  });

  test('runs a bounded number at once, and the rest as soon as there is room', async () => {
    const all = Array.from({ length: 1000 }, (_, i) => http(`c${i}`));
    const waiting: (() => void)[] = [];
    const world = polling(all, () => new Promise(resolve => waiting.push(() => resolve(UP))));
    await world.until(MIDNIGHT + SECOND);
    expect(world.started).toHaveLength(400);
    world.jump(2 * SECOND);
    while (waiting.length > 0) {
      waiting.pop()?.();
      await settledSoon();
    }
    expect(world.started).toHaveLength(1000);
    // Those that had to wait were late, and it is told.
    expect(Math.max(...world.late)).toBe(2 * SECOND);
  });

  test('looks again when the judgement asks for it, and not before', async () => {
    const world = polling([http('api', { schedule: '30 * * * *' })]);
    world.recheckAt(MIDNIGHT + 11 * SECOND);
    await world.until(MIDNIGHT + SECOND);
    world.recheckAt(null);
    await world.until(MIDNIGHT + MINUTE);
    expect(world.started.map(([, at]) => at - MIDNIGHT)).toEqual([SECOND, 11 * SECOND]);
  });

  test('after a night asleep looks once, not once for each minute slept', async () => {
    const world = polling([http('api')]);
    await world.until(MIDNIGHT + MINUTE);
    world.started.length = 0;
    world.jump(8 * HOUR);
    world.poll.startDue(world.now());
    await settledSoon();
    expect(world.started).toHaveLength(1);
  });

  test('asleep over the one firing of a rare schedule, looks on waking', async () => {
    const world = polling([http('api', { schedule: '0 0 3 * * *' })]);
    await world.until(MIDNIGHT + MINUTE);
    world.started.length = 0;
    world.jump(8 * HOUR);
    world.poll.startDue(world.now());
    await settledSoon();
    expect(world.started).toEqual([['api', MIDNIGHT + MINUTE + 8 * HOUR]]);
    await world.until(world.now() + MINUTE);
    expect(world.started).toHaveLength(1);
  });

  test('set back an hour, the clock stops no check for long', async () => {
    const world = polling([http('api')]);
    await world.until(MIDNIGHT + 2 * MINUTE);
    world.set(-HOUR);
    world.started.length = 0;
    world.poll.startDue(world.now());
    await settledSoon();
    expect(world.started).toHaveLength(1);
    await world.until(MIDNIGHT - HOUR + 7 * MINUTE);
    expect(world.started.length).toBeGreaterThanOrEqual(6);
  });

  test('what is to be looked at again is, whichever way the clock is set meanwhile', async () => {
    for (const by of [-HOUR, 10 * SECOND]) {
      const world = polling([http('api', { schedule: '30 * * * *' })]);
      world.recheckAt(MIDNIGHT + 21 * SECOND);
      await world.until(MIDNIGHT + SECOND);
      world.recheckAt(null);
      await world.until(MIDNIGHT + 2 * SECOND);
      world.set(by);
      await world.until(MIDNIGHT + by + 40 * SECOND);
      // Set back it is looked at at once, and then nothing is owed any more.
      const expected = by < 0 ? [SECOND, by + 3 * SECOND] : [SECOND, by + 21 * SECOND];
      expect(world.started.map(([, at]) => at - MIDNIGHT)).toEqual(expected);
    }
  });

  test('told to look anew, it looks at everything once, and goes on by the schedule', async () => {
    const world = polling([http('a', { schedule: '0 0 3 * * *' }), http('b')]);
    await world.until(MIDNIGHT + 2 * MINUTE);
    world.started.length = 0;
    world.poll.checkAllNow();
    await world.until(world.now() + SECOND);
    expect(world.started.map(([id]) => id)).toEqual(['a', 'b']);
    await world.until(world.now() + 5 * MINUTE);
    const count = (id: string) => world.started.filter(([of]) => of === id).length;
    expect([count('a'), count('b')]).toEqual([1, 6]);
  });

  test.each([8 * HOUR, 24 * HOUR, 3650 * 24 * HOUR])(
    'set forward %d ms, it looks once, at no cost',
    async by => {
      const world = polling([http('api'), http('rare', { schedule: '0 0 29 2 *' })]);
      await world.until(MIDNIGHT + MINUTE);
      world.started.length = 0;
      world.set(by);
      const began = process.cpuUsage();
      world.poll.startDue(world.now());
      const { user } = process.cpuUsage(began);
      await settledSoon();
      expect(world.started.map(([id]) => id)).toEqual(['api', 'rare']);
      expect(user).toBeLessThan(100_000);
    },
  );

  test('closed, it abandons what runs and stores nothing of it', async () => {
    let release = (_: ProbeResult) => {};
    const world = polling([http('api')], () => new Promise(resolve => (release = resolve)));
    await world.until(MIDNIGHT + SECOND);
    const closed = world.poll.close();
    release(UP);
    await closed;
    expect(world.results).toEqual([]);
  });

  test('does not look where nothing is configured', async () => {
    const empty = component('api', { check: checkSchema.parse({ type: 'http', url: '' }) });
    const world = polling([empty], async () => UP);
    await world.until(MIDNIGHT + MINUTE);
    expect(world.results).toEqual([]);
  });
});
