// Answers: made once per Snapshot, then given again straight from memory, before Express is asked.
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { Snapshot } from '../core/snapshot.ts';
import { type Lang, negotiate } from '../core/words/words.ts';
import { type Answer, describe, Rendered, sendRendered } from './rendered.ts';

/** Permalinks of ten thousand incidents need not all stay in memory. */
const MOST_RENDERED = 500;
/** So many addresses are answered from memory; the rest go through Express. */
const MOST_HOT = 2000;
/** Browsers send a few hundred values of Accept-Language; a hostile one must not fill memory. */
const MOST_LANGUAGES = 1000;

export interface Answers {
  /** What `make` makes of the Snapshot, made once under this key; null when there is no such thing. */
  render(key: string, make: (snapshot: Snapshot) => Answer | null): Rendered | null;
  /** Sends it: encoding by q-values, 304 when the visitor has it, headers alone for HEAD. */
  send(
    req: IncomingMessage,
    res: ServerResponse,
    rendered: Rendered,
    headers: Readonly<Record<string, string>>,
  ): void;
  /** Answers what was sent for this Snapshot before; passes everything else on to `listener`. */
  before(listener: RequestListener): RequestListener;
}

interface Hot {
  readonly rendered: Rendered;
  /** All that Express's guards and the route had set, the security headers among it. */
  readonly headers: OutgoingHttpHeaders;
  /** By Accept-Encoding as sent: the head to write, made once. */
  readonly heads: Map<string, Head>;
}

interface Head {
  readonly bytes: Buffer;
  /** Name, value, name, value …: the form node writes fastest. */
  readonly lines: string[];
}

export function makeAnswers(current: () => Snapshot): Answers {
  let snapshot: Snapshot | null = null;
  const kept = new Map<string, Rendered>();
  const hot = new Map<string, Hot>();
  const languages = new Map<string, Lang>();

  const fresh = (): Snapshot => {
    const now = current();
    if (now !== snapshot) {
      snapshot = now;
      kept.clear();
      hot.clear();
    }
    return now;
  };

  const languageOf = (req: IncomingMessage): Lang => {
    const accept = req.headers['accept-language'] ?? '';
    const known = languages.get(accept);
    if (known) return known;
    const lang = negotiate(accept || undefined, undefined);
    if (languages.size < MOST_LANGUAGES && accept.length < 200) languages.set(accept, lang);
    return lang;
  };

  /** `?v=` of the present version is the page itself; other queries are keyed as they are. */
  const keyOf = (req: IncomingMessage, { version }: Snapshot): string => {
    const { originalUrl, url = '' } = req as IncomingMessage & { originalUrl?: string };
    const address = originalUrl ?? url;
    const path = address.endsWith(`?v=${version}`) ? address.slice(0, -version.length - 3) : address;
    return `${languageOf(req)} ${path}`;
  };

  return {
    render(key, make) {
      const now = fresh();
      const known = kept.get(key);
      if (known) return known;
      const answer = make(now);
      if (!answer) return null;
      if (kept.size >= MOST_RENDERED) kept.clear();
      const rendered = new Rendered(answer);
      kept.set(key, rendered);
      return rendered;
    },
    send(req, res, rendered, headers) {
      const all = { ...res.getHeaders(), ...lowerCased(headers) };
      const key = keyOf(req, fresh());
      // A query may be anything a visitor makes up: only addresses we handed out are remembered.
      const ours = !key.includes('?') || /immutable/.test(String(all['cache-control']));
      if (ours && key.length < 200 && hot.size < MOST_HOT)
        hot.set(key, { rendered, headers: all, heads: new Map() });
      sendRendered(req, res, rendered, all);
    },
    before: listener => (req, res) => {
      const known = req.method === 'GET' || req.method === 'HEAD' ? hot.get(keyOf(req, fresh())) : undefined;
      if (known) sendHot(req, res, known);
      else listener(req, res);
    },
  };
}

function sendHot(req: IncomingMessage, res: ServerResponse, hot: Hot): void {
  const accept = String(req.headers['accept-encoding'] ?? '');
  const head = hot.heads.get(accept) ?? headOf(hot, accept);
  if (req.headers['if-none-match'] !== undefined) {
    sendRendered(req, res, hot.rendered, hot.headers);
    return;
  }
  res.writeHead(200, head.lines);
  res.end(req.method === 'HEAD' ? undefined : head.bytes);
}

function headOf(hot: Hot, accept: string): Head {
  const { bytes, headers } = describe(hot.rendered, accept);
  const lines = Object.entries({ ...hot.headers, ...headers }).flatMap(([name, value]) => [
    name,
    String(value),
  ]);
  const head = { bytes, lines };
  // A hostile visitor may send any line: only so many are kept.
  if (hot.heads.size < 20 && accept.length < 100) hot.heads.set(accept, head);
  return head;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
