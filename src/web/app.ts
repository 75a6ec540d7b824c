// The web application: guards, then routes, then errors.
import type { RequestListener } from 'node:http';
import express from 'express';
import { printableValue } from '../core/text/printable.ts';
import { writeRoutes } from './api/write.ts';
import { readAssets } from './assets/assets.ts';
import { assetRoutes } from './assets/routes.ts';
import { Cache } from './cache/cache.ts';
import type { Web, WebDeps } from './context.ts';
import { errorHandler, notFound } from './errors.ts';
import { takeSlash, withoutPrefix, withoutSlash } from './http/canonical-url.ts';
import { NO_FEATURES, securityHeaders } from './http/guards.ts';
import { shedLoad } from './http/load-shedding.ts';
import { makeGuesses } from './http/rate-limit.ts';
import { bounceRoutes } from './inbound/bounces.ts';
import { webhookRoutes } from './inbound/webhooks.ts';
import { eventRoutes } from './live/events.ts';
import { healthRoutes, metricsRoutes } from './ops/health.ts';
import { chartRoutes } from './page/charts.ts';
import { formerAddresses } from './page/former-addresses.ts';
import { pictureRoutes } from './page/pictures.ts';
import { publicRoutes } from './public-routes.ts';
import { statuspagePaths } from './statuspage/paths.ts';
import { subscribeRoutes } from './subscribe/routes.ts';

interface App {
  readonly handle: RequestListener;
  /** Ends open event streams, so that the server can close. */
  close(): void;
}

export function makeApp(deps: WebDeps): App {
  const siteUrl = () => new URL(deps.refresh.current().site.url);
  const cache = new Cache(deps.refresh.current());
  const web: Web = {
    ...deps,
    base: () => siteUrl().pathname.replace(/\/+$/, ''),
    assets: readAssets(deps.publicDir),
    cache,
    countGuess: makeGuesses(deps.log),
  };
  const stopPreparing = deps.refresh.subscribe(snapshot => cache.prepare(snapshot));
  const app = guardedApp(web, () => siteUrl().protocol === 'https:');
  publicRoutes(app, web);
  statuspagePaths(app, web);
  chartRoutes(app, web);
  assetRoutes(app, web);
  pictureRoutes(app, web);
  const endStreams = eventRoutes(app, web);
  subscribeRoutes(app, web);
  bounceRoutes(app, web);
  app.use(takeSlash);
  webhookRoutes(app, web);
  writeRoutes(app, web);
  healthRoutes(app, web);
  metricsRoutes(app, web);
  formerAddresses(app, web);
  app.use(withoutSlash(web.base), notFound, errorHandler(web));
  const handle = cache.before(app);
  return {
    handle(req, res) {
      web.metrics.answered();
      handle(req, res);
    },
    close() {
      stopPreparing();
      endStreams();
    },
  };
}

/** Express with the middleware that runs before every route. */
function guardedApp(web: Web, isHttps: () => boolean): express.Express {
  const app = express();
  // Must be set before routing. A proxy that closes `/metrics` must not leave `/Metrics` and `/metrics/` open, and the
  // cache, load shedding and the log need one address per page.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.disable('x-powered-by');
  app.disable('etag');
  // JSON that repeats the request must not become markup in a client that guesses the type.
  app.set('json escape', true);
  app.set('json replacer', printableValue);
  app.set('trust proxy', web.env.trustProxy);
  app.use(web.metrics.request);
  const plain = securityHeaders(false);
  const strict = securityHeaders(true);
  app.use((req, res, next) => {
    res.setHeader('Permissions-Policy', NO_FEATURES);
    return (isHttps() ? strict : plain)(req, res, next);
  });
  // Works behind a proxy that keeps the path of PUBLIC_URL and behind one that strips it.
  app.use((req, _res, next) => {
    req.url = withoutPrefix(req.url, web.base());
    next();
  });
  app.use(shedLoad(web.isOverloaded));
  return app;
}
