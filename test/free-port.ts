// A port of this machine that nobody listens on.
import { createServer } from 'node:net';

/** Free when it resolves; the system gives it to nobody else for a while. */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
