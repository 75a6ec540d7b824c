// The compiled code beside each program: taken by `npm start`, and never that of another text.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';

test('`npm start` takes the compiled code: it was made with the flags of the start', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  const [, flags = ''] = /^node (.*) dist\/main\.js$/.exec(scripts.start) ?? [];
  const take = `
    const { readFileSync } = require('node:fs');
    const options = { cachedData: readFileSync('dist/main.code').subarray(32) };
    const script = new (require('node:vm').Script)(readFileSync('dist/main.cjs', 'latin1'), options);
    console.log(script.cachedDataRejected);`;
  const rejected = execFileSync(process.execPath, [...flags.split(' '), '-e', take], { encoding: 'utf8' });
  expect(rejected.trim()).toBe('false');
});

test('compiled code of another text is not run, even if both are of one length', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-compiled-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const says = (word: string) => `(function (require, moduleUrl) {;process.stdout.write('${word}')})`;
  const digest = createHash('sha256').update(says('old')).digest();
  copyFileSync('dist/main.js', path.join(dir, 'main.js'));
  copyFileSync('package.json', path.join(dir, 'package.json'));
  symlinkSync(path.resolve('native'), path.join(dir, 'native'));
  writeFileSync(
    path.join(dir, 'main.code'),
    Buffer.concat([digest, new Script(says('old')).createCachedData()]),
  );
  const run = (text: string) => {
    writeFileSync(path.join(dir, 'main.cjs'), text);
    return execFileSync(process.execPath, [path.join(dir, 'main.js')], { encoding: 'utf8' });
  };
  expect([run(says('old')), run(says('new'))]).toEqual(['old', 'new']);
});
