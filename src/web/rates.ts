// Rates: how often one address may knock at what is not answered from memory, in bounded memory.
import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit, type Store } from 'express-rate-limit';
import type { Millis } from '../core/time.ts';
import { shortId } from '../core/token.ts';
import { Refusal } from './guards.ts';
import { LIMITS, type Rate } from './limits.ts';

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
 * Counts by key over a window (ms), for at most `most` keys: with a new one too many, the one whose window
 * began first is forgotten, so that a flood of addresses costs no memory.
 */
export function boundedStore(window: Millis, most: number = LIMITS.addresses, now = steady): Store {
  // In the order their windows began, which is the order they end in.
  const counts = new Map<string, { count: number; readonly ends: Millis }>();
  const forgetFirst = () => counts.delete(counts.keys().next().value as string);
  return {
    localKeys: true,
    increment(key) {
      const at = now();
      for (const [first, { ends }] of counts) {
        if (ends > at) break;
        counts.delete(first);
      }
      let entry = counts.get(key);
      if (!entry) {
        if (counts.size >= most) forgetFirst();
        entry = { count: 0, ends: at + window };
        counts.set(key, entry);
      }
      entry.count++;
      return { totalHits: entry.count, resetTime: new Date(entry.ends) };
    },
    decrement(key) {
      const entry = counts.get(key);
      if (entry && entry.count > 0) entry.count--;
    },
    resetKey(key) {
      counts.delete(key);
    },
  };
}

const TOO_MANY = 'Too many requests from your address; try again later.';

function limited({ most, window }: Rate, more: Partial<Options> = {}): RequestHandler {
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

/** Subscriptions; refused forms are not counted. */
export const subscribeLimit = () => limited(LIMITS.subscribe, { skipFailedRequests: true });

/** Forms and the pages behind mailed links, which are made for each visitor. */
export const formLimit = () => limited(LIMITS.forms);

/** Charts over a range, which ask the database. */
export const rangeLimit = () => limited(LIMITS.ranges);

/** Pictures, which take a processor a tenth of a second. */
export const pictureLimit = () => limited(LIMITS.pictures);

/** Webhooks with the right token: enough for any monitor. */
export const webhookLimit = () => limited(LIMITS.webhooks);

/** The writing API with its token: enough for any script. */
export const writeLimit = () => limited(LIMITS.writes);

/** Of one token, not of one address: a machine may run a thousand jobs. */
export const heartbeatLimit = () =>
  limited(LIMITS.heartbeats, { keyGenerator: req => shortId(String(req.params.token)) });

/**
 * Counts a wrong token against its address; throws 429 when it was one too many. Only wrong ones are counted:
 * who guesses from behind the same address does not lock out who knows.
 */
export type CountGuess = (req: Request, res: Response) => void;

export function makeGuesses(): CountGuess {
  const { most, window } = LIMITS.guesses;
  const store = boundedStore(window);
  return (req, res) => {
    const { totalHits } = store.increment(addressKey(req.ip)) as { totalHits: number };
    if (totalHits <= most) return;
    res.set('Retry-After', String(Math.ceil(window / 1000)));
    throw new Refusal(429, TOO_MANY);
  };
}
