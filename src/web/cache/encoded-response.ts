// An encoded response: compressed once per encoding, off the main thread, with its ETag, and sent.
import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { jsonText } from '../../core/text/printable.ts';
import { chooseEncoding, type Encoding } from '../http/encoding.ts';

/** A response before it is encoded as bytes. */
export interface ResponseBody {
  readonly type: string;
  readonly body: string | Buffer;
}

export const HTML = 'text/html; charset=utf-8';

/** A JSON body that is harmless if read as HTML. */
export function jsonBody(body: object): ResponseBody {
  return { type: 'application/json; charset=utf-8', body: jsonText(body) };
}

interface Variant {
  readonly encoding: Encoding;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Smaller bodies are not compressed, bytes. */
const MIN_PACKED = 256;

/** A response: uncompressed at once, gzip and brotli when first requested. */
export class Rendered {
  readonly type: string;
  /** How many Snapshots ago it was last requested; after some, it is no longer prerendered. */
  idle = 0;
  readonly #identity: Variant;
  readonly #hash: string;
  readonly #made = new Map<Encoding, Variant>();
  readonly #making = new Map<Encoding, Promise<Variant>>();

  constructor({ type, body }: ResponseBody) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.type = type;
    this.#hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.#identity = { encoding: 'identity', bytes, etag: `"${this.#hash}"` };
  }

  /** The compressed encodings requested so far; the next Snapshot's response is compressed in them, too. */
  get asked(): Encoding[] {
    return [...this.#making.keys()];
  }

  /** Uncompressed size, bytes. */
  get length(): number {
    return this.#identity.bytes.length;
  }

  /** The ETag for an encoding; known before the bytes are. */
  etag(encoding: Encoding): string {
    return this.#packs(encoding) ? `"${this.#hash}-${encoding}"` : this.#identity.etag;
  }

  /** The bytes in an encoding, if they are ready; small bodies stay uncompressed. */
  ready(encoding: Encoding): Variant | null {
    return this.#packs(encoding) ? (this.#made.get(encoding) ?? null) : this.#identity;
  }

  /** Like `ready`, but compresses in zlib's threads if needed. */
  pack(encoding: Encoding): Promise<Variant> {
    if (!this.#packs(encoding)) return Promise.resolve(this.#identity);
    const under = this.#making.get(encoding);
    if (under) return under;
    const work = PACK[encoding](this.#identity.bytes).then(
      bytes => {
        const variant = { encoding, bytes, etag: this.etag(encoding) };
        this.#made.set(encoding, variant);
        return variant;
      },
      // If there is no memory to compress, send uncompressed bytes.
      () => this.#identity,
    );
    this.#making.set(encoding, work);
    return work;
  }

  #packs(encoding: Encoding): encoding is 'gzip' | 'br' {
    if (encoding === 'identity' || this.#identity.bytes.length < MIN_PACKED) return false;
    return !/^image\/(?!svg)/.test(this.type);
  }
}

const [zip, brotli] = [promisify(gzip), promisify(brotliCompress)];

const PACK = {
  gzip: (bytes: Buffer) => zip(bytes, { level: 7 }),
  br: (bytes: Buffer) => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
};

/**
 * Sends a response in the best encoding: 304 if the visitor has it, only headers for HEAD. Sends at once if the bytes
 * are compressed already, else when they are.
 */
export async function sendRendered(
  req: IncomingMessage,
  res: ServerResponse,
  rendered: Rendered,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const encoding = chooseEncoding(req.headers['accept-encoding']);
  const etag = rendered.etag(encoding);
  if (namesEtag(req.headers['if-none-match'], etag)) {
    res.writeHead(304, { ...headers, etag }).end();
    return;
  }
  const variant = rendered.ready(encoding) ?? (await rendered.pack(encoding));
  // The visitor may have left during compression.
  if (res.destroyed) return;
  res.writeHead(200, { ...headers, ...about(rendered, variant) });
  res.end(req.method === 'HEAD' ? undefined : variant.bytes);
}

/** The headers that describe the bytes. */
export function about({ type }: Rendered, { bytes, etag, encoding }: Variant): OutgoingHttpHeaders {
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  return { etag, 'content-type': type, 'content-length': bytes.length, ...coding };
}

/** Whether an If-None-Match header names this ETag. */
export function namesEtag(sent: string | undefined, etag: string): boolean {
  if (sent === undefined) return false;
  // A cache may have weakened the ETag: W/"x" is the same page.
  return sent.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
