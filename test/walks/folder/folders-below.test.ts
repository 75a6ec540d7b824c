// Parts of the incidents folder go missing: files that are not back yet, names that cannot be read, folders below.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lint } from '../../../src/cli/lint.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { forgetMissing } from '../../../src/cli/shared/incident-files.ts';
import { git } from '../git/repository.ts';
import { openWorld, type World } from '../world.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const open = (title: string, more = '') => `---
title: ${title}
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
${more}---
We look.
`;
const over = (title: string) => `---
title: ${title}
status: resolved
severity: major
started: 2026-03-09T10:00:00Z
resolved: 2026-03-09T11:00:00Z
components: [api]
---
It was slow.
`;
const planned = `---
title: Move
status: scheduled
scheduled_start: 2099-03-12T10:00:00Z
scheduled_end: 2099-03-12T11:00:00Z
components: [api]
---
We move.
`;
const OPEN = '20260310_open.md';
const OVER = '20260309_over.md';
const FILES = { [OPEN]: open('Broken'), [OVER]: over('Slow') };
const FOOT = 'Our incident reports have not been readable since';

const folderOf = ({ dir }: World) => path.join(dir, 'status', 'incidents');
const at = (world: World, ...names: string[]) => path.join(folderOf(world), ...names);
const titles = ({ system }: World) =>
  system
    .snapshot()
    .incidents.map(({ title, state }) => `${title}: ${state}`)
    .sort();
const told = async (world: World) => (await world.get('/readyz')).text;
const isGreen = async (world: World) =>
  (await world.get('/api/v2/status.json')).json.status.indicator === 'none';
const cliOf = (world: World, said: string[] = []): Cli => {
  const say = (text: string) => void said.push(text);
  return { env: world.env, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
};
const linted = async (world: World) => {
  const said: string[] = [];
  return { code: await lint.run([], cliOf(world, said)), said: said.join('\n') };
};

/** A world with these files, which may lie below folders. */
async function worldOf(files: Readonly<Record<string, string>>): Promise<World> {
  const world = await openWorld();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(at(world, name)), { recursive: true });
    await writeFile(at(world, name), text);
  }
  await world.pass(1);
  expect(titles(world)).toHaveLength(Object.keys(files).length);
  return world;
}

/** After a second, and over a restart, the open incident is on the page and something is said. */
async function expectStays(world: World, what: string): Promise<void> {
  const check = async () => {
    expect(titles(world)).toContain('Broken: investigating');
    expect(await isGreen(world)).toBe(false);
    expect(await told(world)).toContain(what);
  };
  await world.pass(1);
  await check();
  await world.pass(120, 30);
  await check();
  await world.restart();
  await check();
}

async function expectQuiet(world: World, expected: readonly string[]): Promise<void> {
  const check = async () => {
    expect(titles(world)).toEqual(expected);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  };
  await world.pass(1);
  await check();
  await world.restart();
  await check();
}

const mayMount = (() => {
  const place = mkdtempSync(path.join(tmpdir(), 'status-live-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', place]).status === 0;
  if (mounted) spawnSync('umount', [place]);
  rmdirSync(place);
  return mounted;
})();

describe('a missing folder comes back file by file', () => {
  const emptied = async () => {
    const world = await worldOf(FILES);
    await rm(folderOf(world), { recursive: true });
    await world.pass(2, 1);
    await mkdir(folderOf(world));
    await world.pass(2, 1);
    return world;
  };

  test('what is not back stays, what is back is read, until all are', async () => {
    const world = await emptied();
    await world.write(OVER, over('Slow, as written since'));
    await expectStays(world, '1 incident file is still missing');
    expect(titles(world)).toContain('Slow, as written since: resolved');
    expect((await world.get('/status/live')).text).toContain(FOOT);
    expect((await linted(world)).said).toContain('1 incident file is still missing');
    await world.write(OPEN, open('Broken'));
    await world.pass(1);
    await expectQuiet(world, ['Broken: investigating', 'Slow, as written since: resolved']);
  });

  test('the same folder with one file fewer, and away once more, also the whole status folder', async () => {
    const world = await worldOf(FILES);
    const status = path.join(world.dir, 'status');
    const awayAndBack = async (place: string, isRestarted = false) => {
      await rename(place, `${place}.aside`);
      if (isRestarted) await world.restart();
      await world.pass(2, 1);
      await rm(path.join(`${place}.aside`, place === status ? 'incidents' : '', OPEN), { force: true });
      await rename(`${place}.aside`, place);
    };
    await awayAndBack(folderOf(world));
    await expectStays(world, `1 incident file is still missing (${OPEN})`);
    for (const [place, isRestarted] of [
      [status, false],
      [status, true],
      [folderOf(world), true],
    ] as const) {
      await awayAndBack(place, isRestarted);
      await expectStays(world, `1 incident file is still missing (${OPEN})`);
    }
    await world.write(OPEN, open('Broken'));
    await world.pass(1);
    await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
  });

  test('a new file saved by hand makes no difference; the machine writes beside it', async () => {
    const world = await emptied();
    await world.write('20260310_new.md', over('New'));
    await expectStays(world, '2 incident files are still missing');
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Shop' });
    expect(await world.files()).toEqual(['20260310_new.md', '20260310_shop-down.md']);
    expect(titles(world)).toContain('Shop Down: investigating');
    // The volume is mounted over both at last: neither is lost.
    await rename(folderOf(world), `${folderOf(world)}.bare`);
    await mkdir(`${folderOf(world)}.new`);
    for (const [name, text] of Object.entries(FILES)) {
      await writeFile(path.join(`${folderOf(world)}.new`, name), text);
    }
    await rename(`${folderOf(world)}.new`, folderOf(world));
    await world.pass(1);
    expect(titles(world)).toContain('Shop Down: investigating');
    expect(await told(world)).toContain('2 incident files are still missing');
  });

  test('an incident whose file is not back is not edited meanwhile, and its recovery not lost', async () => {
    const world = await worldOf({ [OVER]: over('Slow') });
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Shop' });
    await rm(folderOf(world), { recursive: true });
    await world.pass(1);
    await mkdir(folderOf(world));
    await world.write(OVER, over('Slow'));
    await world.post(HOOK, { alert_type: 'up', monitor_name: 'Shop' });
    await world.pass(2, 1);
    expect(await world.files()).toEqual([OVER]);
    expect(titles(world)).toContain('Shop Down: resolved');
    expect(await told(world)).toContain('cannot be written');
  });

  test('an operator confirms what is not back, and that only', async () => {
    const world = await emptied();
    await world.write(OVER, over('Slow'));
    await world.pass(1);
    const said: string[] = [];
    await forgetMissing.run(['--yes'], cliOf(world, said));
    expect(said.at(-1)).toContain('Forgotten: 1 incident, 1 open');
    await world.pass(1);
    await expectQuiet(world, ['Slow: resolved']);
  });

  test('git says that one of them was deleted', async () => {
    const world = await worldOf(FILES);
    const top = path.join(world.dir, 'status');
    git(top, 'init', '--quiet');
    git(top, 'add', '.');
    git(top, 'commit', '--quiet', '-m', 'All');
    await rm(folderOf(world), { recursive: true });
    await world.pass(1);
    git(top, 'rm', '--quiet', '--cached', `incidents/${OPEN}`);
    git(top, 'commit', '--quiet', '-m', 'Without');
    git(top, 'checkout', '--quiet', '.');
    world.system.snapshot();
    await world.restart();
    await expectQuiet(world, ['Slow: resolved']);
  });
});

type Way = readonly [string, string, (file: string) => Promise<unknown> | unknown];
const INSTEAD: readonly Way[] = [
  ['a link that leads nowhere', 'is a broken link', async file => symlink('nowhere', file)],
  ['a link that leads to itself', 'is a link to itself', async file => symlink(path.basename(file), file)],
  ['a FIFO', 'is not a file', file => spawnSync('mkfifo', [file])],
  ['a folder', 'is not a file', async file => mkdir(file)],
  ['a link to a folder', 'is not a file', async file => symlink('.', file)],
  ['a link to a device', 'link out of the folder', async file => symlink('/dev/null', file)],
  ['a link through a file', 'cannot be read', async file => symlink(`${OVER}/x.md`, file)],
];

describe.each(INSTEAD)('%s in the place of an incident', (_, what, put) => {
  test.each(['', '2026/'])('is no deletion, and named (in "%s")', async below => {
    const world = await worldOf({ [below + OVER]: over('Slow'), [below + OPEN]: open('Broken') });
    const file = at(world, below + OPEN);
    await unlink(file);
    await put(file);
    await expectStays(world, what);
    const { code, said } = await linted(world);
    expect([code, said]).toEqual([1, expect.stringContaining(what)]);
    // Looked at in between, and while no server runs: the same.
    await rm(file, { recursive: true });
    await writeFile(file, open('Broken'));
    await world.pass(1);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.restart(async () => {
      await unlink(file);
      await put(file);
    });
    await expectStays(world, what);
    await rm(file, { recursive: true });
    await expectQuiet(world, ['Slow: resolved']);
  });
});

test('a link whose target is back is read at once', async () => {
  const world = await worldOf({ [OVER]: over('Slow') });
  await writeFile(path.join(world.dir, 'status', 'target'), open('Broken'));
  await symlink('../target', at(world, OPEN));
  await world.pass(1);
  await rename(path.join(world.dir, 'status', 'target'), path.join(world.dir, 'status', 't'));
  await world.pass(61, 61);
  await expectStays(world, 'it is a broken link');
  await rename(path.join(world.dir, 'status', 't'), path.join(world.dir, 'status', 'target'));
  await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
});

describe('a ConfigMap', () => {
  const filled = async (world: World, version: string, files: Readonly<Record<string, string>>) => {
    await mkdir(at(world, version));
    for (const [name, text] of Object.entries(files)) await writeFile(at(world, version, name), text);
    await symlink(version, at(world, '..tmp'));
    await rename(at(world, '..tmp'), at(world, '..data'));
  };

  test('is read through its links only; its payload gone is no deletion', async () => {
    const world = await openWorld();
    await filled(world, '..2026_11', FILES);
    for (const name of Object.keys(FILES)) await symlink(`..data/${name}`, at(world, name));
    for (const hidden of ['.git', '.obsidian', '.stversions']) {
      await mkdir(at(world, hidden));
      await writeFile(at(world, hidden, OPEN), open('Hidden'));
    }
    await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
    await filled(world, '..2026_12', { ...FILES, [OPEN]: open('Changed') });
    const afterRound = async () => {
      await world.pass(1);
      return titles(world);
    };
    await expect.poll(afterRound).toContain('Changed: investigating');
    await filled(world, '..2026_13', FILES);
    await world.restart();
    await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
    await rm(at(world, '..2026_13'), { recursive: true });
    await world.pass(61, 61);
    await expectStays(world, 'it is a broken link');
    await filled(world, '..2026_14', { [OVER]: over('Slow') });
    await unlink(at(world, OPEN));
    await expectQuiet(world, ['Slow: resolved']);
  });

  test('with a folder below as a link', async () => {
    const world = await openWorld();
    await mkdir(at(world, '..2026_11', '2026'), { recursive: true });
    await writeFile(at(world, '..2026_11', '2026', OPEN), open('Broken'));
    await symlink('..2026_11', at(world, '..data'));
    await symlink('..data/2026', at(world, '2026'));
    await expectQuiet(world, ['Broken: investigating']);
    await unlink(at(world, '..data'));
    await expectStays(world, 'so the incidents last read stay');
  });
});

describe('a folder below', () => {
  const BELOW = {
    [`2026/${OPEN}`]: open('Broken'),
    '2026/03/20260308_deep.md': open('Deep'),
    [`2026/${OVER}`]: over('Slow'),
    '20260301_top.md': over('Top'),
  };
  const ways: readonly [string, (world: World) => Promise<unknown>, readonly string[]][] = [
    ['moved away', async world => rename(at(world, '2026'), `${world.dir}/2026`), []],
    ['removed', async world => rm(at(world, '2026'), { recursive: true }), []],
    [
      'removed and made anew',
      async world => [await rm(at(world, '2026'), { recursive: true }), await mkdir(at(world, '2026'))],
      ['Slow: resolved'],
    ],
    [
      'a file now',
      async world => [
        await rm(at(world, '2026'), { recursive: true }),
        await writeFile(at(world, '2026'), 'x'),
      ],
      ['Slow: resolved'],
    ],
    [
      'a link that leads nowhere',
      async world => [
        await rm(at(world, '2026'), { recursive: true }),
        await symlink('nowhere', at(world, '2026')),
      ],
      ['Slow: resolved'],
    ],
  ];

  test.each(ways)('that is %s: what is open stays, until it is back', async (_, away, kept) => {
    const world = await worldOf(BELOW);
    await away(world);
    await expectStays(world, 'so the incidents last read stay on the page');
    const stay = ['Broken: investigating', 'Deep: investigating', ...kept, 'Top: resolved'].sort();
    expect(titles(world)).toEqual(stay);
    expect(await told(world)).toContain('incidents/2026');
    expect((await linted(world)).code).toBe(1);
    // The rest is a folder as ever.
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Shop' });
    expect(await world.files()).toContain('20260310_shop-down.md');
    await rm(at(world, '20260310_shop-down.md'));
    await rm(at(world, '2026'), { recursive: true, force: true });
    for (const [name, text] of Object.entries(BELOW)) {
      await mkdir(path.dirname(at(world, name)), { recursive: true });
      await writeFile(at(world, name), text);
    }
    await world.pass(1);
    expect(titles(world)).toHaveLength(4);
    expect(await told(world)).not.toContain('forget-missing');
  });

  test.each(ways)('that is %s while no server runs: the same', async (_, away) => {
    const world = await worldOf(BELOW);
    await world.restart(async () => void (await away(world)));
    await expectStays(world, 'so the incidents last read stay on the page');
    await forgetMissing.run(['--yes'], cliOf(world));
    await world.pass(1);
    expect(titles(world)).toEqual(['Top: resolved']);
    expect(await told(world)).not.toContain('forget-missing');
  });

  test('with nothing open in it was deleted; so was a file, the last one too, of one that stays', async () => {
    const world = await worldOf({
      '2025/20250101_a.md': over('A'),
      '2025/20250102_b.md': over('B'),
      [`2026/${OPEN}`]: open('Broken'),
      [OVER]: over('Slow'),
    });
    await rm(at(world, '2025'), { recursive: true });
    await rm(at(world, '2026', OPEN));
    await expectQuiet(world, ['Slow: resolved']);
  });

  test('planned maintenance counts as open', async () => {
    const world = await openWorld();
    const names = async () =>
      (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances.map(
        ({ name }: { name: string }) => name,
      );
    await mkdir(at(world, '2026'));
    await writeFile(at(world, '2026', '20260310_move.md'), planned);
    await world.pass(1);
    expect(await names()).toEqual(['Move']);
    await rm(at(world, '2026'), { recursive: true });
    await world.pass(1);
    expect(await names()).toEqual(['Move']);
    expect(await told(world)).toContain('forget-missing');
  });

  test.each([
    ['the parent', '.'],
    ['another folder', 'archive'],
  ])('whose files were moved to %s lost nothing', async (_, to) => {
    const world = await worldOf({ [`2026/${OPEN}`]: open('Broken'), [OVER]: over('Slow') });
    await mkdir(at(world, to), { recursive: true });
    await rename(at(world, '2026', OPEN), at(world, to, OPEN));
    await rm(at(world, '2026'), { recursive: true });
    await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
  });

  test('a copy elsewhere that was there all along does not speak for what is gone', async () => {
    const world = await worldOf({ [OVER]: over('Slow') });
    for (const [name, text] of [
      ['a', over('Same')],
      ['b', open('Broken')],
    ] as const) {
      await mkdir(at(world, name));
      await writeFile(at(world, name, OPEN), text);
    }
    await world.pass(1);
    await rename(at(world, 'b'), `${world.dir}/b`);
    await expectStays(world, 'so the incidents last read stay on the page');
  });

  test('git took it away with its last file', async () => {
    const world = await worldOf({ [`2026/${OPEN}`]: open('Broken'), [OVER]: over('Slow') });
    const top = path.join(world.dir, 'status');
    git(top, 'init', '--quiet');
    git(top, 'add', '.');
    git(top, 'commit', '--quiet', '-m', 'All');
    git(top, 'rm', '--quiet', `incidents/2026/${OPEN}`);
    await world.pass(1);
    expect(titles(world)).toContain('Broken: investigating');
    git(top, 'commit', '--quiet', '-m', 'Without');
    world.system.snapshot();
    await world.restart();
    await expectQuiet(world, ['Slow: resolved']);
  });

  test.runIf(mayMount)(
    'that another is mounted over, empty: all of it stays, and is seen within a second',
    async () => {
      const world = await worldOf(BELOW);
      const place = at(world, '2026');
      expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', place]).status).toBe(0);
      onTestFinished(() => void spawnSync('umount', ['-l', place]));
      await world.pass(1);
      expect(await told(world)).toContain('incidents/2026');
      expect(titles(world)).toHaveLength(4);
      await expectStays(world, 'so the incidents last read stay on the page');
      expect(await readdir(place)).toEqual([]);
      spawnSync('umount', ['-l', place]);
      await world.pass(1);
      expect(titles(world)).toHaveLength(4);
      expect((await told(world)).includes('forget-missing')).toBe(false);
    },
  );
});

test('a branch without status.yaml confirms no deletion', async () => {
  const world = await worldOf(FILES);
  const top = path.join(world.dir, 'status');
  git(top, 'init', '--quiet');
  git(top, 'add', '.');
  git(top, 'commit', '--quiet', '-m', 'All');
  git(top, 'checkout', '--quiet', '--orphan', 'gh-pages');
  git(top, 'rm', '-r', '--quiet', '-f', '.');
  git(top, 'commit', '--quiet', '--allow-empty', '-m', 'Pages');
  await expectStays(world, 'status.yaml');
  git(top, 'checkout', '--quiet', 'main');
  await expectQuiet(world, ['Broken: investigating', 'Slow: resolved']);
});
