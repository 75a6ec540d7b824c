// Routes of everything public and cacheable: pages, JSON, feeds, calendar, badges and widget, made from the Snapshot.
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Steps } from '../core/model/turns/steps.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import { comparisonJson } from './api/evidence.ts';
import { openapi } from './api/openapi.ts';
import { PUBLIC_DOCUMENTS, type PublicDocument } from './api/operations.ts';
import { CACHED, CACHED_WIDGET, OPEN_TO_ALL, VARY_LANGUAGE } from './cache/cache-control.ts';
import { HTML, jsonBody, type ResponseBody } from './cache/encoded-response.ts';
import type { Web } from './context.ts';
import { BADGES } from './feeds/badges.ts';
import { canonicalPath } from './http/canonical-url.ts';
import { FRAMED } from './http/guards.ts';
import type { PageRequest } from './page/context.ts';
import { requestOf, visitorOf } from './page/visitor.ts';
import { oneIncident, STATUSPAGE } from './statuspage/statuspage.ts';

type Params = Readonly<Record<string, string | string[] | undefined>>;

export function publicRoutes(router: Router, web: Web): void {
  pageRoutes(router, web);
  documentRoutes(router, web);
  router.get(['/status', '/status/'], (_req, res) => res.redirect(302, `${web.base()}/status/live`));
  router.get('/robots.txt', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('text/plain').send(robots(web.base()));
  });
  router.get('/status/widget.js', (req, res, next) => {
    const script = web.assets.file('widget.js', web.refresh.current().site);
    if (!script) return next();
    web.cache.send(req, res, script, {
      'Cache-Control': CACHED_WIDGET,
      Vary: 'Accept-Encoding',
      ...OPEN_TO_ALL,
    });
  });
}

function pageRoutes(router: Router, web: Web): void {
  const { cache, pages } = web;
  // The cache keeps this function to make the next response ahead, so it must not hold the request.
  const page = (
    paths: string | string[],
    make: (request: PageRequest, params: Params) => string | Steps<string> | null,
    headersOf: (res: Response) => Record<string, string> = () => ({ 'Cache-Control': CACHED }),
  ) => {
    router.get(paths, (req, res, next) => {
      const { params, path } = req as Request<Params>;
      const visitor = visitorOf(req);
      const key = `${visitor.lang} ${visitor.langAsked} ${web.base()} ${canonicalPath(path)}`;
      const rendered = cache.render(req, key, snapshot => {
        const body = make(requestOf(web, snapshot, visitor), params);
        return typeof body === 'string' ? { type: HTML, body } : body && htmlInSteps(body);
      });
      if (!rendered) return next();
      cache.send(req, res, rendered, { Vary: VARY_LANGUAGE, ...headersOf(res) });
    });
  };
  page(['/', '/status/live'], pages.liveInSteps);
  page(['/status/incidents/:id', '/incidents/:id'], (request, { id }) => pages.incident(request, String(id)));
  page(['/status/history', '/history'], request => pages.history(request, null));
  page('/status/history/:month', (request, { month }) => pages.history(request, String(month)));
  page(['/status/uptime', '/uptime'], request => pages.uptime(request));
  page('/api', request => pages.api(request));
  // Any page may frame this one.
  page(
    '/status/widget',
    request => pages.widget(request),
    res => {
      res.removeHeader('X-Frame-Options');
      return {
        'Cache-Control': CACHED_WIDGET,
        'Content-Security-Policy': String(res.getHeader('Content-Security-Policy')).replace(...FRAMED),
        'Cross-Origin-Resource-Policy': 'cross-origin',
      };
    },
  );
}

/** Makes handlers of documents that pages of other sites may read; a document that is null does not exist. */
function openDocuments({ cache }: Web) {
  return (
    make: (snapshot: Snapshot, params: Params, query: string) => ResponseBody | null,
    { cached = CACHED, query = () => '' }: { cached?: string; query?: (req: Request) => string } = {},
  ): RequestHandler => {
    return (req, res, next) => {
      const { params, path } = req as Request<Params>;
      const asked = query(req);
      const rendered = cache.render(req, `${canonicalPath(path)} ${asked}`, snapshot =>
        make(snapshot, params, asked),
      );
      if (!rendered) return next();
      cache.send(req, res, rendered, { 'Cache-Control': cached, Vary: 'Accept-Encoding', ...OPEN_TO_ALL });
    };
  };
}

function documentRoutes(router: Router, web: Web): void {
  const open = openDocuments(web);
  router.get(
    '/api/v2/*path',
    open((snapshot, { path }) => {
      const parts = ([] as (string | undefined)[]).concat(path);
      const name = parts.join('/');
      // `incidents%2Funresolved.json` is one path segment and not a file of Statuspage's.
      if (parts.some(part => part?.includes('/'))) return null;
      if (Object.hasOwn(STATUSPAGE, name)) return jsonBody(STATUSPAGE[name]!(snapshot));
      const [, code] = /^incidents\/([^/]+)\.json$/.exec(name) ?? [];
      const one = code === undefined ? null : oneIncident(snapshot, code);
      return one && jsonBody(one);
    }),
  );
  router.get(
    '/incidents/:code.json',
    open((snapshot, { code }) => {
      const one = oneIncident(snapshot, String(code));
      return one && jsonBody(one);
    }),
  );
  router.get(
    '/api/incidents/:id/claim.json',
    open((snapshot, { id }) => {
      const comparison = comparisonJson(snapshot, String(id));
      return comparison && jsonBody(comparison);
    }),
  );
  router.get(
    '/api/openapi.json',
    open(({ site }) => jsonBody(openapi(site))),
  );
  for (const document of PUBLIC_DOCUMENTS) {
    const { path, pathOfOne } = document;
    const paths = [path, ...(pathOfOne ? [pathOfOne.replace('{component}', ':component')] : [])];
    const make = open(
      (snapshot, { component }, show) => answerOf(document, snapshot, component as string | undefined, show),
      {
        ...(path === '/status/widget.json' ? { cached: CACHED_WIDGET } : {}),
        // The kind of badge; the status for any other value.
        query: ({ query }) => BADGES.find(show => document.query?.show && show === query.show) ?? BADGES[0],
      },
    );
    router.get(paths, make);
  }
}

/** Returns null for a component that does not exist. */
function answerOf(document: PublicDocument, snapshot: Snapshot, component: string | undefined, show: string) {
  if (component !== undefined && !snapshot.site.components.some(({ id }) => id === component)) return null;
  const made = document.make(snapshot, component, show as (typeof BADGES)[number]);
  return typeof made === 'string' ? { type: `${document.type}; charset=utf-8`, body: made } : jsonBody(made);
}

function* htmlInSteps(steps: Steps<string>): Steps<ResponseBody> {
  const body = yield* steps;
  // Converting megabytes of HTML to bytes takes as long as rendering, so let requests run before it.
  yield;
  return { type: HTML, body };
}

/** Everything may be indexed except pages for one visitor; pages without a canonical address say noindex. */
function robots(base: string): string {
  const closed = ['confirm', 'manage', 'unsubscribe', 'events'].map(
    name => `Disallow: ${base}/status/${name}`,
  );
  return ['User-agent: *', ...closed, 'Allow: /', ''].join('\n');
}
