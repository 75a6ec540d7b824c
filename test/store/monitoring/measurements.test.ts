// Measurements in a real database: rollups equal the results they are made of, the view equals the rows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckResult, checkSchema } from '../../../src/core/model/checks/check.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND, startOfUtcDay } from '../../../src/core/model/time.ts';
import { DRAWN_FROM } from '../../../src/core/monitoring/rollup.ts';
import { type Db, openDatabase } from '../../../src/store/db/database.ts';
import { readMeasured, StatusReader } from '../../../src/store/monitoring/component-status.ts';
import { noteComponents, recordHeartbeat, recordResult } from '../../../src/store/monitoring/measurements.ts';
import { pruneMeasurements } from '../../../src/store/monitoring/prune.ts';
import { readSeries } from '../../../src/store/monitoring/rollups.ts';
import { component, NOW } from '../../makers.ts';
import { DATABASES } from '../../postgres.ts';

const START = startOfUtcDay(NOW);
const http = checkSchema.parse({ type: 'http', url: 'https://api.example' });
const api = component('api', { check: http });
const web = component('web', { check: http });
const job = component('job', { check: checkSchema.parse({ type: 'heartbeat', period: '5m', grace: '1m' }) });

async function opened(open: () => Promise<Db>): Promise<Db> {
  const db = await open();
  await noteComponents(db, [api, web, job], START);
  return db;
}

const seen = (at: Millis, latency: number | null = 100, outcome: CheckResult['outcome'] = 'up') =>
  ({ at, outcome, latency, seen: 'x' }) satisfies CheckResult;

const observed = async (db: Db, id = 'api') =>
  [...((await readMeasured(db, START - DAY)).get(id)?.observed.values() ?? [])].reduce((a, b) => a + b, 0);

describe.each(DATABASES)('%s', (_name, open) => {
  describe('a series', () => {
    test('counts checks, those that were not down, and their times; unknown is no check', async () => {
      const db = await opened(open);
      for (let i = 0; i < 100; i++) await recordResult(db, api, seen(START + i * SECOND, i + 1));
      await recordResult(db, api, seen(START + 200 * SECOND, null, 'down'));
      await recordResult(db, api, seen(START + 201 * SECOND, 5, 'degraded'));
      await recordResult(db, api, seen(START + 202 * SECOND, null, 'unknown'));
      await recordResult(db, web, seen(START, 9_999));
      for (const span of ['slot', 'hour', 'day'] as const) {
        const points = await readSeries(db, 'api', span, START);
        expect(points).toMatchObject([{ start: START, count: 102, ok: 101 }]);
        const { p50, p95, p99 } = points[0]!;
        // 1…100 and a second 5: the 51st of 101 is 50, the 96th 95, the 100th 99.
        for (const [value, truth] of [
          [p50, 50],
          [p95, 95],
          [p99, 99],
        ] as const) {
          expect(Math.abs(value! / truth - 1)).toBeLessThanOrEqual(0.02);
        }
      }
    });

    test('has a point for each stretch something was measured in, oldest first', async () => {
      const db = await opened(open);
      for (const minute of [0, 9, 10, 59, 60, 1439, 1440]) {
        await recordResult(db, api, seen(START + minute * MINUTE));
      }
      const starts = async (span: 'slot' | 'hour' | 'day', from = START) =>
        (await readSeries(db, 'api', span, from)).map(point => [(point.start - START) / MINUTE, point.count]);
      expect(await starts('slot')).toEqual([
        [0, 2],
        [10, 1],
        [50, 1],
        [60, 1],
        [1430, 1],
        [1440, 1],
      ]);
      expect(await starts('hour')).toEqual([
        [0, 4],
        [60, 1],
        [1380, 1],
        [1440, 1],
      ]);
      expect(await starts('day', START + HOUR)).toEqual([
        [0, 6],
        [1440, 1],
      ]);
    });
  });

  describe('time looked at', () => {
    test('grows with the checks and not over a gap: a laptop asleep for six hours', async () => {
      const db = await opened(open);
      for (let i = 0; i <= 10; i++) await recordResult(db, api, seen(START + i * MINUTE));
      expect(await observed(db)).toBe(SECOND + 10 * MINUTE);
      const awake = START + 10 * MINUTE + 6 * HOUR;
      await recordResult(db, api, seen(awake));
      expect(await observed(db)).toBe(2 * SECOND + 10 * MINUTE);
      await recordResult(db, api, seen(awake + MINUTE));
      expect(await observed(db)).toBe(2 * SECOND + 11 * MINUTE);
    });

    test('is not counted while nothing could be measured', async () => {
      const db = await opened(open);
      await recordResult(db, api, seen(START));
      for (let i = 1; i <= 5; i++) await recordResult(db, api, seen(START + i * MINUTE, null, 'unknown'));
      await recordResult(db, api, seen(START + 6 * MINUTE));
      expect(await observed(db)).toBe(2 * SECOND);
    });

    test('is never more than what really went by: a rare schedule and a clock that goes forward and back', async () => {
      const db = await opened(open);
      const rare = component('api', { check: http, schedule: '0 15 3 * * MON' });
      const look = (at: Millis, passed?: Millis) =>
        recordResult(db, rare, seen(START + at), undefined, passed);
      await look(0);
      await look(12 * HOUR, 20 * SECOND);
      expect(await observed(db)).toBe(21 * SECOND);
      await look(40 * SECOND, 20 * SECOND);
      expect(await observed(db)).toBe(21 * SECOND);
      await look(12 * HOUR, 20 * SECOND);
      expect(await observed(db)).toBe(41 * SECOND);
      // A restart keeps its credit: what went by nobody here has seen.
      await look(13 * HOUR);
      expect(await observed(db)).toBe(41 * SECOND + HOUR);
    });

    test('grows by a look that hangs, by an unknown one not, and a heartbeat by what went by', async () => {
      const db = await opened(open);
      const often = component('api', { check: http, schedule: '*/5 * * * * *' });
      const hung = (at: Millis, outcome: CheckResult['outcome'] = 'down') =>
        recordResult(db, often, { ...seen(START + at, null, outcome), took: MINUTE });
      await hung(0);
      await hung(MINUTE + 40);
      expect(await observed(db)).toBe(SECOND + MINUTE + 40);
      await hung(2 * MINUTE + 80, 'unknown');
      await hung(3 * MINUTE + 120);
      // Of the two minutes the look before was one.
      expect(await observed(db)).toBe(2 * SECOND + 2 * MINUTE + 40);
      const beat = (at: Millis, passed?: Millis) =>
        recordHeartbeat(db, job, { at: START + at, ok: true, message: '' }, START + at, undefined, passed);
      await beat(0);
      await beat(110 * SECOND, 5 * SECOND);
      const silence = await recordHeartbeat(
        db,
        job,
        null,
        START + 4 * MINUTE - SECOND,
        undefined,
        10 * SECOND,
      );
      expect(silence.isCounted).toBe(true);
      expect(await observed(db, 'job')).toBe(SECOND + 5 * SECOND + SECOND);
    });
  });

  describe('pruning', () => {
    test('keeps raw results 7 days, slots 2, hours 14, days for good', async () => {
      const db = await opened(open);
      const ages = [40 * DAY, 15 * DAY, 13 * DAY, 8 * DAY, 6 * DAY, 3 * DAY, DAY, 0];
      for (const age of ages) await recordResult(db, api, seen(NOW - age));
      await pruneMeasurements(db, NOW);
      const raw = await db.selectFrom('results').select('at').execute();
      expect(raw.map(({ at }) => (NOW - at) / DAY)).toEqual([6, 3, 1, 0]);
      const count = async (span: 'slot' | 'hour' | 'day') => (await readSeries(db, 'api', span, 0)).length;
      expect([await count('slot'), await count('hour'), await count('day')]).toEqual([2, 6, 8]);
    });

    test('leaves every range its chart', async () => {
      const db = await opened(open);
      for (const { length } of Object.values(DRAWN_FROM))
        await recordResult(db, api, seen(NOW - length + MINUTE));
      await pruneMeasurements(db, NOW);
      for (const { span, length } of Object.values(DRAWN_FROM)) {
        expect((await readSeries(db, 'api', span, NOW - length))[0]?.count).toBe(1);
      }
    });
  });

  test('the view reads nothing when nothing was recorded', async () => {
    const db = await opened(open);
    const view = new StatusReader(db);
    const first = await view.read(NOW);
    expect(await view.read(NOW)).toBe(first);
    await recordResult(db, api, seen(NOW));
    expect(await view.read(NOW)).toBe(first);
    view.touch('api');
    expect((await view.read(NOW)).get('api')?.checkedAt).toBe(NOW);
  });
});

test('the view in memory is what a fresh reading finds, whatever was recorded', async () => {
  const step = fc.record({
    of: fc.constantFrom(api, web),
    wait: fc.constantFrom(SECOND, MINUTE, HOUR, 11 * HOUR),
    outcome: fc.constantFrom<CheckResult['outcome']>('up', 'down', 'unknown'),
    read: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
      const db = openDatabase(':memory:');
      try {
        await noteComponents(db, [api, web], START);
        const view = new StatusReader(db);
        let at = START;
        for (const { of, wait, outcome, read } of steps) {
          at += wait;
          await recordResult(db, of, seen(at, 50, outcome));
          view.touch(of.id);
          if (read) await view.read(at - 3 * DAY);
        }
        expect(await view.read(at - 3 * DAY)).toEqual(await readMeasured(db, at - 3 * DAY));
      } finally {
        await db.destroy();
      }
    }),
    { numRuns: 60 },
  );
});
