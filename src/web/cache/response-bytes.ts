// Rendered bytes: an answer as it goes out, compressed once per encoding off the main thread, with its ETag.
import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { jsonText } from '../../core/text/printable.ts';
import { chooseEncoding, type Encoding } from '../http/encoding.ts';

/** An answer before it is bytes. */
export interface ResponseBody {
  readonly type: string;
  readonly body: string | Buffer;
}

export const HTML = 'text/html; charset=utf-8';

/** A body as JSON that stays harmless as HTML. */
export function jsonBody(body: object): ResponseBody {
  return { type: 'application/json; charset=utf-8', body: jsonText(body) };
}

export interface Variant {
  readonly encoding: Encoding;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Less than this is not worth packing, bytes. */
const MIN_PACKED = 256;

/** An answer as it goes out: identity always, gzip and brotli made when first asked for. */
export class Rendered {
  readonly type: string;
  /** How many Snapshots ago it was last asked for: what nobody asks for is not prerendered for ever. */
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

  /** The encodings it was asked for besides identity: a newer version is packed in them, too. */
  get asked(): Encoding[] {
    return [...this.#making.keys()];
  }

  /** Bytes unpacked. */
  get length(): number {
    return this.#identity.bytes.length;
  }

  /** The ETag in an encoding: known before the bytes are. */
  etag(encoding: Encoding): string {
    return this.#packs(encoding) ? `"${this.#hash}-${encoding}"` : this.#identity.etag;
  }

  /** The bytes in an encoding if they are there already; those not worth packing come as they are. */
  ready(encoding: Encoding): Variant | null {
    return this.#packs(encoding) ? (this.#made.get(encoding) ?? null) : this.#identity;
  }

  /** The same, packed in zlib's own threads when they are not there yet. */
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
      // No memory to pack with: unpacked bytes are an answer too.
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
 * Sends an answer: encoding by q-values, 304 when the visitor has it, headers alone for HEAD. At once
 * when the bytes are packed already, else as soon as they are.
 */
export async function sendRendered(
  req: IncomingMessage,
  res: ServerResponse,
  rendered: Rendered,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const encoding = chooseEncoding(req.headers['accept-encoding']);
  const etag = rendered.etag(encoding);
  if (isKnown(req.headers['if-none-match'], etag)) {
    res.writeHead(304, { ...headers, etag }).end();
    return;
  }
  const variant = rendered.ready(encoding) ?? (await rendered.pack(encoding));
  // Whoever waited for the packing may have left meanwhile.
  if (res.destroyed) return;
  res.writeHead(200, { ...headers, ...about(rendered, variant) });
  res.end(req.method === 'HEAD' ? undefined : variant.bytes);
}

/** The headers that tell of a variant. */
export function about({ type }: Rendered, { bytes, etag, encoding }: Variant): OutgoingHttpHeaders {
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  return { etag, 'content-type': type, 'content-length': bytes.length, ...coding };
}

/** Whether an If-None-Match line names this ETag. */
export function isKnown(sent: string | undefined, etag: string): boolean {
  if (sent === undefined) return false;
  // A cache on the way may have weakened it: W/"x" is the same page.
  return sent.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
