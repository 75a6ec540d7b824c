// An import that is run again: what is new at the source comes, what somebody changed here stays and is named.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { openedDatabase } from '../../../src/cli/shared/command.ts';
import { openTerminal } from '../terminal.ts';

const UPDATES = ['investigating', 'identified', 'resolved'].map((status, index) => ({
  id: `u${index}`,
  status,
  body: `Words ${index}.`,
  created_at: `2026-11-20T1${index}:00:00Z`,
  display_at: `2026-11-20T1${index}:00:00Z`,
}));
const incidentOf = (id: string, updates: number) => ({
  id,
  name: `Logins ${id}`,
  status: UPDATES[updates - 1]!.status,
  impact: 'major',
  created_at: UPDATES[0]!.created_at,
  started_at: UPDATES[0]!.created_at,
  resolved_at: updates === 3 ? UPDATES[2]!.created_at : null,
  components: [{ id: 'c1', name: 'API', status: 'operational' }],
  incident_updates: UPDATES.slice(0, updates).toReversed(),
});

async function openSource(site?: string) {
  const terminal = await openTerminal(site);
  const folder = path.join(terminal.dir, 'status', 'incidents');
  const saved = path.join(terminal.dir, 'saved.json');
  return {
    terminal,
    folder,
    run: (...more: string[]) => terminal.run(importing, 'statuspage', saved, ...more),
    save: (...incidents: object[]) =>
      writeFile(saved, JSON.stringify({ page: { id: 'p', name: 'Acme' }, incidents })),
    fileOf: (id: string) => path.join(folder, `20261120_logins-${id}.md`),
  };
}

test('an incident that was open gets its newer updates and its end; one that was changed here is kept and named', async () => {
  const { run, save, fileOf } = await openSource();
  await save(incidentOf('a', 1), incidentOf('b', 1));
  expect((await run()).out).toContain('2 incidents written, 0 already there, 0 updated, 0 kept.');
  const own = `${await readFile(fileOf('b'), 'utf8')}\n<!-- ours -->\n`;
  await writeFile(fileOf('b'), own);
  await save(incidentOf('a', 3), incidentOf('b', 3));
  const dry = await run('--dry-run');
  expect(dry.out).toContain(`would update ${fileOf('a')}`);
  expect(dry.out).toContain('0 incidents to write, 0 already there, 1 to update, 1 kept.');
  const second = await run();
  expect(second.out).toContain('0 incidents written, 0 already there, 1 updated, 1 kept.');
  expect(second.out).toContain(
    'kept: incidents/20261120_logins-b.md is not as in the source (1 section; the source has 3 other sections and is over): compare them',
  );
  expect(await readFile(fileOf('b'), 'utf8')).toBe(own);
  const text = await readFile(fileOf('a'), 'utf8');
  expect(text).toContain('resolved: 2026-11-20T12:00:00Z');
  expect(text).toMatch(/^notify: false$/m);
  expect(text.match(/Words \d/g)).toEqual(['Words 2', 'Words 1', 'Words 0']);
  expect((await run()).out).toContain('0 incidents written, 1 already there, 0 updated, 1 kept.');
});

test('a file of the same name that a person wrote stays, and the incident gets the next name', async () => {
  const { run, save, folder, fileOf } = await openSource();
  const own =
    '---\ntitle: Ours\nstatus: resolved\nseverity: minor\nstarted: 2026-11-20T08:00:00Z\nresolved: 2026-11-20T09:00:00Z\ncomponents: [api]\n---\n';
  await save(incidentOf('a', 3));
  await writeFile(fileOf('a'), own);
  expect((await run()).out).toContain('1 incident written, 0 already there, 0 updated, 0 kept.');
  expect((await readdir(folder)).sort()).toEqual(['20261120_logins-a-2.md', '20261120_logins-a.md']);
  expect(await readFile(fileOf('a'), 'utf8')).toBe(own);
  expect((await run()).out).toContain('0 incidents written, 1 already there, 0 updated, 0 kept.');
});

test('a file that cannot be read may be its own: it is kept and named', async () => {
  const { run, save, folder, fileOf } = await openSource();
  await save(incidentOf('a', 3));
  await run();
  await writeFile(fileOf('a'), (await readFile(fileOf('a'), 'utf8')).replace('title: ', 'title: "'));
  expect((await run()).out).toContain(
    'kept: incidents/20261120_logins-a.md cannot be read: `status-live lint` says why',
  );
  expect(await readdir(folder)).toHaveLength(1);
});

test('beside a status.yaml with an error nothing is written; a variable that is not set is none', async () => {
  const broken = 'title: T\ncomponents:\n  - { id: api, name: API }\n  - { id: web, nmae: Web }\n';
  const { run, save, folder, terminal } = await openSource(broken);
  await save(incidentOf('a', 3));
  const refused = run();
  await expect(refused).rejects.toThrow(/status\.yaml:4.*\n.*status-live lint/s);
  expect(await readdir(folder)).toEqual([]);
  await terminal.write(
    'status.yaml',
    'title: T\nurl: ${ADDRESS}\ncomponents:\n  - { id: api, name: API, check: { type: http, url: "${TARGET}" } }\n',
  );
  expect((await run()).out).toContain('1 incident written');
});

test('a former component is not doubled when a second product has another one whose name makes the same id', async () => {
  const site = 'title: T\ncomponents: [{ id: web, name: Web, check: { type: manual } }]\nretired: []\n';
  const { run, save, terminal, fileOf } = await openSource(site);
  const named = (id: string, name: string) => ({
    ...incidentOf(id, 3),
    components: [{ id: `code-${id}`, name, status: 'operational' }],
  });
  await save(named('a', '決済'));
  await run();
  await save(named('a', '決済'), named('b', '検索'));
  await run();
  const status = await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8');
  expect(status).toBe(
    site.replace(
      'retired: []\n',
      'retired:\n  - { id: component, name: "決済" }\n  - { id: component-2, name: "検索" }\n',
    ),
  );
  expect(await readFile(fileOf('a'), 'utf8')).toContain('components: [component]');
  expect(await readFile(fileOf('b'), 'utf8')).toContain('components: [component-2]');
});

test('a list of former components on one line is left alone: what it lacks is said without a second list', async () => {
  const site =
    'title: T\ncomponents: [{ id: web, name: Web, check: { type: manual } }]\nretired: [{ id: a, name: A }]\n';
  const { run, save, terminal } = await openSource(site);
  await save(incidentOf('a', 3));
  expect((await run()).out).toContain(
    'Former components: add these lines to the list `retired:` in status.yaml:\n  - { id: api, name: "API" }\n',
  );
  expect(await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8')).toBe(site);
});

test('an incident is given no former name of another one', async () => {
  const { run, save, fileOf, terminal } = await openSource();
  const [text] = ['title: Other\nstatus: investigating\nseverity: minor\nstarted: 2026-11-20T10:00:00Z'];
  await terminal.write('incidents/other.md', `---\n${text}\naliases: [20261120_logins-a]\n---\nWords.\n`);
  await save(incidentOf('a', 1));
  expect((await run()).out).toContain('1 incident written');
  expect(await readFile(fileOf('a-2'), 'utf8')).toContain('Logins a');
  expect((await run()).out).toContain('0 incidents written, 1 already there');
});

test('with a database, a file that nobody touched follows its source also where that takes back what it said', async () => {
  const { run, save, fileOf, terminal } = await openSource();
  await (await openedDatabase(terminal.cli)).destroy();
  await save(incidentOf('a', 3), incidentOf('b', 3));
  await run();
  await writeFile(fileOf('b'), (await readFile(fileOf('b'), 'utf8')).replace('Words 1', 'Ours'));
  await save(incidentOf('a', 2), incidentOf('b', 2));
  expect((await run()).out).toContain('0 incidents written, 0 already there, 1 updated, 1 kept.');
  expect(await readFile(fileOf('a'), 'utf8')).not.toContain('resolved');
  await save({ ...incidentOf('a', 2), name: 'Sign-ins a' });
  expect((await run()).out).toContain('1 updated, 0 kept.');
  expect(await readFile(fileOf('a'), 'utf8')).toContain('title: Sign-ins a');
});
