// First sight: when the announcements whose time nobody wrote were first seen, out of the books.
import { presumedRef, sighted } from '../core/first-sight.ts';
import type { Incident } from '../core/incident.ts';
import type { Millis } from '../core/time.ts';

/** When an update was noted in the books, epoch ms; null when it is not in them. */
export type SeenAt = (ref: string) => Promise<Millis | null>;

/** Dates the announcements of a list of incidents; the same list when none is dated anew. */
export type DateThem = (incidents: readonly Incident[], now: Millis) => Promise<readonly Incident[]>;

export function makeFirstSights(seenAt: SeenAt): DateThem {
  const lists = new WeakMap<readonly Incident[], readonly Incident[]>();
  const known = new WeakMap<Incident, Incident>();

  return async (incidents, now) => {
    const there = lists.get(incidents);
    if (there) return there;
    const all = [...incidents];
    let isSure = true;
    for (const [index, incident] of incidents.entries()) {
      const ref = presumedRef(incident);
      if (ref === null) continue;
      try {
        // What is not in the books yet is noted by this very round: it is first seen now.
        const one = known.get(incident) ?? sighted(incident, (await seenAt(ref)) ?? now);
        known.set(incident, one);
        all[index] = one;
      } catch {
        // Who reads and writes the books says what is wrong with them; the page goes on, and asks again.
        isSure = false;
        all[index] = sighted(incident, now);
      }
    }
    const made = all.every((incident, index) => incident === incidents[index]) ? incidents : all;
    if (isSure) lists.set(incidents, made);
    return made;
  };
}
