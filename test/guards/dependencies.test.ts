// What an install brings: nothing that only tests need is a dependency, and the README says how many packages there are.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('the program and its build import each dependency, and nothing that only tests have', () => {
  const below = readdirSync('src', { recursive: true, encoding: 'utf8' }).map(name => path.join('src', name));
  const sources = [...below.filter(name => name.endsWith('.ts')), 'native/sqlite.cjs', 'build.js'];
  const imported = sources.flatMap(file => [
    ...readFileSync(file, 'utf8').matchAll(/(?:from |import\(|require\()'((?:@[\w-]+\/)?[\w.-]+)/g),
  ]);
  const names = new Set(imported.map(([, name]) => name as string));
  const { dependencies, devDependencies } = read('package.json');
  expect(Object.keys(dependencies).filter(name => !names.has(name))).toEqual([]);
  expect(Object.keys(devDependencies).filter(name => names.has(name))).toEqual([]);
});

test('the README says how many packages `npm ci --omit=dev` installs on Linux', () => {
  const locked = Object.entries(read('package-lock.json').packages as Record<string, Locked>);
  const fits = (values: readonly string[] | undefined, ours: string) => !values || values.includes(ours);
  const installed = locked.filter(
    ([name, { dev, devOptional, os, cpu, libc }]) =>
      name !== '' && !dev && !devOptional && fits(os, 'linux') && fits(cpu, 'x64') && fits(libc, 'glibc'),
  );
  expect(readFileSync('README.md', 'utf8')).toContain(`${installed.length} packages`);
});
