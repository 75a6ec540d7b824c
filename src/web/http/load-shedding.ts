// Load shedding: while the process is overloaded, requests that can wait are refused.
import type { RequestHandler } from 'express';
import { Refusal } from './guards.ts';

/** Pages for one visitor, charts, pictures, permalinks and streams. */
const CAN_WAIT =
  /^\/(status\/(subscribe|confirm|manage|unsubscribe|components|metrics|og|incidents|history|events)|incidents|history|api\/(components|metrics|incidents))(?=[/.?]|$)/i;

/**
 * While overloaded, refuses what can wait with 503 and Retry-After; responses from memory do not come here. Never
 * refuses monitors, heartbeats, the write API or one-click unsubscribing, because nobody sends those twice.
 */
export function shedLoad(isOverloaded: () => boolean): RequestHandler {
  return (req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD' || req.path === '/status/subscribe';
    if (!isRead || !CAN_WAIT.test(req.path) || /^\/history\.(atom|rss)$/.test(req.path) || !isOverloaded())
      return next();
    res.set('Retry-After', '10');
    next(
      new Refusal(503, 'Too many visitors right now; the status page itself is up. Try again in a moment.'),
    );
  };
}
