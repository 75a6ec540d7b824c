// POST /webhooks/resend: the mail provider reports bounces and complaints; the signature is required.
import express, { type Request, type Router } from 'express';
import { readAddress } from '../../core/model/subscriber.ts';
import { readResendEvent } from '../../core/notify/bounce.ts';
import { isGenuine } from '../../core/notify/standard-webhooks.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';

export function bounceRoutes(router: Router, { env, notifications, countGuess, clock, log }: Web): void {
  const raw = express.raw({ type: () => true, limit: LIMITS.webhook_body });
  const limit = limited(LIMITS.webhooks);
  router.post('/webhooks/resend', limit, raw, async (req, res) => {
    const secret = env.resendSecret;
    if (secret === null) throw new Refusal(404, 'Set RESEND_WEBHOOK_SECRET to enable this webhook.');
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const headers = {
      id: header(req, 'id'),
      timestamp: header(req, 'timestamp'),
      signature: header(req, 'signature'),
    };
    if (!isGenuine(secret, headers, body, clock())) {
      countGuess(req, res);
      throw new Refusal(401, 'The signature is not valid.');
    }
    const bounce = readResendEvent(parsed(body));
    let suppressed = 0;
    for (const typed of bounce?.addresses ?? []) {
      const address = readAddress(/<([^<>]+)>\s*$/.exec(typed)?.[1] ?? typed);
      if (!bounce || address === null) continue;
      await notifications.suppress(address, bounce.reason);
      suppressed++;
    }
    if (bounce && suppressed > 0)
      log.warn({ reason: bounce.reason, addresses: suppressed }, 'addresses suppressed');
    const action = suppressed > 0 ? 'suppressed' : 'ignored';
    res.set('Cache-Control', 'no-store').json({ ok: true, action });
  });
}

function header(req: Request, name: string): string {
  return String(req.headers[`svix-${name}`] ?? req.headers[`webhook-${name}`] ?? '');
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}
