// Imported measurements: before this program's own, never in place of them, and the same on a second run.
import { describe, expect, test } from 'vitest';
import type { ImportedSpan } from '../../../src/core/import/imported.ts';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { DAY, HOUR, SECOND, startOfUtcDay } from '../../../src/core/model/time.ts';
import { EMPTY_ROLLUP, type Rollup, withResult } from '../../../src/core/monitoring/rollup.ts';
import { readMeasured } from '../../../src/store/monitoring/component-status.ts';
import { importRollups } from '../../../src/store/monitoring/imported-rollups.ts';
import { noteComponents, recordResult } from '../../../src/store/monitoring/measurements.ts';
import { readSeries } from '../../../src/store/monitoring/rollups.ts';
import { component, NOW } from '../../makers.ts';
import { DATABASES } from '../../postgres.ts';

const TODAY = startOfUtcDay(NOW);
const api = component('api', { check: checkSchema.parse({ type: 'http', url: 'https://api.example' }) });
const rollup: Rollup = withResult(withResult(EMPTY_ROLLUP, true, 120, 12 * HOUR), false, null, 12 * HOUR);
const days = (count: number, id = 'api'): ImportedSpan[] =>
  Array.from({ length: count }, (_, ago) => ({
    component: id,
    span: 'day',
    start: TODAY - ago * DAY,
    rollup,
  }));

describe.each(DATABASES)('%s', (_name, open) => {
  test('days before the first check are known, what was measured here stays, and nothing is added twice', async () => {
    const db = await open();
    await noteComponents(db, [api], NOW);
    await recordResult(db, api, { at: NOW, outcome: 'up', latency: 7, seen: '200' });
    const own = await readSeries(db, 'api', 'day', TODAY);

    expect(await importRollups(db, [...days(1500), ...days(3, 'new')])).toBe(1502);
    expect(await importRollups(db, [...days(1500), ...days(3, 'new')])).toBe(0);

    const series = await readSeries(db, 'api', 'day', TODAY - DAY);
    expect(series).toEqual([
      { start: TODAY - DAY, count: 2, ok: 1, p50: 120, p95: 120, p99: 120, imported: true },
      ...own,
    ]);
    const measured = await readMeasured(db, TODAY - 5 * DAY);
    expect(measured.get('api')).toMatchObject({
      firstSeen: TODAY - 1499 * DAY,
      firstCheck: TODAY - 1499 * DAY,
      checkedAt: NOW,
      health: 'operational',
    });
    expect(measured.get('api')!.observed.get(TODAY - DAY)).toBe(DAY);
    expect(measured.get('new')).toMatchObject({ firstSeen: TODAY - 2 * DAY, checkedAt: null });

    // A component that was imported before the first start goes on as any other.
    const fresh = component('new', { check: api.check });
    await noteComponents(db, [fresh], NOW);
    await recordResult(db, fresh, { at: NOW + SECOND, outcome: 'up', latency: 5, seen: '200' });
    expect((await readMeasured(db, TODAY)).get('new')).toMatchObject({
      firstSeen: TODAY - 2 * DAY,
      firstCheck: TODAY - 2 * DAY,
      checkedAt: NOW + SECOND,
    });
  });
});
