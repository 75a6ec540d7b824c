// Fills `${NAME}` and `${NAME:-default}` in status.yaml, so that secrets need not be in git.
import type { Variables } from './environment.ts';

export interface Unset {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

/** Fills variables into every string of `data`; lists those that are not set and have no default. */
export function substitute(data: unknown, variables: Variables): { data: unknown; unset: Unset[] } {
  const unset: Unset[] = [];
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
      return value ?? '';
    });
  return { data: walk(data, []), unset };
}
