// Second look: what nearly fits is named with its line, what only looks alike is left in peace.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { printProblem } from '../../../../src/core/model/problem.ts';

const HEAD = 'title: API\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z\n';

function remarks(body: string, head = HEAD) {
  const { value, problems } = parseIncident('a.md', 'a', `---\n${head}---\n${body}`);
  expect(value).not.toBeNull();
  expect(problems.every(({ level }) => level === 'warning')).toBe(true);
  return problems.map(printProblem);
}

describe('headings that nearly are updates', () => {
  test.each([
    ['## Update', /a\.md:8: "## Update" has no time that can be read, .*`## Update 15:00 UTC`/],
    ['## Update: the cause is known', /has no time/],
    ['## In progress', /has no time/],
    [
      '##Update 10:05 UTC',
      /a\.md:8: "##Update 10:05 UTC" does not begin with "## ", .*`## Update 15:00 UTC`/,
    ],
    [
      '### Update 10:05 UTC',
      /"### Update 10:05 UTC" is a heading of a different level, .*`## Update 15:00 UTC`/,
    ],
    ['# Monitoring 22:20 UTC', /a different level, .*`## Monitoring 15:00 UTC`/],
    ['### Identifed 28.11.2026 3 pm', /a different level, .*`## Identified 15:00 UTC`/],
    ['#### Monitoring 22:20 UTC', /a different level, .*`## Monitoring 15:00 UTC`/],
    ['**Monitoring** - 22:20 UTC', /is not a heading that begins/],
    ['**Monitoring:** 22:20', /is not a heading that begins/],
    ['__Resolved__ – 2026-11-28 22:20 UTC', /is not a heading that begins/],
    ['*[Monitoring] 2026-11-28 22:20 UTC*', /is not a heading that begins/],
    ['**Monitoring** (22:20 UTC)', /is not a heading that begins/],
    [' ## Update 10:05 UTC', /does not begin with/],
    ['##Monitoring', /does not begin with/],
    [
      'Update 2026-11-28 23:12 UTC\n---',
      /"Update 2026-11-28 23:12 UTC" is not a heading that begins with "## "/,
    ],
    ['**Resolved 23:12**', /is not a heading that begins/],
    ['> ## Update 2026-11-28 23:12', /is not a heading that begins/],
    ['- ## Monitoring 23:12 UTC', /is not a heading that begins/],
    ['<h2>Update 23:12 UTC</h2>', /is not a heading that begins/],
  ])('%j', (heading, expected) => {
    const body = `We look.\n${heading}\nWords.\n`;
    expect(remarks(body)).toEqual([expect.stringMatching(expected)]);
    // The text stays on the page as it is.
    const { value } = parseIncident('a.md', 'a', `---\n${HEAD}---\n${body}`);
    expect(value?.updates).toMatchObject([{ body: body.trim() }]);
  });

  test.each([
    '## Monitoring improvements',
    '## Identified causes',
    '## Updates',
    '## What we do next',
    '## Update instructions for your client',
    '### Update of the client',
    '### Impact 10:05 UTC',
    '###### Update 10:05 UTC',
    '#Update 10:05',
    '## Timeline\n\n- 12:00 it began',
    'Update 12 of the client at 10:05 UTC broke it.',
    'Resolved at 10:05 UTC.',
    '- Resolved 10:05 UTC, for most.',
    '* Resolved 10:05 UTC',
    '- Resolved 10:05 UTC',
    '```\n## Update 3pm\n##Update 10:05 UTC\n```',
    '    ## Update 3pm',
    '## Post-mortem\n\n## Update 2 of the plan\n\n## Resolved',
  ])('%j is a heading like any other', body => {
    expect(remarks(`We look.\n\n${body}\n`)).toEqual([]);
  });
});

test.each([
  ['Identifed', 'Identified'],
  ['monitering', 'Monitoring'],
  ['Solved', 'Resolved'],
  ['In progres', 'In progress'],
  ['Updaet', 'Update'],
  ['Updaet 2', 'Update'],
  ['Resolved 2', 'Resolved'],
])('an update labelled %j is one, and %s is asked for', (label, meant) => {
  const body = `We look.\n\n## ${label} 12:10 UTC\nWords.\n`;
  expect(remarks(body)).toEqual([
    `a.md:9: "${label}" is not a status, so this update keeps the status before it — did you mean ${meant}?`,
  ]);
});

test.each([
  'Update 2',
  'Update #3',
  'Update #12 -',
  'Update (2)',
  'Updated',
  'Rolled back',
  'Restored',
  'Mitigated',
  'Reopened',
  'Phase 2',
])('%s is a label of its own', label => {
  expect(remarks(`We look.\n\n## ${label} 12:10 UTC\nWords.\n`)).toEqual([]);
});

describe('fields that nearly fit', () => {
  test.each([
    ['component: api\nseverity: minor', 8, 'component:', 'components'],
    ['Severity: minor', 8, 'Severity:', 'severity'],
    ['severity: minor\nnext-update: 30m', 9, 'next-update:', 'next_update'],
    ['notfy: false', 8, 'notfy:', 'notify'],
    ['components:\n  - api\nseverty: minor', 10, 'severty:', 'severity'],
  ])('%j', (lines, line, key, meant) => {
    const found = remarks(`## Update 12:05 UTC\n${lines}\n\nWords.\n`);
    expect(found).toEqual([expect.stringMatching(`^a.md:${line}: "${key}" .*did you mean ${meant}\\?`)]);
  });

  test.each([
    'Notice: we look into it.',
    'Security: no data was lost.',
    'Severity: we think it is small.',
    'Status: down',
    'Next update: 15:30 UTC',
    'Comments: see below.',
    '\ncomponent: api',
    'We look.\ncomponent: api',
  ])('%j is prose', lines => {
    expect(remarks(`## Update 12:05 UTC\n${lines}\n`)).toEqual([]);
  });

  test('what a monitor sent is left in peace', () => {
    expect(
      remarks('## Investigating 12:05 UTC\nSeverity: critical\n', `${HEAD}opened_by: "grafana:7"\n`),
    ).toEqual([]);
  });
});

describe('an end that only the newest update tells', () => {
  const END = '## Resolved 12:22 UTC\nAll well.\n';

  test.each([
    ['oldest first', `## Update 12:00 UTC\nWe look.\n\n${END}`, 10],
    ['newest first', `${END}\n## Update 12:00 UTC\nWe look.\n`, 7],
    ['with words after it', `${END}\n## Update 12:30 UTC\nThanks.\n`, 7],
  ])('%s: named, with the line', (_name, body, line) => {
    expect(remarks(body)).toEqual([
      `a.md:${line}: the newest update says resolved, but the front matter says investigating — set \`status: resolved\` and \`resolved: …\` (or reword the heading)`,
    ]);
  });

  test.each(['scheduled', 'in_progress', 'verifying'])('of a maintenance that is %s, too', status => {
    const upkeep = `title: A\nstatus: ${status}\ncomponents: []\nscheduled_start: 2026-03-10T09:00:00Z\nscheduled_end: 2026-03-10T13:00:00Z\n`;
    const expected = `the newest update says completed, but the front matter says ${status} — set \`status: completed\` (or reword the heading)`;
    const begun = '## In progress 09:02 UTC\nWe begin.\n';
    const ended = '## Completed 09:37 UTC\nDone.\n';
    expect(remarks(`${begun}\n${ended}`, upkeep)).toEqual([`a.md:11: ${expected}`]);
    expect(remarks(`${ended}\n${begun}`, upkeep)).toEqual([`a.md:8: ${expected}`]);
    expect(remarks(`${ended}\n## Update 09:50 UTC\nThanks.\n`, upkeep)).toEqual([`a.md:8: ${expected}`]);
  });

  test('not of one that is over, goes on again, or is one of a series', () => {
    const over = HEAD.replace('investigating', 'resolved\nresolved: 2026-03-10T12:22:00Z');
    expect(remarks(END, over)).toEqual([]);
    expect(remarks(`${END}\n## Investigating 12:40 UTC\nAgain.\n`)).toEqual([]);
    const upkeep =
      'title: A\nstatus: in_progress\nscheduled_start: 2026-03-10T12:00:00Z\nscheduled_end: 2026-03-10T13:00:00Z\n';
    expect(remarks('## In progress 12:02 UTC\nWe begin.\n', upkeep)).toEqual([]);
    const done = upkeep.replace('in_progress', 'completed');
    expect(remarks('## Completed 12:22 UTC\nDone.\n', done)).toEqual([]);
    const again = '## Completed 12:22 UTC\nDone.\n\n## Verifying 12:30 UTC\nOnce more.\n';
    expect(remarks(again, upkeep)).toEqual([]);
    const series = `${upkeep}rrule: FREQ=WEEKLY\n`;
    expect(remarks('## Completed 2026-03-10 12:22 UTC\nDone.\n', series)).toEqual([]);
  });
});

test('the shipped incidents are clean', () => {
  const folder = 'status/incidents';
  const names = readdirSync(folder).filter(one => one.endsWith('.md'));
  expect(names).not.toEqual([]);
  for (const name of names) {
    const text = readFileSync(path.join(folder, name), 'utf8');
    expect(parseIncident(name, name, text).problems).toEqual([]);
  }
});
