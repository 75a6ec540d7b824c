// Corrects responses that undici 7 rejects although HTTP allows them or every browser accepts them, before its parser
// reads them.
import type { Socket } from 'node:net';

/** The start of a response's head, as far as it has arrived. */
const HEAD = /^HTTP\/1\.[01] (?:\d{0,2}$|\d{3}(?:[ \r\n]|$))/;
/** An interim response (RFC 9110, 15.2), which we did not ask for; 101 is not one. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d/;
/** The first bytes of old internet radios, which all players accept as HTTP/1.0. */
const ICY = 'ICY ';
/** Bytes are held back while they may be the beginning of one of these. */
const BEGINS = [Buffer.from('HTTP/1.1 '), Buffer.from('HTTP/1.0 '), Buffer.from(ICY)];
/** The longest head we correct, bytes. */
const MAX_HEAD = 16 * 1024;

/** Corrects the first bytes that the socket's only reader gets, then removes itself. */
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
 * Makes lines end with CRLF, because LF alone is allowed (RFC 9112, 2.2), and keeps at most one length: a repeated equal
 * length is valid (RFC 9110, 8.6), and a transfer coding overrides it (RFC 9112, 6.3).
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
  // Different lengths are left to the parser, which refuses them.
  const kept = isCoded
    ? others
    : lengths.size === 1
      ? [...others, `Content-Length: ${[...lengths][0]}`]
      : lines;
  return `${kept.join('\r\n')}\r\n\r\n`;
}
