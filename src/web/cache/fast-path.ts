// The fast path: a response that was sent before is sent again from memory, without Express.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { memoizedText } from '../../core/model/memo.ts';
import type { Site } from '../../core/model/site.ts';
import { chooseEncoding, type Encoding } from '../http/encoding.ts';
import { about, namesEtag, type Rendered, sendRendered } from './encoded-response.ts';
import { RawAnswer } from './raw-head.ts';

/** The response sent for an address, with all headers that Express and the route had set. */
export class CachedResponse {
  readonly rendered: Rendered;
  readonly headers: OutgoingHttpHeaders;
  /** The site the headers were made for: another status.yaml may need other headers. */
  readonly site: Site;
  readonly #packed = new Map<Encoding, Packed>();

  constructor(rendered: Rendered, headers: OutgoingHttpHeaders, site: Site) {
    this.rendered = rendered;
    this.headers = headers;
    this.site = site;
  }

  send(req: IncomingMessage, res: ServerResponse): void {
    this.rendered.idle = 0;
    const packed = this.#packedIn(encodingOf(req.headers['accept-encoding'] ?? ''));
    // Not compressed yet: send it when it is.
    if (!packed) return void sendRendered(req, res, this.rendered, this.headers);
    if (namesEtag(req.headers['if-none-match'], packed.etag)) {
      res.writeHead(304, packed.unchanged).end();
      return;
    }
    packed.answer.send(res, req.method !== 'HEAD');
  }

  #packedIn(encoding: Encoding): Packed | null {
    const known = this.#packed.get(encoding);
    if (known) return known;
    const variant = this.rendered.ready(encoding);
    if (!variant) return null;
    const lines = flat({ ...this.headers, ...about(this.rendered, variant) });
    const { etag, bytes } = variant;
    const packed = {
      etag,
      unchanged: flat({ ...this.headers, etag }),
      answer: new RawAnswer(lines, bytes),
    };
    this.#packed.set(encoding, packed);
    return packed;
  }
}

interface Packed {
  readonly etag: string;
  readonly unchanged: string[];
  readonly answer: RawAnswer;
}

/** Browsers send a few dozen values of Accept-Encoding. */
const encodingOf = memoizedText(500, chooseEncoding);

function flat(headers: OutgoingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
}
