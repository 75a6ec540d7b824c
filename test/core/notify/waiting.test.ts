// What waits for its words in an incident whose file may still be written in.
import { describe, expect, test } from 'vitest';
import type { Incident, IncidentUpdate } from '../../../src/core/model/incident.ts';
import { HOUR, MINUTE } from '../../../src/core/model/time.ts';
import { filedKey } from '../../../src/core/notify/filed-words.ts';
import { withoutWaiting } from '../../../src/core/notify/wordless.ts';
import { incident, NOW, update } from '../../makers.ts';

const BEGUN = update(NOW - HOUR, 'investigating', 'API is down.');
const EMPTY = update(NOW - MINUTE, 'identified', '');
const FILED = update(NOW, 'identified', 'Database is down.');
const OVER = update(NOW, 'resolved', 'API is working again.');
const all = [BEGUN, FILED, OVER].map(({ body }) => filedKey(body));

/** The words of what is told, `-` for none; null: nothing yet. `seen`: the updates that were told. */
function left(one: Incident, seen: readonly IncidentUpdate[]) {
  const known = new Set([...all, ...seen.map(({ key }) => key)]);
  const told = withoutWaiting(one, key => known.has(key), NOW);
  return told && (told.gathering ? told.gathering.filed : told)?.updates.map(({ body }) => body || '-');
}

describe('an empty heading in a machine’s incident', () => {
  const machines = (updates: readonly IncidentUpdate[], more: Partial<Incident> = {}) =>
    incident('api', { openedBy: 'probe:api', status: 'identified', updates, ...more });

  test('waits, and nothing is told', () => {
    expect(left(machines([BEGUN, EMPTY]), [BEGUN])).toBeNull();
  });

  test('does not hold back what the machine files, its beginning and what calm delays too', () => {
    expect(left(machines([BEGUN, EMPTY]), [])).toEqual([BEGUN.body]);
    expect(left(machines([BEGUN, EMPTY, FILED]), [BEGUN])).toEqual([BEGUN.body, FILED.body]);
    const filed = machines([BEGUN, EMPTY, FILED]);
    expect(left({ ...filed, gathering: { filed } }, [BEGUN])).toEqual([BEGUN.body, FILED.body]);
  });

  test('does not wait beside words of a person', () => {
    const words = update(NOW, 'identified', 'A full disk.');
    expect(left(machines([BEGUN, EMPTY, words]), [BEGUN])).toEqual([BEGUN.body, '-', words.body]);
  });

  test('does not wait for words after the end', () => {
    const over = machines([BEGUN, EMPTY, OVER], { status: 'resolved', resolved: NOW });
    expect(left(over, [BEGUN])).toEqual([BEGUN.body, '-', OVER.body]);
  });
});

test('a beginning of which the machine’s words are not known does not wait', () => {
  const unknown = update(NOW - HOUR, 'investigating', '');
  expect(left(incident('api', { openedBy: 'probe:api', updates: [unknown] }), [])).toEqual(['-']);
});
