// Which update tells an end: the first that says so aloud.
import { expect, test } from 'vitest';
import { announcesEnd, openAfterEnd } from '../../../src/core/incidents/ending.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { stretchesOf } from '../../../src/core/incidents/impact.ts';
import { incident, NOW, update } from '../../makers.ts';

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
  expect(updates.map(one => announcesEnd(made, one))).toEqual(told);
});

test('an end that an update inherits though the file goes on is none: it came back, and the next end is one', () => {
  const text = (front: string) => `---
title: API trouble
severity: major
started: 2026-03-10T11:00:00Z
${front}
---
## Investigating 11:00 UTC
x

## Resolved 12:00 UTC
x

## Update 12:01 UTC
It is back.

## Update 12:02 UTC
Still.

## Resolved 12:30 UTC
x

## Update 12:40 UTC
Words after it.
`;
  const read = (front: string) => parseIncident('a.md', 'a', text(front)).value!;
  const over = read('status: resolved\nresolved: 2026-03-10T12:30:20Z');
  expect(over.updates.map(one => [announcesEnd(over, one), one.status])).toEqual([
    [false, 'investigating'],
    [true, 'resolved'],
    [false, 'investigating'],
    [false, 'investigating'],
    [true, 'resolved'],
    [false, 'resolved'],
  ]);
  const open = read('status: identified');
  expect(open.updates[2]!.status).toBe('identified');
});

test('words between an end and a heading that says that it is open again stay resolved, and count as no downtime', () => {
  const body = `## Investigating 2026-03-10 11:00 UTC
x

## Resolved 2026-03-10 12:00 UTC
x

## Update 2026-03-10 12:10 UTC
We are sorry.

## Investigating 2026-03-11 09:00 UTC
Again.
`;
  const read = (front: string, more = '') =>
    parseIncident(
      'a.md',
      'a',
      `---\ntitle: T\nseverity: major\nstarted: 2026-03-10T11:00:00Z\ncomponents: [api]\n${front}\n---\n${body}${more}`,
    ).value!;
  const open = read('status: investigating');
  const statuses = ['investigating', 'resolved', 'resolved', 'investigating'];
  expect(open.updates.map(({ status }) => status)).toEqual(statuses);
  const end = '2026-03-11T09:30:00Z';
  const over = read(
    `status: resolved\nresolved: ${end}`,
    '\n## Resolved 2026-03-11 09:30 UTC\nx\n\n## Update 2026-03-11 09:40 UTC\nx\n',
  );
  expect(over.updates.map(({ status }) => status)).toEqual([...statuses, 'resolved', 'resolved']);
  const spans = stretchesOf(over, [{ id: 'api', name: 'API' }]).map(one => [one.start, one.end]);
  expect(spans).toEqual([
    [Date.parse('2026-03-10T11:00:00Z'), Date.parse('2026-03-10T12:00:00Z')],
    [Date.parse('2026-03-11T09:00:00Z'), Date.parse(end)],
  ]);
});

test('a heading Resolved that is early is none that says that it is open again', () => {
  const text = `---\ntitle: T\nstatus: monitoring\nseverity: major\nstarted: 2026-03-10T11:00:00Z\n---
## Resolved 2026-03-10 12:00 UTC
x

## Update 2026-03-10 12:10 UTC
It is back.

## Resolved 2026-03-10 12:20 UTC
x
`;
  const { updates } = parseIncident('a.md', 'a', text).value!;
  expect(updates.map(({ status }) => status)).toEqual(['resolved', 'monitoring', 'monitoring']);
});

test.each<[string, readonly string[], string, readonly string[]]>([
  ['with a word of a status', ['Resolved 12:00', 'Investigating 12:05'], '', ['investigating']],
  [
    'and with words after it',
    ['Resolved 12:00', 'Monitoring 12:05', 'Update 12:20'],
    '',
    ['monitoring', 'monitoring'],
  ],
  ['without a section of the end', ['Investigating 11:00', 'Identified 12:05'], '', ['identified']],
  ['newest first', ['Investigating 12:05', 'Resolved 12:00', 'Investigating 11:00'], '', ['investigating']],
  ['plain words are none', ['Resolved 12:00', 'Update 12:05'], '', []],
  ['at the same minute', ['Monitoring 12:00', 'Resolved 12:00', 'Investigating 11:00'], '', []],
  ['before a later section of the end', ['Monitoring 12:05', 'Resolved 12:10'], '', []],
  [
    'written while a monitor confirmed the end',
    ['Resolved 12:00', 'Identified 12:10'],
    'opened_by: probe:api',
    [],
  ],
  [
    'long after a monitor’s end',
    ['Resolved 12:00', 'Investigating 13:05'],
    'opened_by: probe:api',
    ['investigating'],
  ],
])('what says open after the end in the front matter: %s', (_name, headings, more, expected) => {
  const body = headings.map(heading => `## ${heading.replace(' ', ' 2026-03-10 ')} UTC\nx\n`).join('\n');
  const text = `---\ntitle: T\nstatus: resolved\nseverity: major\nstarted: 2026-03-10T11:00:00Z\nresolved: 2026-03-10T12:00:00Z\n${more}\n---\n${body}`;
  expect(openAfterEnd(parseIncident('a.md', 'a', text).value!).map(({ status }) => status)).toEqual(expected);
});
