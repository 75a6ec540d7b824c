// The program as it is started in a folder of one's own: `.env`, the address that the server leaves, the words for the command.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);
const CLI = path.resolve('dist/cli.js');
const COMMAND = path.resolve('package/status-live.js');
const PATH = process.env.PATH as string;

async function folder(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-first-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** What `node FILE WORDS…` prints in a folder. */
async function said(file: string, words: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const { stdout, stderr } = await run(process.execPath, [file, ...words], { cwd, env: { PATH, ...env } });
  return stdout + stderr;
}

test('server and command line read .env, and the command line knows the server’s address', async () => {
  const dir = await folder();
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const site = 'title: T\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n';
  await writeFile(path.join(dir, 'status', 'status.yaml'), site);
  const settings = 'HOST=127.0.0.1\nWEBHOOK_TOKEN=a-token-of-this-test\nhunter2\n';
  await writeFile(path.join(dir, '.env'), settings, { mode: 0o600 });
  // PORT=0: the system chooses.
  const server = spawn(process.execPath, [path.resolve('dist/main.js')], {
    cwd: dir,
    env: { PATH, PORT: '0' },
  });
  const ended = new Promise(resolve => server.once('exit', resolve));
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  let out = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', data => {
      out += data;
    });
  await expect.poll(() => out, { timeout: 30_000 }).toMatch(/uptime\?token=/);
  const [address] = /http:\/\/localhost:\d+\/webhooks\/uptime\?token=a-token-of-this-test&/.exec(out) ?? [];
  expect(address).toBeDefined();
  const odd = '.env:3: this is not a setting';
  expect(out).toContain(odd);
  expect(out).not.toContain('hunter2');

  const known = await said(CLI, ['webhook-url'], dir);
  expect(known).toContain(odd);
  expect(known.split('\n')).toContain(address);
  const elsewhere = await said(CLI, ['webhook-url'], dir, { PUBLIC_URL: 'https://status.acme.com' });
  expect(elsewhere).toContain('https://status.acme.com/webhooks/uptime?');
  // A page that is being made has a server of its own.
  const begun = await said(CLI, ['init', 'page', '--title', 'P', '--component', 'A', '--yes'], dir);
  expect(begun).toContain('http://localhost:3000/status/live');
});

test('messages name the command as it was started', async () => {
  const dir = await folder();
  const help = (file: string, cwd: string, env = {}) => said(file, ['help'], cwd, env);
  expect(await help(CLI, dir)).toMatch(/^Usage: npm run status -- COMMAND/);
  expect(await help(CLI, dir, { STATUS_COMMAND: 'status-live' })).toMatch(/^Usage: status-live COMMAND/);
  expect(await help(COMMAND, dir)).toMatch(/^Usage: status-live COMMAND/);
  expect(await help(COMMAND, dir, { npm_command: 'exec' })).toMatch(/^Usage: npx status-live COMMAND/);
  await mkdir(path.join(dir, 'node_modules', '.bin'), { recursive: true });
  await mkdir(path.join(dir, 'below'));
  await writeFile(path.join(dir, 'node_modules', '.bin', 'status-live'), '');
  expect(await help(COMMAND, path.join(dir, 'below'))).toMatch(/^Usage: npx status-live COMMAND/);
});

test('the steps after init work for how it was started', async () => {
  const dir = await folder();
  const init = async (file: string, to: string, env: Record<string, string> = {}) =>
    said(file, ['init', to, '--title', 'P', '--component', 'A', '--yes'], dir, env);
  expect(await init(COMMAND, 'a')).toContain('\n  cd a && status-live\n  status-live incident new\n');
  const npx = await init(COMMAND, 'b', { npm_command: 'exec' });
  expect(npx).toContain('\n  cd b && npx status-live\n  npx status-live incident new\n');
  expect(npx).toContain('npm install -g');
  await mkdir(path.join(dir, 'node_modules', '.bin'), { recursive: true });
  await writeFile(path.join(dir, 'node_modules', '.bin', 'status-live'), '');
  expect(await init(COMMAND, 'c')).toContain('\n  cd c && npx status-live\n');
  expect(await init(COMMAND, 'd')).not.toContain('npm install -g');
  const status = path.join(dir, 'e', 'status');
  const service = await init(COMMAND, 'e', { STATUS_DIR: status });
  expect(service).toContain('The server reads this folder: start it, or restart it.');
  expect(await init(CLI, 'f')).toContain(`  STATUS_DIR=${dir}/f/status DATA_DIR=${dir}/f/data npm start\n`);
});

test('a folder that takes no other is refused at once, with its name and the reason', async () => {
  const dir = await folder();
  await writeFile(path.join(dir, 'file'), '');
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const site = 'title: T\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n';
  await writeFile(path.join(dir, 'status', 'status.yaml'), site);
  const refused = async (file: string, words: readonly string[], env: Record<string, string>) => {
    const options = { cwd: dir, env: { PATH, PORT: '0', ...env }, timeout: 20_000 };
    const { code, stderr } = await run(process.execPath, [file, ...words], options).catch(error => error);
    return [code, stderr];
  };
  const main = path.resolve('dist/main.js');
  // In /proc, the system says ENOENT although the folder above is there; elsewhere it is the folder above that is missing.
  const none = process.platform === 'linux' ? '/proc/x' : path.join(dir, 'file', 'x');
  const told = [
    1,
    expect.stringMatching(
      `^(?:.*cannot start: 1 problem\n  )?${none}: this folder cannot be made .*set DATA_DIR`,
    ),
  ];
  for (const env of [{}, { SECRET: 'sixteen-characters-or-more' }] as Record<string, string>[])
    expect(await refused(main, [], { DATA_DIR: none, ...env })).toEqual(told);
  expect(await refused(main, [], { DATABASE_URL: `sqlite:${none}/status.db` })).toEqual(told);
  await writeFile(path.join(dir, 'new.csv'), 'email\na@example.com\n');
  expect(await refused(CLI, ['subscribers', 'import', 'new.csv'], { DATA_DIR: none })).toEqual(told);
  for (const words of [
    ['export'],
    ['emails', 'preview'],
    ['init', '--title', 'T', '--component', 'A', '--yes'],
  ])
    expect(await refused(CLI, [...words, path.join(none, 'y')], {})).toEqual([
      1,
      expect.stringContaining(`${none}: `),
    ]);
});
