// The cache: responses made once per Snapshot, ahead of requests, and sent from memory without Express.
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { negotiate } from '../../core/i18n/words.ts';
import { LANGS } from '../../core/model/lang.ts';
import { memoizedText } from '../../core/model/memo.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { BADGES } from '../feeds/badges.ts';
import { canonicalPath } from '../http/canonical-url.ts';
import { type Rendered, sendRendered } from './encoded-response.ts';
import { CachedResponse } from './fast-path.ts';
import { prerender } from './prerender.ts';
import { type Make, SnapshotCache } from './snapshot-cache.ts';

/** Browsers send a few hundred values of Accept-Language. */
const languageOf = memoizedText(1000, accept => negotiate(accept || undefined, undefined));
/** Queries that change a response and have few values. Any other query may be made up by a visitor. */
const KNOWN_QUERY = new RegExp(`^[^?]*\\?(?:lang=(?:${LANGS.join('|')})|show=(?:${BADGES.join('|')}))$`);
/** The query of an asset: its hash. */
const HASH_QUERY = /^[^?]*\?v=[\w-]+$/;

/** Express keeps the full address in `originalUrl`; routers shorten `url`. */
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

  /** Returns the response for `key`, made by `make` if it is not cached; null if there is none. */
  render(req: IncomingMessage, key: string, make: Make): Rendered | null {
    return this.#askedBy(req).of.render(key, make);
  }

  /** Sends a response in the best encoding: 304 if the visitor has it, only headers for HEAD. */
  send(
    req: IncomingMessage,
    res: ServerResponse,
    rendered: Rendered,
    headers: Readonly<Record<string, string>>,
  ): void {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const all: OutgoingHttpHeaders = { ...res.getHeaders(), ...Object.fromEntries(lower) };
    const { path, of } = this.#askedBy(req);
    // Remember only addresses that we link to, spelled as we spell them, not those a visitor makes up.
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

  /** Sends responses that were already sent for this Snapshot; passes other requests to `listener`. */
  before(listener: RequestListener): RequestListener {
    return (req, res) => {
      const known = req.method === 'GET' || req.method === 'HEAD' ? this.#responseTo(req) : undefined;
      if (known) known.send(req, res);
      else listener(req, res);
    };
  }

  /**
   * Makes the responses that visitors requested again for a new Snapshot, in steps, while they still get the old one;
   * then shows the new one. A request with `?v=` of the new Snapshot gets it at once. Resolves when it is shown.
   */
  async prepare(snapshot: Snapshot): Promise<void> {
    const next = new SnapshotCache(snapshot);
    this.#coming = next;
    await prerender(this.#current, next);
    // A newer Snapshot may have come meanwhile; then that one is shown.
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
    // Fast path: most addresses have no query.
    if (!url.includes('?')) return this.#current.responses[lang].get(url);
    const { path, of } = this.#askedBy(req);
    return of.responses[lang].get(path);
  }

  /**
   * Returns the address without `?v=`, and the Snapshot that `?v=` selects: a page asks for the version that an event
   * named.
   */
  #askedBy({ originalUrl, url = '' }: Addressed): { path: string; of: SnapshotCache } {
    const address = originalUrl ?? url;
    for (const of of this.#coming ? [this.#current, this.#coming] : [this.#current]) {
      const { version } = of.snapshot;
      // Only if `?v=` is the whole query: behind another parameter it would belong to that one's value.
      const path = address.slice(0, -version.length - 3);
      if (address.endsWith(`?v=${version}`) && !path.includes('?')) return { path, of };
    }
    return { path: address, of: this.#current };
  }
}
