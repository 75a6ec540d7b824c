// Strain: when the process is late with everything, what is not the page itself is put off.
import type { RequestHandler } from 'express';
import { Refusal } from './guards.ts';
import { LIMITS } from './limits.ts';

/** Whether the process is too late with its work to take on what can wait. */
export type IsStrained = () => boolean;

/** How often lateness is measured, and over how long it is averaged, so that a hiccup counts for little; ms. */
const BEAT = 100;
const OVER = 4000;

/** Measures how late the event loop is, as a moving average. */
export function measureStrain(limit: number = LIMITS.lateness): IsStrained & { stop(): void } {
  let average = 0;
  let due = performance.now() + BEAT;
  const timer = setInterval(() => {
    const now = performance.now();
    const late = Math.max(0, now - due);
    average += (late - average) * Math.min(1, (BEAT + late) / OVER);
    due = now + BEAT;
  }, BEAT);
  timer.unref();
  return Object.assign(() => average > limit, { stop: () => clearInterval(timer) });
}

/** Pages made for one visitor, charts, pictures, permalinks and streams. */
const CAN_WAIT =
  /^\/(status\/(subscribe|confirm|manage|unsubscribe|components|metrics|og|incidents|history|events)|incidents|history|api\/(components|metrics|incidents))(?=[/.?]|$)/i;

/**
 * While strained, refuses what can wait with 503 and Retry-After; whatever is answered from memory does not
 * come here. Never monitors, heartbeats, the writing API or one-click unsubscribing: nobody sends those twice.
 */
export function putOff(isStrained: IsStrained): RequestHandler {
  return (req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD' || req.path === '/status/subscribe';
    if (!isRead || !CAN_WAIT.test(req.path) || /^\/history\.(atom|rss)$/.test(req.path) || !isStrained())
      return next();
    res.set('Retry-After', '10');
    next(
      new Refusal(503, 'Too many visitors right now; the status page itself is up. Try again in a moment.'),
    );
  };
}
