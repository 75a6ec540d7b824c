// The build: left alone while it is current, made anew when something it was made of changed.
import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

test('a current build is reused, also one that may not be written; a change is built in place', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-build-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const name of ['build.js', 'package.json', 'tsconfig.json', 'src', 'views', 'public'])
    await cp(name, path.join(dir, name), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(dir, 'node_modules'));
  const at = (name: string) => path.join(dir, name);
  const build = () => run(process.execPath, ['build.js'], { cwd: dir });
  const help = () =>
    run(process.execPath, ['dist/cli.js', 'help'], { cwd: dir }).then(({ stdout }) => stdout);

  await build();
  const before = await stat(at('dist/cli.js'));
  await writeFile(at('dist/theirs.txt'), 'kept');
  await chmod(at('dist'), 0o555);
  await build();
  await chmod(at('dist'), 0o755);
  expect((await stat(at('dist/cli.js'))).ino).toBe(before.ino);
  expect(await help()).toContain('check status.yaml');

  const file = at('src/cli/lint.ts');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/summary: '/, "summary: 'zebra "));
  await build();
  expect(await help()).toContain('zebra');
  expect(await readFile(at('dist/theirs.txt'), 'utf8')).toBe('kept');
});
