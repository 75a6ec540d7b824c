// What the writing commands leave in git: a commit of that file alone in the operator's name, or the command for it.
import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../src/cli/import/import.ts';
import { incident } from '../../src/cli/incident.ts';
import { maintenance } from '../../src/cli/maintenance.ts';
import type { Command } from '../../src/cli/shared/command.ts';
import { git } from '../walks/git/repository.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const [create, update, resolve] = incident as [Command, Command, Command];
const SITE = (content: string) => `title: Levqor Status
components:
  - { id: api, name: API, check: { type: manual } }
${content}`;
const CARRIED = SITE('content: { git: { remote: origin, branch: main } }\n');
const BASE = { PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
const NEW = [
  '--title',
  'API fails',
  '--severity',
  'major',
  '--components',
  'api',
  '--message',
  'We look.',
  '--yes',
];
const ID = '20261123_api-fails';
const MAX = {
  GIT_AUTHOR_NAME: 'Max',
  GIT_AUTHOR_EMAIL: 'max@x.org',
  GIT_COMMITTER_NAME: 'Max',
  GIT_COMMITTER_EMAIL: 'max@x.org',
};

/** A terminal on a clone in which an operator has other things staged and edited. */
async function openClone(site = CARRIED, variables = {}, who: string | null = 'Olga') {
  const terminal = await openTerminal(site, { ...BASE, ...variables });
  const status = path.join(terminal.dir, 'status');
  git(status, 'init', '-q', '-b', 'main');
  if (who) {
    git(status, 'config', 'user.name', who);
    git(status, 'config', 'user.email', 'o@x.org');
  }
  git(status, 'add', '-A');
  git(status, 'commit', '-qm', 'begin');
  await writeFile(path.join(status, 'staged.md'), 'staged');
  git(status, 'add', 'staged.md');
  await writeFile(path.join(status, 'notes.md'), 'not ready');
  return { terminal, status };
}
const others = (status: string) => git(status, 'status', '--porcelain');
const OTHERS = 'A  staged.md\n?? notes.md';
const commands = (said: string) => said.split('\n').filter(line => /^ {2}git /.test(line));
const type = (cwd: string, lines: readonly string[]) =>
  execFileSync('sh', ['-ec', lines.join('\n')], { cwd, env: { ...BASE }, stdio: 'pipe' });

describe('with content.git', () => {
  test('each writing command commits its file alone, in the operator’s name', async () => {
    const { terminal, status } = await openClone();
    const made = await terminal.run(create, ...NEW);
    expect(made.out).toMatch(
      /Committed \([0-9a-f]{7,}, by Olga\)\.\nPush it: git -C \S+ push origin HEAD:main\n$/,
    );
    await terminal.run(update, ID, '--status', 'identified', '--message', 'Found.', '--yes');
    await terminal.run(resolve, ID, '--message', 'Mended.', '--yes');
    const plan = [
      '--title',
      'Disk',
      '--start',
      '1h',
      '--end',
      '2h',
      '--components',
      'api',
      '--message',
      'M',
      '--yes',
    ];
    await terminal.run(maintenance[0], ...plan);
    expect(
      git(status, 'log', '--format=%an %ae %s', '--name-only', 'HEAD~4..').replace(/\n+/g, '\n').split('\n'),
    ).toEqual([
      ...['Olga o@x.org Status: 20261123_disk', 'incidents/20261123_disk.md'],
      ...Array.from({ length: 3 }, () => [`Olga o@x.org Status: ${ID}`, `incidents/${ID}.md`]).flat(),
    ]);
    expect(others(status)).toBe(OTHERS);
  });

  test('the environment’s name goes before the clone’s; the clone’s hooks are run', async () => {
    const { terminal, status } = await openClone(CARRIED, MAX);
    const hook = path.join(status, '.git', 'hooks', 'pre-commit');
    await writeFile(hook, '#!/bin/sh\ntouch .git/ran\n', { mode: 0o755 });
    expect((await terminal.run(create, ...NEW)).out).toContain(', by Max).');
    execFileSync('test', ['-e', path.join(status, '.git', 'ran')]);
    await writeFile(hook, '#!/bin/sh\necho "error: not on Sundays" >&2\nexit 1\n', { mode: 0o755 });
    const refused = await terminal.run(resolve, ID, '--message', 'Mended.', '--yes');
    expect(refused.code).toBe(0);
    expect(refused.err).toContain('Written, but not committed: git commit: not on Sundays. Commit it:');
    const warns = 'warning: in a.md, LF will be replaced by CRLF\\nhint: do not\\n\\nlint: not on Mondays\\n';
    await writeFile(hook, `#!/bin/sh\nprintf '${warns}' >&2\nexit 1\n`, { mode: 0o755 });
    const again = await terminal.run(update, ID, '--status', 'monitoring', '--message', 'More.', '--yes');
    expect(again.err).toContain('Written, but not committed: git commit: lint: not on Mondays. Commit it:');
  });

  test('without a name, and during a merge, it says why and the exact commands', async () => {
    const { terminal, status } = await openClone(CARRIED, {}, null);
    const made = await terminal.run(create, ...NEW);
    expect(made.code).toBe(0);
    expect(made.err).toContain('Written, but not committed: git does not know who you are. Commit it:');
    type(status, commands(made.err));
    expect(git(status, 'log', '-1', '--format=%an', '--name-only')).toBe(`YOUR NAME\n\nincidents/${ID}.md`);
    expect(others(status)).toBe(OTHERS);
    git(status, 'rm', '-q', '--cached', 'staged.md');
    git(status, 'checkout', '-qb', 'side', 'HEAD~1');
    git(status, 'commit', '-q', '--allow-empty', '-m', 'side');
    git(status, 'checkout', '-q', 'main');
    git(status, 'merge', '-q', '--no-commit', '--no-ff', 'side');
    const ended = await terminal.run(resolve, ID, '--message', 'Mended.', '--yes');
    expect(ended.err).toMatch(/somebody began a merge in .* and did not finish it.*commit --no-edit/);
    git(status, 'commit', '-q', '--no-edit');
    type(status, commands(ended.err));
    expect(git(status, 'log', '-1', '--format=%s', '--name-only')).toBe(
      `Status: ${ID}\n\nincidents/${ID}.md`,
    );
  });

  test('beside a lock it says the exact commands once, and promises nothing', async () => {
    const { terminal, status } = await openClone();
    const lock = path.join(status, '.git', 'index.lock');
    await writeFile(lock, '');
    const made = await terminal.run(create, ...NEW);
    expect(made.err).toMatch(
      /^Written, but not committed: git add: .*index\.lock.*if `pgrep -a git` shows none/,
    );
    expect(made.err).not.toMatch(/tried again|retries/);
    await rm(lock);
    type(status, commands(made.err));
    expect(git(status, 'log', '-1', '--format=%s', '--name-only')).toBe(
      `Status: ${ID}\n\nincidents/${ID}.md`,
    );
  });

  test.each([
    ['a detached HEAD', ['--detach'], 'on no branch (detached HEAD)', /git branch|branch kept-/],
    ['another branch', ['-b', 'other'], 'on other, not on main', /merge --no-edit other/],
  ])('on %s it promises no push, and says what brings it there', async (_, off, said, command) => {
    const { terminal, status } = await openClone();
    await terminal.run(create, ...NEW);
    git(status, 'checkout', '-q', ...off);
    git(status, 'reset', '-q');
    const ended = await terminal.run(resolve, ID, '--message', 'Mended.', '--yes');
    expect(ended.code).toBe(0);
    expect(ended.out).toContain('Committed (');
    expect(ended.out + ended.err).not.toMatch(/The server pushes|Push it/);
    expect(ended.err).toContain(said);
    expect(commands(ended.err).join('\n')).toMatch(command);
    type(status, commands(ended.err));
    expect(git(status, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect(git(status, 'show', `main:incidents/${ID}.md`)).toContain('Mended.');
  });

  test('a folder that git does not know, or ignores, is said', async () => {
    const plain = await openTerminal(CARRIED, { ...BASE, GIT_CEILING_DIRECTORIES: '/tmp' });
    expect((await plain.run(create, ...NEW)).err).toContain('`content.git` does not include it');
    const { terminal, status } = await openClone();
    await writeFile(path.join(status, '.gitignore'), 'incidents/\n');
    expect((await terminal.run(create, ...NEW)).err).toContain('`content.git` does not include it');
  });

  test('an import is one commit', async () => {
    const { terminal, status } = await openClone();
    await cstate(terminal, 12);
    await terminal.run(importing, 'cstate', 'old');
    expect(git(status, 'log', '-1', '--format=%an: %s')).toBe('Olga: Status: 12 files imported');
    expect(others(status)).toBe(OTHERS);
  });
});

describe('without content.git', () => {
  test('in a git work tree the exact commands are said, and are exact', async () => {
    const { terminal, status } = await openClone(SITE(''));
    const made = await terminal.run(create, ...NEW);
    expect(made.out).toContain('Not committed. If this folder is in git:');
    expect(git(status, 'log', '--format=%s')).toBe('begin');
    type(terminal.dir, commands(made.out));
    expect(git(status, 'log', '-1', '--format=%an %s', '--name-only')).toBe(
      `Olga Status: ${ID}\n\nincidents/${ID}.md`,
    );
    expect(others(status)).toBe(OTHERS);
  });

  test('without git nothing is said of it', async () => {
    const plain = await openTerminal(SITE(''), { ...BASE, GIT_CEILING_DIRECTORIES: '/tmp' });
    const { out, err } = await plain.run(create, ...NEW);
    expect(out + err).not.toMatch(/git|commit/i);
  });

  test('of many files the folder is named', async () => {
    const { terminal, status } = await openClone(SITE(''));
    await cstate(terminal, 12);
    const { out } = await terminal.run(importing, 'cstate', 'old');
    expect(commands(out)[0]).toMatch(/ add -- incidents$/);
    type(terminal.dir, commands(out));
    expect(others(status)).toBe(OTHERS);
  });
});

async function cstate({ dir }: Terminal, count: number): Promise<void> {
  const folder = path.join(dir, 'old', 'content', 'issues');
  await mkdir(folder, { recursive: true });
  for (let n = 1; n <= count; n++) {
    const text = `---\ntitle: Trouble ${n}\ndate: 2024-01-${10 + n} 10:00:00\nresolved: true\nresolvedWhen: 2024-01-${10 + n} 11:00:00\nseverity: down\naffected:\n  - API\nsection: issue\n---\nWords.\n`;
    await writeFile(path.join(folder, `2024-01-${10 + n}-trouble.md`), text);
  }
}
