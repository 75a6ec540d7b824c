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
  const contentType = header(answer, 'content-type');
  const chunks: Buffer[] = [];
  let size = 0;
  let arrived = performance.now();
  let decided: Millis | null = null;
  const read = () => readingsOf(Buffer.concat(chunks).subarray(0, limit), contentType);
  const encodings = header(answer, 'content-encoding');
  const packed: Buffer[] = [];
  const body = (whole: boolean, at = performance.now()): Body => ({
    readings: read(),
    whole,
    isCut: () => whole && isCut(Buffer.concat(packed), encodings),
    at,
  });

  const isAwaited = leave && !hasLength(answer, limit);
  const isStream = isAwaited && STREAMS.test(contentType);
  if (isAwaited && leave.decides([''])) decided = arrived;
  if (decided !== null && isStream) return body(false, decided);

  const plain = unpack(
    encodings === '' ? answer.body : Readable.from(tapped(answer.body, packed)),
    encodings,
  );
  let left = false;
  let looked = 0;
  let rest: Millis = 0;
  const look = () => {
    const begun = performance.now();
    if (decided === null && size > looked && begun >= rest) {
      looked = size;
      if (leave!.decides(read())) decided = arrived;
      rest = begun + 20 * (performance.now() - begun);
    }
    if (decided === null || !(isStream || begun >= leave!.latest)) return;
    left = true;
    // At its source: whoever unpacks it may wait for more of it, and would not hear.
    answer.body.destroy();
  };
  const looking = isAwaited ? setInterval(look, LOOK_EVERY) : undefined;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      arrived = performance.now();
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (error) {
    if (!left) throw error;
  } finally {
    clearInterval(looking);
  }
  return left ? body(false, decided!) : body(size <= limit);
}

/** How often what has come of an unended body is looked through; less often when that takes long. */
const LOOK_EVERY: Millis = 40;

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
