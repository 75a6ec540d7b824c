// What the program says to a Node that cannot run it, before anything else.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** The folder as it is after an install that compiled nothing. */
function uncompiled(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'native-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  cpSync('native', dir, { recursive: true, filter: file => !file.includes('node_modules') });
  cpSync('package.json', path.join(dir, 'package.json'));
  return dir;
}

/** Runs a file of the folder as Node of that version would. */
function runAs(version: string, file: string) {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' });
    await import('${pathToFileURL(file)}');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    // No npm is asked: nothing is compiled in a test.
    env: { PATH: '/nowhere' },
  });
  return { status, stderr };
}

const TOO_OLD = /^Status Live needs Node 20\.18\.1 or newer, and this is Node [\d.]+: .*`npm ci` again\.\n$/;
const NOT_COMPILED =
  /^SQLite is not compiled for Node 20\.20\.2: use Node 22 or newer, .*`npm ci` again\.\n$/;
/** It is announced before it takes its minute. */
const COMPILING = new RegExp(
  `^compiling SQLite for this Node: a minute or more\\n${NOT_COMPILED.source.slice(1)}`,
);

test.each([
  ['18.19.1', 1, TOO_OLD],
  ['20.18.0', 1, TOO_OLD],
  ['20.18.1', 1, /^SQLite is not compiled/],
  ['20.20.2', 1, NOT_COMPILED],
  ['22.0.0', 0, /^$/],
  ['24.21.0', 0, /^$/],
  ['100.1.0', 0, /^$/],
])('Node %s starts only if it can run the program, and says so in one sentence', (version, status, said) => {
  expect(runAs(version, path.join(uncompiled(), 'fit.js'))).toEqual({
    status,
    stderr: expect.stringMatching(said),
  });
});

test('the published package, which compiles nothing, needs Node 22', () => {
  const dir = uncompiled();
  rmSync(path.join(dir, 'node20'), { recursive: true });
  expect(runAs('20.20.2', path.join(dir, 'fit.js'))).toEqual({
    status: 1,
    stderr: expect.stringMatching(
      /^Status Live needs Node 22 or newer, and this is Node 20\.20\.2: .* try again\.\n$/,
    ),
  });
});

test.each([
  ['18.19.1', 1, TOO_OLD],
  ['20.20.2', 0, COMPILING],
  ['22.0.0', 0, /^$/],
])('an install on Node %s fails only where nothing could help', (version, status, said) => {
  expect(runAs(version, path.join(uncompiled(), 'install.js'))).toEqual({
    status,
    stderr: expect.stringMatching(said),
  });
});

test('this Node can run the program', () => {
  const { status, stderr } = spawnSync(process.execPath, ['native/fit.js'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
