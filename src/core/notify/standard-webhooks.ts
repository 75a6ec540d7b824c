// Standard Webhooks (Svix): signs and verifies a webhook by its id, time and raw body.
import { createHmac } from 'node:crypto';
import { MINUTE, type Millis, SECOND } from '../model/time.ts';
import { sameSecret } from '../model/token.ts';

/** From the headers `svix-id` or `webhook-id`, and so on. */
export interface SignedHeaders {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: string;
  /** `v1,BASE64`; several, separated by spaces, while a secret is changed. */
  readonly signature: string;
}

/** Older or newer messages are replays, or from a wrong clock. */
const TOLERANCE: Millis = 5 * MINUTE;

/** Whether a message is genuine and recent. `secret` as the provider shows it: `whsec_…`. */
export function isGenuine(secret: string, headers: SignedHeaders, body: Buffer, now: Millis): boolean {
  const { id, timestamp, signature } = headers;
  // `whsec_` alone is an empty key, with which anyone can sign.
  if (keyOf(secret).length < 16) return false;
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * SECOND) > TOLERANCE) return false;
  const expected = `v1,${sign(secret, id, timestamp, body)}`;
  return signature.split(' ').some(one => sameSecret(one, expected));
}

/** The signature of a message, base64. */
export function sign(secret: string, id: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64');
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}
