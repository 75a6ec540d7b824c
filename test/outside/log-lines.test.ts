// The log for people: one line each, whatever a message holds.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readableLine } from '../../src/outside/log-lines.ts';

const at = { time: '2026-03-10T12:34:56.789Z' };

test.each([
  [{ level: 30, msg: 'stopping', signal: 'SIGTERM' }, '12:34:56Z INFO  stopping  signal=SIGTERM\n'],
  [
    { level: 40, msg: 'email delivery paused', failure: 'busy', error: '421 too many', seconds: 5 },
    '12:34:56Z WARN  email delivery paused  failure=busy error="421 too many" seconds=5\n',
  ],
  [
    { level: 40, msg: 'a file:\n12:00:00Z INFO  all is well' },
    '12:34:56Z WARN  a file: 12:00:00Z INFO all is well\n',
  ],
  [{ level: 50, msg: 'x', names: ['a', 'b'], why: null }, '12:34:56Z ERROR x  names=["a","b"] why=null\n'],
  [
    { level: 60, msg: 'a bug', err: { type: 'Error', message: 'no', stack: 'Error: no\n    at f' } },
    '12:34:56Z FATAL a bug\nError: no\n    at f\n',
  ],
  [{ level: 50, err: { message: 'no' } }, '12:34:56Z ERROR \n{"message":"no"}\n'],
])('%o', (entry, line) => {
  expect(readableLine(`${JSON.stringify({ ...at, ...entry })}\n`)).toBe(line);
});

test('on a terminal lines are for people, in a pipe they are JSON', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-terminal-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const code = `import('${path.resolve('src/outside/log-lines.ts')}').then(({ openLog }) => openLog('info').info({ n: 1 }, 'hello'))`;
  const command = `'${process.execPath}' --import '${path.resolve('node_modules/tsx/dist/loader.mjs')}' -e "${code}"`;
  const run = (shell: string) => execFileSync('sh', ['-c', shell], { cwd: dir, encoding: 'utf8' });
  expect(run(`script -qec '${command.replaceAll("'", `'\\''`)}' /dev/null`)).toMatch(
    /\d\dZ INFO {2}hello {2}n=1\r?\n/,
  );
  expect(JSON.parse(run(command))).toMatchObject({ level: 30, n: 1, msg: 'hello' });
});
