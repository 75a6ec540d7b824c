// The remote branch is rewritten: what came from it follows its new version, what was written here stays.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import { at, FILE, lower, OPTIONS, openClones, section, stepsOf, TEXT, type } from './clones.ts';
import { git } from './repository.ts';

type Clones = ReturnType<typeof openClones>;

const TYPO = section(TEXT, 'Update 2026-03-10 11:05 UTC', 'Half of the paymnts work again.');
const RIGHT = TYPO.replace('paymnts', 'payments');
const HERE = ['Identified 2026-03-10 11:10:00 UTC', 'The cache.'] as const;
const force = (clones: Clones) => git(clones.laptop, 'push', '-q', '--force', 'origin', 'main');
/** The laptop's last commit again, with this text. */
const amend = (clones: Clones, text: string, file = FILE) => {
  writeFileSync(at(clones.laptop, file), text);
  git(clones.laptop, 'add', '-A');
  git(clones.laptop, 'commit', '-q', '--amend', '--no-edit');
  force(clones);
};
const pushed = async (clones: Clones, text: string, file = FILE) => {
  clones.commit(clones.laptop, text, file);
  clones.push();
  await clones.sync();
};
/** What a program wrote by API, committed and pushed by the server's next exchange. */
const byApi = async ({ server, read }: Clones, text: string) => {
  const before = read();
  writeFileSync(at(server, FILE), text);
  const own = { name: FILE, author: 'api', before, after: text } as const;
  const owned = { list: () => [own], forget: async () => {}, new: [] };
  return openGit(server, { PATH: process.env.PATH }, work => work())(owned, OPTIONS);
};

const KINDS: readonly (readonly [
  name: string,
  rewrite: (clones: Clones) => Promise<unknown>,
  text: string | null,
])[] = [
  [
    'a typo is amended',
    async clones => {
      await pushed(clones, TYPO);
      amend(clones, RIGHT);
    },
    RIGHT,
  ],
  [
    'it is amended twice, without a pull between',
    async clones => {
      await pushed(clones, TYPO);
      amend(clones, TYPO.replace('paymnts', 'paiments'));
      await clones.sync();
      amend(clones, RIGHT);
    },
    RIGHT,
  ],
  [
    'title and severity of the commit before are amended, while the server wrote',
    async clones => {
      await pushed(clones, TEXT.replace('slow', 'broken').replace('critical', 'major'));
      await byApi(clones, section(clones.read(), ...HERE));
      amend(clones, lower(TEXT));
    },
    section(lower(TEXT), ...HERE),
  ],
  [
    'words and time of a section are amended, while a person committed on the server',
    async clones => {
      await pushed(clones, TYPO);
      clones.commit(clones.server, section(TYPO, ...HERE));
      amend(clones, RIGHT.replace('11:05', '11:06'));
    },
    section(RIGHT.replace('11:05', '11:06'), ...HERE),
  ],
  [
    'two commits are squashed to one with other words',
    async clones => {
      await pushed(clones, TYPO);
      await pushed(clones, section(TYPO, 'Update 2026-03-10 11:08 UTC', 'Allmost all.'));
      await byApi(clones, section(clones.read(), ...HERE));
      git(clones.laptop, 'reset', '-q', '--soft', 'HEAD~1');
      amend(clones, section(RIGHT, 'Update 2026-03-10 11:08 UTC', 'Almost all.'));
    },
    section(section(RIGHT, 'Update 2026-03-10 11:08 UTC', 'Almost all.'), ...HERE),
  ],
  [
    'the last commit is taken back',
    async clones => {
      await pushed(clones, TYPO);
      git(clones.laptop, 'reset', '-q', '--hard', 'HEAD~1');
      force(clones);
    },
    TEXT,
  ],
  [
    'the last commit is taken back, under what the server wrote',
    async clones => {
      await pushed(clones, TYPO);
      await byApi(clones, section(TYPO, ...HERE));
      git(clones.laptop, 'reset', '-q', '--hard', 'HEAD~1');
      force(clones);
    },
    section(TEXT, ...HERE),
  ],
  [
    'a push that knows nothing of what the server wrote',
    async clones => {
      await byApi(clones, section(TEXT, ...HERE));
      clones.commit(clones.laptop, lower(TEXT));
      force(clones);
    },
    section(lower(TEXT), ...HERE),
  ],
  [
    'a merge of the server is amended',
    async clones => {
      await pushed(clones, TYPO);
      clones.commit(clones.server, section(TYPO, ...HERE));
      clones.commit(clones.laptop, lower(TYPO));
      clones.push();
      await clones.sync();
      git(clones.laptop, 'pull', '-q', 'origin', 'main');
      amend(clones, section(lower(RIGHT), ...HERE));
    },
    section(lower(RIGHT), ...HERE),
  ],
  [
    'what the server wrote is corrected, and that is amended',
    async clones => {
      await byApi(clones, section(TEXT, ...HERE));
      git(clones.laptop, 'pull', '-q', 'origin', 'main');
      await pushed(clones, section(TEXT, HERE[0], 'The cahce.'));
      amend(clones, section(TEXT, HERE[0], 'The cache node.'));
    },
    section(TEXT, HERE[0], 'The cache node.'),
  ],
  [
    'what the server wrote, and a person corrected, is dropped by an older clone',
    async clones => {
      await byApi(clones, section(TEXT, ...HERE));
      git(clones.laptop, 'pull', '-q', 'origin', 'main');
      await pushed(clones, section(TEXT, HERE[0], 'The cache node.'));
      git(clones.laptop, 'reset', '-q', '--hard', 'HEAD~2');
      clones.commit(clones.laptop, lower(TEXT));
      force(clones);
    },
    section(lower(TEXT), HERE[0], 'The cache node.'),
  ],
];

describe('the remote branch is rewritten', () => {
  test.each(KINDS)('%s', async (_, rewrite, text) => {
    const clones = openClones();
    await rewrite(clones);
    const before = clones.head(clones.server);
    expect(await clones.sync()).toMatchObject({ problems: [] });
    expect(clones.read()).toBe(text);
    expect(clones.pushed()).toBe(clones.read().trim());
    // Nothing is left to do, and no commit was dropped.
    expect(clones.holds(before)).toBe(true);
    expect(await clones.sync()).toMatchObject({ moved: false, problems: [] });
    expect(git(clones.server, 'status', '--porcelain')).toBe('');
  });

  test('a commit that opened an incident, or changed status.yaml, is taken back or amended', async () => {
    const clones = openClones();
    await pushed(clones, 'title: T\n', '../status.yaml');
    await pushed(clones, 'title: Q\n', '../status.yaml');
    amend(clones, 'title: R\n', '../status.yaml');
    expect(await clones.sync()).toMatchObject({ problems: [] });
    expect(clones.read('../status.yaml')).toBe('title: R\n');
    git(clones.laptop, 'pull', '-q', 'origin', 'main');
    await pushed(clones, TYPO, '20260310_new.md');
    git(clones.laptop, 'reset', '-q', '--hard', 'HEAD~1');
    force(clones);
    expect(await clones.sync()).toMatchObject({ problems: [] });
    expect(git(clones.server, 'ls-files')).toBe(`incidents/${FILE}\nstatus.yaml`);
  });

  test('words that were changed here and amended there are a conflict that the shown commands resolve', async () => {
    const clones = openClones();
    await pushed(clones, lower(TYPO));
    clones.commit(clones.server, lower(TYPO).replace('Half', 'A third'));
    amend(clones, RIGHT.replace('Half', 'Most'));
    const { problems } = await clones.sync();
    expect(problems).toMatchObject([{ where: at(clones.server, FILE) }]);
    expect(problems[0]!.what).toMatch(/^"## Update 2026-03-10 11:05 UTC" changed in two ways/);
    const [here, there] = [clones.head(clones.server), clones.head(clones.laptop)];
    expect(problems[0]!.what).toContain(
      `commit ${here.slice(0, 7)} by Olga here, ${there.slice(0, 7)} by Olga`,
    );
    expect((await clones.sync()).problems).toEqual(problems);
    const [begin, end] = stepsOf(problems[0]!.fix);
    expect(() => type(clones.server, begin)).toThrow();
    writeFileSync(at(clones.server, FILE), RIGHT);
    type(clones.server, end);
    expect(await clones.sync()).toMatchObject({ problems: [] });
    expect(clones.pushed()).toBe(RIGHT.trim());
  });
});
