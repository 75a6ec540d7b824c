// The cache: answers made once per Snapshot, ahead of the visitors, then sent from memory before Express is asked.
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { negotiate } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import { LANGS } from '../../core/model/lang.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { BADGES } from '../feeds/badges.ts';
import { spelled } from '../http/canonical-url.ts';
import { Hot, makeHotSend } from './fast-path.ts';
import { makeAhead } from './prerender.ts';
import { type Rendered, sendRendered } from './rendered.ts';
import { Generation, type Make } from './snapshot-cache.ts';

/** Browsers send a few hundred values of Accept-Language; a hostile one must not fill memory. */
const MOST_LANGUAGES = 1000;
/** Queries that change an answer and can have few values: the rest may be anything a visitor makes up. */
const KNOWN_QUERY = new RegExp(`^[^?]*\\?(?:lang=(?:${LANGS.join('|')})|show=(?:${BADGES.join('|')}))$`);
/** And of a file that never changes: its hash alone. */
const LASTING_QUERY = /^[^?]*\?v=[\w-]+$/;

export interface Answers {
  /** What `make` makes of the Snapshot, made once under this key; null when there is no such thing. */
  render(req: IncomingMessage, key: string, make: Make): Rendered | null;
  /** Sends it: encoding by q-values, 304 when the visitor has it, headers alone for HEAD. */
  send(
    req: IncomingMessage,
    res: ServerResponse,
    rendered: Rendered,
    headers: Readonly<Record<string, string>>,
  ): void;
  /** Answers what was sent for this Snapshot before; passes everything else on to `listener`. */
  before(listener: RequestListener): RequestListener;
  /** The Snapshot visitors are shown. */
  shown(): Snapshot;
  /**
   * Makes what visitors have asked for of a new Snapshot, in steps that let requests through, while
   * they are given the old one; then shows the new one. `?v=` of the new one is answered with it from
   * the first moment. Resolves when it is shown.
   */
  prepare(next: Snapshot): Promise<void>;
  /** Calls `tell` with each Snapshot once it is shown, until the returned function is called. */
  subscribe(tell: (snapshot: Snapshot) => void): () => void;
}

/** Express keeps the address as it came in `originalUrl`; routers shorten `url`. */
type Addressed = IncomingMessage & { readonly originalUrl?: string };

export function makeAnswers(first: Snapshot): Answers {
  let shown = new Generation(first);
  let coming: Generation | null = null;
  const listeners = new Set<(snapshot: Snapshot) => void>();
  const sendHot = makeHotSend();
  const languages = new Map<string, Lang>();

  const languageOf = (req: IncomingMessage): Lang => {
    const accept = req.headers['accept-language'] ?? '';
    const known = languages.get(accept);
    if (known) return known;
    const lang = negotiate(accept || undefined, undefined);
    if (languages.size >= MOST_LANGUAGES) languages.clear();
    if (accept.length < 200) languages.set(accept, lang);
    return lang;
  };

  /** The address without `?v=`, and whose answer it asks for: a page of the version it was told of. */
  const askedBy = ({ originalUrl, url = '' }: Addressed): { path: string; of: Generation } => {
    const address = originalUrl ?? url;
    for (const of of coming ? [shown, coming] : [shown]) {
      const { version } = of.snapshot;
      // Only as the whole query: behind another it would be part of that one's value, and not of this address.
      const path = address.slice(0, -version.length - 3);
      if (address.endsWith(`?v=${version}`) && !path.includes('?')) return { path, of };
    }
    return { path: address, of: shown };
  };

  const hotOf = (req: IncomingMessage): Hot | undefined => {
    const { url = '' } = req;
    // Most addresses have no query: nothing to look through.
    if (!url.includes('?')) return shown.hot[languageOf(req)].get(url);
    const { path, of } = askedBy(req);
    return of.hot[languageOf(req)].get(path);
  };

  return {
    render: (req, key, make) => askedBy(req).of.render(key, make),
    send(req, res, rendered, headers) {
      const all: OutgoingHttpHeaders = { ...res.getHeaders(), ...lowerCased(headers) };
      const { path, of } = askedBy(req);
      // Only addresses we handed out are remembered, spelled as we did: not what a visitor makes of them.
      const lasting = /immutable/.test(String(all['cache-control'])) && LASTING_QUERY.test(path);
      const ours = !path.includes('?') || KNOWN_QUERY.test(path) || lasting;
      const [own = ''] = (req.url ?? '').split('?');
      if (ours && path.length < 200 && spelled(own) === own)
        of.warm(languageOf(req), path, new Hot(rendered, all, of.snapshot.site));
      void sendRendered(req, res, rendered, all);
    },
    before: listener => (req, res) => {
      const known = req.method === 'GET' || req.method === 'HEAD' ? hotOf(req) : undefined;
      if (known) sendHot(req, res, known);
      else listener(req, res);
    },
    shown: () => shown.snapshot,
    async prepare(next) {
      const made = new Generation(next);
      coming = made;
      await makeAhead(shown, made);
      // A newer one may have begun meanwhile, and it is the one to be shown.
      if (coming !== made) return;
      shown = made;
      coming = null;
      for (const tell of listeners) tell(next);
    },
    subscribe(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
