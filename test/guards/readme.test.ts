// The README names every setting, command and route, so that nothing works in secret.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { metricSchema } from '../../src/config/metrics-schema.ts';
import { siteSchema } from '../../src/config/site-schema.ts';
import { frontmatterSchema } from '../../src/core/incidents/file/schema.ts';
import { checkSchema, detectSchema } from '../../src/core/model/checks/check.ts';
import { LIMITS } from '../../src/web/http/limits.ts';
import { routesIn } from './sources.ts';

const readme = readFileSync('README.md', 'utf8');

test('every environment variable is explained', () => {
  const source = readFileSync('src/config/environment.ts', 'utf8');
  const names = [...source.matchAll(/(?:read|secret)\('([A-Z_]+)'\)/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter(name => !readme.includes(`\`${name}\``))).toEqual([]);
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
  const named = (key: string) => new RegExp(`(?<![\\w-])${key}(?![\\w-])`).test(readme);
  expect([...new Set(keys)].filter(key => !named(key))).toEqual([]);
});

test('every limit is named with its number', () => {
  const [, limits = ''] = readme.split('\n## Limits\n');
  const lines = limits.slice(0, limits.indexOf('\n## ')).split('\n');
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
  const named = Object.keys(scripts).filter(name => !/^pre/.test(name) && name !== 'build');
  const told = (name: string) => readme.includes(`npm run ${name}`) || readme.includes(`npm ${name}`);
  expect(named.filter(name => !told(name))).toEqual([]);
});

test('every route of the web room is named', () => {
  const routes = routesIn();
  expect(routes.length).toBeGreaterThan(15);
  const plain = (route: string) => route.replace(/\/[:*{].*$/, '').replace(/\/$/, '');
  expect(routes.filter(route => !readme.includes(plain(route)))).toEqual([]);
});
