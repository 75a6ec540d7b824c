// Tokens: links with a MAC, each for one purpose only.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from './time.ts';

export type Purpose = 'confirm' | 'unsubscribe' | 'manage';

/** The content of a valid token. */
interface TokenClaims {
  readonly subscriber: string;
  /** The subscriber's nonce at the time, for purposes that must end; else empty. */
  readonly nonce: string;
  /** Epoch ms after which it is invalid; 0 for never. */
  readonly expires: Millis;
}

/** Makes a token: subscriber, nonce and expiry in plain text, with a MAC over them and the purpose. */
export function signToken(secret: string, purpose: Purpose, claims: TokenClaims): string {
  const body = [claims.subscriber, claims.nonce, claims.expires.toString(36)].join('.');
  return `${body}.${mac(secret, purpose, body)}`;
}

/** The content of a valid, unexpired token for this purpose; null for anything else. */
export function readToken(secret: string, purpose: Purpose, token: unknown, now: Millis): TokenClaims | null {
  if (typeof token !== 'string' || token.length > 200) return null;
  const [subscriber, nonce, expiry, sent, ...rest] = token.split('.');
  if (!subscriber || nonce === undefined || !expiry || !sent || rest.length > 0) return null;
  if (!sameSecret(sent, mac(secret, purpose, [subscriber, nonce, expiry].join('.')))) return null;
  const expires = Number.parseInt(expiry, 36);
  return expires !== 0 && now > expires ? null : { subscriber, nonce, expires };
}

/** Compares secrets in constant time, whatever their lengths. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(given).digest(),
    createHash('sha256').update(expected).digest(),
  );
}

/** A person or program that may use the writing API. `name` null: the only one, without a name. */
export interface ApiToken {
  readonly name: string | null;
  readonly token: string;
  readonly may: 'all' | 'read' | 'write';
}

/** The owner of a token; compares with all of them, in constant time. */
export function ownerOf(given: string, tokens: readonly ApiToken[]): ApiToken | null {
  const [found = null] = tokens.filter(({ token }) => sameSecret(given, token));
  return found;
}

/** A secret for one use (`webhook`, `heartbeat:jobs`), derived from the main one. */
export function deriveSecret(secret: string, use: string): string {
  return createHmac('sha256', secret).update(`derive:${use}`).digest('base64url').slice(0, 32);
}

/** A short stable id of a text: the first 12 characters of its SHA-256 in base 36. */
export function shortId(text: string): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 24)}`);
  return number.toString(36).padStart(12, '0').slice(0, 12);
}

/** The SHA-256 of a text in base64url, to store instead of the text. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function mac(secret: string, purpose: Purpose, body: string): string {
  return createHmac('sha256', secret).update(`${purpose}:${body}`).digest('base64url');
}
