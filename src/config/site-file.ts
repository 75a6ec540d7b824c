// Reads status/status.yaml into the Site, or into its problems with their lines.

import type { Component } from '../core/model/component.ts';
import type { Metric } from '../core/model/metric.ts';
import type { Outcome, Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { parseInstant } from '../core/model/time.ts';
import { strangeCharacters } from '../core/text/encoding.ts';
import { MAX_SITE_YAML, readYaml, type YamlText } from '../core/text/yaml.ts';
import { checkAgainst } from '../core/text/yaml-check.ts';
import { clashes } from './clashes.ts';
import type { Variables } from './environment.ts';
import { readBy } from './metrics-schema.ts';
import { type SiteFields, siteSchema } from './site-schema.ts';
import { soundFields } from './sound-fields.ts';
import { mayBeCausedBy, substitute } from './substitute.ts';

/**
 * Reads status.yaml. `value` is null if any problem is an error.
 * @param variables fill `${NAME}` in strings.
 * @param publicUrl wins over `url:`.
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
  const yaml: YamlText = { ...raw, data: filled.data, hide: filled.hide };
  const unset = filled.unset.map(
    ({ path, name }): Problem => ({
      level: 'error',
      where: file,
      line: raw.lineOf(path),
      what: `the environment variable ${name} is not set`,
      fix: `set it, or give a default: \${${name}:-…}`,
    }),
  );
  const checked = checkAgainst(siteSchema, yaml, file, path => mayBeCausedBy(filled.unset, path));
  const problems = [...strangeCharacters(text, file), ...unset, ...checked.problems];
  const sound = soundFields(checked.data);
  if (sound) problems.push(...clashes(sound, yaml, file));
  if (!checked.value || problems.some(problem => problem.level === 'error')) return { value: null, problems };
  return { value: siteFrom(checked.value, publicUrl ?? checked.value.url ?? fallbackUrl), problems };
}

/** The site of valid fields; `url` is the page's public address. */
export function siteFrom(fields: SiteFields, url: string): Site {
  const { content, maintenance, export: mirror, components, group_within: groupWithin, ...same } = fields;
  const { logo_dark: logoDark, ...brand } = fields.brand;
  return freeze({
    ...same,
    url: url.replace(/\/+$/, ''),
    brand: { ...brand, logoDark, logoRatio: null, logoDarkRatio: null, color: fullHex(brand.color) },
    notices: maintenance.notices,
    groupWithin,
    git: content.git,
    history: content.history,
    components: components.map(one => componentOf(one, fields.metrics)),
    mirror,
  });
}

function componentOf(fields: SiteFields['components'][number], metrics: readonly Metric[]): Component {
  const { depends_on: dependsOn, ...same } = fields;
  return {
    ...same,
    group: fields.group || null,
    description: fields.description || null,
    check: readBy(fields.id, fields.check, metrics),
    since: fields.since ? parseInstant(fields.since) : null,
    dependsOn,
  };
}

/** `#4fe` → `#44ffee`. */
function fullHex(color: string): string {
  return (color.length === 4 ? color.replace(/[^#]/g, '$&$&') : color).toLowerCase();
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
