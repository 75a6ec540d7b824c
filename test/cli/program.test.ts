// The program itself: help, what is near a typing error, exit codes, no stack traces, a reader that left.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { orientation } from '../../src/cli/shared/help.ts';
import { deriveSecret } from '../../src/core/model/token.ts';
import { APPLICATION_ID } from '../../src/store/db/inspect.ts';
import { thaw } from '../walks/upgrade/frozen.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const env = ({ dir }: Terminal) => ({
  ...process.env,
  STATUS_DIR: path.join(dir, 'status'),
  DATA_DIR: path.join(dir, 'data'),
});

function runner(terminal: Terminal) {
  return (...args: string[]) =>
    promisify(execFile)(process.execPath, [path.resolve('dist/cli.js'), ...args], {
      env: env(terminal),
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
}

test('help, exit codes, no stack traces', async () => {
  const run = runner(await openTerminal());
  const [version, help, unknown, misused, refused, option, fine] = await Promise.all([
    run('--version'),
    run('--help'),
    run('nope'),
    run('incident', 'new', '--yes'),
    run('heartbeat-url', 'x'),
    run('check', '--foo'),
    run('lint'),
  ]);
  const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(version).toEqual({ code: 0, text: `${ours}\n` });
  expect(help).toMatchObject({ code: 0, text: expect.stringContaining('incident resolve') });
  expect(unknown.code).toBe(2);
  expect(misused).toMatchObject({
    code: 2,
    text: expect.stringContaining('Usage: npm run status -- incident new'),
  });
  expect(refused).toMatchObject({
    code: 1,
    text: expect.stringContaining('There is no heartbeat component "x"'),
  });
  expect(option).toMatchObject({ code: 2, text: expect.stringContaining('Unknown option --foo.\n') });
  expect(fine.code).toBe(0);
  for (const { text } of [unknown, misused, refused, option]) expect(text).not.toContain('    at ');
});

test.each([
  [['incident', 'new', '--titel', 'x'], 2, /^Unknown option --titel\. Did you mean --title\?\n/],
  [['incident', 'new', '--title'], 2, /^--title needs a value\.\n/],
  [['incident', 'new', '--title', '-x'], 2, /^--title needs a value; write --title="-…" if/],
  [['lint', '--json=5'], 2, /^Unknown option --json/],
  [['incident', 'list', '--json=5'], 2, /^--json takes no value\.\n/],
  [['start'], 2, /^`npm start` starts the server\. It takes no options: set PORT, HOST and others in/],
  [['--port', '4000'], 2, /^`npm start` starts the server\. It takes no options/],
  [['--help'], 0, /\n`npm start` starts the server: PORT, [\s\S]*\nThe documentation: \/.*\/docs\n$/],
  [['-v'], 0, /^\d+\.\d+\.\d+\n$/],
  [['help', 'lin'], 2, /^There is no command "lin"\. Did you mean "lint"\?/],
  [
    ['incident', 'resolve', 'nothing', '--message', 'm', '--yes'],
    1,
    /none is open; `npm run status -- incident list --all`/,
  ],
  [
    ['heartbeat-url', 'database'],
    1,
    /^"database" has a check of type manual, not heartbeat — heartbeats: jobs; or give/,
  ],
  [['subscribers', 'import', '.'], 1, /: this is a folder — give a file\n/],
  [['subscribers', 'import', 'package.json'], 1, /package\.json/],
  [
    ['import', 'statuspage', 'tsconfig.json'],
    1,
    /^tsconfig\.json: nothing taken\n {2}wrong: it is no answer of a Statuspage API\n/,
  ],
  [
    ['import', 'cstate', 'docs/deploy'],
    1,
    /docs\/deploy: there is nothing to import — give the folder of the site/,
  ],
])('%j is answered in words', async (words, code, said) => {
  const done = await runner(await openTerminal())(...words);
  expect(done).toEqual({ code, text: expect.stringMatching(said) });
});

test('`start` is the command alone; in an empty folder it says how to make a page', async () => {
  const terminal = await openTerminal();
  const options = {
    env: { ...env(terminal), STATUS_DIR: terminal.dir, PORT: '0', npm_command: 'exec' },
    encoding: 'utf8',
  } as const;
  const { status, stderr } = spawnSync(process.execPath, ['package/status-live.js', 'start'], options);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/it cannot be read \(ENOENT\) — make a page with `npx status-live init`, put a/),
  ]);
});

test('a folder that is not there, or a wrong variable, is no quiet page', async () => {
  const terminal = await openTerminal();
  const run = (more: Record<string, string>) => {
    const options = { env: { ...env(terminal), ...more }, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, ['dist/cli.js', 'incident', 'list'], options);
  };
  const elsewhere = run({ STATUS_DIR: '/nowhere/status' });
  expect([elsewhere.status, elsewhere.stderr]).toEqual([
    1,
    '/nowhere/status: there is no such folder — set DATA_DIR and STATUS_DIR to the server’s values\n',
  ]);
  const wrong = run({ PORT: 'abc' });
  expect([wrong.status, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/^PORT: "abc" is not a port — write/),
  ]);
});

test('a reader that leaves early is no error', async () => {
  const terminal = await openTerminal();
  // More than a pipe holds.
  for (let index = 0; index < 40; index++) {
    const keys = Array.from({ length: 60 }, (_, key) => `strange_${index}_${key}: 1`).join('\n');
    await terminal.write(`incidents/202611${String(index).padStart(2, '0')}_a.md`, `---\n${keys}\n---\n`);
  }
  const child = spawn(process.execPath, [path.resolve('dist/cli.js'), 'lint'], {
    env: env(terminal),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const said = text(child.stderr);
  const code = await new Promise(resolve => child.on('exit', resolve));
  expect([code, await said]).toEqual([1, '']);
});

test('a full disk beneath the output is said in a line', async () => {
  const terminal = await openTerminal();
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', 'exec "$@" > /dev/full', 'bash', process.execPath, 'dist/cli.js', 'lint'],
    {
      env: env(terminal),
      encoding: 'utf8',
    },
  );
  expect([status, stderr]).toEqual([1, 'status: the output cannot be written (ENOSPC)\n']);
});

describe('orientation', () => {
  const commands = [
    'lint',
    'incident new',
    'incident update',
    'webhook-url',
    'webhooks log',
    'outbox',
    'outbox retry',
  ].map(name => ({ name, summary: `about ${name}` }));
  const said = (...words: string[]) => orientation(words, commands);

  test.each([
    [['incident', '--help'], 0],
    [['incident', 'help'], 0],
    [['help', 'incident'], 0],
    [['incident'], 2],
  ])('%j lists the group', (words, code) => {
    const told = said(...words);
    expect(told.code).toBe(code);
    expect(told.text).toContain('  incident update  about incident update\n');
    expect(told.text).not.toContain('lint');
  });

  test.each([
    [['lnt'], 'lint'],
    [['incident', 'nwe', '--title', 'x'], 'incident new'],
    [['incidnt', 'new'], 'incident new'],
    [['incidnt'], 'incident'],
    [['webhok-url', 'sns'], 'webhook-url'],
    [['webhooks', 'lgo'], 'webhooks log'],
  ])('%j: the nearest', (words, near) => {
    expect(said(...words)).toMatchObject({
      code: 2,
      text: expect.stringContaining(`Did you mean "${near}"?`),
    });
  });

  test('nothing is near', () => {
    expect(said('frobnicate').text).toBe('There is no command "frobnicate".\n\n--help lists the commands.\n');
    expect(said().code).toBe(0);
    expect(said('--version').code).toBe(2);
  });
});

test('docs/deploy/status.sh runs it with the settings of the running service, and the paths of who calls it', async () => {
  const terminal = await openTerminal();
  // Becoming another user needs root: what is left is finding the service, its variables and its folder.
  const bin = path.join(terminal.dir, 'bin');
  await mkdir(bin);
  const line = ['--eval', 'setInterval(() => {}, 1000)', path.resolve('dist/main.js')];
  const service = spawn(process.execPath, line, {
    cwd: terminal.dir,
    env: { ...env(terminal), SECRET: 'two words = one secret' },
  });
  onTestFinished(() => void service.kill());
  await writeFile(path.join(terminal.dir, '.env'), 'PUBLIC_URL=https://status.levqor.ai\n');
  const tools = { systemctl: 'echo "$PID_OF_IT"', setpriv: 'until [ -x "$1" ]; do shift; done; exec "$@"' };
  for (const [name, script] of Object.entries(tools)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const run = (pid: number, ...args: string[]) =>
    promisify(execFile)('sh', [path.resolve('docs/deploy/status.sh'), ...args], {
      cwd: bin,
      env: { PATH: `${bin}:${process.env.PATH}`, PID_OF_IT: String(pid) },
    });
  const { stdout } = await run(service.pid!, 'webhook-url', 'sns');
  const token = deriveSecret('two words = one secret', 'webhook');
  expect(stdout).toBe(`https://status.levqor.ai/webhooks/sns?token=${token}\n`);
  await run(service.pid!, 'emails', 'preview', 'emails');
  expect(readdirSync(path.join(bin, 'emails'))).toContain('index.html');
  await expect(run(0, 'webhook-url')).rejects.toThrow(
    'status-live does not run: systemctl start status-live',
  );
});

test('a file that this user may not read, or a folder it may not write to, is refused with what works', async () => {
  const terminal = await openTerminal();
  const program = [process.execPath, path.resolve('dist/cli.js')];
  // Root may do everything: without that right, it is a user like others.
  const asUser = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
  const run = (words: readonly string[], input = '') => {
    const [file = '', ...args] = [...asUser, ...program, ...words];
    const { status, stdout, stderr } = spawnSync(file, args, {
      cwd: terminal.dir,
      env: env(terminal),
      input,
      encoding: 'utf8',
    });
    return [status, stdout + stderr];
  };
  expect(run(['subscribers', 'import', '-'], 'email\na@levqor.ai\n')).toEqual([
    0,
    expect.stringContaining('1 '),
  ]);
  await writeFile(path.join(terminal.dir, 'closed.csv'), '', { mode: 0 });
  expect(run(['subscribers', 'import', 'closed.csv'])).toEqual([
    1,
    expect.stringMatching(
      /closed\.csv: this user may not read it — `.* subscribers import - < closed\.csv` works\n$/,
    ),
  ]);
  await mkdir(path.join(terminal.dir, 'closed'), { mode: 0o500 });
  expect(run(['backup', 'closed/x.db'])).toEqual([
    1,
    `${terminal.dir}/closed: this user may not write into this folder — choose another, for instance ${terminal.dir}/data\n`,
  ]);
});

/** Starts a server that ends by itself: its exit code, and what it said. */
function refusedStart(terminal: Terminal): Promise<{ code: number; stderr: string }> {
  const start = promisify(execFile)(process.execPath, [path.resolve('dist/main.js')], {
    env: { ...env(terminal), PORT: '0' },
    timeout: 20_000,
  });
  return start.then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  );
}

test('the database of a version before 1.0 is refused with the way to take the subscribers over', async () => {
  const terminal = await openTerminal();
  const file = path.join(terminal.dir, 'data', 'status.db');
  await mkdir(path.dirname(file));
  thaw(
    file,
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 2; CREATE TABLE meta (name TEXT);`,
  );
  const before = readFileSync(file);
  const { code, stderr } = await refusedStart(terminal);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Status Live cannot start: 1 problem\n.*before 1\.0.*subscribers export.*subscribers import/,
  );
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(await runner(terminal)('subscribers', 'list')).toMatchObject({
    code: 1,
    text: expect.stringContaining('subscribers export'),
  });
});

test('a server that cannot start counts what stops it, and names warnings as such', async () => {
  const terminal = await openTerminal('titel: x\ngroup_within: 60\ncomponents: []\n');
  const { stderr } = await refusedStart(terminal);
  const [first, ...lines] = stderr.trim().split('\n');
  expect(first).toBe('Status Live cannot start: 2 problems');
  expect(lines.map(line => line.endsWith(' (warning)'))).toEqual([false, false, true]);
});
