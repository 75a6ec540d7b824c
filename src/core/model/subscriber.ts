// Subscribers: who asked for mail about what, and the addresses that may.
import { domainToASCII } from 'node:url';
import type { Lang } from './lang.ts';
import type { ChannelType } from './notification-channel.ts';
import type { Millis } from './time.ts';

export const KINDS = ['all', 'incidents', 'maintenance'] as const;
export const DETAILS = ['all', 'ends'] as const;

/** What a subscriber asked for. */
export interface Choice {
  /** Ids of the components asked for; null for all, future ones too. */
  readonly components: readonly string[] | null;
  readonly kinds: (typeof KINDS)[number];
  /** Every update, or only those that begin or end an incident, or begin it again. */
  readonly detail: (typeof DETAILS)[number];
}

/** Everything: what who chose nothing gets. */
export const EVERYTHING: Choice = { components: null, kinds: 'all', detail: 'all' };

export interface Subscriber {
  /** Random, stable: tokens and Message-IDs are made of it. */
  readonly id: string;
  readonly address: string;
  readonly state: 'pending' | 'confirmed';
  readonly choice: Choice;
  /** The language they subscribed in: their emails are written in it. */
  readonly lang: Lang;
  /** Part of the confirmation links, which end with it. */
  readonly nonce: string;
  readonly createdAt: Millis;
  readonly confirmedAt: Millis | null;
  /** Set for a channel besides mail, whose address is then only its name. */
  readonly channel?: {
    readonly type: ChannelType;
    readonly state: 'pending' | 'confirmed' | 'dead';
    /** What went wrong last; null while all is well. */
    readonly error: string | null;
  };
}

/** What a subscriber's choice is held against. */
export interface Concern {
  readonly kind: 'incidents' | 'maintenance';
  /** The update begins or ends it, or begins it again. */
  readonly edge: boolean;
  /** Ids of the page's components it affects; empty when none: then it concerns everyone. */
  readonly affected: readonly string[];
}

const ATOM = "[A-Za-z0-9#$&'*+/=?^_`{|}~-]+";
/**
 * RFC 5321's dot-string: no line breaks, spaces, quotes or comments. Without `!` and `%`, by which old servers route
 * to others, and without what a mail program would decode (`=?`).
 */
const LOCAL_PART = new RegExp(`^(?!.*=\\?)${ATOM}(\\.${ATOM})*$`);

/**
 * An address as it is kept: trimmed, the domain in lower case and ASCII; plus-addresses stay apart.
 * Null when it is not an address mail can be sent to.
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

/** The key under which two spellings of one mailbox are the same subscriber. */
export function addressKey(address: string): string {
  return address.toLowerCase();
}

/** Providers whose spellings of one mailbox are known: its name there, and what of the local part counts for nothing. */
const PROVIDERS: readonly { readonly domains: RegExp; readonly is: string; readonly ignored: RegExp }[] = [
  { domains: /^(gmail|googlemail)\.com$/, is: 'gmail.com', ignored: /\./g },
  { domains: /^(proton\.me|protonmail\.(com|ch)|pm\.me)$/, is: 'proton.me', ignored: /[._-]/g },
  { domains: /^(icloud|me|mac)\.com$/, is: 'icloud.com', ignored: /(?!)/g },
  { domains: /^(yahoo\.[a-z.]+|ymail\.com|rocketmail\.com)$/, is: '', ignored: /-.*$/g },
];

/**
 * The mailbox an address leads to, as far as its spelling tells: without case and `+tag`, and without what its
 * provider ignores. For limits only: subscriptions stay apart, as a person may want.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).toLowerCase();
  const typed = address.slice(at + 1).replace(/\.$/, '');
  const domain = (domainToASCII(typed) || typed).toLowerCase();
  // `user@tag.fastmail.com` reaches what `tag` is called.
  const fastmail = /^([^.]+)\.fastmail\.(com|fm)$/.exec(domain)?.[1];
  if (fastmail) return `${fastmail}@fastmail.com`;
  const known = PROVIDERS.find(({ domains }) => domains.test(domain));
  const untagged = local.replace(/(?<=.)\+.*$/s, '');
  const name = (known && untagged.replace(known.ignored, '')) || untagged;
  return `${name}@${known?.is || domain}`;
}

/** A domain of at least two labels, the last no number, in ASCII. */
function readDomain(typed: string): string | null {
  if (!/^[\p{L}\p{M}\p{N}.\u3002-]+$/u.test(typed)) return null;
  const ascii = domainToASCII(typed);
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  return new RegExp(`^(${label}\\.)+(?!\\d+$)${label}$`).test(ascii) ? ascii : null;
}

/** Whether a choice covers it; what affects no component concerns everyone. */
export function wants(choice: Choice, { kind, edge, affected }: Concern): boolean {
  if (choice.kinds !== 'all' && choice.kinds !== kind) return false;
  if (choice.detail === 'ends' && !edge) return false;
  const { components } = choice;
  return components === null || affected.length === 0 || affected.some(id => components.includes(id));
}
