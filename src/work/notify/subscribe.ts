// Enrol: subscribing, confirming, choosing and leaving (walk 4). The same answer for every address.
import { randomBytes } from 'node:crypto';
import type { Lang } from '../../core/model/lang.ts';
import { type Choice, mailboxOf, readAddress, type Subscriber } from '../../core/model/subscriber.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import { deriveSecret, readToken } from '../../core/model/token.ts';

/** What a request for an email reads and writes, all in one transaction. */
export interface EnrolBooks {
  readonly exhausted: (now: Millis) => Promise<boolean>;
  readonly byAddress: (address: string) => Promise<Subscriber | null>;
  readonly isSuppressed: (addressHash: string) => Promise<boolean>;
  readonly savePending: (subscriber: Subscriber) => Promise<void>;
  readonly mayAsk: (addressHash: string, now: Millis) => Promise<boolean>;
  readonly enqueue: (
    kind: 'confirm' | 'leave',
    ref: string,
    subscriberId: string,
    now: Millis,
  ) => Promise<void>;
  /** Writes something whoever asked, so that every request costs a commit. */
  readonly note: (now: Millis) => Promise<void>;
}

export interface EnrolDeps {
  readonly transaction: <T>(work: (books: EnrolBooks) => Promise<T>) => Promise<T>;
  readonly byId: (id: string) => Promise<Subscriber | null>;
  readonly confirm: (id: string, now: Millis) => Promise<boolean>;
  readonly choose: (id: string, choice: Choice) => Promise<Subscriber | null>;
  readonly remove: (id: string) => Promise<boolean>;
  /** Rings so that an email goes out now rather than at the next tick. */
  readonly ring: () => void;
  readonly secret: string;
  readonly clock: Clock;
}

/** `busy`: visitors together asked for too many emails within the hour; whoever asks, is told so. */
export type Asked = 'accepted' | 'bad_address' | 'busy';

/** `unsubscribed_before`: that subscription was over already; who subscribed again since has another. */
type Left = 'unsubscribed' | 'unsubscribed_before';

export interface Enrol {
  /** Who is new or pending gets a confirmation email, who is subscribed a link to manage it. */
  subscribe(typed: unknown, choice: Choice, lang: Lang): Promise<Asked>;
  /** The subscriber a confirmation link is for, while it works. */
  pending(token: unknown): Promise<Subscriber | null>;
  confirm(token: unknown): Promise<boolean>;
  /** What a token to leave by has done; null for one that is not genuine. */
  unsubscribe(token: unknown): Promise<Left | null>;
  /** The same by the token of the manage page. */
  leave(token: unknown): Promise<Left | null>;
  isUnsubscribe(token: unknown): boolean;
  /** Mails a link to leave by, to whoever is subscribed. */
  askLeave(typed: unknown): Promise<Asked>;
  manage(token: unknown): Promise<Subscriber | null>;
  choose(token: unknown, choice: Choice): Promise<Subscriber | null>;
}

/** What is kept of an address that must not be written to, or asked for an email. */
export function addressHash(secret: string, address: string): string {
  return deriveSecret(secret, `address:${address.toLowerCase()}`);
}

export function makeEnrol(deps: EnrolDeps): Enrol {
  const { secret, clock } = deps;

  const byToken = async (purpose: 'confirm' | 'manage', token: unknown): Promise<Subscriber | null> => {
    const claim = readToken(secret, purpose, token, clock());
    const subscriber = claim && (await deps.byId(claim.subscriber));
    if (!subscriber) return null;
    return purpose === 'confirm' && claim.nonce !== subscriber.nonce ? null : subscriber;
  };

  /** Known, pending and unknown addresses do the same work: one transaction with a write. */
  const ask = async (
    typed: unknown,
    email: (
      books: EnrolBooks,
      address: string,
      now: Millis,
    ) => Promise<{ kind: 'confirm' | 'leave'; id: string } | null>,
  ): Promise<Asked> => {
    const address = readAddress(typed);
    if (address === null) return 'bad_address';
    const now = clock();
    const hash = addressHash(secret, address);
    const asked = await deps.transaction(async (books): Promise<Asked> => {
      if (await books.exhausted(now)) return 'busy';
      await books.note(now);
      const silent = await books.isSuppressed(hash);
      const wanted = silent ? null : await email(books, address, now);
      // However it is spelled, one mailbox is written to: tags would multiply what a stranger may ask for.
      // Links to leave are counted by themselves: nobody can use up somebody's way out.
      const counted = `${wanted?.kind === 'leave' ? 'leave ' : ''}${mailboxOf(address)}`;
      if (wanted && (await books.mayAsk(addressHash(secret, counted), now))) {
        await books.enqueue(wanted.kind, String(now), wanted.id, now);
      }
      return 'accepted';
    });
    if (asked === 'accepted') deps.ring();
    return asked;
  };

  const leaveBy = async (purpose: 'unsubscribe' | 'manage', token: unknown): Promise<Left | null> => {
    const claim = readToken(secret, purpose, token, clock());
    if (!claim) return null;
    return (await deps.remove(claim.subscriber)) ? 'unsubscribed' : 'unsubscribed_before';
  };

  return {
    subscribe: (typed, choice, lang) =>
      ask(typed, async (books, address, now) => {
        const known = await books.byAddress(address);
        if (known?.state === 'confirmed') return { kind: 'leave', id: known.id };
        const id = known?.id ?? randomBytes(9).toString('base64url');
        const nonce = known?.nonce ?? randomBytes(9).toString('base64url');
        const pending = { id, address, choice, lang, nonce, createdAt: now, confirmedAt: null };
        await books.savePending({ ...pending, state: 'pending' });
        return { kind: 'confirm', id };
      }),
    pending: token => byToken('confirm', token),
    async confirm(token) {
      const subscriber = await byToken('confirm', token);
      return subscriber !== null && deps.confirm(subscriber.id, clock());
    },
    unsubscribe: token => leaveBy('unsubscribe', token),
    leave: token => leaveBy('manage', token),
    isUnsubscribe: token => readToken(secret, 'unsubscribe', token, clock()) !== null,
    askLeave: typed =>
      ask(typed, async (books, address) => {
        const known = await books.byAddress(address);
        return known && { kind: 'leave', id: known.id };
      }),
    manage: token => byToken('manage', token),
    async choose(token, choice) {
      const subscriber = await byToken('manage', token);
      return subscriber && deps.choose(subscriber.id, choice);
    },
  };
}
