// The commands that /readyz prints for a true conflict, typed as they stand, whatever else differs.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, FILE, lower, openClones, openPair, section, stepsOf, TEXT, type } from './clones.ts';
import { git } from './repository.ts';

type Clones = ReturnType<typeof openClones>;

/** Types the commands in their order; where the fix says so, somebody edits: `edit` writes what is to stand. */
function follow(server: string, fix: string, edit: () => void): void {
  const [begin, end] = stepsOf(fix);
  try {
    type(server, begin);
  } catch {
    // A merge that stops says so by its exit code.
  }
  edit();
  type(server, end);
}

async function ended(clones: Clones, edit: () => void): Promise<string> {
  const { bare, server, laptop, sync, head } = clones;
  const both = [head(server), head(laptop)];
  const { problems } = await sync();
  expect(problems.length).toBeGreaterThan(0);
  const fixes = new Set(problems.map(({ fix }) => fix));
  expect(fixes.size).toBe(1);
  follow(server, [...fixes][0]!, edit);
  expect(await sync()).toMatchObject({ problems: [] });
  expect(git(server, 'status', '--porcelain')).toBe('');
  expect(git(bare, 'rev-list', 'main').split('\n')).toEqual(expect.arrayContaining(both));
  expect(git(bare, 'diff', '4b825dc642cb6eb9a060e54bf8d69288fbee4904', 'main')).not.toMatch(
    /<<<<<<<|>>>>>>>/,
  );
  return [...fixes][0]!;
}

const BOTH = /One\.[\s\S]*Two\.|Two\.[\s\S]*One\./;
const says = (words: string) => TEXT.replace('We look.', words);
describe('the printed commands end it', () => {
  const A = [TEXT, says('The disk.'), says('The network.')] as const;
  const grown = (words: string) => `${TEXT}\n## Update 11:10 UTC\n${words}\n`;

  test.each([1, 3])('one conflicting, %i that our rules merge and git does not', async count => {
    const names = Array.from({ length: count }, (_, n) => `b ${n}'s.md`);
    const clones = openPair({
      [FILE]: A,
      ...Object.fromEntries(names.map(name => [name, [TEXT, grown('One.'), grown('Two.')]])),
    });
    const { server, pushed } = clones;
    await ended(clones, () => writeFileSync(at(server, FILE), says('The disk and the network.')));
    expect(pushed()).toContain('The disk and the network.');
    for (const name of names) expect(pushed(name)).toMatch(BOTH);
  });

  test('two conflicting, one mergeable, one that git joins, a new one on each side', async () => {
    const clones = openPair({
      [FILE]: A,
      'sub folder/c.md': [TEXT, TEXT.replace('critical', 'major'), lower(TEXT)],
      'b.md': [TEXT, grown('One.'), grown('Two.')],
      'd.md': [TEXT, TEXT.replace('Uploads', 'Downloads'), says('We looked.')],
      'here.md': [null, TEXT, null],
      'there.md': [null, null, TEXT],
    });
    const { server, pushed } = clones;
    await ended(clones, () => {
      writeFileSync(at(server, FILE), says('Both.'));
      writeFileSync(at(server, 'sub folder/c.md'), lower(TEXT));
    });
    expect(pushed()).toContain('Both.');
    expect(pushed('sub folder/c.md')).toContain('severity: minor');
    expect(pushed('b.md')).toMatch(BOTH);
    expect(pushed('d.md')).toBe(says('We looked.').replace('Uploads', 'Downloads').trim());
    expect(pushed('here.md') + pushed('there.md')).toBe(TEXT.trim() + TEXT.trim());
  });

  test('deleted here, edited there, and the other way round: the edit stands', async () => {
    const clones = openPair({
      [FILE]: A,
      'gone.md': [TEXT, null, lower(TEXT)],
      'away.md': [TEXT, lower(TEXT), null],
    });
    const { server, pushed } = clones;
    await ended(clones, () => writeFileSync(at(server, FILE), says('Both.')));
    expect(pushed('gone.md') + pushed('away.md')).toBe(lower(TEXT).trim() + lower(TEXT).trim());
  });

  test('deleted by a person, written into by the machine only: it goes', async () => {
    const clones = openPair({ [FILE]: A, 'gone.md': [TEXT, TEXT, null] });
    const { server, pushed } = clones;
    writeFileSync(at(server, 'gone.md'), grown('It answers.'));
    git(server, 'commit', '-qam', 'm', '--author', 'Status Live <status-live@localhost>');
    await ended(clones, () => writeFileSync(at(server, FILE), says('Both.')));
    expect(() => pushed('gone.md')).toThrow();
  });

  test('status.yaml conflicts too, a file is deleted by one and edited by the other there', async () => {
    const clones = openPair({
      '../status.yaml': ['title: T\n', 'title: S\n', 'title: L\n'],
      '../notes.txt': ['a\n', null, 'b\n'],
      'b.md': [TEXT, grown('One.'), grown('Two.')],
    });
    const { server, bare, pushed } = clones;
    await ended(clones, () => writeFileSync(path.join(server, 'status.yaml'), 'title: SL\n'));
    expect(git(bare, 'show', 'main:status.yaml')).toBe('title: SL');
    expect(pushed('b.md')).toMatch(BOTH);
  });

  test('moved to two names, or moved and changed there', async () => {
    const clones = openPair({
      [FILE]: [TEXT, null, null],
      [`one/${FILE}`]: [null, says('The disk.'), null],
      [`two/${FILE}`]: [null, null, says('The network.')],
      'c.md': [lower(TEXT), lower(says('The disk.')), null],
      'old/c.md': [null, null, lower(says('The network.'))],
      'b.md': [TEXT, grown('One.'), grown('Two.')],
    });
    const { bare, server, pushed } = clones;
    await ended(clones, () => {
      writeFileSync(at(server, `one/${FILE}`), says('Both.'));
      writeFileSync(at(server, 'old/c.md'), lower(says('Both.')));
    });
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(
      ['b.md', 'old/c.md', `one/${FILE}`].map(name => `incidents/${name}`),
    );
    expect(pushed(`one/${FILE}`)).toContain('Both.');
  });

  test('git joins what would not be read: the commands wait for the edit all the same', async () => {
    const open = TEXT.replace('severity: critical\n', 'severity: critical\nupdated: x\n');
    const over = (text: string) => text.replace('status: investigating', 'status: resolved');
    const clones = openPair({
      [FILE]: [
        open,
        open.replace('status: investigating', 'status: monitoring'),
        open.replace('components: []', 'resolved: 2026-03-10T12:00:00Z\ncomponents: []'),
      ],
    });
    const { server, pushed } = clones;
    await ended(clones, () =>
      writeFileSync(
        at(server, FILE),
        over(TEXT).replace('components', 'resolved: 2026-03-10T12:00:00Z\ncomponents'),
      ),
    );
    expect(pushed()).toContain('status: resolved');
  });
});

describe('a true conflict, and another file that one side moved', () => {
  const OTHER = TEXT.replace('Uploads are', 'The shop is');
  const moves = {
    'to another name': ['b.md', 'renamed.md'],
    'into a folder': ['b.md', '2026/b.md'],
  } as const;
  const added = (words: string) => section(OTHER, 'Update 2026-03-10 11:20:00 UTC', words);
  const edits: Record<string, readonly [mover: string, other: string, expected: readonly RegExp[]]> = {
    'both add a section': [added('One.'), added('Two.'), [BOTH]],
    'the other lowers the severity': [added('One.'), lower(OTHER), [/One\./, /severity: minor/]],
    'the other changes the status': [
      added('One.'),
      OTHER.replace('status: investigating', 'status: monitoring'),
      [/One\./, /status: monitoring/],
    ],
    'the other saves with CRLF': [added('One.'), added('Two.').replaceAll('\n', '\r\n'), [BOTH]],
    'one changes the title too': [
      added('One.').replace('The shop is', 'Sign-in is'),
      added('Two.'),
      [BOTH, /title: Sign-in is slow/],
    ],
    'the other deletes a section': [added('One.'), OTHER.replace(/## Inv[\s\S]*/, ''), [/One\./]],
    'only the other edits': [OTHER, lower(OTHER), [/severity: minor/]],
  };
  // Each edit on each side, the move now one, now the other.
  const cases = Object.keys(edits).flatMap((edit, row) =>
    (['here', 'there'] as const).map(
      (side, at) => [Object.keys(moves)[(row + at) % 2]!, side, edit] as const,
    ),
  );
  test.each(cases)('%s, %s; %s', async (move, side, edit) => {
    const [from, to] = moves[move as keyof typeof moves];
    const [mover, other, expected] = edits[edit]!;
    const isHere = side === 'here';
    const clones = openPair({
      [FILE]: [TEXT, says('The disk.'), says('The network.')],
      [from]: [OTHER, isHere ? null : other, isHere ? other : null],
      [to]: [null, isHere ? mover : null, isHere ? null : mover],
    });
    const { bare, server, pushed } = clones;
    await ended(clones, () => writeFileSync(at(server, FILE), says('Both.')));
    for (const pattern of expected) expect(pushed(to)).toMatch(pattern);
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'main').split('\n').sort()).toEqual(
      [FILE, to].map(name => `incidents/${name}`).sort(),
    );
  });

  test('moved to two names with the same text: no conflict markers are promised', async () => {
    const clones = openPair({
      [FILE]: [TEXT, null, null],
      'one.md': [null, TEXT, null],
      'two.md': [null, null, TEXT],
    });
    expect(await ended(clones, () => {})).toContain('one.md (git adds no conflict markers');
    expect(clones.pushed('one.md')).toBe(TEXT.trim());
  });
});

test('pasted as one line with its numbers, the fix changes nothing', async () => {
  const { server, sync, head } = openPair({ [FILE]: [TEXT, says('The disk.'), says('The network.')] });
  const before = head(server);
  const { fix } = (await sync()).problems[0]!;
  expect(() => type(server, fix)).toThrow();
  expect([head(server), git(server, 'status', '--porcelain')]).toEqual([before, '']);
});

describe('off the branch: the printed command brings all of it there', () => {
  const MORE = section(TEXT, 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.');
  test.each<[name: string, off: string[], commits: boolean, edits: boolean]>([
    ['a detached HEAD', ['--detach'], false, false],
    ['a detached HEAD with both', ['--detach'], true, true],
    ['another branch with a commit', ['-b', "olga's"], true, false],
    ['another branch with an edit', ['-b', "olga's"], false, true],
  ])('%s', async (_, off, commits, edits) => {
    const { server, laptop, commit, sync, push, pushed, read, holds, head } = openClones();
    git(server, 'checkout', '-q', ...off);
    if (commits) commit(server, MORE);
    const mine = head(server);
    if (edits) writeFileSync(at(server, FILE), `${read()}\n## Monitoring 11:20 UTC\nBy API.\n`);
    // The branch moved on, in the same file.
    git(server, 'branch', '-f', 'main', 'main');
    git(server, 'worktree', 'add', '-q', '../beside', 'main');
    commit(path.join(server, '../beside'), lower(TEXT));
    git(server, 'worktree', 'remove', '../beside');
    commit(laptop, TEXT, 'b.md');
    push();
    const [told] = (await sync()).problems;
    expect(told?.where).toBe('content.git');
    type(server, told!.fix);
    expect(git(server, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect(await sync()).toMatchObject({ problems: [] });
    expect(git(server, 'status', '--porcelain')).toBe('');
    expect(pushed()).toContain('severity: minor');
    expect(pushed().includes('The deploy.')).toBe(commits);
    expect(pushed().includes('By API.')).toBe(edits);
    expect(holds(mine)).toBe(true);
  });
});

test('the commits named are those that changed what is in conflict, whoever wrote into the file since', async () => {
  const { server, laptop, commit, sync, push, head } = openClones();
  const by = (clone: string, who: string, text: string) => {
    commit(clone, text);
    git(clone, 'commit', '-q', '--amend', '--no-edit', '--author', `${who} <${who.replace(' ', '-')}@x.org>`);
    return `${git(clone, 'rev-parse', '--short', 'HEAD')} by ${who}`;
  };
  by(server, 'Early', says('The disk, perhaps.'));
  const opal = by(server, 'Opal', says('The disk.'));
  by(server, 'Max', says('The disk.').replace('critical', 'major'));
  const later = section(says('The disk.').replace('critical', 'major'), 'Update 11:30 UTC', 'By API.');
  commit(server, later);
  git(server, 'commit', '-q', '--amend', '--no-edit', '--author', 'Status Live <status-live+api@localhost>');
  const ned = by(laptop, 'Ned', says('The network.'));
  by(laptop, 'Nora', section(says('The network.'), 'Update 11:20 UTC', 'Words.'));
  push();
  const tip = head(server).slice(0, 7);
  const [told] = (await sync()).problems;
  expect(told?.what).toContain(`commit ${opal} here, ${ned} at the remote`);
  expect(told?.what).not.toContain(tip);
});
