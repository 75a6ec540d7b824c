// Reports in a file (post-mortem, timeline, summary): headings in them are no updates, and no update is lost in one.
import { describe, expect, test } from 'vitest';
import { defuse } from '../../../../src/core/incidents/file/escape.ts';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { addUpdate } from '../../../../src/core/incidents/file/print.ts';
import { iso } from '../../../../src/core/model/time.ts';

const OVER =
  'status: resolved\nseverity: major\nstarted: 2026-11-29T18:30:00Z\nresolved: 2026-11-29T19:50:00Z';
const OPEN = 'status: monitoring\nseverity: major\nstarted: 2026-11-29T18:30:00Z';
const TOLD = `## Investigating 18:30 UTC
We look.

## Rolled back 19:20 UTC
Better.

## Resolved 19:50 UTC
All good.
`;

function fileOf(front: string, body: string): string {
  return `---\ntitle: API\n${front}\n---\n${body}`;
}

function read(front: string, body: string) {
  const { value, problems } = parseIncident('a.md', '20261129_a', fileOf(front, body));
  const told = value?.updates.map(({ at, status, label }) => `${iso(at).slice(5, 16)} ${label ?? status}`);
  return { told, problems: problems.map(({ line, what }) => `${line}: ${what}`), value };
}

const UPDATES = ['11-29T18:30 investigating', '11-29T19:20 Rolled back', '11-29T19:50 resolved'];

const REPORTS = [
  '# Post-mortem',
  '# Postmortem: API outage',
  '# 📝 Post-mortem',
  '# Incident report',
  '# Post-incident review',
  '# Post Incident Report',
  '# PIR',
  '# What happened?',
  '# Summary:',
  '# Timeline 🕒',
  '# Root cause analysis',
  '# Nachbetrachtung',
];

describe('below a level-one heading of a report, what is over has text alone', () => {
  test.each(REPORTS)('%s', title => {
    const report = `${title}
Words.

## 2026-11-29 18:29 UTC - failover
The primary died.

## What went wrong at 19:40 UTC
Much.

## Detection (19:02 UTC)
A customer called.

## 19:50 UTC - Resolved
The end.

## Identified the cause at 18:40 UTC
It was DNS.

## 12:00 CET
Lunch.

## 2026-11-30
The day after.

### 19:10 UTC - Identified
Found.
`;
    const { told, problems, value } = read(OVER, `${TOLD}\n${report}`);
    expect({ told, problems }).toEqual({ told: UPDATES, problems: [] });
    expect(value?.updates.at(-1)?.body).toContain('## 2026-11-29 18:29 UTC - failover\n');
    expect(value?.updates.at(-1)?.body).toContain('### 19:10 UTC - Identified\nFound.');
  });

  test('with no other headings, all of the file is a report', () => {
    const { told } = read(OVER, '# Incident report\n\n## Detection (19:02 UTC)\nA call.\n');
    expect(told).toEqual(['11-29T18:30 investigating', '11-29T19:50 resolved']);
  });
});

describe('no update is lost below one', () => {
  test.each([OVER, OPEN])('as the title of the file', front => {
    const { told } = read(front, `# Incident report\n\n## Rolled back 19:20 UTC\nBetter.\n\n${TOLD}`);
    expect(told).toContain('11-29T19:20 Rolled back');
    expect(told).toHaveLength(5);
  });

  test('where the times come first', () => {
    const body = '# Timeline\n\n## 18:30 UTC - Investigating\na\n\n## 19:20 UTC - Rolled back\nb\n';
    expect(read(OVER, body).told?.slice(1, 3)).toEqual(UPDATES.slice(0, 2));
  });

  test.each([
    '## Resolved 2026-11-29 20:30 UTC',
    '## 2026-11-29 20:30 UTC - Resolved',
    '## Failover done 2026-11-29 20:30 UTC',
  ])('while the incident is open: %s', heading => {
    const body = `${TOLD.split('## Resolved')[0]}\n# Post-mortem\nWords.\n\n${heading}\nIt works.\n`;
    expect(read(OPEN, body).told?.at(-1)).toMatch(/^11-29T20:30/);
  });

  test('one with a time that cannot be read is an error', () => {
    const body = `${TOLD}\n# Post-mortem\n\n## Update 20:10 CET\nMore.\n`;
    expect(read(OVER, body).problems).toEqual([expect.stringMatching(/^19: .*CET/)]);
    expect(read(OPEN, body).problems).toContainEqual(expect.stringMatching(/^18: .*CET/));
  });

  test('one that was added after it, with all that stands below that', () => {
    const body = `${TOLD}\n# Post-mortem\n\n## What went wrong at 19:40 UTC\nMuch.\n\n## Update 2026-11-30 10:00 UTC\nSorry.\n\n## Credits sent 2026-11-30 11:00 UTC\n`;
    expect(read(OVER, body).told).toEqual([...UPDATES, '11-30T10:00 resolved', '11-30T11:00 Credits sent']);
  });

  test('of the command line and the API', () => {
    const file = fileOf(OVER, `${TOLD}\n# Post-mortem\n\n## 2026-11-29 18:29 UTC - failover\nIt died.\n`);
    const at = Date.parse('2026-11-30T10:00:00Z');
    const text = addUpdate(file, { status: 'resolved', at, message: 'Sorry.', afterwards: 'update' });
    const { value } = parseIncident('a.md', '20261129_a', text);
    expect(value?.updates.map(one => iso(one.at).slice(5, 16))).toEqual([
      ...['11-29T18:30', '11-29T19:20', '11-29T19:50', '11-30T10:00'],
    ]);
    expect(value?.updates.at(-1)?.body).toBe('Sorry.');
  });

  test('below a message that contains such a heading', () => {
    expect(defuse('# Post-mortem\nwords')).toBe('### Post-mortem\nwords');
    expect(defuse('## Post-mortem (draft)\nwords')).toBe('### Post-mortem (draft)\nwords');
  });

  test('on an open incident, a heading of another level below the title of the file is named', () => {
    const { problems } = read(OPEN, '# Incident report\n\n### Identified 19:10 UTC\nFound.\n');
    expect(problems).toEqual([expect.stringMatching(/different level/)]);
  });
});

describe('a heading with a note is the post-mortem', () => {
  test.each([
    '## Post-mortem (published 2026-11-29 19:57 UTC)',
    '## Post-mortem:',
    '## 📝 Post-mortem',
    '## **Postmortem**',
  ])('%s', heading => {
    const { told, problems, value } = read(OVER, `${TOLD}\n${heading}\nWhy.\n\n## 18:29 UTC - failover\n`);
    expect({ told, problems }).toEqual({ told: UPDATES, problems: [] });
    expect(value?.postmortem).toBe('Why.\n\n## 18:29 UTC - failover');
  });

  test('what tells of one to come is an update', () => {
    const { told } = read(OVER, `${TOLD}\n## Postmortem to follow 2026-11-29 19:57 UTC\nSoon.\n`);
    expect(told).toEqual([...UPDATES, '11-29T19:57 Postmortem to follow']);
  });
});

describe('headings of a lower level may have any time below a report', () => {
  test.each([
    ...[
      'Post-incident review',
      'Post Incident Report',
      'Incident report',
      'PIR',
      'What happened?',
      'Summary',
    ],
    ...['Incident summary', 'Executive summary', 'Details', 'Technical details', 'After action review'],
    ...['Debrief', 'History', 'Log', 'Zeitlicher Ablauf', 'Nachbetrachtung', 'Timeline 🕒', 'Summary:'],
    ...['📋 Details', 'Incident log', 'Summary ##', 'After-action report', 'Impact?'],
  ])('## %s', title => {
    const { told, problems } = read(OVER, `${TOLD}\n## ${title}\n\n### 09:05 UTC - first page\nRing.\n`);
    expect({ told, problems }).toEqual({ told: UPDATES, problems: [] });
  });

  test.each(['Login works', 'Logs', 'Detailed plan', 'Historical data', 'Reporting'])(
    'not below ## %s',
    title => {
      expect(read(OPEN, `${TOLD}\n## ${title}\n\n### 09:05 UTC - first page\n`).problems).toContainEqual(
        expect.stringMatching(/different level/),
      );
    },
  );
});
