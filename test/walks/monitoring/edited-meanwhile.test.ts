// A machine's incident that a person edits, breaks or moves away while its sources join and recover: it ends with the
// last of them, and what the person wrote is told at once.
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { addUpdate } from '../../../src/core/incidents/file/print.ts';
import type { World } from '../world.ts';
import { type Checked, checked, subjects } from './two-checks.ts';

const DB = '20260310_db-down.md';
const API = '20260310_api-down.md';

const turn = async (world: Checked, id: 'api' | 'db', status: number, seconds = 12) => {
  world.answers[id] = status;
  await world.pass(seconds, 2);
};
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);
const rows = ({ system }: World) => system.snapshot().components.map(({ health }) => health);
const edit = async (world: World, file: string, change: (text: string) => string) =>
  world.write(file, change(await world.read(file)));
const clock = (world: World, length = 5) => new Date(world.now()).toISOString().slice(11, 11 + length);

const BROKEN: readonly (readonly [string, (text: string) => string])[] = [
  ['a word that is no severity', text => text.replace('severity: critical', 'severity: criticl')],
  ['YAML that cannot be read', text => text.replace('severity: critical', 'severity: [')],
  ['no start', text => text.replace(/^started: .*\n/m, '')],
  ['no front matter', text => text.replace(/^---[\s\S]*?---\n/, '')],
];
const EDITS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it was', text => text],
  ['another severity', text => text.replace('severity: critical', 'severity: minor')],
  [
    'other words',
    text => text.replace('status: investigating', 'status: identified').replace('title: ', 'title: Our '),
  ],
];

describe('a source joins and recovers while the file cannot be read: it ends with the last of its sources', () => {
  test.each([
    ...BROKEN.map(one => [...one, ...EDITS[0]!] as const),
    ...EDITS.slice(1).map(one => [...BROKEN[0]!, ...one] as const),
  ])('%s, then %s', async (_, broken, __, mended) => {
    const world = await checked();
    await turn(world, 'db', 500);
    const good = await world.read(DB);
    await turn(world, 'api', 500);
    await world.write(DB, broken(good));
    await world.pass(3, 1);
    expect((await world.get('/readyz')).json.problems).not.toEqual([]);
    await turn(world, 'api', 200, 8);
    await world.restart();
    await world.write(DB, mended(good));
    await world.pass(70, 5);
    expect(rows(world)[0]).toBe('operational');
    expect(await world.files()).toEqual([DB]);
    await turn(world, 'db', 200, 75);
    expect(standing(world)).toEqual(['20260310_db-down resolved']);
    expect(subjects(world)).toEqual([
      expect.stringMatching(/^\[INCIDENT\] /),
      ...subjects(world).slice(1, -1),
      expect.stringMatching(/^\[RESOLVED\] .*Database Down$/),
    ]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('all of them recover, one fails again; the file is away for a while too', async () => {
    const world = await checked();
    await turn(world, 'db', 500);
    const good = await world.read(DB);
    await turn(world, 'api', 500);
    await world.write(DB, good.replace('critical', 'criticl'));
    await turn(world, 'api', 200, 8);
    await turn(world, 'api', 500, 12);
    await turn(world, 'db', 200, 8);
    const [there, away] = [path.join(world.dir, 'status', 'incidents'), path.join(world.dir, 'away')];
    await rename(there, away);
    await world.pass(30, 5);
    await turn(world, 'api', 200, 8);
    await turn(world, 'api', 500, 12);
    await rename(away, there);
    await world.pass(5, 2);
    await world.write(DB, good);
    await world.pass(70, 5);
    expect(standing(world)).toEqual(['20260310_db-down investigating']);
    expect(rows(world)).toEqual(['major_outage', 'operational']);
    await turn(world, 'api', 200, 75);
    expect(standing(world)).toEqual(['20260310_db-down resolved']);
    expect(subjects(world).at(-1)).toBe('[RESOLVED] API and Database Down');
    expect(subjects(world).filter(one => one.startsWith('[INCIDENT]'))).toHaveLength(1);
  });

  test('its own file: an outage that came and went while that could not be read is filed all the same', async () => {
    const world = await checked();
    await turn(world, 'api', 500);
    await turn(world, 'api', 200, 75);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    const good = await world.read(API);
    await world.write(API, good.replace('critical', 'criticl'));
    await turn(world, 'api', 500, 12);
    await turn(world, 'api', 200, 12);
    await world.write(API, good);
    await world.pass(75, 5);
    expect((await world.read(API)).match(/^## (Investigating|Resolved) /gm)).toHaveLength(4);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
  });

  test('its own file is of long ago: a new outage does not wait for it', async () => {
    const world = await checked();
    await turn(world, 'api', 500);
    await turn(world, 'api', 200, 75);
    await world.pass(3600, 600);
    await world.write(API, (await world.read(API)).replace('critical', 'criticl'));
    await turn(world, 'api', 500, 12);
    expect(await world.files()).toEqual(['20260310_api-down-2.md', API]);
    expect(subjects(world)).toHaveLength(3);
    await turn(world, 'api', 200, 75);
    expect(subjects(world).at(-1)).toBe('[RESOLVED] API Down');
  });
});

describe('what a person writes in a machine’s incident is told at once', () => {
  const said = (at: string, label = 'Identified') => `\n## ${label} ${at} UTC\nA switch lost its power.\n`;
  const identified = (at: string) => (text: string) =>
    text.replace(/status: \w+/, 'status: identified') + said(at);

  test.each(['a typo', 'the folder is away', 'it cannot be written'])(
    'while a source joins and another recovers, and %s',
    async how => {
      const world = await checked();
      const [there, away] = [path.join(world.dir, 'status', 'incidents'), path.join(world.dir, 'away')];
      await turn(world, 'api', 500);
      expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
      const good = await world.read(API);
      if (how === 'a typo') await world.write(API, good.replace('investigating', 'identfied'));
      else if (how === 'the folder is away') await rename(there, away);
      await turn(world, 'db', 500);
      await turn(world, 'api', 200, 60);
      const at = clock(world);
      await world.pass(20, 5);
      if (how === 'the folder is away') await rename(away, there);
      await world.write(API, identified(at)(good));
      await world.pass(5, 2);
      await world.pass(60, 5);
      expect(
        world.mails.map(({ text }) => text ?? '').filter(text => text.includes('lost its power')),
      ).toHaveLength(1);
      expect(subjects(world).slice(0, 2)).toEqual([
        '[INCIDENT] API Down',
        expect.stringMatching(/^\[UPDATE\] API (?:and Database )?Down$/),
      ]);
    },
  );

  test.each(['Investigating', 'Identified', 'Update', 'Rolled back'])(
    '## %s, whatever the machine wrote before it',
    async label => {
      const world = await checked();
      await turn(world, 'api', 500);
      await edit(world, API, text => text.replace('status: investigating', 'status: identified'));
      await turn(world, 'db', 500, 80);
      const before = subjects(world).length;
      await edit(world, API, text => text + said(clock(world), label));
      await world.pass(5, 2);
      expect(subjects(world).slice(before)).toEqual(['[UPDATE] API and Database Down']);
      expect(world.mails.at(-1)!.text).toContain('lost its power');
      // What the machine wrote is told as it would have been.
      await world.pass(660, 10);
      expect(world.mails.filter(({ text }) => text?.includes('Database is not working'))).toHaveLength(1);
      expect(world.mails.filter(({ text }) => text?.includes('lost its power'))).toHaveLength(1);
    },
  );

  test('in the minute of the beginning, with an earlier start: it is an update', async () => {
    const world = await checked();
    await turn(world, 'api', 500);
    expect(await world.read(API)).toMatch(/^started: .*T12:00:[1-5]/m);
    await edit(world, API, text => text.replace(/^started: .*$/m, 'started: 2026-03-10T11:30:00Z'));
    await world.pass(5, 2);
    await edit(world, API, identified('12:00'));
    await world.pass(5, 2);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down']);
  });

  test.each([0, 15, 25])('beside a join, %i seconds after it', async later => {
    const world = await checked();
    await turn(world, 'api', 500);
    await edit(world, API, text => text.replace('status: investigating', 'status: identified'));
    await world.pass(2, 1);
    await turn(world, 'db', 500, 20 + later);
    const shown = () => world.system.snapshot().incidents[0]!;
    expect(shown().openedBy).toBe('probe:api, probe:db');
    const before = subjects(world).length;
    await edit(world, API, text => text + said(clock(world)));
    await world.pass(3, 1);
    expect(await world.read(API)).toContain('opened_by: "probe:api, probe:db"');
    expect(subjects(world).slice(before)).toEqual(['[UPDATE] API and Database Down']);
    await world.pass(700, 10);
    expect(world.mails.filter(({ text }) => text?.includes('lost its power'))).toHaveLength(1);
    expect(world.mails.filter(({ text }) => text?.includes('Database is not working'))).toHaveLength(1);
  });

  test('but no end that did not hold, when one of several relapses', async () => {
    const world = await checked();
    await turn(world, 'api', 500);
    await turn(world, 'db', 500, 80);
    world.answers.db = 200;
    await turn(world, 'api', 200, 7);
    expect(standing(world)).toEqual(['20260310_api-down resolved']);
    await world.pass(25, 1);
    await turn(world, 'api', 500, 50);
    expect(standing(world)).toEqual(['20260310_api-down investigating']);
    expect(await world.read(API)).toContain('status: investigating');
    await world.pass(60, 5);
    expect(subjects(world).filter(one => one.startsWith('[RESOLVED]'))).toEqual([]);
    await turn(world, 'api', 200, 75);
    expect(subjects(world).filter(one => one.startsWith('[RESOLVED]'))).toHaveLength(1);
  });

  const places: readonly (readonly [string, (text: string, section: string) => string])[] = [
    ['at the end', (text, section) => text + section],
    ['at the top', (text, section) => text.replace(/^## /m, `${section.trimStart()}\n## `)],
  ];
  test.each(
    // Each label with and without a day, at both places in turn.
    ['Identified', 'Investigating', 'Update'].flatMap((label, at) =>
      ['', '2026-03-10 '].map((day, dated) => [label, day, ...places[(at + dated) % 2]!] as const),
    ),
  )('## %s %s in the very minute of the beginning, %s: an update', async (label, day, _, put) => {
    const world = await checked();
    await turn(world, 'api', 500);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
    const started = /^started: (\S+)$/m.exec(await world.read(API))![1]!;
    expect(started).not.toContain(':00Z');
    await edit(world, API, text =>
      put(
        text.replace('status: investigating', 'status: identified'),
        said(day + started.slice(11, 16), label),
      ),
    );
    await world.pass(5, 2);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down']);
    const updates = world.system.snapshot().incidents[0]!.updates;
    expect(updates.at(-1)!.body).toBe('A switch lost its power.');
    await turn(world, 'api', 200, 75);
    expect(subjects(world).slice(2)).toEqual(['[RESOLVED] API Down']);
  });
});

test('a component gets another id during its outage: one section says why it is over', async () => {
  const world = await checked();
  await turn(world, 'api', 500);
  const file = path.join(world.dir, 'status', 'status.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('id: api', 'id: api2'));
  await world.pass(120, 5);
  expect(await world.files()).toEqual([API]);
  const text = await world.read(API);
  expect(text.match(/^## .*$/gm)).toHaveLength(2);
  expect(text).toMatch(
    /^## Investigating .*\ncomponents: \[api2\]\n\nAPI is no longer monitored: .*\n\nAPI is not working/m,
  );
  await turn(world, 'api', 200, 75);
  expect(standing(world)).toEqual(['20260310_api-down resolved']);
  expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down', '[RESOLVED] API Down']);
});

test('a recovery that waited for others is filed as of its own time, under what was the status then', async () => {
  const world = await checked();
  world.answers.api = world.answers.db = 500;
  await world.pass(80, 5);
  const [file = ''] = await world.files();
  await turn(world, 'api', 200, 20);
  const text = await world.read(file);
  expect(text).not.toContain('API is working again');
  await world.write(file, addUpdate(text, { status: 'identified', at: world.now(), message: 'A switch.' }));
  await world.pass(70, 5);
  const after = await world.read(file);
  expect(after).toMatch(/## Update \S+ \S+ UTC\ncomponents: \[db\]\n\nAPI is working again/);
  expect(after.match(/^## Identified/gm)).toHaveLength(1);
  expect(standing(world)).toEqual([`${file.slice(0, -3)} identified`]);
  await turn(world, 'db', 200, 75);
  expect(standing(world)).toEqual([`${file.slice(0, -3)} resolved`]);
});

test.each([
  ['its section', (text: string) => text],
  ['no section', (text: string) => text.replace(/## Resolved[\s\S]*?(?=## )/, '')],
])(
  'an end that a person puts before the beginning, with %s, is an error, as in their own file',
  async (_, change) => {
    const world = await checked();
    await turn(world, 'api', 500, 60);
    await turn(world, 'api', 200, 80);
    const [before] = world.system.snapshot().incidents;
    const early = new Date(before!.started - 600_000).toISOString();
    await edit(world, API, text => change(text).replace(/^resolved: .*$/m, `resolved: ${early}`));
    await world.pass(5, 2);
    const [{ what }] = (await world.get('/readyz')).json.problems;
    expect(what).toContain('it ends before it begins');
    const [after] = world.system.snapshot().incidents;
    expect([after!.started, after!.resolved]).toEqual([before!.started, before!.resolved]);
  },
);

describe('the operator writes that it is over without saying when: it ends once its source recovers', () => {
  test.each<[string, string, string | null]>([
    ['with a section', '## Resolved HH:MM UTC\nFixed.\n\n## ', 'the section'],
    ['with a time that cannot be read', '## ', null],
    ['with a section of the future', '## Resolved 2026-03-11 10:00 UTC\nFixed.\n\n## ', null],
  ])('%s', async (how, above, by) => {
    const world = await checked();
    await turn(world, 'api', 500, 120);
    const key = how.includes('time') ? 'resolved: soon\n' : '';
    const minute = clock(world);
    await edit(world, API, text =>
      text
        .replace('status: investigating\n', `status: resolved\n${key}`)
        .replace('## ', above.replace('HH:MM', minute)),
    );
    await world.pass(20, 5);
    expect(standing(world)).toEqual([`${API.slice(0, -3)} investigating`]);
    await turn(world, 'api', 200, 10);
    await world.restart();
    await world.pass(80, 5);
    expect(standing(world)).toEqual([`${API.slice(0, -3)} resolved`]);
    const [, end = ''] = /^resolved: (\S+)$/m.exec(await world.read(API)) ?? [];
    if (by) expect(end).toBe(`2026-03-10T${minute}:00Z`);
    else expect(Date.parse(end)).toBeGreaterThan(Date.parse(`2026-03-10T${minute}:00Z`));
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    expect((await world.get('/readyz')).json.problems).toHaveLength(by || key ? 0 : 1);
  });

  test('beside another mistake, /readyz says nothing that contradicts it', async () => {
    const world = await checked();
    await turn(world, 'api', 500, 120);
    await edit(world, API, text => text.replace('status: investigating', 'status: resolved\nseverity: bad'));
    await turn(world, 'api', 200, 30);
    const said = (await world.get('/readyz')).json.problems.map(({ what }: { what: string }) => what).join();
    expect(said).not.toContain('it is open');
    expect(said).not.toBe('');
  });
});
