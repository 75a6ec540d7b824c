// What counts as a file with git's conflict markers.
import { expect, test } from 'vitest';
import { gitConflict } from '../../../src/core/text/conflict-markers.ts';
import { ownTime } from '../../own-time.ts';

const marked = (begin: number, turn = begin, end = begin) =>
  `a\n${'<'.repeat(begin)} HEAD\nb\n${'='.repeat(turn)}\nc\n${'>'.repeat(end)} x\n`;

test.each([7, 8, 9, 32])('markers of %i characters', length => {
  expect(gitConflict(marked(length), 'a.md')).toMatchObject({ line: 2 });
  expect(gitConflict(marked(length).replaceAll('\n', '\r\n'), 'a.md')).toMatchObject({ line: 2 });
});

test('a nested conflict counts where the first whole one begins', () => {
  expect(gitConflict(`<<<<<<<<< a line\n${marked(8)}`, 'a.md')).toMatchObject({ line: 3 });
});

test.each([
  [6, 6, 6],
  [7, 8, 7],
  [8, 7, 8],
  [8, 8, 7],
])('%i, %i and %i characters are no conflict', (begin, turn, end) => {
  expect(gitConflict(marked(begin, turn, end), 'a.md')).toBeNull();
});

test('long texts of begin markers alone take no time', () => {
  const text = Array.from({ length: 20_000 }, (_, n) => '<'.repeat(7 + (n % 30))).join('\n');
  expect(ownTime(() => expect(gitConflict(text, 'a.md')).toBeNull())).toBeLessThan(2000);
});
