// However the file of an open incident is spoiled, no output says that the component it names is well.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorld, saveNow, type World } from '../world.ts';

const SITE = `title: T
components:
  - { id: api, name: API, check: { type: manual } }
  - { id: web, name: Web, check: { type: manual } }
`;
const NAME = '20260310_slow.md';
const FILE = `---
title: Slow sign-in
status: investigating
severity: major
started: 2026-03-10T11:50:00Z
components: [api]
---
It takes a minute.
`;

const opened = async (files: Readonly<Record<string, string>> = {}) => {
  const world = await openWorld({ site: () => SITE, files });
  await world.pass(10, 5);
  return world;
};
const folder = ({ dir }: World) => path.join(dir, 'status', 'incidents');
const reported = async (world: World) => JSON.stringify((await world.get('/readyz')).json.problems);

/** What each output says: of the whole, then of a component. */
async function whole(world: World) {
  const { indicator } = (await world.get('/api/v2/status.json')).json.status;
  return [
    /<section class="summary (\w)"/.exec((await world.get('/status/live')).text)![1],
    await titleOf(world, '/status/badge.svg'),
    indicator,
    (await world.get('/status/widget.json')).json.state,
  ];
}

async function component(world: World, id: string, name: string) {
  const page = (await world.get('/status/live')).text;
  const own = (await world.get(`/status/components/${id}`)).text;
  const named = async (at: string) =>
    (await world.get(at)).json.components.find((one: { name: string }) => one.name === name).status;
  return [
    new RegExp(`id="c-${id}" data-h="(\\w)"`).exec(page)![1],
    /<section class="summary (\w)"/.exec(own)![1],
    await titleOf(world, `/status/badge/${id}.svg`),
    await named('/api/v2/components.json'),
    await named('/api/v2/summary.json'),
    await named('/api/uptime.json'),
  ];
}

async function titleOf(world: World, at: string): Promise<string> {
  return /<title>([^<]*)/.exec((await world.get(at)).text)![1]!;
}

const WELL = ['o', 'T: operational', 'none', 'operational'];
const wellRow = (name: string) => [
  'o',
  'o',
  `${name}: operational`,
  ...['operational', 'operational', 'operational'],
];
const DOUBT = ['n', 'T: partly unknown', 'minor', 'no_data'];
const IN_DOUBT = ['n', 'n', 'API: no data', 'degraded_performance', 'degraded_performance', 'no_data'];
const OPEN = ['p', 'T: partial outage', 'minor', 'partial_outage'];
const AFFECTED = ['p', 'p', 'API: partial outage', 'partial_outage', 'partial_outage', 'partial_outage'];

const shown = async (world: World) => [await whole(world), await component(world, 'api', 'API')];
const web = (world: World) => component(world, 'web', 'Web');

const WAYS: readonly (readonly [string, string])[] = [
  ['a severity of its own', FILE.replace('major', 'huge')],
  ['no severity', FILE.replace('severity: major\n', '')],
  ['a status of its own', FILE.replace('investigating', 'at it')],
  ['a status of maintenance', FILE.replace('investigating', 'In Progress')],
  ['no status', FILE.replace('status: investigating\n', '')],
  ['a start in words', FILE.replace('2026-03-10T11:50:00Z', 'ten to twelve')],
  ['an end that has not come, and is none', FILE.replace('components', 'resolved: soon\ncomponents')],
  ['an open quote', FILE.replace('Slow', '"Slow')],
  ['a colon in a value', FILE.replace('Slow', 'Slow: very: sign-in')],
  ['a key twice', FILE.replace('severity', 'title: Slow\nseverity')],
  ['a tab', FILE.replace('severity: major', '\tseverity: major')],
  ['a front matter that is never closed', FILE.replace(']\n---', ']')],
  ['a front matter that never begins', FILE.replace('---\n', '')],
  ['a comment above', `<!-- ours -->\n${FILE}`],
  ['another language', FILE.replace('---', '---toml')],
  ['a conflict', FILE.replace('severity: major', '<<<<<<< a\nseverity: major\n=======\n>>>>>>> b')],
  ['names for ids, and a list that is none', FILE.replace('[api]', '{ API: [down }')],
  ['a status for its component that is none', FILE.replace('[api]', '{ api: broken }')],
  [
    'no list, and a title that names one',
    FILE.replace(/Slow|components.*\n/g, '')
      .replace('sign', 'API')
      .replace('major', 'huge'),
  ],
];

describe('the file of an open incident with', () => {
  test.each(WAYS)('%s: its component is not known, and the others are well', async (_, text) => {
    const world = await opened();
    expect([await shown(world), await web(world)]).toEqual([[WELL, wellRow('API')], wellRow('Web')]);
    await saveNow(world, NAME, text);
    await world.pass(5, 5);
    expect([await shown(world), await web(world)]).toEqual([[DOUBT, IN_DOUBT], wellRow('Web')]);
    expect(await reported(world)).toContain(NAME);
    await world.restart();
    expect([await shown(world), await web(world)]).toEqual([[DOUBT, IN_DOUBT], wellRow('Web')]);
    // Its last good version stands for it, once there is one.
    await saveNow(world, NAME, FILE);
    await world.pass(5, 5);
    await saveNow(world, NAME, text);
    await world.pass(5, 5);
    expect(await shown(world)).toEqual([OPEN, AFFECTED]);
  });

  test('a mistake does not replace an outage that is known', async () => {
    const world = await opened({ [NAME]: FILE, '20260310_new.md': FILE.replace('major', 'huge') });
    expect(await shown(world)).toEqual([OPEN, AFFECTED]);
  });

  test.each([
    ['nothing that can be read of its components', '---\nstatus: [\n---\n'],
    ['a list of none', FILE.replace('[api]', '[]').replace('major', 'huge')],
  ])('%s: the verdict alone is not green', async (_, text) => {
    const world = await opened({ [NAME]: text });
    expect(await shown(world)).toEqual([DOUBT, wellRow('API')]);
  });

  test('another product’s words is read', async () => {
    const world = await opened({ [NAME]: FILE.replace('major', 'High').replace('investigating', 'Ongoing') });
    expect(await shown(world)).toEqual([OPEN, AFFECTED]);
  });
});

describe('the file of an open incident renamed to', () => {
  test.each([
    '20260310_slow',
    '20260310_slow.markdown',
    '20260310_slow.mdx',
    '20260310_slow.md.txt',
    '20260310_slow.md.bak',
    '20260310_slow.md~',
    '20260310_slow.md.off',
    'slow',
    'slow.off',
    'notes.txt',
  ])('%s: its component is not known', async name => {
    const world = await opened({ 'slow.md': FILE });
    await rename(path.join(folder(world), 'slow.md'), path.join(folder(world), name));
    await world.pass(5, 5);
    expect([await shown(world), await web(world)]).toEqual([[DOUBT, IN_DOUBT], wellRow('Web')]);
    expect(await reported(world)).toContain(`/${name}`);
    await world.restart();
    expect(await shown(world)).toEqual([DOUBT, IN_DOUBT]);
    await writeFile(path.join(folder(world), name), FILE.replace('investigating', 'Closed'));
    await world.pass(5, 5);
    expect(await shown(world)).toEqual([WELL, wellRow('API')]);
  });

  test.each([
    ['is deleted', (draft: string) => rm(draft)],
    ['says that it is over', (draft: string) => writeFile(draft, FILE.replace('investigating', 'Closed'))],
  ])('_NAME: it stays as last read, until that %s', async (_, end) => {
    const world = await opened({ [NAME]: FILE });
    const draft = path.join(folder(world), `_${NAME}`);
    await rename(path.join(folder(world), NAME), draft);
    await world.pass(5, 5);
    expect(await shown(world)).toEqual([OPEN, AFFECTED]);
    expect(await reported(world)).toContain(`renamed to _${NAME}`);
    await world.restart();
    expect(await shown(world)).toEqual([OPEN, AFFECTED]);
    expect(await reported(world)).toContain(`renamed to _${NAME}`);
    await end(draft);
    await world.pass(5, 5);
    expect([await shown(world), await reported(world)]).toEqual([[WELL, wellRow('API')], '[]']);
  });

  test('_NAME by a server that never read it: a draft', async () => {
    const world = await opened({ [`_${NAME}`]: FILE });
    expect([await shown(world), await reported(world)]).toEqual([[WELL, wellRow('API')], '[]']);
  });
});

test.each(['.bak', '~', '.orig', '.off', '.txt'])(
  'a copy with %s beside its file tells nothing',
  async end => {
    const over = FILE.replace('investigating', 'resolved\nresolved: 2026-03-10T11:55:00Z');
    const world = await opened({ [NAME]: over, [`${NAME}${end}`]: FILE, [`#${NAME}#`]: FILE });
    expect([await shown(world), await reported(world)]).toEqual([[WELL, wellRow('API')], '[]']);
  },
);

describe('the file of an open incident saved in', () => {
  test('status/ is noticed at once, and so is that it is over', async () => {
    const world = await opened();
    const file = path.join(world.dir, 'status', NAME);
    await writeFile(file, FILE);
    await world.pass(5, 5);
    expect([await shown(world), await web(world)]).toEqual([[DOUBT, IN_DOUBT], wellRow('Web')]);
    expect(await reported(world)).toContain('it is not read: incident files are in `incidents`');
    await world.restart();
    expect(await shown(world)).toEqual([DOUBT, IN_DOUBT]);
    await writeFile(file, FILE.replace('investigating', 'resolved'));
    await world.pass(5, 5);
    expect(await shown(world)).toEqual([WELL, wellRow('API')]);
  });

  test.each([
    ['incident', DOUBT],
    ['status', DOUBT],
    ['_drafts', WELL],
    ['templates', WELL],
  ])('status/%s/', async (name, verdict) => {
    const world = await opened();
    await world.restart(async () => {
      await mkdir(path.join(world.dir, 'status', name));
      await writeFile(path.join(world.dir, 'status', name, NAME), FILE);
    });
    expect((await shown(world))[0]).toEqual(verdict);
  });
});

test('a component that is listed twice is in the API once', async () => {
  const world = await opened({ [NAME]: FILE.replace('[api]', '[api, api]') });
  const [incident] = (await world.get('/api/v2/incidents.json')).json.incidents;
  expect(incident.components).toHaveLength(1);
  expect(incident.incident_updates[0].affected_components).toHaveLength(1);
});
