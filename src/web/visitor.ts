// The visitor's side of a request: language, what they accept, the context pages are made with.
import type { Request, Response } from 'express';
import type { Snapshot } from '../core/snapshot.ts';
import type { Lang } from '../core/words/words.ts';
import type { Web } from './context.ts';
import type { PageContext } from './pages.ts';

/** What a page needs besides its own facts. */
export function contextOf(web: Pick<Web, 'assets' | 'base'>, snapshot: Snapshot, lang: Lang): PageContext {
  const { site } = snapshot;
  const base = web.base();
  const address = (name: string) => `${base}/status/assets/${name}?v=${web.assets.version(name, site)}`;
  return { snapshot, lang, base, assets: { css: address('status.css'), js: address('live.js') } };
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
