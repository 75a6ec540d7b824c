// What is stored of an incident with very many updates announces each of them as the whole would.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announcesEnd } from '../../../src/core/incidents/ending.ts';
import { affectedNamesAt, updatesBehind } from '../../../src/core/incidents/impact.ts';
import { coveredBy } from '../../../src/core/incidents/maintenance.ts';
import { affectedBy, beginningOf, type Incident } from '../../../src/core/model/incident.ts';
import { incident, NOW, update } from '../../makers.ts';

const COMPONENTS = ['a', 'b', 'c', 'd'].map(id => ({ id, name: id.toUpperCase() }));

const updates = fc
  .array(
    fc.record({
      status: fc.constantFrom('investigating', 'resolved', 'in_progress', 'completed' as const),
      marks: fc.constantFrom({}, {}, { stray: true }, { quiet: true }),
      components: fc.option(fc.subarray(COMPONENTS)),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(all =>
    all.map(({ status, marks, components }, n) => ({
      ...update(NOW + n, status as 'resolved', `said ${n}`),
      key: `u${n}`,
      ...(marks as object),
      ...(components
        ? { change: { severity: null, components: components.map(({ id }) => ({ id, status: null })) } }
        : {}),
    })),
  );

function told(one: Incident, key: string) {
  const about = one.updates.find(other => other.key === key)!;
  return {
    about,
    ends: announcesEnd(one, about),
    begins: beginningOf(one)?.key,
    newest: one.updates.at(-1)?.key,
    affected: affectedNamesAt(one, about, COMPONENTS),
    ever: affectedBy(one, COMPONENTS)
      .map(({ id }) => id)
      .sort(),
    covered: one.scheduled && coveredBy(one),
  };
}

test('the updates kept behind one say of it what all of them say, and are few', () => {
  fc.assert(
    fc.property(updates, fc.boolean(), (all, isWork) => {
      const scheduled = isWork ? { start: NOW, end: NOW + 5 } : null;
      const whole = incident('x', { started: NOW, updates: all, scheduled, components: [] });
      for (const one of all) {
        const kept = updatesBehind(whole, one);
        expect(told({ ...whole, updates: kept }, one.key)).toEqual(told(whole, one.key));
        expect(kept.length).toBeLessThanOrEqual(COMPONENTS.length + 8);
      }
    }),
  );
});
