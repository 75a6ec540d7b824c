// Filed words: how what a machine wrote is told from what a person wrote in the same file.
import type { Incident, IncidentUpdate } from '../model/incident.ts';
import { digestOf } from '../model/token.ts';

/**
 * The key that records that a machine wrote these words in an incident. Words without a record are a person's: those
 * that were corrected, and all when the database is lost.
 */
export function filedKey(body: string): string {
  return `filed ${digestOf(body).slice(0, 22)}`;
}

/** The keys of the words that a change added to an incident; of one that is new (`before` null), of all its words. */
export function filedKeys(before: Incident | null, after: Incident): readonly string[] {
  // Below a person's words, it may have closed what they left open.
  const isOld = ({ key, body }: IncidentUpdate) =>
    before?.updates.some(
      one => one.body === body || (one.key === key && one.body !== '' && body.startsWith(one.body)),
    );
  const added = after.updates.filter(update => update.body !== '' && !isOld(update));
  return [...new Set(added.map(({ body }) => filedKey(body)))];
}

/** The ids of the components that a machine's words brought into an incident. `keys`: those of its filed words. */
export function broughtBy(keys: readonly string[], { updates }: Incident): readonly string[] {
  const filed = updates.filter(({ body }) => keys.includes(filedKey(body)));
  return filed.flatMap(({ change }) => change?.components ?? []).map(({ id }) => id);
}
