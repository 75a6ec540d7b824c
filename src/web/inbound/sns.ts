// Amazon SNS: verifies the signature before anything else, and confirms each subscription once.
import { X509Certificate } from 'node:crypto';
import { snsCertificateUrl, snsSigned, snsSubscribeUrl } from '../../core/inbound/senders/alerts/sns.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';

/**
 * Makes `admit`, which refuses messages that Amazon did not sign, and confirms a subscription at Amazon's own address.
 * It returns what was done; null for a notification, which is then read like any other message.
 */
export function makeAdmitSns({ fetchText, clock, log }: Pick<Web, 'fetchText' | 'clock' | 'log'>) {
  const certificates = new Map<string, { readonly pem: string; readonly fetched: Millis }>();

  const certificateOf = async (url: URL): Promise<string> => {
    const known = certificates.get(url.href);
    if (known && clock() - known.fetched < DAY) return known.pem;
    const pem = await fetchText(url).catch((error: unknown) => {
      log.warn({ host: url.host, err: error }, 'the certificate of SNS cannot be fetched');
      // Only with this status does SNS send it again.
      throw new Refusal(503, 'The certificate that signed this cannot be fetched now; send it again.');
    });
    if (!isValid(pem, clock())) throw new Refusal(403, 'The certificate that signed this is not valid.');
    if (certificates.size >= 20) certificates.clear();
    certificates.set(url.href, { pem, fetched: clock() });
    return pem;
  };

  return async (body: unknown): Promise<string | null> => {
    const url = snsCertificateUrl(body);
    if (!url) throw new Refusal(403, 'The SigningCertURL of this message is not an address of Amazon SNS.');
    if (!snsSigned(body, await certificateOf(url))) {
      throw new Refusal(403, 'The signature of this message is wrong.');
    }
    if ((body as { Type?: unknown }).Type !== 'SubscriptionConfirmation') return null;
    const confirm = snsSubscribeUrl(body);
    if (!confirm) throw new Refusal(403, 'The SubscribeURL of this message is not an address of Amazon SNS.');
    await fetchText(confirm).catch((error: unknown) => {
      log.warn({ host: confirm.host, err: error }, 'the SNS subscription cannot be confirmed');
      throw new Refusal(503, 'The subscription cannot be confirmed now; send it again.');
    });
    log.info({ host: confirm.host }, 'SNS subscription confirmed');
    return 'subscription confirmed';
  };
}

function isValid(pem: string, now: Millis): boolean {
  try {
    const { validFrom, validTo } = new X509Certificate(pem);
    return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
  } catch {
    return false; // not a certificate
  }
}
