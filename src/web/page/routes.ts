// Everything public and cacheable: pages, JSON, feeds, calendar, badges, straight from the Snapshot.
import type { Request, Response, Router } from 'express';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Steps } from '../../core/page/steps.ts';
import { jsonText } from '../../core/text/printable.ts';
import { claimJson, uptimeJson } from '../api/evidence.ts';
import { openapi } from '../api/openapi.ts';
import type { Answer } from '../cache/rendered.ts';
import type { Web } from '../context.ts';
import { BADGES, type BadgeShow, badge } from '../feeds/badges.ts';
import { maintenanceIcs } from '../feeds/calendar.ts';
import { atom, jsonFeed, rss } from '../feeds/feeds.ts';
import { spelled } from '../http/canonical-url.ts';
import { OPEN_TO_ALL } from '../statuspage/paths.ts';
import { STATUSPAGE } from '../statuspage/statuspage.ts';
import type { PageContext } from './context.ts';
import { contextFor, visitorOf } from './visitor.ts';

export const CACHED = 'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400';

const HTML = 'text/html; charset=utf-8';
/** The parts of an address, by the names its route gives them. */
type Params = Readonly<Record<string, string | string[] | undefined>>;

const JSON_TYPE = 'application/json; charset=utf-8';

export function publicRoutes(router: Router, web: Web): void {
  const { answers } = web;

  // What makes an answer is kept with it, to make the next one ahead: it must not hold the request.
  const page = (make: (ctx: PageContext, params: Params) => string | Steps<string> | null) => {
    return (req: Request, res: Response, next: () => void) => {
      const { params, path } = req as Request<Params>;
      const visitor = visitorOf(req);
      const key = `${visitor.lang} ${visitor.langAsked} ${web.base()} ${spelled(path)}`;
      const rendered = answers.render(req, key, snapshot => {
        const body = make(contextFor(web, snapshot, visitor), params);
        return typeof body === 'string' ? htmlOf(body) : body && htmlIn(body);
      });
      if (!rendered) return next();
      const vary = 'Accept-Encoding, Accept-Language';
      answers.send(req, res, rendered, { 'Cache-Control': CACHED, Vary: vary });
    };
  };
  router.get(
    ['/', '/status/live'],
    page(ctx => web.pages.living(ctx)),
  );
  router.get(['/status', '/status/'], (_req, res) => res.redirect(302, `${web.base()}/status/live`));
  router.get(
    ['/status/incidents/:id', '/incidents/:id'],
    page((ctx, { id }) => web.pages.incident(ctx, String(id))),
  );
  router.get(
    ['/status/history', '/history'],
    page(ctx => web.pages.history(ctx, null)),
  );
  router.get(
    '/status/history/:month',
    page((ctx, { month }) => web.pages.history(ctx, String(month))),
  );

  router.get(
    '/api',
    page(ctx => web.pages.api(ctx)),
  );
  router.get('/robots.txt', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('text/plain').send(robots(web.base()));
  });

  const open = (make: (snapshot: Snapshot, params: Params, show: BadgeShow) => Answer | null) => {
    return (req: Request, res: Response, next: () => void) => {
      const { params, path } = req as Request<Params>;
      const show = shown(req);
      const rendered = answers.render(req, `${spelled(path)} ${show}`, snapshot =>
        make(snapshot, params, show),
      );
      if (!rendered) return next();
      const headers = { 'Cache-Control': CACHED, Vary: 'Accept-Encoding', ...OPEN_TO_ALL };
      answers.send(req, res, rendered, headers);
    };
  };
  const json = (body: object): Answer => ({ type: JSON_TYPE, body: jsonText(body) });
  router.get(
    '/api/v2/*path',
    open((snapshot, { path }) => {
      const parts = ([] as (string | undefined)[]).concat(path);
      const name = parts.join('/');
      // `incidents%2Funresolved.json` is one part, and no file of theirs.
      if (parts.some(part => part?.includes('/'))) return null;
      const make = Object.hasOwn(STATUSPAGE, name) ? STATUSPAGE[name] : undefined;
      return make ? json(make(snapshot)) : null;
    }),
  );
  router.get(
    '/api/uptime.json',
    open(snapshot => json(uptimeJson(snapshot))),
  );
  router.get(
    '/api/incidents/:id/claim.json',
    open((snapshot, { id }) => {
      const claim = claimJson(snapshot, String(id));
      return claim && json(claim);
    }),
  );
  router.get(
    '/api/openapi.json',
    open(({ site }) => json(openapi(site))),
  );
  const one = ({ component }: Params, snapshot: Snapshot): string | null | undefined => {
    if (component === undefined) return undefined;
    return snapshot.site.components.some(({ id }) => id === component) ? String(component) : null;
  };
  const feed = (type: string, make: (snapshot: Snapshot, component?: string) => string) =>
    open((snapshot, params) => {
      const component = one(params, snapshot);
      return component === null ? null : { type: `${type}; charset=utf-8`, body: make(snapshot, component) };
    });
  router.get(['/status/feed.atom', '/status/feed/:component.atom'], feed('application/atom+xml', atom));
  router.get(['/status/feed.rss', '/status/feed/:component.rss'], feed('application/rss+xml', rss));
  router.get(['/status/feed.json', '/status/feed/:component.json'], feed('application/feed+json', jsonFeed));
  // Statuspage's own paths, one entry an incident as there.
  router.get(
    '/history.atom',
    feed('application/atom+xml', snapshot => atom(snapshot, undefined, 'incident')),
  );
  router.get(
    '/history.rss',
    feed('application/rss+xml', snapshot => rss(snapshot, undefined, 'incident')),
  );
  const calendar = feed('text/calendar', maintenanceIcs);
  router.get(['/status/maintenance.ics', '/status/maintenance/:component.ics'], calendar);
  const svg = open((snapshot, params, show) => {
    const component = one(params, snapshot);
    if (component === null) return null;
    return { type: 'image/svg+xml; charset=utf-8', body: badge(snapshot, component, show) };
  });
  router.get(['/status/badge.svg', '/status/badge/:component.svg'], svg);
}

function htmlOf(body: string): Answer {
  return { type: HTML, body };
}

function* htmlIn(steps: Steps<string>): Steps<Answer> {
  const body = yield* steps;
  // A page of megabytes takes as long again to become bytes.
  yield;
  return htmlOf(body);
}

/** What a badge is asked to say; anything else asks for the state. */
function shown({ query }: Request): BadgeShow {
  return BADGES.find(show => show === query.show) ?? 'status';
}

/** Everything may be found but what belongs to one visitor; pages without a canonical address say noindex. */
function robots(base: string): string {
  const closed = ['confirm', 'manage', 'unsubscribe', 'events'].map(
    name => `Disallow: ${base}/status/${name}`,
  );
  return ['User-agent: *', ...closed, 'Allow: /', ''].join('\n');
}
