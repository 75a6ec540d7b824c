// What undici 7 hangs up on, though HTTP allows it or every browser takes it: put right before its parser reads it.
import type { Socket } from 'node:net';

/** What the head of an answer begins with, as far as it has come. */
const HEAD = /^HTTP\/1\.[01] (?:\d{0,2}$|\d{3}(?:[ \r\n]|$))/;
/** An interim answer, which nobody asked for (RFC 9110, 15.2); 101 is none. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d/;
/** How old internet radios begin; all players take it for HTTP/1.0. */
const ICY = 'ICY ';
/** As many bytes as are held back while they may be the begin of any. */
const BEGINS = [Buffer.from('HTTP/1.1 '), Buffer.from('HTTP/1.0 '), Buffer.from(ICY)];
/** No honest head is longer, in bytes. */
const MAX_HEAD = 16 * 1024;

/** Puts right what the socket's one reader will read first, and gets out of the way. */
export function mendPreamble(socket: Socket): void {
  const readOn = socket.read.bind(socket);
  let held = Buffer.alloc(0);
  let isOver = false;
  socket.read = size => {
    const chunk: Buffer | null = readOn(size);
    if (isOver || chunk === null) return chunk;
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (BEGINS.some(begin => isBeginOf(begin, held))) return null;
      const text = held.toString('latin1', 0, MAX_HEAD);
      if (text.startsWith(ICY)) {
        held = Buffer.concat([Buffer.from('HTTP/1.0 '), held.subarray(ICY.length)]);
        continue;
      }
      const isHead = HEAD.test(text);
      const end = isHead ? /\r?\n\r?\n/.exec(text) : null;
      if (!end) {
        if (isHead && held.length < MAX_HEAD) return null;
        isOver = true;
        return held;
      }
      const rest = held.subarray(end.index + end[0].length);
      if (!INTERIM.test(text)) {
        isOver = true;
        return Buffer.concat([Buffer.from(mended(text.slice(0, end.index)), 'latin1'), rest]);
      }
      held = rest;
    }
  };
}

function isBeginOf(whole: Buffer, bytes: Buffer): boolean {
  return bytes.length <= whole.length && whole.subarray(0, bytes.length).equals(bytes);
}

/**
 * A head whose lines end with CRLF, where LF may stand alone (RFC 9112, 2.2), and that says its length once: the
 * same length said again is no other (RFC 9110, 8.6), and beside a transfer coding it does not count (RFC 9112, 6.3).
 */
function mended(head: string): string {
  const lines = head.split(/\r?\n/);
  const isLength = (line: string) => /^content-length:/i.test(line);
  const others = lines.filter(line => !isLength(line));
  const isCoded = lines.some(line => /^transfer-encoding:/i.test(line));
  const lengths = new Set(
    lines
      .filter(isLength)
      .flatMap(line => line.slice(line.indexOf(':') + 1).split(','))
      .map(one => one.trim()),
  );
  // Lengths that differ are left to the parser, which refuses them.
  const kept = isCoded
    ? others
    : lengths.size === 1
      ? [...others, `Content-Length: ${[...lengths][0]}`]
      : lines;
  return `${kept.join('\r\n')}\r\n\r\n`;
}
