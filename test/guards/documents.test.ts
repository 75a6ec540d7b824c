// The documents name every setting, command and route, so that nothing works in secret, and no link in them is dead.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { metricSchema } from '../../src/config/metrics-schema.ts';
import { siteSchema } from '../../src/config/site-schema.ts';
import { WORDS } from '../../src/core/inbound/senders/generic.ts';
import { isHeldUnmatched, SENDERS } from '../../src/core/inbound/senders.ts';
import { frontmatterSchema } from '../../src/core/incidents/file/schema.ts';
import { checkSchema, detectSchema } from '../../src/core/model/checks/check.ts';
import { plainWord, SEVERITY_WORDS } from '../../src/core/model/component.ts';
import { LIMITS } from '../../src/web/http/limits.ts';
import { DOCUMENTS, documented } from './documents.ts';
import { routesIn, sourcesIn } from './sources.ts';

test('every environment variable is explained', () => {
  const source = readFileSync('src/config/environment.ts', 'utf8');
  const names = [...source.matchAll(/(?:read(?:<[^(]*>)?|plain|secret)\('([A-Z_]+)'/g)].map(
    ([, name]) => name as string,
  );
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter(name => !documented.includes(`\`${name}\``))).toEqual([]);
});

test('every key of status.yaml and of an incident file is explained', () => {
  const site = Object.keys(siteSchema.shape);
  const checks = checkSchema.options.flatMap(option => [
    (option.shape.type as z.ZodLiteral<string>).value,
    ...Object.keys(option.shape),
  ]);
  const keys = [
    ...site,
    ...checks,
    ...Object.keys(detectSchema.shape),
    ...Object.keys(metricSchema.shape),
    ...Object.keys(frontmatterSchema.shape),
  ];
  // Not within some word: `ip` is in "script" too.
  const named = (key: string) => new RegExp(`(?<![\\w-])${key}(?![\\w-])`).test(documented);
  expect([...new Set(keys)].filter(key => !named(key))).toEqual([]);
});

test('every kind of check and every sender has its row', () => {
  const page = readFileSync('docs/monitoring.md', 'utf8');
  const kinds = checkSchema.options.map(({ shape }) => (shape.type as z.ZodLiteral<string>).value);
  expect(kinds.filter(kind => !page.includes(`\n| \`${kind}\` |`))).toEqual([]);
  for (const sender of Object.keys(SENDERS)) {
    const name = sender === 'uptimerobot' ? 'uptime' : sender;
    const row = page.split('\n').find(line => line.startsWith(`| \`${name}\` |`));
    const isHeld = isHeldUnmatched(sender, { unmatched: 'hold', text: 'hide', severity: {} });
    expect([name, row?.endsWith(isHeld ? '| held |' : '| published |')]).toEqual([name, true]);
  }
});

test('every word of a severity and of `generic` is in its row, and no other', () => {
  const rows = readFileSync('docs/monitoring.md', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('|'));
  const cells = rows.map(line => line.split('|')[1]!.trim().split(', ').map(plainWord).sort().join());
  const lists = [...Object.values(SEVERITY_WORDS), ...Object.values(WORDS)];
  const missing = lists
    .map(words => words.map(plainWord).sort().join())
    .filter(words => !cells.includes(words));
  expect(missing).toEqual([]);
});

test('every limit is named with its number', () => {
  const lines = readFileSync('docs/limits.md', 'utf8').split('\n');
  for (const [name, limit] of Object.entries(LIMITS)) {
    const number = typeof limit === 'object' ? limit.most : limit;
    const line = lines.find(text => text.startsWith('|') && text.includes(`\`${name}\``));
    const plain = (line ?? '').replaceAll(/(\d),(\d)/g, '$1$2');
    const spelt = /_time$/.test(name) ? `${number / 1000} s` : String(number);
    expect([name, plain.includes(spelt)]).toEqual([name, true]);
  }
});

test('every command of package.json that a person runs is named', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = Object.keys(scripts).filter(name => !/^(pre|post)/.test(name) && name !== 'build');
  const told = (name: string) => documented.includes(`npm run ${name}`) || documented.includes(`npm ${name}`);
  expect(named.filter(name => !told(name))).toEqual([]);
});

test('every command of the command line has its place in a table', () => {
  const rows = documented.split('\n').filter(line => line.startsWith('| `'));
  const names = sourcesIn('cli').flatMap(source => [...source.matchAll(/^ +name: '([a-z -]+)',$/gm)]);
  expect(names.length).toBeGreaterThan(20);
  // A row may name a group once: `incident new`, `update ID`.
  const told = (group: string, verb = '') =>
    rows.some(row => new RegExp(`\`${group}\\b.*\\b${verb}(?![\\w-])`).test(row));
  const words = names.map(([, name]) => (name as string).split(' ') as [string, string?]);
  expect(words.filter(([group, verb]) => !told(group, verb))).toEqual([]);
});

test('every route of the web room is named', () => {
  const routes = routesIn();
  expect(routes.length).toBeGreaterThan(15);
  const plain = (route: string) => route.replace(/\/[:*{].*$/, '').replace(/\/$/, '');
  expect(routes.filter(route => !documented.includes(plain(route)))).toEqual([]);
});

test.each(DOCUMENTS)('%s begins with what it is for', name => {
  const [title, empty, first = ''] = readFileSync(name, 'utf8').split('\n');
  expect(title).toMatch(/^# \S/);
  expect(empty).toBe('');
  expect(first).toMatch(name === 'README.md' ? /^Status Live is / : /^This page /);
});

test('what a document of the package links is in the package, but for pictures', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const packed: string[] = JSON.parse(stdout)[0].files.map((file: { path: string }) => file.path);
  const documents = packed.filter(name => name.endsWith('.md'));
  expect(documents).toContain('docs/settings.md');
  const missing = documents.flatMap(name => {
    const links = [...readFileSync(name, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)];
    const targets = links.map(([, to]) => path.posix.join(path.posix.dirname(name), to as string));
    return targets.filter(
      to => !to.endsWith('.png') && !packed.some(one => one === to || one.startsWith(to)),
    );
  });
  expect(missing).toEqual([]);
});

test('the README is short and leads to every document', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(readme.split(/\s+/).length).toBeLessThan(1500);
  expect(DOCUMENTS.slice(1).filter(name => !readme.includes(`](${name}`))).toEqual([]);
});

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  const plain = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, '');
  return plain.replaceAll(' ', '-');
}

function headingsOf(file: string): string[] {
  const prose = readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string));
}

const below = (dir: string) => readdirSync(dir, { recursive: true, encoding: 'utf8' });
const linking = [
  ...readdirSync('.').filter(name => name.endsWith('.md')),
  ...below('docs').flatMap(name => (name.endsWith('.md') ? [path.join('docs', name)] : [])),
];

test.each(linking)('the links of %s lead to files and headings that are there', name => {
  const prose = readFileSync(name, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const dead = [...prose.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].filter(([, to, anchor]) => {
    const file = to ? path.join(path.dirname(name), to) : name;
    return !existsSync(file) || (anchor !== undefined && !headingsOf(file).includes(anchor));
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});
