// The timetable by hand: who runs when, who waits for whom, and what a fault or a step of the clock does.
import { describe, expect, test, vi } from 'vitest';
import { StorageFault } from '../../../src/core/model/ports/storage.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { everySecond, type Job, Scheduler } from '../../../src/work/timing/scheduler.ts';

function timetable(make: (ran: (name: string) => void) => readonly Job[]) {
  let grown = 5000;
  const ran: string[] = [];
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  const table = new Scheduler(
    make(name => void ran.push(name)),
    () => grown,
    log,
  );
  return {
    table,
    ran,
    errors,
    async pass(by: number) {
      grown += by;
      table.tick();
      await new Promise(resolve => setImmediate(resolve));
    },
    grow(by: number) {
      grown += by;
    },
  };
}

describe('the timetable', () => {
  test('runs each turn what is due, in order; what is rare after its time, and once for a long gap', async () => {
    const { ran, pass } = timetable(note => [
      { name: 'second', every: SECOND, run: async () => note('second') },
      { name: 'minute', every: MINUTE, run: async () => note('minute') },
    ]);
    await pass(0);
    await pass(SECOND);
    // A timer may come a moment early.
    await pass(SECOND - 2);
    expect(ran.splice(0)).toEqual(['second', 'second', 'second']);
    await pass(MINUTE);
    expect(ran.splice(0)).toEqual(['second', 'minute']);
    await pass(8 * HOUR);
    await pass(SECOND);
    expect(ran).toEqual(['second', 'minute', 'second']);
  });

  test('no job overlaps itself, and one that hangs holds up no other', async () => {
    let release = () => {};
    const { ran, pass, table } = timetable(note => [
      {
        name: 'slow',
        every: SECOND,
        run: () => {
          note('slow');
          return new Promise<void>(resolve => {
            release = resolve;
          });
        },
      },
      { name: 'quick', every: SECOND, run: async () => note('quick') },
    ]);
    await pass(SECOND);
    await pass(SECOND);
    expect(ran.splice(0)).toEqual(['slow', 'quick', 'quick']);
    release();
    await pass(0);
    await pass(SECOND);
    expect(ran).toEqual(['quick', 'slow', 'quick']);
    release();
    await table.close();
  });

  test('a job that throws, at once or later, is logged and runs again; what the disk refuses is said elsewhere', async () => {
    const { ran, pass, errors } = timetable(note => [
      {
        name: 'at once',
        every: SECOND,
        run: () => {
          note('at once');
          throw new Error('x');
        },
      },
      { name: 'later', every: SECOND, run: () => Promise.reject(new Error('y')) },
      { name: 'disk', every: SECOND, run: () => Promise.reject(new StorageFault('full', 'SQLITE_FULL')) },
      { name: 'well', every: SECOND, run: async () => note('well') },
    ]);
    await pass(SECOND);
    await pass(SECOND);
    expect(ran).toEqual(['at once', 'well', 'at once', 'well']);
    expect(errors).toMatchObject([
      { job: 'at once' },
      { job: 'later' },
      { job: 'at once' },
      { job: 'later' },
    ]);
  });

  test('in order, each job and what it started ends before the next begins', async () => {
    const { ran, table } = timetable(note => [
      {
        name: 'starts',
        every: SECOND,
        run: async () => note('starts'),
        settled: async () => {
          await new Promise(resolve => setTimeout(resolve, 5));
          note('settled');
        },
      },
      { name: 'next', every: SECOND, run: async () => note('next') },
    ]);
    await table.tickInOrder();
    expect(ran).toEqual(['starts', 'settled', 'next']);
  });

  test('hurried, everything is due, but what is patient begins its time anew', async () => {
    const { ran, pass, table, grow } = timetable(note => [
      { name: 'minute', every: MINUTE, run: async () => note('minute') },
      { name: 'prune', every: HOUR, run: async () => note('prune'), patient: true },
    ]);
    await pass(10 * SECOND);
    grow(HOUR - 20 * SECOND);
    table.hurry();
    await pass(SECOND);
    expect(ran).toEqual(['minute']);
    await pass(HOUR - 2 * SECOND);
    expect(ran).toEqual(['minute', 'minute']);
    await pass(SECOND);
    expect(ran.at(-1)).toBe('prune');
  });
});

test('each second means a second that passed, not one on the clock on the wall', () => {
  vi.useFakeTimers({ now: 0 });
  try {
    let turns = 0;
    const stop = everySecond(() => void turns++);
    vi.advanceTimersByTime(3000);
    vi.setSystemTime(-600_000);
    vi.advanceTimersByTime(3000);
    vi.setSystemTime(3650 * 24 * HOUR);
    vi.advanceTimersByTime(3000);
    expect(turns).toBe(9);
    stop();
    vi.advanceTimersByTime(3000);
    expect(turns).toBe(9);
  } finally {
    vi.useRealTimers();
  }
});
