// Subscribers: their choices, and which email addresses are accepted.
import { domainToASCII } from 'node:url';
import type { Lang } from './lang.ts';
import type { ChannelType } from './notification-channel.ts';
import type { Millis } from './time.ts';

export const KINDS = ['all', 'incidents', 'maintenance'] as const;
export const DETAILS = ['all', 'ends'] as const;

/** A subscriber's choice. */
export interface Choice {
  /** Component ids; null for all, future ones too. */
  readonly components: readonly string[] | null;
  readonly kinds: (typeof KINDS)[number];
  /** All updates, or only those that begin, end or reopen an incident. */
  readonly detail: (typeof DETAILS)[number];
}

/** The default choice. */
export const EVERYTHING: Choice = { components: null, kinds: 'all', detail: 'all' };

export interface Subscriber {
  /** Random and stable: part of tokens and Message-IDs. */
  readonly id: string;
  readonly address: string;
  readonly state: 'pending' | 'confirmed';
  readonly choice: Choice;
  /** The language of their emails: the one they subscribed in. */
  readonly lang: Lang;
  /** Part of the confirmation links; a new nonce makes them invalid. */
  readonly nonce: string;
  readonly createdAt: Millis;
  readonly confirmedAt: Millis | null;
  /** Set for a notification channel; `address` is then only its name. */
  readonly channel?: {
    readonly type: ChannelType;
    readonly state: 'pending' | 'confirmed' | 'dead';
    /** The last error; null while all is well. */
    readonly error: string | null;
  };
}

/** The subject of an update, to compare with a subscriber's choice. */
export interface Concern {
  readonly kind: 'incidents' | 'maintenance';
  /** Whether the update begins, ends or reopens it. */
  readonly edge: boolean;
  /** Ids of the affected components; empty: it concerns everyone. */
  readonly affected: readonly string[];
  /** Those that are affected as of the update. */
  readonly current: readonly string[];
  /** The affected components of which nothing was told before, although something was of the incident. */
  readonly untold: readonly string[];
  readonly isEnd: boolean;
  /** It is told only to those to whom it is the beginning. */
  readonly isOnlyBeginning: boolean;
}

const ATOM = "[A-Za-z0-9#$&'*+/=?^_`{|}~-]+";
/**
 * RFC 5321's dot-string: no line breaks, spaces, quotes or comments. Also without `!` and `%`, with which old servers
 * relay, and without `=?`, which a mail program would decode.
 */
const LOCAL_PART = new RegExp(`^(?!.*=\\?)${ATOM}(\\.${ATOM})*$`);

/**
 * Normalises an email address: trimmed, the domain in lower case and ASCII; plus-addresses stay distinct. Null when the
 * text is no address that can receive email.
 */
export function readAddress(typed: unknown): string | null {
  if (typeof typed !== 'string' || typed.length > 400) return null;
  const trimmed = typed.trim();
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  const domain = readDomain(trimmed.slice(at + 1));
  if (at < 1 || at > 64 || domain === null || local.length + domain.length > 253) return null;
  return LOCAL_PART.test(local) ? `${local}@${domain}` : null;
}

/** The key of an address, without case: one subscriber per key. */
export function emailAddressKey(address: string): string {
  return address.toLowerCase();
}

/** Providers with several spellings of one mailbox: its domain, and what they ignore in the local part. */
const PROVIDERS: readonly { readonly domains: RegExp; readonly is: string; readonly ignored: RegExp }[] = [
  { domains: /^(gmail|googlemail)\.com$/, is: 'gmail.com', ignored: /\./g },
  { domains: /^(proton\.me|protonmail\.(com|ch)|pm\.me)$/, is: 'proton.me', ignored: /[._-]/g },
  { domains: /^(icloud|me|mac)\.com$/, is: 'icloud.com', ignored: /(?!)/g },
  { domains: /^(yahoo\.[a-z.]+|ymail\.com|rocketmail\.com)$/, is: '', ignored: /-.*$/g },
];

/**
 * The mailbox behind an address: without case and `+tag`, and without what its provider ignores. For rate limits only;
 * subscriptions stay separate.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).toLowerCase();
  const typed = address.slice(at + 1).replace(/\.$/, '');
  const domain = (domainToASCII(typed) || typed).toLowerCase();
  // `user@tag.fastmail.com` and `tag@fastmail.com` are one mailbox.
  const fastmail = /^([^.]+)\.fastmail\.(com|fm)$/.exec(domain)?.[1];
  if (fastmail) return `${fastmail}@fastmail.com`;
  const known = PROVIDERS.find(({ domains }) => domains.test(domain));
  const untagged = local.replace(/(?<=.)\+.*$/s, '');
  const name = (known && untagged.replace(known.ignored, '')) || untagged;
  return `${name}@${known?.is || domain}`;
}

/** The ASCII form of a domain with at least two labels, the last not a number; else null. */
function readDomain(typed: string): string | null {
  if (!/^[\p{L}\p{M}\p{N}.\u3002-]+$/u.test(typed)) return null;
  const ascii = domainToASCII(typed);
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  return new RegExp(`^(${label}\\.)+(?!\\d+$)${label}$`).test(ascii) ? ascii : null;
}

/** Whether a subscriber wants the update; one without affected components concerns everyone. */
export function wants(
  choice: Choice,
  { kind, edge, affected }: Pick<Concern, 'kind' | 'edge' | 'affected'>,
): boolean {
  if (choice.kinds !== 'all' && choice.kinds !== kind) return false;
  if (choice.detail === 'ends' && !edge) return false;
  const { components } = choice;
  return components === null || affected.length === 0 || affected.some(id => components.includes(id));
}
