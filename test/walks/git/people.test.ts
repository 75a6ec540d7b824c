// Two people and the server on one branch: nobody's commit is ever dropped, and what cannot be joined stops, loudly.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import { cutIncident } from '../../../src/core/incidents/merge/units.ts';
import { at, FILE, lower, OPTIONS, openClones, section, stepsOf, TEXT, type } from './clones.ts';
import { git } from './repository.ts';

describe('both sides stand', () => {
  test('an update here, another severity there, pushed first', async () => {
    const { server, laptop, commit, sync, push, pushed, read, holds, head } = openClones();
    commit(server, section(TEXT, 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.'));
    commit(laptop, lower(TEXT));
    push();
    const both = [head(server), head(laptop)];
    expect(await sync()).toMatchObject({ moved: true, problems: [] });
    expect(read()).toBe(lower(section(TEXT, 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.')));
    expect(pushed()).toBe(read().trim());
    expect(holds(...both)).toBe(true);
    expect(git(server, 'status', '--porcelain')).toBe('');
  });

  test('both added a section at one place; line ends; a moved file; one added twice', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const { server, laptop, commit, sync, push, read } = openClones(crlf(TEXT));
    const one = crlf(section(TEXT, 'Update 11:10 UTC', 'One.'));
    const two = crlf(section(TEXT, 'Update 11:10 UTC', 'Two.'));
    mkdirSync(path.join(laptop, 'incidents', '2026'));
    git(laptop, 'mv', `incidents/${FILE}`, `incidents/2026/${FILE}`);
    commit(laptop, two, `2026/${FILE}`);
    commit(laptop, TEXT, 'new.md');
    push();
    commit(server, one);
    commit(server, section(TEXT, 'Update 11:20 UTC', 'Three.'), 'new.md');
    expect(await sync()).toMatchObject({ moved: true, problems: [] });
    expect(existsSync(path.join(server, 'incidents', FILE))).toBe(false);
    expect(read(`2026/${FILE}`)).toContain('One.\r\n');
    expect(read(`2026/${FILE}`)).toContain('Two.\r\n');
    expect(read('new.md')).toContain('Three.');
  });

  test('an outage that reads like a deleted one is not that one', async () => {
    const { server, laptop, commit, sync, push, read } = openClones();
    const other = TEXT.replaceAll('11:00:00', '11:30:00');
    rmSync(path.join(laptop, 'incidents', FILE));
    commit(laptop, other, '20260310_slow-2.md');
    push();
    commit(server, TEXT.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T11:20:00Z'));
    expect(await sync()).toMatchObject({ problems: [] });
    expect(read('20260310_slow-2.md')).toBe(other);
    expect(read()).toContain('status: resolved');
  });

  test('other files are merged line by line; a file that is no incident too', async () => {
    const { server, laptop, commit, sync, push, read } = openClones('no\nfront\nmatter\n');
    const yaml =
      'title: T\ncomponents:\n  - { id: a, name: A }\n  - { id: b, name: B }\n  - { id: c, name: C }\n';
    commit(server, yaml, '../status.yaml');
    await sync();
    git(laptop, 'pull', '-q');
    commit(laptop, yaml.replace('title: T', 'title: Q'), '../status.yaml');
    commit(laptop, 'no\nfront\nmatter here\n');
    push();
    commit(server, yaml.replace('name: C', 'name: D'), '../status.yaml');
    commit(server, 'no\nfront\nmatter there\n');
    const found = await sync();
    expect(found.problems).toMatchObject([{ where: expect.stringContaining(FILE), level: 'error' }]);
    git(server, 'reset', '-q', '--hard', 'HEAD~1');
    expect(await sync()).toMatchObject({ problems: [] });
    expect(read('../status.yaml')).toBe(yaml.replace('title: T', 'title: Q').replace('name: C', 'name: D'));
  });

  test('a remote that lost commits gets them back; a branch deleted there too', async () => {
    const { bare, server, laptop, commit, sync, holds, head } = openClones();
    commit(server, section(TEXT, 'Update 11:10 UTC', 'One.'));
    await sync();
    const ours = head(server);
    commit(laptop, lower(TEXT));
    git(laptop, 'push', '-q', '--force', 'origin', 'main');
    const found = await sync();
    expect(found.notes.join()).toContain('the remote branch was rewritten');
    expect(holds(ours, head(laptop))).toBe(true);
    git(bare, 'update-ref', '-d', 'refs/heads/main');
    expect(await sync()).toMatchObject({ problems: [] });
    expect(holds(ours, head(laptop))).toBe(true);
  });

  test('a shallow clone learns what it needs', async () => {
    const { root, bare, laptop, commit, push, holds, head } = openClones();
    for (const n of [1, 2, 3]) commit(laptop, section(TEXT, `Update 11:1${n} UTC`, `${n}.`));
    push();
    const shallow = path.join(root, 'shallow');
    git(root, 'clone', '-q', '--depth=1', `file://${bare}`, shallow);
    const base = readFileSync(path.join(laptop, 'incidents', FILE), 'utf8');
    commit(laptop, lower(base));
    push();
    commit(shallow, base.replace('We look.', 'We looked.'));
    const sync = openGit(shallow, { PATH: process.env.PATH }, work => work());
    const nothing = { list: () => [], forget: async () => {}, new: [] };
    expect(await sync(nothing, OPTIONS)).toMatchObject({ moved: true, problems: [] });
    expect(holds(head(shallow), head(laptop))).toBe(true);
  });

  test('somebody pushes between fetch and push: it is merged again', async () => {
    const { bare, server, laptop, commit, sync, holds, head } = openClones();
    commit(laptop, lower(TEXT));
    // The bare repository takes the laptop's commit in while the server pushes its own.
    const hook = `#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n[ -e raced ] || { touch raced; git fetch -q ${laptop} main && git update-ref refs/heads/main FETCH_HEAD; }\n`;
    writeFileSync(path.join(bare, 'hooks', 'pre-receive'), hook, { mode: 0o755 });
    commit(server, section(TEXT, 'Update 11:10 UTC', 'One.'));
    const ours = head(server);
    expect(await sync()).toMatchObject({ moved: true, problems: [] });
    expect(existsSync(path.join(bare, 'raced'))).toBe(true);
    expect(holds(ours, head(laptop))).toBe(true);
  });
});

test('a status folder below the top of its repository; what only the machine wrote gives way', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-below-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, server, laptop] = ['bare.git', 'server', 'laptop'].map(name =>
    path.join(root, name),
  ) as string[] as [string, string, string];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  git(root, 'clone', '-q', bare, server);
  const folder = path.join('ops', 'our status', 'incidents');
  const write = (clone: string, text: string) => writeFileSync(path.join(clone, folder, FILE), text);
  mkdirSync(path.join(server, folder), { recursive: true });
  write(server, TEXT);
  git(server, 'add', '-A');
  git(server, 'commit', '-qm', 'begin');
  git(server, 'push', '-q', 'origin', 'HEAD:main');
  git(root, 'clone', '-q', bare, laptop);
  write(laptop, TEXT.replace('status: investigating', 'status: identified'));
  git(laptop, 'commit', '-qam', 'identified');
  git(laptop, 'push', '-q', 'origin', 'main');
  write(server, TEXT.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T11:20:00Z'));
  const sync = openGit(path.dirname(path.join(server, folder)), { PATH: process.env.PATH }, work => work());
  const owned = (author: 'machine' | 'api') => {
    const before = `${git(server, 'show', `HEAD:ops/our status/incidents/${FILE}`)}\n`;
    return { list: () => [{ name: FILE, author, before, after: null }], forget: async () => {}, new: [] };
  };
  const found = await sync(owned('machine'), OPTIONS);
  expect(found).toMatchObject({ problems: [], committed: [`ops/our status/incidents/${FILE}`] });
  expect(found.notes.join()).toContain('it is open');
  expect(git(bare, 'show', `main:ops/our status/incidents/${FILE}`)).toContain('status: identified');
  // So does what came by the API.
  git(laptop, 'pull', '-q');
  write(laptop, TEXT.replace('critical', 'minor'));
  git(laptop, 'commit', '-qam', 'lower');
  git(laptop, 'push', '-q', 'origin', 'main');
  write(server, TEXT.replace('critical', 'major'));
  expect(await sync(owned('api'), OPTIONS)).toMatchObject({ problems: [] });
  expect(git(bare, 'show', `main:ops/our status/incidents/${FILE}`)).toContain('severity: minor');
  // Words that a person and the API changed in two ways are a conflict, named from the top.
  git(laptop, 'pull', '-q');
  write(laptop, TEXT.replace('We look.', 'The disk.'));
  git(laptop, 'commit', '-qam', 'disk');
  git(laptop, 'push', '-q', 'origin', 'main');
  write(server, TEXT.replace('We look.', 'The network.'));
  const { problems } = await sync(owned('api'), OPTIONS);
  expect(problems).toMatchObject([{ where: path.join(server, folder, FILE) }]);
  expect(problems[0]!.what).toMatch(/commit [0-9a-f]+ by Status Live here, [0-9a-f]+ by Olga at/);
  expect(problems[0]!.fix).toContain(`add -- '${path.join(folder, FILE)}'`);
});

describe('it stops, and says so for as long as it lasts', () => {
  test('the same key in two ways: both are kept, nothing moves; what is said resolves it', async () => {
    const { bare, server, laptop, commit, sync, push, pushed, read, holds, head } = openClones();
    commit(server, TEXT.replace('critical', 'major'), FILE, 'here');
    commit(laptop, lower(TEXT), FILE, 'there');
    push();
    const before = [head(server), git(bare, 'rev-parse', 'main')];
    const first = await sync();
    expect(first).toMatchObject({
      moved: false,
      problems: [{ level: 'error', where: path.join(server, 'incidents', FILE) }],
    });
    const { what, fix } = first.problems[0]!;
    for (const word of ['`severity`', head(server).slice(0, 7), head(laptop).slice(0, 7), 'Olga']) {
      expect(what).toContain(word);
    }
    // Another process, the remote away: it is still said.
    renameSync(bare, `${bare}.away`);
    const again = await openGit(server, { PATH: process.env.PATH }, work => work())(
      { list: () => [], forget: async () => {}, new: [] },
      OPTIONS,
    );
    expect(again.problems.map(problem => problem.what)).toContain(what);
    renameSync(`${bare}.away`, bare);
    expect([head(server), git(bare, 'rev-parse', 'main')]).toEqual(before);
    expect(read()).toContain('severity: major');
    expect(git(server, 'status', '--porcelain')).toBe('');

    const [merge, end] = stepsOf(fix);
    expect(() => type(server, merge)).toThrow();
    // Half resolved: nobody meddles, and it is said.
    const during = await sync();
    expect(during.problems).toMatchObject([{ what: expect.stringContaining('somebody began a merge') }]);
    writeFileSync(path.join(server, 'incidents', FILE), TEXT.replace('critical', 'major'));
    type(server, end);
    expect(await sync()).toMatchObject({ problems: [] });
    expect(pushed()).toContain('severity: major');
    expect(holds(...before)).toBe(true);
  });

  test('or on the laptop, where the other is fetched from the server', async () => {
    const { server, laptop, commit, sync, push, read } = openClones();
    commit(server, TEXT.replace('We look.', 'The disk.'));
    commit(laptop, TEXT.replace('We look.', 'The network.'));
    push();
    expect((await sync()).problems[0]?.what).toContain('"## Investigating 2026-03-10 11:00:00 UTC"');
    git(laptop, 'fetch', '-q', server, 'main');
    git(laptop, 'merge', '-q', '-X', 'theirs', '--no-edit', 'FETCH_HEAD');
    push();
    expect(await sync()).toMatchObject({ problems: [] });
    expect(read()).toContain('The disk.');
  });

  test('status.yaml, a binary file, a file where a folder is', async () => {
    const { server, laptop, commit, sync, push } = openClones();
    for (const [clone, word] of [
      [server, 'S'],
      [laptop, 'L'],
    ] as const) {
      writeFileSync(path.join(clone, 'logo.png'), Buffer.from([0x89, 0, word.charCodeAt(0)]));
      commit(clone, `title: ${word}\n`, '../status.yaml');
    }
    push();
    const { problems } = await sync();
    expect(problems.map(({ where }) => path.basename(where)).sort()).toEqual(['logo.png', 'status.yaml']);
  });

  test.each([
    ['no commit in common', 'no commit in common'],
    ['no branch', 'on no branch (detached HEAD)'],
    ['another branch', 'is on other, not on main'],
    ['a rebase', 'somebody began a rebase'],
    ['a lock', 'index.lock'],
  ])('%s', async (kind, said) => {
    const { root, bare, server, laptop, commit, sync, push, head } = openClones();
    commit(server, section(TEXT, 'Update 11:10 UTC', 'One.'));
    commit(laptop, lower(TEXT));
    push();
    if (kind === 'no commit in common') {
      const strange = path.join(root, 'strange');
      git(root, 'init', '-q', '-b', 'main', strange);
      git(strange, 'commit', '-q', '--allow-empty', '-m', 'strange');
      git(strange, 'push', '-q', '--force', bare, 'main');
    }
    if (kind === 'no branch') git(server, 'checkout', '-q', '--detach');
    if (kind === 'another branch') git(server, 'checkout', '-qb', 'other');
    if (kind === 'a rebase') mkdirSync(path.join(server, '.git', 'rebase-merge'));
    if (kind === 'a lock') writeFileSync(path.join(server, '.git', 'index.lock'), '');
    const before = [head(server), git(bare, 'rev-parse', 'main')];
    const { problems } = await sync();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.what).toContain(said);
    expect(problems[0]?.fix).toMatch(/git -C|pgrep -a git/);
    expect([head(server), git(bare, 'rev-parse', 'main')]).toEqual(before);
    if (kind === 'a lock') {
      rmSync(path.join(server, '.git', 'index.lock'));
      expect(await sync()).toMatchObject({ moved: true, problems: [] });
    }
  });
});

describe('an edit that nobody committed is named, with what commits it', () => {
  test.each<[name: string, edit: (server: string) => void, file: string]>([
    [
      'by hand',
      server => writeFileSync(path.join(server, 'incidents', FILE), lower(TEXT)),
      `incidents/${FILE}`,
    ],
    [
      'staged',
      server => {
        writeFileSync(path.join(server, 'incidents', FILE), lower(TEXT));
        git(server, 'add', '--', 'incidents');
      },
      `incidents/${FILE}`,
    ],
    ['deleted', server => rmSync(path.join(server, 'incidents', FILE)), `incidents/${FILE}`],
    [
      'of status.yaml',
      server => writeFileSync(path.join(server, 'status.yaml'), 'title: T\n'),
      'status.yaml',
    ],
    [
      'in a folder with a space',
      server => writeFileSync(path.join(server, 'incidents', 'a b', 'über.md'), lower(TEXT)),
      'incidents/a b/über.md',
    ],
  ])('%s', async (_, edit, file) => {
    const { server, bare, commit, sync } = openClones();
    commit(server, 'title: S\n', '../status.yaml');
    mkdirSync(path.join(server, 'incidents', 'a b'));
    commit(server, TEXT, 'a b/über.md');
    commit(server, TEXT, 'kept.md');
    expect(await sync()).toMatchObject({ problems: [] });
    writeFileSync(path.join(server, 'notes.txt'), 'not of the page');
    edit(server);
    const { problems } = await sync();
    expect(problems).toMatchObject([{ level: 'warning', where: path.join(server, file) }]);
    expect(problems[0]?.what).toContain('not committed');
    type(server, problems[0]!.fix.replace('commit it: ', ''));
    expect(await sync()).toMatchObject({ problems: [] });
    expect(git(server, 'status', '--porcelain')).toBe('?? notes.txt');
    expect(git(bare, 'log', '-1', '--format=%an', 'main')).toBe('Olga');
  });

  test('many at once: their folder', async () => {
    const { server, commit, sync } = openClones();
    const names = Array.from({ length: 12 }, (_, n) => `${n}.md`);
    for (const name of names) commit(server, TEXT, name);
    for (const name of names) writeFileSync(path.join(server, 'incidents', name), lower(TEXT));
    const { problems } = await sync();
    expect(problems).toMatchObject([
      { where: path.join(server, 'incidents'), what: expect.stringMatching(/^12 files/) },
    ]);
    type(server, problems[0]!.fix.replace('check them, then run: ', ''));
    expect(await sync()).toMatchObject({ problems: [] });
  });
});

test('an operator’s other staged work is as it was after a pull', async () => {
  const { server, laptop, commit, sync, push } = openClones();
  commit(server, 'one\n', '../notes.md');
  await sync();
  writeFileSync(path.join(server, 'notes.md'), 'two\n');
  git(server, 'add', 'notes.md');
  writeFileSync(path.join(server, 'notes.md'), 'three\n');
  git(laptop, 'pull', '-q');
  commit(laptop, lower(TEXT));
  push();
  expect(await sync()).toMatchObject({ moved: true, problems: [] });
  expect(git(server, 'show', ':notes.md')).toBe('two');
  expect(readFileSync(path.join(server, 'notes.md'), 'utf8')).toBe('three\n');
});

test('a first pull into a new repository', async () => {
  const { root, bare } = openClones();
  const fresh = path.join(root, 'fresh');
  git(root, 'init', '-q', '-b', 'main', fresh);
  git(fresh, 'remote', 'add', 'origin', bare);
  const sync = openGit(fresh, { PATH: process.env.PATH }, work => work());
  const nothing = { list: () => [], forget: async () => {}, new: [] };
  expect(await sync(nothing, OPTIONS)).toMatchObject({ moved: true, problems: [] });
  expect(readFileSync(path.join(fresh, 'incidents', FILE), 'utf8')).toBe(TEXT);
});

describe('for any edits of two clones', () => {
  const BEGUN = TEXT.replace('We look.', 'We look at why the uploads are slow.');
  type Deed =
    | {
        readonly do: 'add' | 'edit' | 'delete' | 'key' | 'rename';
        readonly who: 'server' | 'laptop';
        readonly at: number;
      }
    | { readonly do: 'push' | 'sync' | 'end' };
  const DEED: fc.Arbitrary<Deed> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('add', 'edit', 'delete', 'key', 'rename', 'rename'),
        who: fc.constantFrom('server', 'laptop'),
        at: fc.nat({ max: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom<Deed>({ do: 'push' }, { do: 'sync' }) },
    { weight: 1, arbitrary: fc.constant<Deed>({ do: 'end' }) },
  );
  const filesOf = (clone: string) =>
    readdirSync(path.join(clone, 'incidents'), { recursive: true }) as string[];
  const incidentsOf = (clone: string) => filesOf(clone).filter(name => name.endsWith('.md'));
  const textsOf = (clone: string) => incidentsOf(clone).map(name => readFileSync(at(clone, name), 'utf8'));

  test('no section that was ever committed vanishes unless somebody deleted or edited it; no commit is dropped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(DEED, { minLength: 4, maxLength: 10 }), async deeds => {
        const { bare, server, laptop, commit, sync, push, holds, head } = openClones(BEGUN);
        const [ever, gone, commits] = [new Set<string>(), new Set<string>(), new Set<string>()];
        const sections = (text: string) => cutIncident(text)!.sections.map(({ same }) => same);
        let serial = 0;
        let isAnyGone = false;
        for (const deed of deeds) {
          if (deed.do === 'sync') await sync();
          else if (deed.do === 'push') {
            // An operator who pulls first, and gives up where git cannot merge.
            try {
              git(laptop, 'pull', '-q', '--no-rebase', '--no-edit', 'origin', 'main');
              push();
            } catch {
              if (existsSync(path.join(laptop, '.git', 'MERGE_HEAD'))) git(laptop, 'merge', '--abort');
            }
          } else if (deed.do === 'end') {
            const [name] = incidentsOf(server) as [string];
            const text = readFileSync(at(server, name), 'utf8');
            if (text.includes('status: resolved')) continue;
            const over = text.replace('investigating', 'resolved\nresolved: 2026-03-10T11:50:00Z');
            const next = section(over, 'Resolved 2026-03-10 11:50:00 UTC', 'It answers again.');
            commit(server, next, name);
            git(server, 'commit', '-q', '--amend', '--no-edit', '--author', 'M <status-live@localhost>');
            commits.add(head(server));
            for (const there of sections(next)) ever.add(there);
          } else if ('who' in deed) {
            const clone = deed.who === 'server' ? server : laptop;
            const names = incidentsOf(clone);
            let name = names[deed.at % names.length]!;
            const text = readFileSync(at(clone, name), 'utf8');
            const all = sections(text);
            const one = all[deed.at % Math.max(1, all.length)] ?? '';
            let next = text;
            if (deed.do === 'add')
              next = section(text, `Update 11:${20 + deed.at} UTC`, `Words ${++serial} of the people.`);
            else if (deed.do === 'rename') {
              next = text.replace(/title: .*/, `title: Renamed ${++serial}`);
              const renamed = `${deed.at === 0 ? '2026/' : ''}renamed-${serial}.md`;
              mkdirSync(path.dirname(at(clone, renamed)), { recursive: true });
              git(clone, 'mv', `incidents/${name}`, `incidents/${renamed}`);
              name = renamed;
            } else if (deed.do === 'key')
              next = text.replace(
                /severity: \w+/,
                `severity: ${['minor', 'major', 'critical'][deed.at % 3]}`,
              );
            else if (one !== '') {
              gone.add(one);
              if (deed.do === 'delete') isAnyGone = true;
              next = text.replace(one, deed.do === 'edit' ? `${one} More ${++serial}.` : '');
            }
            if (next === text) continue;
            commit(clone, next, name);
            commits.add(head(clone));
            for (const there of sections(next)) ever.add(there);
          }
        }
        const { problems } = await sync();
        const last = textsOf(server).flatMap(sections);
        if (problems.length === 0) {
          if (!isAnyGone) expect(incidentsOf(server)).toHaveLength(1);
          const theirs = git(bare, 'log', '--format=%H', 'main').split('\n');
          for (const one of git(server, 'rev-list', 'HEAD').split('\n')) expect(theirs).toContain(one);
          git(laptop, 'fetch', '-q', 'origin', 'main');
          const unpushed = git(laptop, 'rev-list', 'HEAD', '^FETCH_HEAD').split('\n');
          expect(holds(...[...commits].filter(one => !unpushed.includes(one)))).toBe(true);
          for (const one of ever) {
            if (gone.has(one) || last.includes(one)) continue;
            // Only on the laptop, not pushed yet.
            expect(textsOf(laptop).flatMap(sections)).toContain(one);
          }
        } else {
          const kept = [server, laptop, bare].map(place => git(place, 'rev-list', '--all'));
          for (const one of commits) expect(kept.join()).toContain(one);
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 12) },
    );
  }, 600_000);
});
