// The only use of undocumented members of Node: sends the head of a response again as it is. Verified at start.
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';

/** `_header` is sent before the body. */
type Raw = ServerResponse & { _header?: string; maxRequestsOnConnectionReached?: boolean };

/** A response up to this size, bytes, is sent as one string: Node copies it to the stack and writes at once. */
const ONE_STRING = 16_384;
/** How long a head is reused, ms: its `Date` must stay correct. */
const LASTS = 500;

/** A 200 response with its body. Checking and joining a dozen headers takes Node as long as the rest of a response. */
export class RawAnswer {
  /** Name, value, name, value …: the form that Node writes fastest. */
  readonly #lines: string[];
  readonly #body: Buffer;
  #head: string | undefined;
  #whole: string | undefined;
  #writtenAt = 0;

  constructor(lines: string[], body: Buffer) {
    this.#lines = lines;
    this.#body = body;
  }

  /** A connection that stays open gets the stored head; one that ends gets its own. */
  send(res: Raw, hasBody: boolean): void {
    const goesOn = IS_SENT_AS_IS && res.shouldKeepAlive && !res.maxRequestsOnConnectionReached;
    if (!goesOn || this.#head === undefined || performance.now() - this.#writtenAt >= LASTS) {
      res.writeHead(200, this.#lines).end(hasBody ? this.#body : undefined);
      this.#head = goesOn ? res._header : undefined;
      this.#whole = undefined;
      this.#writtenAt = performance.now();
    } else if (hasBody && this.#head.length + this.#body.length <= ONE_STRING) {
      // Build the string from bytes: a joined string would be joined and copied again for each response.
      this.#whole ??= Buffer.concat([Buffer.from(this.#head, 'latin1'), this.#body]).toString('latin1');
      res._header = this.#whole;
      res.end();
    } else {
      res._header = this.#head;
      res.end(hasBody ? this.#body : undefined);
    }
  }
}

/**
 * Whether this Node version sends `_header` unchanged: compares both ways byte by byte. If not, heads are written each
 * time.
 */
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
