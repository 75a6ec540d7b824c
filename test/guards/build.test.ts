// The build: left alone while it is current, made anew when something it was made of changed.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

test('a current build is reused, also one that may not be written; a change is built in place', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-build-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const name of [
    'build.js',
    'package.json',
    'tsconfig.json',
    'LICENSE',
    'package',
    'src',
    'views',
    'public',
  ])
    await cp(name, path.join(dir, name), { recursive: true });
  for (const name of ['node_modules', 'native']) await symlink(path.resolve(name), path.join(dir, name));
  const at = (name: string) => path.join(dir, name);
  const build = () => run(process.execPath, ['build.js'], { cwd: dir });
  const help = () =>
    run(process.execPath, ['dist/cli.js', 'help'], { cwd: dir }).then(({ stdout }) => stdout);

  await build();
  let before = await stat(at('dist/cli.cjs'));
  await writeFile(at('dist/theirs.txt'), 'kept');
  await chmod(at('dist'), 0o555);
  await build();
  await chmod(at('dist'), 0o755);
  expect((await stat(at('dist/cli.cjs'))).ino).toBe(before.ino);
  expect(await help()).toContain('check status.yaml');

  // Half a program, as a machine leaves it that lost its power.
  await writeFile(at('dist/cli.cjs'), (await readFile(at('dist/cli.cjs'))).subarray(0, 1000));
  await build();
  expect(await help()).toContain('check status.yaml');
  before = await stat(at('dist/cli.cjs'));

  // What is copied is as current as it was, whatever becomes of its times.
  await utimes(at('src/cli.ts'), 1, 1);
  await build();
  expect((await stat(at('dist/cli.cjs'))).ino).toBe(before.ino);

  const file = at('src/cli/lint.ts');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/summary: '/, "summary: 'zebra "));
  await build();
  expect(await help()).toContain('zebra');
  expect(await readFile(at('dist/theirs.txt'), 'utf8')).toBe('kept');

  // Changed while it is built: built once more at the next start. Beside it others build, too.
  await writeFile(file, (await readFile(file, 'utf8')).replace('zebra', 'gnu'));
  const building = spawn(process.execPath, ['build.js'], { cwd: dir });
  const done = Promise.all([once(building, 'exit'), build(), build()]);
  await once(building.stderr, 'data');
  await writeFile(file, (await readFile(file, 'utf8')).replace('gnu', 'okapi'));
  expect((await done)[0]).toEqual([0, null]);
  await build();
  expect(await help()).toContain('okapi');
}, 180_000);
