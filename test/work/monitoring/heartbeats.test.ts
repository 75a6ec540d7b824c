// Heartbeats: deadlines are kept in memory; the database is asked when one has come, and when none has, not at all.
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import type { Component } from '../../../src/core/model/component.ts';
import { MINUTE, type Millis, SECOND } from '../../../src/core/model/time.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { noteComponents } from '../../../src/store/monitoring/measurements.ts';
import { Heartbeats } from '../../../src/work/monitoring/heartbeats.ts';
import { Recorder } from '../../../src/work/monitoring/recorder.ts';
import { component, site } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);

const heartbeat = (id: string, period = '5m', grace = '1m') =>
  component(id, { check: checkSchema.parse({ type: 'heartbeat', period, grace }) });

async function opened(ids: readonly string[], options: { startedAt?: Millis } = {}) {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  let components: readonly Component[] = ids.map(id => heartbeat(id));
  await noteComponents(db, components, T0);
  let now = options.startedAt ?? T0;
  let paused = 0;
  let judged = 0;
  const told: string[] = [];
  const heard = (of: { readonly transitions: readonly { source: string; kind: string; at: Millis }[] }) => {
    for (const { source, kind, at } of of.transitions) told.push(`${source} ${kind} ${(at - T0) / SECOND}`);
  };
  const on = {
    db,
    site: () => site({ components }),
    ring: () => {},
    clock: () => now,
    monotonic: () => now,
    awake: () => now - paused,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  const make = () => {
    const recorder = new Recorder(on);
    return Heartbeats.open({
      ...on,
      recorder: {
        async heartbeat(...of) {
          if (of[1] === null) judged++;
          const result = await recorder.heartbeat(...of);
          heard(result);
          return result;
        },
      },
      watchdog: { ended: () => {} },
      secret: 's',
      startedAt: now,
      noticeSteps: () => {},
      paused: () => paused,
    });
  };
  let beats = await make();
  return {
    told,
    changes: async () => {
      const { rows } = await sql<{ n: number }>`SELECT total_changes() AS n`.execute(db);
      return rows[0]!.n;
    },
    /** How often the database was asked since the last call. */
    asked: () => {
      const count = judged;
      judged = 0;
      return count;
    },
    beat: (id: string, ok = true) => beats.report(beats.tokenOf(id), ok, ''),
    async until(at: Millis, step: Millis = SECOND) {
      while (now < at) {
        now = Math.min(at, now + step);
        await beats.judgeAll(now);
      }
    },
    now: () => now,
    turn: () => beats.judgeAll(now),
    /** The process stands still, and nothing was done since. */
    stand(by: Millis) {
      now += by;
      paused += by;
    },
    /** The process stands still, and a turn is the first thing after it. */
    async pause(by: Millis) {
      now += by;
      paused += by;
      await beats.judgeAll(now);
    },
    edit(next: readonly Component[]) {
      components = next;
    },
    /** The wall clock is set, and it is noticed. */
    set(by: Millis) {
      now += by;
      beats.clockStepped(by);
    },
    async restart() {
      beats = await make();
    },
  };
}

test('a judgement that never ends holds up no other, is said, and is tried again after a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let now = T0;
  let hangs = true;
  const ended: string[] = [];
  const errors: string[] = [];
  const components = [heartbeat('a'), heartbeat('b')];
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const beats = await Heartbeats.open({
    db,
    site: () => site({ components }),
    recorder: {
      heartbeat: async ({ id }) =>
        hangs && id === 'a' ? new Promise(() => {}) : { transitions: [], recheckAt: null },
    },
    watchdog: { ended: ({ id }) => void ended.push(id) },
    secret: 's',
    ring: () => {},
    startedAt: now,
    noticeSteps: () => {},
    clock: () => now,
    monotonic: () => now,
    paused: () => 0,
    log: { debug() {}, info() {}, warn() {}, error: (_, message) => void errors.push(message) },
  });
  const first = beats.judgeAll(now);
  await vi.advanceTimersByTimeAsync(10 * SECOND);
  await first;
  expect([ended, errors]).toEqual([
    ['b'],
    ['a heartbeat evaluation does not finish; the server tries again'],
  ]);
  // Meanwhile the others cost no wait at all.
  now += 59 * SECOND;
  await beats.judgeAll(now);
  expect(ended).toEqual(['b', 'b']);
  hangs = false;
  now += SECOND;
  await beats.judgeAll(now);
  expect(ended).toEqual(['b', 'b', 'a', 'b']);
});

describe('heartbeats', () => {
  test('hundreds of them cost an idle second nothing, and a minute one look each', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `job-${i}`);
    const world = await opened(ids);
    for (const id of ids) await world.beat(id);
    await world.until(T0 + SECOND);
    await world.until(T0 + 2 * MINUTE + SECOND);
    world.asked();
    const before = await world.changes();
    const each: number[] = [];
    for (let second = 2; second <= 61; second++) {
      await world.until(T0 + 2 * MINUTE + second * SECOND);
      each.push(world.asked());
    }
    expect(each.reduce((sum, count) => sum + count)).toBe(300);
    // Spread over the minute, about five a second.
    expect(Math.max(...each)).toBeLessThan(25);
    expect((await world.changes()) - before).toBeGreaterThan(0);

    const one = await opened(['job']);
    await one.beat('job');
    await one.until(T0 + 2 * SECOND);
    one.asked();
    const quiet = await one.changes();
    const looks: number[] = [];
    for (let second = 3; second <= 62; second++) {
      await one.until(T0 + second * SECOND);
      looks.push(one.asked());
    }
    expect(looks.filter(count => count > 0)).toHaveLength(1);
    expect((await one.changes()) - quiet).toBeLessThanOrEqual(5);
  });

  test('are down in the second their deadline passes, and one beat restores', async () => {
    const world = await opened(['job', 'other']);
    await world.until(T0 + 10 * SECOND);
    await world.beat('job');
    await world.until(T0 + 369 * SECOND);
    expect(world.told).toEqual([]);
    await world.until(T0 + 370 * SECOND);
    expect(world.told).toEqual(['probe:job down 370']);
    await world.until(T0 + 400 * SECOND);
    await world.beat('job');
    expect(world.told.at(-1)).toBe('probe:job up 400');
    await world.until(T0 + 760 * SECOND);
    expect(world.told.at(-1)).toBe('probe:job down 760');
  });

  test('a restart and an edit of status.yaml find the deadline again', async () => {
    const world = await opened(['job']);
    await world.beat('job');
    await world.until(T0 + MINUTE);
    world.edit([heartbeat('job', '2m', '0s')]);
    // From the turn that noticed it.
    await world.until(T0 + 180 * SECOND);
    expect(world.told).toEqual([]);
    await world.until(T0 + 181 * SECOND);
    expect(world.told).toEqual(['probe:job down 181']);
    await world.beat('job');
    await world.until(T0 + 200 * SECOND);
    await world.restart();
    // Nobody could have heard a beat before this process listened.
    await world.until(T0 + 319 * SECOND);
    expect(world.told).toHaveLength(2);
    await world.until(T0 + 320 * SECOND);
    expect(world.told.at(-1)).toBe('probe:job down 320');
  });

  test('stopped for a night, we heard nobody: silence counts from the waking', async () => {
    const world = await opened(['job']);
    await world.beat('job');
    await world.until(T0 + MINUTE);
    await world.pause(8 * 60 * MINUTE);
    expect(world.told).toEqual([]);
    const waking = T0 + MINUTE + 8 * 60 * MINUTE;
    await world.until(waking + 359 * SECOND);
    expect(world.told).toEqual([]);
    await world.until(waking + 360 * SECOND);
    expect(world.told).toEqual([`probe:job down ${(waking - T0) / SECOND + 360}`]);
  });

  test('a pause longer than period and grace is no outage, neither with its end nor with the next beat', async () => {
    for (const beatsFirst of [true, false]) {
      const world = await opened(['job']);
      world.edit([heartbeat('job', '10s', '2s')]);
      await world.until(T0 + 3 * SECOND);
      await world.beat('job');
      if (!beatsFirst) await world.pause(20 * SECOND);
      else world.stand(20 * SECOND);
      await world.beat('job');
      await world.until(T0 + 34 * SECOND);
      expect(world.told).toEqual([]);
      await world.until(T0 + 35 * SECOND);
      expect(world.told).toEqual(['probe:job down 35']);
    }
  });

  test('a job that never reported to this process is given the same time', async () => {
    const world = await opened(['job']);
    world.edit([heartbeat('job', '10s', '2s')]);
    await world.beat('job');
    await world.restart();
    await world.pause(20 * SECOND);
    await world.until(T0 + 31 * SECOND);
    expect(world.told).toEqual([]);
    await world.until(T0 + 32 * SECOND);
    expect(world.told).toEqual(['probe:job down 32']);
  });

  test('a process that stands still again and again finds a dead job all the same', async () => {
    for (const length of [300, 5 * SECOND, 130 * SECOND]) {
      const world = await opened(['job']);
      world.edit([heartbeat('job', '10s', '2s')]);
      await world.beat('job');
      let pauses = 0;
      while (world.told.length === 0 && pauses < 30) {
        // Each turn is the first after a pause.
        world.stand(length);
        await world.until(world.now() + SECOND);
        pauses++;
      }
      // Awake for at most twice period and grace, and the turn that waits.
      expect(pauses).toBeLessThanOrEqual(25);
      const at = Number(world.told[0]!.split(' ').at(-1));
      expect(at - (pauses * length) / SECOND).toBeLessThanOrEqual(24);
    }
  });

  test('in the first turn after a pause a beat may still be unread: it is waited for once', async () => {
    const world = await opened(['job', 'dead']);
    await world.beat('job');
    await world.beat('dead');
    await world.until(T0 + 359 * SECOND);
    world.stand(900);
    await world.until(T0 + 360_900);
    expect(world.told).toEqual([]);
    await world.beat('job');
    await world.until(T0 + 361_900);
    expect(world.told).toEqual(['probe:dead down 360.9']);
    // It is in time for the next as well.
    await world.until(T0 + 720_900 - 1);
    expect(world.told).toHaveLength(1);
    await world.until(T0 + 720_900);
    expect(world.told.slice(1)).toEqual(['probe:job down 720.9']);
  });

  test('a failure that was reported in a pause counts at once', async () => {
    const world = await opened(['job']);
    await world.beat('job');
    world.stand(10 * MINUTE);
    await world.beat('job', false);
    expect(world.told).toEqual(['probe:job down 600']);
  });

  test.each([90 * SECOND, 8 * 60 * MINUTE, 3650 * 24 * 60 * MINUTE])(
    "set forward %d ms, the clock took nobody's time: a job has its whole period from then on",
    async by => {
      const world = await opened(['short', 'job']);
      world.edit([heartbeat('short', '30s', '10s'), heartbeat('job')]);
      await world.beat('job');
      await world.beat('short');
      await world.until(T0 + 20 * SECOND);
      world.set(by);
      const step = T0 + 20 * SECOND + by;
      // A beat before the next turn comes is no recovery of anything.
      await world.beat('short');
      await world.until(step + 39 * SECOND);
      expect(world.told).toEqual([]);
      await world.until(step + 40 * SECOND);
      expect(world.told).toEqual([`probe:short down ${(step - T0) / SECOND + 40}`]);
      await world.until(step + 360 * SECOND);
      expect(world.told.slice(1)).toEqual([`probe:job down ${(step - T0) / SECOND + 360}`]);
      // And back again: both are down still, until they report.
      world.set(-by);
      await world.until(T0 + 20 * SECOND + 400 * SECOND);
      expect(world.told).toHaveLength(2);
      await world.beat('job');
      expect(world.told.slice(2).map(line => line.split(' ')[1])).toEqual(['up']);
    },
  );

  test.each([
    [10, -10],
    [-10, 10],
    [3600, -3600],
    [7, -9],
    [9, -7],
    [2, -5],
    [-2.5, -2.5],
    [2.5, 2.5],
  ])('a clock that steps by %d and %d seconds again and again hides no dead job', async (one, other) => {
    const world = await opened(['job']);
    await world.beat('job');
    let passed = 0;
    for (let turn = 0; world.told.length === 0 && passed < 30 * 60; turn++, passed += 3) {
      await world.until(world.now() + 3 * SECOND);
      world.set((turn % 2 === 0 ? one : other) * SECOND);
      await world.turn();
    }
    expect(passed).toBeGreaterThanOrEqual(6 * 60);
    // A step forward gives it its time anew, once.
    expect(passed).toBeLessThanOrEqual(6 * 60 + (Math.max(one, other) > 0 ? 9 : 3));
  });

  test.each([
    [-30, 330],
    // To before its report: it has its time anew.
    [-600, -180],
    [-86_400, -85_980],
  ])('a clock set back by %d s once moves a deadline once at most', async (by, down) => {
    const world = await opened(['job']);
    await world.beat('job');
    await world.until(T0 + MINUTE);
    world.set(by * SECOND);
    await world.until(T0 + (down - 1) * SECOND);
    expect(world.told).toEqual([]);
    await world.until(T0 + down * SECOND);
    expect(world.told).toEqual([`probe:job down ${down}`]);
  });

  test.each([
    ['5s', '5s', 10],
    ['5m', '5s', 305],
    ['5s', '1m', 65],
    ['1h', '1m', 3660],
  ])(
    'with another period or grace (%s, %s) a job has its time anew from the edit',
    async (period, grace, time) => {
      const world = await opened(['job']);
      await world.beat('job');
      await world.until(T0 + 4 * MINUTE);
      world.edit([heartbeat('job', period, grace)]);
      await world.turn();
      await world.restart();
      await world.until(T0 + (240 + time - 1) * SECOND);
      expect(world.told).toEqual([]);
      await world.until(T0 + (240 + time) * SECOND);
      expect(world.told).toEqual([`probe:job down ${240 + time}`]);
    },
  );

  test('an edit that is first seen with a report, or at a start, invents no outage either', async () => {
    const world = await opened(['job', 'other']);
    await world.beat('job');
    await world.beat('other');
    await world.until(T0 + 4 * MINUTE);
    world.edit([heartbeat('job', '5s', '5s'), heartbeat('other', '5s', '5s')]);
    await world.beat('job');
    await world.restart();
    await world.until(T0 + 4 * MINUTE + 9 * SECOND);
    expect(world.told).toEqual([]);
    await world.until(T0 + 4 * MINUTE + 12 * SECOND);
    expect(world.told.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'probe:job down',
      'probe:other down',
    ]);
  });

  test('the first beat after a night in which the server was off ends no outage: there was none', async () => {
    const world = await opened(['job']);
    await world.beat('job');
    await world.until(T0 + MINUTE);
    world.set(8 * 60 * MINUTE);
    await world.restart();
    await world.beat('job');
    expect(world.told).toEqual([]);
  });

  test('a clock set back does not put a deadline out of reach', async () => {
    const world = await opened(['job']);
    await world.until(T0 + 60 * MINUTE, MINUTE);
    await world.beat('job');
    world.set(-30 * MINUTE);
    await world.turn();
    await world.beat('job');
    await world.until(T0 + 36 * MINUTE);
    expect(world.told).toEqual([`probe:job down ${36 * 60}`]);
  });

  test('nor does it make a job that says nothing more well until the old time comes', async () => {
    const world = await opened(['job']);
    await world.until(T0 + SECOND);
    await world.beat('job');
    world.set(-24 * 60 * MINUTE - SECOND);
    await world.turn();
    await world.until(T0 - 24 * 60 * MINUTE + 10 * MINUTE, 10 * SECOND);
    expect(world.told).toEqual([`probe:job down ${(6 - 24 * 60) * 60}`]);
    world.set(-60 * MINUTE);
    await world.turn();
    await world.restart();
    await world.beat('job');
    await world.until(T0 - 25 * 60 * MINUTE + 30 * MINUTE, 10 * SECOND);
    expect(world.told).toHaveLength(3);
  });
});
