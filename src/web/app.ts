// The web room's front door: guards, then routes, then errors.
import type { RequestListener } from 'node:http';
import express from 'express';
import { printableValue } from '../core/printable.ts';
import { makeAnswers } from './answers.ts';
import { assetRoutes, readAssets } from './assets.ts';
import { bounceRoutes } from './bounces.ts';
import type { Web, WebDeps } from './context.ts';
import { customMetricRoutes } from './custom-metrics.ts';
import { errorHandler, notFound } from './errors.ts';
import { eventRoutes } from './events.ts';
import { NO_FEATURES, securityHeaders } from './guards.ts';
import { healthRoutes } from './health.ts';
import { latencyRoutes } from './latency.ts';
import { metricsRoutes } from './metrics.ts';
import { pictureRoutes } from './pictures.ts';
import { publicRoutes } from './public.ts';
import { makeGuesses } from './rates.ts';
import { takeSlash, withoutPrefix, withoutSlash } from './spelling.ts';
import { statuspagePaths } from './statuspage-paths.ts';
import { putOff } from './strain.ts';
import { subscribeRoutes } from './subscribe.ts';
import { webhookRoutes } from './webhooks.ts';
import { widgetRoutes } from './widget.ts';
import { writeRoutes } from './write.ts';

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
  app.use(putOff(web.isStrained));
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
