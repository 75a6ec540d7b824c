// Undoes a body's content encodings as browsers do: tolerates a cut end, and two kinds of deflate.
import { type Duplex, pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';

/** Returns the body without its encodings; an unknown one is left. Errors are emitted by the returned stream. */
export function unpack(body: Readable, encodings: string): Readable {
  let plain = body;
  for (const name of encodings.toLowerCase().split(',').slice(0, 3).reverse()) {
    plain = DECODERS.get(name.trim())?.(plain) ?? plain;
  }
  return plain;
}

/** The first content encoding that `unpack` leaves; null if there is none. */
export function unknownEncoding(encodings: string): string | null {
  const names = encodings
    .toLowerCase()
    .split(',')
    .map(name => name.trim());
  return names.find(name => name !== '' && name !== 'identity' && !DECODERS.has(name)) ?? null;
}

// A stream that is cut short yields what there is. HTTP itself detects truncation.
const lenient = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const flush = zlib.constants.BROTLI_OPERATION_FLUSH;

/** Errors travel along the pipeline to its end. */
const through = (decoder: () => Duplex) => (packed: Readable) => pipeline(packed, decoder(), () => {});

/** Node 22.15 and later. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Duplex };

const DECODERS = new Map<string, (packed: Readable) => Readable>([
  ['gzip', packed => Readable.from(gunzip(packed))],
  ['x-gzip', packed => Readable.from(gunzip(packed))],
  ['deflate', packed => Readable.from(inflate(packed))],
  ['br', through(() => zlib.createBrotliDecompress({ flush, finishFlush: flush }))],
  ...(createZstdDecompress ? ([['zstd', through(createZstdDecompress)]] as const) : []),
]);

/** The encodings `unpack` can undo, for the accept-encoding header. */
export const ENCODINGS = [...DECODERS.keys()].filter(name => name !== 'x-gzip').join(', ');

/** Passes chunks through and stores each in `taken`. */
export async function* tapped(packed: AsyncIterable<Buffer>, taken: Buffer[]): AsyncGenerator<Buffer> {
  for await (const chunk of packed) {
    taken.push(chunk);
    yield chunk;
  }
}

const gunzipped = through(() => zlib.createGunzip(lenient));

/** Ignores bytes after the compressed data, as browsers do; Node treats them as damage. */
async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const taken: Buffer[] = [];
  let sent = 0;
  try {
    for await (const chunk of gunzipped(Readable.from(tapped(packed, taken))) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error;
    yield firstMember(Buffer.concat(taken), error).subarray(sent);
  }
}

/** The first gzip member (RFC 1952) of some bytes, whatever follows; throws `damage` if there is none. */
function firstMember(bytes: Buffer, damage: unknown): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw damage;
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const named of [8, 16]) if (flags & named) at = bytes.indexOf(0, at) + 1;
  if (flags & 2) at += 2;
  try {
    return zlib.inflateRawSync(bytes.subarray(at), { maxOutputLength: MAX_AT_ONCE });
  } catch {
    throw damage;
  }
}

const MAX_AT_ONCE = 16_000_000;

/** `deflate` means zlib's format, but some servers send raw deflate data. */
async function* inflate(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = packed[Symbol.asyncIterator]();
  const { done, value: first } = await chunks.next();
  if (done) return;
  const isWrapped = (first[0]! & 0x0f) === 8;
  const all = Readable.from(
    (async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => chunks };
    })(),
  );
  const decoder = isWrapped ? zlib.createInflate(lenient) : zlib.createInflateRaw(lenient);
  yield* through(() => decoder)(all);
}

/**
 * Whether a compressed body ended before its text did. `unpack` tolerates that, as browsers do. A missing checksum
 * after the text is tolerated here, too.
 */
export function isCut(packed: Buffer, encodings: string): boolean {
  const last = encodings.toLowerCase().split(',').at(-1)!.trim();
  const whole = WHOLE.find(([name]) => name.test(last))?.[1];
  if (!whole || packed.length === 0) return false;
  try {
    whole(packed);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  }
}

/** Each throws Z_BUF_ERROR if the end of the text is missing. */
const WHOLE: readonly (readonly [RegExp, (packed: Buffer) => unknown])[] = [
  [/^br$/, packed => zlib.brotliDecompressSync(packed)],
  [/^(x-)?gzip$/, gunzipWhole],
  [/^deflate$/, packed => zlib.inflateRawSync((packed[0]! & 0x0f) === 8 ? packed.subarray(2) : packed)],
];

function gunzipWhole(packed: Buffer): unknown {
  try {
    return zlib.gunzipSync(packed);
  } catch (error) {
    return firstMember(packed, error);
  }
}
