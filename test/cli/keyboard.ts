// A person at a terminal: the program itself on a pseudo terminal, whose questions are answered by keys.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished } from 'vitest';

export const ENTER = '\r';
export const DOWN = '\u001b[B';

/** Runs a command and presses the keys of each answer once its question is there; exit code and what was shown. */
export async function atTerminal(
  args: readonly string[],
  answers: readonly (readonly [question: string, keys: string])[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<{ code: number; text: string }> {
  const words = [process.execPath, path.resolve('dist/cli.js'), ...args];
  const line = words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += stripVTControlCharacters(data.toString());
  });
  const ended = new Promise<number>(resolve => child.once('exit', code => resolve(code ?? -1)));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let from = 0;
  for (const [question, keys] of answers) {
    await expect.poll(() => text.slice(from), { timeout: 20_000 }).toContain(question);
    from = text.length;
    child.stdin.write(keys);
  }
  return { code: await ended, text };
}
