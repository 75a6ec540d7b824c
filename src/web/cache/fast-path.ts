// The fast path: an answer sent before is sent again straight from memory, its head as Node wrote it last.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Site } from '../../core/model/site.ts';
import { SECOND } from '../../core/model/time.ts';
import { chooseEncoding, type Encoding } from '../http/encoding.ts';
import { about, isKnown, type Rendered, sendRendered, type Variant } from './rendered.ts';

/** Browsers send a few dozen values of Accept-Encoding; a hostile one must not fill memory. */
const MOST_LINES = 500;
/** An answer up to this size goes out as one string: Node copies it to the stack and writes at once. */
const ONE_STRING = 16_384;
/** How long a written head is used again: as long as its `Date` is as good as true. */
const HEAD_LASTS = SECOND / 2;

/** What was sent for an address: the answer, and all headers that Express and the route had set. */
export class Hot {
  readonly rendered: Rendered;
  readonly headers: OutgoingHttpHeaders;
  /** Whose headers they are: another status.yaml may demand others. */
  readonly site: Site;
  /** By encoding: its head, made once. */
  readonly heads = new Map<Encoding, Head>();

  constructor(rendered: Rendered, headers: OutgoingHttpHeaders, site: Site) {
    this.rendered = rendered;
    this.headers = headers;
    this.site = site;
  }
}

interface Head {
  readonly variant: Variant;
  /** Name, value, name, value …: the form Node writes fastest. */
  readonly lines: readonly string[];
  readonly unchanged: readonly string[];
  /** The whole head as Node wrote it, and when: good for `HEAD_LASTS`. */
  written: string | undefined;
  /** The same with the body after it, a character a byte. */
  whole: string | undefined;
  era: object | null;
}

/** A response with members of Node's that are not in its types: `_header` is what goes out ahead of the body. */
type Written = ServerResponse & { _header?: string; maxRequestsOnConnectionReached?: boolean };

/** Makes the sender of hot answers. */
export function makeHotSend(): (req: IncomingMessage, res: ServerResponse, hot: Hot) => void {
  const encodings = new Map<string, Encoding>();
  let era: object | null = null;

  const encodingOf = (accept: string | undefined): Encoding => {
    const line = accept ?? '';
    const known = encodings.get(line);
    if (known) return known;
    const encoding = chooseEncoding(line);
    if (encodings.size >= MOST_LINES) encodings.clear();
    if (line.length < 200) encodings.set(line, encoding);
    return encoding;
  };

  const eraNow = (): object => {
    if (era) return era;
    era = {};
    setTimeout(() => {
      era = null;
    }, HEAD_LASTS).unref();
    return era;
  };

  return (req, res: Written, hot) => {
    const { headers } = req;
    hot.rendered.idle = 0;
    const encoding = encodingOf(headers['accept-encoding']);
    const head = hot.heads.get(encoding) ?? headOf(hot, encoding);
    // Not packed yet: sent as soon as it is.
    if (!head) return void sendRendered(req, res, hot.rendered, hot.headers);
    const { variant } = head;
    if (isKnown(headers['if-none-match'], variant.etag)) {
      res.writeHead(304, head.unchanged as string[]).end();
      return;
    }
    // Checking and joining a dozen headers takes Node as long as everything else in an answer. A
    // connection that goes on gets the same head as the last one did; one that ends, its own.
    const goesOn = res.shouldKeepAlive && !res.maxRequestsOnConnectionReached;
    const hasBody = req.method !== 'HEAD';
    if (goesOn && head.written !== undefined && head.era === era) {
      if (hasBody && head.written.length + variant.bytes.length <= ONE_STRING) {
        head.whole ??= joined(head.written, variant.bytes);
        res._header = head.whole;
        return void res.end();
      }
      res._header = head.written;
    } else {
      res.writeHead(200, head.lines as string[]);
      head.written = goesOn ? res._header : undefined;
      head.whole = undefined;
      head.era = eraNow();
    }
    res.end(hasBody ? variant.bytes : undefined);
  };
}

function joined(head: string, body: Buffer): string {
  // By way of bytes: two strings joined would be joined again, and copied, for each answer.
  return Buffer.concat([Buffer.from(head, 'latin1'), body]).toString('latin1');
}

function headOf(hot: Hot, encoding: Encoding): Head | null {
  const variant = hot.rendered.ready(encoding);
  if (!variant) return null;
  const lines = flat({ ...hot.headers, ...about(hot.rendered, variant) });
  const unchanged = flat({ ...hot.headers, etag: variant.etag });
  const head: Head = { variant, lines, unchanged, written: undefined, whole: undefined, era: null };
  hot.heads.set(encoding, head);
  return head;
}

function flat(headers: OutgoingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
}
