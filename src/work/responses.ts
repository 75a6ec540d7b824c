// Responses: each component's usual answer over the last day, for badges; read once a minute for everybody.
import type { Site } from '../core/site.ts';
import { DAY, MINUTE, type Millis } from '../core/time.ts';

/** The median answer since `from` (epoch ms), ms; null without any. */
export type ReadMedian = (id: string, from: Millis) => Promise<number | null>;

/** Medians by component id; those that never answered are not among them. */
export function makeResponses(read: ReadMedian) {
  let known: { readonly site: Site; readonly minute: number } | null = null;
  let medians: ReadonlyMap<string, number> = new Map();
  return async (site: Site, now: Millis): Promise<ReadonlyMap<string, number>> => {
    const minute = Math.floor(now / MINUTE);
    if (known?.site === site && known.minute === minute) return medians;
    const next = new Map<string, number>();
    for (const { id } of site.components) {
      const median = await read(id, now - DAY);
      if (median !== null) next.set(id, median);
    }
    known = { site, minute };
    medians = next;
    return medians;
  };
}
