// The visitor's side of a request: the language, and the context with which pages are made.
import type { Request, Response } from 'express';
import { negotiate, spoken } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Web } from '../context.ts';
import type { PageRequest } from './context.ts';

/** Everything in which a page may differ between visitors. */
type Visitor = Pick<Required<PageRequest>, 'lang' | 'langAsked'>;

export function visitorOf(req: Request): Visitor {
  const { lang } = req.query;
  return { lang: langOf(req), langAsked: typeof lang === 'string' && spoken(lang) !== undefined };
}

/** The language of `?lang=`, else of the browser. */
export function langOf(req: Request): Lang {
  return negotiate(req.headers['accept-language'], req.query.lang);
}

export function requestOf(
  web: Pick<Web, 'assets' | 'base'>,
  snapshot: Snapshot,
  visitor: Visitor,
): PageRequest {
  const base = web.base();
  const address = (name: string) =>
    `${base}/status/assets/${name}?v=${web.assets.version(name, snapshot.site)}`;
  return { snapshot, ...visitor, base, assets: { css: address('status.css'), js: address('live.js') } };
}

/** The request data for a page of the current Snapshot and this visitor. */
export function currentPage(web: Pick<Web, 'assets' | 'base' | 'refresh'>, req: Request): PageRequest {
  return requestOf(web, web.refresh.current(), visitorOf(req));
}

export function wantsJson(req: Request): boolean {
  return req.accepts(['html', 'json']) === 'json';
}

/** Sends a response to one visitor: never stored or indexed, and without a referrer. */
export function sendPrivately(res: Response, status: number, html: string): void {
  res
    .status(status)
    .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' })
    .type('html')
    .send(html);
}
