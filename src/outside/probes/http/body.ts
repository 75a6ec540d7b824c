// Reads a response body: decompressed, limited in size and time.
import { Readable } from 'node:stream';
import type { Millis } from '../../../core/model/time.ts';
import type { Answer } from './exchange.ts';
import { isText, readingsOf, unknownCharset } from './text.ts';
import { isCut, tapped, unknownEncoding, unpack } from './unpack.ts';

export interface Body {
  /** The possible decodings, the most likely first. */
  readonly readings: readonly string[];
  /** The encoding or charset that cannot be undone, so that the readings are not the text; else null. */
  readonly unsupported: string | null;
  /** False if the limit was reached, or reading stopped before the end. */
  readonly whole: boolean;
  /** Whether a compressed body ended early. Decompresses it again, so call it only if needed. */
  readonly isCut: () => boolean;
  /** When it was read, or when its beginning decided the result, by `performance.now()`. */
  readonly at: Millis;
}

interface Leave {
  /** Whether the text so far decides the result, whatever follows. */
  readonly decides: (readings: readonly string[]) => boolean;
  /** How long to wait for a body that may still end, by `performance.now()`. */
  readonly latest: Millis;
}

/**
 * Reads at most `limit` decompressed bytes, so endless bodies and gzip bombs are cut off.
 * @param leave when to stop early, once the text so far decides: a stream (events, sound, pictures) at once, any other
 * body of unknown length at `leave.latest`, because until then it may end or break off
 */
export async function readBody(answer: Answer, limit: number, leave?: Leave): Promise<Body> {
  const encodings = header(answer, 'content-encoding');
  const packed: Buffer[] = [];
  const received = new ReceivedBody(limit, header(answer, 'content-type'));
  const body = (whole: boolean, at = performance.now()): Body => ({
    ...decoded(received, encodings),
    whole,
    isCut: () => whole && isCut(Buffer.concat(packed), encodings),
    at,
  });
  const unended = leave && !hasLength(answer, limit) ? new Unended(leave, received) : null;
  if (unended?.isStream && unended.decidedAt !== null) return body(false, unended.decidedAt);

  const source = encodings === '' ? answer.body : Readable.from(tapped(answer.body, packed));
  let isLeft = false;
  const search = () => {
    if (!unended?.isDone()) return;
    isLeft = true;
    // Destroy the source: the decoder may be waiting for more data and would not notice.
    answer.body.destroy();
  };
  const searching = unended ? setInterval(search, SEARCH_EVERY) : undefined;
  try {
    for await (const chunk of unpack(source, encodings) as AsyncIterable<Buffer>) {
      received.add(chunk);
      if (received.size > limit) break;
    }
  } catch (error) {
    if (!isLeft) throw error;
  } finally {
    clearInterval(searching);
  }
  return isLeft ? body(false, unended!.decidedAt!) : body(received.size <= limit);
}

function decoded(received: ReceivedBody, encodings: string): Pick<Body, 'readings' | 'unsupported'> {
  const readings = received.readings();
  // Some servers name an encoding and send plain text.
  const packed = isText(readings) ? null : unknownEncoding(encodings);
  return { readings, unsupported: packed ?? unknownCharset(received.bytes(), received.contentType) };
}

/** The part of a body received so far, and when the last of it came. */
class ReceivedBody {
  size = 0;
  at = performance.now();
  readonly contentType: string;
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];

  constructor(limit: number, contentType: string) {
    this.#limit = limit;
    this.contentType = contentType;
  }

  add(chunk: Buffer): void {
    this.at = performance.now();
    this.#chunks.push(chunk);
    this.size += chunk.length;
  }

  readings(): readonly string[] {
    return readingsOf(this.bytes(), this.contentType);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks).subarray(0, this.#limit);
  }
}

class Unended {
  readonly isStream: boolean;
  decidedAt: Millis | null;
  readonly #leave: Leave;
  readonly #received: ReceivedBody;
  #searched = 0;
  #restsUntil: Millis = 0;

  constructor(leave: Leave, received: ReceivedBody) {
    this.#leave = leave;
    this.#received = received;
    this.isStream = STREAMS.test(received.contentType);
    this.decidedAt = leave.decides(['']) ? received.at : null;
  }

  /** Searches the text so far, less often if that is slow. Returns whether reading can stop. */
  isDone(): boolean {
    const begun = performance.now();
    const { size, at } = this.#received;
    if (this.decidedAt === null && size > this.#searched && begun >= this.#restsUntil) {
      this.#searched = size;
      if (this.#leave.decides(this.#received.readings())) this.decidedAt = at;
      this.#restsUntil = begun + 20 * (performance.now() - begun);
    }
    return this.decidedAt !== null && (this.isStream || begun >= this.#leave.latest);
  }
}

/** How often the text of an unended body is searched, ms; less often if that is slow. */
const SEARCH_EVERY: Millis = 40;

/** Types that are streams and never complete. */
const STREAMS = /^\s*(text\/event-stream|multipart\/x-mixed-replace|audio\/|video\/|application\/ogg)/i;

/** Whether the response gives its length, and that is within the limit. Without a body it ends at once. */
function hasLength(answer: Answer, limit: number): boolean {
  const length = header(answer, 'content-length');
  return /^\d+$/.test(length) && Number(length) <= limit;
}

function header(answer: Answer, name: string): string {
  return String(answer.headers[name] ?? '');
}
