// What stands before an answer that undici 7 hangs up on: an unasked "100 Continue", which HTTP allows
// (RFC 9110, 15.2), and the "ICY 200 OK" of old internet radios, which all players take for HTTP/1.0.
import type { Socket } from 'node:net';

/** What an interim answer of status 100 begins with. */
const CONTINUE = /^HTTP\/1\.[01] 100[ \r]/;
/** As many bytes as are held back while they may be the begin of either. */
const BEGINS = [Buffer.from('HTTP/1.1 100'), Buffer.from('HTTP/1.0 100'), Buffer.from('ICY ')];
/** No honest interim answer is longer, in bytes. */
const LONGEST = 16 * 1024;

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
      const text = held.toString('latin1', 0, LONGEST);
      const isContinue = CONTINUE.test(text);
      const end = isContinue ? /\r?\n\r?\n/.exec(text) : null;
      if (!end) {
        if (isContinue && held.length < LONGEST) return null;
        isOver = true;
        return text.startsWith('ICY ') ? Buffer.concat([Buffer.from('HTTP/1.0 '), held.subarray(4)]) : held;
      }
      held = held.subarray(end.index + end[0].length);
    }
  };
}

function isBeginOf(whole: Buffer, bytes: Buffer): boolean {
  return bytes.length <= whole.length && whole.subarray(0, bytes.length).equals(bytes);
}
