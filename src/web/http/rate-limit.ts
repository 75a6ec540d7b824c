// Rate limits: how often one address may request what is not served from memory. Memory use is bounded.
import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit, type Store } from 'express-rate-limit';
import type { Log } from '../../core/model/ports/log.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { Refusal } from './guards.ts';
import { LIMITS, type Rate } from './limits.ts';
import { loggedPath } from './logged-path.ts';

/**
 * The key of an address: IPv6 by network, an IPv4-mapped IPv6 address as IPv4. Anything else (a proxy passed on a lie)
 * counts as one key.
 */
export function clientAddressKey(address: string | undefined): string {
  return address && isIP(address) ? ipKeyGenerator(address, LIMITS.ipv6_network) : 'unknown';
}

/** A wall clock that is never set back. */
const steady = (): Millis => performance.timeOrigin + performance.now();

/**
 * Counts by key over a window (ms) that begins with the first request of the key, for about `most` keys. In a flood of
 * addresses the oldest are forgotten.
 */
export function boundedStore(window: Millis, most: number = LIMITS.addresses, now = steady): Store {
  // Two maps in turn: dropping one of them costs nothing, while deleting the first key of a Map again and again is
  // slow.
  let young = new Map<string, { count: number; readonly ends: Millis }>();
  let old: typeof young = new Map();
  let turned = now();
  return {
    localKeys: true,
    increment(key) {
      const at = now();
      if (young.size >= most / 2 || at - turned >= window) {
        [old, young] = [young, new Map()];
        turned = at;
      }
      const known = young.get(key) ?? old.get(key);
      const entry = known && known.ends > at ? known : { count: 0, ends: at + window };
      entry.count++;
      young.set(key, entry);
      return { totalHits: entry.count, resetTime: new Date(entry.ends) };
    },
    decrement(key) {
      const entry = young.get(key) ?? old.get(key);
      if (entry && entry.count > 0) entry.count--;
    },
    resetKey(key) {
      young.delete(key);
      old.delete(key);
    },
  };
}

const TOO_MANY = 'Too many requests from your address; try again later.';

export function limited({ most, window }: Rate, more: Partial<Options> = {}): RequestHandler {
  return rateLimit({
    windowMs: window,
    limit: most,
    store: boundedStore(window),
    keyGenerator: req => clientAddressKey(req.ip),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) => next(new Refusal(429, TOO_MANY)),
    // A wrong X-Forwarded-For is sent by a visitor, so the library must not log about it.
    validate: { xForwardedForHeader: false, trustProxy: false, ip: false, keyGeneratorIpFallback: false },
    ...more,
  });
}

/**
 * Counts a wrong token against its address; throws 429 after too many. Only wrong tokens count, so that someone who
 * guesses does not lock out others at the same address. Logged at most once a minute.
 */
export type CountGuess = (req: Request, res: Response) => void;

export function makeGuesses(log: Pick<Log, 'warn'>): CountGuess {
  const { most, window } = LIMITS.guesses;
  const store = boundedStore(window);
  let since = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (req, res) => {
    since++;
    if (steady() - loggedAt >= MINUTE) {
      const fields = { path: loggedPath(req.path), since };
      log.warn(fields, 'a wrong or missing token or signature (logged once a minute)');
      since = 0;
      loggedAt = steady();
    }
    const { totalHits } = store.increment(clientAddressKey(req.ip)) as { totalHits: number };
    if (totalHits <= most) return;
    res.set('Retry-After', String(Math.ceil(window / SECOND)));
    throw new Refusal(429, TOO_MANY);
  };
}
