// status/status.yaml → the Site, or every problem in it with its line (contract §3).
import type * as z from 'zod';
import { parentsOf } from '../core/filing/dependencies.ts';
import { checkSchema, detectSchema } from '../core/model/checks/check.ts';
import type { Component } from '../core/model/component.ts';
import type { Metric } from '../core/model/metric.ts';
import type { Outcome, Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { parseInstant } from '../core/model/time.ts';
import { checkAgainst, MAX_SITE_YAML, readYaml, unknownKeys, type YamlText } from '../core/text/yaml.ts';
import { channelProblems, channelSchema, channelsOf, visitorsSchema } from './channels-schema.ts';
import type { Variables } from './environment.ts';
import { exportGitSchema, exportSchema, mappingSchema, mappingsOf, mirrorOf } from './inbound-schema.ts';
import { fromSchema, metricSchema, metricsOf, readBy, springs, twins } from './metrics-schema.ts';
import { componentSchema, gitSchema, linkSchema, siteSchema } from './site-schema.ts';
import { substitute } from './substitute.ts';

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
  const raw = readYaml(text, file, 1, MAX_SITE_YAML);
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
  problems.push(...clashes(checked.value, yaml, file));
  if (problems.some(problem => problem.level === 'error')) return { value: null, problems };
  return { value: siteFrom(checked.value, publicUrl ?? checked.value.url ?? fallbackUrl), problems };
}

/** What status.yaml holds once its shape is right. */
export type SiteFields = z.output<typeof siteSchema>;

/** What only shows between several entries: twins, strangers, circles. */
export function clashes(fields: SiteFields, yaml: YamlText, file: string): Problem[] {
  return [
    ...crossReferences(fields.components, yaml, file),
    ...twins(fields.metrics, yaml, file),
    ...springs(fields.metrics, fields.components, yaml, file),
    ...channelProblems(fields.notify.channels, fields.components, yaml, file),
  ];
}

/** The site of fields that were found right; `url` is where visitors reach it. */
export function siteFrom(fields: SiteFields, url: string): Site {
  const { brand } = fields;
  const metrics = metricsOf(fields.metrics);
  return freeze({
    title: fields.title,
    url: url.replace(/\/+$/, ''),
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
    network: { reference: fields.network.reference ?? null },
    notify: { ...fields.notify, channels: channelsOf(fields.notify.channels) },
    mail: { ...fields.mail, rate: fields.mail.rate ?? null, storm: fields.mail.storm ?? null },
    together: fields.together,
    components: fields.components.map(one => componentOf(one, metrics)),
    metrics,
    webhooks: mappingsOf(fields.webhooks),
    mirror: mirrorOf(fields.export),
  } satisfies Site);
}

function componentOf(fields: z.output<typeof componentSchema>, metrics: readonly Metric[]): Component {
  return {
    id: fields.id,
    name: fields.name,
    group: fields.group || null,
    description: fields.description || null,
    schedule: fields.schedule.trim(),
    check: readBy(fields.id, fields.check, metrics),
    detect: fields.detect,
    since: fields.since ? parseInstant(fields.since) : null,
    dependsOn: fields.depends_on,
    match: fields.match,
  };
}

/** Warnings for keys that nothing reads. */
export function strangers(yaml: YamlText, file: string): Problem[] {
  const known = (schema: z.ZodObject) => Object.keys(schema.shape);
  const site = (yaml.data ?? {}) as { components?: unknown };
  const found = unknownKeys(site, known(siteSchema), [], yaml, file);
  for (const key of [
    'brand',
    'uptime',
    'reminders',
    'maintenance',
    'content',
    'network',
    'notify',
    'mail',
  ] as const) {
    const schema = siteSchema.shape[key].unwrap() as z.ZodObject;
    found.push(...unknownKeys((site as Record<string, unknown>)[key], known(schema), [key], yaml, file));
  }
  const { webhooks = {}, export: mirror } = site as Record<string, object | null | undefined>;
  found.push(...unknownKeys(mirror, known(exportSchema), ['export'], yaml, file));
  const { to } = (mirror ?? {}) as { to?: { git?: unknown } | null };
  if (to && typeof to === 'object') {
    found.push(...unknownKeys(to, ['git'], ['export', 'to'], yaml, file));
    found.push(...unknownKeys(to.git, known(exportGitSchema), ['export', 'to', 'git'], yaml, file));
  }
  const metrics = (site as { metrics?: unknown }).metrics;
  for (const [index, metric] of (Array.isArray(metrics) ? metrics : []).entries()) {
    const path = ['metrics', index];
    found.push(...unknownKeys(metric, known(metricSchema), path, yaml, file));
    found.push(...unknownKeys(metric?.from, known(fromSchema), [...path, 'from'], yaml, file));
  }
  for (const [name, mapping] of Object.entries(webhooks ?? {})) {
    found.push(...unknownKeys(mapping, known(mappingSchema), ['webhooks', name], yaml, file));
  }
  const { channels, visitors } = ((site as { notify?: unknown }).notify ?? {}) as Record<string, unknown>;
  found.push(...unknownKeys(visitors, known(visitorsSchema), ['notify', 'visitors'], yaml, file));
  for (const [index, channel] of (Array.isArray(channels) ? channels : []).entries()) {
    found.push(...unknownKeys(channel, known(channelSchema), ['notify', 'channels', index], yaml, file));
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
  const tree = components.map(({ id, depends_on }) => ({
    id,
    dependsOn: depends_on.filter(one => one !== id),
  }));
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
    if (parentsOf(id, tree).has(id)) {
      const line = yaml.lineOf(['components', index, 'depends_on']);
      const what = `"${id}" depends on itself, through what it depends on`;
      problems.push({
        level: 'error',
        where: file,
        line,
        what,
        fix: 'take one `depends_on` out of the circle',
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
