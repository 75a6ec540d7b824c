// Subscribers: who asked for mail about what, and the addresses that may.
import * as z from 'zod';
import type { Millis } from './time.ts';

export interface Subscriber {
  /** Random, stable: tokens and Message-IDs are made of it. */
  readonly id: string;
  readonly address: string;
  readonly state: 'pending' | 'confirmed';
  /** Ids of the components asked for; null for all. */
  readonly components: readonly string[] | null;
  /** Changes with each confirmation letter, so that only the newest link works. */
  readonly nonce: string;
  readonly createdAt: Millis;
  readonly confirmedAt: Millis | null;
}

/** zod's rules refuse line breaks, quoted local parts, comments and address literals (facts.md §3). */
const emailSchema = z.email().max(254);

/**
 * An address as it is kept: trimmed, the domain in lower case and ASCII; plus-addresses stay apart.
 * Null when it is not an address mail can be sent to.
 */
export function readAddress(typed: unknown): string | null {
  if (typeof typed !== 'string') return null;
  const trimmed = typed.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || trimmed.length > 320) return null;
  const domain = asciiDomain(trimmed.slice(at + 1));
  if (domain === null) return null;
  const parsed = emailSchema.safeParse(`${trimmed.slice(0, at)}@${domain}`);
  return parsed.success && at <= 64 ? parsed.data : null;
}

/** The key under which two spellings of one mailbox are the same subscriber. */
export function addressKey(address: string): string {
  return address.toLowerCase();
}

function asciiDomain(domain: string): string | null {
  if (!/^[^\s@/\\:?#[\]]+$/.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

/** Whether a subscriber wants to hear of an incident that affects these components (none: everyone does). */
export function wants(subscriber: Pick<Subscriber, 'components'>, affected: readonly string[]): boolean {
  if (subscriber.components === null || affected.length === 0) return true;
  return affected.some(id => subscriber.components!.includes(id));
}
