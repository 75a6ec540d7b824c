// The settings of the doors for other programs: `webhooks:` and `export:` of status.yaml.
import * as z from 'zod';
import { jsonPath } from '../core/check-kinds.ts';
import type { Mapping } from '../core/inbound/mapped.ts';
import { INBOUND } from '../core/inbound/senders.ts';
import type { Site } from '../core/site.ts';
import { cron } from './cron.ts';

const words = z.array(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'write small letters, digits and hyphens')
  .refine(text => text !== 'uptime' && INBOUND[text] === undefined, 'this address is taken; choose another');

export const mappingSchema = z.object({
  monitor: jsonPath,
  status: jsonPath,
  message: jsonPath.nullish(),
  event: jsonPath.nullish(),
  down: words.nullish(),
  up: words.nullish(),
});

export const webhooksSchema = z.record(name, mappingSchema).default({});

export const exportSchema = z.object({
  schedule: cron.default('*/5 * * * *'),
  to: z.string().trim().min(1),
});

/** `webhooks:` as the site holds it. */
export function mappingsOf(webhooks: z.output<typeof webhooksSchema>): Record<string, Mapping> {
  const entries = Object.entries(webhooks).map(([key, mapping]): [string, Mapping] => [
    key,
    {
      monitor: mapping.monitor,
      status: mapping.status,
      message: mapping.message ?? null,
      event: mapping.event ?? null,
      down: mapping.down ?? null,
      up: mapping.up ?? null,
    },
  ]);
  return Object.fromEntries(entries);
}

/** `export:` as the site holds it. */
export function mirrorOf(mirror: z.output<typeof exportSchema> | null | undefined): Site['mirror'] {
  return mirror ? { schedule: mirror.schedule.trim(), to: mirror.to } : null;
}
