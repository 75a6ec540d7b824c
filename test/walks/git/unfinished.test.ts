// Something begun in git and not finished, while the program goes on writing: no printed command takes words away.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import { at, FILE, lower, OPTIONS, openClones, openPair, section, TEXT, type } from './clones.ts';
import { git } from './repository.ts';

const says = (words: string) => TEXT.replace('We look.', words);
const grown = (words: string) => `${TEXT}\n## Update 11:10 UTC\n${words}\n`;
const A = [TEXT, says('The disk.'), says('The network.')] as const;
const OTHER = 'b.md';
const WRITTEN = '\n## Monitoring 11:30 UTC\nBy API.\n';

/** The first commands of a conflict's fix, up to the edit. */
const begin = (fix: string) => fix.split('; edit ')[0]!;
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
    expect(during.what).toContain('a merge that a person began');
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
      (await synced()).problems.find(({ what }) => what.includes(`${kind} that`));
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
