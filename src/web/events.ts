// SSE: tells open pages that the Snapshot changed; they fetch the page by its version.
import type { Response, Router } from 'express';
import type { Snapshot } from '../core/snapshot.ts';
import { SECOND } from '../core/time.ts';
import { isNear } from './connections.ts';
import type { Web } from './context.ts';
import { Refusal } from './guards.ts';
import { LIMITS } from './limits.ts';
import { addressKey } from './rates.ts';

const HEARTBEAT = 20 * SECOND;

/** `GET /status/events`; the returned function ends every stream. */
export function eventRoutes(router: Router, { refresh }: Web): () => void {
  const streams = new Set<Response>();
  /** Open streams by public address. */
  const byAddress = new Map<string, number>();
  const message = ({ version, verdict }: Snapshot) =>
    `id: ${version}\nevent: snapshot\ndata: ${JSON.stringify({ version, state: verdict.state })}\n\n`;

  router.get('/status/events', (req, res) => {
    const key = isNear(req.ip) ? null : addressKey(req.ip);
    const ofAddress = key === null ? 0 : (byAddress.get(key) ?? 0);
    if (streams.size >= LIMITS.streams || ofAddress >= LIMITS.streams_per_address) {
      res.set('Retry-After', '60');
      throw new Refusal(503, 'Too many open pages; this one asks every minute instead.');
    }
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      Connection: 'keep-alive',
    });
    res.write(`retry: ${3000 + Math.floor(Math.random() * 4000)}\n${message(refresh.current())}`);
    streams.add(res);
    if (key !== null) byAddress.set(key, ofAddress + 1);
    req.on('close', () => {
      streams.delete(res);
      if (key === null) return;
      const left = (byAddress.get(key) ?? 1) - 1;
      if (left > 0) byAddress.set(key, left);
      else byAddress.delete(key);
    });
  });

  const tell = (text: string) => {
    for (const res of streams) {
      // A reader that never reads must not hold memory: it reconnects and gets the newest.
      if (res.writableLength > 64_000) res.destroy();
      else res.write(text);
    }
  };
  const stop = refresh.subscribe(snapshot => tell(message(snapshot)));
  const timer = setInterval(() => tell(': still here\n\n'), HEARTBEAT);
  timer.unref();
  return () => {
    stop();
    clearInterval(timer);
    // A new process is there in a moment; not all of them in the same one.
    for (const res of streams) res.end(`retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`);
  };
}
