// kill -9 between the writing of a file and its commit: the next server commits it, once, in the right name.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import type { OwnFile } from '../../../src/content/git/own-files.ts';
import { makeGitRun } from '../../../src/content/git/run.ts';
import { placeOf } from '../../../src/content/git/work-tree.ts';
import { freePort } from '../../free-port.ts';
import { git } from './repository.ts';

const TOKEN = 'the-api-token-of-this-test';
const HOOK = 'the-webhook-token-of-this-test';
/** Between the answer of the disk and the commit there are some hundred ms on a busy machine. */
const DELAYS = [0, 0, 1, 2, 5, 15, 40, 120];

test('killed at many instants after a write: all of it is committed and pushed', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-git-killed-'));
  const servers: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const server of servers) server.kill('SIGKILL');
    // A git that outlives its server still writes.
    await expect.poll(() => removed(root), { timeout: 20_000 }).toBe(true);
  });
  const [bare, status] = [path.join(root, 'bare.git'), path.join(root, 'status')];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  const incidents = path.join(status, 'incidents');
  mkdirSync(incidents, { recursive: true });
  writeFileSync(
    path.join(status, 'status.yaml'),
    'title: T\ncontent: { git: { remote: origin, branch: main, pull: "0 0 1 1 *" } }\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n',
  );
  const text = (title: string) =>
    `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\n\n## Update 11:00 UTC\nSlow.\n`;
  writeFileSync(path.join(incidents, '20260310_person.md'), text('A person’s'));
  writeFileSync(path.join(incidents, '20260310_draft.md'), text('Begins'));
  git(status, 'init', '-q', '-b', 'main');
  git(status, 'add', '-A');
  git(status, 'commit', '-qm', 'begin');
  git(status, 'remote', 'add', 'origin', bare);
  git(status, 'push', '-q', 'origin', 'main');
  // What an operator has not committed is not the server's.
  writeFileSync(path.join(incidents, '20260310_draft.md'), text('Not ready'));
  const port = await freePort();
  const env = {
    ...process.env,
    ...{ PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'silent', API_TOKEN: TOKEN, WEBHOOK_TOKEN: HOOK },
    STATUS_DIR: status,
    DATA_DIR: path.join(root, 'data'),
  };
  const at = `http://127.0.0.1:${port}`;
  const start = async () => {
    const server = spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
    servers.push(server);
    const answers = () =>
      fetch(`${at}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 30_000, interval: 20 }).toBe(true);
    return server;
  };
  const post = (address: string, body: object) =>
    fetch(at + address, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    }).catch(() => undefined);
  const state = () =>
    readdirSync(incidents)
      .filter(name => !name.startsWith('.'))
      .join() + sizeOf(path.join(incidents, '20260310_person.md'));
  for (const [n, delay] of DELAYS.entries()) {
    const server = await start();
    const before = state();
    if (n % 3 === 0) void post('/api/incidents/20260310_person/updates', { message: `Words ${n}.` });
    else if (n % 3 === 1)
      void post('/api/incidents', { title: `Odd ${n}`, severity: 'minor', message: 'We look.' });
    else void post(`/webhooks/uptime?token=${HOOK}`, { alert_type: 'down', monitor_name: `Shop ${n}` });
    const patience = performance.now() + 10_000;
    while (state() === before && performance.now() < patience)
      await new Promise(resolve => setTimeout(resolve, 1));
    await new Promise(resolve => setTimeout(resolve, delay));
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  await start();
  // A write that was killed leaves its draft behind, which is no incident.
  const open = () =>
    git(status, 'status', '--porcelain', '--untracked-files=all')
      .split('\n')
      .filter(line => !line.endsWith('.tmp'))
      .join('\n');
  await expect.poll(open, { timeout: 60_000, interval: 100 }).toBe('M incidents/20260310_draft.md');
  const same = () => git(bare, 'rev-parse', 'main') === git(status, 'rev-parse', 'HEAD');
  await expect.poll(same, { timeout: 30_000, interval: 100 }).toBe(true);
  const said = git(bare, 'show', 'main:incidents/20260310_person.md');
  for (const word of ['Words 0.', 'Words 3.', 'Words 6.']) expect(said.split(word)).toHaveLength(2);
  const names = git(bare, 'ls-tree', '--name-only', 'main', 'incidents/');
  for (const name of ['odd-1', 'odd-4', 'odd-7', 'shop-2-down', 'shop-5-down']) expect(names).toContain(name);
  const who = (name: string) =>
    git(bare, 'log', '--format=%an <%ae>', 'main', '--', `:(glob)incidents/*${name}*`);
  expect(who('shop-2')).toBe('Status Live <status-live@localhost>');
  expect(who('odd-1')).toBe('Status Live <status-live+api@localhost>');
  expect(git(bare, 'log', '--format=%an', 'main', '--', 'incidents/20260310_draft.md')).toBe('Olga');
}, 240_000);

describe('what was noted', () => {
  function openFolder() {
    const root = mkdtempSync(path.join(tmpdir(), 'status-live-noted-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(path.join(root, 'incidents'));
    const file = path.join(root, 'incidents', 'a.md');
    writeFileSync(file, 'before');
    execFileSync('git', ['init', '-q', '-b', 'main', root]);
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'begin');
    const noted = new Map<string, OwnFile>([
      ['a.md', { name: 'a.md', author: 'api', before: 'before', after: null }],
    ]);
    const sync = openGit(root, { PATH: process.env.PATH }, work => work());
    const owned = {
      list: () => [...noted.values()],
      forget: async (names: readonly string[]) => names.forEach(name => void noted.delete(name)),
    };
    const run = (filed: readonly string[] = []) =>
      sync({ ...owned, new: filed }, { remote: path.join(root, 'nowhere'), branch: 'main', push: true });
    return { root, file, noted, run, count: () => git(root, 'rev-list', '--count', 'HEAD') };
  }

  test('and never written is forgotten, over an operator’s edit too', async () => {
    const { root, file, noted, run, count } = openFolder();
    git(root, 'commit', '-q', '--allow-empty', '-m', 'x');
    await run();
    expect([noted.size, count()]).toEqual([0, '2']);
    writeFileSync(file, 'an operator’s edit');
    noted.set('a.md', { name: 'a.md', author: 'api', before: 'an operator’s edit', after: null });
    await run();
    expect([noted.size, count()]).toEqual([0, '2']);
  });

  test.each([
    ['the index had it', '--soft'],
    ['the index had it in part', '--mixed'],
  ])(
    'is committed though the note is lost, when a kill came after the commit was made and %s',
    async (_, reset) => {
      const { root, file, noted, run, count } = openFolder();
      writeFileSync(file, 'after');
      await run();
      const commit = git(root, 'rev-parse', 'HEAD');
      git(root, 'reset', '-q', reset, 'HEAD^');
      git(root, 'update-ref', 'refs/status-live/commit', commit);
      noted.clear();
      await run();
      expect([git(root, 'rev-parse', 'HEAD'), git(root, 'status', '--porcelain')]).toEqual([commit, '']);
      // Once: the next kill must not bring it back over what others committed.
      git(root, 'commit', '-q', '--allow-empty', '-m', 'x');
      await run();
      expect([count(), git(root, 'for-each-ref', 'refs/status-live/commit')]).toEqual(['3', '']);
    },
  );

  test('and written is committed once, though the note outlives the commit', async () => {
    const { file, noted, run, count } = openFolder();
    const note = noted.get('a.md')!;
    writeFileSync(file, 'after');
    expect((await run()).committed).toEqual(['incidents/a.md']);
    noted.set('a.md', note);
    expect((await run()).committed).toEqual([]);
    expect([noted.size, count(), readFileSync(file, 'utf8')]).toEqual([0, '2', 'after']);
  });

  describe('what the machine wrote alone is committed, whatever was noted of an earlier text', () => {
    const grown = (status: string, ...words: string[]) =>
      `---\ntitle: T\nstatus: ${status}\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\n\n${[...words].reverse().join('\n')}`;
    const one = '## Update 11:00 UTC\nOne.\n';
    const two = '## Update 11:10 UTC\nTwo.\n';
    const three = '## Resolved 11:20 UTC\nThree.\n';
    const [first, second, third] = [
      grown('investigating', one),
      grown('monitoring', one, two),
      grown('resolved', one, two, three),
    ];

    test.each<[name: string, before: string | null, after: string | null]>([
      ['the note outlived its commit, and the process', first, null],
      ['the note outlived its commit', first, third],
      ['the file was made, and committed, and noted as made', null, null],
      ['the note was lost with the disk, and the file never committed', second, null],
    ])('%s', async (name, before, after) => {
      const { root, file, noted, run } = openFolder();
      const isNew = name.endsWith('never committed');
      if (isNew) {
        git(root, 'rm', '-q', 'incidents/a.md');
        git(root, 'commit', '-qm', 'gone');
        mkdirSync(path.dirname(file), { recursive: true });
      } else {
        for (const text of [first, second]) {
          writeFileSync(file, text);
          git(root, 'commit', '-qam', 'Status: a', '--author', 'Status Live <status-live@localhost>');
        }
      }
      writeFileSync(file, third);
      noted.set('a.md', { name: 'a.md', author: 'machine', before, after });
      const { committed, problems } = await run(isNew ? ['a.md'] : []);
      expect([committed, problems.filter(({ where }) => where === file)]).toEqual([['incidents/a.md'], []]);
      expect(git(root, 'show', 'HEAD:incidents/a.md')).toBe(third.trim());
      expect(noted.size).toBe(0);
    });

    test('but what a person committed past the folder is not taken back', async () => {
      const { root, file, noted, run } = openFolder();
      writeFileSync(file, first);
      git(root, 'commit', '-qam', 'begin');
      writeFileSync(file, grown('identified', one, '## Update 11:05 UTC\nMine.\n'));
      git(root, 'commit', '-qam', 'mine');
      git(root, 'reset', '-q', '--hard', 'HEAD~1');
      git(root, 'reset', '-q', '--soft', 'HEAD@{1}');
      writeFileSync(file, third);
      noted.set('a.md', { name: 'a.md', author: 'machine', before: first, after: null });
      const { committed, problems } = await run();
      expect(committed).toEqual([]);
      expect(problems[0]?.what).toContain('cannot separate them');
      expect(git(root, 'show', 'HEAD:incidents/a.md')).toContain('Mine.');
    });
  });

  test('stays noted while git cannot commit', async () => {
    const { root, file, noted, run, count } = openFolder();
    writeFileSync(file, 'after');
    writeFileSync(path.join(root, '.git', 'MERGE_HEAD'), git(root, 'rev-parse', 'HEAD'));
    expect((await run()).problems[0]?.what).toContain('somebody began a merge');
    expect([noted.size, count()]).toEqual([1, '1']);
    rmSync(path.join(root, '.git', 'MERGE_HEAD'));
    await run();
    expect([noted.size, count()]).toEqual([0, '2']);
  });
});

function sizeOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function removed(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

test('a folder that moves away while git is asked lies where it lay', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-moved-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  git(root, 'init', '-q', '-b', 'main', path.join(root, 'site'));
  const dir = path.join(root, 'site', 'status');
  mkdirSync(path.join(dir, 'incidents'), { recursive: true });
  const run = makeGitRun(dir, { PATH: process.env.PATH });
  const before = await placeOf(run, dir);
  const asked = async (...args: string[]) => {
    const said = await run.out(...args);
    rmSync(path.join(root, 'site'), { recursive: true });
    return said;
  };
  expect(before).toMatchObject({ status: 'status', incidents: 'status/incidents/' });
  expect(await placeOf({ ...run, out: asked }, dir)).toEqual(before);
});
