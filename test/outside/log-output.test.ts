// The log's way out, through a real pipe whose reader lags or leaves, and onto a full disk.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLogOutput } from '../../src/outside/log-output.ts';

/** A pipe that refuses when it is full, as node makes its standard output. */
function pipe() {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-log-'));
  const file = path.join(dir, 'pipe');
  execFileSync('mkfifo', [file]);
  const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  const open = new Set([reader, writer]);
  const close = (fd: number) => open.delete(fd) && closeSync(fd);
  onTestFinished(() => {
    for (const fd of open) close(fd);
    rmSync(dir, { recursive: true });
  });
  let text = '';
  const read = () => {
    const chunk = Buffer.alloc(1_000_000);
    try {
      for (let n = readSync(reader, chunk); n > 0; n = readSync(reader, chunk))
        text += chunk.toString('utf8', 0, n);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    return text;
  };
  return { writer, read, leave: () => close(reader) };
}

const line = (n: number) => `{"n":${n},"words":"${'ü'.repeat(40)}"}\n`;
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, n) => line(from + n)).join('');

test('a reader who lags gets every line, whole and in order, and nobody waits for them', async () => {
  const { writer, read } = pipe();
  const output = openLogOutput(writer);
  for (let n = 0; n < 5000; n++) output.write(line(n));
  await expect.poll(() => read().length, { timeout: 10_000 }).toBe(lines(5000).length);
  expect(read()).toBe(lines(5000));
  output.write('and on\n');
  expect(read()).toBe(`${lines(5000)}and on\n`);
});

test('what waits is bounded: the first are kept, and later ones go through again', async () => {
  const { writer, read } = pipe();
  const output = openLogOutput(writer);
  for (let n = 0; n < 50_000; n++) output.write(line(n));
  let seen = -1;
  await expect
    .poll(
      () => {
        const before = seen;
        seen = read().length;
        return seen > 0 && seen === before;
      },
      { timeout: 10_000, interval: 300 },
    )
    .toBe(true);
  const text = read();
  expect(text).toBe(lines(text.split('\n').length - 1));
  expect(Buffer.byteLength(text)).toBeLessThan(1_200_000);
  output.write('and on\n');
  expect(read()).toBe(`${text}and on\n`);
});

test('a reader who left, and a disk without room, are no error', () => {
  const { writer, leave } = pipe();
  leave();
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  for (const output of [openLogOutput(writer), openLogOutput(full)]) {
    for (let n = 0; n < 2000; n++) expect(() => output.write(line(n))).not.toThrow();
  }
});
