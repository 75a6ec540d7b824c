// YAML of other products, which know more of it than status.yaml does: merge keys (`<<:`), and a key that is there twice.
import { parse } from 'yaml';

/** An alias in each of some thousand entries is usual; far more of them only make a text explode. */
const MAX_ALIASES = 10_000;

/** A mapping of another product's file. */
export type ForeignRecord = Readonly<Record<string, unknown>>;

/** A text's mapping; null if it is no YAML or no mapping. */
export function foreignYaml(text: string): ForeignRecord | null {
  try {
    const data: unknown = parse(text, {
      merge: true,
      uniqueKeys: false,
      maxAliasCount: MAX_ALIASES,
      logLevel: 'error',
    });
    return isRecord(data) ? data : null;
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is ForeignRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mappings of a list; none if it is no list. */
export function recordsIn(value: unknown): readonly ForeignRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A text, or a number as one; null for anything else, and for a blank one. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
