// Wires the web: the listening server and the application.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { isPrivate } from '../core/model/checks/private-address.ts';
import type { Log } from '../core/model/ports/log.ts';
import { makeApp } from '../web/app.ts';
import { judgeAfterPause } from '../web/cache/after-pause.ts';
import { maxStreams } from '../web/http/descriptors.ts';
import { LIMITS } from '../web/http/limits.ts';
import { openServer, type WebServer } from '../web/http/server.ts';
import { makePages } from '../web/pages.ts';
import { makeReceive } from '../work/incidents/receive.ts';
import { makeWrite } from '../work/incidents/write.ts';
import { makePush } from '../work/monitoring/metrics.ts';
import type { Notifications } from '../work/notify/notifications.ts';
import { type Base, type Closers, StartProblems } from './base.ts';
import type { Content } from './content.ts';
import type { MonitoringParts } from './monitoring.ts';
import { ROOT } from './root.ts';

/** Listens; until `openWeb`, requests get 503. */
export async function listen(env: Environment, log: Log, closers: Closers): Promise<WebServer> {
  const server = await openServer(env.port, env.host, {
    limits: LIMITS,
    // A private address is most likely a proxy for many visitors, even if TRUST_PROXY is not set.
    isVisitor: address => env.trustProxy === false && !isPrivate(address),
    log,
  });
  if ('what' in server) throw new StartProblems([server]);
  closers.push(() => server.close());
  return server;
}

/** Serves the application; the returned function judges the page again. */
export function openWeb(
  server: WebServer,
  base: Base,
  { heartbeats, warnings }: MonitoringParts,
  { git, apiWriter, refresh, snapshot }: Content,
  notifications: Notifications,
  round: () => Promise<void>,
): () => Promise<void> {
  const on = { ...base, snapshot, site: () => snapshot().site, round };
  const app = makeApp({
    ...base,
    refresh,
    pages: makePages(base.render),
    notifications,
    receive: makeReceive({ ...on, warnings }),
    write: makeWrite({ ...on, writer: apiWriter }),
    push: makePush(on),
    heartbeats,
    git,
    publicDir: path.join(ROOT, 'public'),
    isOverloaded: base.isOverloaded ?? (() => false),
    maxStreams: maxStreams(base.log),
  });
  const judged = judgeAfterPause(app.handle, () => refresh.judge(), base.monotonic);
  server.serve(judged.handle);
  base.closers.push(() => {
    app.close();
    return server.close();
  });
  return judged.judge;
}
