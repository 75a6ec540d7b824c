// Importers: another page's history reads back as incidents, twice the same, and says what was lost.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import.ts';
import { importCstate } from '../../../src/core/import/cstate.ts';
import { siteYaml } from '../../../src/core/import/imported.ts';
import { importStatuspage } from '../../../src/core/import/statuspage.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { iso } from '../../../src/core/model/time.ts';
import { openTerminal } from '../../cli/terminal.ts';

const INCIDENTS = {
  page: { id: 'kctbh9vrtdwd' },
  incidents: [
    {
      id: 'p31zjtct2jer',
      name: 'Login fails: "500"',
      status: 'postmortem',
      impact: 'critical',
      created_at: '2024-03-05T10:00:00.123Z',
      started_at: '2024-03-05T09:55:00.000-01:00',
      resolved_at: '2024-03-05T12:00:00.000Z',
      components: [{ id: 'c1', name: 'API' }],
      postmortem_body: 'A *certificate*.',
      incident_updates: [
        { status: 'resolved', body: 'Mended.', created_at: '2024-03-05T12:00:00.000Z' },
        {
          status: 'identified',
          body: 'Found &amp; <a href="https://example.com/x">shown</a>.<br />Wait.',
          created_at: '2024-03-05T11:20:00.000Z',
          affected_components: [
            { code: 'c1', name: 'API', old_status: 'major_outage', new_status: 'degraded_performance' },
          ],
        },
        {
          status: 'investigating',
          body: '<p>Nobody can log in.</p>',
          created_at: '2024-03-05T10:55:00.000Z',
        },
      ],
    },
    {
      id: 'n1',
      name: 'A note',
      status: 'resolved',
      impact: 'none',
      created_at: '2024-03-06T10:00:00Z',
      resolved_at: '2024-03-06T10:00:00Z',
      incident_updates: [
        { status: 'resolved', body: '<table><tr>x</tr></table>', created_at: '2024-03-06T10:00:00Z' },
      ],
    },
    { id: 'broken' },
  ],
  scheduled_maintenances: [
    {
      id: 'm1',
      name: 'Database work',
      status: 'completed',
      impact: 'maintenance',
      created_at: '2024-03-01T10:00:00Z',
      scheduled_for: '2024-03-08T02:00:00Z',
      scheduled_until: '2024-03-08T03:00:00Z',
      components: [{ id: 'c2', name: 'Database' }],
      incident_updates: [
        { status: 'completed', body: 'Done.', created_at: '2024-03-08T02:40:00Z' },
        { status: 'scheduled', body: 'Soon.', created_at: '2024-03-01T10:00:00Z' },
      ],
    },
  ],
};
const SUMMARY = {
  components: [
    { id: 'c1', name: 'API', description: 'Public', group_id: 'g' },
    { id: 'g', name: 'Platform', group: true },
    { id: 'c2', name: 'Database' },
  ],
};

const read = (text: string, id: string) => {
  const { value, problems } = parseIncident(id, id, text);
  expect(problems).toEqual([]);
  return value!;
};

test('statuspage', () => {
  const made = importStatuspage([
    { name: 'incidents.json', data: INCIDENTS },
    { name: 'summary.json', data: SUMMARY },
    { name: 'x.json', data: 3 },
  ]);
  expect(made.components).toEqual([
    { id: 'api', name: 'API', description: 'Public', group: 'Platform' },
    { id: 'database', name: 'Database', description: null, group: null },
  ]);
  expect(made.incidents.map(({ id }) => id)).toEqual([
    '20240301_database-work',
    '20240305_login-fails-500',
    '20240306_a-note',
  ]);
  const [work, login, note] = made.incidents.map(({ text, id }) => read(text, id));
  expect(login).toMatchObject({
    title: 'Login fails: "500"',
    status: 'resolved',
    severity: 'critical',
    openedBy: 'statuspage:p31zjtct2jer',
    components: [{ id: 'api' }],
    postmortem: 'A *certificate*.',
  });
  expect([login!.started, login!.resolved].map(at => iso(at!))).toEqual([
    '2024-03-05T10:55:00Z',
    '2024-03-05T12:00:00Z',
  ]);
  expect(login!.updates.map(({ status, body }) => [status, body])).toEqual([
    ['investigating', 'Nobody can log in.'],
    ['identified', 'Found & [shown](https://example.com/x).\nWait.'],
    ['resolved', 'Mended.'],
  ]);
  expect(login!.updates[1]?.change?.components).toEqual([{ id: 'api', status: 'degraded_performance' }]);
  expect(work).toMatchObject({
    status: 'completed',
    components: [{ id: 'database' }],
    updates: [{ status: 'scheduled' }, { status: 'completed', body: 'Done.' }],
  });
  expect(note).toMatchObject({ severity: 'minor', components: [] });
  expect(made.lost).toEqual([
    'incidents.json: an incident could not be read (name)',
    'x.json: not a response of a Statuspage API',
    'n1 “A note”: impact “none” is imported as minor, with no affected component',
    'n1 “A note”: HTML is removed (<table> <tr> </tr>)',
  ]);
});

const ISSUE = `---
title: Slow uploads
date: 2018-05-29 13:30:00
resolved: true
resolvedWhen: 2018-05-29 16:00:00
severity: disrupted
affected:
  - API
  - Media Proxy
section: issue
---
*Monitoring* - A fix is out. {{< track "2018-05-29 15:30:00" >}}

*Investigating* - We look into it. {{< track "2018-05-29 13:30:00" >}}
`;

test('cstate', () => {
  const config = 'params:\n  systems:\n    - name: API\n      description: Public\n      category: Core\n';
  const bad = [
    ['no-date.md', '---\ntitle: x\n---\n'],
    ['js.md', '---js\n{}\n---\n'],
  ] as const;
  const made = importCstate(
    [{ name: '2018-05-29-slow.md', text: ISSUE }, ...bad.map(([name, text]) => ({ name, text }))],
    config,
  );
  expect(made.components).toEqual([{ id: 'api', name: 'API', description: 'Public', group: 'Core' }]);
  expect(made.incidents).toHaveLength(1);
  const [one] = made.incidents.map(({ text, id }) => read(text, id));
  expect(one).toMatchObject({
    id: '20180529_slow-uploads',
    status: 'resolved',
    severity: 'major',
    components: [{ id: 'api' }, { id: 'media-proxy' }],
  });
  expect(one!.updates.map(({ at, status, body }) => [iso(at).slice(11, 16), status, body])).toEqual([
    ['13:30', 'investigating', 'We look into it.'],
    ['15:30', 'monitoring', 'A fix is out.'],
    ['16:00', 'resolved', ''],
  ]);
  expect(made.lost).toEqual([
    '2018-05-29-slow.md: the text of its end, as it has none',
    'no-date.md: it has no title or no valid date',
    'js.md: its front matter cannot be read',
  ]);
  const late = ISSUE.replace('{{< track "2018-05-29 13:30:00" >}}', '{{< track "2018-05-29 14:30:00" >}}');
  expect(importCstate([{ name: 'late.md', text: late }], config).lost).toEqual([
    'late.md: the text of its beginning and its end, as it has none',
  ]);
});

describe('import, run twice', () => {
  test('writes nothing twice and never over an operator’s edit', async () => {
    const terminal = await openTerminal();
    const saved = path.join(terminal.dir, 'saved');
    await mkdir(saved);
    await writeFile(path.join(saved, 'incidents.json'), JSON.stringify(INCIDENTS));
    const first = await terminal.run(importing, 'statuspage', saved);
    expect(first.out).toContain('3 incidents written, 0 already there, 0 changed');
    expect(first.out).toContain('not imported: n1');
    expect((await terminal.run(importing, 'statuspage', saved)).out).toContain(
      '0 incidents written, 3 already there, 0 changed',
    );
    const file = path.join(terminal.dir, 'status', 'incidents', '20240306_a-note.md');
    const mine = (await readFile(file, 'utf8')).replace(/opened_by.*\n/, '');
    await writeFile(file, mine);
    expect((await terminal.run(importing, 'statuspage', saved)).out).toContain(
      '0 incidents written, 2 already there, 1 changed',
    );
    expect(await readFile(file, 'utf8')).toBe(mine);
    expect(await readdir(path.dirname(file))).toHaveLength(3);
    await expect(terminal.run(importing, 'kener', saved)).rejects.toThrow('cannot be imported');
    const stranger = path.join(terminal.dir, 'notes');
    await mkdir(stranger);
    await writeFile(path.join(stranger, 'README.md'), '# Notes\n');
    await expect(terminal.run(importing, 'cstate', stranger)).rejects.toThrow(
      'notes: there is nothing to import',
    );
  });

  test('components that status.yaml does not have are named', async () => {
    const terminal = await openTerminal(
      'components:\n  - { id: api, name: API }\n  - { id: database, name: Database }\n',
    );
    const saved = path.join(terminal.dir, 'incidents.json');
    const write = (name: string) =>
      writeFile(
        saved,
        JSON.stringify(INCIDENTS).replace('"id":"c1","name":"API"', `"id":"c1","name":"${name}"`),
      );
    await write('Old Thing');
    expect((await terminal.run(importing, 'statuspage', saved)).out).toContain(
      '\nnot in status.yaml: old-thing — give a component this id, or the page shows these incidents without it\n',
    );
    await write('API');
    expect((await terminal.run(importing, 'statuspage', saved)).out).not.toContain('not in status.yaml');
  });

  test('a status.yaml is made only where there is none', () => {
    expect(siteYaml('Status', [{ id: 'api', name: 'A: "B"', group: null, description: null }])).toBe(
      'title: "Status"\ncomponents:\n  - id: api\n    name: "A: \\"B\\""\n    check: { type: manual }\n',
    );
  });
});
