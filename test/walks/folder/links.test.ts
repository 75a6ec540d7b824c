// Links in the status folder: within it they are followed, out of it nothing is read and nothing is forgotten.
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lint } from '../../../src/cli/lint.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { git } from '../git/repository.ts';
import { openWorld, type World } from '../world.ts';

const incidentText = (title: string) => `---
title: ${title}
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
We look.
`;
const OPEN = incidentText('Dashboard broken');
const FOOT = 'Our incident reports have not been readable since';
const SECRET = 'Not for visitors';

const statusOf = ({ dir }: World) => path.join(dir, 'status');
const titles = ({ system }: World) => system.snapshot().incidents.map(({ title }) => title);
const problems = ({ system }: World) =>
  system
    .snapshot()
    .problems.map(({ where, what, fix }) => `${where}: ${what} — ${fix}`)
    .join('\n');

async function linted(world: World): Promise<string> {
  const said: string[] = [];
  const { value: env } = readEnvironment({}, world.dir);
  const out = (line: string) => void said.push(line);
  const cli = { env, cwd: world.dir, clock: world.now, out, err: out } as unknown as Cli;
  await lint.run([], cli);
  return said.join('\n');
}

const MANUAL = () => 'title: T\ncomponents:\n  - { id: dashboard, name: D, check: { type: manual } }\n';

async function openAside(): Promise<{ world: World; elsewhere: string; folder: string }> {
  const world = await openWorld({ site: MANUAL, files: { '20260310_broken.md': OPEN } });
  const elsewhere = path.join(world.dir, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(path.join(elsewhere, '20260310_secret.md'), incidentText(SECRET));
  return { world, elsewhere, folder: path.join(statusOf(world), 'incidents') };
}

describe('`incidents` is a link out of the status folder', () => {
  test.each<[name: string, target: (elsewhere: string, dir: string) => string]>([
    ['with incidents of others', elsewhere => elsewhere],
    ['relative', () => '../elsewhere'],
    ['the folder above', () => '..'],
    ['a folder whose name begins with the same letters', (_, dir) => path.join(dir, 'status2')],
    ['over another link', (_, dir) => path.join(dir, 'over')],
    ['the folder itself, moved out', (_, dir) => path.join(dir, 'moved')],
  ])(
    '%s: nothing of it is read, what was known stays, over restarts, until the folder is back',
    async (name, target) => {
      const { world, elsewhere, folder } = await openAside();
      await mkdir(path.join(world.dir, 'status2'));
      await symlink(elsewhere, path.join(world.dir, 'over'));
      await writeFile(path.join(world.dir, 'status2', '20260310_secret.md'), incidentText(SECRET));
      await world.pass(2, 1);
      const home = name.startsWith('the folder itself') ? path.join(world.dir, 'moved') : `${folder}.aside`;
      await rename(folder, home);
      if (home.endsWith('moved'))
        await writeFile(path.join(home, '20260310_secret.md'), incidentText(SECRET));
      await symlink(target(elsewhere, world.dir), folder);
      const expectMissing = async () => {
        expect(titles(world)).toEqual(['Dashboard broken']);
        expect(problems(world)).toContain(`${folder}: it is a link out of the status folder`);
        expect(problems(world)).toContain('replace the link with the folder itself, or with a mount of it');
        const page = (await world.get('/status/live')).text;
        expect(page).toContain(FOOT);
        expect(page).not.toContain(SECRET);
        expect((await world.get('/readyz')).json.ok).toBe(false);
        expect(await linted(world)).toContain('it is a link out of the status folder');
        expect((await world.get('/status/badge.svg')).text).not.toContain('operational');
      };
      await world.pass(1);
      await expectMissing();
      await world.restart();
      await world.pass(1);
      await expectMissing();
      // What the server is told meanwhile is not written through the link.
      await world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
        alert_type: 'down',
        monitor_name: 'Shop',
      });
      await world.pass(2, 1);
      for (const at of ['elsewhere', 'status2']) {
        const found = await readFile(path.join(world.dir, at, '20260310_secret.md'), 'utf8');
        expect(found).toContain(SECRET);
      }
      await rm(folder);
      await rm(path.join(home, '20260310_secret.md'), { force: true });
      await rename(home, folder);
      await world.pass(2, 1);
      expect(titles(world)).toContain('Dashboard broken');
      expect((await world.get('/status/live')).text).not.toContain(FOOT);
    },
  );

  test('from the first start on: no incident is known, and the page is not green', async () => {
    const { world, elsewhere, folder } = await openAside();
    await world.restart(async () => {
      await rm(path.join(world.dir, 'data'), { recursive: true, force: true });
      await rename(folder, `${folder}.aside`);
      await symlink(elsewhere, folder);
    });
    expect(titles(world)).not.toContain(SECRET);
    expect((await world.get('/status/badge.svg')).text).not.toContain('operational');
    expect(problems(world)).toContain('it is a link out of the status folder');
  });
});

describe('links within the status folder are followed', () => {
  test('`incidents` to a folder beside it; and the status folder itself a link', async () => {
    const { world, folder } = await openAside();
    const status = statusOf(world);
    await world.restart(async () => {
      await rename(folder, path.join(status, 'real'));
      await symlink('real', folder);
      await rename(status, path.join(world.dir, 'volume'));
      await symlink('volume', status);
    });
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard broken']);
    expect(problems(world)).toBe('');
    await writeFile(path.join(status, 'real', '20260310_new.md'), incidentText('New'));
    await world.pass(1);
    expect(titles(world).sort()).toEqual(['Dashboard broken', 'New']);
  });
});

describe('templates', () => {
  const GOOD = '---\ntitle: "{{component}} cannot be reached"\n---\n';

  const WAYS: readonly [
    name: string,
    at: string,
    says: string,
    make: (at: string, dir: string) => unknown,
  ][] = [
    ['a file that leads nowhere', 'templates/auto/down.md', 'broken link', at => symlink('nowhere', at)],
    ['a folder that leads nowhere', 'templates/auto', 'broken link', at => symlink('/nowhere', at)],
    ['the folder above leads nowhere', 'templates', 'broken link', at => symlink('gone', at)],
    ['a link to itself', 'templates/auto/down.md', '(ELOOP)', at => symlink('down.md', at)],
    ['a file in place of the folder', 'templates/auto', 'not a folder', at => writeFile(at, 'x')],
    [
      'a file out of the folder',
      'templates/auto/down.md',
      'link out of',
      (at, dir) => symlink(`${dir}/out.md`, at),
    ],
    ['a folder out of the folder', 'templates/auto', 'link out of', (at, dir) => symlink(`${dir}/out`, at)],
  ];

  test.each(WAYS)('%s: named, and what was read last stands', async (_name, at, says, make) => {
    const world = await openWorld({ site: MANUAL });
    const status = statusOf(world);
    await mkdir(path.join(status, 'templates', 'auto'), { recursive: true });
    await writeFile(path.join(world.dir, 'out.md'), GOOD.replace('cannot be reached', SECRET));
    await mkdir(path.join(world.dir, 'out'));
    await rename(path.join(world.dir, 'out.md'), path.join(world.dir, 'out', 'down.md'));
    await symlink('out/down.md', path.join(world.dir, 'out.md'));
    await writeFile(path.join(status, 'templates', 'auto', 'down.md'), GOOD);
    await world.pass(1);
    expect(problems(world)).toBe('');
    await rm(path.join(status, at), { recursive: true });
    await make(path.join(status, at), world.dir);
    await world.pass(1);
    expect(problems(world)).toContain(says);
    expect((await world.get('/readyz')).text).toContain(says);
    const said = await linted(world);
    expect(said).toContain(says);
    expect(said.split(says)).toHaveLength(2);
    await rm(path.join(status, at), { recursive: true });
    await world.pass(1);
    expect(problems(world)).toBe('');
  });

  test('a link within the status folder is read', async () => {
    const world = await openWorld({ site: MANUAL });
    const status = statusOf(world);
    await mkdir(path.join(status, 'words', 'auto'), { recursive: true });
    await writeFile(path.join(status, 'words', 'auto', 'down.md'), '---\ntitle: "{{nonsense}}"\n---\n');
    await symlink('words', path.join(status, 'templates'));
    await world.pass(1);
    expect(problems(world)).toContain('nonsense');
  });
});

test('`incidents` leads to the repository of something else, which once deleted files of these names: nothing is deleted here', async () => {
  const { world, elsewhere, folder } = await openAside();
  await rename(path.join(elsewhere, '20260310_secret.md'), path.join(elsewhere, '20260310_broken.md'));
  git(elsewhere, 'init', '-q');
  git(elsewhere, 'add', '.');
  git(elsewhere, 'commit', '-qm', 'begin');
  git(elsewhere, 'mv', '20260310_broken.md', 'README.md');
  git(elsewhere, 'commit', '-qm', 'other');
  await world.pass(2, 1);
  await rename(folder, `${folder}.aside`);
  await symlink(elsewhere, folder);
  await world.pass(10, 5);
  expect(titles(world)).toEqual(['Dashboard broken']);
});
