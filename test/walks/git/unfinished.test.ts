// Something begun in git and not finished, while the program goes on writing: no printed command takes words away.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import { at, FILE, lower, OPTIONS, openClones, openPair, section, stepsOf, TEXT, type } from './clones.ts';
import { git } from './repository.ts';

const says = (words: string) => TEXT.replace('We look.', words);
const grown = (words: string) => `${TEXT}\n## Update 11:10 UTC\n${words}\n`;
const A = [TEXT, says('The disk.'), says('The network.')] as const;
const OTHER = 'b.md';
const WRITTEN = '\n## Monitoring 11:30 UTC\nBy API.\n';

/** What to paste of a conflict's fix before the edit. */
const begin = (fix: string) => stepsOf(fix)[0];
const fails = (cwd: string, command: string) => expect(() => type(cwd, command)).toThrow();
const stand = (clones: { server: string }, name: string) => readFileSync(at(clones.server, name), 'utf8');

/** Writes like the API into that file, which a person knows nothing of; then syncs as the server does. */
function writing({ server }: { server: string }, name: string) {
  const before = readFileSync(at(server, name), 'utf8');
  const after = before + WRITTEN;
  writeFileSync(at(server, name), after);
  const owned = {
    list: () => [{ name, author: 'api' as const, before, after }],
    forget: async () => {},
    new: [],
  };
  return () => openGit(server, { PATH: process.env.PATH }, work => work())(owned, OPTIONS);
}

/** Follows "finish it": edits and adds what `git status` names, then the last command. */
function finish(server: string, fix: string, edits: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(edits)) writeFileSync(at(server, name), text);
  const [add, end] = fix.match(/git -C \S+ (?:add -- FILE|[\w-]+ --(?:no-edit|continue))/g)!;
  expect(add).toContain('add -- FILE');
  const named = git(server, 'status', '--porcelain', '--untracked-files=no');
  const files = named.split('\n').map(line => line.trim().replace(/^\S+ +/, ''));
  type(server, add!.replace('FILE', files.join(' ')));
  try {
    type(server, end!);
  } catch (error) {
    // A rebase says by its exit code that it stopped again at the next commit.
    if (!end!.includes('rebase')) throw error;
  }
}

describe('a merge that the printed commands began', () => {
  const RULED = [TEXT, grown('One.'), grown('Two.')] as const;

  test.each([OTHER, 'git-joins.md', FILE])('written since into %s: it stays, and is pushed', async name => {
    const clones = openPair({
      [FILE]: A,
      [OTHER]: RULED,
      'git-joins.md': [TEXT, TEXT.replace('Uploads', 'Downloads'), says('We looked.')],
    });
    const { server, sync, pushed } = clones;
    const { fix } = (await sync()).problems[0]!;
    fails(server, begin(fix));
    expect(stand(clones, OTHER)).toMatch(/One\.[\s\S]*Two\.|Two\.[\s\S]*One\./);
    // Where git left its marks, somebody has written what is to stand, and not added it.
    if (name === FILE) writeFileSync(at(server, FILE), says('Both.'));
    const synced = writing(clones, name);
    const during = (await synced()).problems[0]!;
    expect(during.what).toContain('somebody began a merge');
    for (const command of during.fix.match(/git -C [^,;.)]+/g)!)
      expect(command).not.toMatch(/checkout|--abort|reset|restore|rm /);
    // What stood there a minute ago is typed again: git refuses, and the words stand.
    fails(server, begin(fix));
    expect(stand(clones, name)).toContain('By API.');
    finish(server, during.fix, name === FILE ? {} : { [FILE]: says('Both.') });
    expect(stand(clones, name)).toContain('By API.');
    expect(await synced()).toMatchObject({ problems: [] });
    expect(pushed(name)).toContain('By API.');
    expect(pushed(OTHER)).toMatch(/One\.[\s\S]*Two\.|Two\.[\s\S]*One\./);
    expect(pushed()).toContain('Both.');
    expect(git(server, 'status', '--porcelain')).toBe('');
  });

  test.each([true, false])(
    'written between reading and typing, committed %s: it stays',
    async isCommitted => {
      const clones = openPair({ [FILE]: A, [OTHER]: RULED });
      const { server, sync, pushed } = clones;
      const { fix } = (await sync()).problems[0]!;
      appendFileSync(at(server, OTHER), WRITTEN);
      if (isCommitted) git(server, 'commit', '-qam', 'by the command line');
      fails(server, begin(fix));
      expect(stand(clones, OTHER)).toContain('By API.');
      expect(git(server, 'status', '--porcelain')).toBe(isCommitted ? '' : `M incidents/${OTHER}`);
      if (!isCommitted) git(server, 'commit', '-qam', 'by hand');
      const again = (await sync()).problems[0]!;
      fails(server, begin(again.fix));
      finish(server, (await sync()).problems[0]!.fix, { [FILE]: says('Both.') });
      expect(await sync()).toMatchObject({ problems: [] });
      for (const words of ['By API.', 'One.', 'Two.']) expect(pushed(OTHER)).toContain(words);
    },
  );

  test('given up by a person: what is said then ends it, and nothing is there twice', async () => {
    const clones = openPair({ [FILE]: A, [OTHER]: RULED, 'gone.md': [TEXT, null, lower(TEXT)] });
    const { server, sync, pushed } = clones;
    fails(server, begin((await sync()).problems[0]!.fix));
    git(server, 'merge', '--abort');
    const again = (await sync()).problems;
    expect(again.map(({ where }) => path.basename(where))).toEqual([FILE]);
    fails(server, begin(again[0]!.fix));
    finish(server, (await sync()).problems[0]!.fix, { [FILE]: says('Both.') });
    expect(await sync()).toMatchObject({ problems: [] });
    for (const words of ['One.', 'Two.']) expect(pushed(OTHER).split(words)).toHaveLength(2);
    expect(pushed('gone.md')).toBe(lower(TEXT).trim());
  });
});

describe('written since into a file it touches and another: what is said finishes it, and the words stand', () => {
  test.each<[kind: string, begun: (server: string) => void]>([
    ['a merge', server => git(server, 'merge', '-q', 'side')],
    ['a rebase', server => git(server, 'rebase', '-q', 'side')],
    ['a rebase', server => git(server, 'rebase', '-q', '--apply', 'side')],
    ['a cherry-pick', server => git(server, 'cherry-pick', 'side')],
    ['a revert', server => git(server, 'revert', '--no-edit', 'HEAD~1')],
    [
      'a `git am`',
      server => {
        writeFileSync(
          path.join(server, '.git', 'a.patch'),
          git(server, 'format-patch', '--stdout', '-1', 'side'),
        );
        git(server, 'am', '-q', '-3', '.git/a.patch');
      },
    ],
  ])('%s', async (kind, begun) => {
    const clones = openClones();
    const { server, commit, sync, pushed } = clones;
    commit(server, TEXT, OTHER);
    git(server, 'checkout', '-qb', 'side');
    writeFileSync(at(server, OTHER), lower(TEXT));
    commit(server, says('The disk.'));
    git(server, 'checkout', '-q', 'main');
    commit(server, says('The cable.'));
    commit(server, says('The network.'));
    expect(await sync()).toMatchObject({ problems: [] });
    expect(() => begun(server)).toThrow();
    const synced = writing(clones, OTHER);
    const begunStill = async () =>
      (await synced()).problems.find(({ what }) => what.includes(`somebody began ${kind} in`));
    let during = await begunStill();
    expect(during).toBeDefined();
    for (let stops = 1; during && stops < 4; stops++, during = await begunStill()) {
      expect(during.fix).not.toMatch(/or drop it|checkout/);
      finish(server, during.fix, { [FILE]: section(says(`Both, ${stops}.`), 'Update 11:40 UTC', 'Since.') });
    }
    expect(git(server, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect(stand(clones, OTHER)).toContain('By API.');
    expect(stand(clones, FILE)).toContain('Since.');
    if (kind !== 'a rebase') expect(pushed(OTHER)).toContain('By API.');
  });
});

test('on no branch: typed after HEAD has moved, the command still finds the commit', async () => {
  const { server, commit, sync, pushed, holds, head } = openClones();
  git(server, 'checkout', '-q', '--detach');
  commit(server, section(TEXT, 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.'));
  const mine = head(server);
  const { fix } = (await sync()).problems[0]!;
  git(server, 'checkout', '-q', 'main');
  type(server, fix);
  expect(await sync()).toMatchObject({ problems: [] });
  expect(holds(mine)).toBe(true);
  expect(pushed()).toContain('The deploy.');
});

test('on no branch: the first printed command, typed after more commits, leaves none of them unnamed', async () => {
  const { server, commit, sync, pushed } = openClones();
  git(server, 'checkout', '-q', '--detach');
  commit(server, section(TEXT, 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.'));
  const { fix } = (await sync()).problems[0]!;
  commit(
    server,
    section(readFileSync(at(server, FILE), 'utf8'), 'Update 2026-03-10 11:20:00 UTC', 'It is back.'),
  );
  await sync();
  type(server, fix);
  const { problems } = await sync();
  expect(problems).toEqual([
    expect.objectContaining({ level: 'error', what: expect.stringMatching(/no branch has it$/) }),
  ]);
  type(server, problems[0]!.fix.split('; or')[0]!);
  expect(await sync()).toMatchObject({ problems: [] });
  expect(pushed()).toContain('It is back.');
});

test('on no branch twice at one commit: the first name is taken, and the command works all the same', async () => {
  const { server, sync, pushed, head } = openClones();
  const begin = head(server);
  for (const text of [lower(TEXT), grown('Two.')]) {
    git(server, 'checkout', '-q', '--detach', begin);
    writeFileSync(at(server, FILE), text);
    type(server, (await sync()).problems[0]!.fix);
    expect(git(server, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect(await sync()).toMatchObject({ problems: [] });
  }
  expect(pushed()).toMatch(/severity: minor[\s\S]*Two\./);
});

describe('a stash that came back with a conflict', () => {
  const openStash = (branch = 'main') => {
    const clones = openClones();
    const { server, commit } = clones;
    writeFileSync(at(server, FILE), says('The disk.'));
    git(server, 'stash', '-q');
    if (branch !== 'main') git(server, 'checkout', '-qb', branch);
    commit(server, says('The network.'));
    expect(() => git(server, 'stash', 'pop')).toThrow();
    return clones;
  };
  const marks = /<<<<<<<|>>>>>>>/;

  test('the file is not to be committed while it holds both sides', async () => {
    const clones = openStash();
    const { server, sync, pushed } = clones;
    expect(await sync()).toMatchObject({ problems: [] });
    writeFileSync(at(server, FILE), says('Both.'));
    const { problems } = await sync();
    expect(problems).toMatchObject([{ where: at(server, FILE) }]);
    type(server, problems[0]!.fix.replace('commit it: ', ''));
    expect(await sync()).toMatchObject({ problems: [] });
    expect(pushed()).toContain('Both.');
  });

  test('among many others that are not committed', async () => {
    const clones = openStash();
    const { server, sync } = clones;
    for (let n = 0; n < 12; n++) writeFileSync(at(server, `${n}.md`), lower(TEXT));
    const { problems } = await sync();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.map(({ fix }) => fix).join()).not.toMatch(/ -- incidents |-- incidents$|slow/);
  });

  test('and the remote changed it: first what is to stand, then the commit', async () => {
    const clones = openStash();
    const { server, laptop, commit, sync, push, pushed } = clones;
    commit(laptop, TEXT.replace('Uploads', 'Downloads'));
    push();
    const { problems } = await sync();
    for (const { fix } of problems) expect(fix).toMatch(/^write what is to stand in .*slow\.md, then /);
    writeFileSync(at(server, FILE), says('Both.'));
    type(server, git(server, 'status', '--porcelain').startsWith('UU') ? `git add incidents/${FILE}` : ':');
    for (const { fix } of (await sync()).problems.slice(0, 1))
      type(server, fix.replace(/^commit it: |;.*/g, ''));
    expect(await sync()).toMatchObject({ problems: [] });
    expect(pushed()).toContain('Both.');
    expect(pushed()).toContain('Downloads');
  });

  test('on another branch: first what is to stand, then the way back', async () => {
    const clones = openStash('side');
    const { server, sync, pushed } = clones;
    const [told] = (await sync()).problems;
    const [first, ...rest] = told!.fix.split(', then: ');
    expect(first).toMatch(/^write what is to stand in \S+slow\.md/);
    writeFileSync(at(server, FILE), says('Both.'));
    type(server, rest.join());
    expect(await sync()).toMatchObject({ problems: [] });
    expect(pushed()).toContain('Both.');
    expect(git(server, 'log', '--format=%H', '-p', 'main')).not.toMatch(marks);
  });
});

test('what a remote says stands in a message without the blanks it ends with', async () => {
  const { bare, server, commit, sync } = openClones();
  writeFileSync(
    path.join(bare, 'hooks', 'pre-receive'),
    '#!/bin/sh\necho "protected branch   " >&2\nexit 1\n',
    { mode: 0o755 },
  );
  commit(server, lower(TEXT));
  const [told] = (await sync()).problems;
  expect(told!.what).toBe('git push: remote: protected branch');
});
