// Judges a merged text against the two that it was made of.
import { parseIncident } from '../file/parse.ts';
import { cutIncident, type MergeUnit } from './units.ts';

/** The text that keeps the keys of the most updates: an update with a new key would be announced again. */
export function namedAsBefore(texts: readonly string[], ours: string, theirs: string): string {
  const [first, ...others] = texts as [string, ...string[]];
  if (others.length === 0) return first;
  const [our, their] = [namesIn(ours), namesIn(theirs)];
  const kept = (text: string) => {
    const names = namesIn(text);
    const count = (known: ReadonlySet<string>) => [...known].filter(name => names.has(name)).length;
    // Ours counts more: its keys are in the database already.
    return count(our) * 10_000 + count(their);
  };
  return others.reduce((best, one) => (kept(one) > kept(best) ? one : best), first);
}

function namesIn(text: string): Set<string> {
  const updates = parseIncident('', '', text).value?.updates ?? [];
  return new Set(updates.map(({ key, body }) => `${key} ${body}`));
}

/** Returns what is wrong with the merged text (swallowed sections, contradicting values); null when nothing is. */
export function stray(
  text: string,
  ours: string,
  theirs: string,
  parts: readonly MergeUnit[],
): string | null {
  const cut = cutIncident(text);
  const found = cut && [cut.preface, ...cut.sections].map(({ same }) => same).sort();
  const meant = parts.map(({ same }) => same).sort();
  if (JSON.stringify(found) !== JSON.stringify(meant)) return 'sections that overlap';
  const isRead = (source: string) => parseIncident('', '', source).value !== null;
  return isRead(ours) && isRead(theirs) && !isRead(text) ? 'values that contradict each other' : null;
}
