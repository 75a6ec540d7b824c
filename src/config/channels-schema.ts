// The settings of notification channels: `notify:` of status.yaml.
import * as z from 'zod';
import { VISITOR_CHANNELS } from '../core/model/channel-url.ts';
import { duration } from '../core/model/checks/check.ts';
import { CHANNEL_TYPES, type ChannelSettings, channelId } from '../core/model/notification-channel.ts';
import { schemaIssue } from '../core/model/problem.ts';
import { orNull } from './fields.ts';

// `refine`, because its problems do not repeat the value: addresses and secrets must not be logged.
const url = z
  .string()
  .refine(isWebAddress, schemaIssue('this is not the address of a webhook', 'write https://…'))
  .describe('a secret: fill it from the environment, ${SLACK_URL}')
  .meta({ title: 'the URL of the webhook', examples: ['${SLACK_URL}'] });

const WHSEC = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

const channelSchema = z
  .strictObject({
    type: z.enum(CHANNEL_TYPES),
    url,
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lowercase letters, digits and hyphens, for instance ops-room')
      .optional()
      .describe('keeps the queue of a channel when its address changes'),
    secret: orNull(
      z
        .string()
        .refine(
          text => WHSEC.test(text),
          schemaIssue(
            'this is not a secret',
            'write whsec_ and 24 to 64 random bytes in base64 (openssl rand -base64 32)',
          ),
        )
        .meta({ title: 'whsec_ and 24 to 64 random bytes in base64' }),
    ).describe('signs the messages of a webhook'),
    components: orNull(z.array(z.string()).min(1)).describe('only news about these components'),
  })
  .refine(({ type, secret }) => type === 'webhook' || secret === null, {
    path: ['secret'],
    ...schemaIssue('only webhooks are signed', 'remove it'),
  })
  .transform(
    (fields): ChannelSettings => ({ ...fields, id: fields.id ?? channelId(fields.type, fields.url) }),
  );

const visitorsSchema = z.strictObject({
  channels: z
    .array(z.enum(CHANNEL_TYPES))
    .default([...VISITOR_CHANNELS.channels])
    .describe('what visitors may subscribe besides email; [] for nothing'),
  private: z
    .boolean()
    .default(VISITOR_CHANNELS.private)
    .describe('webhooks of visitors may be private addresses: for an intranet only'),
});

export const notifySchema = z.strictObject({
  grace: duration.default(0),
  channels: z.array(channelSchema).max(50).default([]),
  visitors: visitorsSchema.prefault({}),
});

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
