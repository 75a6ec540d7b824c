// Which words a machine added to a file: not a person's that stand beside them, or that it changed by closing what was open.
import { expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate } from '../../../src/core/incidents/file/print.ts';
import { filedKey, filedKeys } from '../../../src/core/notify/filed-words.ts';

const FRONT =
  '---\ntitle: API Down\nstatus: identified\nseverity: critical\nstarted: 2026-03-10T12:00:00Z\ncomponents: [api]\nopened_by: probe:api\n---\n';
const read = (text: string) => parseIncident('x.md', 'x', text).value!;
const at = Date.parse('2026-03-10T12:05:00Z');

test.each([
  ['below', '## Investigating 12:00 UTC\nDown.\n\n## Identified 12:03 UTC\nA switch.\n'],
  ['above', '## Identified 12:03 UTC\nA switch.\n\n## Investigating 12:00 UTC\nDown.\n'],
  ['below an open fence', '## Investigating 12:00 UTC\nDown.\n\n## Identified 12:03 UTC\n```\nA switch.\n'],
  ['in the same second', '## Investigating 12:00 UTC\nDown.\n\n## Identified 12:05:00 UTC\nA switch.\n'],
  [
    'in a file with CRLF',
    '## Investigating 12:00 UTC\r\nDown.\r\n\r\n## Identified 12:03 UTC\r\nA switch.\r\n',
  ],
])('%s', (_, body) => {
  const before = FRONT + body;
  const after = addUpdate(before, { status: 'identified', at, message: 'Database is not working either.' });
  expect(filedKeys(read(before), read(after))).toEqual([filedKey('Database is not working either.')]);
});

test('none where nothing was added, and none for an empty section', () => {
  const before = `${FRONT}## Investigating 12:00 UTC\nDown.\n`;
  expect(filedKeys(read(before), read(before))).toEqual([]);
  const after = addUpdate(before, { status: 'identified', at, message: '' });
  expect(filedKeys(read(before), read(after))).toEqual([]);
});
