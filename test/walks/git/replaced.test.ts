// Something else in the place of incidents/: a link is followed within the status folder, for git too; what was
// committed in its place is mended by a commit at the remote.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { INCIDENT, openRepository, problems, SITE, titles } from './replaced-world.ts';
import { git } from './repository.ts';

describe('a link within the status folder: what programs write is committed where it lies', () => {
  const WAYS: readonly [
    name: string,
    real: string,
    id: string,
    make: (status: string) => void,
    below?: string,
  ][] = [
    [
      '`incidents` itself',
      'real/20260310_open.md',
      '20260310_open',
      status => {
        renameSync(path.join(status, 'incidents'), path.join(status, 'real'));
        symlinkSync('real', path.join(status, 'incidents'));
      },
    ],
    [
      '`incidents`, deeper, of a status folder that is no top',
      'status/content/real/20260310_open.md',
      '20260310_open',
      status => {
        mkdirSync(path.join(status, 'content'));
        renameSync(path.join(status, 'incidents'), path.join(status, 'content', 'real'));
        symlinkSync(path.join(status, 'content', 'real'), path.join(status, 'incidents'));
      },
      'above',
    ],
    [
      'a folder below it',
      'archive/20260310_deep.md',
      '20260310_deep',
      status => {
        mkdirSync(path.join(status, 'archive'));
        writeFileSync(path.join(status, 'archive', '20260310_deep.md'), INCIDENT('Deep'));
        symlinkSync('../archive', path.join(status, 'incidents', '2026'));
      },
    ],
    [
      'the file itself: our version stands in its place',
      'incidents/20260310_deep.md',
      '20260310_deep',
      status => {
        mkdirSync(path.join(status, 'archive'));
        writeFileSync(path.join(status, 'archive', '20260310_deep.md'), INCIDENT('Deep'));
        symlinkSync('../archive/20260310_deep.md', path.join(status, 'incidents', '20260310_deep.md'));
      },
    ],
  ];

  test.each(WAYS)('%s', async (_name, real, id, make, below) => {
    const { world, bare, top, api, minute } = await openRepository(make, below);
    expect(problems(world)).toBe('');
    expect(await api(id, 'We found it.')).toBeLessThan(300);
    await minute();
    expect(git(bare, 'show', `main:${real}`)).toContain('We found it.');
    expect(git(bare, 'ls-tree', 'main', '--', real)).toMatch(/^100644 blob/);
    expect(git(top, 'status', '--porcelain', '--', real)).toBe('');
    expect(problems(world)).toBe('');
    if (!real.startsWith('archive'))
      expect((await world.get(`/status/incidents/${id}`)).text).toContain('Status Live');
    // An edit by hand is named where it lies.
    if (real.includes('real/')) {
      writeFileSync(path.join(top, real), INCIDENT('By hand'));
      await minute();
      expect(problems(world)).toContain(`${path.join(top, real)}: it was edited or deleted`);
    }
  });

  test('what a webhook opens and ends, too', async () => {
    const { world, bare, minute } = await openRepository(WAYS[0]![3]);
    const hook = (alert: string) =>
      world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
        alert_type: alert,
        monitor_name: 'Cart',
      });
    await hook('down');
    await minute();
    await hook('up');
    await minute();
    expect(git(bare, 'show', 'main:real/20260310_cart-down.md')).toContain('status: resolved');
    expect(problems(world)).toBe('');
  });
});

describe('committed in the place of `incidents`', () => {
  const KINDS: readonly [kind: string, says: string, make: (desk: string) => void][] = [
    ['a link out of the folder', 'a link', desk => symlinkSync('/tmp', path.join(desk, 'incidents'))],
    ['a link that leads nowhere', 'a link', desk => symlinkSync('nowhere', path.join(desk, 'incidents'))],
    ['a file', 'a file', desk => writeFileSync(path.join(desk, 'incidents'), 'moved')],
    [
      'a submodule',
      'a submodule',
      desk =>
        git(
          desk,
          'update-index',
          '--add',
          '--cacheinfo',
          `160000,${git(desk, 'rev-parse', 'HEAD')},incidents`,
        ),
    ],
  ];

  /** The server pulled it, and knows what it had read before. */
  async function openReplaced(make: (desk: string) => void) {
    const parts = await openRepository();
    const { world, desk, minute } = parts;
    const before = titles(world).sort();
    git(desk, 'rm', '-rq', 'incidents');
    make(desk);
    if (git(desk, 'ls-files', '--stage', '--', 'incidents') === '') git(desk, 'add', 'incidents');
    git(desk, 'commit', '-qm', 'replaced');
    git(desk, 'push', '-q', 'origin', 'HEAD:main');
    await minute();
    await minute();
    const bad = git(desk, 'rev-parse', 'HEAD');
    expect(titles(world).sort()).toEqual(before);
    expect(git(parts.top, 'rev-parse', 'HEAD')).toBe(bad);
    return { ...parts, before, bad };
  }

  test.each(KINDS)(
    '%s: named with its commit, and a commit at the remote mends it',
    async (_kind, says, make) => {
      const { world, desk, minute, before, bad, api, bare } = await openReplaced(make);
      await world.restart();
      await minute();
      expect(titles(world).sort()).toEqual(before);
      expect(problems(world)).toContain(
        `commit ${bad.slice(0, 7)} has ${says} in place of the folder incidents`,
      );
      expect(problems(world)).toContain(`git revert ${bad.slice(0, 7)}`);
      expect(problems(world)).not.toContain('git checkout -- incidents');
      git(desk, 'revert', '--no-edit', bad);
      writeFileSync(path.join(desk, 'incidents', '20260310_new.md'), INCIDENT('New'));
      git(desk, 'add', '-A');
      git(desk, 'commit', '-qm', 'new');
      git(desk, 'push', '-q', 'origin', 'HEAD:main');
      await minute();
      await minute();
      expect(titles(world).sort()).toEqual(['New', ...before].sort());
      expect(problems(world)).toBe('');
      expect(await api('20260310_open', 'We found it.')).toBeLessThan(300);
      await minute();
      expect(git(bare, 'show', 'main:incidents/20260310_open.md')).toContain('We found it.');
    },
  );

  test.each(KINDS)('%s: the commands that are shown bring it back here', async (_kind, _says, make) => {
    const { world, top, minute, before, bare } = await openReplaced(make);
    const [, command] = /or here: (git -C .*)$/m.exec(problems(world))!;
    git(top, 'config', 'user.name', 'Olga');
    git(top, 'config', 'user.email', 'o@x.org');
    execFileSync('sh', ['-ec', command!], { stdio: 'pipe' });
    await minute();
    await minute();
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toBe('');
    expect(git(bare, 'ls-tree', 'main', '--', 'incidents')).toContain(' tree ');
  });

  test('a commit of ours that is not pushed yet is merged with the one that mends it', async () => {
    const { world, top, desk, minute, before, bad, bare } = await openReplaced(KINDS[0]![2]);
    writeFileSync(path.join(top, 'status.yaml'), `${SITE()}# edited here\n`);
    git(top, 'commit', '-qam', 'here');
    git(desk, 'revert', '--no-edit', bad);
    git(desk, 'push', '-q', 'origin', 'HEAD:main');
    await minute();
    await minute();
    expect(titles(world).sort()).toEqual(before);
    expect(git(bare, 'show', 'main:status.yaml')).toContain('# edited here');
    expect(problems(world)).toBe('');
  });
});

test('the folder is away, and HEAD holds it: nothing is pulled, and what waits at the remote is named', async () => {
  const { world, top, desk, minute, push } = await openRepository();
  const head = git(top, 'rev-parse', 'HEAD');
  renameSync(path.join(top, 'incidents'), path.join(top, 'aside'));
  writeFileSync(path.join(desk, 'incidents', '20260310_new.md'), INCIDENT('New'));
  push('new');
  await minute();
  await minute();
  expect(git(top, 'rev-parse', 'HEAD')).toBe(head);
  expect(problems(world)).toContain('incidents/20260310_new.md. The page does not show this');
  expect(problems(world)).toContain('git checkout -- incidents');
  renameSync(path.join(top, 'aside'), path.join(top, 'incidents'));
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(['New', 'Open', 'Shop']);
  expect(problems(world)).toBe('');
});
