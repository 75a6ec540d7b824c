// The settings of channels besides mail: `notify:` of status.yaml.
import * as z from 'zod';
import { VISITOR_CHANNELS } from '../core/model/channel-url.ts';
import { duration } from '../core/model/checks/check.ts';
import {
  CHANNEL_TYPES,
  type ChannelSettings,
  channelId,
  hostOf,
} from '../core/model/notification-channel.ts';
import type { Problem } from '../core/model/problem.ts';
import type { YamlText } from '../core/text/yaml.ts';

// `refine`, as its problems do not repeat what was written: addresses and secrets are not for the log.
const url = z
  .string()
  .refine(isWebAddress, 'this is not the address of a webhook; write https://…')
  .describe('a secret: fill it from the environment, ${SLACK_URL}');

const WHSEC = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

export const channelSchema = z
  .object({
    type: z.enum(CHANNEL_TYPES),
    url,
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'write small letters, digits and hyphens, for instance ops-room')
      .optional()
      .describe('keeps the queue of a channel when its address changes'),
    secret: z
      .string()
      .refine(
        text => WHSEC.test(text),
        'this is no secret; write whsec_ and 24 to 64 random bytes in base64 (openssl rand -base64 32)',
      )
      .optional()
      .describe('signs the messages of a webhook'),
    components: z.array(z.string()).min(1).optional().describe('only news about these components'),
  })
  .refine(({ type, secret }) => type === 'webhook' || secret === undefined, {
    path: ['secret'],
    error: 'only a webhook is signed; leave it out',
  });

export const visitorsSchema = z.object({
  channels: z
    .array(z.enum(CHANNEL_TYPES))
    .default([...VISITOR_CHANNELS.channels])
    .describe('what visitors may subscribe besides mail; [] for nothing'),
  private: z
    .boolean()
    .default(VISITOR_CHANNELS.private)
    .describe('webhooks of visitors may stand on the inside: for an intranet only'),
});

export const notifySchema = z.object({
  grace: duration.default(0),
  channels: z.array(channelSchema).max(50).default([]),
  visitors: visitorsSchema.prefault({}),
});

/** `notify.channels` as the site holds them. */
export function channelsOf(channels: z.output<typeof channelSchema>[]): ChannelSettings[] {
  return channels.map(({ type, url, id, secret, components }) => ({
    id: id ?? channelId(type, url),
    type,
    url,
    secret: secret ?? null,
    components: components ?? null,
  }));
}

/** Twins, and components nobody knows. */
export function channelProblems(
  channels: z.output<typeof channelSchema>[],
  components: readonly { readonly id: string }[],
  yaml: YamlText,
  file: string,
): Problem[] {
  const problems: Problem[] = [];
  const say = (path: readonly PropertyKey[], what: string, fix: string) =>
    problems.push({ level: 'error', where: file, line: yaml.lineOf(path), what, fix });
  const ids = channelsOf(channels).map(({ id }) => id);
  for (const [index, { type, url, components: named }] of channels.entries()) {
    const path = ['notify', 'channels', index];
    if (ids.indexOf(ids[index] as string) !== index) {
      say(
        path,
        `the ${type} channel at ${hostOf(url)} is there twice`,
        'leave one out, or give it another id',
      );
    }
    for (const stranger of named?.filter(id => !components.some(one => one.id === id)) ?? []) {
      const known = components.map(({ id }) => id).join(', ');
      say([...path, 'components'], `there is no component "${stranger}"`, `name some of: ${known}`);
    }
  }
  return problems;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
