// The log's output. A missing reader or a full disk neither ends the program nor blocks it.
import { writeSync } from 'node:fs';
import { type Millis, SECOND } from '../core/model/time.ts';
import { harmless } from '../core/text/printable.ts';

/** How many bytes may wait for a slow reader; more are dropped. */
const MAX_WAITING = 1_000_000;
const AGAIN: Millis = SECOND / 10;

/** The output for pino. Never throws. */
interface LogOutput {
  write(line: string): void;
}

/**
 * Writes lines to an open file descriptor. A line that cannot be written (no reader, no room) is dropped; the next one
 * is tried again. Not pino's own output, because that throws on a full disk, and then its `flushSync` waits forever.
 */
export function openLogOutput(fd: number): LogOutput {
  let waiting: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    timer = undefined;
    for (let [first] = waiting; first; [first] = waiting) {
      let written: number;
      try {
        written = writeSync(fd, first);
      } catch (error) {
        // The pipe is full for now.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          timer = setTimeout(flush, AGAIN).unref();
          return;
        }
        waiting = [];
        size = 0;
        return;
      }
      size -= written;
      if (written < first.length) waiting[0] = first.subarray(written);
      else waiting.shift();
    }
  };
  process.on('exit', flush);

  return {
    write(line) {
      const bytes = Buffer.from(harmless(line));
      if (size + bytes.length > MAX_WAITING) return;
      waiting.push(bytes);
      size += bytes.length;
      if (!timer) flush();
    },
  };
}
