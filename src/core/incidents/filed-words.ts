// Filed words: how what a machine wrote is told from what a person wrote in the same file.
import type { Incident } from '../model/incident.ts';
import { digestOf } from '../model/token.ts';

/**
 * The key that records that a machine wrote these words in an incident. Words without a record are a person's: those
 * that were corrected, and all when the database is lost.
 */
export function filedKey(body: string): string {
  return `filed ${digestOf(body).slice(0, 22)}`;
}

/** The keys of the words that are in an incident after a change, and were not before. */
export function filedKeys(before: Incident | null, after: Incident): readonly string[] {
  const known = new Set(before?.updates.map(({ body }) => body));
  const added = after.updates.filter(({ body }) => body !== '' && !known.has(body));
  return [...new Set(added.map(({ body }) => filedKey(body)))];
}
