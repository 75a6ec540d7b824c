// Disagreements between files and their sources: each said once, none where both say the same.
import { expect, test } from 'vitest';
import { DOUBTED_FOR, disagreements } from '../../../src/core/filing/file-vs-monitor.ts';
import { outagesIn } from '../../../src/core/filing/reported-vs-measured.ts';
import { MINUTE } from '../../../src/core/model/time.ts';
import { incident } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);
const OPEN = { status: 'monitoring', started: T0, resolved: null, openedBy: 'probe:api' } as const;
const OVER = { ...OPEN, status: 'resolved', resolved: T0 + 5 * MINUTE } as const;

const recorded = (kind: 'down' | 'up', minute: number, incidentId = 'x') => {
  const at = T0 + minute * MINUTE;
  return {
    ...{ source: 'probe:api', kind, at, recordedAt: at, filedAt: at, incidentId },
    ...{ severity: 'critical' as const, components: ['api'] },
  };
};
const DOWN = [recorded('down', 0)];
const BOTH = [...DOWN, recorded('up', 4)];

test.each([
  ['open and down', OPEN, DOWN, 10, null],
  ['resolved and well', OVER, BOTH, 10, null],
  ['open and well', OPEN, BOTH, 10, 'it is open, but probe:api has been up since 2026-03-10T12:04:00Z'],
  [
    'resolved and down',
    OVER,
    DOWN,
    10,
    'it was resolved manually, but probe:api has reported an outage since',
  ],
  ['the same a day later', OVER, DOWN, 5 + DOUBTED_FOR / MINUTE, null],
  ['taken over by a person', { ...OPEN, openedBy: null }, BOTH, 10, null],
  ['of a source nothing is known of', { ...OPEN, openedBy: 'probe:web' }, BOTH, 10, null],
  ['of an outage filed elsewhere', OVER, [recorded('down', 7, 'y')], 10, null],
])('%s', (_, file, seen, minute, said) => {
  const outages = { 'probe:api': outagesIn(seen) };
  const found = disagreements([incident('x', file)], outages, T0 + minute * MINUTE, () => true);
  expect(found.map(({ what }) => what)).toEqual(said === null ? [] : [expect.stringContaining(said)]);
});
