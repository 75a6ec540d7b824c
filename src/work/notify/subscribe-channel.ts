// Enrolling channels: a visitor gives an address; a challenge or a message with a link goes there, and only
// who answers or follows it subscribes. Known and unknown addresses are treated, and answered, alike.
import { randomBytes } from 'node:crypto';
import {
  type ChannelUrlProblem,
  readChannelUrl,
  type VisitorChannels,
} from '../../core/model/channel-url.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import { readToken, shortId } from '../../core/model/token.ts';
import { VISITOR } from './channel-delivery.ts';
import { linksFor } from './channel-texts.ts';
import { addressHash } from './subscribe.ts';

/** A visitor's channel as it is first kept. */
export interface PendingChannel {
  readonly id: string;
  readonly type: ChannelType;
  readonly url: string;
  /** Tells whether two addresses are the same. */
  readonly urlKey: string;
  readonly secret: string | null;
  readonly choice: Choice;
  readonly lang: Lang;
  readonly nonce: string;
  readonly createdAt: Millis;
}

/** What a request reads and writes, all in one transaction. */
export interface ChannelBooks {
  readonly exhausted: (now: Millis) => Promise<boolean>;
  readonly mayAsk: (addressHash: string, now: Millis) => Promise<boolean>;
  readonly mayAskHost: (hostHash: string, now: Millis) => Promise<boolean>;
  /** The `urlKey` of a channel; null when it is gone. */
  readonly keyOf: (channelId: string) => Promise<string | null>;
  readonly save: (channel: PendingChannel) => Promise<void>;
  readonly enqueue: (channelId: string, now: Millis) => Promise<void>;
}

export interface EnrolChannelDeps {
  readonly transaction: <T>(work: (books: ChannelBooks) => Promise<T>) => Promise<T>;
  /** What kind of channel still has to confirm; null when none of that id does. */
  readonly pending: (id: string) => Promise<ChannelType | null>;
  readonly site: () => { readonly url: string; readonly notify: { readonly visitors: VisitorChannels } };
  /** Rings so that the challenge goes out now rather than at the next tick. */
  readonly ring: () => void;
  readonly secret: string;
  readonly clock: Clock;
}

/** What a webhook's owner is shown once. */
export interface Keys {
  readonly secret: string;
  readonly manage: string;
}

/** `busy`: visitors together asked for too much; `often`: this address, or its host, was asked just now. */
export type ChannelAsked =
  | {
      readonly result: 'accepted';
      readonly type: ChannelType;
      readonly host: string;
      readonly keys: Keys | null;
    }
  | { readonly result: 'busy' | 'often' | ChannelUrlProblem };

export interface EnrolChannel {
  /** Subscribes the channel at an address once it confirms. */
  subscribe(typed: string, choice: Choice, lang: Lang): Promise<ChannelAsked>;
  /** Sends a pending webhook another challenge, as its secret is known to it by now; null for a bad token. */
  again(token: unknown): Promise<'accepted' | 'busy' | 'often' | null>;
}

/** Tells whether two addresses are the same, without being one. */
export function urlKeyOf(secret: string, url: string): string {
  return addressHash(secret, `channel ${shortId(url)}`);
}

export function makeEnrolChannel(deps: EnrolChannelDeps): EnrolChannel {
  const { transaction, site, ring, secret, clock } = deps;

  const subscribe: EnrolChannel['subscribe'] = async (typed, choice, lang) => {
    const { url: siteUrl, notify } = site();
    const read = readChannelUrl(typed, notify.visitors, new URL(siteUrl).host);
    if ('problem' in read) return { result: read.problem };
    const { type, url } = read;
    const now = clock();
    const urlKey = urlKeyOf(secret, url.href);
    const signing = type === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : null;
    const id = `${VISITOR}${randomBytes(9).toString('base64url')}`;
    const nonce = randomBytes(9).toString('base64url');
    const result = await transaction(async books => {
      if (await books.exhausted(now)) return 'busy' as const;
      // Of a service's host thousands are, and it guards itself; a webhook's is somebody's own.
      const host = addressHash(secret, `host ${url.host}`);
      if (type === 'webhook' && !(await books.mayAskHost(host, now))) return 'often' as const;
      if (!(await books.mayAsk(urlKey, now))) return 'often' as const;
      const channel = {
        id,
        type,
        url: url.href,
        urlKey,
        secret: signing,
        choice,
        lang,
        nonce,
        createdAt: now,
      };
      await books.save(channel);
      await books.enqueue(id, now);
      return 'accepted' as const;
    });
    if (result !== 'accepted') return { result };
    ring();
    const keys = signing && { secret: signing, manage: linksFor(secret, { url: siteUrl }, id).manage };
    return { result, type, host: url.hostname, keys: keys || null };
  };
  return {
    subscribe,
    async again(token) {
      const now = clock();
      const claim = readToken(secret, 'manage', token, now);
      if (!claim || (await deps.pending(claim.subscriber)) !== 'webhook') return null;
      const result = await transaction(async books => {
        if (await books.exhausted(now)) return 'busy' as const;
        const urlKey = await books.keyOf(claim.subscriber);
        if (urlKey === null || !(await books.mayAskHost(`again ${urlKey}`, now))) return 'often' as const;
        await books.enqueue(claim.subscriber, now);
        return 'accepted' as const;
      });
      if (result === 'accepted') ring();
      return result;
    },
  };
}
