// Releases: the numbers agree, `npm version` makes the changelog follow, and the workflow names what is there.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { git } from '../walks/git/repository.ts';

const run = promisify(execFile);
const read = (name: string, dir = '.') => readFile(path.join(dir, name), 'utf8');
const headsOf = (text: string, level: string) =>
  [...text.matchAll(new RegExp(`^${level} (.*)$`, 'gm'))].map(([, head]) => head as string);

test('the number of the package is that of its lock and of the newest release in the changelog', async () => {
  const { version } = JSON.parse(await read('package.json'));
  const lock = JSON.parse(await read('package-lock.json'));
  expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  const changelog = await read('CHANGELOG.md');
  const [first, newest] = headsOf(changelog, '##');
  expect([first, newest]).toEqual([
    'Unreleased',
    expect.stringMatching(`^${version} - \\d{4}-\\d\\d-\\d\\d$`),
  ]);
  const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
  expect(headsOf(changelog, '###').filter(head => !kinds.includes(head))).toEqual([]);
  const { stdout } = await run(process.execPath, ['package/release.js', 'notes', version]);
  expect(stdout).toMatch(/^### Added$/m);
  expect(stdout).not.toMatch(/^## /m);
});

test('`npm version` cuts the changelog, commits and tags; without a word of what changed it does nothing', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-release-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const name of ['package.json', 'package-lock.json', 'package'])
    await cp(name, path.join(dir, name), { recursive: true });
  const save = async (unreleased: string) => {
    await writeFile(
      path.join(dir, 'CHANGELOG.md'),
      `# Changelog\n\n## Unreleased\n${unreleased}\n## 1.0.0 - 2026-11-30\n\nAll.\n`,
    );
    git(dir, 'add', '.');
    git(dir, 'commit', '-qm', 'Work');
  };
  git(dir, 'init', '-q');
  git(dir, 'config', 'user.name', 'Olga');
  git(dir, 'config', 'user.email', 'olga@example.com');
  const release = () => run('npm', ['version', '7.1.0'], { cwd: dir }).catch(error => error);

  await save('');
  expect((await release()).stderr).toContain('nothing stands under "## Unreleased"');
  expect([git(dir, 'tag'), git(dir, 'status', '--porcelain')]).toEqual(['', '']);

  await save('\n### Fixed\n\n- A bug.\n');
  await release();
  expect(git(dir, 'tag')).toBe('v7.1.0');
  expect(git(dir, 'status', '--porcelain')).toBe('');
  const today = new Date().toISOString().slice(0, 10);
  expect(await read('CHANGELOG.md', dir)).toContain(`## Unreleased\n\n## 7.1.0 - ${today}\n\n### Fixed\n`);
  expect(JSON.parse(await read('package-lock.json', dir)).version).toBe('7.1.0');
  const { stdout } = await run(process.execPath, ['package/release.js', 'notes', '7.1.0'], { cwd: dir });
  expect(stdout).toBe('### Fixed\n\n- A bug.\n');
}, 90_000);

test('the workflow of a release waits for the gate, and builds for both kinds of machine', async () => {
  const { jobs } = parse(await read('.github/workflows/release.yml'));
  const gate = parse(await read(jobs.check.uses));
  expect(gate.on).toHaveProperty('workflow_call');
  expect([jobs.package.needs, jobs.image.needs, jobs.release.needs]).toEqual([
    'check',
    'check',
    ['package', 'image'],
  ]);
  const { with: image } = jobs.image.steps.find((step: { id?: string }) => step.id === 'image');
  expect(image.platforms).toBe('linux/amd64,linux/arm64');
  expect(await read(image.file)).toContain('\nENTRYPOINT ');
  const signed = [jobs.package, jobs.image].map(({ steps, permissions }) => [
    steps.some(({ uses = '' }) => uses.startsWith('actions/attest-build-provenance@')),
    permissions['id-token'],
  ]);
  expect(signed).toEqual([
    [true, 'write'],
    [true, 'write'],
  ]);
});
