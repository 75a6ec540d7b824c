// The valid part of status.yaml: what is left without every value that has a problem.
import { type SiteFields, siteSchema } from './site-schema.ts';

export interface SoundFields {
  readonly fields: SiteFields;
  /** Nothing was removed. */
  readonly isWhole: boolean;
  /** No component was removed as a whole, so that each has its index. */
  readonly inPlace: boolean;
}

/** The fields without everything invalid; null when no component is left. */
export function soundFields(data: unknown): SoundFields | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const left = structuredClone(data);
  let [isWhole, inPlace] = [true, true];
  // This loop ends: each round removes something, or is the last.
  for (;;) {
    const parsed = siteSchema.safeParse(left);
    if (parsed.success) return { fields: parsed.data, isWhole, inPlace };
    const cuts = parsed.error.issues.map(({ path }) => cutOf(path));
    if (cuts.some(cut => cut === null)) return null;
    // An entry with several problems is removed once.
    const each = new Map((cuts as PropertyKey[][]).map(cut => [JSON.stringify(cut), cut]));
    const done = [...each.values()].sort(deepestAndLastFirst).filter(cut => removeAt(left, cut));
    if (done.length === 0) return null;
    isWhole = false;
    inPlace &&= !done.some(cut => cut[0] === 'components' && cut.length === 2);
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

/** Removes what stands at a path; false if nothing is there. */
export function removeAt(data: object, path: readonly PropertyKey[]): boolean {
  let at: unknown = data;
  for (const key of path.slice(0, -1)) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  const last = path.at(-1) as PropertyKey;
  // If it is missing, or inside a value of the wrong kind, remove the section around it.
  if (typeof at !== 'object' || at === null || !(last in at)) {
    return path[0] !== 'components' && path.length > 1 && removeAt(data, path.slice(0, -1));
  }
  if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete (at as Record<PropertyKey, unknown>)[last];
  return true;
}
