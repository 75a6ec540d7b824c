// The writing commands: what stands in the file afterwards, what is refused, and what is said before.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { componentChoices, incident } from '../../src/cli/incident.ts';
import { maintenance } from '../../src/cli/maintenance.ts';
import { schema } from '../../src/cli/schema.ts';
import type { Command } from '../../src/cli/shared/command.ts';
import { subscribers } from '../../src/cli/subscribers.ts';
import { isSilent } from '../../src/core/incidents/file/escape.ts';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { newRecord } from '../../src/core/incidents/identity.ts';
import { occurrencesOf } from '../../src/core/incidents/recurrence.ts';
import { iso } from '../../src/core/model/time.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { saveIdentities } from '../../src/store/incidents/identities.ts';
import { changeKeptFiles } from '../../src/store/incidents/last-good-files.ts';
import { stableId } from '../../src/web/statuspage/ids.ts';
import { atTerminal, DOWN, ENTER } from './keyboard.ts';
import { NOW, openTerminal, type Terminal } from './terminal.ts';

const [create, update, resolve, list, retract] = incident as readonly Command[] as [
  Command,
  Command,
  Command,
  Command,
  Command,
];
const [announce] = maintenance as [Command];
const NEW = [
  '--title',
  'Login: fails',
  '--severity',
  'critical',
  '--components',
  'api,database',
  '--message',
  'Nobody can log in.',
];
const ID = '20261123_login-fails';
const OTHER =
  '---\ntitle: Other\nstatus: investigating\nseverity: minor\nstarted: 2026-11-20T10:00:00Z\ncomponents: [api]\n---\nx\n';

async function read({ dir }: Terminal, id = ID) {
  const text = await readFile(path.join(dir, 'status', 'incidents', `${id}.md`), 'utf8');
  return parseIncident(id, id, text).value!;
}

describe('incident', () => {
  test('a former name is given to no new file, whether its file says so or the server knows it', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_b.md', OTHER.replace('---\nx', `aliases: [${ID}]\n---\nx`));
    expect((await terminal.run(create, ...NEW, '--yes')).out).toContain(`${ID}-2`);
    const { databaseFile } = terminal.cli.env;
    const db = openDatabase(databaseFile);
    await saveIdentities(db, [{ ...newRecord('20261123_b'), former: [ID, `${ID}-3`], goneAt: null }]).finally(
      () => db.destroy(),
    );
    expect((await terminal.run(create, ...NEW, '--yes')).out).toContain(`${ID}-4`);
  });

  test('an incident is found by a former id, and by its id of /api/v2', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_b.md', OTHER.replace('---\nx', `aliases: [${ID}]\n---\nx`));
    for (const name of [ID, stableId('incident', ID)]) {
      const { code } = await terminal.run(update, name, '--message', `As ${name}.`, '--yes');
      expect(code).toBe(0);
      expect((await read(terminal, '20261123_b')).updates.map(({ body }) => body)).toContain(`As ${name}.`);
    }
  });

  test('git’s marks, our headings and open fences in a message are text', async () => {
    const terminal = await openTerminal();
    const message =
      'Git says:\n<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> x\n## Resolved 10:00 UTC\n<!--\n```\nend';
    await terminal.run(create, ...NEW.slice(0, -1), message, '--yes');
    await terminal.run(update, ID, '--status', 'identified', '--message', message, '--yes');
    await terminal.run(resolve, ID, '--message', message, '--yes');
    const { status, updates } = await read(terminal);
    expect([status, updates.map(one => one.status)]).toEqual([
      'resolved',
      ['investigating', 'identified', 'resolved'],
    ]);
    for (const { body } of updates) expect(body).toMatch(/<<<<<<< HEAD[\s\S]*end/);
  });

  test('new, update, resolve', async () => {
    const terminal = await openTerminal();
    const made = await terminal.run(create, ...NEW, '--started', '30m', '--next-update', '30m', '--yes');
    expect(made.out).toContain(`Written. https://status.levqor.ai/status/incidents/${ID}`);
    expect(await read(terminal)).toMatchObject({
      title: 'Login: fails',
      severity: 'critical',
      openedBy: null,
      components: [{ id: 'api' }, { id: 'database' }],
    });
    // So long ago, and so far ahead.
    expect(iso((await read(terminal)).started)).toBe('2026-11-23T09:36:00Z');
    expect(iso((await read(terminal)).updates[0]?.promised ?? 0)).toBe('2026-11-23T10:36:00Z');
    await terminal.run(
      update,
      ID,
      '--status',
      'identified',
      '--severity',
      'minor',
      '--message',
      'Found.',
      '--at',
      '2026-11-23T09:50:00Z',
      '--yes',
    );
    const listed = (await terminal.run(list)).out;
    expect(listed).toBe(
      'STARTED               STATE       SEVERITY  ID                    TITLE\n2026-11-23T09:36:00Z  identified  minor     20261123_login-fails  Login: fails\n',
    );
    const ended = await terminal.run(resolve, ID, '--message', 'Mended.', '--at', '5m', '--yes');
    expect(ended.out).toContain('+ ## Resolved 2026-11-23 10:01:00 UTC\n+ Mended.');
    const done = await read(terminal);
    expect(done).toMatchObject({ status: 'resolved', severity: 'critical' });
    expect(done.updates.map(({ status, change }) => [status, change?.severity])).toEqual([
      ['investigating', undefined],
      ['identified', 'minor'],
      ['resolved', undefined],
    ]);
    expect((await terminal.run(list)).out).toBe('Nothing is open or upcoming.\n');
    expect(JSON.parse((await terminal.run(list, '--all', '--json')).out)).toMatchObject([
      { id: ID, state: 'resolved' },
    ]);
  });

  test('a time in a usual form is read; a message without words is refused', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--started', '23.11.2026 09:40', '--yes');
    expect(iso((await read(terminal)).started)).toBe('2026-11-23T09:40:00Z');
    for (const empty of ['', '  ', '<!-- what is new? -->', '&nbsp;', '#', '* ', '**  **\n\n&#8203;']) {
      const args = [ID, '--message', empty, '--yes'];
      await expect(terminal.run(update, ...args)).rejects.toThrow('--message is empty: write what is new.');
      await expect(terminal.run(resolve, ...args)).rejects.toThrow('--message is empty');
    }
    for (const shown of ['#1', '![](graph.png)', '`#`']) expect(isSilent(shown)).toBe(false);
    expect((await read(terminal)).updates).toHaveLength(1);
  });

  test('resolve adds words to a machine’s end that is not told yet, and refuses that of a person', async () => {
    const terminal = await openTerminal();
    const file = path.join(terminal.dir, 'status', 'incidents', '20261123_api-down.md');
    const ended = iso(NOW - 30_000);
    const by = (opener: string) =>
      `---\ntitle: API Down\nstatus: resolved\nresolved: ${ended}\nseverity: major\nstarted: 2026-11-23T09:00:00Z\ncomponents: [api]\n${opener}---\n\n## Resolved ${ended}\nIt works.\n`;
    await writeFile(file, by('opened_by: probe:api\n'));
    await terminal.run(resolve, '20261123_api-down', '--message', 'A new disk.', '--yes');
    const { resolved, updates } = await read(terminal, '20261123_api-down');
    expect([iso(resolved!), updates.map(({ status, body }) => [status, body])]).toEqual([
      ended,
      [
        ['resolved', 'It works.'],
        ['resolved', 'A new disk.'],
      ],
    ]);
    await writeFile(file, by(''));
    const again = terminal.run(resolve, '20261123_api-down', '--message', 'A new disk.', '--yes');
    await expect(again).rejects.toThrow('It is already resolved');
  });

  test('ends once: resolve refuses what is over, update adds words and moves no end', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--started', '30m', '--yes');
    await terminal.run(resolve, ID, '--message', 'Mended.', '--at', '10m', '--yes');
    const file = path.join(terminal.dir, 'status', 'incidents', `${ID}.md`);
    const text = await readFile(file, 'utf8');
    await expect(terminal.run(resolve, ID, '--message', 'Really.', '--yes')).rejects.toThrow(
      'It is already resolved (2026-11-23T09:56:00Z); use `incident update` to add text.',
    );
    expect(await readFile(file, 'utf8')).toBe(text);
    await terminal.run(update, ID, '--message', 'Thanks.', '--yes');
    expect(await readFile(file, 'utf8')).toContain('## Update 2026-11-23 10:06:00 UTC\nThanks.');
    expect(iso((await read(terminal)).resolved ?? 0)).toBe('2026-11-23T09:56:00Z');
    const upkeep = ['--title', 'Disks', '--start', '2026-11-23T09:00:00Z', '--end', '2026-11-23T11:00:00Z'];
    await terminal.run(announce, ...upkeep, '--message', 'New disks.', '--yes');
    const [id] = (await readdir(path.dirname(file))).filter(name => name.includes('disks'));
    await terminal.run(resolve, id as string, '--message', 'Done.', '--yes');
    await expect(terminal.run(resolve, id as string, '--message', 'Done.', '--yes')).rejects.toThrow(
      'It is already completed (2026-11-23T10:06:00Z)',
    );
  });

  test('a file with a mistake is listed in the version the page still shows', async () => {
    const terminal = await openTerminal();
    const spoilt =
      '---\ntitle: Login fails\nstatus: investigatin\nseverity: major\nstarted: 2026-11-23T10:00:00Z\n---\nx\n';
    await terminal.write('incidents/20261123_x.md', spoilt);
    expect((await terminal.run(list)).out).toBe('Nothing is open or upcoming.\n');
    await mkdir(terminal.cli.env.dataDir, { recursive: true });
    const db = openDatabase(terminal.cli.env.databaseFile);
    await changeKeptFiles(db, new Map([['20261123_x.md', spoilt.replace('gatin', 'gating')]]), [], {
      folder: null,
      copies: {},
      begun: {},
      missingSince: null,
      site: null,
    });
    await db.destroy();
    expect((await terminal.run(list)).out).toContain('Login fails');
    await writeFile(terminal.cli.env.databaseFile, 'no database');
    expect((await terminal.run(list)).code).toBe(0);
  });

  test('a file that cannot be read is not written, and it is said why', async () => {
    const terminal = await openTerminal();
    await mkdir(terminal.cli.env.dataDir, { recursive: true });
    await terminal.run(create, ...NEW, '--yes');
    const file = path.join(terminal.dir, 'status', 'incidents', `${ID}.md`);
    const db = openDatabase(terminal.cli.env.databaseFile);
    const kept = new Map([[`${ID}.md`, await readFile(file, 'utf8')]]);
    await changeKeptFiles(db, kept, [], {
      folder: null,
      copies: {},
      begun: {},
      missingSince: null,
      site: null,
    });
    await db.destroy();
    await rm(file);
    await mkdir(file);
    const refused = terminal.run(update, ID, '--status', 'identified', '--message', 'x', '--yes');
    await expect(refused).rejects.toThrow('cannot be read (EISDIR)');
  });

  test('one that is over already is written whole', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--status', 'resolved', '--started', '2026-11-23T09:00:00Z', '--yes');
    expect(await read(terminal)).toMatchObject({
      status: 'resolved',
      updates: [{ status: 'resolved', at: NOW, body: 'Nobody can log in.' }],
    });
  });

  test('what lies in the future has not begun, and nothing was said then', async () => {
    const terminal = await openTerminal();
    const begun = terminal.run(create, ...NEW, '--started', '2026-11-23T10:07:00Z', '--yes');
    await expect(begun).rejects.toThrow('--started: this is in the future');
    await terminal.run(create, ...NEW, '--yes');
    const said = terminal.run(update, ID, '--message', 'x', '--at', '2026-11-23T10:07:00Z', '--yes');
    await expect(said).rejects.toThrow('--at: this is in the future');
    await expect(terminal.run(create, ...NEW, '--started', 'soon', '--yes')).rejects.toThrow(
      'is not a date and time',
    );
  });

  test('--at before the beginning is asked about, and refused without --yes', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--yes');
    const before = (await read(terminal, ID)).updates.length;
    const early = [ID, '--status', 'identified', '--message', 'Before.', '--at'];
    await expect(terminal.run(update, ...early, '40m')).rejects.toThrow(
      'Add --yes to write an update of 2026-11-23T09:26:00Z, before the beginning at 2026-11-23T10:06:00Z',
    );
    expect((await read(terminal, ID)).updates).toHaveLength(before);
    expect((await terminal.run(update, ...early, '40m', '--yes')).code).toBe(0);
    expect((await read(terminal, ID)).updates).toHaveLength(before + 1);
    // What is not before it is asked about only as every change is.
    await expect(terminal.run(update, ...early, '0m')).rejects.toThrow('Add --yes to write it.');
  });

  test('an empty message is refused, out of the editor too', async () => {
    const terminal = await openTerminal();
    for (const message of ['', '  ', '<!-- later -->']) {
      const words = [...NEW.slice(0, NEW.indexOf('--message')), '--message', message];
      await expect(terminal.run(create, ...words, '--yes')).rejects.toThrow('--message is empty');
      const editing = { ...terminal.cli.env.variables, EDITOR: 'true' };
      const cli = { ...terminal.cli, env: { ...terminal.cli.env, variables: editing } };
      await expect(create!.run([...words, '--edit', '--yes'], cli)).rejects.toThrow('The message is empty');
    }
  });

  test('a folder that no server is known to serve is named', async () => {
    const terminal = await openTerminal();
    const { dataDir, statusDir, databaseFile } = terminal.cli.env;
    const first = await terminal.run(create, ...NEW, '--yes');
    expect(first.out).toContain(
      `No server has run with DATA_DIR=${dataDir}: this is written to ${statusDir},`,
    );
    expect(first.out).not.toContain('No email would be sent');
    await openDatabase(databaseFile).destroy();
    const second = await terminal.run(create, ...NEW, '--yes');
    expect(second.out).not.toContain('No server has run');
    expect(second.out).toContain('No email would be sent, and no message to a channel.');
  });

  test('before it is written, it says how many addresses have not confirmed', async () => {
    const terminal = await openTerminal();
    const csv = await terminal.write('in.csv', 'email\na@levqor.ai\n');
    const [, importing] = subscribers;
    await terminal.run(importing, csv);
    const first = await terminal.run(create, ...NEW, '--yes');
    expect(first.out).toContain(
      'No email would be sent, and no message to a channel.\n1 address waits for confirmation and would get none: see `npm run status -- subscribers list`.\n',
    );
    await writeFile(csv, 'email\nb@levqor.ai\nc@levqor.ai\n');
    await terminal.run(importing, csv);
    expect((await terminal.run(create, ...NEW, '--yes')).out).toContain(
      '\n3 addresses wait for confirmation',
    );
    await writeFile(csv, 'email\na@levqor.ai\nb@levqor.ai\nc@levqor.ai\n');
    await terminal.run(importing, csv, '--confirmed');
    expect((await terminal.run(create, ...NEW, '--yes')).out).not.toContain('for confirmation');
  });

  test('an id that is not there: the nearest, or those that are open; a file with a mistake: its mistake', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--yes');
    const resolved = (id: string) => terminal.run(resolve, id, '--message', 'x', '--yes');
    await expect(resolved('20261123_login-fials')).rejects.toThrow(`did you mean ${ID}?`);
    await expect(resolved('x')).rejects.toThrow(`There is no incident "x" in status/incidents — open: ${ID}`);
    await terminal.write('incidents/20261123_bad.md', '---\ntitle: Bad\nstatus: resolvd\n---\n');
    await expect(resolved('20261123_bad')).rejects.toThrow('did you mean resolved?');
    await expect(resolved('')).rejects.toThrow('Give the incident');
  });

  test('where none is open, that is said, and not that its id is missing', async () => {
    const terminal = await openTerminal();
    const none = 'There is none that is open or ahead. `npm run status -- incident list --all` shows all.';
    for (const [command, ...args] of [[update, '--message', 'x'], [resolve], [retract]] as const)
      await expect(terminal.run(command, ...args)).rejects.toThrow(none);
    await terminal.run(create, ...NEW, '--yes');
    await expect(terminal.run(update)).rejects.toThrow('Missing:\n  ID\n  --message M\n');
  });

  test('a part of an id that fits no other, and names of components', async () => {
    const terminal = await openTerminal();
    const names = NEW.with(5, 'background jobs, API database');
    await terminal.run(create, ...names, '--yes');
    expect((await read(terminal)).components).toMatchObject([
      { id: 'jobs' },
      { id: 'api' },
      { id: 'database' },
    ]);
    const file = (id: string) => terminal.write(`incidents/${id}.md`, OTHER.replace('Other', `Other ${id}`));
    await Promise.all(['20261122_login-fails-2', '20261122_disk', '20261121_disk', '20261120_tls'].map(file));
    const update2 = (id: string) => terminal.run(update, id, '--message', 'x', '--yes');
    const changed = async (id: string) =>
      /Changed: status\/incidents\/(.*)\.md/.exec((await update2(id)).out)?.[1];
    expect(await changed('login-fails')).toBe(ID);
    expect(await changed('20261120')).toBe('20261120_tls');
    expect(await changed('tl')).toBe('20261120_tls');
    expect(await changed('20261122_disk.md')).toBe('20261122_disk');
    await expect(update2('disk')).rejects.toThrow(
      '"disk" may be 20261121_disk, 20261122_disk: type more of it.',
    );
    await expect(update2('2026')).rejects.toThrow('type more of it');
    await expect(update2('')).rejects.toThrow('Give the incident');
  });

  test.each([
    ['2026-03-29 02:30', '2026-03-29T01:30:00Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00Z'],
    ['2026-10-25 02:30 +01:00', '2026-10-25T01:30:00Z'],
  ])('%s in Berlin: an hour that is skipped, and one that comes twice', async (typed, at) => {
    const terminal = await openTerminal(`timezone: Europe/Berlin\ncomponents: [{ id: api, name: API }]\n`);
    await terminal.run(create, ...NEW.with(5, 'api'), '--started', typed, '--yes');
    const [name] = await readdir(path.join(terminal.dir, 'status', 'incidents'));
    expect(iso((await read(terminal, name!.replace('.md', ''))).started)).toBe(at);
  });

  test('in a terminal, the only open incident is meant, and of several one is picked', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261121_a.md', OTHER);
    await terminal.write(
      'incidents/20261122_b.md',
      OTHER.replace('investigating', 'resolved\nresolved: 2026-11-20T11:00:00Z'),
    );
    const env = { STATUS_DIR: path.join(terminal.dir, 'status'), DATA_DIR: path.join(terminal.dir, 'data') };
    const asked = (...answers: [string, string][]) =>
      atTerminal(['incident', 'update', '--message', 'Found.'], answers, { cwd: terminal.dir, env });
    const status: [string, string] = ['What is its status now?', ENTER];
    const first = await asked(status, ['Write it?', `n${ENTER}`]);
    expect(first.text).toContain('Other (20261121_a)');
    await terminal.write('incidents/20261123_c.md', OTHER.replace('Other', 'Third'));
    const second = await asked(['Which one?', `${DOWN}${ENTER}`], status, ['Write it?', ENTER]);
    expect(second).toMatchObject({ code: 0, text: expect.stringContaining('20261123_c.md') });
  });

  test('a time that cannot be read is asked for again', async () => {
    const terminal = await openTerminal();
    const { code, text } = await atTerminal(
      ['maintenance', 'new', '--title', 'API: new disks', '--message', 'Some requests fail.'],
      [
        ['When does it begin', `tomorrow${ENTER}`],
        ['write 2026-11-23T02:00:00Z', `${'\u007f'.repeat(8)}2h${ENTER}`],
        ['When does it end', `90m${ENTER}`],
        ['Write it?', `n${ENTER}`],
      ],
      { cwd: terminal.dir, env: { STATUS_DIR: terminal.cli.env.statusDir } },
    );
    expect({ code, text }).toMatchObject({ code: 1, text: expect.stringContaining('scheduled_end:') });
  });

  test('the components that the title names are ticked already', () => {
    const components = [
      { id: 'api', name: 'API' },
      { id: 'jobs', name: 'Background Jobs' },
    ] as unknown as Parameters<typeof componentChoices>[0];
    const ticked = (title: string) =>
      componentChoices(components, title).flatMap(({ value, checked }) => (checked ? [value] : []));
    expect(ticked('background jobs wait')).toEqual(['jobs']);
    expect(ticked('APIs')).toEqual([]);
  });

  test('nothing is written without a yes, with a stranger’s component, or a bad word', async () => {
    const terminal = await openTerminal();
    await expect(terminal.run(create, ...NEW)).rejects.toThrow('--yes');
    await expect(terminal.run(create, ...NEW.with(5, 'apo'), '--yes')).rejects.toThrow('Nothing was written');
    await expect(terminal.run(create, ...NEW.with(3, 'bad'), '--yes')).rejects.toThrow('--severity');
    await expect(terminal.run(create, '--title', 'x', '--yes')).rejects.toThrow(
      'Missing:\n  --severity minor|major|critical\n  --message M\n\nFor example: npm run status -- incident new --title',
    );
    await expect(terminal.run(create, ...NEW, '--nonsense')).rejects.toThrow('nonsense');
    await expect(terminal.run(update, 'gone', '--message', 'x', '--yes')).rejects.toThrow(
      'There is no incident "gone"',
    );
    expect(await readdir(path.join(terminal.dir, 'status', 'incidents'))).toEqual([]);
  });

  test('the same title of the same day is numbered', async () => {
    const terminal = await openTerminal();
    await terminal.run(create, ...NEW, '--yes');
    await terminal.run(create, ...NEW, '--yes');
    expect((await readdir(path.join(terminal.dir, 'status', 'incidents'))).sort()).toEqual([
      `${ID}-2.md`,
      `${ID}.md`,
    ]);
  });

  test('from a template, options winning', async () => {
    const terminal = await openTerminal();
    await terminal.write(
      'templates/outage.md',
      '---\ntitle: Everything is down\nseverity: critical\ncomponents: [api]\n---\nWe are looking into it.\n',
    );
    await terminal.run(create, '--template', 'outage', '--severity', 'major', '--yes');
    expect(await read(terminal, '20261123_everything-is-down')).toMatchObject({
      severity: 'major',
      components: [{ id: 'api' }],
      updates: [{ body: 'We are looking into it.' }],
    });
  });

  test('--edit opens $EDITOR without a shell, and what it saves is written', async () => {
    const terminal = await openTerminal();
    const script = path.join(terminal.dir, 'my editor.mjs');
    await writeFile(
      script,
      'import fs from "node:fs"; const f = process.argv[2]; fs.writeFileSync(f, fs.readFileSync(f, "utf8").replace("Nobody", "$(touch x) No one"));',
    );
    const link = path.join(terminal.dir, 'editor.mjs');
    await writeFile(link, await readFile(script));
    const cli = {
      ...terminal.cli,
      env: { ...terminal.cli.env, variables: { EDITOR: `${process.execPath} ${link}` } },
    };
    expect(await create.run([...NEW, '--edit', '--yes'], cli)).toBe(0);
    expect((await read(terminal)).updates[0]?.body).toBe('$(touch x) No one can log in.');
    const failing = { ...cli, env: { ...cli.env, variables: { EDITOR: 'false' } } };
    await expect(create.run([...NEW, '--edit', '--yes'], failing)).rejects.toThrow('nothing was written');
    const strange = { ...cli, env: { ...cli.env, variables: { EDITOR: 'nosuch-editor' } } };
    await expect(create.run([...NEW, '--edit', '--yes'], strange)).rejects.toThrow(
      'The editor "nosuch-editor" cannot be started (there is no such program); nothing was written. Set EDITOR',
    );
  });
});

test('maintenance new, repeating', async () => {
  const terminal = await openTerminal();
  await terminal.run(
    announce,
    '--title',
    'Database work',
    '--start',
    '2026-11-29T02:00:00Z',
    '--end',
    '90m',
    '--components',
    'database',
    '--message',
    'Brief pauses.',
    '--rrule',
    'FREQ=WEEKLY;BYDAY=SU',
    '--yes',
  );
  const made = await read(terminal, '20261123_database-work');
  expect(made).toMatchObject({
    status: 'scheduled',
    rrule: 'FREQ=WEEKLY;BYDAY=SU',
    updates: [{ body: 'Brief pauses.' }],
  });
  expect(iso(made.scheduled?.end ?? 0)).toBe('2026-11-29T03:30:00Z');
  expect((await terminal.run(list)).out).toContain('20261123_database-work');
});

test('maintenance new asks for the components it covers', async () => {
  const terminal = await openTerminal();
  const told = (title: string, ...more: string[]) =>
    terminal.run(
      announce,
      ...['--title', title, '--start', '2h', '--end', '90m', '--message', 'We move it.', '--yes', ...more],
    );
  expect((await told('Ledger migration')).err).toMatch(
    /names no component, so it covers none.*`components: all`/,
  );
  expect((await read(terminal, '20261123_ledger-migration')).components).toBeNull();
  expect((await told('Ledger migration', '--components', 'all')).err).toBe('');
  expect((await read(terminal, '20261123_ledger-migration-2')).components).toEqual([
    { id: 'all', status: null },
  ]);
  expect((await told('Ledger migration', '--components', '')).err).toBe('');
  expect((await read(terminal, '20261123_ledger-migration-3')).components).toEqual([]);
  expect((await told('Work on the API')).err).toBe('');
  expect((await read(terminal, '20261123_work-on-the-api')).components).toBeNull();
});

describe('one occurrence of a series', () => {
  const SERIES = '20261101_work';
  const TEXT = `---\ntitle: Weekly work\nstatus: scheduled\nstarted: 2026-11-01T10:00:00Z\nscheduled_start: 2026-11-08T02:00:00Z\nscheduled_end: 2026-11-08T03:00:00Z\nrrule: FREQ=WEEKLY\ncomponents: [api]\n---\n\nBrief pauses.\n`;
  const open = async () => {
    const terminal = await openTerminal();
    await terminal.write(`incidents/${SERIES}.md`, TEXT);
    return terminal;
  };
  const complete = ['--message', 'Done early.', '--yes'];

  test('is told by its day: a dated section, and the front matter stays', async () => {
    const terminal = await open();
    const { out } = await terminal.run(
      resolve,
      `${SERIES}--2026-11-22`,
      ...complete,
      '--at',
      '2026-11-22T02:20:00Z',
    );
    expect(out).toContain(
      '+ ## Completed 2026-11-22 02:20:00 UTC\n+ occurrence: 2026-11-22\n+ \n+ Done early.',
    );
    expect(out).toContain(`Written. https://status.levqor.ai/status/incidents/${SERIES}--2026-11-22`);
    const first = await terminal.run(
      update,
      `${SERIES}--2026-11-08`,
      '--status',
      'in_progress',
      '--message',
      'We begin.',
      '--at',
      '2026-11-08T02:01:00Z',
      '--yes',
    );
    expect(first.out).toContain(`Written. https://status.levqor.ai/status/incidents/${SERIES}\n`);
    const series = await read(terminal, SERIES);
    expect([series.status, series.resolved]).toEqual(['scheduled', null]);
    expect(
      occurrencesOf(series, terminal.cli.clock(), 'UTC')
        .slice(0, 4)
        .map(({ id, status, updates }) => [id, status, updates.at(-1)?.body]),
    ).toEqual([
      [SERIES, 'in_progress', 'We begin.'],
      [`${SERIES}--2026-11-15`, 'scheduled', 'Brief pauses.'],
      [`${SERIES}--2026-11-22`, 'completed', 'Done early.'],
      [`${SERIES}--2026-11-29`, 'scheduled', 'Brief pauses.'],
    ]);
  });

  test('goes on by the clock: words are of the work, and the list says so until it is completed', async () => {
    const terminal = await open();
    const now = TEXT.replaceAll('2026-11-08T02', '2026-11-09T10').replaceAll(
      '2026-11-08T03',
      '2026-11-09T11',
    );
    await terminal.write(`incidents/${SERIES}.md`, now);
    await terminal.write(
      'incidents/20261123_once.md',
      now.replace(/rrule.*\n/, '').replaceAll('11-09', '11-23'),
    );
    const listed = async () => (await terminal.run(list)).out.match(/\w+(?= +maintenance)/g);
    expect(await listed()).toEqual(['in_progress', 'in_progress']);
    const word = async (id: string) =>
      /## .*?(?= 2026)/.exec((await terminal.run(update, id, '--message', 'Half way.', '--yes')).out)?.[0];
    expect(await word(`${SERIES}--2026-11-23`)).toBe('## In progress');
    expect(await word('20261123_once')).toBe('## In progress');
    await terminal.run(resolve, `${SERIES}--2026-11-23`, ...complete);
    expect(await listed()).toEqual(['in_progress', 'scheduled']);
  });

  test('is asked for where the whole series was named, which ends only when said so', async () => {
    const terminal = await open();
    const asked = `"${SERIES}" repeats: give one occurrence by its day, like ${SERIES}--2026-11-22; \`incident update ${SERIES} --status completed\` ends the whole series.`;
    await expect(terminal.run(resolve, SERIES, ...complete)).rejects.toThrow(asked);
    await expect(terminal.run(update, SERIES, '--status', 'in_progress', ...complete)).rejects.toThrow(asked);
    expect((await read(terminal, SERIES)).updates).toHaveLength(1);
    expect((await terminal.run(list)).out).toContain(SERIES);
    await terminal.run(update, SERIES, '--status', 'completed', ...complete);
    const ended = await read(terminal, SERIES);
    expect(ended.status).toBe('completed');
    expect(
      occurrencesOf(ended, terminal.cli.clock(), 'UTC').map(({ id }) => id.slice(SERIES.length)),
    ).toEqual(['', '--2026-11-15', '--2026-11-22']);
    expect((await terminal.run(list)).out).toBe('Nothing is open or upcoming.\n');
  });

  test.each([
    [`${SERIES}--2026-11-23`, [], `"${SERIES}" has no occurrence that begins on 2026-11-23 (UTC).`],
    [
      '20261101_none--2026-11-22',
      [],
      'There is no incident "20261101_none--2026-11-22" in status/incidents — did you mean 20261101_work?',
    ],
    [`${SERIES}--2026-11-29`, [], `\`maintenance cancel ${SERIES}--2026-11-29\` calls it off`],
  ])('%s %j: refused, and why', async (id, options, why) => {
    const terminal = await open();
    await expect(terminal.run(resolve, id, ...complete, ...options)).rejects.toThrow(why);
    expect((await read(terminal, SERIES)).updates).toHaveLength(1);
  });
});

test('a maintenance that has been is written, and said to be one', async () => {
  const terminal = await openTerminal();
  const past = ['--title', 'Past', '--start', '2026-11-22T02:00:00Z', '--end', '1h', '--message', 'x'];
  await expect(terminal.run(announce, ...past)).rejects.toThrow('--yes');
  const { err } = await terminal.run(announce, ...past, '--yes');
  expect(err).toContain('This maintenance ended at 2026-11-22T03:00:00Z');
  const repeating = [...past, '--components', 'api', '--rrule', 'FREQ=WEEKLY', '--yes'];
  expect((await terminal.run(announce, ...repeating)).err).toBe('');
});

test('schemas are JSON Schema, of what may be written', async () => {
  const terminal = await openTerminal();
  const status = JSON.parse((await terminal.run(schema)).out);
  expect(status.properties.components.items.properties.check).toBeDefined();
  const front = JSON.parse((await terminal.run(schema, 'incident')).out);
  expect(Object.keys(front.properties)).toContain('next_update');
  expect(front.required).toEqual(['title', 'status']);
  await expect(terminal.run(schema, 'x')).rejects.toThrow('no schema');
});
