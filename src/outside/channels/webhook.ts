// Webhooks: Statuspage's payload, signed as in Standard Webhooks.
import type { ChannelMessage, ChannelTarget } from '../../core/model/notification-channel.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { sign } from '../../core/notify/standard-webhooks.ts';

export function webhookBody({ payload }: ChannelMessage): object {
  return payload;
}

/** `webhook-id` is the same on every try; time and signature belong to this one. */
export function webhookHeaders(
  { secret }: ChannelTarget,
  { id }: ChannelMessage,
  body: string,
  now: Millis,
): Record<string, string> {
  const timestamp = String(Math.floor(now / SECOND));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  return { ...headers, 'webhook-signature': `v1,${sign(secret, id, timestamp, Buffer.from(body))}` };
}
