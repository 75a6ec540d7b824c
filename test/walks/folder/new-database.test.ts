// A new database knows no incident: where the folder is away or empty, HEAD of its git work tree says what it held.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../git/repository.ts';
import { openWorld, type World } from '../world.ts';

const incidentText = (title: string, more: string) =>
  `---\ntitle: ${title}\nseverity: critical\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n${more}\n---\n\nWe look.\n`;
const FILES = {
  '20260310_open.md': incidentText('Open', 'status: investigating'),
  '20260310_over.md': incidentText('Over', 'status: resolved\nresolved: 2026-03-10T11:30:00Z'),
};
const SITE = () => 'title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n';
const FOOT = 'Our incident reports have not been readable since';

const statusOf = ({ dir }: World) => path.join(dir, 'status');
const titles = ({ system }: World) =>
  system
    .snapshot()
    .incidents.map(({ title }) => title)
    .sort();
const problems = async (world: World) => JSON.stringify((await world.get('/readyz')).json.problems);

async function commitAll(world: World, top: string, said = 'begin') {
  git(top, 'add', path.relative(top, statusOf(world)) || '.');
  git(top, 'commit', '-qm', said);
}

/** A committed status folder, `change` done to it while no server runs, and then a server with a new database. */
async function openAnew(change: (status: string) => Promise<unknown>, top = 'status', repository = true) {
  const world = await openWorld({ site: SITE, files: FILES });
  const at = path.join(world.dir, top);
  if (repository) {
    git(at, 'init', '-q');
    await commitAll(world, at);
  }
  await world.restart(async () => {
    await rm(path.join(world.dir, 'data'), { recursive: true });
    await change(statusOf(world));
  });
  await world.pass(1);
  return world;
}

const folder = (status: string) => path.join(status, 'incidents');
const aside = (status: string) => rename(folder(status), path.join(status, '..', 'aside'));
const WAYS: readonly [name: string, change: (status: string) => Promise<unknown>][] = [
  ['away', aside],
  ['empty', async at => [await aside(at), await mkdir(folder(at))]],
  ['emptied', async at => Promise.all(Object.keys(FILES).map(name => rm(path.join(folder(at), name))))],
  [
    'a folder with a note',
    async at => [
      await aside(at),
      await mkdir(folder(at)),
      await writeFile(path.join(folder(at), 'README.md'), 'x'),
    ],
  ],
  ['a file', async at => [await aside(at), await writeFile(folder(at), 'x')]],
  ['a link that leads nowhere', async at => [await aside(at), await symlink('nowhere', folder(at))]],
  ['a link out', async at => [await aside(at), await symlink('/tmp', folder(at))]],
];

describe('HEAD holds incidents, and the folder is', () => {
  test.each(WAYS)(
    '%s: they stay, over a restart, until what is said brings it back',
    async (_name, change) => {
      const world = await openAnew(change);
      const expectKept = async () => {
        expect(titles(world)).toEqual(['Open', 'Over']);
        const page = (await world.get('/status/live')).text;
        expect(page).toContain(FOOT);
        expect(page).toContain('Open incident: Open');
        expect((await world.get('/readyz')).json.ok).toBe(false);
        expect(await problems(world)).toContain('`git checkout -- incidents` in the status folder');
      };
      await expectKept();
      await world.pass(60, 20);
      await world.restart();
      await expectKept();
      git(statusOf(world), 'checkout', '--', 'incidents');
      await world.pass(2, 1);
      expect(titles(world)).toEqual(['Open', 'Over']);
      expect((await world.get('/status/live')).text).not.toContain(FOOT);
      expect(await problems(world)).not.toContain('last read');
    },
  );

  test('away, of a status folder that is no top, and all is over: nothing is green', async () => {
    const world = await openWorld({ site: SITE, files: { '20260310_over.md': FILES['20260310_over.md'] } });
    git(world.dir, 'init', '-q');
    await commitAll(world, world.dir);
    await world.restart(async () => {
      await rm(path.join(world.dir, 'data'), { recursive: true });
      await rm(folder(statusOf(world)), { recursive: true });
    });
    expect(world.system.snapshot().overall.state).toBe('no_data');
    expect(titles(world)).toEqual(['Over']);
    git(statusOf(world), 'commit', '-qam', 'Deleted');
    await world.pass(6, 1);
    expect(titles(world)).toEqual([]);
    expect(world.system.snapshot().overall.state).toBe('operational');
  });

  test('behind a link that is away', async () => {
    const world = await openAnew(async at => {
      await rename(folder(at), path.join(at, 'real'));
      await symlink('real', folder(at));
      git(at, 'add', '-A');
      git(at, 'commit', '-qm', 'link');
      await rm(path.join(at, 'real'), { recursive: true });
    });
    expect(titles(world)).toEqual(['Open', 'Over']);
    expect(await problems(world)).toContain('`git checkout -- real` in the status folder');
  });

  test('half there: a file deleted from a folder that stays is a deletion', async () => {
    const world = await openAnew(at => rm(path.join(folder(at), '20260310_open.md')));
    expect(titles(world)).toEqual(['Over']);
    expect(await problems(world)).toBe('[]');
  });
});

test('a commit put a file in place of the folder: what its parent held is known', async () => {
  const world = await openAnew(async at => {
    git(at, 'rm', '-rq', 'incidents');
    await writeFile(folder(at), 'moved');
    git(at, 'add', '-A');
    git(at, 'commit', '-qm', 'moved');
  });
  expect(titles(world)).toEqual(['Open', 'Over']);
  expect((await world.get('/status/live')).text).toContain(FOOT);
});

test.each<[name: string, change: (status: string) => Promise<unknown>]>([
  ['deleted by a commit', async at => [git(at, 'rm', '-rq', 'incidents'), git(at, 'commit', '-qm', 'none')]],
  ['never committed', async at => [await rm(path.join(at, '.git'), { recursive: true }), await aside(at)]],
])('%s: there is nothing to miss', async (_name, change) => {
  const world = await openAnew(change);
  expect(titles(world)).toEqual([]);
  expect(await problems(world)).toBe('[]');
  expect((await world.get('/status/live')).text).toContain('<title>All systems operational');
});

test('the last file deleted by hand, as this database knows: a deletion over restarts, whatever HEAD holds', async () => {
  const world = await openWorld({ site: SITE, files: FILES });
  git(statusOf(world), 'init', '-q');
  await commitAll(world, statusOf(world));
  await world.pass(1);
  for (const name of Object.keys(FILES)) await rm(path.join(folder(statusOf(world)), name));
  await world.pass(2, 1);
  await world.restart();
  expect(titles(world)).toEqual([]);
  expect(await problems(world)).toBe('[]');
});

test.each(WAYS.slice(4))(
  '%s, and no git: no headline says that all is operational',
  async (_name, change) => {
    const world = await openAnew(change, 'status', false);
    const page = (await world.get('/status/live')).text;
    expect(page).toContain('<title>Our incident reports cannot be read at the moment');
    expect(page).not.toMatch(/(checked )?systems operational/i);
    const body = page.slice(page.indexOf('<body'));
    expect(body.match(/[^<>]*reports cannot be read at the moment[^<>]*/g)).toHaveLength(1);
    expect((await world.get('/api/v2/status.json')).json.status.description).toBe('No Data');
    expect((await world.get('/status/live?lang=de')).text).not.toContain('in Betrieb');
  },
);
