// The links in emails and messages to subscribers.
import type { Site } from '../../core/model/site.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { type Purpose, signToken } from '../../core/model/token.ts';

export interface EmailLinks {
  readonly manage: string;
  readonly unsubscribe: string;
}

/** How long a confirmation link is valid, ms. */
export const CONFIRM_FOR = 2 * DAY;

export function linkTo({ url }: Pick<Site, 'url'>, purpose: Purpose, token: string): string {
  return `${url}/status/${purpose}?token=${token}`;
}

/** Confirmation links expire, and end with the subscription. Unsubscribe links must work for ever. */
export function tokenFor(
  secret: string,
  purpose: Purpose,
  { id, nonce }: { readonly id: string; readonly nonce: string },
  now: Millis,
): string {
  const ends = purpose === 'confirm';
  const claim = { subscriber: id, nonce: ends ? nonce : '', expires: ends ? now + CONFIRM_FOR : 0 };
  return signToken(secret, purpose, claim);
}

export function linksFor(secret: string, site: Pick<Site, 'url'>, subscriberId: string): EmailLinks {
  const link = (purpose: 'manage' | 'unsubscribe') =>
    linkTo(site, purpose, tokenFor(secret, purpose, { id: subscriberId, nonce: '' }, 0));
  return { manage: link('manage'), unsubscribe: link('unsubscribe') };
}
