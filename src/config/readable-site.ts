// Reads the valid part of status.yaml, for commands that must work in spite of mistakes or missing variables.
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { strangeCharacters } from '../core/text/encoding.ts';
import { MAX_SITE_YAML, readYaml, type YamlText } from '../core/text/yaml.ts';
import { checkAgainst } from '../core/text/yaml-check.ts';
import { clashes } from './clashes.ts';
import type { Variables } from './environment.ts';
import { siteFrom } from './site-file.ts';
import { type SiteFields, siteSchema } from './site-schema.ts';
import { removeAt, soundFields } from './sound-fields.ts';
import { mayBeCausedBy, substitute, type Unset } from './substitute.ts';

export interface ReadableSite {
  /** The valid part, as if the rest were not written; null when not even one component is valid. */
  readonly site: Site | null;
  /** Problems of the file itself. */
  readonly problems: readonly Problem[];
  /** A warning for each variable that is not set here; values that use one are not checked. */
  readonly unset: readonly Problem[];
  /** Whether `url:` uses a variable that is not set here. */
  readonly urlUnset: boolean;
  /** The variables in a component's check that are not set here. */
  unsetIn(id: string): readonly string[];
}

/** Reads status.yaml like `readSite`, but keeps what is valid. */
export function readLeniently(
  text: string,
  file: string,
  variables: Variables,
  publicUrl: string | null,
  fallbackUrl: string,
): ReadableSite {
  const raw = readYaml(text, file, 1, MAX_SITE_YAML);
  const { unset } = substitute(raw.data, variables);
  const names = new Set(unset.map(({ name }) => name));
  // Distinct values, so that two unset variables do not count as duplicates.
  const placeholders = Object.fromEntries([...names].map(name => [name, `https://unset.invalid/${name}`]));
  const { data, hide } = substitute(raw.data, { ...variables, ...placeholders });
  for (const { path } of unset) {
    // For title, url and zone the defaults are better than a placeholder.
    if (path.length === 1) delete (data as Record<PropertyKey, unknown>)[path[0] as PropertyKey];
    // No stand-in is a token; the job stays a job without one.
    if (path[0] === 'components' && path.at(-1) === 'token') removeAt(data as object, path);
  }
  const yaml: YamlText = { ...raw, data, hide };
  const checked = checkAgainst(siteSchema, yaml, file, path => mayBeCausedBy(unset, path));
  const problems = [...strangeCharacters(text, file), ...checked.problems];
  const sound = soundFields(checked.data);
  if (sound) problems.push(...clashes(sound, yaml, file));
  const fields = sound?.fields;
  return {
    site: fields ? siteFrom(withoutDuplicates(fields), publicUrl ?? fields.url ?? fallbackUrl) : null,
    problems,
    unset: [...names].map(name => warning(name, unset, raw, file)),
    urlUnset: unset.some(({ path }) => path[0] === 'url'),
    unsetIn: id => unset.filter(({ path }) => isInCheck(path, id, data)).map(({ name }) => name),
  };
}

function warning(name: string, unset: readonly Unset[], raw: YamlText, where: string): Problem {
  const first = unset.find(one => one.name === name) as Unset;
  return {
    level: 'warning',
    where,
    line: raw.lineOf(first.path),
    what: `the environment variable ${name} is not set here`,
    fix: `the server refuses to start without it: set it there, or give a default: \${${name}:-…}`,
  };
}

function isInCheck([top, index, key]: readonly PropertyKey[], id: string, data: unknown): boolean {
  if (top !== 'components' || key !== 'check') return false;
  return (data as { components: Record<PropertyKey, { id?: unknown }> }).components[index!]?.id === id;
}

/** Returns the fields with the first of the components that have the same id. */
function withoutDuplicates(fields: SiteFields): SiteFields {
  const ids = fields.components.map(({ id }) => id);
  return { ...fields, components: fields.components.filter(({ id }, index) => ids.indexOf(id) === index) };
}
