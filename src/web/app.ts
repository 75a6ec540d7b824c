// The web room's front door: guards, then routes, then errors.
import type { RequestListener } from 'node:http';
import express from 'express';
import { printableValue } from '../core/text/printable.ts';
import { writeRoutes } from './api/write.ts';
import { makeAnswers } from './cache/cache.ts';
import type { Web, WebDeps } from './context.ts';
import { assetRoutes, readAssets } from './http/assets.ts';
import { takeSlash, withoutPrefix, withoutSlash } from './http/canonical-url.ts';
import { errorHandler, notFound } from './http/errors.ts';
import { NO_FEATURES, securityHeaders } from './http/guards.ts';
import { putOff } from './http/load-shedding.ts';
import { makeGuesses } from './http/rate-limit.ts';
import { bounceRoutes } from './inbound/bounces.ts';
import { webhookRoutes } from './inbound/webhooks.ts';
import { eventRoutes } from './live/events.ts';
import { healthRoutes } from './ops/health.ts';
import { metricsRoutes } from './ops/metrics.ts';
import { customMetricRoutes } from './page/custom-metrics.ts';
import { latencyRoutes } from './page/latency.ts';
import { pictureRoutes } from './page/pictures.ts';
import { publicRoutes } from './page/routes.ts';
import { widgetRoutes } from './page/widget.ts';
import { statuspagePaths } from './statuspage/paths.ts';
import { subscribeRoutes } from './subscribe/routes.ts';

export interface App {
  readonly handle: RequestListener;
  /** Ends open streams, so that the server can close. */
  close(): void;
}

export function makeApp(deps: WebDeps): App {
  const siteUrl = () => new URL(deps.refresh.current().site.url);
  const base = () => siteUrl().pathname.replace(/\/+$/, '');
  const web: Web = {
    ...deps,
    base,
    assets: readAssets(deps.publicDir),
    answers: makeAnswers(deps.refresh.current()),
    countGuess: makeGuesses(deps.log),
  };
  const stopPreparing = deps.refresh.subscribe(web.answers.prepare);
  const app = express();
  // Before anything is routed. A proxy that closes `/metrics` must not leave `/Metrics` and `/metrics/` open, and what
  // an address is told by (memory, what can wait, the log) must be the address.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.disable('x-powered-by');
  app.disable('etag');
  // JSON that tells what was sent must not become markup in a reader that guesses.
  app.set('json escape', true);
  app.set('json replacer', printableValue);
  app.set('trust proxy', deps.trustProxy);
  app.use(web.metrics.request);
  const plain = securityHeaders(false);
  const strict = securityHeaders(true);
  app.use((req, res, next) => {
    res.setHeader('Permissions-Policy', NO_FEATURES);
    return (siteUrl().protocol === 'https:' ? strict : plain)(req, res, next);
  });
  // Behind a proxy that keeps the path of PUBLIC_URL, and behind one that strips it.
  app.use((req, _res, next) => {
    req.url = withoutPrefix(req.url, base());
    next();
  });
  app.use(putOff(web.isOverloaded));
  publicRoutes(app, web);
  statuspagePaths(app, web);
  widgetRoutes(app, web);
  latencyRoutes(app, web);
  customMetricRoutes(app, web);
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
  app.use(withoutSlash(base));
  app.use(notFound);
  app.use(errorHandler(web));
  const handle = web.answers.before(app);
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
