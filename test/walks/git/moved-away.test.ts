// A commit moves the incidents folder, or what a link of its name leads to: that deletes nothing, the commit that did
// it is named, and taking it back mends it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { INCIDENT, openRepository, problems, titles } from './replaced-world.ts';
import { git } from './repository.ts';

type Repository = Awaited<ReturnType<typeof openRepository>>;

const asLink = (target: string) => (status: string) => {
  renameSync(path.join(status, 'incidents'), path.join(status, 'real'));
  symlinkSync(target, path.join(status, 'incidents'));
};
const short = (clone: string, commit = 'HEAD') => git(clone, 'rev-parse', '--short', commit);

/** What the operator's clone commits is pulled, and what was read stays, over a restart. */
async function pulled({ world, top, desk, minute, push }: Repository, said = 'moved') {
  const before = titles(world).sort();
  push(said);
  await minute();
  await minute();
  expect(git(top, 'rev-parse', 'HEAD')).toBe(git(desk, 'rev-parse', 'HEAD'));
  const expectStays = async () => {
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toContain('so the incidents last read stay');
    expect((await world.get('/status/live')).text).toContain(
      'Our incident reports have not been readable since',
    );
    expect((await world.get('/status/badge.svg')).text).not.toContain('operational');
  };
  await expectStays();
  await world.restart();
  await minute();
  await expectStays();
  return before;
}

/** Types the commands that are shown for this clone. */
function mendHere({ world, top }: Repository): void {
  const [, command] = /or here: (git -C .*)$/m.exec(problems(world))!;
  git(top, 'config', 'user.name', 'Olga');
  git(top, 'config', 'user.email', 'o@x.org');
  execFileSync('sh', ['-ec', command!], { stdio: 'pipe' });
}

describe('moved by a commit of another clone', () => {
  const WAYS: readonly [
    name: string,
    make: ((status: string) => void) | undefined,
    below: string,
    move: (status: string) => void,
  ][] = [
    ['what the link leads to', asLink('real'), '.', at => git(at, 'mv', 'real', 'archive')],
    [
      'what the link leads to, below the top',
      asLink('real'),
      'above',
      at => git(at, 'mv', 'real', 'archive'),
    ],
    ['the folder', undefined, '.', at => git(at, 'mv', 'incidents', 'reports')],
    [
      'the folder, and its files renamed',
      undefined,
      '.',
      at => {
        mkdirSync(path.join(at, 'reports'));
        for (const name of ['open', 'shop'])
          git(at, 'mv', `incidents/20260310_${name}.md`, `reports/${name}.md`);
      },
    ],
    [
      'the folder, out of the status folder',
      undefined,
      'above',
      at => git(at, 'mv', 'incidents', '../old-incidents'),
    ],
  ];

  test.each(WAYS.slice(1, 3))('%s: a revert at the remote mends it', async (_name, make, below, move) => {
    const repository = await openRepository(make, below);
    const { world, desk, minute } = repository;
    move(path.join(desk, below === '.' ? '.' : 'status'));
    const before = await pulled(repository);
    expect(problems(world)).toContain(`commit ${short(desk)} `);
    expect(problems(world)).toContain(`\`git revert ${short(desk)}\``);
    expect(problems(world)).not.toContain('git checkout -- incidents');
    git(desk, 'revert', '--no-edit', 'HEAD');
    git(desk, 'push', '-q', 'origin', 'HEAD:main');
    await minute();
    await minute();
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toBe('');
  });

  test.each(WAYS)('%s: so do the commands for here', async (_name, make, below, move) => {
    const repository = await openRepository(make, below);
    const { world, desk, minute } = repository;
    move(path.join(desk, below === '.' ? '.' : 'status'));
    const before = await pulled(repository);
    expect(problems(world)).toContain(`commit ${short(desk)} `);
    expect(problems(world)).toContain(`\`git revert ${short(desk)}\``);
    expect(problems(world)).not.toContain('git checkout -- incidents');
    mendHere(repository);
    await minute();
    await minute();
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toBe('');
  });

  test('and deleted by it: that is a deletion, though another file has its name from long ago', async () => {
    const repository = await openRepository(status =>
      writeFileSync(path.join(status, '20260101_other.md'), 'Something else.'),
    );
    const { world, desk, minute, push } = repository;
    git(desk, 'rm', '-rq', 'incidents');
    push('deleted');
    await minute();
    await minute();
    expect(titles(world)).toEqual([]);
    expect(problems(world)).toBe('');
  });
});

describe('the commit that is named is the first after which nothing could be read', () => {
  /** The folder becomes a link that leads to it, which is good; then an incident that was over is open again. */
  async function openLinked() {
    const repository = await openRepository(status => {
      const text = INCIDENT('Again').replace('investigating', 'resolved\nresolved: 2026-03-10T11:30:00Z');
      writeFileSync(path.join(status, 'incidents', '20260309_again.md'), text);
    });
    const { desk, push, minute, world } = repository;
    git(desk, 'mv', 'incidents', 'real');
    symlinkSync('real', path.join(desk, 'incidents'));
    push('a good link');
    await minute();
    writeFileSync(path.join(desk, 'real', '20260309_again.md'), INCIDENT('Again'));
    push('open again');
    await minute();
    await minute();
    expect(problems(world)).toBe('');
    return repository;
  }
  const isOpen = ({ world }: Repository) =>
    world.system.snapshot().incidents.find(({ title }) => title === 'Again')?.state;
  /** The commands that are shown bring everything back. */
  const expectMended = async (repository: Repository) => {
    mendHere(repository);
    await repository.minute();
    await repository.minute();
    expect(isOpen(repository)).toBe('investigating');
    expect(problems(repository.world)).toBe('');
  };
  const relink = (desk: string, make: (place: string) => void) => {
    rmSync(path.join(desk, 'incidents'));
    make(path.join(desk, 'incidents'));
  };
  const nowhere = (place: string) => symlinkSync('nowhere', place);

  test('a link that leads nowhere in place of a good one: what is shown brings all back', async () => {
    const repository = await openLinked();
    const { world, desk } = repository;
    relink(desk, nowhere);
    await pulled(repository);
    expect(problems(world)).toContain(`commit ${short(desk)} has a link in place of the folder incidents`);
    expect(problems(world)).not.toContain(short(desk, 'HEAD~2'));
    await expectMended(repository);
  });

  test('two in a row: the first is named, with what stands there now', async () => {
    const repository = await openLinked();
    const { world, desk } = repository;
    relink(desk, nowhere);
    await pulled(repository);
    const bad = short(desk);
    relink(desk, place => writeFileSync(place, 'moved'));
    await pulled(repository);
    expect(problems(world)).toContain(`commit ${bad} has a link in place of the folder incidents`);
    expect(problems(world)).toContain('now there is a file');
    expect(problems(world)).not.toContain('git revert');
    await expectMended(repository);
  });

  test('on a branch that was merged: the commit, and not its merge', async () => {
    const repository = await openLinked();
    const { world, desk } = repository;
    git(desk, 'checkout', '-qb', 'side');
    relink(desk, nowhere);
    git(desk, 'add', '-A');
    git(desk, 'commit', '-qm', 'bad');
    const bad = short(desk);
    git(desk, 'checkout', '-q', '-');
    writeFileSync(path.join(desk, 'note.txt'), 'A note.');
    git(desk, 'add', '-A');
    git(desk, 'commit', '-qm', 'note');
    git(desk, 'merge', '-q', '--no-edit', 'side');
    writeFileSync(path.join(desk, 'note.txt'), 'Another.');
    await pulled(repository);
    expect(problems(world)).toContain(`commit ${bad} has a link in place of the folder incidents`);
    await expectMended(repository);
  });
});

describe('at the remote, and a commit of ours is not pushed yet: no merge takes the folder away', () => {
  test.each<
    [name: string, says: string, make: ((status: string) => void) | undefined, spoil: (at: string) => void]
  >([
    [
      'a link out of the folder',
      'has a link in place of the folder incidents',
      undefined,
      at => [git(at, 'rm', '-rq', 'incidents'), symlinkSync('/tmp', path.join(at, 'incidents'))],
    ],
    [
      'a file',
      'has a file in place of the folder incidents',
      undefined,
      at => [git(at, 'rm', '-rq', 'incidents'), writeFileSync(path.join(at, 'incidents'), 'moved')],
    ],
    [
      'the folder under another name',
      'removed the folder incidents',
      undefined,
      at => git(at, 'mv', 'incidents', 'reports'),
    ],
    [
      'what the link leads to under another name',
      'removed the target of the link incidents',
      asLink('real'),
      at => git(at, 'mv', 'real', 'archive'),
    ],
  ])('%s', async (_name, says, make, spoil) => {
    const repository = await openRepository(make);
    const { world, top, bare, desk, minute, push, api } = repository;
    const before = titles(world).sort();
    spoil(desk);
    push('spoilt');
    const bad = short(desk);
    expect(await api('20260310_open', 'We found it.')).toBeLessThan(300);
    await minute();
    await minute();
    const expectKept = () => {
      expect(titles(world).sort()).toEqual(before);
      const said = problems(world);
      expect(said).toContain(`commit ${bad} at the remote ${says}`);
      expect(said).toContain(`\`git revert ${bad}\``);
      expect(said).not.toContain('merge --no-commit');
      expect(git(top, 'ls-tree', '-r', 'HEAD')).toContain('20260310_shop.md');
      expect(git(bare, 'rev-parse', '--short', 'main')).toBe(bad);
    };
    expectKept();
    await world.restart();
    await minute();
    expectKept();
    git(desk, 'revert', '--no-edit', bad);
    git(desk, 'push', '-q', 'origin', 'HEAD:main');
    await minute();
    await minute();
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toBe('');
    expect(git(bare, 'grep', '-l', 'We found it.', 'main', '--')).toContain('20260310_open.md');
  });

  test('all incidents deleted there: that is merged as ever', async () => {
    const { world, desk, minute, push, top } = await openRepository();
    git(desk, 'rm', '-rq', 'incidents');
    push('deleted');
    writeFileSync(path.join(top, 'note.txt'), 'A note.');
    git(top, 'add', '-A');
    git(top, 'commit', '-qm', 'note');
    await minute();
    await minute();
    expect(titles(world)).toEqual([]);
    expect(problems(world)).toBe('');
  });
});

test('a status folder below the top is moved: a revert at the remote mends it', async () => {
  const repository = await openRepository(undefined, 'above');
  const { world, desk, minute, push, top } = repository;
  const before = titles(world).sort();
  git(desk, 'mv', 'status', 'site');
  push('moved');
  await minute();
  await minute();
  expect(git(top, 'rev-parse', 'HEAD')).toBe(git(desk, 'rev-parse', 'HEAD'));
  const expectStays = () => {
    expect(titles(world).sort()).toEqual(before);
    expect(problems(world)).toContain(`commit ${short(desk)} removed the folder status/incidents`);
    expect(problems(world)).toContain(`\`git revert ${short(desk)}\``);
    expect(problems(world)).not.toContain('in the status folder');
  };
  expectStays();
  await world.restart();
  await minute();
  expectStays();
  git(desk, 'revert', '--no-edit', 'HEAD');
  git(desk, 'push', '-q', 'origin', 'HEAD:main');
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(before);
  expect(problems(world)).toBe('');
});

test('a status folder below the top that is away, and HEAD holds it: nothing is pulled, and what is said brings it back', async () => {
  const { world, top, minute } = await openRepository(undefined, 'above');
  const before = titles(world).sort();
  rmSync(path.join(top, 'status'), { recursive: true });
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(before);
  const [, command] = /what was committed: `(git .*?)`/.exec(problems(world))!;
  execFileSync('sh', ['-ec', command!], { stdio: 'pipe' });
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(before);
  expect(problems(world)).toBe('');
});

test('a folder below `incidents`, with an open incident in it, is moved out: a revert at the remote mends it', async () => {
  const repository = await openRepository(status => {
    mkdirSync(path.join(status, 'incidents', '2026'));
    writeFileSync(path.join(status, 'incidents', '2026', '20260310_deep.md'), INCIDENT('Deep'));
  });
  const { world, desk, minute, push } = repository;
  git(desk, 'mv', 'incidents/2026', 'archive');
  push('moved');
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(['Deep', 'Open', 'Shop']);
  expect(problems(world)).toContain('so the incidents last read stay');
  expect(problems(world)).not.toContain('git checkout -- incidents');
  git(desk, 'revert', '--no-edit', 'HEAD');
  git(desk, 'push', '-q', 'origin', 'HEAD:main');
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(['Deep', 'Open', 'Shop']);
  expect(problems(world)).toBe('');
});
