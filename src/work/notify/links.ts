// The links in what subscribers are sent.
import type { Site } from '../../core/model/site.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { type Purpose, signToken } from '../../core/model/token.ts';

/** Where somebody changes or ends a subscription. */
export interface EmailLinks {
  readonly manage: string;
  readonly unsubscribe: string;
}

/** A confirmation link works this long. */
const CONFIRM_FOR = 2 * DAY;

export function linkTo({ url }: Pick<Site, 'url'>, purpose: Purpose, token: string): string {
  return `${url}/status/${purpose}?token=${token}`;
}

/** Confirming ends, after a while and with the subscription; leaving must work for ever. */
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
