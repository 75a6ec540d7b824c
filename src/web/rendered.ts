// Rendered bytes: an answer as it goes out, compressed once, with its ETag.
import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** An answer before it is bytes. */
export interface Answer {
  readonly type: string;
  readonly body: string | Buffer;
}

interface Variant {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** An answer as it goes out: identity always, gzip and brotli made when first asked for. */
export class Rendered {
  readonly type: string;
  private readonly identity: Variant;
  private readonly hash: string;
  private readonly packed = new Map<string, Variant>();

  constructor({ type, body }: Answer) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.type = type;
    this.hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.identity = { bytes, etag: `"${this.hash}"` };
  }

  /** The bytes in an encoding; those that are not worth packing come as they are. */
  in(encoding: Encoding): Variant & { readonly encoding: Encoding } {
    const { bytes } = this.identity;
    if (encoding === 'identity' || bytes.length < 256 || /^image\/(?!svg)/.test(this.type)) {
      return { ...this.identity, encoding: 'identity' };
    }
    let variant = this.packed.get(encoding);
    if (!variant) {
      variant = { bytes: PACK[encoding](bytes), etag: `"${this.hash}-${encoding}"` };
      this.packed.set(encoding, variant);
    }
    return { ...variant, encoding };
  }
}

type Encoding = 'identity' | 'gzip' | 'br';

const PACK = {
  gzip: (bytes: Buffer) => gzipSync(bytes, { level: 7 }),
  br: (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
};

/** Sends an answer: encoding by q-values, 304 when the visitor has it, headers alone for HEAD. */
export function sendRendered(
  req: IncomingMessage,
  res: ServerResponse,
  rendered: Rendered,
  headers: OutgoingHttpHeaders,
): void {
  const { bytes, etag, headers: about } = describe(rendered, req.headers['accept-encoding']);
  if (isKnown(req.headers['if-none-match'], etag)) {
    res.writeHead(304, { ...headers, etag }).end();
    return;
  }
  res.writeHead(200, { ...headers, ...about }).end(req.method === 'HEAD' ? undefined : bytes);
}

/** The bytes for an Accept-Encoding line, with the headers that tell of them. */
export function describe(rendered: Rendered, acceptEncoding: string | undefined) {
  const { bytes, etag, encoding } = rendered.in(chooseEncoding(acceptEncoding));
  const coding: OutgoingHttpHeaders = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  const headers = { etag, 'content-type': rendered.type, 'content-length': bytes.length, ...coding };
  return { bytes, etag, headers };
}

function isKnown(sent: string | undefined, etag: string): boolean {
  if (sent === undefined) return false;
  // A cache on the way may have weakened it: W/"x" is the same page.
  return sent.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** The best encoding both sides know; brotli before gzip where the visitor likes both alike. */
function chooseEncoding(accept: string | undefined): Encoding {
  const weights = new Map<string, number>();
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [name = '', ...params] = part.trim().split(';');
    const quality = params.map(param => /^\s*q=([\d.]+)/.exec(param)?.[1]).find(value => value !== undefined);
    weights.set(name.trim(), quality === undefined ? 1 : Number(quality));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  if (weight('br') > 0 && weight('br') >= weight('gzip')) return 'br';
  return weight('gzip') > 0 ? 'gzip' : 'identity';
}
