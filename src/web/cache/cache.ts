// The cache: answers made once per Snapshot, ahead of the visitors, then sent from memory before Express is asked.
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { negotiate } from '../../core/i18n/words.ts';
import { LANGS } from '../../core/model/lang.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { BADGES } from '../feeds/badges.ts';
import { canonicalPath } from '../http/canonical-url.ts';
import { CachedResponse } from './fast-path.ts';
import { memoizedText } from './memo.ts';
import { prerender } from './prerender.ts';
import { type Rendered, sendRendered } from './response-bytes.ts';
import { type Make, SnapshotCache } from './snapshot-cache.ts';

/** Browsers send a few hundred values of Accept-Language. */
const languageOf = memoizedText(1000, accept => negotiate(accept || undefined, undefined));
/** Queries that change an answer and can have few values: the rest may be anything a visitor makes up. */
const KNOWN_QUERY = new RegExp(`^[^?]*\\?(?:lang=(?:${LANGS.join('|')})|show=(?:${BADGES.join('|')}))$`);
/** And of a file that never changes: its hash alone. */
const HASH_QUERY = /^[^?]*\?v=[\w-]+$/;

/** Express keeps the address as it came in `originalUrl`; routers shorten `url`. */
type Addressed = IncomingMessage & { readonly originalUrl?: string };

export class Cache {
  #current: SnapshotCache;
  #coming: SnapshotCache | null = null;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();

  constructor(first: Snapshot) {
    this.#current = new SnapshotCache(first);
  }

  get shown(): Snapshot {
    return this.#current.snapshot;
  }

  /** What `make` makes of the Snapshot, made once under this key; null when there is no such thing. */
  render(req: IncomingMessage, key: string, make: Make): Rendered | null {
    return this.#askedBy(req).of.render(key, make);
  }

  /** Sends it: encoding by q-values, 304 when the visitor has it, headers alone for HEAD. */
  send(
    req: IncomingMessage,
    res: ServerResponse,
    rendered: Rendered,
    headers: Readonly<Record<string, string>>,
  ): void {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const all: OutgoingHttpHeaders = { ...res.getHeaders(), ...Object.fromEntries(lower) };
    const { path, of } = this.#askedBy(req);
    // Only addresses we handed out are remembered, spelled as we did: not what a visitor makes of them.
    const isAsset = /immutable/.test(String(all['cache-control'])) && HASH_QUERY.test(path);
    const isOurs = !path.includes('?') || KNOWN_QUERY.test(path) || isAsset;
    const [own = ''] = (req.url ?? '').split('?');
    if (isOurs && path.length < 200 && canonicalPath(own) === own)
      of.warm(
        languageOf(req.headers['accept-language'] ?? ''),
        path,
        new CachedResponse(rendered, all, of.snapshot.site),
      );
    void sendRendered(req, res, rendered, all);
  }

  /** Answers what was sent for this Snapshot before; passes everything else on to `listener`. */
  before(listener: RequestListener): RequestListener {
    return (req, res) => {
      const known = req.method === 'GET' || req.method === 'HEAD' ? this.#responseTo(req) : undefined;
      if (known) known.send(req, res);
      else listener(req, res);
    };
  }

  /**
   * Makes what visitors have asked for of a new Snapshot, in steps that let requests through, while
   * they are given the old one; then shows the new one. `?v=` of the new one is answered with it from
   * the first moment. Resolves when it is shown.
   */
  async prepare(snapshot: Snapshot): Promise<void> {
    const next = new SnapshotCache(snapshot);
    this.#coming = next;
    await prerender(this.#current, next);
    // A newer one may have begun meanwhile, and it is the one to be shown.
    if (this.#coming !== next) return;
    this.#current = next;
    this.#coming = null;
    for (const listener of this.#listeners) listener(snapshot);
  }

  /** Calls `listener` with each Snapshot once it is shown, until the returned function is called. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #responseTo(req: IncomingMessage): CachedResponse | undefined {
    const { url = '' } = req;
    const lang = languageOf(req.headers['accept-language'] ?? '');
    // Most addresses have no query: nothing to look through.
    if (!url.includes('?')) return this.#current.responses[lang].get(url);
    const { path, of } = this.#askedBy(req);
    return of.responses[lang].get(path);
  }

  /** The address without `?v=`, and whose answer it asks for: a page asks for the version it heard of. */
  #askedBy({ originalUrl, url = '' }: Addressed): { path: string; of: SnapshotCache } {
    const address = originalUrl ?? url;
    for (const of of this.#coming ? [this.#current, this.#coming] : [this.#current]) {
      const { version } = of.snapshot;
      // Only as the whole query: behind another it would be part of that one's value, and not of this address.
      const path = address.slice(0, -version.length - 3);
      if (address.endsWith(`?v=${version}`) && !path.includes('?')) return { path, of };
    }
    return { path: address, of: this.#current };
  }
}
