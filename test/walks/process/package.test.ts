// The published package: what `npm pack` leaves in it, and what a person gets who installs it in an empty folder.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../free-port.ts';

const run = promisify(execFile);
const NAMES = [
  'build.js',
  'package.json',
  'LICENSE',
  'README.md',
  'dist',
  'fonts',
  'package',
  'public',
  'src',
  'status',
  'views',
];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function temporary(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-package-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A clone to pack: other tests read the manifest of this one meanwhile. */
async function clone(): Promise<string> {
  const dir = await temporary();
  for (const name of NAMES) await cp(name, path.join(dir, name), { recursive: true });
  const filter = (file: string) => path.basename(file) !== 'node_modules';
  await cp('native', path.join(dir, 'native'), { recursive: true, filter });
  for (const name of ['node_modules', 'native/node20/node_modules'])
    await symlink(path.resolve(name), path.join(dir, name));
  return dir;
}

test('an interrupted `npm pack` leaves the package.json of the repository', async () => {
  const dir = await clone();
  const manifest = () => readFile(path.join(dir, 'package.json'), 'utf8');
  const before = await manifest();
  const packing = spawn('npm', ['pack', '--ignore-scripts=false'], {
    cwd: dir,
    detached: true,
    stdio: 'ignore',
  });
  await expect.poll(manifest, { timeout: 60_000, interval: 5 }).not.toContain('devDependencies');
  // As a terminal does on Ctrl-C.
  process.kill(-packing.pid!, 'SIGINT');
  await expect.poll(manifest, { timeout: 10_000 }).toBe(before);
  await expect.poll(() => existsSync(path.join(dir, '.package.json.kept'))).toBe(false);
}, 90_000);

test('the package is small, brings what it needs, and runs with Node 22 or newer', async () => {
  const dir = await clone();
  const before = await readFile(path.join(dir, 'package.json'), 'utf8');
  const { stdout } = await run('npm', ['pack', '--json'], { cwd: dir });
  expect(await readFile(path.join(dir, 'package.json'), 'utf8')).toBe(before);
  const [packed] = JSON.parse(stdout) as [Packed];
  const names = packed.files.map(file => file.path);
  for (const name of [
    'dist/main.cjs',
    'dist/pg.cjs',
    'dist/THIRD-PARTY-LICENSES.txt',
    'LICENSE',
    'fonts/DejaVuSans.ttf',
    'status/status.yaml',
    'README.md',
  ])
    expect(names).toContain(name);
  // Compiled code fits one Node, and what Node 20 compiles has no place in it.
  expect(names.filter(name => /\.code$|\.kept|\.built|node20|demo|^src/.test(name))).toEqual([]);

  const home = await temporary();
  await writeFile(path.join(home, 'package.json'), '{}');
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--engine-strict=false'];
  await run('npm', ['install', ...quietly, path.join(dir, packed.filename)], { cwd: home });
  const modules = path.join(home, 'node_modules');
  const lock = JSON.parse(await readFile(path.join(modules, '.package-lock.json'), 'utf8'));
  expect(Object.keys(lock.packages).length).toBeLessThanOrEqual(15);
  expect(await sizeOf(modules)).toBeLessThan(60_000_000);
  const manifest = JSON.parse(await readFile(path.join(modules, 'status-live/package.json'), 'utf8'));
  expect(manifest.engines).toEqual({ node: '>=22' });
  expect(['private', 'scripts', 'devDependencies'].filter(key => key in manifest)).toEqual([]);

  const command = [path.join(modules, '.bin/status-live')];
  const major = Number.parseInt(process.versions.node, 10);
  if (major < 22) {
    const refused = await run(process.execPath, command, { cwd: home }).catch(error => error);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^Status Live needs Node 22 or newer/),
    ]);
  } else await walk(home, command);
}, 120_000);

/** The server in a folder with a status page, and the command line beside it. */
async function walk(home: string, command: readonly string[]): Promise<void> {
  const kinds = ['postgres', 'mysql', 'redis'];
  const nobody = await freePort();
  const component = (kind: string) =>
    `{ id: ${kind}, name: Db, check: { type: database, url: "${kind}://127.0.0.1:${nobody}/0" } }`;
  await mkdir(path.join(home, 'status'));
  await writeFile(
    path.join(home, 'status/status.yaml'),
    `title: From the package\ncomponents: [ ${kinds.map(component).join(', ')} ]\n`,
  );
  const checked = await run(process.execPath, [...command, 'check'], { cwd: home }).catch(error => error);
  expect(checked.stdout.match(/refused the connection/g)).toHaveLength(3);
  const { stdout: help } = await run(process.execPath, [...command, 'help'], { cwd: home });
  expect(help).toMatch(/^Usage: npx status-live COMMAND/);

  const port = await freePort();
  const env = { ...process.env, PORT: `${port}`, HOST: '127.0.0.1', NODE_OPTIONS: '' };
  const server = spawn(process.execPath, command, { cwd: home, env, stdio: 'ignore' });
  const ended = new Promise(resolve => server.once('exit', resolve));
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  const get = (at: string) => fetch(`http://127.0.0.1:${port}${at}`).catch(() => null);
  await expect.poll(() => get('/status/live').then(answer => answer?.status), { timeout: 30_000 }).toBe(200);
  expect(await (await get('/status/live'))!.text()).toContain('From the package');
  expect((await readdir(home)).includes('data')).toBe(true);
  if (process.platform === 'linux')
    expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=4');

  // The package that draws is optional.
  const drawing = path.join(home, 'node_modules/@resvg');
  await rename(drawing, `${drawing}-away`);
  const undrawn = await get('/status/og.png');
  expect([undrawn!.status, await undrawn!.text()]).toEqual([404, expect.stringContaining('not installed')]);
  expect(await exported(home, command)).not.toContain('og:image');
  await rename(`${drawing}-away`, drawing);
  expect((await get('/status/og.png'))!.headers.get('content-type')).toBe('image/png');
  expect(await exported(home, command)).toContain('og:image');
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
}

/** The page in a static copy. */
async function exported(home: string, command: readonly string[]): Promise<string> {
  const copy = await temporary();
  await run(process.execPath, [...command, 'export', copy], { cwd: home });
  return readFile(path.join(copy, 'status/live/index.html'), 'utf8');
}

async function sizeOf(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true });
  const sizes = await Promise.all(names.map(name => stat(path.join(dir, name)).then(({ size }) => size)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
