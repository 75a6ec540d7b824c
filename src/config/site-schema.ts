// The schema of status.yaml (zod); editors' JSON Schema is made from it.
import * as z from 'zod';
import { isZone } from '../core/incidents/times/zone.ts';
import { checkSchema, detectSchema, duration } from '../core/model/checks/check.ts';
import { reference } from '../core/model/checks/values.ts';
import { schemaIssue } from '../core/model/problem.ts';
import { MAIL_LIMITS, WEIGHTS_EVEN, WEIGHTS_STATUSPAGE } from '../core/model/site.ts';
import { DAY, HOUR, MINUTE, parseInstant } from '../core/model/time.ts';
import { oneLine } from '../core/text/printable.ts';
import { notifySchema } from './channels-schema.ts';
import { branch, cron, orNull, webUrl } from './fields.ts';
import { exportSchema, inboundSchema, webhooksSchema } from './inbound-schema.ts';
import { metricsSchema } from './metrics-schema.ts';

const fileName = z
  .string()
  .refine(
    name => /^[\w. -]+(\/[\w. -]+)*$/.test(name) && !name.split('/').some(part => /^\.+$/.test(part)),
    schemaIssue('this is not a file inside the status folder', 'write its name, for instance logo.png'),
  )
  .meta({ title: 'the name of a file', examples: ['logo.png'] });

const zone = z
  .string()
  .refine(isZone, schemaIssue('this time zone is not known', 'write UTC or Europe/Berlin'))
  .meta({ title: 'a time zone', examples: ['Europe/Berlin'] });

/** A link for visitors; never `javascript:`. */
const webAddress = z.url({
  protocol: /^(https?|mailto)$/,
  error: 'write an address like https://example.com/imprint or mailto:help@example.com',
});

const linkSchema = z.strictObject({
  label: z
    .string()
    .overwrite(oneLine)
    .min(1)
    .max(80)
    .meta({ examples: ['Imprint'] }),
  url: webAddress,
});

const weight = z.number().min(0).max(1);

export const componentSchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9_-]{0,63}$/,
      'use lowercase letters, digits and hyphens, for instance workflow-builder',
    )
    .meta({ title: 'a short name of lowercase letters', examples: ['website'] }),
  name: z
    .string()
    .overwrite(oneLine)
    .min(1)
    .meta({ title: 'what visitors read', examples: ['Website'] }),
  group: z
    .string()
    .overwrite(oneLine)
    .meta({ examples: ['Platform'] })
    .nullish(),
  description: z.string().nullish(),
  schedule: cron.default('* * * * *'),
  // Without a check the component is "not configured": no data.
  check: checkSchema.prefault({ type: 'http', url: '' }),
  detect: detectSchema.prefault({}),
  since: z
    .string()
    .refine(text => parseInstant(text) !== null, schemaIssue('this is not a date', 'write 2026-01-31'))
    .meta({ title: 'a date', examples: ['2026-01-31'] })
    .nullish(),
  depends_on: z.array(z.string()).default([]),
  match: z.array(z.union([z.string(), z.number().transform(String)])).default([]),
});

/** A former component: incident files may still name it. */
const retiredSchema = z.strictObject({
  id: componentSchema.shape.id,
  name: z.string().overwrite(oneLine).min(1),
});

const gitSchema = z.strictObject({
  remote: z
    .string()
    .regex(/^[^-\s]\S*$/, 'write a URL, a path or origin')
    .meta({ title: 'a URL, a path or the name of a remote', examples: ['origin'] })
    .default('origin'),
  branch: branch.default('main'),
  pull: cron.default('* * * * *'),
  push: z.boolean().default(true),
  secret: orNull(z.string().min(8)),
});

export const siteSchema = z.strictObject({
  title: z
    .string()
    .overwrite(oneLine)
    .min(1)
    .meta({ examples: ['Example Status'] })
    .default('Status'),
  url: webUrl.optional(),
  timezone: zone.default('UTC'),
  aliases: z
    .array(z.string().regex(/^\/[^?#]*$/, 'write a path, for instance /status/acme'))
    .default([])
    .describe('former addresses of the page, which redirect to it'),
  brand: z
    .strictObject({
      logo: orNull(fileName),
      logo_dark: orNull(fileName),
      favicon: orNull(fileName),
      css: orNull(fileName),
      color: z
        .string()
        .regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'write a colour like "#4f46e5" (with the quotes)')
        .meta({ title: 'a colour in quotes', examples: ['#4f46e5'] })
        .default('#4f46e5'),
      homepage: orNull(webUrl),
    })
    .prefault({}),
  links: z.array(linkSchema).max(20).default([]),
  uptime: z
    .strictObject({
      days: z.number().int().min(1).max(366).default(90),
      weights: z
        .union(
          [
            z.literal('statuspage').transform(() => WEIGHTS_STATUSPAGE),
            z.object({ minor: weight.default(1), major: weight.default(1), critical: weight.default(1) }),
          ],
          'write statuspage, or numbers from 0 to 1: { minor: 0.5, major: 1, critical: 1 }',
        )
        .default(WEIGHTS_EVEN),
    })
    .prefault({}),
  reminders: z
    .strictObject({
      after: duration.default(HOUR),
      to: orNull(z.email().meta({ title: 'an email address', examples: ['ops@example.com'] })),
    })
    .prefault({}),
  content: z
    .strictObject({
      git: orNull(gitSchema),
      history: z.boolean().default(true).describe('permalinks show who changed what, according to git'),
    })
    .prefault({}),
  maintenance: z
    .strictObject({
      notices: z
        .array(duration)
        .default([DAY, HOUR])
        .describe('how long before a maintenance subscribers are reminded of it'),
    })
    .prefault({}),
  network: z
    .strictObject({ reference: orNull(reference).describe('can be reached whenever our own network works') })
    .prefault({}),
  notify: notifySchema.prefault({}),
  mail: z
    .strictObject({
      rate: orNull(z.number().positive().max(10_000)),
      storm: orNull(z.number().int().min(1)),
      connections: z.number().int().min(1).max(50).default(MAIL_LIMITS.connections),
      confirmations: z.number().int().min(1).default(MAIL_LIMITS.confirmations),
    })
    .prefault({}),
  group_within: duration
    .default(MINUTE)
    .refine(
      millis => millis <= 10 * MINUTE,
      schemaIssue('updates cannot wait longer than 10m', 'write at most 10m'),
    )
    .describe(
      'outages that checks confirm within this time of one another are one incident; 0s: each its own',
    ),
  components: z.array(componentSchema).min(1),
  retired: z
    .array(retiredSchema)
    .default([])
    .describe('former components: incidents may name them, and the live page does not show them'),
  metrics: metricsSchema,
  inbound: inboundSchema.prefault({}),
  webhooks: webhooksSchema,
  export: orNull(exportSchema),
});

/** The fields of status.yaml after the schema. */
export type SiteFields = z.output<typeof siteSchema>;
