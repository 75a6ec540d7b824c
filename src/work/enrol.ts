// Enrol: subscribing, confirming, choosing and leaving (walk 4). The same answer for every address.
import { randomBytes } from 'node:crypto';
import { readAddress, type Subscriber } from '../core/subscriber.ts';
import type { Clock, Millis } from '../core/time.ts';
import { deriveSecret, readToken } from '../core/token.ts';

export interface EnrolDeps {
  readonly byAddress: (address: string) => Promise<Subscriber | null>;
  readonly byId: (id: string) => Promise<Subscriber | null>;
  /** Saves the subscriber and enqueues the letter, in one transaction, if the address may be asked. */
  readonly saveAndWrite: (request: LetterRequest) => Promise<void>;
  readonly save: (subscriber: Subscriber) => Promise<void>;
  readonly remove: (id: string) => Promise<boolean>;
  /** Rings so that a letter goes out now rather than at the next tick. */
  readonly ring: () => void;
  readonly secret: string;
  readonly clock: Clock;
}

export interface LetterRequest {
  readonly subscriber: Subscriber;
  readonly kind: 'confirm' | 'leave';
  /** Two requests with one `ref` are one letter. */
  readonly ref: string;
  readonly addressHash: string;
  readonly now: Millis;
}

export interface Enrol {
  /** False when it is no address; else true, whoever it is. `components` null means all. */
  subscribe(typed: unknown, components: readonly string[] | null): Promise<boolean>;
  /** The subscriber a confirmation link is for, while it works. */
  pending(token: unknown): Promise<Subscriber | null>;
  confirm(token: unknown): Promise<boolean>;
  /** True for every genuine token, also when the subscriber left long ago. */
  unsubscribe(token: unknown): Promise<boolean>;
  isUnsubscribe(token: unknown): boolean;
  /** Mails a link to leave by; false when it is no address. */
  askLeave(typed: unknown): Promise<boolean>;
  manage(token: unknown): Promise<Subscriber | null>;
  choose(token: unknown, components: readonly string[] | null): Promise<Subscriber | null>;
}

export function makeEnrol(deps: EnrolDeps): Enrol {
  const { secret, clock } = deps;
  const hashOf = (address: string) => deriveSecret(secret, `address:${address.toLowerCase()}`);

  const byToken = async (purpose: 'confirm' | 'manage', token: unknown): Promise<Subscriber | null> => {
    const claim = readToken(secret, purpose, token, clock());
    const subscriber = claim && (await deps.byId(claim.subscriber));
    if (!subscriber) return null;
    return purpose === 'confirm' && claim.nonce !== subscriber.nonce ? null : subscriber;
  };

  return {
    async subscribe(typed, components) {
      const address = readAddress(typed);
      if (address === null) return false;
      const now = clock();
      const known = await deps.byAddress(address);
      const subscriber: Subscriber =
        known?.state === 'confirmed'
          ? known
          : {
              id: known?.id ?? randomBytes(9).toString('base64url'),
              address,
              state: 'pending',
              components,
              nonce: known?.nonce ?? randomBytes(9).toString('base64url'),
              createdAt: now,
              confirmedAt: null,
            };
      // Who is subscribed already gets the link to manage it: the visitor sees no difference.
      const kind = known?.state === 'confirmed' ? 'leave' : 'confirm';
      await deps.saveAndWrite({ subscriber, kind, ref: String(now), addressHash: hashOf(address), now });
      deps.ring();
      return true;
    },
    pending: token => byToken('confirm', token),
    async confirm(token) {
      const subscriber = await byToken('confirm', token);
      if (!subscriber) return false;
      if (subscriber.state === 'pending') {
        await deps.save({ ...subscriber, state: 'confirmed', confirmedAt: clock() });
      }
      return true;
    },
    async unsubscribe(token) {
      const now = clock();
      // Who may choose what reaches an address may also choose nothing: the manage page's own button.
      const claim = readToken(secret, 'unsubscribe', token, now) ?? readToken(secret, 'manage', token, now);
      if (claim) await deps.remove(claim.subscriber);
      return claim !== null;
    },
    isUnsubscribe: token => readToken(secret, 'unsubscribe', token, clock()) !== null,
    async askLeave(typed) {
      const address = readAddress(typed);
      if (address === null) return false;
      const subscriber = await deps.byAddress(address);
      const now = clock();
      if (subscriber) {
        const request = {
          subscriber,
          kind: 'leave' as const,
          ref: String(now),
          addressHash: hashOf(address),
          now,
        };
        await deps.saveAndWrite(request);
        deps.ring();
      }
      return true;
    },
    manage: token => byToken('manage', token),
    async choose(token, components) {
      const subscriber = await byToken('manage', token);
      if (!subscriber) return null;
      const chosen = { ...subscriber, components };
      await deps.save(chosen);
      return chosen;
    },
  };
}
