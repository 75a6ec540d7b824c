// An operator puts a failing check out of the incident that held it: it opens its own, three minutes later.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';
import { checked, subjects as told } from './two-checks.ts';

const FILE = '20260310_api-down.md';
const SECOND_FILE = '20260310_api-down-2.md';
const SITE = (url: string) => `title: T
components:
  - { id: api, name: API, schedule: "*/10 * * * * *", check: { type: http, url: "${url}/health", timeout: 2s }, detect: { latency: 1m } }
  - { id: db, name: Database, check: { type: manual } }
`;
const mine = (title: string, started: string, end = 'status: identified') =>
  `---\ntitle: ${title}\n${end}\nseverity: minor\nstarted: 2026-03-10T${started}Z\ncomponents: [api]\n---\n## Identified 2026-03-10 ${started} UTC\nA bad deploy.\n`;
const MINE = '20260310_mine.md';
const THEIRS = '20260310_theirs.md';
const ended = (at: string) => `status: resolved\nresolved: 2026-03-10T${at}Z`;

const failing = async (files: Record<string, string>) => {
  const world = await openWorld({ site: SITE, files });
  await subscribed(world, 'user@example.com');
  world.service.status = 500;
  await world.pass(60, 5);
  return world;
};
const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('[INCIDENT]'));
const problems = ({ system }: World) => system.snapshot().problems.map(({ what }) => what);
const HELD_BY_NONE = expect.stringMatching(/^probe:api still fails, and since \S+ no incident holds it$/);
const startOf = async (world: World, file: string) => /^started: (.*)$/m.exec(await world.read(file))?.[1];
const edit = async (world: World, file: string) =>
  world.write(file, (await world.read(file)).replace('components: [api]', 'components: [db]'));

describe('a failing check opens its own incident after three minutes', () => {
  test.each([
    ['its operator’s file is deleted', (world: World) => rm(path.join(world.dir, 'status/incidents', MINE))],
    ['its operator’s file names another component', (world: World) => edit(world, MINE)],
  ])('when %s', async (_, change) => {
    const world = await failing({ [MINE]: mine('We look into it', '11:50:00') });
    await change(world);
    await world.pass(170, 5);
    expect(await world.files()).not.toContain(FILE);
    expect(problems(world)).toContainEqual(HELD_BY_NONE);
    await world.pass(100, 5);
    expect(await startOf(world, FILE)).toMatch(/^2026-03-10T12:01:0\dZ$/);
    expect(problems(world)).not.toContainEqual(HELD_BY_NONE);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
    world.service.status = 200;
    await world.pass(60, 5);
    expect(await world.read(FILE)).toContain('status: resolved');
  });

  test.each([
    [
      'its operator’s file is deleted',
      MINE,
      (world: World) => rm(path.join(world.dir, 'status/incidents', MINE)),
    ],
    ['its operator’s file names another component', MINE, (world: World) => edit(world, MINE)],
    ['the server’s file names another component', null, (world: World) => edit(world, FILE)],
    [
      'the server’s file is deleted',
      null,
      (world: World) => rm(path.join(world.dir, 'status/incidents', FILE)),
    ],
  ])('when %s, and the server is restarted meanwhile', async (_, mineFirst, change) => {
    const world = await failing(mineFirst ? { [MINE]: mine('We look into it', '11:50:00') } : {});
    await change(world);
    const files = await world.files();
    for (let minute = 0; minute < 2; minute++) {
      await world.pass(85, 5);
      await world.restart();
    }
    expect(await world.files()).toEqual(files);
    await world.pass(25, 5);
    expect(await world.files()).toHaveLength(files.length + 1);
    await world.pass(60, 5);
    world.service.status = 200;
    await world.pass(120, 5);
    expect(subjects(world)).toHaveLength(mineFirst || files.length === 0 ? 1 : 2);
  });

  test('when the server’s own file names another component: that stays as the operator left it', async () => {
    const world = await failing({});
    await edit(world, FILE);
    const left = await world.read(FILE);
    await world.pass(170, 5);
    expect(await world.files()).toEqual([FILE]);
    expect(problems(world)).toContainEqual(HELD_BY_NONE);
    await world.pass(100, 5);
    expect(await world.files()).toEqual([SECOND_FILE, FILE].sort());
    expect(await startOf(world, SECOND_FILE)).toMatch(/^2026-03-10T12:01:0\dZ$/);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[INCIDENT] API Down']);
    world.service.status = 200;
    await world.pass(60, 5);
    expect(await world.read(SECOND_FILE)).toContain('status: resolved');
    expect(await world.read(FILE)).toBe(left);
  });

  test.each([
    ['its keys alone', (text: string) => text],
    ['a section', (text: string) => text.replace('---\n\n##', '---\n\n## Resolved 12:01 UTC\nDone.\n\n##')],
  ])(
    'when an operator ends the server’s own incident by %s: it goes on in the same file',
    async (_, change) => {
      const world = await failing({});
      const text = await world.read(FILE);
      await world.write(FILE, change(text.replace('status: investigating', ended('12:01:00'))));
      await world.pass(170, 5);
      expect(await world.read(FILE)).toContain('status: resolved');
      expect(problems(world)).toContainEqual(HELD_BY_NONE);
      await world.pass(100, 5);
      expect(await world.files()).toEqual([FILE]);
      expect(await world.read(FILE)).toContain('status: investigating');
      const { incidents } = (await world.get('/api/v2/incidents/unresolved.json')).json;
      expect(incidents).toHaveLength(1);
      world.service.status = 200;
      await world.pass(150, 5);
      expect(await world.read(FILE)).toContain('status: resolved');
      const { components } = (await world.get('/api/uptime.json')).json;
      expect(components[0].downtime_seconds).toBeGreaterThan(300);
      const all = world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
      expect(all).toEqual([
        '[INCIDENT] API Down',
        '[RESOLVED] API Down',
        '[UPDATE] API Down',
        '[RESOLVED] API Down',
      ]);
    },
  );

  test('counted from the last end of the incidents that held it', async () => {
    const world = await failing({
      [MINE]: mine('We look into it', '11:50:00'),
      [THEIRS]: mine('So do we', '11:55:00'),
    });
    await world.write(MINE, mine('We look into it', '11:50:00', ended('12:01:00')));
    await world.pass(67, 5);
    const joins =
      'no action is needed: if it does not recover, it joins 20260310_theirs at 2026-03-10T12:04:00Z';
    expect(world.system.snapshot().problems.map(({ fix }) => fix)).toContainEqual(joins);
    await world.write(THEIRS, mine('So do we', '11:55:00', ended('12:02:07')));
    await world.pass(170, 5);
    expect(await world.files()).toEqual([MINE, THEIRS]);
    expect(problems(world)).toContainEqual(HELD_BY_NONE);
    await world.pass(60, 5);
    expect(await startOf(world, FILE)).toBe('2026-03-10T12:02:07Z');
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
  });
});

describe('a check whose component is taken off the file of two opens its own after three minutes', () => {
  const OWN = '20260310_db-down.md';
  const statuses = async (world: World) => {
    const found = [];
    for (const name of await world.files())
      found.push([name, /^status: (.*)$/m.exec(await world.read(name))?.[1]]);
    return found;
  };
  const both = async () => {
    const world = await checked();
    Object.assign(world.answers, { api: 500, db: 500 });
    await world.pass(90, 5);
    const text = await world.read(FILE);
    expect(text).toContain('opened_by: "probe:api, probe:db"');
    const said = '## Identified 12:02:00 UTC\ncomponents: [api]\n\nIt is the API alone.\n';
    await world.write(
      FILE,
      text.replace('status: investigating', 'status: identified').replace('## ', `${said}\n## `),
    );
    return world;
  };

  test('the other ends the file, and it ends its own', async () => {
    const world = await both();
    await world.pass(170, 5);
    expect(await world.files()).toEqual([FILE]);
    await world.pass(30, 5);
    expect(await statuses(world)).toEqual([
      [FILE, 'identified'],
      [OWN, 'investigating'],
    ]);
    expect(await startOf(world, OWN)).toMatch(/^2026-03-10T12:01:5\dZ$/);
    expect(await world.read(FILE)).not.toContain('Database has an incident');
    world.answers.api = 200;
    await world.pass(70, 5);
    expect(await statuses(world)).toEqual([
      [FILE, 'resolved'],
      [OWN, 'investigating'],
    ]);
    world.answers.db = 200;
    await world.pass(70, 5);
    expect(await statuses(world)).toEqual([
      [FILE, 'resolved'],
      [OWN, 'resolved'],
    ]);
    expect(told(world).filter(subject => !subject.startsWith('[UPDATE]'))).toEqual([
      ...['[INCIDENT] API and Database Down', '[INCIDENT] Database Down'],
      ...['[RESOLVED] API and Database Down', '[RESOLVED] Database Down'],
    ]);
  });

  test('if the other has recovered by then, the file ends with that', async () => {
    const world = await both();
    await world.pass(30, 5);
    world.answers.api = 200;
    await world.pass(120, 5);
    expect(await statuses(world)).toEqual([[FILE, 'identified']]);
    await world.pass(60, 5);
    expect(await statuses(world)).toEqual([
      [FILE, 'resolved'],
      [OWN, 'investigating'],
    ]);
    expect(await world.read(FILE)).toMatch(
      /## Resolved \S+ \S+ UTC\nDatabase has an incident of its own now\.\n/,
    );
  });

  test('those of all are taken off: they share one, and the file stays as it is', async () => {
    const world = await both();
    const text = (await world.read(FILE)).replace(
      'components: [api]\n\nIt is the API alone.',
      'components: []\n\nNo.',
    );
    await world.write(FILE, text);
    await world.pass(260, 5);
    expect(await world.files()).toEqual([SECOND_FILE, FILE].sort());
    expect(await world.read(FILE)).toBe(text);
    expect(await world.read(SECOND_FILE)).toContain('opened_by: "probe:api, probe:db"');
  });
});
