// Each component's median response time over the last day, for badges; a few are read at a time, each once a minute.
import type { Site } from '../../core/model/site.ts';
import { DAY, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { readMedian } from '../../store/monitoring/rollups.ts';

/** How many are read in a round: a thousand at once would block for half a second. */
const STEP = 20;

/**
 * Medians by component id; components that never answered are left out. A round reads at most `step` components not
 * read in this minute. The map stays the same object while no median changes. Returns an empty map without a database.
 */
export function makeResponses(db: Db | null, step = STEP) {
  const readAt = new Map<string, number>();
  let medians: ReadonlyMap<string, number> = new Map();
  return async ({ components }: Site, now: Millis): Promise<ReadonlyMap<string, number>> => {
    if (db === null) return medians;
    const minute = Math.floor(now / MINUTE);
    const due = components.filter(({ id }) => readAt.get(id) !== minute);
    const oldest = due.sort((a, b) => (readAt.get(a.id) ?? 0) - (readAt.get(b.id) ?? 0));
    const next = new Map(medians);
    for (const { id } of oldest.slice(0, step)) {
      const median = await readMedian(db, id, now - DAY);
      readAt.set(id, minute);
      if (median === null) next.delete(id);
      else next.set(id, median);
    }
    const same = next.size === medians.size && [...next].every(([id, median]) => medians.get(id) === median);
    if (!same) medians = next;
    return medians;
  };
}
