// Which files stay when their folder is gone: the current ones, by the clock that is handed down.
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ReadFile } from '../../../src/content/incidents/scan.ts';
import { assess } from '../../../src/content/missing/absence.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';

const TEXT = `---
title: Database move
status: scheduled
scheduled_start: 2020-03-10T10:00:00Z
scheduled_end: 2020-03-10T12:00:00Z
---
We move.
`;

test.each([
  ['before its end', '2020-03-10T11:59:00Z', true],
  ['after its end', '2020-03-10T12:01:00Z', false],
])('a maintenance in a folder that is gone stays %s', async (_, now, stays) => {
  const folder = '/nowhere/incidents';
  const file = path.join(folder, 'old', '20200310_move.md');
  const good = parseIncident(file, '20200310_move', TEXT).value;
  const gone: ReadFile = {
    ...{ file, id: '20200310_move', stamp: '1', changedAt: null, text: TEXT, good, goodText: TEXT },
    ...{ problems: [], isMeant: true },
  };
  const known = {
    ...{
      folder,
      folders: new Map([['', '1:2:3']]),
      absent: new Map(),
      leaving: new Set<string>(),
      now: Date.parse(now),
    },
    ...{ wasMissing: false, isPending: false, siteGone: false },
  };
  const scan = { files: new Map(), folders: new Map([['', { identity: '1:2:3', code: null }]]) };
  const { absent } = await assess(known, [gone], scan);
  expect(absent.has(file)).toBe(stays);
});
