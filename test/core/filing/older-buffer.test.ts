// Which saves are of an older version of the file, and what becomes of them.
import { describe, expect, test } from 'vitest';
import { isUpdateOfProgram, withLost } from '../../../src/core/filing/edited/older-buffer.ts';

const file = (front: string, ...sections: readonly string[]) => `---
title: Slow sign-in
${front}
started: 2026-03-10T11:50:00Z
---
${sections.join('\n')}`;

const OPEN = 'status: investigating\nseverity: major';
const BEGUN = '## Investigating 11:50 UTC\nIt takes a minute.\n';
const ENDED = 'status: resolved\nresolved: 2026-03-10T12:00:07Z\nseverity: major';
const THEIR_END = '## Resolved 2026-03-10 12:00:07 UTC\nThe issue has been resolved.\n';
const MY_END = '## Resolved 12:10 UTC\nThis issue is resolved.\n';
const MINE = '## Update 12:05 UTC\nA certificate expired.\n';

const BASE = file(OPEN, BEGUN);
const RESOLVED = file(ENDED, THEIR_END, BEGUN);

describe('a save with what only the present version says is made of that', () => {
  test.each<[string, string, string]>([
    ['the words of the end rewritten, its time kept', RESOLVED, file(ENDED, BEGUN, MY_END)],
    [
      'the end reworded under its heading',
      RESOLVED,
      file(ENDED, THEIR_END.replace(/\n.*/, '\nIt is.'), BEGUN),
    ],
    [
      'the end under another heading',
      RESOLVED,
      file(OPEN, THEIR_END.replace(/.*/, '## Update 12:01 UTC'), BEGUN, MINE),
    ],
    ['the end taken out', RESOLVED, file(OPEN.replace('investigating', 'identified'), BEGUN)],
    [
      'a joined check’s section rewritten',
      file(
        `${OPEN}\nopened_by: probe:api, probe:db`,
        '## Update 2026-03-10 12:00:07 UTC\nThe database, too.\n',
        BEGUN,
      ),
      file(`${OPEN}\nopened_by: probe:api, probe:db`, BEGUN, MINE),
    ],
    [
      'one of two keys set back',
      file('status: investigating\nseverity: minor\nnext_update: 2026-03-10T13:00:00Z', BEGUN),
      file('status: investigating\nseverity: major\nnext_update: 2026-03-10T13:00:00Z', BEGUN, MINE),
    ],
  ])('%s', (_, present, text) => {
    expect(withLost([BASE], present, text)).toBeNull();
  });
});

describe('a save of an older version', () => {
  test('with an end in nearly the words of the end that it lost: both stay', () => {
    const mine = file(ENDED.replace('12:00:07', '12:10:00'), BEGUN, MY_END);
    const text = withLost([BASE], RESOLVED, mine)!;
    for (const one of [THEIR_END, MY_END, 'resolved: 2026-03-10T12:10:00Z'])
      expect(text).toContain(one.trim());
  });

  test('of two versions, of the one that it is nearest to', () => {
    const later = file('status: investigating\nseverity: critical', BEGUN);
    const present = file(
      'status: identified\nseverity: critical',
      '## Identified 2026-03-10 12:00:07 UTC\nIt is.\n',
      BEGUN,
    );
    const ofBase = withLost([BASE, later], present, file(OPEN, BEGUN, MINE));
    expect(ofBase).toContain('\nseverity: critical\n');
    const ofLater = withLost(
      [BASE, later],
      present,
      file('status: investigating\nseverity: minor', BEGUN, MINE),
    );
    expect(ofLater).toContain('\nseverity: minor\n');
  });

  test('whose section the server edited, too: the save is the later word', () => {
    const present = file(
      OPEN,
      BEGUN.replace('\n', '\ncomponents: [db]\n\n'),
      '## Update 2026-03-10 12:00:07 UTC\nIt is.\n',
    );
    const text = withLost([BASE], present, file(OPEN, BEGUN.replace('minute', 'minute or two'), MINE))!;
    for (const one of ['minute or two', 'It is.', 'A certificate']) expect(text).toContain(one);
  });
});

test('a program’s update: sections dated to the second, and none less', () => {
  expect(isUpdateOfProgram(BASE, RESOLVED)).toBe(true);
  expect(isUpdateOfProgram(RESOLVED, BASE)).toBe(false);
  expect(isUpdateOfProgram(BASE, file(OPEN, BEGUN, MINE))).toBe(false);
  expect(isUpdateOfProgram(BASE, file(ENDED, THEIR_END))).toBe(false);
});
