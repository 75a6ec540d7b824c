// The demo's services: one HTTP server whose paths are slow or fail, by the clock.
import { createServer } from 'node:http';
import { type Clock, MINUTE, SECOND } from '../core/model/time.ts';

/** How long each path works, then fails, and its latency, ms; each begins working. */
const MOODS: Record<string, { well: number; unwell: number; latency: number }> = {
  '/api': { well: 6 * MINUTE, unwell: 50 * SECOND, latency: 40 },
  '/dashboard': { well: 100 * MINUTE, unwell: 0, latency: 90 },
  '/builder': { well: 11 * MINUTE, unwell: 40 * SECOND, latency: 140 },
  '/mail': { well: 4 * MINUTE, unwell: 35 * SECOND, latency: 25 },
};

export async function openServices(clock: Clock): Promise<{ url: string; close(): void }> {
  const opened = clock();
  const server = createServer((req, res) => {
    const mood = MOODS[req.url ?? ''] ?? { well: 1, unwell: 0, latency: 10 };
    const moment = (clock() - opened) % (mood.well + mood.unwell);
    const unwell = moment >= mood.well;
    const delay = mood.latency * (0.7 + Math.random() * (unwell ? 5 : 0.8));
    setTimeout(() => {
      res.writeHead(unwell ? 503 : 200, { 'Content-Type': 'text/plain' });
      res.end(unwell ? 'Service Unavailable' : 'Workflow ok');
    }, delay);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
