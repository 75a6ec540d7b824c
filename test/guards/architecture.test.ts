// docs/architecture.md: the drawings are those of the imports, every file it names is there, and every room is told of.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { drawing, files, folderOf, roomOf, textOf } from './imports.ts';

const FILE = 'docs/architecture.md';
const CORE = [
  'model',
  'i18n',
  'text',
  'incidents',
  'monitoring',
  'filing',
  'notify',
  'inbound',
  'import',
  'page',
];

const room = (file: string) => roomOf(file).replace(/\.ts$/, '');
const DRAWINGS = {
  rooms: new Map(files.map(file => [file, room(file)])),
  core: new Map(files.map(file => [file, roomOf(file) === 'core' ? folderOf(file) : null])),
};

test.each(Object.entries(DRAWINGS))(
  'the drawing of %s is that of the imports (UPDATE=1 draws it anew)',
  (name, nodes) => {
    const text = readFileSync(FILE, 'utf8');
    const place = new RegExp(`(<!-- drawing: ${name} -->\\n)(?:\`\`\`mermaid[^]*?\`\`\`\\n)?`);
    const drawn = text.replace(place, `$1${drawing(nodes)}\n`);
    if (process.env.UPDATE === '1') writeFileSync(FILE, drawn);
    else expect(text).toBe(drawn);
  },
);

test('every room and every folder of core is told of', () => {
  const text = readFileSync(FILE, 'utf8');
  const rooms = new Set(files.filter(file => file.includes('/')).map(roomOf));
  expect([...rooms].filter(name => !text.includes(`\`${name}/\``) && name !== 'demo')).toEqual([]);
  expect(CORE.filter(name => !text.includes(`| \`${name}/\` |`))).toEqual([]);
  const row = (name: string) => text.split('\n').find(line => line.startsWith(`| \`${name}/\` |`)) ?? '';
  const within = [...new Set(files.filter(file => roomOf(file) === 'core').map(file => path.dirname(file)))]
    .map(folder => folder.split(path.sep).slice(1))
    .filter(([, below]) => below !== undefined);
  expect(within.filter(([name, below]) => !row(name!).includes(`\`${below}/\``))).toEqual([]);
});

test('docs/decisions/size.md says how large folders are at most, and that within a tenth', () => {
  const rows = [
    ...readFileSync('docs/decisions/size.md', 'utf8').matchAll(/^\| `([\w/]+)` \|.*\| ([\d,]+) \|$/gm),
  ].map(([, folder = '', most = '']) => ({ folder, most: Number(most.replaceAll(',', '')) }));
  expect(rows.length).toBeGreaterThan(6);
  const linesIn = (folder: string) =>
    files
      .filter(file => folder === 'src' || file.startsWith(`${folder}/`))
      .reduce((sum, file) => sum + textOf(file).split('\n').length - 1, 0);
  const wrong = rows.filter(({ folder, most }) => linesIn(folder) > most || linesIn(folder) < 0.9 * most);
  expect(wrong.map(({ folder, most }) => `${folder}: ${linesIn(folder)}, not ${most}`)).toEqual([]);
});

test.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names files and folders that are there', name => {
  const text = readFileSync(name, 'utf8');
  const named = [
    ...text.matchAll(/`((?:src|test|docs|core|work|web|store|content|outside|config|wiring)\/[\w./-]+)`/g),
  ].map(([, at]) => at as string);
  expect(named.length).toBeGreaterThan(10);
  const isThere = (at: string) => existsSync(at) || existsSync(`src/${at}`);
  expect(named.filter(at => !isThere(at))).toEqual([]);
});

/** Folders of tests of the whole system. */
const WHOLE = ['browser', 'guards', 'mutation', 'torture', 'walks'];

test('tests lie in the folders of what they test', () => {
  const found = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter(name => name.includes('/'));
  const folders = new Set(found.map(name => path.dirname(name)));
  expect([...folders].filter(name => !WHOLE.includes(roomOf(name)) && !existsSync(`src/${name}`))).toEqual(
    [],
  );
});

test.each(['docs/decisions/edges.md', 'docs/threat-model.md'])('%s names tests that are there', name => {
  const text = readFileSync(name, 'utf8');
  const named = [
    ...text.matchAll(
      /`((?:test\/)?(?:walks|guards|core|web|work|store|cli|content|outside|config|browser)\/[\w/-]+)`/g,
    ),
  ].map(([, at]) => at as string);
  expect(named.length).toBeGreaterThan(10);
  // A path begins at the repository, as everywhere.
  expect(named.filter(at => !at.startsWith('test/') || !existsSync(`${at}.test.ts`))).toEqual([]);
});
