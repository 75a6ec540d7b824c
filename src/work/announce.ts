// Announce: what is owed to whom, written to the books in one transaction with what was announced.
import type { Log } from '../core/log.ts';
import { type Announcement, announcements, refOf } from '../core/notification.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Subscriber } from '../core/subscriber.ts';
import type { Millis } from '../core/time.ts';

export interface AnnounceDeps {
  readonly seen: () => Promise<Set<string>>;
  readonly isFirstRound: () => Promise<boolean>;
  readonly confirmed: () => Promise<readonly Subscriber[]>;
  readonly book: (announced: readonly Announcement[], now: Millis) => Promise<number>;
  readonly log: Log;
}

/** A round of announcing; resolves to how many letters were enqueued. */
export type Announce = (snapshot: Snapshot, now: Millis) => Promise<number>;

export async function openAnnounce(deps: AnnounceDeps): Promise<Announce> {
  // What stands in the books is read once and kept along: only this verb writes there.
  const seen = await deps.seen();
  let first = await deps.isFirstRound();
  return async ({ incidents, maintenances, site }, now) => {
    const all = [...incidents, ...maintenances];
    const anything = announcements(all, seen, [], site.components, now, first, site.notices);
    if (anything.length === 0 && !first) return 0;
    const confirmed = await deps.confirmed();
    const announced = announcements(all, seen, confirmed, site.components, now, first, site.notices);
    const letters = await deps.book(announced, now);
    for (const { incidentId, key, owedTo } of announced) {
      seen.add(refOf({ incidentId, key }));
      if (owedTo.length > 0)
        deps.log.info({ incident: incidentId, letters: owedTo.length }, 'update announced');
    }
    if (first)
      deps.log.info({ updates: announced.length }, 'first start: what is there already is not mailed');
    first = false;
    return letters;
  };
}
