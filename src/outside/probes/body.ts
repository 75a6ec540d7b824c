// Reading an answer's body: decompressed, and never more of it than asked for.
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What was read of a body; `whole` is false when the limit came first. */
export interface Text {
  readonly text: string;
  readonly whole: boolean;
}

/** The encodings `readBody` undoes, for the request's accept-encoding. */
export const ENCODINGS = 'gzip, deflate, br';

/** Reads at most `limit` decompressed bytes, then stops: endless bodies and gzip bombs end there. */
export async function readBody(body: Readable, encoding: string, limit: number): Promise<Text> {
  let plain: Readable = body;
  for (const name of encoding.toLowerCase().split(',').slice(0, 3).reverse()) {
    const unpack = DECODERS.get(name.trim())?.();
    // Errors travel along the pipeline and surface in the loop below.
    if (unpack) plain = pipeline(plain, unpack, () => {});
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  const bytes = Buffer.concat(chunks);
  return { text: bytes.subarray(0, limit).toString('utf8'), whole: size <= limit };
}

// As browsers do: a stream cut short yields what there is. HTTP's own framing tells truncation.
const lenient = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const flush = constants.BROTLI_OPERATION_FLUSH;

const DECODERS = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(lenient)],
  ['x-gzip', () => createGunzip(lenient)],
  ['deflate', () => createInflate(lenient)],
  ['br', () => createBrotliDecompress({ flush, finishFlush: flush })],
]);
