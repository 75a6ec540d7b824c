// Subscribing, confirming, choosing and unsubscribing, by email and by channel. The response is the same for every
// address: a confirmation is sent there, and only who follows it subscribes.
import { randomBytes } from 'node:crypto';
import { type ChannelUrlProblem, readChannelUrl } from '../../core/model/channel-url.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import { type Choice, mailboxOf, readAddress, type Subscriber } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { deriveSecret, type Purpose, readToken, shortId } from '../../core/model/token.ts';
import type { Db } from '../../store/db/database.ts';
import { enqueue } from '../../store/notify/outbox.ts';
import { isExhausted, mayRequest, noteRequest } from '../../store/notify/request-quota.ts';
import * as store from '../../store/notify/subscribers.ts';
import { linksFor, tokenFor } from './links.ts';
import type { SomeNotificationParts } from './parts.ts';

interface EnrolmentParts extends SomeNotificationParts<'db' | 'snapshot' | 'ring' | 'secret' | 'clock'> {
  /** Stops everything that is being sent to a subscriber who has just left. */
  readonly forget: (subscriberId: string) => void;
}

/** `busy`: all visitors together requested too many confirmations within the hour. */
type EmailRequest = 'accepted' | 'bad_address' | 'busy';

/** `often`: this address, or its host, had a request recently. `keys` are shown to a webhook's owner once. */
type ChannelRequest =
  | {
      readonly result: 'accepted';
      readonly type: ChannelType;
      readonly host: string;
      readonly keys: { readonly secret: string; readonly manage: string } | null;
    }
  | { readonly result: 'busy' | 'often' | ChannelUrlProblem };

/** Not `left`: the subscription had already ended. A new subscription has another token. */
interface Unsubscribed {
  readonly left: boolean;
  readonly address: string;
}

/** `manage` is the token of the preferences page, if there is one. */
interface Confirmed {
  readonly address: string;
  readonly manage: string | null;
}

/** The key under which an address is kept that is suppressed or was requested. */
export function addressHash(secret: string, address: string): string {
  return deriveSecret(secret, `address:${address.toLowerCase()}`);
}

const randomId = () => randomBytes(9).toString('base64url');

export class Enrolment {
  readonly #parts: EnrolmentParts;

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
  }

  /** Sends a confirmation to a new or pending address, and a link to manage the subscription to a confirmed one. */
  subscribe(typed: unknown, choice: Choice, lang: Lang): Promise<EmailRequest> {
    return this.#request(typed, async (trx, address, createdAt) => {
      const known = await store.subscriberByAddress(trx, address);
      if (known?.state === 'confirmed') return { kind: 'leave', id: known.id };
      const { id, nonce } = known ?? { id: randomId(), nonce: randomId() };
      const pending = { id, address, choice, lang, nonce, createdAt, confirmedAt: null } as const;
      await store.savePending(trx, { ...pending, state: 'pending' });
      return { kind: 'confirm', id };
    });
  }

  /** Mails an unsubscribe link, if the address is subscribed. */
  requestUnsubscribeLink(typed: unknown): Promise<EmailRequest> {
    return this.#request(typed, async (trx, address) => {
      const known = await store.subscriberByAddress(trx, address);
      return known && { kind: 'leave', id: known.id };
    });
  }

  /** Subscribes the channel at an address once it confirms. */
  async subscribeChannel(typed: string, choice: Choice, lang: Lang): Promise<ChannelRequest> {
    const { db, snapshot, secret, ring, clock } = this.#parts;
    const { site } = snapshot();
    const read = readChannelUrl(typed, site.notify.visitors, new URL(site.url).host);
    if ('problem' in read) return { result: read.problem };
    const { type, url } = read;
    const now = clock();
    const urlKey = addressHash(secret, `channel ${shortId(url.href)}`);
    const signing = type === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : null;
    const channel = {
      id: randomId(),
      nonce: randomId(),
      type,
      choice,
      lang,
      secret: signing,
      createdAt: now,
    };
    const result = await db.transaction().execute(async trx => {
      if (await this.#isExhausted(trx, now)) return 'busy' as const;
      // Thousands share the host of a chat service, which protects itself. A webhook's host belongs to one owner.
      const host = addressHash(secret, `host ${url.host}`);
      if (type === 'webhook' && !(await mayRequest(trx, 'host', host, now))) return 'often' as const;
      if (!(await mayRequest(trx, 'address', urlKey, now))) return 'often' as const;
      await store.savePendingChannel(trx, { ...channel, url: url.href, urlKey });
      await enqueue(trx, 'confirm', channel.id, now);
      return 'accepted' as const;
    });
    if (result !== 'accepted') return { result };
    ring();
    const keys = signing && {
      secret: signing,
      manage: linksFor(secret, site, channel.id).manage,
    };
    return { result, type, host: url.hostname, keys: keys || null };
  }

  /** Sends a pending webhook another challenge, now that its secret is known there; null for an invalid token. */
  async challengeAgain(token: unknown): Promise<'accepted' | 'busy' | 'often' | null> {
    const { db, ring, clock } = this.#parts;
    const now = clock();
    const known = await this.manage(token);
    if (known?.channel?.type !== 'webhook' || known.channel.state !== 'pending') return null;
    const result = await db.transaction().execute(async trx => {
      if (await this.#isExhausted(trx, now)) return 'busy' as const;
      const urlKey = await store.addressKeyById(trx, known.id);
      if (urlKey === null || !(await mayRequest(trx, 'host', `again ${urlKey}`, now)))
        return 'often' as const;
      await enqueue(trx, 'confirm', known.id, now);
      return 'accepted' as const;
    });
    if (result === 'accepted') ring();
    return result;
  }

  /** The subscriber of a confirmation link, while the link is valid. */
  async pending(token: unknown): Promise<Subscriber | null> {
    const [subscriber, nonce] = await this.#byToken('confirm', token);
    return subscriber?.nonce === nonce ? subscriber : null;
  }

  /** Confirms by token; null if the token is invalid. Returns whom, with the token of the preferences page. */
  async confirm(token: unknown): Promise<Confirmed | null> {
    const { db, secret, clock } = this.#parts;
    const subscriber = await this.pending(token);
    if (subscriber === null || !(await store.confirmSubscriber(db, subscriber.id, clock()))) return null;
    // A channel that was already subscribed keeps its old subscription, which is for others to manage.
    const isNew = (await store.subscriberById(db, subscriber.id)) !== null;
    return {
      address: subscriber.address,
      manage: isNew ? tokenFor(secret, 'manage', subscriber, clock()) : null,
    };
  }

  /** The subscriber of a link to the preferences page. */
  async manage(token: unknown): Promise<Subscriber | null> {
    return (await this.#byToken('manage', token))[0];
  }

  async choose(token: unknown, choice: Choice): Promise<Subscriber | null> {
    const subscriber = await this.manage(token);
    return subscriber && store.chooseFor(this.#parts.db, subscriber.id, choice);
  }

  /** Unsubscribes by token; null if the token is not genuine. */
  unsubscribe(token: unknown): Promise<Unsubscribed | null> {
    return this.#unsubscribe('unsubscribe', token);
  }

  /** Like `unsubscribe`, with the token of the preferences page. */
  unsubscribeByPreferences(token: unknown): Promise<Unsubscribed | null> {
    return this.#unsubscribe('manage', token);
  }

  /** The subscriber of an unsubscribe link; `left` if that subscription has ended, null for an invalid token. */
  async leaving(token: unknown): Promise<Subscriber | 'left' | null> {
    if (!this.#claimOf('unsubscribe', token)) return null;
    return (await this.#byToken('unsubscribe', token))[0] ?? 'left';
  }

  /** Known, pending and unknown addresses cost the same work: one transaction with a write. */
  async #request(
    typed: unknown,
    wanted: (
      trx: Db,
      address: string,
      now: Millis,
    ) => Promise<{ kind: 'confirm' | 'leave'; id: string } | null>,
  ): Promise<EmailRequest> {
    const { db, secret, ring, clock } = this.#parts;
    const address = readAddress(typed);
    if (address === null) return 'bad_address';
    const now = clock();
    const result = await db.transaction().execute(async (trx): Promise<EmailRequest> => {
      if (await this.#isExhausted(trx, now)) return 'busy';
      await noteRequest(trx, now);
      const silent = await store.isSuppressed(trx, addressHash(secret, address));
      const email = silent ? null : await wanted(trx, address, now);
      // Count by mailbox: with tags (`a+b@…`), a stranger could request any number of emails to one. Unsubscribe links
      // have their own quota, so that nobody can use up another person's.
      const counted = `${email?.kind === 'leave' ? 'leave ' : ''}${mailboxOf(address)}`;
      if (email && (await mayRequest(trx, 'address', addressHash(secret, counted), now)))
        await enqueue(trx, email.kind, email.id, now);
      return 'accepted';
    });
    if (result === 'accepted') ring();
    return result;
  }

  #isExhausted(trx: Db, now: Millis): Promise<boolean> {
    return isExhausted(trx, now, this.#parts.snapshot().site.mail.confirmations);
  }

  #claimOf(purpose: Purpose, token: unknown) {
    return readToken(this.#parts.secret, purpose, token, this.#parts.clock());
  }

  /** The subscriber of a genuine token, and the nonce in it. */
  async #byToken(purpose: Purpose, token: unknown): Promise<[Subscriber | null, string]> {
    const claim = this.#claimOf(purpose, token);
    const subscriber = claim && (await store.subscriberById(this.#parts.db, claim.subscriber));
    return [subscriber, claim?.nonce ?? ''];
  }

  async #unsubscribe(purpose: 'unsubscribe' | 'manage', token: unknown): Promise<Unsubscribed | null> {
    const claim = this.#claimOf(purpose, token);
    if (!claim) return null;
    this.#parts.forget(claim.subscriber);
    const known = await store.subscriberById(this.#parts.db, claim.subscriber);
    const left = await store.removeSubscriber(this.#parts.db, claim.subscriber);
    return { left, address: known?.address ?? '' };
  }
}
