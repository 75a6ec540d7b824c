// Likely mistakes: what nearly fits is named with its line, what only looks alike is left in peace.
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
    ['    ## Update 10:05 UTC', /"## Update 10:05 UTC" is indented, .*`## Update 15:00 UTC`, at the start/],
    ['\t## Resolved 2026-03-10 10:05 UTC', /is indented/],
    ...[...'\u200b\ufeff\u200e\u00ad\u2060\0\v\f'].map((sign): [string, RegExp] => [
      `${sign}## Update 10:05 UTC`,
      /"## Update 10:05 UTC" .* an invisible character/,
    ]),
    ['\u00a0\u00a0## Update 10:05 UTC', /an invisible character/],
    ['##\u200b Update 10:05 UTC', /an invisible character/],
    ['##\u200bUpdate 10:05 UTC', /does not begin with "## "/],
    ['Found.\u2028## Update 10:05 UTC', /"## Update 10:05 UTC" .* an invisible character/],
    ['Found.\u0085## Update 10:05 UTC', /invisible character/],
    ['＃＃ Update 10:05 UTC', /"## Update 10:05 UTC" .* other "#" signs/],
    ['\\## Update 10:05 UTC', /is not a heading that begins/],
    ['1. ## Update 10:05 UTC', /is not a heading that begins/],
    ['####Update 10:05 UTC', /a different level/],
    ['#Update 20:42 UTC', /a different level, .*`## Update 15:00 UTC`/],
    ['#Identified 10:05', /a different level, .*`## Identified 15:00 UTC`/],
    ['20:55 UTC — Resolved', /"20:55 UTC — Resolved" is not a heading that begins .*`## Resolved 15:00 UTC`/],
    ['2026-03-10 20:55 UTC: Monitoring', /is not a heading that begins .*`## Monitoring 15:00 UTC`/],
    ['**20:55 UTC — Resolved**', /is not a heading that begins .*`## Resolved 15:00 UTC`/],
    ['##Monitoring', /does not begin with/],
    [
      'Update 2026-11-28 23:12 UTC\n---',
      /"Update 2026-11-28 23:12 UTC" is not a heading that begins with "## "/,
    ],
    ['**Resolved 23:12**', /is not a heading that begins/],
    ['> ## Update 2026-11-28 23:12', /is not a heading that begins/],
    ['- ## Monitoring 23:12 UTC', /is not a heading that begins/],
    ['<h2>Update 23:12 UTC</h2>', /is not a heading that begins/],
    ['### 15:30 UTC - Identified', /a different level, .*`## Identified 15:00 UTC`/],
    ['### 2026-11-28 15:30 UTC - Identified', /a different level, .*`## Identified 15:00 UTC`/],
    ['### Nov 28, 2026 3:30 PM - Fixed', /a different level, .*`## Resolved 15:00 UTC`/],
    ['# 15:30 UTC - Resolved', /a different level, .*`## Resolved 15:00 UTC`/],
    ['### 15:30 CET - Resolved', /a different level, .*`## Resolved 15:00 UTC`/],
    ['### 14:35 UTC', /a different level, .*`## Update 15:00 UTC`/],
    ['### 14:35 UTC - Rolled back', /a different level, .*`## Update 15:00 UTC`/],
    ['##15:30 UTC - Resolved', /does not begin with "## ", .*`## Resolved 15:00 UTC`/],
    ['**15:30 UTC - Resolved**', /is not a heading that begins .*`## Resolved 15:00 UTC`/],
    ['### Fixed 15:30 UTC', /a different level, .*`## Resolved 15:00 UTC`/],
    ['### Mitigated 15:30 UTC', /a different level, .*`## Monitoring 15:00 UTC`/],
    ['### Final update 15:30 UTC', /a different level, .*`## Update 15:00 UTC`/],
    ['### Still investigating 15:30 UTC', /a different level, .*`## Investigating 15:00 UTC`/],
    ['**UPDATE 15:30 UTC:** B is fixed.', /is not a heading that begins/],
    ['UPDATE 15:30 UTC: B is fixed.', /is not a heading that begins/],
    ['EDIT 15:30 UTC - B is fixed.', /is not a heading that begins .*`## Update 15:00 UTC`/],
    [`Update (15:30 UTC): ${'B is fixed. '.repeat(30)}`, /"Update .{60,75}…" is not a heading that begins/],
    ['## Final update', /has no time that can be read, .*`## Update 15:00 UTC`/],
    ['## All clear', /has no time/],
    ['## Fixed', /has no time that can be read, .*`## Resolved 15:00 UTC`/],
    ['## Fixed: the disk', /has no time/],
    ['## [RESOLVED]', /has no time/],
    ['## ✅ Resolved', /has no time/],
    ['## Status: Resolved', /has no time/],
    ['## Still investigating', /has no time/],
  ] as [string, RegExp][])('%j', (heading, expected) => {
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
    '#update',
    '#12 10:05 UTC',
    'At 15:30 UTC - Resolved',
    '## Timeline\n\n- 12:00 it began',
    'Update 12 of the client at 10:05 UTC broke it.',
    'Resolved at 10:05 UTC.',
    '- Resolved 10:05 UTC, for most.',
    '* Resolved 10:05 UTC',
    '- Resolved 10:05 UTC',
    '## Fixed issues',
    '## Recovered data',
    '## Final update policy',
    '### Fixed 3 bugs',
    '### What was fixed at 15:30 UTC',
    '### 28 November 2026',
    '- 15:30 UTC - Resolved',
    '- **15:30 UTC - Resolved**',
    '| **15:30 UTC** | Resolved |',
    '## Timeline\n\n### 14:05 UTC - Investigating\n\n**15:30 UTC - Resolved**\n\nUPDATE 15:30 UTC: fine.',
    '## Root cause\n\n### 14:05 UTC\n\n### Identified 14:10 UTC',
    '### Timeline (UTC)\n\n#### 14:05 UTC - Resolved',
    '# Post-mortem\n\n## Timeline\n\n## 2026-11-28\n\n### 14:05 UTC - Resolved',
    '## Incident timeline 2026-11-28\n\n### 14:05 Database fails',
    '## What happened on Sunday\n\n### 14:05 alerts',
    '## Post-mortem\n\n## 2026-11-28\n\n### 14:05 UTC - Resolved',
    '```\n## Update 3pm\n##Update 10:05 UTC\n```',
    '    ## Update 3pm',
    '    $ cat plan.md\n    ## Update 10:05 UTC',
    '\tThe plan was:\n\t## Update 10:05 UTC',
    '```\n\u200b## Update 10:05 UTC\n    ## Update 10:05 UTC\n```',
    '<!--\n    ## Update 10:05 UTC\n\u200b## Update 10:05 UTC\n-->',
    'Issue\u00a0#12 was filed at 10:05 UTC.',
    '\u200bUpdate the client at 10:05 UTC.',
    '1. #12 Update 10:05 UTC of the client',
    '    ## 3 alerts',
    '## Post-mortem\n\n## Update 2 of the plan\n\n## Resolved',
  ])('%j is a heading like any other', body => {
    expect(remarks(`We look.\n\n${body}\n`)).toEqual([]);
  });
});

describe('updates written or pasted as text get one hint for the file', () => {
  test.each([
    ['**19:30 UTC** - Fix deployed.\n\n**19:20 UTC** - We look.', 8],
    ['**19:50 UTC – Resolved.** All good.\n\n**19:30 UTC – Identified.** A disk.', 8],
    ['__19:50__: it works', 8],
    ['**2026-03-10 19:30 UTC:** Fix deployed.', 8],
    [
      '**Resolved** - This incident has been resolved.\nNov 29, 19:50 UTC\n\n**Investigating** - We look.\nNov 29, 19:00 UTC',
      9,
    ],
    ['**Update** - We look.\nPosted 3 hours ago. Nov 29, 2026 - 19:00 UTC', 9],
    ['**Monitoring:** A fix is in.  \n_Nov 29, 19:00 PST_', 9],
  ])('%j', (body, line) => {
    expect(remarks(`We look.\n${body}\n`)).toEqual([
      expect.stringMatching(
        new RegExp(`^a\\.md:${line}: .* is text, not an update, .*\`## Update 15:00 UTC\``),
      ),
    ]);
  });

  test.each([
    '**22:00 UTC** – **23:00 UTC**: no logins.',
    '**22:00 – 23:00 UTC**: no logins.',
    'At **22:00 UTC** we deploy.',
    '- **22:00 UTC** we deploy.',
    '| **22:00 UTC** | deploy |',
    '**Resolved** - This incident has been resolved.',
    'It began on\nNov 29, 19:00 UTC',
    '**Note:** the plan\nNov 29, 19:00 UTC',
    '## Timeline\n\n**19:30 UTC** - Fix deployed.',
    '```\n**19:30 UTC** - Fix deployed.\n```',
  ])('not %j', body => {
    expect(remarks(`We look.\n\n${body}\n`)).toEqual([]);
  });

  test('not in a maintenance, nor in the last words of what is over', () => {
    const body = 'Words.\n\n## Resolved 13:00 UTC\n\n**12:30 UTC** - Fix deployed.\n';
    expect(
      remarks(body, `${HEAD.replace('investigating', 'resolved')}resolved: 2026-03-10T13:00:00Z\n`),
    ).toEqual([]);
    const work =
      'title: API\nstatus: scheduled\nscheduled_start: 2026-03-12T12:00:00Z\nscheduled_end: 2026-03-12T13:00:00Z\ncomponents: []\n';
    expect(remarks('**12:30 UTC** - We switch over.\n', work)).toEqual([]);
  });
});

test.each(['Update 16:20 UTC — Resolved', 'Update 16:20 UTC (Fixed)'])(
  '"## %s" as the newest update of an open incident',
  heading => {
    const body = `## Investigating 12:00 UTC\nWe look.\n\n## ${heading}\nDone.\n`;
    expect(remarks(body)).toEqual([
      expect.stringMatching(
        /^a\.md:10: the newest update says resolved, but the front matter says investigating/,
      ),
    ]);
    expect(remarks(`${body}\n## Update 17:00 UTC\nNot yet.\n`)).toEqual([]);
  },
);

test.each([
  'Update 16:20 UTC — Partially resolved',
  'Update 16:20 UTC - Resolved for most',
  'Fixed 3 disks 16:20 UTC',
])('"## %s" says no end', heading => {
  expect(remarks(`## Investigating 12:00 UTC\nWe look.\n\n## ${heading}\nDone.\n`)).toEqual([]);
});

test('a report ends with the next heading of its level', () => {
  const body = '## Timeline\n\n### 14:05 UTC\n\n## Apology\n\n### 15:30 UTC - Resolved\n';
  expect(remarks(body)).toEqual([
    expect.stringMatching(/"### 15:30 UTC - Resolved" is a heading of a different level/),
  ]);
});

test.each([
  ...[
    '2026-11-29',
    '28 November 2026',
    '29.11.2026',
    '29.11.',
    'Nov 29',
    '29 November',
    'Sunday',
    'Sunday, Nov 29',
  ],
  ...['Day 2', 'Mitigation deployed 2026-11-29', 'Sun 29 Nov 2026', 'Gestern', '2026年11月29日'],
])('"## %s" is a date without a time, as with a label', heading => {
  const { value, problems } = parseIncident(
    'a.md',
    'a',
    `---\n${HEAD}---\nWe look.\n\n## ${heading}\nWords.\n`,
  );
  expect(problems).toMatchObject([
    { level: 'error', line: 9, what: expect.stringContaining(`"${heading}" has a date and no time`) },
  ]);
  expect(value).toMatchObject({
    isPartlyUnreadable: true,
    updates: [{ body: `We look.\n\n## ${heading}\nWords.` }],
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

  test('not of one that is over, goes on again, or is one of a series', () => {
    const over = HEAD.replace('investigating', 'resolved\nresolved: 2026-03-10T12:22:00Z');
    expect(remarks(END, over)).toEqual([]);
    expect(remarks(`${END}\n## Investigating 12:40 UTC\nAgain.\n`)).toEqual([]);
  });
});

test.each([
  ['title: API down #1234', '5: what follows ` #` is a comment and is not read — put the value in quotes'],
  [
    'title: API down  #ops, #web',
    '5: what follows ` #` is a comment and is not read — put the value in quotes',
  ],
  ['title: API\nopened_by: nagios #ops', '6: what follows ` #` is a comment and is not read'],
  ['title: API # why we say so', null],
  ['title: "API down #1234"', null],
  ["title: 'API' #1234", null],
  ['title: API#1234', null],
  ['title: >-\n  API down #1234', null],
  ['# title: API down #1234\ntitle: API', null],
])('what " #" cuts off a value is named: %j', (title, expected) => {
  const front = `status: investigating #why\nseverity: minor #why\nstarted: 2026-03-10T12:00:00Z #why\n${title}\n`;
  for (const eol of ['\n', '\r\n']) {
    const text = `\uFEFF---\n${front}---\ntitle: x #1\n`.replaceAll('\n', eol);
    expect(parseIncident('a.md', 'a', text).problems.map(printProblem)).toEqual(
      expected === null ? [] : [expect.stringContaining(`a.md:${expected}`)],
    );
  }
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
