// Server-sent events: tells open pages that the Snapshot changed; they fetch the page by its version.
import type { Router } from 'express';
import { isPrivate } from '../../core/model/checks/private-address.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Web } from '../context.ts';
import { Counts } from '../http/connections.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { clientAddressKey } from '../http/rate-limit.ts';
import { Streams } from './streams.ts';

function checkedMessage(at: Millis | null): string {
  return `event: checked\ndata: ${JSON.stringify({ at: at === null ? null : isoMillis(at) })}\n\n`;
}

/** `GET /status/events`, up to `maxStreams` at a time. The returned function ends every stream. */
export function eventRoutes(router: Router, { cache, refresh, maxStreams }: Web): () => void {
  // A page without news still learns that its server lives, and when it last checked.
  const streams = new Streams(() => checkedMessage(refresh.lastCheck()));
  const perAddress = new Counts();
  const message = ({ version, overall }: Snapshot) =>
    `id: ${version}\nevent: snapshot\ndata: ${JSON.stringify({ version, state: overall.state })}\n\n`;

  router.get('/status/events', (req, res) => {
    // A pipelined request has no socket yet: its turn, and the event of its end, might never come.
    if (!res.socket) throw new Refusal(503, 'An event stream needs its own connection.');
    // A private address is most likely a proxy for many visitors, even if TRUST_PROXY is not set.
    const key = isPrivate(req.ip) ? null : clientAddressKey(req.ip);
    const ofAddress = key === null ? 0 : perAddress.of(key);
    if (streams.count >= maxStreams || ofAddress >= LIMITS.streams_per_address) {
      res.set('Retry-After', '60');
      throw new Refusal(503, 'Too many open pages; this one asks every minute instead.');
    }
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      Connection: 'keep-alive',
    });
    // A HEAD request does not wait for updates.
    if (req.method === 'HEAD') return void res.end();
    // A random delay, so that pages that lost their server do not reconnect all at once.
    streams.add(res, `retry: ${3000 + Math.floor(Math.random() * 4000)}\n${message(cache.shown)}`);
    if (key === null) return;
    perAddress.add(key);
    res.once('close', () => perAddress.remove(key));
  });

  // Only when the new version's bytes are ready, because ten thousand pages request them at once.
  const stop = cache.subscribe(snapshot => streams.broadcast(message(snapshot)));
  return () => {
    stop();
    streams.close();
  };
}
