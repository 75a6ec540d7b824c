// Everything public and cacheable: pages, JSON, feeds, calendar, badges, straight from the Snapshot.
import type { Request, Response, Router } from 'express';
import type { Snapshot } from '../core/snapshot.ts';
import { type Lang, negotiate } from '../core/words/words.ts';
import { badge } from './badges.ts';
import { maintenanceIcs } from './calendar.ts';
import type { Web } from './context.ts';
import { uptimeJson } from './evidence.ts';
import { atom, jsonFeed, rss } from './feeds.ts';
import { type Answer, makeCache, sendRendered } from './rendered.ts';
import { STATUSPAGE } from './statuspage.ts';
import { contextOf } from './visitor.ts';

export const CACHED = 'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400';

const OPEN_TO_ALL = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

export function publicRoutes(router: Router, web: Web): void {
  const cache = makeCache(web.refresh.current);

  const page = (make: (ctx: ReturnType<typeof contextOf>, req: Request) => string | null) => {
    return (req: Request, res: Response, next: () => void) => {
      const lang = langOf(req);
      const rendered = cache(`${lang} ${web.base()} ${req.path}`, snapshot => {
        const body = make(contextOf(web, snapshot, lang), req);
        return body === null ? null : { type: HTML, body };
      });
      if (!rendered) return next();
      const vary = 'Accept-Encoding, Accept-Language';
      sendRendered(req, res, rendered, { 'Cache-Control': CACHED, Vary: vary });
    };
  };
  router.get(
    ['/', '/status/live'],
    page(ctx => web.pages.live(ctx)),
  );
  router.get(['/status', '/status/'], (_req, res) => res.redirect(302, `${web.base()}/status/live`));
  router.get(
    ['/status/incidents/:id', '/incidents/:id'],
    page((ctx, req) => web.pages.incident(ctx, String(req.params.id))),
  );
  router.get(
    ['/status/history', '/history'],
    page(ctx => web.pages.history(ctx, null)),
  );
  router.get(
    '/status/history/:month',
    page((ctx, req) => web.pages.history(ctx, String(req.params.month))),
  );

  const open = (make: (snapshot: Snapshot, req: Request) => Answer | null) => {
    return (req: Request, res: Response, next: () => void) => {
      const rendered = cache(`${req.path} ${req.query.show === 'uptime' ? 'uptime' : ''}`, snapshot =>
        make(snapshot, req),
      );
      if (!rendered) return next();
      const headers = { 'Cache-Control': CACHED, Vary: 'Accept-Encoding', ...OPEN_TO_ALL };
      sendRendered(req, res, rendered, headers);
    };
  };
  const json = (body: object): Answer => ({ type: JSON_TYPE, body: JSON.stringify(body) });
  router.get(
    '/api/v2/*path',
    open((snapshot, req) => {
      const name = ([] as string[]).concat(req.params.path as unknown as string[]).join('/');
      const make = Object.hasOwn(STATUSPAGE, name) ? STATUSPAGE[name] : undefined;
      return make ? json(make(snapshot)) : null;
    }),
  );
  router.get(
    '/api/uptime.json',
    open(snapshot => json(uptimeJson(snapshot))),
  );
  const feed = (type: string, make: (snapshot: Snapshot) => string) =>
    open(snapshot => ({ type: `${type}; charset=utf-8`, body: make(snapshot) }));
  router.get(['/status/feed.atom', '/history.atom'], feed('application/atom+xml', atom));
  router.get(['/status/feed.rss', '/history.rss'], feed('application/rss+xml', rss));
  router.get('/status/feed.json', feed('application/feed+json', jsonFeed));
  router.get('/status/maintenance.ics', feed('text/calendar', maintenanceIcs));
  const svg = (component: string | null) =>
    open((snapshot, req) => {
      const id = component ?? String(req.params.component);
      const known = id === '' || snapshot.site.components.some(other => other.id === id);
      if (!known) return null;
      const show = req.query.show === 'uptime' ? 'uptime' : 'status';
      return { type: 'image/svg+xml; charset=utf-8', body: badge(snapshot, id || undefined, show) };
    });
  router.get('/status/badge.svg', svg(''));
  router.get('/status/badge/:component.svg', svg(null));
  router.options(['/api/v2/*path', '/api/uptime.json'], (_req, res) => {
    res
      .set({ ...OPEN_TO_ALL, 'Access-Control-Allow-Methods': 'GET, HEAD' })
      .status(204)
      .end();
  });
}

/** The language asked for by `?lang=`, else by the browser. */
export function langOf(req: Request): Lang {
  return negotiate(req.headers['accept-language'], req.query.lang);
}
