// Which update tells an end: the first that says so aloud.
import { expect, test } from 'vitest';
import { tellsEnd } from '../../src/core/ending.ts';
import { incident, NOW, update } from '../makers.ts';

test.each([
  ['the first that says so', ['investigating', 'resolved'], [], [false, true]],
  ['no word after it', ['investigating', 'resolved', 'resolved'], [], [false, true, false]],
  ['the second end after a relapse', ['resolved', 'investigating', 'resolved'], [], [true, false, true]],
  ['one aloud after a quiet one', ['investigating', 'resolved', 'resolved'], [1], [false, true, true]],
] as const)('%s', (_name, statuses, quiet, told) => {
  const updates = statuses.map((status, i) => ({
    ...update(NOW + i * 1000, status, 'x'),
    ...((quiet as readonly number[]).includes(i) ? { quiet: true as const } : {}),
  }));
  const made = incident('a', { started: NOW, updates });
  expect(updates.map(one => tellsEnd(made, one))).toEqual(told);
});
