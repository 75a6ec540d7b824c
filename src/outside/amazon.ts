// Fetches from Amazon SNS: the signing certificate, and the address that confirms a subscription.
import type { FetchText } from '../core/inbound/senders/alerts/sns.ts';
import { SECOND } from '../core/model/time.ts';

/** Certificates and confirmations are a few kilobytes. */
const MAX_BYTES = 64_000;
const TIMEOUT = 5 * SECOND;

/** Fetches a URL as text. The caller has checked the address, so redirects are not followed. */
export const fetchText: FetchText = async url => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
  if (!response.ok || !response.body) throw new Error(`${url.host} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`${url.host} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
