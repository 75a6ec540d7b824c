// status/status.yaml → the Site, or every problem in it with its line (contract §3).
import * as z from 'zod';
import { checkSchema, detectSchema, duration } from '../core/check.ts';
import type { Component } from '../core/component.ts';
import type { Outcome, Problem } from '../core/problem.ts';
import { MAIL_LIMITS, type Site, WEIGHTS_EVEN, WEIGHTS_STATUSPAGE } from '../core/site.ts';
import { DAY, HOUR, parseInstant } from '../core/time.ts';
import { checkAgainst, readYaml, unknownKeys, type YamlText } from '../core/yaml.ts';
import { cron } from './cron.ts';
import { exportSchema, mappingSchema, mappingsOf, mirrorOf, webhooksSchema } from './doors-schema.ts';
import type { Variables } from './environment.ts';
import { substitute } from './substitute.ts';

const fileName = z
  .string()
  .refine(
    name => /^[\w. -]+(\/[\w. -]+)*$/.test(name) && !name.split('/').some(part => /^\.+$/.test(part)),
    'this is not a file inside the status folder; write its name, for instance logo.png',
  );

const zone = z.string().refine(isZone, 'this time zone is not known; write UTC or Europe/Berlin');

/** An address a visitor may follow: never `javascript:`. */
const webAddress = z.url({
  protocol: /^(https?|mailto)$/,
  error: 'write an address like https://example.com/imprint or mailto:help@example.com',
});

const linkSchema = z.object({ label: z.string().trim().min(1).max(80), url: webAddress });

const weight = z.number().min(0).max(1);

const componentSchema = z.object({
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9_-]{0,63}$/,
      'write small letters, digits and hyphens, for instance workflow-builder',
    ),
  name: z.string().trim().min(1),
  group: z.string().nullish(),
  description: z.string().nullish(),
  schedule: cron.default('* * * * *'),
  // No check at all is a check that is not configured: no data.
  check: checkSchema.prefault({ type: 'http', url: '' }),
  detect: detectSchema.prefault({}),
  since: z
    .string()
    .refine(text => parseInstant(text) !== null, 'this is not a date; write 2026-01-31')
    .nullish(),
  depends_on: z.array(z.string()).default([]),
  match: z.array(z.union([z.string(), z.number().transform(String)])).default([]),
});

const gitSchema = z.object({
  remote: z
    .string()
    .regex(/^[^-\s]\S*$/, 'write a URL, a path or origin')
    .default('origin'),
  branch: z
    .string()
    .regex(/^(?![-/.])(?!.*(\.\.|@\{))[\w./-]+$/, 'write a branch, for instance main')
    .default('main'),
  pull: cron.default('* * * * *'),
  push: z.boolean().default(true),
  secret: z.string().min(8).nullish(),
});

/** What status.yaml may hold. */
export const siteSchema = z.object({
  title: z.string().trim().min(1).default('Status'),
  url: z.url({ protocol: /^https?$/ }).optional(),
  timezone: zone.default('UTC'),
  brand: z
    .object({
      logo: fileName.nullish(),
      logo_dark: fileName.nullish(),
      favicon: fileName.nullish(),
      css: fileName.nullish(),
      color: z
        .string()
        .regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'write a colour like "#4f46e5" (with the quotes)')
        .default('#4f46e5'),
      homepage: z.url({ protocol: /^https?$/ }).nullish(),
    })
    .prefault({}),
  links: z.array(linkSchema).max(20).default([]),
  uptime: z
    .object({
      days: z.number().int().min(1).max(366).default(90),
      weights: z
        .union([
          z.literal('statuspage').transform(() => WEIGHTS_STATUSPAGE),
          z.object({ minor: weight.default(1), major: weight.default(1), critical: weight.default(1) }),
        ])
        .default(WEIGHTS_EVEN),
    })
    .prefault({}),
  reminders: z.object({ after: duration.default(HOUR), to: z.email().nullish() }).prefault({}),
  content: z
    .object({
      git: gitSchema.nullish(),
      history: z.boolean().default(true).describe('permalinks show who changed what, as git knows it'),
    })
    .prefault({}),
  maintenance: z
    .object({
      notices: z
        .array(duration)
        .default([DAY, HOUR])
        .describe('how long before a maintenance subscribers are told again'),
    })
    .prefault({}),
  notify: z.object({ grace: duration.default(0) }).prefault({}),
  mail: z
    .object({
      rate: z.number().positive().max(10_000).nullish(),
      storm: z.number().int().min(1).nullish(),
      connections: z.number().int().min(1).max(50).default(MAIL_LIMITS.connections),
      confirmations: z.number().int().min(1).default(MAIL_LIMITS.confirmations),
    })
    .prefault({}),
  components: z.array(componentSchema).min(1),
  webhooks: webhooksSchema,
  export: exportSchema.nullish(),
});

/**
 * Reads status.yaml. `publicUrl` wins over its `url:`; `variables` fill `${NAME}` in strings.
 * With any error the value is null; warnings come with a value.
 */
export function readSite(
  text: string,
  file: string,
  variables: Variables,
  publicUrl: string | null,
  fallbackUrl: string,
): Outcome<Site> {
  const raw = readYaml(text, file);
  const filled = substitute(raw.data, variables);
  const yaml: YamlText = { ...raw, data: filled.data };
  const unset = filled.unset.map(
    ({ path, name }): Problem => ({
      level: 'error',
      where: file,
      line: raw.lineOf(path),
      what: `the environment variable ${name} is not set`,
      fix: `set it, or give a default: \${${name}:-…}`,
    }),
  );
  const checked = checkAgainst(siteSchema, yaml, file);
  const problems = [...unset, ...checked.problems, ...strangers(yaml, file)];
  if (!checked.value) return { value: null, problems };
  const fields = checked.value;
  problems.push(...crossReferences(fields.components, yaml, file));
  if (problems.some(problem => problem.level === 'error')) return { value: null, problems };
  const { brand } = fields;
  const site: Site = {
    title: fields.title,
    url: (publicUrl ?? fields.url ?? fallbackUrl).replace(/\/+$/, ''),
    timezone: fields.timezone,
    brand: {
      logo: brand.logo ?? null,
      logoDark: brand.logo_dark ?? null,
      favicon: brand.favicon ?? null,
      css: brand.css ?? null,
      color: fullHex(brand.color),
      homepage: brand.homepage ?? null,
    },
    links: fields.links,
    uptime: fields.uptime,
    reminders: { after: fields.reminders.after, to: fields.reminders.to ?? null },
    notices: fields.maintenance.notices,
    git: fields.content.git ? { ...fields.content.git, secret: fields.content.git.secret ?? null } : null,
    history: fields.content.history,
    notify: fields.notify,
    mail: { ...fields.mail, rate: fields.mail.rate ?? null, storm: fields.mail.storm ?? null },
    components: fields.components.map(componentOf),
    webhooks: mappingsOf(fields.webhooks),
    mirror: mirrorOf(fields.export),
  };
  return { value: freeze(site), problems };
}

function componentOf(fields: z.output<typeof componentSchema>): Component {
  return {
    id: fields.id,
    name: fields.name,
    group: fields.group || null,
    description: fields.description || null,
    schedule: fields.schedule.trim(),
    check: fields.check,
    detect: fields.detect,
    since: fields.since ? parseInstant(fields.since) : null,
    dependsOn: fields.depends_on,
    match: fields.match,
  };
}

function strangers(yaml: YamlText, file: string): Problem[] {
  const known = (schema: z.ZodObject) => Object.keys(schema.shape);
  const site = (yaml.data ?? {}) as { components?: unknown };
  const found = unknownKeys(site, known(siteSchema), [], yaml, file);
  for (const key of ['brand', 'uptime', 'reminders', 'maintenance', 'content', 'notify', 'mail'] as const) {
    const schema = siteSchema.shape[key].unwrap() as z.ZodObject;
    found.push(...unknownKeys((site as Record<string, unknown>)[key], known(schema), [key], yaml, file));
  }
  const { webhooks = {}, export: mirror } = site as Record<string, object | null | undefined>;
  found.push(...unknownKeys(mirror, known(exportSchema), ['export'], yaml, file));
  for (const [name, mapping] of Object.entries(webhooks ?? {})) {
    found.push(...unknownKeys(mapping, known(mappingSchema), ['webhooks', name], yaml, file));
  }
  const { git } = ((site as { content?: unknown }).content ?? {}) as { git?: unknown };
  found.push(...unknownKeys(git, known(gitSchema), ['content', 'git'], yaml, file));
  const links = (site as { links?: unknown }).links;
  for (const [index, link] of (Array.isArray(links) ? links : []).entries()) {
    found.push(...unknownKeys(link, known(linkSchema), ['links', index], yaml, file));
  }
  const components = Array.isArray(site.components) ? (site.components as Record<string, unknown>[]) : [];
  for (const [index, component] of components.entries()) {
    const path = ['components', index];
    found.push(...unknownKeys(component, known(componentSchema), path, yaml, file));
    found.push(...unknownKeys(component?.detect, known(detectSchema), [...path, 'detect'], yaml, file));
    const check = component?.check as { type?: unknown } | undefined;
    const kind = checkSchema.options.find(option => option.shape.type.value === check?.type);
    if (kind) found.push(...unknownKeys(check, known(kind), [...path, 'check'], yaml, file));
  }
  return found;
}

function crossReferences(
  components: readonly z.output<typeof componentSchema>[],
  yaml: YamlText,
  file: string,
) {
  const problems: Problem[] = [];
  const ids = components.map(component => component.id);
  for (const [index, { id, depends_on }] of components.entries()) {
    if (ids.indexOf(id) !== index) {
      const line = yaml.lineOf(['components', index, 'id']);
      problems.push({
        level: 'error',
        where: file,
        line,
        what: `the id "${id}" is used twice`,
        fix: 'rename one',
      });
    }
    for (const parent of depends_on.filter(parent => !ids.includes(parent) || parent === id)) {
      const line = yaml.lineOf(['components', index, 'depends_on']);
      const fix = `name other components: ${ids.filter(other => other !== id).join(', ')}`;
      problems.push({ level: 'error', where: file, line, what: `"${parent}" cannot be depended on`, fix });
    }
  }
  return problems;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function fullHex(color: string): string {
  const short = /^#(.)(.)(.)$/.exec(color);
  return (
    short
      ? `#${short
          .slice(1)
          .map(digit => digit + digit)
          .join('')}`
      : color
  ).toLowerCase();
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
