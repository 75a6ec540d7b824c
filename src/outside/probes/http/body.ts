// Reading an answer's body: decompressed, never more of it than asked for, and not for ever.
import { Readable } from 'node:stream';
import type { Millis } from '../../../core/model/time.ts';
import type { Answer } from './exchange.ts';
import { readingsOf } from './text.ts';
import { isCut, tapped, unpack } from './unpack.ts';

export interface Body {
  /** The texts it may stand for, the likeliest first. */
  readonly readings: readonly string[];
  /** False when the limit came first, or it was left before its end. */
  readonly whole: boolean;
  /** Whether it is packed, and its end did not come: unpacks it once more, for those who must know. */
  readonly isCut: () => boolean;
  /** When it was read, or when what came of it decided; on `performance.now()`'s clock. */
  readonly at: Millis;
}

export interface Leave {
  /** Whether what has come of it decides, whatever follows. */
  readonly decides: (readings: readonly string[]) => boolean;
  /** A body that may still end is waited for until then, on `performance.now()`'s clock. */
  readonly latest: Millis;
}

/**
 * Reads at most `limit` decompressed bytes, then stops: endless bodies and gzip bombs end there. With
 * `leave`, a stream (events, sound, pictures) is left as soon as what has come of it decides, and any
 * other body of unknown length when the time is up: until then it may end, or break off.
 */
export async function readBody(answer: Answer, limit: number, leave?: Leave): Promise<Body> {
  const encodings = header(answer, 'content-encoding');
  const packed: Buffer[] = [];
  const received = new ReceivedBody(limit, header(answer, 'content-type'));
  const body = (whole: boolean, at = performance.now()): Body => ({
    readings: received.readings(),
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
    // At its source: whoever unpacks it may wait for more of it, and would not hear.
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

/** What has come of a body, and when the last of it came. */
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
    return readingsOf(Buffer.concat(this.#chunks).subarray(0, this.#limit), this.contentType);
  }
}

/** A body that may have no end. */
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

  /** Looks through what has come, less often when that takes long; whether it can be left. */
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

/** How often what has come of an unended body is searched; less often when that takes long. */
const SEARCH_EVERY: Millis = 40;

/** What is made to be listened to, not to be had whole. */
const STREAMS = /^\s*(text\/event-stream|multipart\/x-mixed-replace|audio\/|video\/|application\/ogg)/i;

/** Whether the answer says how long it is, and that can be read whole. Without a body it ends at once. */
function hasLength(answer: Answer, limit: number): boolean {
  const length = header(answer, 'content-length');
  return /^\d+$/.test(length) && Number(length) <= limit;
}

function header(answer: Answer, name: string): string {
  return String(answer.headers[name] ?? '');
}
