// Files that were saved in another encoding, under another ending or in a folder of another case: named, never passed over.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lint } from '../../../src/cli/lint.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { readLeniently } from '../../../src/config/readable-site.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { StatusFolder } from '../../../src/content/folder.ts';
import { openWorld } from '../../walks/world.ts';

const FILE = `---
title: API slow
status: investigating
severity: minor
started: 2026-03-10T11:50:00Z
---
We look.

Für alle.
`;
const SITE = 'title: T\ncomponents:\n  - { id: api, name: Zürich, check: { type: manual } }\n';

const big = (text: string) => Buffer.from(text, 'utf16le').swap16();
const ENCODINGS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-16 with a mark', text => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16, big, with a mark', text => big(`\uFEFF${text}`)],
  ['UTF-16 without one', text => Buffer.from(text, 'utf16le')],
  ['UTF-16, big, without one', text => big(text)],
];

function folderWith(files: Readonly<Record<string, string | Buffer>>, name = 'incidents'): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-names-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, name));
  writeFileSync(path.join(dir, 'status.yaml'), SITE);
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(dir, name, file), text);
  return dir;
}

async function problemsOf(dir: string) {
  const { problems } = await new StatusFolder(dir).incidents();
  return problems.map(
    ({ level, where, line, what, fix }) =>
      `${level} ${path.relative(dir, where)}:${line ?? '-'} ${what} | ${fix}`,
  );
}

/** A path below `dir` whose last part is in Latin-1. */
const inLatin1 = (dir: string, name: string) =>
  Buffer.concat([Buffer.from(`${dir}/incidents/`), Buffer.from(name, 'latin1')]);

test('a file or folder whose name is not UTF-8 is named, and may be about something current', async () => {
  const dir = folderWith({});
  writeFileSync(inLatin1(dir, '20260310_störung.md'), FILE);
  writeFileSync(inLatin1(dir, 'größe.png'), '');
  mkdirSync(inLatin1(dir, 'März'));
  writeFileSync(inLatin1(dir, 'März/20260310_api.md'), FILE.replace('slow', 'gone'));
  const problem = 'its name is not UTF-8, so it cannot be read | rename it';
  expect((await problemsOf(dir)).sort()).toEqual([
    `error incidents/20260310_st\uFFFDrung.md:- ${problem}`,
    `error incidents/M\uFFFDrz:- ${problem}`,
  ]);
  const content = new StatusFolder(dir);
  expect((await content.incidents()).unread).toHaveLength(2);
  renameSync(inLatin1(dir, 'März'), path.join(dir, 'incidents', 'März'));
  renameSync(inLatin1(dir, '20260310_störung.md'), path.join(dir, 'incidents', '20260310_störung.md'));
  content.scanEverything();
  const { incidents, problems, unread } = await content.incidents();
  expect([incidents.map(({ id }) => id).sort(), problems, unread]).toEqual([
    ['20260310_api', '20260310_störung'],
    [],
    [],
  ]);
});

test('a file whose name is not UTF-8 is noticed at once, and so is that it is gone', async () => {
  const dir = folderWith({});
  const content = new StatusFolder(dir);
  onTestFinished(await content.watch(() => {}));
  const count = async () => (await content.incidents()).problems.length;
  expect(await count()).toBe(0);
  writeFileSync(inLatin1(dir, '20260310_störung.md'), FILE);
  await expect.poll(count, { timeout: 10_000 }).toBe(1);
  rmSync(inLatin1(dir, '20260310_störung.md'));
  await expect.poll(count, { timeout: 10_000 }).toBe(0);
});

describe('what reads like an incident and is not read is named:', () => {
  const NAMED = 'it is not read: the name of an incident file ends with .md';
  test.each([
    ['20260310_api.md ', 'rename it to 20260310_api.md'],
    ['20260310_api.md.bak', 'rename it to 20260310_api.md'],
    ['api.md~', 'rename it to api.md'],
    ['20260310_api.text', 'rename it to 20260310_api.md'],
    ['api.txt', 'rename it to api.md'],
  ])('%s', async (name, fix) => {
    expect(await problemsOf(folderWith({ [name]: FILE }))).toEqual([
      `warning incidents/${name}:- ${NAMED} | ${fix}`,
    ]);
    // A backup beside its file, and another text.
    const own = fix.replace('rename it to ', '');
    if (own !== 'api.md') expect(await problemsOf(folderWith({ [name]: FILE, [own]: FILE }))).toEqual([]);
    expect(await problemsOf(folderWith({ [name]: 'status: a word, and started: another' }))).toEqual([]);
  });

  test('a file above, and files beside', async () => {
    const dir = folderWith({ '_draft.md': FILE });
    for (const name of ['incident', 'templates', '.git']) {
      mkdirSync(path.join(dir, name));
      for (const base of ['20260310_x', 'y']) writeFileSync(path.join(dir, name, `${base}.md`), FILE);
    }
    writeFileSync(path.join(dir, '20260310_z.md'), FILE);
    writeFileSync(path.join(dir, 'README.md'), 'How we write incidents.');
    const problem = 'it is not read: incident files are in `incidents`';
    const fix = `move it to ${path.join(dir, 'incidents')}`;
    expect(await problemsOf(dir)).toEqual([
      `warning 20260310_z.md:- ${problem} | ${fix}`,
      `warning incident/20260310_x.md:- ${problem} (and 1 other file there) | ${fix}`,
    ]);
    // What a link leads to is read.
    mkdirSync(path.join(dir, 'kept'));
    writeFileSync(path.join(dir, 'kept', '20260310_k.md'), FILE);
    symlinkSync('../kept/20260310_k.md', path.join(dir, 'incidents', '20260310_k.md'));
    const content = new StatusFolder(dir);
    expect((await content.incidents()).problems).toHaveLength(2);
    rmSync(path.join(dir, 'incident'), { recursive: true });
    content.scanEverything();
    const { problems, missing } = await content.incidents();
    expect([problems.length, missing]).toEqual([1, null]);
  });
});

describe('an incident file', () => {
  const UTF16 = 'it is UTF-16, so it cannot be read | save it as UTF-8';
  test.each(ENCODINGS)('in %s', async (_, encoded) => {
    for (const text of [FILE, FILE.replace('ü', 'u')])
      expect(await problemsOf(folderWith({ '20260310_api.md': encoded(text) }))).toEqual([
        `error incidents/20260310_api.md:1 ${UTF16}`,
      ]);
  });

  test('in Latin-1', async () => {
    expect(await problemsOf(folderWith({ '20260310_api.md': Buffer.from(FILE, 'latin1') }))).toEqual([
      'warning incidents/20260310_api.md:9 it is not UTF-8: some characters show as \uFFFD | save it as UTF-8',
    ]);
    expect(await problemsOf(folderWith({ '20260310_api.md': FILE.replace('ü', '\uFFFD') }))).toEqual([]);
  });

  test('with an update that a program appended in UTF-16', async () => {
    const update = Buffer.from('\n## Identified 12:30 UTC\nThe bank – für alle.\n', 'utf16le');
    const found = await problemsOf(
      folderWith({ '20260310_api.md': Buffer.concat([Buffer.from(FILE), update]) }),
    );
    const line = FILE.split('\n').length + 1;
    expect(found[0]).toMatch(
      `warning incidents/20260310_api.md:${line} from here it is in another encoding, most likely UTF-16`,
    );
    expect(found.filter(one => one.includes('UTF-8'))).toHaveLength(1);
  });

  test.each([
    ['20260310_api.markdown', '20260310_api.md'],
    ['20260310_api.md.txt', '20260310_api.md'],
    ['20260310_api.txt', '20260310_api.md'],
    ['2026-03-10-api.txt', '2026-03-10-api.md'],
    ['2026-03-10 api.markdown', '2026-03-10 api.md'],
    ['api-down.markdown', 'api-down.md'],
    ['API.MARKDOWN', 'API.md'],
    ['notes.txt', 'notes.md'],
    ['20260310_api.mdx', '20260310_api.md'],
    ['20260310_api', '20260310_api.md'],
  ])('called %s', async (name, fix) => {
    expect(await problemsOf(folderWith({ [name]: FILE }))).toEqual([
      `warning incidents/${name}:- it is not read: the name of an incident file ends with .md | rename it to ${fix}`,
    ]);
    // Open, it keeps the page from being green, unless it is over, a backup, or another text.
    if (name === 'notes.txt') return;
    const unread = async (files: Readonly<Record<string, string>>) =>
      (await new StatusFolder(folderWith(files)).incidents()).unread.length;
    expect(await unread({ [name]: FILE })).toBe(1);
    expect(await unread({ [name]: FILE.replace('investigating', 'resolved') })).toBe(0);
    expect(await unread({ [name]: FILE, [fix]: FILE })).toBe(0);
    expect(await unread({ [name]: 'title: a word\n' })).toBe(0);
  });

  test('under a name that is not read is noticed at once, and so is that it is over', async () => {
    const dir = folderWith({});
    const content = new StatusFolder(dir);
    onTestFinished(await content.watch(() => {}));
    const unread = async () => (await content.incidents()).unread.length;
    expect(await unread()).toBe(0);
    const file = path.join(dir, 'incidents', '20260310_api.md.txt');
    writeFileSync(file, FILE);
    await expect.poll(unread, { timeout: 10_000 }).toBe(1);
    writeFileSync(file, FILE.replace('investigating', 'resolved'));
    await expect.poll(unread, { timeout: 10_000 }).toBe(0);
  });

  test.each(['README.markdown', '.20260310_api.markdown', '_draft.markdown', 'logo.svg', 'LICENSE.txt'])(
    '%s is none',
    async name => {
      expect(await problemsOf(folderWith({ [name]: FILE }))).toEqual([]);
    },
  );
});

describe('status.yaml', () => {
  const read = (bytes: Buffer) => {
    const args = [bytes.toString('utf8'), 'status.yaml', {}, null, 'http://localhost'] as const;
    const both = [readSite(...args), readLeniently(...args)];
    expect(both[0]!.problems).toEqual(both[1]!.problems);
    return both[0]!.problems.map(({ level, line, what, fix }) => `${level} ${line} ${what} | ${fix}`);
  };
  test.each(ENCODINGS)('in %s', (_, encoded) => {
    for (const text of [SITE, SITE.replace('ü', 'u')])
      expect(read(encoded(text))).toEqual(['error 1 it is UTF-16, so it cannot be read | save it as UTF-8']);
  });

  test('in Latin-1', () => {
    expect(read(Buffer.from(SITE, 'latin1'))).toEqual([
      'warning 3 a character here is not UTF-8, and shows as \uFFFD | save the file as UTF-8',
    ]);
    expect(read(Buffer.from(SITE))).toEqual([]);
  });
});

describe('a folder of incidents in another case', () => {
  const WHAT = (name: string) =>
    `there is no folder with this name, only ${name}, so no incident can be read`;
  test.each(['Incidents', 'INCIDENTS'])('%s', async name => {
    const [problem, ...more] = await problemsOf(folderWith({ '20260310_api.md': FILE }, name));
    expect(problem).toContain(WHAT(name));
    expect(problem).toMatch(/^error incidents:.* \| rename it to `incidents`$/);
    expect(more).toEqual([]);
  });

  test('which a link leads to', async () => {
    const dir = folderWith({ '20260310_api.md': FILE }, 'elsewhere');
    symlinkSync(path.join(dir, 'elsewhere'), path.join(dir, 'Incidents'));
    expect((await problemsOf(dir))[0]).toContain(WHAT('Incidents'));
  });

  test('beside the right one is not read, and named while it holds incidents', async () => {
    const dir = folderWith({ '20260310_api.md': FILE });
    const other = path.join(dir, 'Incidents');
    mkdirSync(other);
    expect(await problemsOf(dir)).toEqual([]);
    writeFileSync(path.join(other, '20260311_web.md'), FILE);
    expect(await problemsOf(dir)).toEqual([
      'warning Incidents:- it is not read, because there is also `incidents` | move its files to `incidents`',
    ]);
  });

  test('that is a file, or no folder at all, is nobody’s', async () => {
    expect(await problemsOf(folderWith({}, 'templates'))).toEqual([]);
    const file = folderWith({}, 'templates');
    writeFileSync(path.join(file, 'Incidents'), 'x');
    expect(await problemsOf(file)).toEqual([]);
  });

  test('is on /readyz, and the page says that it does not know', async () => {
    const world = await openWorld({ files: {} });
    await world.restart(async () => {
      rmSync(path.join(world.dir, 'status', 'incidents'), { recursive: true });
      mkdirSync(path.join(world.dir, 'status', 'Incidents'));
      writeFileSync(path.join(world.dir, 'status', 'Incidents', '20260310_api.md'), FILE);
    });
    await world.pass(10, 5);
    const { problems } = (await world.get('/readyz')).json;
    expect(problems.map(({ what }: { what: string }) => what).join()).toContain(WHAT('Incidents'));
    expect(world.system.snapshot().problems.length).toBeGreaterThan(0);
  });
});

test('lint of one file names its encoding, too', async () => {
  const dir = folderWith({
    '20260310_a.md': Buffer.from(FILE, 'latin1'),
    '20260310_b.md': Buffer.from(FILE, 'utf16le'),
  });
  const out: string[] = [];
  const say = (line: string) => {
    out.push(line);
  };
  const env = readEnvironment({ STATUS_DIR: dir, DATA_DIR: path.join(dir, 'data') }, dir).value!;
  const cwd = path.join(dir, 'incidents');
  const clock = () => Date.parse('2026-03-10T12:00:00Z');
  const code = await lint.run(['20260310_a.md', '20260310_b.md'], {
    env,
    cwd,
    clock,
    out: say,
    err: say,
    interactive: false,
  });
  expect(code).toBe(1);
  const said = out.join('\n');
  expect(said).toMatch(
    /20260310_a\.md:9: it is not UTF-8: some characters show as \uFFFD — save it as UTF-8/,
  );
  expect(said).toMatch(/20260310_b\.md:1: it is UTF-16, so it cannot be read — save it as UTF-8/);
});
