// The licence texts of the packages that the programs contain: all of them, with their versions; none is made up.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const { licencesOf } = (await import(path.resolve('package/licences.js'))) as {
  licencesOf(files: readonly string[]): string;
};

test('every package inside is named with its version, above a text', async () => {
  const texts = await readFile('dist/THIRD-PARTY-LICENSES.txt', 'utf8');
  const { inputs } = JSON.parse(await readFile('dist/.built.json', 'utf8')) as { inputs: object };
  const folders = Object.keys(inputs).flatMap(
    file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
  );
  const packages = await Promise.all(
    [...new Set(folders)].map(async folder => JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))),
  );
  expect(packages.length).toBeGreaterThan(100);
  const missing = packages.filter(
    ({ name, version, license }) => !texts.includes(`\n${name} ${version} (${license})\n`),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
  const parts = texts.split(/^-{80}\n/m).slice(1);
  const GRANTS =
    /permission is hereby granted|permission to use, copy|redistribution and use|apache license|public domain|unlicense/i;
  expect(parts.filter(part => !GRANTS.test(part)).map(part => part.slice(0, 60))).toEqual([]);
});

test('a package without text gets the text of MIT with its holder, and any other stops the build', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-licences-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const folder = path.join(dir, 'node_modules/@acme/thing');
  await mkdir(folder, { recursive: true });
  const save = (license: string) =>
    writeFile(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: '@acme/thing', version: '1.2.3', license, author: 'Ann Lee <ann@example.com>' }),
    );
  await save('MIT');
  const text = licencesOf([path.join(folder, 'lib/index.js'), 'src/main.ts']);
  expect(text).toContain('@acme/thing 1.2.3 (MIT)\n\nMIT License\n\nCopyright (c) Ann Lee\n');
  await save('ISC');
  expect(() => licencesOf([path.join(folder, 'index.js')])).toThrow('@acme/thing (ISC) has no licence text');
});
