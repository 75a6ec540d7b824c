// The HTTP server: listens, limits slow clients, and lets running responses finish before it closes.
import { createServer, type RequestListener } from 'node:http';
import type { Problem } from '../../core/model/problem.ts';
import { SECOND } from '../../core/model/time.ts';
import { ConnectionGuard, type ConnectionRules } from './connections.ts';
import { LIMITS } from './limits.ts';
import { starting } from './plain-pages.ts';
import { answerBadWire, wellFormed } from './wire.ts';

export interface WebServer {
  readonly port: number;
  /** Sets the listener for requests; until then they get 503 "starting". */
  serve(listener: RequestListener): void;
  /** Stops accepting and lets running responses finish (3 s at most). May be called twice. */
  close(): Promise<void>;
}

/** How long running responses may take when the server stops. */
const CLOSING_TIME = 3 * SECOND;

export interface ServerRules extends ConnectionRules {
  readonly limits: ConnectionRules['limits'] & Record<'headers_time' | 'request_time' | 'idle_time', number>;
}

const RULES: ServerRules = { limits: LIMITS, isVisitor: () => false, log: { warn() {} } };

/** Listens on `host:port` (port 0: any); returns a Problem if it cannot. */
export async function openServer(
  port: number,
  host: string,
  rules: ServerRules = RULES,
): Promise<WebServer | Problem> {
  let listener: RequestListener = starting;
  const { headers_time, request_time, idle_time } = rules.limits;
  const server = createServer({
    headersTimeout: headers_time,
    requestTimeout: request_time,
    keepAliveTimeout: idle_time,
    // How often these times are checked: Node's default of 30 s would add up to 30 s to each.
    connectionsCheckingInterval: Math.min(2 * SECOND, headers_time),
    maxHeaderSize: LIMITS.header_bytes,
    // Whatever Node's command line says: a request that two servers read differently is refused.
    insecureHTTPParser: false,
    requireHostHeader: false,
  });
  server.maxHeadersCount = LIMITS.header_count;
  const failed = await new Promise<NodeJS.ErrnoException | null>(resolve => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(null));
  });
  if (failed) return explained(failed, port, host);
  // No connection is accepted before this function returns to the event loop.
  const guard = new ConnectionGuard(server, rules);
  const answer = wellFormed((req, res) => listener(req, res));
  server.on('request', answer);
  answerBadWire(server, answer);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    serve(next) {
      listener = next;
    },
    close() {
      guard.close();
      return new Promise<void>(resolve => {
        const force = setTimeout(() => server.closeAllConnections(), CLOSING_TIME);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

export function explained({ code }: NodeJS.ErrnoException, port: number, host: string): Problem {
  if (code === 'EADDRINUSE') {
    const fix = 'stop the program that uses it, or set PORT to another port';
    return { level: 'error', where: 'PORT', what: `port ${port} is in use`, fix };
  }
  if (code === 'EACCES') {
    const fix =
      port > 0 && port < 1024
        ? 'use port 1024 or higher behind a proxy, or allow it (AmbientCapabilities=CAP_NET_BIND_SERVICE)'
        : 'allow this user to use it, or set PORT to another port';
    return { level: 'error', where: 'PORT', what: `this user may not listen on port ${port}`, fix };
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const fix = 'set HOST to an address of this machine, or to 0.0.0.0 for all';
    return { level: 'error', where: 'HOST', what: `${host} is not an address of this machine`, fix };
  }
  const what = `cannot listen on ${host}:${port} (${code})`;
  return { level: 'error', where: 'HOST', what, fix: 'check HOST and PORT' };
}
