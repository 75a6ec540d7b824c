// A file that one side renamed and the other wrote into: one incident, with the changes of both.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, FILE, openClones, section, TEXT } from './clones.ts';
import { git } from './repository.ts';

const NEW = '20260310_sign-in.md';
/** As a check files it. */
const FILED = TEXT.replace('components', 'opened_by: probe:api\ncomponents');
const retitled = (text: string) => text.replace('Uploads are slow', 'Sign-in is broken');
const ended = (text: string) =>
  section(
    text.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T11:20:00Z'),
    'Resolved 2026-03-10 11:20:00 UTC',
    'It answers again.',
  );
type Clones = ReturnType<typeof openClones>;

function move({ commit }: Clones, clone: string, text: string, name = NEW): void {
  mkdirSync(path.dirname(at(clone, name)), { recursive: true });
  rmSync(at(clone, FILE));
  commit(clone, text, name);
}
function end({ commit, server }: Clones, by: 'machine' | 'person', text: string): void {
  commit(server, ended(text));
  const author = 'Status Live <status-live@localhost>';
  if (by === 'machine') git(server, 'commit', '-q', '--amend', '--no-edit', '--author', author);
}
const files = (clone: string) =>
  git(clone, 'ls-tree', '-r', '--name-only', 'HEAD', 'incidents/').split('\n').sort();

describe('renamed with another title on the laptop, ended here', () => {
  test.each([
    ['the machine', 'machine', NEW, FILED],
    ['the machine; into a folder', 'machine', `2026/${NEW}`, FILED],
    ['a person', 'person', NEW, TEXT],
    ['a person; into a folder', 'person', `2026/${NEW}`, TEXT],
  ] as const)('by %s: the new file has the end', async (_, by, name, text) => {
    const clones = openClones(text);
    const { server, laptop, sync, push, read, pushed } = clones;
    move(clones, laptop, retitled(text), name);
    push();
    end(clones, by, text);
    expect(await sync()).toMatchObject({ problems: [], notes: [] });
    expect(read(name)).toBe(retitled(ended(text)));
    expect(files(server)).toEqual([`incidents/${name}`]);
    expect(pushed(name)).toBe(read(name).trim());
  });

  test('with a section added on the laptop, and words corrected: all of it', async () => {
    const clones = openClones(FILED);
    const { server, laptop, sync, push, read } = clones;
    const edit = (text: string) =>
      section(retitled(text), 'Identified 2026-03-10 11:10:00 UTC', 'The deploy.');
    move(clones, laptop, edit(FILED).replace('We look.', 'We look at it.'));
    push();
    end(clones, 'machine', FILED);
    expect(await sync()).toMatchObject({ problems: [] });
    expect(files(server)).toEqual([`incidents/${NEW}`]);
    for (const words of ['The deploy.', 'It answers again.', 'We look at it.', 'status: resolved'])
      expect(read(NEW)).toContain(words);
  });

  test.each([
    ['a check’s incident is known by its source and start', FILED, 'machine'],
    ['a person’s incident is known by its start and first section', TEXT, 'person'],
  ] as const)('with all its words replaced: %s', async (_, text, by) => {
    const clones = openClones(text);
    const { server, laptop, sync, push, read } = clones;
    move(clones, laptop, retitled(text).replace('We look.', 'Passwords are refused since the deploy.'));
    push();
    end(clones, by, text);
    expect(await sync()).toMatchObject({ problems: [] });
    expect(files(server)).toEqual([`incidents/${NEW}`]);
    for (const words of ['Passwords', 'It answers again.', 'status: resolved'])
      expect(read(NEW)).toContain(words);
  });

  test('not to be known again: the end stays, and it is said', async () => {
    const clones = openClones(FILED);
    const { laptop, sync, push, read } = clones;
    const other = retitled(TEXT).replace('11:00:00 UTC\nWe look.', '10:50:00 UTC\nPasswords are refused.');
    move(clones, laptop, other);
    push();
    end(clones, 'machine', FILED);
    const { problems, notes } = await sync();
    expect(problems).toEqual([]);
    expect([read(), read(NEW)]).toEqual([ended(FILED), other]);
    expect(notes.join('\n')).toContain(`${NEW} may be the same incident`);
  });

  test('and a copy left: one of them has the end, the other is named', async () => {
    const clones = openClones(FILED);
    const { server, laptop, commit, sync, push, read } = clones;
    move(clones, laptop, FILED, 'z copy.md');
    commit(laptop, retitled(FILED), NEW);
    push();
    end(clones, 'machine', FILED);
    const { problems, notes } = await sync();
    expect(problems).toEqual([]);
    expect(files(server)).toEqual([NEW, 'z copy.md'].map(name => `incidents/${name}`));
    expect(`${read(NEW)}${read('z copy.md')}`).toContain('It answers again.');
    expect(notes.join('\n')).toContain('may be the same incident');
  });
});

test('renamed with another title here, ended on the laptop', async () => {
  const clones = openClones();
  const { server, laptop, commit, sync, push, read } = clones;
  commit(laptop, ended(TEXT));
  push();
  move(clones, server, retitled(TEXT));
  expect(await sync()).toMatchObject({ problems: [] });
  expect(read(NEW)).toBe(retitled(ended(TEXT)));
  expect(existsSync(at(server, FILE))).toBe(false);
});

test('renamed on both sides to two names, with two titles: it stops, and says so', async () => {
  const clones = openClones();
  const { server, laptop, sync, push, head } = clones;
  move(clones, laptop, retitled(TEXT));
  push();
  move(clones, server, TEXT.replace('Uploads', 'Downloads'), '20260310_downloads.md');
  const before = head(server);
  const { problems } = await sync();
  expect(problems[0]!.what).toContain('its name changed in two ways');
  expect(head(server)).toBe(before);
});

test('two incidents that began at one time: the one that was renamed has the end', async () => {
  const other = FILED.replace('probe:api', 'probe:shop').replace('Uploads are slow', 'Shop is down');
  const clones = openClones(FILED);
  const { server, laptop, commit, sync, push, read } = clones;
  commit(server, other, 'a.md');
  git(server, 'push', '-q', 'origin', 'HEAD:main');
  git(laptop, 'pull', '-q', 'origin', 'main');
  rmSync(at(laptop, 'a.md'));
  commit(laptop, retitled(other), 'b.md');
  move(clones, laptop, retitled(FILED));
  push();
  end(clones, 'machine', FILED);
  expect(await sync()).toMatchObject({ problems: [], notes: [] });
  expect([read(NEW), read('b.md')]).toEqual([retitled(ended(FILED)), retitled(other)]);
});
