// Fills `${NAME}` and `${NAME:-default}` in status.yaml, so that secrets need not be in git.
import type { Variables } from './environment.ts';

export interface Unset {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

interface Substituted {
  readonly data: unknown;
  /** The variables that are not set and have no default. */
  readonly unset: readonly Unset[];
  /** Puts `${NAME}` in place of the value of each variable in `data`. */
  hide(text: string): string;
}

/** Whether a problem at `path` may be caused by an unset value. */
export function mayBeCausedBy(unset: readonly Unset[], path: readonly PropertyKey[]): boolean {
  return unset.some(one => {
    const shared = path.every((key, index) => String(key) === String(one.path[index]));
    // Not for a whole section: its problem does not depend on the value.
    return shared && (path.length === one.path.length || path.length > 1);
  });
}

/** A shorter value would also match ordinary words. */
const MIN_HIDDEN = 4;

/** Fills variables into every string of `data`. */
export function substitute(data: unknown, variables: Variables): Substituted {
  const unset: Unset[] = [];
  const used = new Map<string, string>();
  const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof value === 'string') return fill(value, path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])]),
    );
  };
  const fill = (text: string, path: readonly PropertyKey[]): string =>
    text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      const value = variables[name] || fallback;
      if (value === undefined) unset.push({ path, name });
      else if (variables[name] && value.length >= MIN_HIDDEN) used.set(name, value);
      return value ?? '';
    });
  const hide = (text: string) =>
    [...used]
      .sort(([, a], [, b]) => b.length - a.length)
      .reduce((left, [name, value]) => left.replaceAll(value, `\${${name}}`), text);
  return { data: walk(data, []), unset, hide };
}
