// Reads the valid part of status.yaml, for commands that must work in spite of mistakes or missing variables.
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { strangeCharacters } from '../core/text/encoding.ts';
import { MAX_SITE_YAML, readYaml, type YamlText } from '../core/text/yaml.ts';
import { checkAgainst } from '../core/text/yaml-check.ts';
import { clashes, type SiteFields } from './clashes.ts';
import type { Variables } from './environment.ts';
import { siteFrom } from './site-file.ts';
import { siteSchema } from './site-schema.ts';
import { substitute, type Unset } from './substitute.ts';

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
    if (path[0] === 'components' && path.at(-1) === 'token') remove(data as object, path);
  }
  const yaml: YamlText = { ...raw, data, hide };
  const checked = checkAgainst(siteSchema, yaml, file, path =>
    unset.some(one => mayBeCausedBy(one.path, path)),
  );
  const problems = [...strangeCharacters(text, file), ...checked.problems];
  const fields = checked.value ?? sound(checked.data);
  // Entries that were left out would be reported as missing.
  const whole = !problems.some(({ level }) => level === 'error');
  if (fields && whole) problems.push(...clashes(fields, yaml, file));
  return {
    site: fields && siteFrom(withoutDuplicates(fields), publicUrl ?? fields.url ?? fallbackUrl),
    problems,
    unset: [...names].map(name => warning(name, unset, raw, file)),
    urlUnset: unset.some(({ path }) => path[0] === 'url'),
    unsetIn: id => unset.filter(({ path }) => isInCheck(path, id, data)).map(({ name }) => name),
  };
}

/** Whether a problem at `path` may be caused by the unset value at `unset`. */
function mayBeCausedBy(unset: readonly PropertyKey[], path: readonly PropertyKey[]): boolean {
  const shared = path.every((key, index) => String(key) === String(unset[index]));
  // Not for a whole section: its problem does not depend on the value.
  return shared && (path.length === unset.length || path.length > 1);
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

/** The fields without everything invalid; null when no component is left. */
function sound(data: unknown): SiteFields | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const left = structuredClone(data);
  // This loop ends: each round removes something, or is the last.
  for (;;) {
    const parsed = siteSchema.safeParse(left);
    if (parsed.success) return parsed.data;
    const cuts = parsed.error.issues.map(({ path }) => cutOf(path));
    if (cuts.some(cut => cut === null)) return null;
    // An entry with several problems is removed once.
    const each = new Map((cuts as PropertyKey[][]).map(cut => [JSON.stringify(cut), cut]));
    const done = [...each.values()].sort(deepestAndLastFirst).filter(cut => remove(left, cut));
    if (done.length === 0) return null;
  }
}

/** Returns the path to remove for a problem at `path`: a component's field, else an entry of a section. */
function cutOf(path: readonly PropertyKey[]): PropertyKey[] | null {
  if (path.length === 0) return null;
  if (path[0] !== 'components') return path.slice(0, 2);
  if (path.length === 1) return null;
  return path[2] === 'id' || path[2] === 'name' ? path.slice(0, 2) : path.slice(0, 3);
}

/** Last first, so that indexes into a list stay right. */
function deepestAndLastFirst(a: readonly PropertyKey[], b: readonly PropertyKey[]): number {
  const place = (path: readonly PropertyKey[]) => Number(path.at(-1)) || 0;
  return b.length - a.length || place(b) - place(a);
}

function remove(data: object, path: readonly PropertyKey[]): boolean {
  let at: unknown = data;
  for (const key of path.slice(0, -1)) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  const last = path.at(-1) as PropertyKey;
  // If it is missing, or inside a value of the wrong kind, remove the section around it.
  if (typeof at !== 'object' || at === null || !(last in at)) {
    return path[0] !== 'components' && path.length > 1 && remove(data, path.slice(0, -1));
  }
  if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete (at as Record<PropertyKey, unknown>)[last];
  return true;
}

/** Returns the fields with the first of the components that have the same id. */
function withoutDuplicates(fields: SiteFields): SiteFields {
  const ids = fields.components.map(({ id }) => id);
  return { ...fields, components: fields.components.filter(({ id }, index) => ids.indexOf(id) === index) };
}
