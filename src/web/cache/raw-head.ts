// The one use of members that Node does not document: a head once written is sent again as it is. Checked at start.
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';

/** `_header` is what goes out ahead of the body. */
type Raw = ServerResponse & { _header?: string; maxRequestsOnConnectionReached?: boolean };

/** An answer up to this size, bytes, goes out as one string: Node copies it to the stack and writes at once. */
const ONE_STRING = 16_384;
/** How long a head is used again, ms: as long as its `Date` is as good as true. */
const LASTS = 500;

/** A 200 with its body. Checking and joining a dozen headers takes Node as long as everything else in an answer. */
export class RawAnswer {
  /** Name, value, name, value …: the form Node writes fastest. */
  readonly #lines: string[];
  readonly #body: Buffer;
  #head: string | undefined;
  #whole: string | undefined;
  #writtenAt = 0;

  constructor(lines: string[], body: Buffer) {
    this.#lines = lines;
    this.#body = body;
  }

  /** A connection that goes on gets the same head as the last one did; one that ends, its own. */
  send(res: Raw, hasBody: boolean): void {
    const goesOn = IS_SENT_AS_IS && res.shouldKeepAlive && !res.maxRequestsOnConnectionReached;
    if (!goesOn || this.#head === undefined || performance.now() - this.#writtenAt >= LASTS) {
      res.writeHead(200, this.#lines).end(hasBody ? this.#body : undefined);
      this.#head = goesOn ? res._header : undefined;
      this.#whole = undefined;
      this.#writtenAt = performance.now();
    } else if (hasBody && this.#head.length + this.#body.length <= ONE_STRING) {
      // By way of bytes: two strings joined would be joined again, and copied, for each answer.
      this.#whole ??= Buffer.concat([Buffer.from(this.#head, 'latin1'), this.#body]).toString('latin1');
      res._header = this.#whole;
      res.end();
    } else {
      res._header = this.#head;
      res.end(hasBody ? this.#body : undefined);
    }
  }
}

/** Whether this Node sends `_header` as it is: one answer both ways, byte by byte. Else heads are written each time. */
export const IS_SENT_AS_IS = (() => {
  const bytesOf = (answer: (res: Raw) => void) => {
    const socket = new PassThrough() as unknown as Socket;
    const res: Raw = new ServerResponse(new IncomingMessage(socket));
    res.assignSocket(socket);
    answer(res);
    return [String(socket.read()), res._header] as const;
  };
  const [written, head] = bytesOf(res => res.writeHead(200, { 'Content-Length': 4 }).end('body'));
  const [again] = bytesOf(res => Object.assign(res, { _header: `${head}body` }).end());
  return written.endsWith('\r\n\r\nbody') && again === written;
})();
