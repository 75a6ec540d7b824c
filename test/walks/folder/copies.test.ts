// A copy of an incident's file beside it: nobody is told again, the page is never green by luck, and both are named.
import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, saveNow, subscribed, type World } from '../world.ts';

const ID = '20260310_exports';
const FILE = `---
title: Slow exports
status: investigating
severity: major
started: 2026-03-10T11:40:00Z
components: [dashboard]
---

## Investigating 11:40 UTC
Exports take longer than usual.
`;
const MORE = '\n## Identified 11:50 UTC\nA full disk slows the workers.\n';
const ended = (text: string) =>
  `${text.replace('investigating', 'resolved\nresolved: 2026-03-10T12:00:00Z')}\n## Resolved 12:00 UTC\nFast again.\n`;

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const problems = async (world: World) => (await world.get('/readyz')).json.problems as { message: string }[];
const indicator = async (world: World) => (await world.get('/api/v2/status.json')).json.status.indicator;

test.each([`${ID} copy.md`, `${ID}.sync-conflict-20260310-114500-ABCDEFG.md`, `${ID}~.md`])(
  'beside a file, %s tells nobody anything and is named',
  async copy => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write(`${ID}.md`, FILE);
    await world.pass(20, 10);
    await world.write(copy, FILE);
    await world.pass(20, 10);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
    expect(world.system.snapshot().incidents.map(({ id }) => id)).toEqual([ID]);
    const [problem] = await problems(world);
    expect(problem?.message).toContain(copy);
    expect(problem?.message).toContain(`tells the same incident as ${path.join(world.dir, 'status')}`);
    // The original goes on: it says more.
    await world.write(`${ID}.md`, FILE + MORE);
    await world.pass(20, 10);
    expect(subjects(world).slice(1)).toEqual(['[UPDATE] Slow exports']);
    // Ended in one of them only.
    await world.write(`${ID}.md`, ended(FILE + MORE));
    await world.pass(20, 10);
    expect(await indicator(world)).not.toBe('none');
    expect((await problems(world)).map(({ message }) => message).join()).toContain('(it is open)');
    expect(subjects(world)).toHaveLength(2);
    await rm(path.join(world.dir, 'status', 'incidents', copy));
    await world.pass(20, 10);
    expect(await indicator(world)).toBe('none');
    expect(await problems(world)).toEqual([]);
    expect(subjects(world).slice(2)).toEqual(['[RESOLVED] Slow exports']);
  },
);

test('files of one title and start are two incidents if they are about other components, or say other things', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(`${ID}.md`, FILE);
  await world.write(`${ID}-api.md`, FILE.replace('dashboard', 'api'));
  await world.write(
    `${ID}-more.md`,
    FILE.replace('Exports take longer than usual.', 'Two regions are gone.'),
  );
  await world.pass(20, 10);
  expect(world.system.snapshot().incidents).toHaveLength(3);
  expect(await problems(world)).toEqual([]);
});

const at = (world: World, id: string) => path.join(world.dir, 'status', 'incidents', `${id}.md`);
/** Before and after the original by its name. */
const COPIES = ['20260310_api', '20260310_web'];

type Edit = (text: string) => string;
const titled: Edit = text => text.replace('Slow exports', 'API errors');
const moved: Edit = text => text.replace('dashboard', 'api').replace('major', 'critical');
const opened: Edit = text =>
  text.replace(/resolved\nresolved:.*/, 'investigating').replace(/\n## Resolved[\s\S]*/, '');
const begun: Edit = text =>
  text
    .replace(/started:.*/, 'started: 2026-03-10T11:59:30Z')
    .replace(/## Investigating.*/, '## Investigating 11:59 UTC');
const all: Edit = text => begun(opened(moved(titled(text))));
const LONG_OVER = ended(FILE).replaceAll('2026-03-10', '2026-02-28');

const BEGUN: readonly (readonly [string, string, readonly Edit[]])[] = [
  ['an open one, edited at once', FILE, [all]],
  ['an open one, by its title and components alone', FILE, [text => moved(titled(text))]],
  ['an open one, by its title, then the rest', FILE, [titled, all]],
  ['an open one, by its components, then the rest', FILE, [moved, all]],
  ['an open one, by its start, then the rest', FILE, [begun, all]],
  ['one that ended today, edited at once', ended(FILE), [all]],
  ['one that ended long ago, edited at once', LONG_OVER, [all]],
  ['one that ended long ago, by its title, then the rest', LONG_OVER, [titled, moved, all]],
  ['one that ended long ago, by its status, then the rest', LONG_OVER, [opened, titled, all]],
];
/** Each row with one of the names, in turn. */
const inTurn = <T extends readonly unknown[]>(rows: readonly T[]) =>
  rows.map((row, at) => [...row, COPIES[at % 2]!] as const);

test.each(inTurn(BEGUN))(
  'a new incident begun as a copy of %s, is told as one of its own, once',
  async (_, original, edits, copy) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write(`${ID}.md`, original);
    await world.pass(20, 10);
    const entries = async () =>
      (await world.get('/status/feed.json')).json.items.map(({ id }: { id: string }) => id) as string[];
    const [told, shown] = [subjects(world).length, await entries()];
    await copyFile(at(world, ID), at(world, copy));
    await world.pass(20, 10);
    await world.restart();
    await world.pass(20, 10);
    expect([subjects(world).length, await entries()]).toEqual([told, shown]);
    let text = original;
    for (const edit of edits) {
      text = edit(text);
      await world.write(`${copy}.md`, text);
      await world.pass(20, 10);
    }
    await world.restart();
    await world.write(`${copy}.md`, `${text}\n## Identified 12:01 UTC\nIt waits for a disk.\n`);
    await world.pass(20, 10);
    // One update more where a component was added after the beginning was told.
    const [incident, update] = world.mails.filter(({ subject }) => subject?.startsWith('[')).slice(told);
    expect(subjects(world).slice(told).join()).toMatch(/^\[INCIDENT\] [^,]+(,\[UPDATE\] API errors){1,2}$/);
    expect(incident?.references).toBeUndefined();
    expect(update?.references).toBe(incident?.messageId);
    const now = await entries();
    expect(now).toEqual(expect.arrayContaining(shown));
    expect(new Set(now).size).toBe(shown.length + 2);
    expect(await problems(world)).toEqual([]);
  },
);

/** Saves a file, and lets the program pass a while. */
async function save(world: World, id: string, text: string) {
  await saveNow(world, `${id}.md`, text);
  await world.pass(20, 10);
}

const own: Edit = text => text.replace('Exports take longer than usual.', 'Nobody can sign in.');

const SAVED: readonly (readonly [string, string, readonly Edit[]])[] = [
  ['its title, its components, its status', ended(FILE), [titled, moved, opened, begun, own]],
  ['its status first', ended(FILE), [opened, titled, begun, moved, own]],
  ['its front matter at once', FILE, [all, own]],
  ['its words first', FILE, [own, text => moved(titled(text))]],
  ['all but its words at first', FILE, [own]],
];
test.each(inTurn(SAVED))(
  'a copy edited in several saves, %s, tells its own words, to whom they concern',
  async (_, original, edits, copy) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await subscribed(world, 'api@example.com', ['api']);
    await save(world, ID, original);
    const told = subjects(world).length;
    let text = edits.length === 1 ? moved(titled(original)) : original;
    await save(world, copy, text);
    for (const edit of edits) {
      text = edit(text);
      await save(world, copy, text);
    }
    const mails = world.mails.filter(({ subject }) => subject?.startsWith('[')).slice(told);
    expect(mails.map(({ subject }) => subject)).toEqual(['[INCIDENT] API errors', '[INCIDENT] API errors']);
    for (const { text } of mails) {
      expect(text).toContain('Nobody can sign in.');
      expect(text).not.toContain('Exports');
    }
  },
);

test.each([false, true])(
  'a copy of an incident that is over, seen open first, is told once it has words of its own (restarted: %s)',
  async isRestarted => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await save(world, ID, LONG_OVER);
    const [copy] = COPIES as [string];
    const open = LONG_OVER.replace(/resolved\nresolved:.*/, 'investigating');
    await save(world, copy, open);
    if (isRestarted) await world.restart();
    // Whatever is read meanwhile.
    await save(
      world,
      '20260301_other',
      ended(FILE).replaceAll('2026-03-10', '2026-03-01').replace('Slow', 'No'),
    );
    expect(subjects(world)).toEqual([]);
    expect(await indicator(world)).not.toBe('none');
    await save(world, copy, begun(open));
    expect(subjects(world)).toEqual([]);
    const text = own(begun(opened(LONG_OVER)));
    await save(world, copy, text);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
    await save(world, copy, ended(text));
    expect(subjects(world).slice(1)).toEqual(['[RESOLVED] Slow exports']);
    expect(world.system.snapshot().incidents.map(({ state }) => state)).not.toContain('investigating');
  },
);

test('what was begun as a copy may go on with the words of its original', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await save(world, ID, FILE + MORE);
  await save(world, '20260310_web', FILE + MORE);
  await save(world, '20260310_web', own(moved(titled(FILE))));
  expect(subjects(world).at(-1)).toBe('[INCIDENT] API errors');
  const told = subjects(world).length;
  await save(world, '20260310_web', own(moved(titled(FILE))) + MORE);
  expect(subjects(world).slice(told)).toEqual(['[UPDATE] API errors']);
});

test('copied words are told when nobody has edited them for five minutes, and followed by its own', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await save(world, ID, FILE);
  await save(world, '20260310_web', FILE);
  await save(world, '20260310_web', moved(titled(FILE)));
  await world.pass(60, 5);
  await world.restart();
  await world.pass(200, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await world.pass(40, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[INCIDENT] API errors']);
  // Without its original, they are its own: told already.
  await rm(at(world, ID));
  await world.pass(20, 10);
  await world.restart();
  await world.pass(20, 10);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[INCIDENT] API errors']);
  await save(world, '20260310_web', own(moved(titled(FILE))));
  expect(subjects(world).slice(2)).toEqual(['[UPDATE] API errors']);
  expect(world.mails.at(-1)?.text).toContain('Nobody can sign in.');
});

test.each<[string, Edit, number]>([
  ['title', titled, 0],
  ['components', moved, 1],
  ['start', begun, 0],
  ['words', text => text.replace('take longer than usual', 'fail'), 0],
])('a copy whose original is then corrected, its %s, is a copy still', async (_, correct, updates) => {
  for (const copy of COPIES) {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write(`${ID}.md`, FILE);
    await world.pass(20, 10);
    await copyFile(at(world, ID), at(world, copy));
    await world.pass(20, 10);
    await world.write(`${ID}.md`, correct(FILE));
    await world.pass(20, 10);
    await world.restart();
    await world.pass(20, 10);
    const told = subjects(world);
    expect(told).toEqual(['[INCIDENT] Slow exports', ...Array(updates).fill('[UPDATE] Slow exports')]);
    expect(world.system.snapshot().incidents.map(({ id }) => id)).toEqual([ID]);
    expect((await problems(world)).map(({ message }) => message).join()).toContain(copy);
    // Edited afterwards, it is one of its own.
    await world.write(`${copy}.md`, all(FILE).replace('API', 'Web'));
    await world.pass(20, 10);
    expect(subjects(world).slice(told.length)).toEqual(['[INCIDENT] Web errors']);
  }
});

test('a file that is used again for another incident leaves its copy on the page', async () => {
  const world = await openWorld();
  await world.write(`${ID}.md`, FILE);
  await world.pass(20, 10);
  await copyFile(at(world, ID), at(world, COPIES[0]!));
  await world.pass(20, 10);
  await world.write(`${ID}.md`, all(FILE));
  await world.pass(20, 10);
  expect(
    world.system
      .snapshot()
      .incidents.map(({ title }) => title)
      .sort(),
  ).toEqual(['API errors', 'Slow exports']);
});

test.each(COPIES)(
  'a copy whose original is taken away, and one that is renamed, tell nobody: %s',
  async copy => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write(`${ID}.md`, FILE);
    await world.pass(20, 10);
    await copyFile(at(world, ID), at(world, copy));
    await world.pass(20, 10);
    await rm(at(world, ID));
    await world.pass(20, 10);
    await rename(at(world, copy), at(world, '20260310_renamed'));
    await world.pass(20, 10);
    await world.write('20260310_renamed.md', titled(FILE) + MORE);
    await world.pass(20, 10);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] API errors']);
    expect(await problems(world)).toEqual([]);
  },
);
