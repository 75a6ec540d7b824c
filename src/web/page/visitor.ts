// The visitor's side of a request: language, what they accept, the context pages are made with.
import type { Request, Response } from 'express';
import { negotiate, spoken } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Web } from '../context.ts';
import type { PageContext } from './context.ts';

/** All that a page may differ by from visitor to visitor. */
export interface Visitor {
  readonly lang: Lang;
  /** Whether `?lang=` asked for it. */
  readonly langAsked: boolean;
}

export function visitorOf(req: Request): Visitor {
  return { lang: langOf(req), langAsked: asksLang(req) };
}

/** What a page needs besides its own facts. */
export function contextFor(
  web: Pick<Web, 'assets' | 'base'>,
  snapshot: Snapshot,
  visitor: Visitor,
): PageContext {
  const { site } = snapshot;
  const base = web.base();
  const address = (name: string) => `${base}/status/assets/${name}?v=${web.assets.version(name, site)}`;
  return { snapshot, ...visitor, base, assets: { css: address('status.css'), js: address('live.js') } };
}

/** The same for the visitor of a request. */
export function contextOf(web: Pick<Web, 'assets' | 'base'>, snapshot: Snapshot, req: Request): PageContext {
  return contextFor(web, snapshot, visitorOf(req));
}

/** The language asked for by `?lang=`, else by the browser. */
export function langOf(req: Request): Lang {
  return negotiate(req.headers['accept-language'], req.query.lang);
}

/** Whether `?lang=` names a language we speak. */
export function asksLang(req: Request): boolean {
  return typeof req.query.lang === 'string' && spoken(req.query.lang) !== undefined;
}

/** Whether the client asked for JSON rather than a page. */
export function wantsJson(req: Request): boolean {
  return req.accepts(['html', 'json']) === 'json';
}

/** An answer for one visitor: never stored, never indexed, its address never passed on. */
export function sendPrivately(res: Response, status: number, html: string): void {
  res
    .status(status)
    .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' })
    .type('html')
    .send(html);
}
