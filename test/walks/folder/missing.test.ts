// The incidents folder, or the whole status folder, goes missing: nothing turns green, nothing is lost or told twice.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { incident } from '../../../src/cli/incident.ts';
import { lint } from '../../../src/cli/lint.ts';
import { type Cli, Misuse, Refused } from '../../../src/cli/shared/command.ts';
import { forgetMissing } from '../../../src/cli/shared/incident-files.ts';
import { StatusFolder } from '../../../src/content/folder.ts';
import { git } from '../git/repository.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const DOWN = { alert_type: 'down', monitor_name: 'Shop' };
const UP = { alert_type: 'up', monitor_name: 'Shop' };
const OPEN = `---
title: Dashboard broken
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
We look.
`;
const OVER = `---
title: Slow yesterday
status: resolved
severity: major
started: 2026-03-09T10:00:00Z
resolved: 2026-03-09T11:00:00Z
components: [api]
---
It was slow.

## Resolved 11:00 UTC
Well again.
`;
const MANUAL = () => 'title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n';
const FILES = { '20260310_broken.md': OPEN, '20260309_slow.md': OVER };
const FOOT = 'Our incident reports have not been readable since';

const statusOf = ({ dir }: World) => path.join(dir, 'status');
const incidentsOf = (world: World) => path.join(statusOf(world), 'incidents');
const titles = ({ system }: World) =>
  system
    .snapshot()
    .incidents.map(({ title, state }) => `${title}: ${state}`)
    .sort();
const problems = ({ system }: World) =>
  system
    .snapshot()
    .problems.map(({ what }) => what)
    .join('\n');
const news = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));

/** What every reader is told: as it stood before the folder went. */
async function expectKept(world: World): Promise<void> {
  expect(titles(world)).toEqual(['Dashboard broken: investigating', 'Slow yesterday: resolved']);
  const { json } = await world.get('/api/v2/summary.json');
  expect(json.status.indicator).not.toBe('none');
  expect(json.incidents.map(({ name }: { name: string }) => name)).toEqual(['Dashboard broken']);
  expect((await world.get('/api/v2/incidents.json')).json.incidents).toHaveLength(2);
  expect((await world.get('/status/feed.atom')).text).toContain('Well again.');
  expect((await world.get('/status/badge.svg')).text).not.toContain('operational');
  const page = (await world.get('/status/live')).text;
  expect(page).toContain(FOOT);
  expect(page).toContain('Dashboard broken');
  expect((await world.get('/status/live?lang=de')).text).toContain('nicht lesbar');
  const { ok, problems: found } = (await world.get('/readyz')).json;
  expect(ok).toBe(false);
  expect(JSON.stringify(found)).toContain('so the incidents last read stay on the page');
  expect(JSON.stringify(found)).toContain('npm run status -- incidents forget-missing');
}

async function expectBack(world: World): Promise<void> {
  expect(titles(world)).toEqual(['Dashboard broken: investigating', 'Slow yesterday: resolved']);
  expect((await world.get('/status/live')).text).not.toContain(FOOT);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
}

/** A mount needs the right to; CI has it. */
const mayMount = (() => {
  const at = mkdtempSync(path.join(tmpdir(), 'status-live-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', at]).status === 0;
  if (mounted) spawnSync('umount', [at]);
  rmdirSync(at);
  return mounted;
})();

type Way = readonly [
  name: string,
  away: (folder: string, status: string) => Promise<unknown>,
  back: (folder: string, status: string) => Promise<unknown>,
];

const aside = async (folder: string) => rename(folder, `${folder}.aside`);
const home = async (folder: string) => {
  await rm(folder, { recursive: true, force: true });
  await rename(`${folder}.aside`, folder);
};
/** Removed; what comes back is a copy. */
const removed = async (folder: string) => {
  await cp(folder, `${folder}.aside`, { recursive: true });
  await rm(folder, { recursive: true });
};
const WAYS: readonly Way[] = [
  ['the folder is removed', removed, home],
  ['the folder is renamed', aside, home],
  ['a file stands in its place', async at => [await aside(at), await writeFile(at, 'x')], home],
  ['it is a link that leads nowhere', async at => [await aside(at), await symlink('/nowhere', at)], home],
  ['it is a link that leads to itself', async at => [await aside(at), await symlink(at, at)], home],
  ['an empty folder stands in its place', async at => [await aside(at), await mkdir(at)], home],
  ['it is removed and made anew', async at => [await removed(at), await mkdir(at)], home],
  [
    'a folder without incidents stands in its place',
    async at => {
      await aside(at);
      await mkdir(path.join(at, 'lost+found'), { recursive: true });
      await writeFile(path.join(at, 'README.md'), 'A mount point.');
    },
    home,
  ],
  [
    'a folder with a file that cannot be read stands in its place',
    async at => [await aside(at), await mkdir(at), await writeFile(path.join(at, '20260310_e.md'), '')],
    home,
  ],
  ['the status folder is removed', (_, status) => removed(status), (_, status) => home(status)],
  [
    'an empty folder stands for the status folder',
    async (_, status) => [await aside(status), await mkdir(status)],
    (_, status) => home(status),
  ],
  [
    'status.yaml goes, and the files with it',
    async (folder, status) => {
      await cp(status, `${status}.aside`, { recursive: true });
      await rm(path.join(status, 'status.yaml'));
      for (const name of await readdir(folder)) await rm(path.join(folder, name));
    },
    (_, status) => home(status),
  ],
  [
    'status.yaml goes, and one file with it',
    async (folder, status) => {
      await cp(status, `${status}.aside`, { recursive: true });
      await rm(path.join(status, 'status.yaml'));
      await rm(path.join(folder, '20260310_broken.md'));
    },
    (_, status) => home(status),
  ],
];

describe.each(WAYS)('%s', (_, away, back) => {
  test('the last known incidents stay, over a restart too, until it is back; nobody is mailed', async () => {
    const world = await openWorld({ files: { '20260309_slow.md': OVER } });
    await subscribed(world, 'a@example.com');
    await world.write('20260310_broken.md', OPEN);
    await world.pass(1);
    await away(incidentsOf(world), statusOf(world));
    await world.pass(1);
    await expectKept(world);
    await world.pass(600, 60);
    await expectKept(world);
    await world.restart();
    await expectKept(world);
    expect(world.system.snapshot().missingSince).toBeLessThan(world.now() - 590_000);
    await world.pass(2, 1);
    await back(incidentsOf(world), statusOf(world));
    await world.pass(1);
    await expectBack(world);
    await world.restart();
    await expectBack(world);
    expect(news(world)).toEqual(['[INCIDENT] Dashboard broken']);
  });
});

/** One of each way to look missing: not there, no folder, nothing in it, something else in it, and all of it gone. */
const KINDS = [
  'the folder is removed',
  'a file stands in its place',
  'an empty folder stands in its place',
  'a folder with a file that cannot be read stands in its place',
  'an empty folder stands for the status folder',
  'status.yaml goes, and one file with it',
];

describe.each(WAYS.filter(([name]) => KINDS.includes(name)))('%s', (_, away, back) => {
  test('nothing open in it: nothing is green while nobody can read it', async () => {
    const world = await openWorld({
      files: { '20260309_slow.md': OVER, '20260310_broken.md': OVER },
      site: MANUAL,
    });
    expect(world.system.snapshot().overall.state).toBe('operational');
    await away(incidentsOf(world), statusOf(world));
    await world.pass(5, 1);
    expect(world.system.snapshot().overall.state).toBe('no_data');
    const page = (await world.get('/status/live')).text;
    expect(page).toContain('<title>All checked systems operational');
    expect(page).toContain('Our incident reports cannot be read at the moment');
    expect((await world.get('/api/v2/status.json')).json.status).toEqual({
      indicator: 'minor',
      description: 'Incident Reports Unavailable',
    });
    await back(incidentsOf(world), statusOf(world));
    await world.pass(5, 1);
    expect(world.system.snapshot().overall.state).toBe('operational');
  });

  test('before a restart: the same', async () => {
    const world = await openWorld({ files: FILES });
    await world.restart(() => away(incidentsOf(world), statusOf(world)).then(() => {}));
    await expectKept(world);
    await back(incidentsOf(world), statusOf(world));
    await world.pass(1);
    await expectBack(world);
  });

  test('an outage meanwhile is shown and told, written nowhere, and filed once the folder is back', async () => {
    const world = await openWorld({ files: FILES });
    await subscribed(world, 'a@example.com');
    await away(incidentsOf(world), statusOf(world));
    const seen = await readdir(incidentsOf(world)).catch(({ code }) => code);
    expect((await world.post(HOOK, DOWN)).json).toMatchObject({ action: 'opened' });
    expect(titles(world)).toContain('Shop Down: investigating');
    expect(problems(world)).toContain('its folder is missing');
    await world.pass(120, 30);
    expect(await readdir(incidentsOf(world)).catch(({ code }) => code)).toEqual(seen);
    await world.restart();
    expect(titles(world)).toContain('Shop Down: investigating');
    await world.post(HOOK, UP);
    await world.pass(120, 30);
    expect(titles(world)).toContain('Shop Down: resolved');
    await back(incidentsOf(world), statusOf(world));
    await world.pass(2, 1);
    expect(await world.files()).toEqual(['20260309_slow.md', '20260310_broken.md', '20260310_shop-down.md']);
    expect(await world.read('20260310_shop-down.md')).toContain('status: resolved');
    expect(news(world)).toEqual(['[INCIDENT] Shop Down', '[RESOLVED] Shop Down']);
  });
});

test.each(WAYS.slice(2, 5))(
  '%s, and nothing was ever known of it: nothing is green',
  async (_, away, back) => {
    const world = await openWorld({ files: { '20260309_slow.md': OVER }, site: MANUAL });
    await world.restart(async () => {
      await world.loseDatabase();
      await away(incidentsOf(world), statusOf(world));
    });
    await world.pass(60, 20);
    expect(world.system.snapshot().overall).toMatchObject({ state: 'no_data', unread: 1 });
    expect(problems(world)).toContain('no incident can be read');
    await back(incidentsOf(world), statusOf(world));
    await world.pass(5, 1);
    expect(world.system.snapshot().overall).toMatchObject({ state: 'operational', unread: 0 });
  },
);

describe.runIf(mayMount)('a volume', () => {
  test('that is not mounted at the start: the last known incidents, and nothing written where it will be', async () => {
    const world = await openWorld();
    const folder = incidentsOf(world);
    const mount = () => spawnSync('mount', ['--bind', `${world.dir}/volume`, folder]).status;
    await mkdir(`${world.dir}/volume`);
    for (const [name, text] of Object.entries(FILES)) await writeFile(`${world.dir}/volume/${name}`, text);
    expect(mount()).toBe(0);
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    await world.pass(1);
    await expect.poll(() => titles(world)).toHaveLength(2);
    await world.restart(async () => void spawnSync('umount', [folder]));
    await expectKept(world);
    await world.post(HOOK, DOWN);
    await world.pass(120, 30);
    expect(await readdir(folder)).toEqual([]);
    expect(mount()).toBe(0);
    await world.pass(1);
    expect(await readdir(folder)).toContain('20260310_shop-down.md');
    expect((await world.get('/readyz')).text).not.toContain('missing');
    spawnSync('umount', ['-l', folder]);
    await world.pass(1);
    await expect.poll(() => titles(world)).toHaveLength(3);
    expect((await world.get('/status/live')).text).toContain(FOOT);
  });
});

describe.runIf(mayMount)('a mount', () => {
  test('of a folder that was removed elsewhere: the last known incidents stay', async () => {
    const world = await openWorld();
    const folder = incidentsOf(world);
    const source = `${world.dir}/source`;
    await mkdir(source);
    await writeFile(`${source}/20260310_broken.md`, OPEN);
    expect(spawnSync('mount', ['--bind', source, folder]).status).toBe(0);
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    await world.pass(1);
    expect(titles(world)).toHaveLength(1);
    await rm(source, { recursive: true });
    expect(await readdir(folder)).toEqual([]);
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard broken: investigating']);
    expect((await world.get('/status/live')).text).toContain(FOOT);
  });
});

describe('what stays and loses files was emptied by somebody', () => {
  test('the last file too, at once and over a restart', async () => {
    const world = await openWorld({ files: { '20260310_broken.md': OPEN } });
    await world.pass(1);
    await rm(path.join(incidentsOf(world), '20260310_broken.md'));
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.restart();
    expect(titles(world)).toEqual([]);
    await world.write('20260310_broken.md', OPEN);
    await world.pass(1);
    await world.restart(() => rm(path.join(incidentsOf(world), '20260310_broken.md')));
    expect(titles(world)).toEqual([]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    // An empty folder has nothing to lose, and the machine makes it anew.
    await rm(incidentsOf(world), { recursive: true });
    await world.pass(1);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.post(HOOK, DOWN);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
  });

  test('another folder with other files is a change, not a loss', async () => {
    const world = await openWorld({ files: FILES });
    const folder = incidentsOf(world);
    await mkdir(`${folder}.new`);
    await writeFile(path.join(`${folder}.new`, '20260309_slow.md'), OVER);
    await rename(folder, `${folder}.old`);
    await rename(`${folder}.new`, folder);
    await world.pass(1);
    expect(titles(world)).toEqual(['Slow yesterday: resolved']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('unless the folder follows its files: `rm -r` looked at halfway', async () => {
    const world = await openWorld({ files: { '20260310_broken.md': OPEN } });
    await rm(path.join(incidentsOf(world), '20260310_broken.md'));
    await world.pass(1);
    await rm(incidentsOf(world), { recursive: true });
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard broken: investigating']);
  });
});

describe('git', () => {
  const repository = async (world: World, top: string, commit = true) => {
    git(top, 'init', '--quiet');
    if (!commit) return;
    git(top, 'add', path.relative(top, statusOf(world)) || '.');
    git(top, 'commit', '--quiet', '-m', 'The status folder');
  };
  const remove = (top: string, folder: string) => {
    git(top, 'rm', '-r', '--quiet', folder);
    git(top, 'commit', '--quiet', '-m', 'No incidents');
  };

  test.each([
    ['whose top is the status folder', 'status'],
    ['that the status folder lies in', '.'],
  ])('takes the folder away with its last file: that is a deletion, in a repository %s', async (_, where) => {
    const world = await openWorld({ files: FILES });
    const top = path.join(world.dir, where);
    await repository(world, top);
    await world.pass(1);
    remove(top, path.relative(top, incidentsOf(world)));
    expect(await readdir(statusOf(world))).not.toContain('incidents');
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.post(HOOK, DOWN);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
  });

  test.each([
    ['a submodule', 'submodule'],
    ['a file', 'file'],
    ['a link that leads nowhere', 'link'],
  ])('that holds %s in the place of the folder: what stood there is not deleted', async (_, kind) => {
    const world = await openWorld({ files: FILES });
    const top = statusOf(world);
    await repository(world, top);
    const other = path.join(world.dir, 'other');
    await mkdir(other);
    await writeFile(path.join(other, '20260310_broken.md'), OPEN);
    git(other, 'init', '--quiet');
    git(other, 'add', '.');
    git(other, 'commit', '--quiet', '-m', 'Moved');
    await world.pass(1);
    const before = titles(world);
    git(top, 'rm', '-r', '--quiet', 'incidents');
    if (kind === 'submodule') {
      // As a pull brings it: the folder is empty until somebody runs `git submodule update`.
      git(
        top,
        'update-index',
        '--add',
        '--cacheinfo',
        `160000,${git(other, 'rev-parse', 'HEAD').trim()},incidents`,
      );
      await mkdir(incidentsOf(world));
    } else {
      if (kind === 'file') await writeFile(incidentsOf(world), 'moved');
      else await symlink('/nowhere', incidentsOf(world));
      git(top, 'add', 'incidents');
    }
    git(top, 'commit', '--quiet', '-m', 'Move the incidents');
    await world.pass(10);
    expect(titles(world)).toEqual(before);
    await world.restart();
    expect(titles(world)).toEqual(before);
    expect((await world.get('/readyz')).json.problems).not.toEqual([]);
  });

  test('while the server was down, by a reset, or on another branch: the same', async () => {
    const world = await openWorld();
    const top = statusOf(world);
    await repository(world, top);
    const commit = async () => {
      await mkdir(incidentsOf(world), { recursive: true });
      await world.write('20260310_broken.md', OPEN);
      git(top, 'add', '.');
      git(top, 'commit', '--quiet', '-m', 'Broken');
      await world.pass(1);
      expect(titles(world)).toHaveLength(1);
    };
    await commit();
    await world.restart(async () => remove(top, 'incidents'));
    expect(titles(world)).toEqual([]);
    await commit();
    git(top, 'reset', '--quiet', '--hard', 'HEAD~1');
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    git(top, 'branch', 'quiet');
    await commit();
    git(top, 'checkout', '--quiet', 'quiet');
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    git(top, 'checkout', '--quiet', '-');
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard broken: investigating']);
  });

  test('confirms nothing while HEAD holds an incident, nor of files it never knew', async () => {
    const world = await openWorld({ files: { '20260310_broken.md': OPEN } });
    await repository(world, statusOf(world));
    await rm(incidentsOf(world), { recursive: true });
    await world.pass(1);
    expect(titles(world)).toEqual(['Dashboard broken: investigating']);
    git(statusOf(world), 'commit', '--quiet', '-a', '-m', 'Meant');
    await world.pass(1);
    expect(titles(world)).toEqual([]);

    const other = await openWorld({ files: { '20260310_broken.md': OPEN } });
    // The repository of something else, in which the folder is a mount point.
    await writeFile(path.join(other.dir, '.gitignore'), 'status\ndata\n');
    git(other.dir, 'init', '--quiet');
    git(other.dir, 'add', '.');
    git(other.dir, 'commit', '--quiet', '-m', 'The program');
    await rm(incidentsOf(other), { recursive: true });
    await other.pass(1);
    expect(titles(other)).toEqual(['Dashboard broken: investigating']);
  });
});

describe('status incidents forget-missing', () => {
  const cliOf = (world: World, said: string[] = []): Cli => {
    const say = (text: string) => void said.push(text);
    return { env: world.env, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
  };

  test('takes them off a running server’s page, which then writes again; what comes back is told to nobody', async () => {
    const world = await openWorld({ files: { '20260309_slow.md': OVER } });
    await subscribed(world, 'a@example.com');
    await world.write('20260310_broken.md', OPEN);
    await world.pass(1);
    const said: string[] = [];
    await expect(forgetMissing.run(['--yes'], cliOf(world))).rejects.toThrow('Nothing is missing');
    await aside(incidentsOf(world));
    await world.pass(1);
    await world.post(HOOK, DOWN);
    await expect(forgetMissing.run([], cliOf(world))).rejects.toThrow(Misuse);
    await expect(forgetMissing.run(['all'], cliOf(world))).rejects.toThrow(Misuse);
    await world.pass(1);
    expect(titles(world)).toHaveLength(3);
    expect(await forgetMissing.run(['--yes'], cliOf(world, said))).toBe(0);
    expect(said.join('\n')).toContain('open: 20260310_broken  Dashboard broken');
    expect(said.at(-1)).toContain('Forgotten: 2 incidents, 1 open');
    await world.pass(1);
    expect(titles(world)).toEqual(['Shop Down: investigating']);
    expect(await world.files()).toEqual(['20260310_shop-down.md']);
    expect((await world.get('/readyz')).text).not.toContain('forget-missing');
    await world.restart();
    expect(titles(world)).toEqual(['Shop Down: investigating']);
    await rename(
      `${incidentsOf(world)}.aside/20260310_broken.md`,
      `${incidentsOf(world)}/20260310_broken.md`,
    );
    await world.pass(1);
    expect(titles(world)).toContain('Dashboard broken: investigating');
    expect(news(world)).toEqual(['[INCIDENT] Dashboard broken', '[INCIDENT] Shop Down']);
  });

  test('while no server runs: none of them is known at its start', async () => {
    const world = await openWorld({ files: FILES });
    await world.restart(async () => {
      await aside(incidentsOf(world));
      expect(await forgetMissing.run(['-y'], cliOf(world))).toBe(0);
      await expect(forgetMissing.run(['-y'], cliOf(world))).rejects.toThrow(Refused);
    });
    expect(titles(world)).toEqual([]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('a folder that is back by then keeps its incidents, and what is kept of them', async () => {
    const world = await openWorld({ files: FILES });
    await aside(incidentsOf(world));
    await world.pass(1);
    await forgetMissing.run(['--yes'], cliOf(world));
    await home(incidentsOf(world));
    await world.pass(1);
    await expectBack(world);
    await aside(incidentsOf(world));
    await world.pass(1);
    await expectKept(world);
    await world.restart();
    await expectKept(world);
  });

  test('an unreadable folder stays named, with nothing left to forget', async () => {
    const world = await openWorld({ files: FILES });
    await aside(incidentsOf(world));
    await writeFile(incidentsOf(world), 'x');
    await world.pass(1);
    await forgetMissing.run(['--yes'], cliOf(world));
    await world.pass(1);
    expect(titles(world)).toEqual([]);
    expect((await world.get('/status/live')).text).toContain(FOOT);
    await expect(forgetMissing.run(['--yes'], cliOf(world))).rejects.toThrow('nothing to forget');
  });

  test('the other commands say that the folder is missing, and write nothing', async () => {
    const world = await openWorld({ files: FILES });
    await aside(incidentsOf(world));
    await world.pass(1);
    const run = (name: string, ...args: string[]) =>
      incident.find(one => one.name === `incident ${name}`)!.run(args, cliOf(world));
    const message = ['--message', 'x', '--yes'];
    await expect(run('new', '--title', 'T', '--severity', 'minor', ...message)).rejects.toThrow(
      'nothing is written here',
    );
    await expect(run('resolve', '20260310_broken', ...message)).rejects.toThrow('it is gone');
    expect(await readdir(statusOf(world))).not.toContain('incidents');
    const said: string[] = [];
    expect(await lint.run([], cliOf(world, said))).toBe(1);
    expect(said.join('\n')).toContain('forget-missing');
  });
});

test('a program that writes while the folder is missing is told so, and nothing is written', async () => {
  const world = await openWorld({ files: FILES, env: { API_TOKEN: 'the-api-token-of-this-test-is-long' } });
  const headers = { authorization: 'Bearer the-api-token-of-this-test-is-long' };
  await aside(incidentsOf(world));
  // No round has seen it yet.
  const body = { title: 'Late', severity: 'minor', message: 'x', components: ['api'] };
  const opened = await world.post('/api/incidents', body, headers);
  expect(opened.status).toBe(503);
  expect(opened.headers.get('content-type')).toContain('application/problem+json');
  expect(opened.json.detail).toContain('cannot be written: the file or its folder is missing');
  const update = { status: 'resolved', message: 'Well.' };
  expect((await world.post('/api/incidents/20260310_broken/updates', update, headers)).status).toBe(503);
  expect(await readdir(statusOf(world))).not.toContain('incidents');
  await home(incidentsOf(world));
  expect((await world.post('/api/incidents/20260310_broken/updates', update, headers)).status).toBe(201);
  expect((await world.post('/api/incidents', body, headers)).status).toBe(201);
});

test('the watcher hears of the folders again once they are back', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-watch-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const status = path.join(dir, 'status');
  const folder = path.join(status, 'incidents');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(status, 'status.yaml'), 'x');
  await writeFile(path.join(folder, '20260310_broken.md'), OPEN);
  const content = new StatusFolder(status);
  let rings = 0;
  onTestFinished(await content.watch(() => rings++));
  for (const place of [folder, status]) {
    await content.incidents();
    await rename(place, `${place}.aside`);
    await expect.poll(async () => (await content.incidents()).missing).not.toBeNull();
    await rename(`${place}.aside`, place);
    await expect.poll(async () => (await content.incidents()).missing).toBeNull();
    await new Promise(resolve => setTimeout(resolve, 200));
    rings = 0;
    await writeFile(path.join(folder, '20260309_slow.md'), OVER);
    await expect.poll(() => rings).toBeGreaterThan(0);
    expect((await content.incidents()).incidents).toHaveLength(2);
    await rm(path.join(folder, '20260309_slow.md'));
    await expect.poll(async () => (await content.incidents()).incidents.length).toBe(1);
  }
});
