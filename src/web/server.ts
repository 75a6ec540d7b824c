// The HTTP server: listening, limits on slow clients, and an end that waits for answers under way.
import { createServer, type RequestListener } from 'node:http';
import type { Problem } from '../core/problem.ts';
import { SECOND } from '../core/time.ts';
import { starting } from './starting.ts';
import { answerBadWire, missingHost } from './wire.ts';

export interface WebServer {
  readonly port: number;
  /** From now on requests are answered by this listener; before, with 503 "starting". */
  serve(listener: RequestListener): void;
  /** Stops accepting, lets answers under way finish (3 s at most). Twice is harmless. */
  close(): Promise<void>;
}

/** Listens on `host:port` (port 0: any); a Problem when it cannot. */
export async function openServer(port: number, host: string): Promise<WebServer | Problem> {
  let listener: RequestListener = starting;
  const answer = missingHost((req, res) => listener(req, res));
  const limits = { requestTimeout: 30 * SECOND, headersTimeout: 15 * SECOND, keepAliveTimeout: 65 * SECOND };
  const server = createServer({ ...limits, requireHostHeader: false }, answer);
  answerBadWire(server, answer);
  server.maxConnections = 20_000;
  const failed = await new Promise<NodeJS.ErrnoException | null>(resolve => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(null));
  });
  if (failed) return explained(failed, port, host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    serve(next) {
      listener = next;
    },
    close() {
      return new Promise<void>(resolve => {
        const force = setTimeout(() => server.closeAllConnections(), 3 * SECOND);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

function explained({ code }: NodeJS.ErrnoException, port: number, host: string): Problem {
  if (code === 'EADDRINUSE') {
    const fix = 'stop what listens there, or set PORT to another';
    return { level: 'error', where: 'PORT', what: `port ${port} is taken`, fix };
  }
  const what = `cannot listen on ${host}:${port} (${code})`;
  return { level: 'error', where: 'HOST', what, fix: 'check HOST and PORT' };
}
