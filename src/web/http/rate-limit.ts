// Rate limits: how often one address may ask for what is not answered from memory, in bounded memory.
import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit, type Store } from 'express-rate-limit';
import type { Log } from '../../core/model/ports/log.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { Refusal } from './guards.ts';
import { LIMITS, type Rate } from './limits.ts';
import { loggedPath } from './logged-path.ts';

/**
 * An address as it is counted: IPv6 by network, an IPv4 in IPv6's clothes as the IPv4 it is. What is no address
 * (a proxy passed on a lie) counts as one.
 */
export function addressKey(address: string | undefined): string {
  return address && isIP(address) ? ipKeyGenerator(address, LIMITS.ipv6_network) : 'unknown';
}

/** The wall clock that no adjustment turns back. */
const steady = (): Millis => performance.timeOrigin + performance.now();

/**
 * Counts by key over a window (ms) that begins with the key's first, for about `most` keys: in a flood of
 * addresses those not seen for longest are forgotten.
 */
export function boundedStore(window: Millis, most: number = LIMITS.addresses, now = steady): Store {
  // Two halves in turn: forgetting a half at once costs nothing, while a Map that loses its first key again and
  // again looks for the next among all that are gone.
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

/** Limits what is asked for of one address. */
export function limited({ most, window }: Rate, more: Partial<Options> = {}): RequestHandler {
  return rateLimit({
    windowMs: window,
    limit: most,
    store: boundedStore(window),
    keyGenerator: req => addressKey(req.ip),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) => next(new Refusal(429, TOO_MANY)),
    // A stray X-Forwarded-For is a visitor's lie, not a reason to complain on the console.
    validate: { xForwardedForHeader: false, trustProxy: false, ip: false, keyGeneratorIpFallback: false },
    ...more,
  });
}

/**
 * Counts a wrong token against its address; throws 429 when it was one too many. Only wrong ones are counted:
 * who guesses from behind the same address does not lock out who knows. Logged once a minute at most.
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
    const { totalHits } = store.increment(addressKey(req.ip)) as { totalHits: number };
    if (totalHits <= most) return;
    res.set('Retry-After', String(Math.ceil(window / SECOND)));
    throw new Refusal(429, TOO_MANY);
  };
}
